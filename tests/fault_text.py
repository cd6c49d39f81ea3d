"""Faults of a file's text: what separates, how it is encoded, what the first line is (11 to 22)."""

from pathlib import Path

from fault import Faults, noticed, refused
from fault_reading import NAMED, ROWS, write

from chainrule.formats import TableFormat
from chainrule.reading import read_table

FAULTS = Faults()

LATIN_1 = TableFormat(encoding="latin-1")


@FAULTS.add(11, "wrong separator")
def _(folder: Path) -> None:
    write(folder, NAMED.replace(",", ";"))
    assert "a.csv: 3 columns separated by semicolon" in noticed(folder, "train", "a.csv")
    assert refused(folder, "train", "a.csv", "--delimiter", ",") == (
        "`a.csv` has one column ('column 0'); a feature and a target are needed. If another "
        "character separates the columns, name it with `--delimiter`."
    )


@FAULTS.add(12, "decimal comma")
def _(folder: Path) -> None:
    write(folder, "x;k\n" + "".join(f"{row},5;{'ab'[row % 2]}\n" for row in range(20)))
    assert refused(folder, "train", "a.csv") == (
        "`a.csv`, line 2, column 'x': '0,5' looks like a number, but numbers are read with a "
        "decimal point and nothing between the digits; say `--decimal ,` if it is one."
    )
    assert "taken as text" not in noticed(folder, "train", "a.csv", "--decimal", ",")


@FAULTS.add(13, "thousands separators")
def _(folder: Path) -> None:
    write(folder, "x;k\n" + "".join(f"1,{row},000;{'ab'[row % 2]}\n" for row in range(100, 120)))
    assert refused(folder, "train", "a.csv") == (
        "`a.csv`, line 2, column 'x': '1,100,000' looks like a number, but numbers are read with a "
        "decimal point and nothing between the digits; say `--thousands ,` if it is one."
    )
    assert "taken as text" not in noticed(folder, "train", "a.csv", "--thousands", ",")


@FAULTS.add(14, "latin-1 bytes")
def _(folder: Path) -> None:
    write(folder, NAMED.replace("x", "größe").encode("latin-1"))
    assert refused(folder, "train", "a.csv") == (
        "`a.csv`, line 1, character 3: byte 0xf6, which is no UTF-8 text; in Latin-1 it is 'ö': if "
        "that is meant, say `--encoding latin-1`. Save it as UTF-8 otherwise."
    )
    noticed(folder, "train", "a.csv", "--encoding", "latin-1")
    assert read_table(str(folder / "a.csv"), LATIN_1).names[0] == "größe"


@FAULTS.add(15, "utf-16")
def _(folder: Path) -> None:
    write(folder, NAMED.encode("utf-16"))
    assert "3 columns separated by comma" in noticed(folder, "train", "a.csv")
    write(folder, NAMED.encode("utf-16-le"))
    assert refused(folder, "train", "a.csv") == (
        "`a.csv`, line 1, character 2: byte 0x00, which no text has: the file is damaged, or in "
        "UTF-16 (`--encoding utf-16-le`). Save it as UTF-8 otherwise."
    )
    noticed(folder, "train", "a.csv", "--encoding", "utf-16-le")


@FAULTS.add(16, "utf-8 with a mark")
def _(folder: Path) -> None:
    write(folder, NAMED.encode("utf-8-sig"))
    assert read_table(str(folder / "a.csv")).names == ("x", "z", "k")


@FAULTS.add(17, "nul bytes")
def _(folder: Path) -> None:
    write(folder, "x,k\n1,a\n\0,b\n")
    assert refused(folder, "train", "a.csv") == (
        "`a.csv`, line 3, character 1: byte 0x00, which no text has: the file is damaged, or in "
        "UTF-16 (`--encoding utf-16-le`). Save it as UTF-8 otherwise."
    )


@FAULTS.add(18, "unclosed quote")
def _(folder: Path) -> None:
    write(folder, 'x,k\n1,a\n"2,b\n3,a\n')
    assert refused(folder, "train", "a.csv") == (
        "`a.csv`, line 3 cannot be read: its quote is not closed before the end of the file. Close "
        "it, or remove it."
    )


@FAULTS.add(19, "line ends of other systems and mixed")
def _(folder: Path) -> None:
    expected = [row.split(",") for row in ROWS.splitlines()]
    for text in (NAMED.replace("\n", "\r"), NAMED.replace("b\n", "b\r\n").replace("a\n", "a\r")):
        write(folder, text)
        table = read_table(str(folder / "a.csv"))
        assert (list(table.rows), list(table.lines)) == (expected, list(range(2, 22)))


@FAULTS.add(20, "blank lines")
def _(folder: Path) -> None:
    write(folder, NAMED.replace("\n5,", "\n\n \n5,") + "\n")
    assert "passed over 2 blank lines" in noticed(folder, "train", "a.csv")
    table = read_table(str(folder / "a.csv"))
    assert (len(table), table.row_name(2)) == (20, "line 6")


@FAULTS.add(21, "duplicate header names")
def _(folder: Path) -> None:
    write(folder, NAMED.replace("z", "x"))
    assert (
        refused(folder, "train", "a.csv") == "`a.csv` has 2 columns of the name 'x'; rename them."
    )


@FAULTS.add(22, "no header")
def _(folder: Path) -> None:
    write(folder, ROWS)
    assert noticed(folder, "train", "a.csv").startswith(
        "chainrule: a.csv: 3 columns separated by comma, no header (line 1 holds data; say "
        "`--header` if it names the columns)."
    )
    assert len(read_table(str(folder / "a.csv"))) == 20
