import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.columns import Column, is_code, loses_digits, parse_number
from chainrule.formats import TableFormat

CELLS = st.lists(st.sampled_from(["1", "2.5", "x", "", "NA", "007", "1e400", str(2**60 + 1)]))


@given(CELLS, CELLS, st.data())
def test_pieces_and_choices_are_columns_of_their_cells(
    upper: list[str], lower: list[str], data: st.DataObject
) -> None:
    cells = upper + lower
    whole = Column.of_cells(cells)
    joined = Column.joined([Column.of_cells(upper), Column.of_cells(lower)])
    rows = sorted(data.draw(st.sets(st.integers(0, max(len(cells) - 1, 0))))) if cells else []
    taken, expected = whole.take(np.array(rows, int)), Column.of_cells([cells[row] for row in rows])
    part = whole.part(len(upper), len(cells))
    for found, wanted in ((joined, whole), (taken, expected), (part, Column.of_cells(lower))):
        np.testing.assert_array_equal(found.values, wanted.values)
        for name in ("odd", "coded", "rounded"):
            assert getattr(found, name).tolist() == getattr(wanted, name).tolist(), name
        assert found.words == wanted.words
        assert found.missing().tolist() == wanted.missing().tolist()


def test_what_is_missing_depends_on_what_the_column_holds() -> None:
    column = Column.of_cells(["", "NA", "x", "1e400", "-9"])
    assert column.missing().tolist() == [True, True, False, True, False]
    assert column.missing(text=True).tolist() == [True, False, False, False, False]
    assert column.missing(["x"], text=True).tolist() == [True, False, True, False, False]


@pytest.mark.parametrize(
    ("cell", "decimal", "thousands", "number"),
    [
        ("1,5", ",", None, 1.5),
        ("1.5", ",", None, None),
        ("1.234,5", ",", ".", 1234.5),
        ("1,234", ".", ",", 1234.0),
        ("1,234,567.25", ".", ",", 1234567.25),
        ("-1'234", ".", "'", -1234.0),
        ("1,23", ".", ",", None),
        ("12,34,567", ".", ",", None),
        ("1 234", ".", None, None),
    ],
)
def test_other_spellings_of_numbers(
    cell: str, decimal: str, thousands: str | None, number: float | None
) -> None:
    assert parse_number(cell, TableFormat(decimal=decimal, thousands=thousands)) == number


def test_codes_and_lost_digits() -> None:
    assert [is_code(cell) for cell in ("007", "0", "00.5", "-01", "x", "0x1")] == [True] + [
        False
    ] * 5
    assert not loses_digits(str(2**53))
    assert loses_digits(str(2**53 + 1))
    assert not loses_digits("9e99")
    assert loses_digits("9" * 90)
