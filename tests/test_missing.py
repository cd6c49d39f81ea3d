import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.encoding import Feature
from chainrule.errors import InputError
from chainrule.missing import handle_missing
from chainrule.tables import Table

SIZE, COLOUR, CLASS = 0, 1, 2
FEATURES = (Feature("size", None), Feature("colour", ("blue", "red")))


def table_of(*rows: str) -> Table:
    """Rows "size colour class", "_" for an empty cell; they begin on line 2."""
    cells = [[cell.replace("_", "") for cell in row.split(" ")] for row in rows]
    lines = list(range(2, len(rows) + 2))
    return Table.of_rows("t.csv", ("size", "colour", "class"), cells, lines, True, "comma")


def handled(table: Table, policy: str) -> tuple[Table, str | None]:
    return handle_missing(table, FEATURES, [SIZE, COLOUR], CLASS, policy)


@pytest.mark.parametrize("policy", ["refuse", "drop", "mean"])
def test_a_full_table_stays_as_it_is(policy: str) -> None:
    table = table_of("1 red a", "2 blue b")
    assert handled(table, policy) == (table, None)


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        *[(word, "no usable number") for word in ("?", "NA", "nan", "inf", "-Infinity")],
        ("1e400", "outside the range of 64-bit floats (±1.8e308)"),
        ("-1e300", "beyond ±1e+100, where squares and sums are no finite numbers"),
    ],
)
def test_a_cell_without_a_number_is_refused_by_name(cell: str, what: str) -> None:
    table = table_of("1 red a", "2 _ b", f"{cell} red b")
    with pytest.raises(
        InputError,
        match=r"^`t.csv`, line 3, column 'colour' is empty \(2 cells in all\); `--missing drop` "
        r"leaves such rows out, `--missing mean` fills in the column's mean.$",
    ):
        handled(table, "refuse")
    with pytest.raises(
        InputError,
        match=rf"line 4, column 'size' is '{re.escape(cell)}', {re.escape(what)} \(1 cell in all\)",
    ):
        handled(table_of("1 red a", "2 red b", f"{cell} red b"), "refuse")


def test_a_word_in_a_column_of_text_is_a_word() -> None:
    """Only an empty cell is missing there, in the target too."""
    table = table_of("1 NA none", "2 nan mild", "3 ? NA")
    assert handled(table, "refuse") == (table, None)
    with pytest.raises(InputError, match="line 3, column 'class' is empty"):
        handled(table_of("1 red a", "2 red _", "3 red b"), "refuse")


def test_drop_leaves_the_rows_out() -> None:
    table, said = handled(table_of("1 red a", "2 _ b", "3 red _", "? _ b", "5 red b"), "drop")
    assert table.lines == [2, 6]
    assert said == "left out 3 rows: 4 cells without a value"
    table, said = handled(table_of("1 red a", "2 _ b"), "drop")
    assert said == "left out 1 row: 1 cell without a value"
    with pytest.raises(
        InputError,
        match=r"`--missing drop` leaves no row of `t.csv`: .* 2 of them in column 'size'",
    ):
        handled(table_of("? red a", "inf blue b"), "drop")


def test_mean_keeps_the_cells_for_later() -> None:
    table = table_of("1 red a", "? _ b", "3 red 5")
    kept, said = handled(table, "mean")
    assert kept is table
    assert said == "2 cells without a value filled in with the mean of the training rows"


@pytest.mark.parametrize(
    ("classes", "what"), [(["a", "_"], "is empty"), (["1", "inf"], "is 'inf', no usable number")]
)
def test_a_target_is_never_filled_in(classes: list[str], what: str) -> None:
    table = table_of(f"? red {classes[0]}", f"2 red {classes[1]}")
    with pytest.raises(
        InputError,
        match=f"^`t.csv`, line 3, column 'class' {what}, and a target cannot be filled in; use "
        "`--missing drop`.$",
    ):
        handled(table, "mean")


def test_a_mean_is_not_offered_for_a_target() -> None:
    with pytest.raises(InputError, match=r"leaves such rows out\.$"):
        handled(table_of("1 red a", "2 red _"), "refuse")


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(
        InputError, match=re.escape("`--missing` must be one of drop, mean, refuse")
    ):
        handled(table_of("1 red a"), "maen")


@given(st.lists(st.tuples(*[st.booleans()] * 3), min_size=1, max_size=8))
def test_drop_keeps_exactly_the_full_rows(gaps: list[tuple[bool, bool, bool]]) -> None:
    full = ["1", "red", "a"]
    rows = [["" if gap else cell for gap, cell in zip(row, full, strict=True)] for row in gaps]
    table = Table.of_rows(
        "t.csv", ("size", "colour", "class"), rows, list(range(len(rows))), True, "comma"
    )
    keep = np.flatnonzero(~np.any(gaps, axis=1)).tolist()
    if not keep:
        with pytest.raises(InputError, match="leaves no row"):
            handled(table, "drop")
        return
    dropped, said = handled(table, "drop")
    assert dropped.lines == keep
    assert list(dropped.rows) == [full] * len(keep)
    assert (said is None) == (len(keep) == len(rows))
