import numpy as np
import pytest

from chainrule.columns import Column, is_missing, parse_number
from chainrule.errors import InputError
from chainrule.tables import Table


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1", 1.0),
        (" -2.5e3 ", -2500.0),
        ("+.5", 0.5),
        ("0", 0.0),
        ("1e100", 1e100),
        *[(cell, None) for cell in ("", " ", "?", "NA", "n/a", "NaN", "null", "None")],
        *[(cell, None) for cell in ("inf", "-Infinity", "1e400", "-1e400", "1e101", "nan")],
    ],
)
def test_numbers_and_missing_cells(cell: str, number: float | None) -> None:
    table = Table.of_rows("t.csv", ("x",), [[cell]], [1], False, "comma")
    assert is_missing(cell) is (number is None)
    np.testing.assert_array_equal(table.numbers(0), [np.nan if number is None else number])


@pytest.mark.parametrize("cell", ["1_000", "0x10", "1,5", "one", "1 2", "--1", "1e"])
def test_a_word_is_no_number(cell: str) -> None:
    assert parse_number(cell) is None
    rows = [["1"], [cell]]
    table = Table.of_rows("t.csv", ("x",), rows, [4, 7], False, "comma")
    with pytest.raises(
        InputError, match=r"`t.csv`, line 7, column 'x': .* is not a number, .*t it"
    ):
        table.numbers(0)
    with pytest.raises(InputError, match=r"line 7.*`--header` if this line names the columns.$"):
        table.keep([1]).numbers(0)


def test_a_column_is_numbers_if_most_of_its_cells_are() -> None:
    assert Column.of_cells(["1", "2", "x", "?", ""]).holds_numbers()
    assert not Column.of_cells(["1", "x"]).holds_numbers()
    assert not Column.of_cells(["", "nan", "inf"]).holds_numbers()
    assert not Column.of_cells([]).holds_numbers()


def test_a_column_is_found_by_name_or_index() -> None:
    table = Table.of_rows("t.csv", ("Width", "0", "species"), [["1", "2", "a"]], [2], True, "comma")
    found = [table.index_of(name, "--target") for name in ("species", "-1", "0", "-3", "2")]
    assert found == [2, 2, 1, 0, 2]
    for name, hint in (("Species", "species"), ("widht", "Width"), ("specis", "species")):
        with pytest.raises(InputError, match=rf"got '{name}'.* Did you mean '{hint}'\?"):
            table.index_of(name, "--target")
    for name in ("3", "-4", "1.0", "", "9" * 5000, "zzz"):
        with pytest.raises(
            InputError,
            match=r"`--target` must be a column's name or its index, 0 to 2; .*species.$",
        ):
            table.index_of(name, "--target")


def test_rows_keep_their_lines() -> None:
    table = Table.of_rows("t.csv", ("x",), [["a"], ["b"], ["c"]], [2, 5, 6], True, "comma")
    kept = table.keep([0, 2])
    assert (kept.column(0), kept.place(1, 0)) == (["a", "c"], "`t.csv`, line 6, column 'x'")
