"""The bytes of a model's file, changed as disks and people change them."""

import hashlib
import json
from typing import Any

from numpy.random import RandomState
from safetensors.numpy import save as save_tensors

from chainrule.chain import Array

BLANK = "0" * 64
ODD: list[Any] = [None, True, -1, 0, 2, 0.5, 1e308, 10**30, "", "x", "x" * 60, "\ud800", "inf"]
ODD += [[], {}, [[]], [1, "a"], {"number": "inf"}, {"number": []}, {"weights": 3}, [None], "(x"]


def header_of(data: bytes) -> Any:
    return json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])


def description_of(data: bytes) -> Any:
    return json.loads(header_of(data)["__metadata__"]["chainrule"])


def forged(arrays: dict[str, Array], description: dict[str, Any]) -> bytes:
    """A file whose digest is right, whatever it says."""
    blank = save_tensors(arrays, {"chainrule": json.dumps(description | {"sha256": BLANK})})
    described = description | {"sha256": hashlib.sha256(blank).hexdigest()}
    return save_tensors(arrays, {"chainrule": json.dumps(described)})


def joined(header: str, tensors: bytes) -> bytes:
    """A file of any header, its digest put in the place of zeros."""
    text = header.encode("utf-8", "surrogatepass")
    blank = len(text).to_bytes(8, "little") + text + tensors
    return blank.replace(BLANK.encode(), hashlib.sha256(blank).hexdigest().encode(), 1)


def damaged(data: bytes, random: RandomState) -> bytes:
    """The file with some of its bytes other, gone, more, or elsewhere: never what it was."""
    first, last = sorted(random.choice(len(data) + 1, 2, replace=False))
    piece = data[first:last]
    some = random.bytes(int(random.randint(1, 9)))
    flipped = bytes([data[min(first, len(data) - 1)] ^ (1 << random.randint(8))])
    length = int.from_bytes(data[:8], "little")
    others = [0, 1, length - 1, length + 1, len(data), 10**8, 2**31, 2**63, 2**64 - 1]
    found = [
        data[: min(first, len(data) - 1)] + flipped + data[min(first, len(data) - 1) + 1 :],
        data[:first],
        data[:first] + some + data[first:],
        data[:first] + data[last:],
        data[:first] + piece * 2 + data[last:],
        data[:first] + piece[::-1] + data[last:],
        data[:first] + bytes(len(piece)) + data[last:],
        int(others[random.randint(len(others))]).to_bytes(8, "little") + data[8:],
    ][random.randint(8)]
    return found if found != data else data[:-1]


def resigned(data: bytes, random: RandomState) -> bytes:
    """The file with something else said in it, and the digest of what is said."""
    header, tensors = header_of(data), data[8 + int.from_bytes(data[:8], "little") :]
    description = json.loads(header["__metadata__"]["chainrule"]) | {"sha256": BLANK}
    part = header if random.randint(3) == 0 else description
    places = list(_places({k: v for k, v in part.items() if k not in ("__metadata__", "sha256")}))
    *path, last = places[random.randint(len(places))]
    for key in path:
        part = part[key]
    if random.randint(4) == 0:
        del part[last]
    elif random.randint(4) == 0 and isinstance(part, list):
        part.append(part[last])
    else:
        part[last] = ODD[random.randint(len(ODD))]
    header["__metadata__"] = {"chainrule": json.dumps(description)}
    return joined(json.dumps(header), tensors)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Any:
    """Yield the path to each part of a JSON value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, part in pairs:
        yield (*path, key)
        if isinstance(part, dict | list):
            yield from _places(part, (*path, key))
