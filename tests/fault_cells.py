"""Faults of cells: numbers and text that other readers change without a word (23 to 31)."""

from collections.abc import Callable
from pathlib import Path

from fault import Faults, noticed, refused

from chainrule.kinds import learn_features
from chainrule.reading import read_table

FAULTS = Faults()


def write(folder: Path, cell: Callable[[int], object], n_rows: int = 20) -> None:
    """A table with such cells in column c, between numbers and classes."""
    rows = [f"{row * row % 13},{cell(row)},{'ab'[row * row % 3]}" for row in range(n_rows)]
    (folder / "a.csv").write_text("\n".join(["x,c,k", *rows, ""]))


def categories(folder: Path) -> tuple[str, ...] | None:
    return learn_features(read_table(str(folder / "a.csv")), [1])[0].categories


@FAULTS.add(23, "words that mean missing elsewhere")
def _(folder: Path) -> None:
    words = ["NA", "None", "null", "nan", "N/A", "DE"]
    write(folder, lambda row: words[row % 6], 60)
    noticed(folder, "train", "a.csv")
    assert categories(folder) == tuple(sorted(words))
    assert refused(folder, "train", "a.csv", "--na", "NA", "--na", "null") == (
        "`a.csv`, line 2, column 'c' is 'NA', no usable number (20 cells in all); `--missing drop` "
        "leaves such rows out, `--missing mean` fills in the column's mean."
    )
    write(folder, lambda row: "NA" if row == 3 else row * 2.5)
    assert refused(folder, "train", "a.csv") == (
        "`a.csv`, line 5, column 'c' is 'NA', no usable number (1 cell in all); `--missing drop` "
        "leaves such rows out, `--missing mean` fills in the column's mean."
    )
    write(folder, lambda row: -999 if row == 3 else row * 2.5)
    said = noticed(folder, "train", "a.csv", "--na", "-999", "--missing", "drop")
    assert "left out 1 row: 1 cell without a value" in said


@FAULTS.add(24, "leading zeros")
def _(folder: Path) -> None:
    write(folder, lambda row: "00501" if row == 7 else 10115 + row % 2)
    assert "'c' holds codes, such as 00501 in line 9: as numbers they would lose the zero" in (
        noticed(folder, "train", "a.csv")
    )
    assert categories(folder) == ("00501", "10115", "10116")


@FAULTS.add(25, "a number outside float64")
def _(folder: Path) -> None:
    write(folder, lambda row: "1e400" if row == 0 else row * 2.5)
    assert refused(folder, "train", "a.csv") == (
        "`a.csv`, line 2, column 'c' is '1e400', outside the range of 64-bit floats (±1.8e308) (1 "
        "cell in all); `--missing drop` leaves such rows out, `--missing mean` fills in the "
        "column's mean."
    )


@FAULTS.add(26, "inf as text")
def _(folder: Path) -> None:
    write(folder, lambda row: "-inf" if row == 0 else row * 2.5)
    assert refused(folder, "train", "a.csv").startswith(
        "`a.csv`, line 2, column 'c' is '-inf', no usable number (1 cell in all); "
    )


@FAULTS.add(27, "whole numbers of more digits than a float has")
def _(folder: Path) -> None:
    write(folder, lambda row: 2**63 + 1 + row % 2 * 10**18)
    said = noticed(folder, "train", "a.csv")
    assert (
        "'c' has 20 whole numbers beyond 2^53, such as 9223372036854775809 in line 2: a 64-bit "
        "float does not hold its last digits" in said
    )


@FAULTS.add(28, "hexadecimal numbers")
def _(folder: Path) -> None:
    write(folder, lambda row: f"0x{row % 3}0")
    said = noticed(folder, "train", "a.csv")
    assert "'c' is text, not hexadecimal numbers, such as 0x00" in said
    assert categories(folder) == ("0x00", "0x10", "0x20")


@FAULTS.add(29, "mixed numbers and text")
def _(folder: Path) -> None:
    write(folder, lambda row: "two" if row in (4, 5) else row * 2.5)
    assert refused(folder, "train", "a.csv") == (
        "`a.csv`, line 6, column 'c': 'two' is not a number, but the column is one of numbers (2 "
        "such cells in all); correct it."
    )
    write(folder, lambda row: 7 if row in (4, 5) else "ab"[row % 2])
    said = noticed(folder, "train", "a.csv")
    assert "'c' holds text and 2 numbers, the first in line 6; the numbers are taken as" in said


@FAULTS.add(30, "dates as a feature")
def _(folder: Path) -> None:
    write(folder, lambda row: f"2024-01-{row % 9 + 10}")
    assert refused(folder, "train", "a.csv") == (
        "`a.csv`, line 2, column 'c': '2024-01-10' is a date or a time, of which a network learns "
        "nothing. Give its parts columns of their own (year, month, weekday, hour, days since the "
        "first), or leave it out: `--leave-out c`."
    )
    noticed(folder, "train", "a.csv", "--leave-out", "c")


@FAULTS.add(31, "formula cells of a spreadsheet")
def _(folder: Path) -> None:
    write(folder, lambda row: ["=1+1", "=cmd|' /C calc'!A0", "@SUM(1)"][row % 3])
    noticed(folder, "train", "a.csv")
    assert categories(folder) == ("=1+1", "=cmd|' /C calc'!A0", "@SUM(1)")
