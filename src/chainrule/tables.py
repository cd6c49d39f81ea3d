"""Read a table of text: rows of cells, each row with the line of the file it came from.

Nothing is converted here but what is asked for by `Table.numbers`, so that an error can always
name the line, the column and the cell.
"""

import csv
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from .chain import Array
from .errors import InputError

MISSING = frozenset({"", "?", "na", "n/a", "nan", "null", "none"})
"""Cells, in lower case, that stand for no number in a column of numbers."""

DELIMITERS = {"tab": "\t", "semicolon": ";", "comma": ",", "whitespace": None}
"""In the order in which they are tried; whitespace means runs of spaces and tabs."""

SAMPLE = 50  # lines that decide on the delimiter


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as text.

    Attributes:
        source: the file's name, for messages.
        names: the columns' names; "column 0", … where the file has no header.
        rows: the cells, one list a row.
        lines: the line of the file that each row came from, counted from 1.
        has_header: whether the names came from the file.
        delimiter: what separates the cells: a key of DELIMITERS.
        row_word: what a row is counted in: "line" of a file, "row" where there is no file.
    """

    source: str
    names: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]
    has_header: bool
    delimiter: str
    row_word: str = "line"

    def column(self, index: int) -> list[str]:
        """Return a column's cells."""
        return [row[index] for row in self.rows]

    def keep(self, wanted: Sequence[int]) -> "Table":
        """Return the table with these rows only."""
        return replace(
            self,
            rows=[self.rows[row] for row in wanted],
            lines=[self.lines[row] for row in wanted],
        )

    def numbers(self, index: int) -> Array:
        """Return a column as numbers, NaN where the cell is missing or not finite.

        Raises:
            InputError: for a cell that is neither a number nor missing.
        """
        values = np.empty(len(self.rows))
        for row, cell in enumerate(self.column(index)):
            number = math.nan if is_missing(cell) else parse_number(cell)
            if number is None:
                header = row == 0 and not self.has_header
                raise InputError(
                    f"{self.place(row, index)}: {cell!r} is not a number, though most of the "
                    "column's cells are; "
                    + (
                        "say `--header` if this line names the columns."
                        if header
                        else "correct it."
                    )
                )
            values[row] = number if math.isfinite(number) else math.nan
        return values

    def row_name(self, row: int) -> str:
        """Say where a row is: "line 7"."""
        return f"{self.row_word} {self.lines[row]}"

    def place(self, row: int, index: int) -> str:
        """Say where a cell is: file, line and column."""
        return f"`{self.source}`, {self.row_name(row)}, column {self.names[index]!r}"

    def index_of(self, name: str, parameter: str) -> int:
        """Return a column's index, given its name or its index from 0 (negative from the end).

        Raises:
            InputError: if there is no such column.
        """
        if name in self.names:
            return self.names.index(name)
        try:
            index = range(len(self.names))[int(name)]
        except (ValueError, IndexError):
            nearest = get_close_matches(name, self.names, n=1)
            hint = f" Did you mean {nearest[0]!r}?" if nearest else ""
            raise InputError(
                f"`{parameter}` must be a column's name or its index, 0 to {len(self.names) - 1}; "
                f"got {name!r}, the columns are {', '.join(self.names)}.{hint}"
            ) from None
        return index


def is_missing(cell: str) -> bool:
    """Say whether a cell of a column of numbers stands for no number.

    >>> is_missing(" NaN "), is_missing("0")
    (True, False)
    """
    return cell.strip().lower() in MISSING


def parse_number(cell: str) -> float | None:
    """Return the number a cell spells, None if it spells none.

    >>> parse_number(" 1e3"), parse_number("1_000"), parse_number("x")
    (1000.0, None, None)
    """
    if "_" in cell:  # Python's own spelling, nobody's data
        return None
    try:
        return float(cell)
    except ValueError:
        return None


def read_table(path: str, delimiter: str | None = None, has_header: bool | None = None) -> Table:
    """Read a file of separated values, or standard input for "-".

    `delimiter` (a key of DELIMITERS, or a character) and `has_header` are found from the text
    unless they are given: a first row without any number, above rows with numbers, is a header.

    Raises:
        InputError: if there is no such file, no rows, or rows of different lengths.
    """
    source = "standard input" if path == "-" else Path(path).name
    text = _decode(_read_bytes(path), source)
    numbered = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not numbered:
        raise InputError(f"`{source}` holds no rows: it is empty ({len(text)} characters).")
    name = delimiter or _find_delimiter([line for _, line in numbered[:SAMPLE]])
    cells = list(_split(text, name, source))
    width = len(cells[0][1])
    for line, row in cells:
        if len(row) != width:
            raise InputError(
                f"`{source}`, line {line} has {len(row)} cells, line {cells[0][0]} has {width} "
                f"(separated by {name}); every row needs as many. If another character separates "
                "them, name it with `--delimiter`."
            )
    header = _looks_like_header([row for _, row in cells]) if has_header is None else has_header
    names = _names(cells[0][1], source) if header else _numbered_names(width)
    body = cells[1:] if header else cells
    if not body:
        raise InputError(f"`{source}` holds a header and no rows.")
    return Table(source, names, [row for _, row in body], [n for n, _ in body], header, name)


def _read_bytes(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read()
    file = Path(path)
    if file.is_dir():
        tables = sorted(entry.name for entry in file.glob("*.csv"))
        hint = f" It holds {', '.join(tables[:5])}." if tables else ""
        raise InputError(f"`{path}` is a folder; name a file.{hint}")
    try:
        return file.read_bytes()
    except FileNotFoundError:
        near = get_close_matches(file.name, _names_in(file.parent), n=1)
        hint = f" Did you mean {str(file.with_name(near[0]))!r}?" if near else ""
        raise InputError(f"`{path}` does not exist.{hint}") from None
    except OSError as error:
        raise InputError(f"`{path}` cannot be read: {error.strerror}.") from error


def _names_in(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir()]
    except OSError:
        return []


def _decode(data: bytes, source: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(
            f"`{source}`, line {line} is not UTF-8 text (byte 0x{data[error.start]:02x}); "
            "save the file as UTF-8 first."
        ) from None


def _find_delimiter(lines: Sequence[str]) -> str:
    """Take the first delimiter that cuts every line into the same number of cells, above one."""
    counts = {
        name: [len(line.split(character)) for line in lines]
        for name, character in DELIMITERS.items()
    }
    for name, found in counts.items():
        if min(found) > 1 and len(set(found)) == 1:
            return name
    # none is consistent (quoted cells, or a ragged row): the one that cuts most lines
    most = max(counts, key=lambda name: sum(count > 1 for count in counts[name]))
    return most if max(counts[most]) > 1 else "comma"


def _split(text: str, delimiter: str, source: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row's line and cells; blank lines are passed over."""
    character = DELIMITERS.get(delimiter, delimiter)
    if character is None:
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                yield number, line.split()
        return
    if len(character) != 1:
        raise InputError(
            f"`--delimiter` must be one character or {', '.join(DELIMITERS)}; got {delimiter!r}."
        )
    reader = csv.reader(text.splitlines(keepends=True), delimiter=character, strict=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row) or len(row) > 1:
                yield reader.line_num, [cell.strip() for cell in row]
    except csv.Error as error:
        raise InputError(f"`{source}`, line {reader.line_num}: {error}.") from None


def _looks_like_header(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether the first row names the columns: it has no number in it, other rows do."""
    if any(parse_number(cell) is not None for cell in rows[0]):
        return False
    return len(rows) == 1 or any(
        parse_number(cell) is not None for row in rows[1:SAMPLE] for cell in row
    )


def _names(cells: Sequence[str], source: str) -> tuple[str, ...]:
    names = tuple(cell or f"column {index}" for index, cell in enumerate(cells))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"`{source}` has two columns of the name {twice[0]!r}; rename one.")
    return names


def _numbered_names(width: int) -> tuple[str, ...]:
    return tuple(f"column {index}" for index in range(width))
