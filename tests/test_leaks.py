import numpy as np
import pytest

from chainrule.errors import InputError
from chainrule.leaks import copies, copies_across
from chainrule.preparation import Options, prepare
from chainrule.tables import Table


def notices(rows: list[list[object]], names: str, **options: object) -> list[str]:
    cells = [[str(cell) for cell in row] for row in rows]
    lines = range(2, len(rows) + 2)
    table = Table.of_rows("t.csv", tuple(names.split()), cells, lines, True, "comma")
    return list(prepare(table, Options(**options)).notices)  # type: ignore[arg-type]


def said(found: list[str], words: str) -> str:
    (one,) = [notice for notice in found if words in notice]
    return one


def test_copies_are_counted_and_those_held_out_too() -> None:
    X, y = np.array([[1.0, 2], [1, 2], [1, 3], [1, 2], [1, 2]]), np.array([0, 0, 0, 0, 1])
    same = copies(X, y)
    assert same.tolist() == [0, 0, 2, 0, 4]
    assert copies_across(same, [(np.array([0, 2]), np.array([1, 3, 4]))]) is not None
    assert str(copies_across(same, [(np.array([0, 2]), np.array([1, 4]))])).startswith(
        "1 held-out row has a copy among the rows trained on, which flatters the score: remove"
    )
    assert copies_across(same, [(np.array([0, 1, 3]), np.array([2, 4]))]) is None


def test_copies_are_said() -> None:
    rows: list[list[object]] = [[row // 2 % 7, row // 2 % 3, row // 2 % 2] for row in range(24)]
    assert said(notices(rows, "a b y"), "of another") == "12 rows are copies of another"


@pytest.mark.parametrize("start", [0, 1])
def test_columns_that_number_rows_are_named(start: int) -> None:
    rows: list[list[object]] = [[(7 * row) % 20 + start, row % 3, row % 2] for row in range(20)]
    assert said(notices(rows, "id b y"), "in each row").startswith("'id' has another value in each")
    texts: list[list[object]] = [[f"n{row}", row % 3, row % 2] for row in range(20)]
    assert "'name'" in said(notices(texts, "name b y"), "in each row")


def test_columns_that_are_the_target_are_named() -> None:
    rows: list[list[object]] = [[row % 5, "yes" if row % 2 else "no", row % 2] for row in range(20)]
    assert said(notices(rows, "a answer y"), "exactly").startswith("'answer' tells the target")
    real: list[list[object]] = [
        [row * row / 7, 3 - row * row / 3, row % 4, row * row / 10] for row in range(20)
    ]
    assert said(notices(real, "a b c y"), "exactly").startswith("'a', 'b' tell the target")
    assert not any("exactly" in notice for notice in notices(real, "a b c y", leave_out=("a", "1")))


def test_cells_that_are_not_what_they_look_like_are_named() -> None:
    rows: list[list[object]] = [
        ["00501", f"0x{row % 2}0", 2**53 + 1, row if row == 3 else "ab"[row % 2], row % 3, row % 2]
        for row in range(30)
    ]
    found = notices(rows, "zip hex big mixed c y")
    assert said(found, "codes") == (
        "'zip' holds codes, such as 00501 in line 2: as numbers they would lose the zero in front"
    )
    assert said(found, "hexadecimal") == "'hex' is text, not hexadecimal numbers, such as 0x00"
    assert said(found, "2^53") == (
        "'big' has 30 whole numbers beyond 2^53, such as 9007199254740993 in line 2: a 64-bit "
        "float does not hold its last digits"
    )
    assert said(found, "holds text and") == (
        "'mixed' holds text and 1 number, the first in line 5; the numbers are taken as text too"
    )


def test_rows_that_are_all_the_same_teach_nothing() -> None:
    found = notices([[1, 2, row % 2] for row in range(20)], "a b y")
    assert said(found, "all rows") == (
        "all rows are the same but for the target: there is nothing to learn from"
    )


def test_rare_classes_are_left_out_when_told() -> None:
    rows: list[list[object]] = [[row % 7, "ab"[row % 2]] for row in range(20)]
    rows += [[1, "c"], [2, "d"], [3, "d"]]
    with pytest.raises(InputError, match=r"'c' has this row only.*'a' \(10\), 'b' \(10\), 'c' \(1"):
        notices(rows, "x y")
    found = notices(rows, "x y", drop_rare=True)
    assert said(found, "left out") == "left out 3 rows of rare classes: 'c' (1), 'd' (2)"
    with pytest.raises(InputError, match=r"`--drop-rare` leaves 0 of the classes, those with at"):
        notices(rows, "x y", drop_rare=True, folds=11)


def test_what_is_left_out_is_checked() -> None:
    rows: list[list[object]] = [[1, 2, row % 2] for row in range(20)]
    for names, message in (
        (("y",), "`--leave-out` names 'y', which is the target"),
        (("a", "b"), "`--leave-out` leaves no column to learn from"),
        (("c",), "`--leave-out` must be a column's name or its index, 0 to 2; got 'c'"),
    ):
        with pytest.raises(InputError, match=message):
            notices(rows, "a b y", leave_out=names)
