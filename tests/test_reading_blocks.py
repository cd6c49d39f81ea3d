"""A table in many small blocks, read fast and exactly by turns, is the table read at once."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule import decoding, scanning
from chainrule.errors import InputError
from chainrule.formats import FOUND, TableFormat
from chainrule.reading import read_blocks, read_table
from chainrule.tables import Table

CELL = st.one_of(
    st.integers(-300, 300).map(str),
    st.sampled_from(["", "NA", "007", "a", 'say "b"', "x\ny", "c,d", "é", "1e400", "-1.5", " "]),
)
ROWS = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=2, max_size=40)
)


def seen(tables: list[Table]) -> list[object]:
    """What a table says of each row and cell, wherever it is cut."""
    return [
        (table.lines[row], table.rows[row], [bool(table.missing(i)[row]) for i in range(width)])
        for table in tables
        for row in range(len(table))
        for width in [len(table.names)]
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


@settings(max_examples=40)
@given(ROWS, st.integers(1, 7), st.sampled_from(["\n", "\r\n"]))
def test_it_is_the_same_table(
    folder: Path, rows: list[list[str]], at_once: int, ending: str
) -> None:
    out = io.StringIO(newline="")
    out.write(",".join(f"name{index}" for index in range(len(rows[0]))) + ending)
    csv.writer(out, lineterminator=ending).writerows(rows)
    file = folder / "t.csv"
    file.write_bytes(out.getvalue().encode())
    written = TableFormat(delimiter="comma", header=True)
    try:
        expected = seen([read_table(str(file), written)])
    except InputError:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoding, "HEAD", 30)
        patch.setattr(decoding, "BLOCK", 20)
        patch.setattr(scanning, "LEAST", 0)
        assert seen([read_table(str(file), written)]) == expected
        blocks = list(read_blocks(str(file), written, at_once))
    assert seen(blocks) == expected
    assert all(len(block) <= at_once for block in blocks)


@given(st.binary(max_size=60) | st.text(max_size=40).map(str.encode))
def test_any_bytes_in_small_blocks_are_a_table_or_one_sentence(folder: Path, data: bytes) -> None:
    file = folder / "any.csv"
    file.write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoding, "HEAD", 5)
        patch.setattr(decoding, "BLOCK", 5)
        patch.setattr(scanning, "LEAST", 0)
        try:
            table = read_table(str(file), FOUND)
        except InputError:
            return
    assert {len(row) for row in table.rows} == {len(table.names)}
    assert sorted(table.lines) == list(table.lines)
