"""Faults of files: what is there, how it is packed, its rows (1 to 10, 32 to 36)."""

import gzip
import os
import stat
import subprocess
import sys
from pathlib import Path

from commands import SECONDS, called, run
from fault import Faults, noticed, refused

from chainrule.errors import InputError
from chainrule.formats import TableFormat
from chainrule.opening import pieces

FAULTS = Faults()

LATIN_1 = TableFormat(encoding="latin-1")
ROWS = "".join(f"{row},{row * row % 11},{'ab'[row % 2]}\n" for row in range(3, 23))
NAMED = "x,z,k\n" + ROWS


def write(folder: Path, data: str | bytes, name: str = "a.csv") -> None:
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)


@FAULTS.add(1, "file missing")
def _(folder: Path) -> None:
    write(folder, NAMED, "seeds.csv")
    assert refused(folder, "train", "sedes.csv") == (
        "`sedes.csv` does not exist. Did you mean 'seeds.csv'?"
    )
    assert refused(folder, "train", "other.csv") == "`other.csv` does not exist."


@FAULTS.add(2, "path is a folder")
def _(folder: Path) -> None:
    (folder / "data").mkdir()
    write(folder / "data", NAMED, "b.csv.gz")
    write(folder / "data", NAMED, "a.csv")
    assert refused(folder, "train", "data") == (
        "`data` is a folder; name a file. It holds a.csv, b.csv.gz."
    )


@FAULTS.add(3, "no read permission")
def _(folder: Path) -> None:
    write(folder, NAMED)
    (folder / "a.csv").chmod(stat.S_IWUSR)
    if not os.access(folder / "a.csv", os.R_OK):  # root may read everything
        assert refused(folder, "train", "a.csv") == "`a.csv` cannot be read: Permission denied."


@FAULTS.add(4, "empty file")
def _(folder: Path) -> None:
    write(folder, "")
    assert (
        refused(folder, "train", "a.csv") == "`a.csv` is empty (0 characters); a table needs rows."
    )


@FAULTS.add(5, "header only")
def _(folder: Path) -> None:
    write(folder, "x,z,k\n")
    assert refused(folder, "train", "a.csv") == (
        "`a.csv` holds a header and no rows; `--no-header` if it is a row."
    )


@FAULTS.add(6, "row with too many fields")
def _(folder: Path) -> None:
    write(folder, "x,z,k\n1,2,a\n3,4,5,b\n")
    assert refused(folder, "train", "a.csv") == (
        "`a.csv`, line 3 has 4 cells, line 1 has 3 (separated by comma): '3,4,5,b'. Every row "
        "needs as many. If another character separates them, name it with `--delimiter`."
    )
    write(folder, NAMED.replace(",", "\t").replace("5\t", "5\t\t", 1))
    assert "separated by whitespace" in noticed(folder, "train", "a.csv")
    assert refused(folder, "train", "a.csv", "--delimiter", "tab") == (
        "`a.csv`, line 3 has 4 cells, line 1 has 3 (separated by tab): '4\\t5\\t\\ta'. 2 "
        "delimiters in a row: the file separates by one or more tabs; try `--delimiter whitespace`."
    )


@FAULTS.add(7, "row with too few fields")
def _(folder: Path) -> None:
    write(folder, "x,z,k\n1,2,a\n3,b\n")
    expected = (
        "`a.csv`, line {} has 2 cells, line 1 has 3 (separated by comma): '3,b'. Every row needs "
        "as many. If another character separates them, name it with `--delimiter`."
    )
    assert refused(folder, "train", "a.csv") == expected.format(3)
    write(folder, NAMED + ROWS * 7000 + "3,b\n" + ROWS)  # far below the beginning
    assert refused(folder, "train", "a.csv") == expected.format(140_022)


@FAULTS.add(8, "first data row longer than header")
def _(folder: Path) -> None:
    write(folder, "x,k\n1,2,a\n3,b\n")
    assert "line 2 has 3 cells, line 1 has 2" in refused(folder, "train", "a.csv")
    write(folder, "x,k\n1,2,a\n3,4,b\n")
    assert refused(folder, "train", "a.csv") == (
        "`a.csv`, line 1 has 2 cells, each line below it 3 (separated by comma). If it is a title, "
        "remove it; if it names the columns, it needs a name for each."
    )


@FAULTS.add(9, "trailing comma in every row")
def _(folder: Path) -> None:
    write(folder, "x,k\n1,a,\n3,b,\n")
    assert refused(folder, "train", "a.csv") == (
        "`a.csv`, line 1 has 2 cells, each line below it 3 (separated by comma). Each of those "
        "ends in a delimiter: remove it."
    )
    write(folder, "x,k,\n1,a,\n3,b,\n")
    assert refused(folder, "train", "a.csv") == (
        "`a.csv` has no value in column 'column 2': every line ends in a delimiter (comma). Remove "
        "those at the line ends."
    )


@FAULTS.add(10, "one header and 100001 fields")
def _(folder: Path) -> None:
    many = ",".join(["1"] * 100_001) + "\n"
    write(folder, f"x\n{many}")
    assert "line 2 has 100001 cells, line 1 has 1" in refused(folder, "train", "a.csv")
    write(folder, many)
    assert refused(folder, "train", "a.csv") == (
        "`a.csv`, line 1 has 100001 cells (separated by comma); at most 100000 are read."
    )


@FAULTS.add(32, "truncated or false gzip")
def _(folder: Path) -> None:
    packed = gzip.compress(NAMED.encode() * 30)
    write(folder, packed[:-20], "a.csv.gz")
    assert refused(folder, "train", "a.csv.gz") == (
        "`a.csv.gz` is packed by gzip and ends too early: it was not copied to its end. Fetch it "
        "again."
    )
    write(folder, packed[:20] + b"no" * 50, "a.csv.gz")
    assert refused(folder, "train", "a.csv.gz").startswith(
        "`a.csv.gz` begins as a file packed by gzip does, and is damaged ("
    )
    write(folder, NAMED, "a.csv.gz")  # by its name only
    assert "3 columns" in noticed(folder, "train", "a.csv.gz")


@FAULTS.add(33, "gzip bomb and a file larger than the memory")
def _(folder: Path) -> None:
    write(folder, gzip.compress(b"1" * (2**26 + 2**21), 1), "a.csv.gz")
    assert refused(folder, "train", "a.csv.gz") == (
        "`a.csv.gz` has a line of more than 67,108,864 bytes."
    )
    (folder / "a.csv.gz").unlink()
    write(folder, NAMED + ROWS * 7000)
    with (folder / "a.csv").open("ab") as file:
        file.truncate(10**13)  # as long as it says, but for what the disk keeps
    result = called("train", "a.csv", cwd=folder)
    assert result.returncode == 2
    assert " GB of memory, and there are " in result.stderr
    assert result.stderr.endswith(" GB. Take fewer rows with `--max-rows`.\n")
    said = noticed(folder, "train", "a.csv", "--max-rows", "40")
    assert "only the first 40 rows are read" in said


@FAULTS.add(34, "file changes while it is read")
def _(folder: Path) -> None:
    write(folder, NAMED + ROWS * 20_000)
    size = (folder / "a.csv").stat().st_size
    parts = pieces(str(folder / "a.csv"))
    next(parts)
    with (folder / "a.csv").open("ab") as file:
        file.write(b"1,2,a\n")
    sentence = ""
    try:
        list(parts)
    except InputError as error:
        sentence = str(error)
    assert sentence == (
        f"`a.csv` changed while it was read ({size} bytes before, {size + 6} after); read it again "
        "when it is complete."
    )


@FAULTS.add(35, "standard input closed and a reader that leaves")
def _(folder: Path) -> None:
    command = f"exec {sys.executable} -m chainrule train - --epochs 1 <&-"
    closed = subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True, check=False, timeout=SECONDS
    )
    assert closed.stderr == (
        "chainrule: standard input is closed; name a file, or send the table to it.\n"
    )
    assert closed.returncode == 2
    left = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m chainrule train --help | head -1; exit $PIPESTATUS"],
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert (left.stderr, left.returncode in (0, 141)) == ("", True)
    assert run("train", "-", cwd=folder).stderr == (
        "chainrule: `standard input` is empty (0 characters); a table needs rows.\n"
    )


@FAULTS.add(36, "a field of more than 128 kB")
def _(folder: Path) -> None:
    write(folder, f"x,k\n1,{'a' * 200_000}\n2,b\n")
    assert refused(folder, "train", "a.csv") == (
        "`a.csv`, line 2 cannot be read: it has a cell of more than 131072 characters. Perhaps a "
        "quote before it is not closed."
    )
