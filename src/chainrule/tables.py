"""A table: its columns, and its rows as they are written, each with its line of the file.

Nothing is converted but what is asked for by `Table.numbers`, so that an error can always name the
line, the column and the cell.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

import numpy as np

from .chain import Array
from .columns import OTHER_SPELLINGS, Column, parse_number
from .errors import InputError
from .formats import USUAL, Spelling
from .words import listed


class Rows(ABC):
    """Cells as text, a row at a time: kept so, or cut from a file when they are asked for."""

    __slots__ = ()

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def __getitem__(self, row: int, /) -> list[str]: ...

    def __iter__(self) -> Iterator[list[str]]:
        """Go through the rows."""
        return (self[row] for row in range(len(self)))

    def column(self, index: int) -> list[str]:
        """Return a column's cells."""
        return [row[index] for row in self]

    def part(self, start: int, stop: int) -> "Rows":
        """Return the rows from `start` to below `stop`."""
        return Chosen(self, np.arange(start, stop))


@dataclass(frozen=True, slots=True, eq=False)
class Listed(Rows):
    """Rows that are kept as lists."""

    rows: list[list[str]]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, row: int, /) -> list[str]:
        return self.rows[row]


@dataclass(frozen=True, slots=True, eq=False)
class Chosen(Rows):
    """Some of the rows of others."""

    rows: Rows
    chosen: Array

    def __len__(self) -> int:
        return len(self.chosen)

    def __getitem__(self, row: int, /) -> list[str]:
        return self.rows[int(self.chosen[row])]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns of numbers and of text.

    Attributes:
        source: the file's name, for messages.
        names: the columns' names; "column 0", … where the file has no header.
        rows: the cells as text, a list a row.
        columns: the cells by columns, as numbers where they are.
        lines: the line of the file on which each row begins, counted from 1.
        has_header: whether the names came from the file.
        delimiter: what separates the cells: a key of `formats.DELIMITERS`.
        row_word: what a row is counted in: "line" of a file, "row" where there is no file.
        first_line: the line of the header, or of the first row.
        spelling: how cells are written, and which mean "missing" beside the empty ones.
        notices: sentences for the user about the reading.
    """

    source: str
    names: tuple[str, ...]
    rows: Rows
    columns: tuple[Column, ...]
    lines: Sequence[int]
    has_header: bool
    delimiter: str
    row_word: str = "line"
    first_line: int = 1
    spelling: Spelling = USUAL
    notices: tuple[str, ...] = ()

    @classmethod
    def of_rows(
        cls,
        source: str,
        names: tuple[str, ...],
        rows: list[list[str]],
        lines: Sequence[int],
        has_header: bool,
        delimiter: str,
        row_word: str = "line",
    ) -> "Table":
        """Return a table of rows of text."""
        columns = tuple(
            Column.of_cells([row[index] for row in rows]) for index in range(len(names))
        )
        return cls(source, names, Listed(rows), columns, lines, has_header, delimiter, row_word)

    def __len__(self) -> int:
        return len(self.lines)

    def column(self, index: int) -> list[str]:
        """Return a column's cells as text."""
        column = self.columns[index]
        if len(column.odd) == len(self):
            return column.words
        return self.rows.column(index)

    def keep(self, wanted: Sequence[int]) -> "Table":
        """Return the table with these rows only, ascending."""
        chosen = np.asarray(wanted, dtype=np.intp)
        return replace(
            self,
            rows=Chosen(self.rows, chosen),
            columns=tuple(column.take(chosen) for column in self.columns),
            lines=[self.lines[row] for row in wanted],
        )

    def part(self, start: int, stop: int) -> "Table":
        """Return the table with the rows from `start` to below `stop` only."""
        return replace(
            self,
            rows=self.rows.part(start, stop),
            columns=tuple(column.part(start, stop) for column in self.columns),
            lines=self.lines[start:stop],
        )

    def missing(self, index: int, text: bool = False) -> Array:
        """Say which cells of a column are missing, (rows,); in one of text only the empty ones."""
        return self.columns[index].missing(self.spelling.missing_words, text)

    def holds_numbers(self, index: int) -> bool:
        """Say whether most of a column's cells that are not missing are numbers."""
        return self.columns[index].holds_numbers(self.spelling.missing_words)

    def numbers(self, index: int) -> Array:
        """Return a column as numbers, NaN where one is missing or beyond `columns.LARGEST`.

        Raises:
            InputError: for a cell that is neither a number nor missing.
        """
        column = self.columns[index]
        missing = self.missing(index)[column.odd]
        if not missing.all():
            wrong = int((~missing).sum())
            place = int(np.argmin(missing))
            row, cell = int(column.odd[place]), column.words[place]
            others = f" ({wrong} such cells in all)" if wrong > 1 else ""
            raise InputError(
                f"{self.place(row, index)}: {cell!r} is not a number, but the column is one "
                f"of numbers{others}; {self.remedy(row, self._correction(index, cell))}."
            )
        return column.values

    def _correction(self, index: int, cell: str) -> str:
        """Say what to do about a cell that is no number; where most are none, by an option."""
        simple = [name for name in OTHER_SPELLINGS if " --" not in name]
        options = [name for name in simple if parse_number(cell, OTHER_SPELLINGS[name]) is not None]
        column = self.columns[index]
        if not options or self.row_word != "line" or 2 * len(column.odd) <= len(column):
            return "correct it"
        return f"say {' or '.join(options)} if it is one"

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


@dataclass(frozen=True, slots=True, eq=False)
class Joined(Rows):
    """Rows in several pieces, one below the other; `starts` are the rows with which they begin."""

    pieces: list[Rows]
    starts: Array

    def __len__(self) -> int:
        return int(self.starts[-1])

    def __getitem__(self, row: int, /) -> list[str]:
        piece = int(np.searchsorted(self.starts, row, side="right")) - 1
        return self.pieces[piece][row - int(self.starts[piece])]
