"""A checkpoint is whole or refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from chainrule.checkpoint_file import Kept, read_checkpoint, write_checkpoint
from chainrule.errors import InputError
from chainrule.states import State

ARRAYS = {
    "flat": np.linspace(0, 1, 7, dtype=np.float32),
    "order": np.array([2, 0, 1]),
    "best": np.array([[np.nan, np.inf]]).T,
}
KEPT = Kept(
    {"fold 1 of 2": State(ARRAYS, {"loss": float("inf"), "n": np.int64(3)}), "b": State({}, {})},
    {"settings": {"alpha": 0.1}},
    "pace",
    "2026-01-01 00:00:00",
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_checkpoint(tmp_path / "c", KEPT)
    return tmp_path / "c"


def test_what_is_written_is_read(file: Path) -> None:
    found = read_checkpoint(file)
    assert [*found.states] == ["fold 1 of 2", "b"]
    state = found.states["fold 1 of 2"]
    assert dict(state.facts) == {"loss": float("inf"), "n": 3}
    for name, array in ARRAYS.items():
        assert state.arrays[name].dtype == array.dtype
        assert np.array_equal(state.arrays[name], array, equal_nan=True)
    assert (found.identity, found.why) == (KEPT.identity, "pace")
    assert found.written == KEPT.written


def test_every_byte_counts(file: Path) -> None:
    whole = file.read_bytes()
    for place in range(0, len(whole), 3):
        damaged = bytearray(whole)
        damaged[place] ^= 0x41
        file.write_bytes(damaged)
        with pytest.raises(InputError, match=r"is damaged|is no chainrule checkpoint"):
            read_checkpoint(file)
    for length in range(0, len(whole), 7):
        file.write_bytes(whole[:length])
        with pytest.raises(InputError, match=r"is damaged|is no chainrule checkpoint"):
            read_checkpoint(file)


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\x80\x04pickle", bytes(100)])
def test_other_files_are_no_checkpoints(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "c").write_bytes(content)
    with pytest.raises(InputError, match=f"is no chainrule checkpoint .{len(content)} bytes."):
        read_checkpoint(tmp_path / "c")


def test_a_folder_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_checkpoint(tmp_path)


def test_another_schema_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chainrule.checkpoint_file.SCHEMA", "chainrule.checkpoint/9")
    write_checkpoint(file, KEPT)
    monkeypatch.undo()
    with pytest.raises(
        InputError, match=r"the schema 'chainrule.checkpoint/9', this version reads"
    ):
        read_checkpoint(file)


def test_nothing_of_it_is_executed(file: Path) -> None:
    data = file.read_bytes()
    length = int.from_bytes(data[:8], "little")
    assert json.loads(data[8 : 8 + length])["__metadata__"]["checkpoint"].startswith("{")
