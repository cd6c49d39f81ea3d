"""Faults of what rows hold, found in tables (37 to 44, 46, 50, 52, 53)."""

from pathlib import Path

import numpy as np
from fault import Faults, noticed, refused

import chainrule
from chainrule.errors import InputError

FAULTS = Faults()


def write(folder: Path, *rows: str, name: str = "a.csv") -> None:
    """Twenty rows of numbers and two classes, and these below them."""
    own = [f"{row * 7 % 20 + 0.5},{row * row % 11},{'ab'[row * row % 3]}" for row in range(20)]
    (folder / name).write_text("\n".join(["x,z,k", *own, *rows, ""]))


@FAULTS.add(37, "missing cells in a feature")
def _(folder: Path) -> None:
    write(folder, "1,nan,a", "1,,b")
    assert refused(folder, "train", "a.csv") == (
        "`a.csv`, line 22, column 'z' is 'nan', no usable number (2 cells in all); `--missing "
        "drop` leaves such rows out, `--missing mean` fills in the column's mean."
    )
    said = noticed(folder, "train", "a.csv", "--missing", "mean")
    assert "2 cells without a value filled in with the mean of the training rows" in said


@FAULTS.add(38, "infinite cells in a feature")
def _(folder: Path) -> None:
    write(folder, "1,Infinity,a", "1e300,2,b")
    assert refused(folder, "train", "a.csv").startswith(
        "`a.csv`, line 22, column 'z' is 'Infinity', no usable number (2 cells in all); "
    )
    said = noticed(folder, "train", "a.csv", "--missing", "drop")
    assert "left out 2 rows: 2 cells without a value" in said


@FAULTS.add(39, "missing cells in the target")
def _(folder: Path) -> None:
    write(folder, "1,2,")
    assert refused(folder, "train", "a.csv", "--missing", "mean") == (
        "`a.csv`, line 22, column 'k' is empty, and a target cannot be filled in; use `--missing "
        "drop`."
    )
    noticed(folder, "train", "a.csv", "--missing", "drop")


@FAULTS.add(40, "missing cells only at predict")
def _(folder: Path) -> None:
    write(folder)
    noticed(folder, "train", "a.csv", "-o", "m.chain")
    (folder / "new.csv").write_text("x,z\n1,2\n?,3\n,\n")
    assert refused(folder, "predict", "m.chain", "new.csv").startswith(
        "`new.csv`, line 3, column 'x' is '?', no usable number, and the training had no such "
        "cell; say `--missing mean`"
    )
    (folder / "new.csv").write_text("x,z\n1,2\ntwo,3\n4,5\n")
    assert refused(folder, "predict", "m.chain", "new.csv").startswith(
        "`new.csv`, line 3, column 'x': 'two' is not a number, but the column is one of numbers"
    )


@FAULTS.add(41, "constant column")
def _(folder: Path) -> None:
    rows = [f"{row * 3 % 13},7,{'ab'[row * row % 3]}" for row in range(20)]
    (folder / "a.csv").write_text("\n".join(["x,z,k", *rows]))
    said = noticed(folder, "train", "a.csv")
    assert "constant, so without information: 'z'." in said


@FAULTS.add(42, "all rows identical")
def _(folder: Path) -> None:
    (folder / "a.csv").write_text("x,z,k\n" + "1,7,a\n1,7,b\n" * 10)
    said = noticed(folder, "train", "a.csv")
    assert "all rows are the same but for the target: there is nothing to learn from." in said


@FAULTS.add(43, "copies of rows on both sides of a split")
def _(folder: Path) -> None:
    write(folder)
    assert "cop" not in noticed(folder, "train", "a.csv")
    write(folder, *(folder / "a.csv").read_text().splitlines()[1:])
    said = noticed(folder, "train", "a.csv", "--split", "0.5")
    assert "20 rows are copies of another." in said
    assert "have copies among the rows trained on, which flatters the score: remove" in said


@FAULTS.add(44, "target among the features and a column of ids")
def _(folder: Path) -> None:
    rows = [
        f"{row + 1},{row * row % 11},{'no' if row % 2 else 'yes'},{row % 2}" for row in range(20)
    ]
    (folder / "a.csv").write_text("\n".join(["id,z,answer,k", *rows]))
    said = noticed(folder, "train", "a.csv")
    assert "'answer' tells the target exactly: if it would not be known of new rows, leave" in said
    assert "'id' has another value in each row, as numbers or names of rows do:" in said
    left = noticed(folder, "train", "a.csv", "--leave-out", "id", "--leave-out", "answer")
    assert "'answer'" not in left
    assert "'id'" not in left


@FAULTS.add(46, "class with one row")
def _(folder: Path) -> None:
    write(folder, "1,2,c")
    assert refused(folder, "train", "a.csv") == (
        "`a.csv`, line 22, column 'k': the class 'c' has this row only, so that it cannot be both "
        "learned and tested; give the class more rows, or leave such rows out with `--drop-rare`. "
        "Rows of each class: 'a' (7), 'b' (13), 'c' (1)."
    )
    write(folder, "1,2,c", "3,4,c")
    assert refused(folder, "train", "a.csv") == (
        "the class 'c' has 2 rows, fewer than the 5 folds; use `--folds 2`, or `--split 0.2`, or "
        "`--drop-rare`."
    )
    said = noticed(folder, "train", "a.csv", "--drop-rare")
    assert "left out 2 rows of rare classes: 'c' (2)." in said


@FAULTS.add(50, "labels of mixed types")
def _(folder: Path) -> None:
    labels = [1, "a"] * 10
    sentence = ""
    try:
        chainrule.MLPClassifier(max_iter=1).fit(np.arange(20.0)[:, None], np.array(labels, object))
    except (InputError, TypeError) as error:
        sentence = str(error)
    assert "int" in sentence
    assert "str" in sentence
    rows = [f"{row % 7},{[1, 2, 1, 'a'][row % 4]}" for row in range(20)]
    (folder / "a.csv").write_text("\n".join(["x,k", *rows]))
    assert refused(folder, "train", "a.csv") == (
        "`a.csv`, line 5, column 'k': 'a' is not a number, but the column is one of numbers (5 "
        "such cells in all); correct it."
    )


@FAULTS.add(52, "text in a column of numbers")
def _(folder: Path) -> None:
    write(folder, "seven,2,a")
    assert refused(folder, "train", "a.csv") == (
        "`a.csv`, line 22, column 'x': 'seven' is not a number, but the column is one of numbers; "
        "correct it."
    )


@FAULTS.add(53, "ten thousand categories")
def _(folder: Path) -> None:
    rows = [f"{row % 7},n{row // 2},{'ab'[row % 2]}" for row in range(20_002)]
    (folder / "a.csv").write_text("\n".join(["x,c,k", *rows]))
    assert refused(folder, "train", "a.csv") == (
        "`a.csv`, column 'c' holds text with 10001 distinct values, and each would be an input; at "
        "most 10000 are. Put rare values together under one word, or leave the column out: "
        "`--leave-out c`."
    )
    (folder / "a.csv").write_text("\n".join(["x,c,k", *rows[::2]]))
    assert "names of rows, from which nothing can be" in refused(folder, "train", "a.csv")
