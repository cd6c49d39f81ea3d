"""Read a table of text: rows of cells, each row with the line of the file it came from.

Nothing is converted here but what is asked for by `Table.numbers`, so that an error can always
name the line, the column and the cell.
"""

import csv
import io
import math
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from .chain import Array
from .errors import InputError

MISSING = frozenset({"", "?", "na", "n/a", "nan", "null", "none"})
"""Cells, in lower case, that stand for no number in a column of numbers."""

LARGEST = 1e100
"""Numbers beyond it count as not finite: squares and sums of them would not be."""

DELIMITERS = {"tab": "\t", "semicolon": ";", "comma": ",", "whitespace": None}
"""In the order in which they are tried; whitespace means runs of spaces and tabs."""

_WORD = re.compile(r'"((?:[^"]|"")*)"(?![^ \t\r\n])|([^ \t\r\n]+)')


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as text.

    Attributes:
        source: the file's name, for messages.
        names: the columns' names; "column 0", … where the file has no header.
        rows: the cells, one list a row.
        lines: the line of the file on which each row begins, counted from 1.
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
        rows, lines = [self.rows[row] for row in wanted], [self.lines[row] for row in wanted]
        return replace(self, rows=rows, lines=lines)

    def numbers(self, index: int) -> Array:
        """Return a column as numbers, NaN where `is_missing` says so.

        Raises:
            InputError: for a cell that is neither a number nor missing.
        """
        values = np.empty(len(self.rows))
        for row, cell in enumerate(self.column(index)):
            number = math.nan if is_missing(cell) else parse_number(cell)
            if number is None:
                first = row == 0 and self.row_word == "line" and not self.has_header
                remedy = "say `--header` if this line names the columns" if first else "correct it"
                raise InputError(
                    f"{self.place(row, index)}: {cell!r} is not a number, but the column is one "
                    f"of numbers; {remedy}."
                )
            values[row] = number
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
            known = {column.lower(): column for column in self.names}
            nearest = get_close_matches(name.lower(), known, n=1)
            hint = f" Did you mean {known[nearest[0]]!r}?" if nearest else ""
            raise InputError(
                f"`{parameter}` must be a column's name or its index, 0 to {len(self.names) - 1}; "
                f"got {name!r}, the columns are {listed(self.names)}.{hint}"
            ) from None
        return index


def is_missing(cell: str) -> bool:
    """Say whether a cell of a column of numbers stands for no number, or for one beyond LARGEST.

    >>> is_missing(" NaN "), is_missing("-1e400"), is_missing("0"), is_missing("x")
    (True, True, False, False)
    """
    number = parse_number(cell)
    if number is None:
        return cell.strip().lower() in MISSING
    return not abs(number) <= LARGEST  # so put, it is true of NaN


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


def holds_numbers(cells: Sequence[str]) -> bool:
    """Say whether most of a column's cells that are not missing are numbers."""
    present = [cell for cell in cells if not is_missing(cell)]
    return 2 * sum(parse_number(cell) is not None for cell in present) > len(present)


def listed(words: Sequence[str], most: int = 10) -> str:
    """Join words with commas, the first of them only where there are many."""
    return ", ".join(words[:most]) + (f", … ({len(words)} in all)" if len(words) > most else "")


def read_table(path: str, delimiter: str | None = None, has_header: bool | None = None) -> Table:
    """Read a file of separated values, or standard input for "-".

    `delimiter` (a key of DELIMITERS, or a character) and `has_header` are found from the text if
    not given: a header has no number and is above numbers, or above words that it does not repeat.

    Raises:
        InputError: if there is no such file, no rows, or rows of different lengths.
    """
    source = "standard input" if path == "-" else Path(path).name
    text = _decode(_read_bytes(path), source)
    lines = list(io.StringIO(text, newline=""))  # cut where csv does, not at a form feed
    name = _find_delimiter(lines) if delimiter is None else delimiter
    cells = list(_split(lines, name, source))
    if not cells:
        raise InputError(f"`{source}` is empty ({len(text)} characters); a table needs rows.")
    width = len(cells[0][1])
    for line, row in cells:
        if len(row) != width:
            word = "cell" if len(row) == 1 else "cells"
            raise InputError(
                f"`{source}`, line {line} has {len(row)} {word}, line {cells[0][0]} has {width} "
                f"(separated by {name}); every row needs as many. If another character separates "
                "them, name it with `--delimiter`."
            )
    header = _looks_like_header([row for _, row in cells]) if has_header is None else has_header
    names = _names(cells[0][1] if header else [""] * width, source)
    body = cells[1:] if header else cells
    if not body:
        raise InputError(f"`{source}` holds a header and no rows; `--no-header` if it is a row.")
    return Table(source, names, [row for _, row in body], [n for n, _ in body], header, name)


def _read_bytes(path: str) -> bytes:
    file = Path(path)
    try:
        if path != "-":
            return file.read_bytes()
        if sys.stdin is None:
            raise InputError("standard input is closed; name a file, or send the table to it.")
        return sys.stdin.buffer.read()
    except FileNotFoundError:
        near = get_close_matches(file.name, _names_in(file.parent), n=1)
        hint = f" Did you mean {str(file.with_name(near[0]))!r}?" if near else ""
        raise InputError(f"`{path}` does not exist.{hint}") from None
    except IsADirectoryError:
        tables = sorted(name for name in _names_in(file) if name.lower().endswith(".csv"))
        hint = f" It holds {listed(tables)}." if tables else ""
        raise InputError(f"`{path}` is a folder; name a file.{hint}") from None
    except OSError as error:
        raise InputError(f"`{path}` cannot be read: {error.strerror}.") from error


def _names_in(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir()]
    except OSError:
        return []


def _decode(data: bytes, source: str) -> str:
    try:
        text = data.decode("utf-8-sig")
        if "\0" not in text:
            return text
        before, byte = data[: data.index(0)], 0
    except UnicodeDecodeError as error:
        before, byte = error.object[: error.start], error.object[error.start]  # no mark in it
    line = len((before + b".").splitlines())
    raise InputError(
        f"`{source}`, line {line} is not UTF-8 text (byte 0x{byte:02x}); save it as UTF-8."
    )


def _find_delimiter(lines: Sequence[str]) -> str:
    """Take the first delimiter that cuts every row into the same number of cells, above one."""
    single = {name: character for name, character in DELIMITERS.items() if character}
    for name in single:
        if _is_even(lines, name):
            return name
    # doubled tabs, runs of spaces, one column; or a ragged row, which spaces must not smooth over
    filled = [line for line in lines if not line.isspace()]
    cuts = {name: sum(character in line for line in filled) for name, character in single.items()}
    most = max(cuts, key=cuts.__getitem__)
    doubled = most == "tab" and _is_even(lines, "tab", filled=True)
    if (doubled or 2 * cuts[most] <= len(filled)) and _is_even(lines, "whitespace"):
        return "whitespace"
    return most if cuts[most] else "comma"


def _is_even(lines: Sequence[str], delimiter: str, filled: bool = False) -> bool:
    """Say whether all rows have the same number of cells (of filled cells), above one."""
    try:
        rows = _split(lines, delimiter, "")
        widths = (sum(map(bool, row)) if filled else len(row) for _, row in rows)
        first = next(widths, 0)
        return first > 1 and all(width == first for width in widths)
    except InputError:  # the quotes do not fit
        return False


def _split(lines: Sequence[str], delimiter: str, source: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row's cells and the line on which it begins; blank lines are passed over."""
    character = DELIMITERS.get(delimiter, delimiter)
    if character is None:
        for number, line in enumerate(lines, 1):
            if words := _WORD.findall(line):
                yield number, [word or quoted.replace('""', '"').strip() for quoted, word in words]
        return
    if len(character) != 1 or character in '"\r\n':
        raise InputError(
            f"`--delimiter` must be one character or {', '.join(DELIMITERS)}; got {delimiter!r}."
        )
    reader = csv.reader(lines, delimiter=character, strict=True, skipinitialspace=True)
    begin = 1
    try:
        for row in reader:
            if not lines[begin - 1].isspace():
                yield begin, [cell.strip() for cell in row]
            begin = reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            f"`{source}`, line {begin} cannot be read: {error}. A cell that begins with a quote "
            "ends with one, and a quote inside it is written twice."
        ) from None


def _looks_like_header(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether the first row names the columns: it has no number in it and is above numbers.

    Above text alone it does if none of its cells comes again in its column, where others do.
    """
    first = rows[0]
    if any(parse_number(cell) is not None for cell in first):
        return False
    columns = list(zip(first, *rows[1:], strict=True))
    above = any(holds_numbers(cells[1:]) for cells in columns if not is_missing(cells[0]))
    if above or len(rows) == 1:
        return True
    again = any(name in cells for name, *cells in columns) or len(set(first)) < len(first)
    return not again and any(len(set(cells)) < len(cells) for cells in columns)


def _names(cells: Sequence[str], source: str) -> tuple[str, ...]:
    names = tuple(cell or f"column {index}" for index, cell in enumerate(cells))
    name, times = Counter(names).most_common(1)[0]
    if times > 1:
        raise InputError(f"`{source}` has {times} columns of the name {name!r}; rename them.")
    return names
