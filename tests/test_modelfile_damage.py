"""No damaged or foreign file is loaded, none crashes, and none takes more memory than it has."""

import json
import os
import pickle
import re
import tracemalloc
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from model_bytes import BLANK, damaged, description_of, forged, header_of, joined, resigned
from numpy.random import RandomState
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

import chainrule
from chainrule import InputError, load
from chainrule.inspection import inspect
from chainrule.kept import read_kept

GOLDEN = Path(__file__).parent / "models"
MUTATIONS = 2000  # of bytes; and of what is said, with the digest right
SAID = 400


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small model's file of today, with a formula and rows."""
    path = tmp_path_factory.mktemp("model") / "m.chain"
    chainrule.save(load(GOLDEN / "classes-1.chain"), path)
    return path.read_bytes()


def load_bytes(data: bytes, folder: Path) -> Any:
    file = folder / "m.chain"
    file.write_bytes(data)
    return load(file)


def test_damaged_bytes_are_always_noticed(data: bytes, tmp_path: Path) -> None:
    random = RandomState(0)
    for _ in range(MUTATIONS):
        with pytest.raises(InputError, match=r"m\.chain` (is damaged|is not a chainrule model)"):
            load_bytes(damaged(data, random), tmp_path)


@pytest.mark.slow
def test_damaged_bytes_are_noticed_twenty_thousand_times(data: bytes, tmp_path: Path) -> None:
    random = RandomState(1)
    for _ in range(20_000):
        with pytest.raises(InputError):
            load_bytes(damaged(data, random), tmp_path)


@pytest.mark.parametrize("read", [load, read_kept, inspect])
def test_whatever_is_said_is_refused_or_a_model(
    read: Callable[[Path], Any], data: bytes, tmp_path: Path
) -> None:
    """A right digest proves nothing: every part is looked at, and nothing else is raised."""
    random, refused = RandomState(2), 0
    (file := tmp_path / "m.chain").touch()
    for _ in range(SAID):
        file.write_bytes(resigned(data, random))
        said = _refusal(read, file)
        refused += bool(said)
        assert re.match(rf"$|`{file}` (describes no|has the|cannot|is not|is dam)", said)
    assert refused > SAID / 2


def _refusal(read: Callable[[Path], Any], file: Path) -> str:
    try:
        read(file)
    except InputError as error:
        return str(error)
    return ""


def test_every_bit_of_the_length_and_each_shorter_file_is_noticed(
    data: bytes, tmp_path: Path
) -> None:
    changed = [bytearray(data) for _ in range(64)]
    for bit, copy in enumerate(changed):
        copy[bit // 8] ^= 1 << bit % 8
    for content in [*map(bytes, changed), *(data[:end] for end in range(0, len(data), 7))]:
        with pytest.raises(InputError, match=r"is damaged|is not a chainrule model"):
            load_bytes(content, tmp_path)


def test_no_claim_takes_memory_beyond_the_file(data: bytes, tmp_path: Path) -> None:
    header, tensors = header_of(data), data[8 + int.from_bytes(data[:8], "little") :]
    said = json.dumps(description_of(data) | {"sha256": BLANK})
    contents = [(claim).to_bytes(8, "little") + data[8:] for claim in (10**8, 2**40, 2**64 - 1)]
    for shape, offsets in (
        ([2**40], [0, 8 * 2**40]),
        ([2**62, 4], [0, 0]),
        ([2**32, 2**32, 0], [0, 0]),
        ([10**30, 10**30], [0, 16]),
        ([-2, -2], [0, 32]),
        ([2.0], [0, 16]),
        ([True], [0, 8]),
        ([2], [16, 0]),
    ):
        claims = header | {"W1": {"dtype": "F64", "shape": shape, "data_offsets": offsets}}
        claims["__metadata__"] = {"chainrule": said}
        contents.append(joined(json.dumps(claims), tensors))
    for content in contents:
        tracemalloc.start()
        try:
            with pytest.raises(InputError):
                load_bytes(content, tmp_path)
            assert tracemalloc.get_traced_memory()[1] < 50 * len(data)
        finally:
            tracemalloc.stop()


def test_names_that_come_twice_and_ranges_that_overlap_are_refused(
    data: bytes, tmp_path: Path
) -> None:
    header, tensors = header_of(data), data[8 + int.from_bytes(data[:8], "little") :]
    said = description_of(data) | {"sha256": BLANK}
    plain = json.dumps(header | {"__metadata__": {"chainrule": json.dumps(said)}})
    assert load_bytes(joined(plain, tensors), tmp_path).target.name == "y"
    twice = plain[:-1] + f', "W1": {json.dumps(header["W1"])}}}'
    with pytest.raises(InputError, match="is damaged: its header cannot be read"):
        load_bytes(joined(twice, tensors), tmp_path)
    for name, entry in {
        "overlapping": header["b1"] | {"data_offsets": [0, 24]},
        "swapped": header["b1"] | {"data_offsets": header["b1"]["data_offsets"][::-1]},
        "of an unknown type": header["b1"] | {"dtype": "F16"},
        "with something more": header["b1"] | {"data_offsets": [0, 24, 48]},
    }.items():
        changed = json.loads(plain) | {"b1": entry}
        with pytest.raises(InputError, match="describes no model that can be rebuilt"):
            load_bytes(joined(json.dumps(changed), tensors), tmp_path)
        assert name


def test_weights_that_are_no_numbers_are_refused(data: bytes, tmp_path: Path) -> None:
    for key, value in {"W1": np.nan, "b2": -np.inf, "inputs.scale": np.inf}.items():
        arrays = load_tensors(data)
        arrays[key].flat[0] = value
        with pytest.raises(InputError, match=rf"cannot be used: its array {key} holds {value}"):
            load_bytes(forged(arrays, description_of(data)), tmp_path)


def test_a_newer_schema_is_refused_in_words(data: bytes, tmp_path: Path) -> None:
    newer = description_of(data) | {"schema": "chainrule.model/9", "versions": {"chainrule": "7.1"}}
    with pytest.raises(InputError) as refused:
        load_bytes(forged(load_tensors(data), newer), tmp_path)
    assert str(refused.value) == (
        f"`{tmp_path / 'm.chain'}` was written by a newer chainrule, version 7.1 (schema 9, this "
        "version reads 1 to 2). Update: pip install -U chainrule."
    )
    for schema in ("other/1", None, 3, "chainrule.model/0"):
        with pytest.raises(InputError, match="which is no chainrule model's"):
            load_bytes(forged(load_tensors(data), newer | {"schema": schema}), tmp_path)


def _pickled(folder: Path) -> bytes:
    class Trap:
        def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
            return os.mkdir, (str(folder / "sprung"),)

    return pickle.dumps(Trap())


def _bytes_of(write: Callable[[BytesIO], object]) -> bytes:
    write(file := BytesIO())
    return file.getvalue()


def _zipped(name: str) -> bytes:
    with zipfile.ZipFile(file := BytesIO(), "w") as archive:
        archive.writestr(name, "content")
    return file.getvalue()


STRANGERS: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "it is empty"),
    "a table": (lambda: b"x,y\n1,2\n", "it is text, such as a table"),
    "JSON": (lambda: b'{"W1": [1, 2]}', "it is JSON"),
    "JSON in a list": (lambda: b"[" * 20, "it is JSON"),
    "joblib": (lambda: _bytes_of(lambda f: joblib.dump({"a": 1}, f)), "it is a pickle"),
    "joblib, compressed": (
        lambda: _bytes_of(lambda f: joblib.dump({"a": 1}, f, compress=3)),
        "it is compressed",
    ),
    "npy": (lambda: _bytes_of(lambda f: np.save(f, np.zeros(3))), "it is a NumPy array"),
    "npz": (lambda: _bytes_of(lambda f: np.savez(f, a=np.zeros(3))), "it is NumPy arrays"),
    "PyTorch": (lambda: _zipped("model/data.pkl"), "it is a PyTorch file"),
    "skops": (lambda: _zipped("schema.json"), "it is a skops file"),
    "another zip": (lambda: _zipped("x.txt"), "it is a zip archive"),
    "HDF5": (lambda: b"\x89HDF\r\n\x1a\n" + bytes(90), "it is an HDF5 file"),
    "ONNX": (lambda: b"\x08\x08\x12\x07pytorch:" + bytes(90), "it is an ONNX model"),
    "safetensors": (
        lambda: save_tensors({"W1": np.zeros((2, 2))}),
        "it is safetensors of other software",
    ),
    "safetensors with metadata": (
        lambda: save_tensors({"W1": np.zeros((2, 2))}, metadata={"format": "np"}),
        "it is safetensors of other software",
    ),
    "checkpoint": (
        lambda: save_tensors(
            {"0.W": np.ones(1)}, {"checkpoint": '{"schema": "chainrule.checkpoint/1"'}
        ),
        "it is a checkpoint, with which",
    ),
    "bytes": (lambda: bytes(range(1, 100)), "or a damaged one (99 bytes)"),
}


@pytest.mark.parametrize("kind", STRANGERS)
def test_another_file_is_named(kind: str, tmp_path: Path) -> None:
    make, words = STRANGERS[kind]
    with pytest.raises(
        InputError, match=rf"m\.chain` is not a chainrule model.*{re.escape(words)}"
    ):
        load_bytes(make(), tmp_path)


@pytest.mark.parametrize("text", ["", "5", "null", "[]", '"text"', "[[1, 2]]", "{", "[" * 100_000])
def test_a_description_that_is_none_is_damaged(text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is damaged: its header cannot be read"):
        load_bytes(save_tensors({"W1": np.zeros(2)}, metadata={"chainrule": text}), tmp_path)


def test_a_file_without_its_digest_is_damaged(data: bytes, tmp_path: Path) -> None:
    for digest in (None, "", 5, "\ud800", BLANK):
        text = json.dumps(description_of(data) | {"sha256": digest})
        with pytest.raises(InputError, match="is damaged"):
            load_bytes(save_tensors(load_tensors(data), {"chainrule": text}), tmp_path)


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"it is a pickle .* never opened"):
        load_bytes(_pickled(tmp_path), tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["m.chain"]
    for source in Path(chainrule.__file__).parent.rglob("*.py"):
        text = source.read_text(encoding="utf-8")
        found = re.findall(r"^\s*(?:import|from) (pickle|joblib|marshal|shelve|dill)\b", text, re.M)
        assert not found, source
