"""A table of text: rows of cells, each row with the line of the file it came from.

Nothing is converted but what is asked for by `Table.numbers`, so that an error can always name the
line, the column and the cell.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

import numpy as np

from .chain import Array
from .errors import InputError
from .words import listed

MISSING = frozenset({"", "?", "na", "n/a", "nan", "null", "none"})
"""Cells, in lower case, that stand for no number in a column of numbers."""

LARGEST = 1e100
"""Numbers beyond it count as not finite: squares and sums of them would not be."""


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as text.

    Attributes:
        source: the file's name, for messages.
        names: the columns' names; "column 0", … where the file has no header.
        rows: the cells, one list a row.
        lines: the line of the file on which each row begins, counted from 1.
        has_header: whether the names came from the file.
        delimiter: what separates the cells: a key of `formats.DELIMITERS`.
        row_word: what a row is counted in: "line" of a file, "row" where there is no file.
        first_line: the line of the header, or of the first row.
    """

    source: str
    names: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]
    has_header: bool
    delimiter: str
    row_word: str = "line"
    first_line: int = 1

    @classmethod
    def of_rows(
        cls,
        source: str,
        names: tuple[str, ...],
        rows: list[list[str]],
        lines: list[int],
        has_header: bool,
        delimiter: str,
        row_word: str = "line",
        first_line: int = 1,
    ) -> "Table":
        """Return a table of rows of text."""
        return cls(source, names, rows, lines, has_header, delimiter, row_word, first_line)

    def __len__(self) -> int:
        return len(self.lines)

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
                raise InputError(
                    f"{self.place(row, index)}: {cell!r} is not a number, but the column is one "
                    f"of numbers; {self.remedy(row, 'correct it')}."
                )
            values[row] = number
        return values

    def row_name(self, row: int) -> str:
        """Say where a row is: "line 7"."""
        return f"{self.row_word} {self.lines[row]}"

    def remedy(self, row: int, otherwise: str) -> str:
        """Say what to do about a row that is unlike the others: the first may be a header."""
        first = row == 0 and self.row_word == "line" and not self.has_header
        return "say `--header` if this line names the columns" if first else otherwise

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
