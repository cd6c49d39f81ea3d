"""A column of a table: its numbers, and as text only the cells that are none."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from .chain import Array
from .formats import FOUND, TableFormat

MISSING = frozenset({"", "?", "na", "n/a", "nan", "null", "none"})
"""Cells, in lower case, that stand for no number in a column of numbers."""

LARGEST = 1e100
"""Numbers beyond it count as not finite: squares and sums of them would not be."""

EXACT = 2**53
"""Of whole numbers from here on, 64-bit floats lose digits."""

OTHER_SPELLINGS = {
    "`--decimal ,`": TableFormat(decimal=","),
    "`--thousands ,`": TableFormat(thousands=","),
    "`--thousands . --decimal ,`": TableFormat(thousands=".", decimal=","),
    '`--thousands "\'"`': TableFormat(thousands="'"),
    '`--thousands " "`': TableFormat(thousands=" "),
    '`--thousands " " --decimal ,`': TableFormat(thousands=" ", decimal=","),
}
"""The options with which cells are numbers that are none without → what they say."""

_CODE = re.compile(r"0\d+", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """What is known of a column's cells.

    Attributes:
        parts: the numbers, NaN for a cell that is none, in the pieces in which they were read.
        odd: the rows, ascending, whose cells are no numbers, or none within ±LARGEST.
        words: those cells as they are written.
        coded: the rows of whole numbers that begin with a zero, such as 00501.
        rounded: the rows of whole numbers of which a 64-bit float loses digits.
    """

    parts: tuple[Array, ...]
    odd: Array
    words: list[str]
    coded: Array = field(default_factory=lambda: _rows([]))
    rounded: Array = field(default_factory=lambda: _rows([]))

    @classmethod
    def of_cells(cls, cells: Sequence[str], written: TableFormat = FOUND) -> "Column":
        """Return the column of these cells, each without blanks around it."""
        values = np.full(len(cells), np.nan)
        odd, coded, rounded = [], [], []
        absent = numbers_that_mean_missing(written)
        numbers = {cell: parse_number(cell, written) for cell in set(cells)}
        for row, cell in enumerate(cells):
            number = numbers[cell]
            if number is None or not abs(number) <= LARGEST or number in absent:
                odd.append(row)
                continue
            values[row] = number
            if cell[0] == "0" and is_code(cell):
                coded.append(row)
            elif abs(number) >= EXACT and loses_digits(cell):
                rounded.append(row)
        words = [cells[row] for row in odd]
        return cls((values,), _rows(odd), words, _rows(coded), _rows(rounded))

    @classmethod
    def joined(cls, pieces: Sequence["Column"]) -> "Column":
        """Return the column of which these are the pieces, from above."""
        if len(pieces) == 1:
            return pieces[0]
        starts = np.cumsum([0, *(len(piece) for piece in pieces)])

        def shifted(name: str) -> Array:
            both = zip(starts, pieces, strict=False)
            return np.concatenate([getattr(piece, name) + start for start, piece in both])

        return cls(
            tuple(part for piece in pieces for part in piece.parts),
            shifted("odd"),
            [word for piece in pieces for word in piece.words],
            shifted("coded"),
            shifted("rounded"),
        )

    def __len__(self) -> int:
        return sum(len(part) for part in self.parts)

    @property
    def values(self) -> Array:
        """The numbers, NaN for a cell that is none, (rows,)."""
        return self.parts[0] if len(self.parts) == 1 else np.concatenate(self.parts)

    def take(self, rows: Array) -> "Column":
        """Return the cells of these rows, ascending."""
        places = np.full(len(self), -1)
        places[rows] = np.arange(len(rows))

        def moved(there: Array) -> Array:
            return places[there][places[there] >= 0]

        words = [word for row, word in zip(self.odd, self.words, strict=True) if places[row] >= 0]
        values = self.values[rows]
        return Column((values,), moved(self.odd), words, moved(self.coded), moved(self.rounded))

    def part(self, start: int, stop: int) -> "Column":
        """Return the cells of the rows from `start` to below `stop`."""
        first, last = np.searchsorted(self.odd, (start, stop))

        def within(rows: Array) -> Array:
            return rows[slice(*np.searchsorted(rows, (start, stop)))] - start

        return Column(
            (self.values[start:stop],),
            within(self.odd),
            self.words[first:last],
            within(self.coded),
            within(self.rounded),
        )

    def missing(self, words: Iterable[str] = (), text: bool = False) -> Array:
        """Say which cells are missing, (rows,): in text only the empty ones and `words`.

        In a column of numbers also those of MISSING, and numbers beyond LARGEST.
        """
        meaning = {"", *words}
        absent = numbers_that_mean_missing(TableFormat(missing_words=tuple(words)))
        mask = np.zeros(len(self), dtype=bool)
        if len(self.odd):
            mask[self.odd] = [
                word in meaning or parse_number(word) in absent or (not text and is_missing(word))
                for word in self.words
            ]
        return mask

    def holds_numbers(self, words: Iterable[str] = ()) -> bool:
        """Say whether most of the cells that are not missing are numbers."""
        present = len(self) - int(self.missing(words).sum())
        return 2 * (len(self) - len(self.odd)) > present


def _rows(rows: list[int]) -> Array:
    return np.array(rows, dtype=np.intp)


def numbers_that_mean_missing(written: TableFormat) -> set[float]:
    """Return the numbers among the words that mean missing, such as -999."""
    numbers = (parse_number(word, written) for word in written.missing_words)
    return {number for number in numbers if number is not None}


def is_missing(cell: str) -> bool:
    """Say whether a cell of a column of numbers stands for no number, or for one beyond LARGEST.

    >>> is_missing(" NaN "), is_missing("-1e400"), is_missing("0"), is_missing("x")
    (True, True, False, False)
    """
    number = parse_number(cell)
    if number is None:
        return cell.strip().lower() in MISSING
    return not abs(number) <= LARGEST  # so put, it is true of NaN


def parse_number(cell: str, written: TableFormat = FOUND) -> float | None:
    """Return the number a cell spells, None if it spells none.

    >>> parse_number(" 1e3"), parse_number("1_000"), parse_number("x")
    (1000.0, None, None)
    >>> parse_number("1.234,5", TableFormat(decimal=",", thousands="."))
    1234.5
    """
    if "_" in cell:  # Python's own spelling, nobody's data
        return None
    if written.thousands is not None and written.thousands in cell:
        grouped = rf"[+-]?\d{{1,3}}(?:{re.escape(written.thousands)}\d{{3}})+"
        if not re.fullmatch(rf"{grouped}(?:{re.escape(written.decimal)}\d*)?", cell.strip()):
            return None
        cell = cell.replace(written.thousands, "")
    if written.decimal != ".":
        if "." in cell:
            return None
        cell = cell.replace(written.decimal, ".")
    try:
        return float(cell)
    except ValueError:
        return None


def is_code(cell: str) -> bool:
    """Say whether a cell is a whole number that begins with a zero, as codes do: 00501.

    >>> is_code("00501"), is_code("0"), is_code("0.5"), is_code("00.5")
    (True, False, False, False)
    """
    return _CODE.fullmatch(cell.strip()) is not None


def loses_digits(cell: str) -> bool:
    """Say whether a cell is a whole number that no 64-bit float is.

    >>> loses_digits("9007199254740993"), loses_digits("9007199254740992")
    (True, False)
    """
    cell = cell.strip()
    if not _WHOLE.fullmatch(cell) or math.isinf(number := float(cell)):
        return False
    return len(cell) > 4000 or int(cell) != int(number)  # Python converts no more digits
