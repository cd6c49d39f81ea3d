"""A file of arrays and their description: safetensors with JSON metadata, never pickle.

The description is one JSON object under the metadata key "chainrule".  Its `sha256` is the digest
of the whole file with that field zeroed, so that a damaged file is noticed.  Nothing in a file is
believed before it is compared with the file's size: neither a length nor a shape.
"""

import hashlib
import json
import math
import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from safetensors.numpy import save as save_tensors

from .chain import Array
from .errors import InputError
from .filekinds import kind_of
from .files import write_atomically

SCHEMA = "chainrule.model/2"
MARK = b'{"__metadata__":{"chainrule":'
"""How the file of a model begins, after the 8 bytes of its header's length."""

_NEWEST = int(SCHEMA.rpartition("/")[2])
_NO_DIGEST = "0" * 64
_DTYPES: dict[str, np.dtype[Any]] = {"F64": np.dtype("<f8"), "F32": np.dtype("<f4")}
_LONGEST_HEADER = 100_000_000  # bytes, as safetensors itself has it
_REMEDY = "Restore it from a copy, or train again."
_OTHER = "safetensors of other software"
_CHECKPOINT = "a checkpoint, with which `chainrule train … --resume` ends in a model"
_Layout = dict[str, tuple[np.dtype[Any], tuple[int, ...], slice]]


def write(path: Path, arrays: dict[str, Array], description: dict[str, Any]) -> None:
    """Write arrays and what they are; the file is complete or as it was before.

    Raises:
        InputError: if the file cannot be written.
    """
    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    blank = _serialized(contiguous, description | {"sha256": _NO_DIGEST})
    digest = hashlib.sha256(blank).hexdigest()
    write_atomically(path, _serialized(contiguous, description | {"sha256": digest}))


def read(path: str | os.PathLike[str]) -> tuple[dict[str, Array], dict[str, Any]]:
    """Return the arrays of a model's file and their description.

    Raises:
        InputError: if there is no such file, it is something else, damaged, or of a schema not
            known here.
    """
    name = str(path)
    try:
        with Path(path).open("rb") as file:
            return _read(name, file)
    except FileNotFoundError:
        raise InputError(f"`{name}` does not exist.") from None
    except IsADirectoryError:
        raise InputError(f"`{name}` is a folder; name a model's file.") from None
    except OSError as error:
        raise InputError(f"`{name}` cannot be read: {error.strerror}.") from error


@contextmanager
def rebuilding(name: str) -> Iterator[None]:
    """Refuse a file that is whole as it was written, but not by `save`: its parts do not fit."""
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        raise InputError(
            f"`{name}` describes no model that can be rebuilt ({type(error).__name__}: {error})."
        ) from error


def _read(name: str, file: BinaryIO) -> tuple[dict[str, Array], dict[str, Any]]:
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        raise InputError(f"`{name}` is a pipe or a device; name a model's file.")
    beginning = file.read(8)
    length = int.from_bytes(beginning, "little")
    fits = length <= min(status.st_size - 8, _LONGEST_HEADER)
    beginning += file.read(length if fits else 1000)
    try:
        if not fits:
            raise ValueError("the header ends beyond the file")
        header = json.loads(beginning[8:], object_pairs_hook=_without_repetition)
        description = json.loads(header.pop("__metadata__")["chainrule"])
        digest = description["sha256"]
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise _no_model(name, beginning, status.st_size) from None
    data = file.read()
    if digest is None or _digest(beginning, data, digest) != digest:
        raise _damaged(name, "its content does not match its digest")
    _require_known(name, description)
    with rebuilding(name):
        arrays = {
            key: np.frombuffer(data[place], dtype).reshape(shape).astype(dtype.newbyteorder("="))
            for key, (dtype, shape, place) in _layout(header, len(data)).items()
        }
    _require_finite(name, arrays)
    return arrays, description


def _digest(header: bytes, data: bytes, claimed: object) -> str | None:
    """Return the digest of a file, of which this one is claimed; None if that is no digest."""
    if not isinstance(claimed, str) or not re.fullmatch("[0-9a-f]{64}", claimed):
        return None
    blank = header.replace(claimed.encode(), _NO_DIGEST.encode(), 1)
    found = hashlib.sha256(blank)
    found.update(data)
    return found.hexdigest()


def _layout(header: dict[str, Any], size: int) -> _Layout:
    """Return type, shape and place of each array; together they are all that the file holds."""
    found: _Layout = {}
    for key, entry in header.items():
        dtype, shape = _DTYPES[entry["dtype"]], tuple(entry["shape"])
        begin, end = entry["data_offsets"]
        whole = all(type(number) is int and number >= 0 for number in (*shape, begin, end))
        if not whole or end - begin != dtype.itemsize * math.prod(shape):
            raise ValueError(f"{key} has the shape {shape} in bytes {begin} to {end}")
        found[key] = dtype, shape, slice(begin, end)
    places = sorted((place.start, place.stop) for _, _, place in found.values())
    ends = [0, *(end for _, end in places)]
    if ends != [*(begin for begin, _ in places), size]:
        raise ValueError("the arrays overlap, or leave bytes between them")
    return found


def _without_repetition(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name comes twice")
    return found


def _no_model(name: str, beginning: bytes, size: int) -> InputError:
    """Return the refusal of a file without a description that can be read."""
    if beginning[8 : 8 + len(MARK)] == MARK or b"chainrule.model/" in beginning:
        return _damaged(name, f"its header cannot be read (the file has {size} bytes)")
    kind = kind_of(beginning)
    length = int.from_bytes(beginning[:8], "little")
    if beginning[8:9] == b"{" and len(beginning) == 8 + length:
        kind = _CHECKPOINT if b"chainrule.checkpoint/" in beginning else _OTHER
    found = f": it is {kind}" if kind else f", or a damaged one ({size} bytes)"
    return InputError(
        f"`{name}` is not a chainrule model{found}. `chainrule train DATA -o FILE` writes one."
    )


def _damaged(name: str, how: str) -> InputError:
    return InputError(f"`{name}` is damaged: {how}. {_REMEDY}")


def _require_known(name: str, description: dict[str, Any]) -> None:
    """Refuse a schema of later years."""
    match = re.fullmatch(r"chainrule\.model/(\d{1,9})", str(description.get("schema")))
    if match is None or int(match[1]) == 0:
        schema = description.get("schema")
        raise InputError(
            f"`{name}` has the schema {schema!r}, which is no chainrule model's; this version "
            f"reads chainrule.model/1 to {_NEWEST}."
        )
    if int(match[1]) > _NEWEST:
        versions = description.get("versions")
        version = versions.get("chainrule") if isinstance(versions, dict) else None
        raise InputError(
            f"`{name}` was written by a newer chainrule, version {version or 'unknown'} (schema "
            f"{match[1]}, this version reads 1 to {_NEWEST}). Update: pip install -U chainrule."
        )


def _require_finite(name: str, arrays: dict[str, Array]) -> None:
    """Refuse numbers that no training leaves; kept rows alone may have missing cells."""
    for key, array in arrays.items():
        if not key.startswith("rows.") and not np.isfinite(array).all():
            wrong = array[~np.isfinite(array)][0]
            raise InputError(f"`{name}` cannot be used: its array {key} holds {wrong}. {_REMEDY}")


def _serialized(arrays: dict[str, Array], description: dict[str, Any]) -> bytes:
    # settings may be NumPy's numbers, such as a seed
    text = json.dumps(
        description,
        ensure_ascii=False,
        sort_keys=True,
        default=np.generic.item,
        allow_nan=False,
    )
    return save_tensors(arrays, metadata={"chainrule": text})
