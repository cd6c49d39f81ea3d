"""The fast reader of regular blocks beside the exact one, which is what it is held to."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule import scanning
from chainrule.columns import Column
from chainrule.formats import TableFormat
from chainrule.scanning import scan
from chainrule.splitting import Lines, split

NUMBER = st.one_of(
    st.floats().map(repr),
    st.floats(allow_nan=False, width=16).map(repr),
    st.integers(-(10**25), 10**25).map(str),
    st.integers(-300, 300).map(str),
    st.from_regex(r"[ +-]?0{0,2}[0-9]{0,25}\.?[0-9]{0,30}([eE][+-]?[0-9]{1,3})? ?", fullmatch=True),
)
WORD = st.sampled_from(
    ["", " ", "NA", "nan", "-inf", "True", "é", "0x10", "1_0", "1e400", "00501", "a b", "\t1", "#"]
)
CELL = NUMBER | WORD | st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
ROWS = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.one_of(NUMBER, NUMBER, CELL), min_size=width, max_size=width), min_size=1
    )
)


def same(found: Column, expected: Column) -> bool:
    return (
        np.array_equal(found.values, expected.values, equal_nan=True)
        and (found.odd.tolist(), found.words) == (expected.odd.tolist(), expected.words)
        and found.coded.tolist() == expected.coded.tolist()
        and found.rounded.tolist() == expected.rounded.tolist()
    )


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have small blocks read as large ones are."""
    monkeypatch.setattr(scanning, "LEAST", 0)


@settings(max_examples=60)
@given(ROWS, st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_it_reads_what_the_exact_reader_reads(
    rows: list[list[str]], character: str, ending: str, ended: bool
) -> None:
    text = ending.join(character.join(row) for row in rows) + ending * ended
    scanned = scan(text.encode(), character, len(rows[0]), TableFormat())
    if scanned is None:
        return
    cut, columns = scanned
    exact = list(split(Lines(iter([text.encode()])), character, ""))
    assert [cut[row] for row in range(len(cut))] == [row.cells for row in exact]
    assert [row.line for row in exact] == list(range(1, len(exact) + 1))
    part = cut.part(len(cut) // 2, len(cut))
    for index in range(len(rows[0])):
        assert cut.column(index) == [row.cells[index] for row in exact]
        assert part.column(index) == cut.column(index)[len(cut) // 2 :]
    for column, cells in zip(columns, zip(*(row.cells for row in exact), strict=True), strict=True):
        assert same(column, Column.of_cells(cells)), cells


@settings(max_examples=30)
@given(st.lists(st.lists(st.floats().map(repr), min_size=3, max_size=3), min_size=1))
def test_numbers_alone_are_always_regular(rows: list[list[str]]) -> None:
    assert scan("\n".join(map(",".join, rows)).encode(), ",", 3, TableFormat()) is not None


@pytest.mark.parametrize(
    "text",
    ["1,2\n3\n", "1,2\n3,4,5\n", "1,2\n\n3,4\n", "1\n2,3,4\n", '1,"2"\n', "1,2\n  \n3,4\n"],
)
def test_what_is_not_regular_is_left_to_the_exact_reader(text: str) -> None:
    assert scan(text.encode(), ",", 2, TableFormat()) is None


def test_words_of_two_and_three_letters_mean_what_python_says() -> None:
    """Nothing is a number to pandas that is none to Python, and none loses a bit."""
    letters = "01.eE+-xnNafid"
    words = ["".join(word) for size in (2, 3) for word in itertools.product(letters, repeat=size)]
    scanned = scan(
        "\n".join([",".join(["2.5"] * len(words)), ",".join(words)]).encode(),
        ",",
        len(words),
        TableFormat(),
    )
    assert scanned is not None
    for word, column in zip(words, scanned[1], strict=True):
        assert same(column, Column.of_cells(["2.5", word.strip()])), word


def test_words_that_mean_missing_may_be_numbers() -> None:
    written = TableFormat(missing_words=("-999", "none"))
    scanned = scan(b"1,a\n-999.0,b\n-999,none\n2,c\n", ",", 2, written)
    assert scanned is not None
    assert scanned[1][0].odd.tolist() == [1, 2]
    assert scanned[1][0].missing(written.missing_words).tolist() == [False, True, True, False]
    assert same(scanned[1][0], Column.of_cells(["1", "-999.0", "-999", "2"], written))


@pytest.mark.parametrize("cell", ["392.17075384746204", "-9223372036854775809", "9" * 400])
def test_no_pandas_rounds_or_refuses_what_python_reads(cell: str) -> None:
    """Before 3.1 it loses a bit unless it is asked not to, and 3.0 fails at very long numbers."""
    scanned = scan(f"1.5,1\n{cell},{cell}\n".encode(), ",", 2, TableFormat())
    if scanned is not None:
        assert same(scanned[1][0], Column.of_cells(["1.5", cell]))
        assert same(scanned[1][1], Column.of_cells(["1", cell]))


def test_a_long_code_keeps_its_digits() -> None:
    scanned = scan(b"010000000000000001\n10000000000000001\n", ",", 1, TableFormat())
    assert scanned is not None
    assert (scanned[1][0].coded.tolist(), scanned[1][0].rounded.tolist()) == ([0], [1])
    assert same(scanned[1][0], Column.of_cells(["010000000000000001", "10000000000000001"]))
