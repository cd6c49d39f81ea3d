import pytest

from chainrule.errors import InputError
from chainrule.preparation import Options, prepare
from chainrule.tables import Table


def table_of(rows: list[list[str]], names: tuple[str, ...]) -> Table:
    return Table.of_rows("rows.csv", names, rows, list(range(2, len(rows) + 2)), True, "comma")


def test_prepare_says_what_it_found() -> None:
    rows = [[str(i), "7", str(i % 2)] for i in range(20)]
    prepared = prepare(table_of(rows, ("a", "same", "y")), Options())
    assert any("classification: the target 'y' has the classes 0, 1" in n for n in prepared.notices)
    assert any("without information: 'same'" in notice for notice in prepared.notices)
    rows[3][0] = ""
    dropped = prepare(table_of(rows, ("a", "same", "y")), Options(missing="drop"))
    assert len(dropped.y) == 19
    assert dropped.places[3] == "line 6"


def test_one_column_is_not_a_table() -> None:
    with pytest.raises(InputError, match=r"one column.*`--delimiter`"):
        prepare(table_of([["1"], ["2"]], ("a",)), Options())


def test_a_class_of_one_row_is_refused_with_its_place() -> None:
    rows = [[str(i), "ab"[i % 2]] for i in range(20)]
    rows[7][1] = "c"
    with pytest.raises(
        InputError,
        match=r"^`rows.csv`, line 9, column 'y': the class 'c' has this row only, so .*; give the "
        r"class more rows, or leave such rows out with `--drop-rare`. Rows of each class: "
        r"'a' \(10\), 'b' \(9\), 'c' \(1\)\.$",
    ):
        prepare(table_of(rows, ("x", "y")), Options())
    rows[3][1] = "d"
    with pytest.raises(InputError, match=r"line 5, .* 'd' has .* \(2 classes have one row each\)"):
        prepare(table_of(rows, ("x", "y")), Options())


def test_columns_of_text_and_doubts_are_said() -> None:
    rows = [[f"user{i}", str(i), str(i * 1.5)] for i in range(20)]
    real = prepare(table_of(rows, ("id", "a", "y")), Options())
    assert real.notices[0] == "regression: the target 'y' is a quantity"
    assert real.notices[1].endswith("(how many there are): 'id' (20)")
    codes = prepare(table_of([[str(i), f"0{i % 2}"] for i in range(20)], ("a", "y")), Options())
    assert codes.notices[0].endswith("the classes 00, 01 (say `--task regression` if it is not)")
    whole = prepare(table_of([[str(i), str(i)] for i in range(60)], ("a", "y")), Options())
    assert "say `--task classification` if it is not" in whole.notices[0]
