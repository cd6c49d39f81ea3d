import gzip
import os
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import zstandard
from safetensors.numpy import save

from chainrule import opening
from chainrule.errors import InputError
from chainrule.opening import pieces
from chainrule.reading import read_table

TEXT = b"x,y\n" + b"1.5,2\n" * 300_000


@pytest.mark.parametrize("name", ["t.csv.gz", "t.csv.zst", "t.csv", "t.gz"])
@pytest.mark.parametrize("kind", ["gzip", "zstandard", "frames", "none"])
def test_what_is_packed_is_told_by_its_first_bytes(kind: str, name: str, tmp_path: Path) -> None:
    half = len(TEXT) // 2
    packed = {
        "gzip": gzip.compress(TEXT, 1),
        "zstandard": zstandard.compress(TEXT),
        "frames": zstandard.compress(TEXT[:half]) + zstandard.compress(TEXT[half:]),
        "none": TEXT,
    }[kind]
    (tmp_path / name).write_bytes(packed)
    assert b"".join(pieces(str(tmp_path / name))) == TEXT


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_what_is_cut_short_or_damaged_is_one_sentence(pack: object, tmp_path: Path) -> None:
    file = tmp_path / "t.csv.gz"
    packed = pack(TEXT)  # type: ignore[operator]
    for end in (8, len(packed) // 2, len(packed) - 1):
        file.write_bytes(packed[:end])
        with pytest.raises(InputError, match=r"is packed by .* and ends too early: .* again\.$"):
            list(pieces(str(file)))
    middle = len(packed) // 2
    file.write_bytes(packed[:middle] + b"\xff" * 40 + packed[middle + 40 :])
    with pytest.raises(InputError, match=r"begins as a file packed by .* damaged .*again\.$"):
        list(pieces(str(file)))


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (pickle.dumps({"x": [1, 2]}), "a pickle"),
        (pickle.dumps([1.5], protocol=2), "a pickle"),
        (b"\x93NUMPY\x01\x00", "a NumPy array"),
        (b"\x89HDF\r\n\x1a\n\x00", "an HDF5 file"),
        (b"SQLite format 3\x00\x10", "an SQLite database"),
        (b"\x89PNG\r\n\x1a\n\x00", "a picture"),
        (save({"W": np.zeros(3)}), "a model or another file of the safetensors format"),
    ],
)
def test_what_is_no_table_is_named(data: bytes, found: str, tmp_path: Path) -> None:
    (tmp_path / "t").write_bytes(data)
    with pytest.raises(InputError, match=f"^`t` looks like {found}.*; a table of separated"):
        list(pieces(str(tmp_path / "t")))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe with a name")
def test_a_pipe_is_read_once_and_whole(tmp_path: Path) -> None:
    """As a shell makes one of <(…)."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as others:
        others.submit(pipe.write_bytes, b"x,k\n" + b"1,a\n2,b\n" * 50_000)
        table = read_table(str(pipe))
    assert (table.names, len(table)) == (("x", "k"), 100_000)


def test_a_file_that_changes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes(TEXT)
    monkeypatch.setattr(opening, "PIECE", 1000)
    parts = pieces(str(file))
    next(parts)
    with file.open("ab") as more:
        more.write(b"2,3\n")
    with pytest.raises(InputError, match=r"`t.csv` changed while it was read \(1800004 bytes"):
        list(parts)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "iris.csv").touch()
    (tmp_path / "notes.txt").touch()
    with pytest.raises(
        InputError, match=r"`.*iriss.csv` does not exist. Did you mean '.*iris.csv'"
    ):
        list(pieces(str(tmp_path / "iriss.csv")))
    with pytest.raises(InputError, match=r"`.*` is a folder; name a file. It holds iris.csv.$"):
        list(pieces(str(tmp_path)))
    for path in (str(tmp_path / "iris.csv" / "x"), str(tmp_path / ("x" * 300))):
        with pytest.raises(InputError, match="cannot be read: "):
            list(pieces(path))
    with pytest.raises(InputError, match=r"does not exist.$"):
        list(pieces(str(tmp_path / "none" / "iris.csv")))


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("nope.csv", ""),
        ("oen.csv", " Did you mean 'one.csv'?"),
        ("one.csw", " Did you mean 'one.csv'?"),
        ("One.txt", " Did you mean 'one.csv'?"),
    ],
)
def test_only_near_names_are_suggested(
    asked: str, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("one.csv", "one.dat", "two.csv"):
        Path(name).touch()
    with pytest.raises(InputError) as caught:
        list(pieces(asked))
    assert str(caught.value) == f"`{asked}` does not exist.{hint}"
