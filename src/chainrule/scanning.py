"""A regular block of text to columns, fast: its bytes are judged first, then pandas converts them.

Regular is a block without quotes and blank lines, all of whose rows are equally long.  What any
reader would change without a word (rows too short, a NUL, codes such as 00501, digits that a float
loses) is looked for among the bytes, before anything is converted.
"""

import csv
import io
import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .chain import Array
from .columns import (
    EXACT,
    LARGEST,
    Column,
    is_code,
    loses_digits,
    numbers_that_mean_missing,
)
from .formats import TableFormat
from .tables import Rows

LEAST = 2**19  # bytes; for less it does not pay to import pandas
NEWLINE, BLANK, ZERO, NINE = b"\n 09"


@dataclass(frozen=True, slots=True, eq=False)
class Cut(Rows):
    """Rows of a regular block, one below the other, cut into cells when they are asked for."""

    data: bytes
    begins: Array
    ends: Array
    character: str

    def __len__(self) -> int:
        return len(self.begins)

    def __getitem__(self, row: int, /) -> list[str]:
        text = self.data[self.begins[row] : self.ends[row]].decode()
        return [cell.strip() for cell in text.split(self.character)]

    def column(self, index: int) -> list[str]:
        """Return a column's cells, cut at once."""
        if not len(self):
            return []
        lines = self.data[self.begins[0] : self.ends[-1]].decode().split("\n")
        return [line.split(self.character, index + 1)[index].strip() for line in lines]

    def part(self, start: int, stop: int) -> "Cut":
        """Return the rows from `start` to below `stop`."""
        return replace(self, begins=self.begins[start:stop], ends=self.ends[start:stop])


def scan(
    block: bytes, character: str, width: int, written: TableFormat
) -> tuple[Cut, list[Column]] | None:
    """Return rows and columns of a block; None if it is not regular and must be read exactly."""
    if len(block) < LEAST or b'"' in block or ord(character) > 127 or character in ".+-eE ":
        return None
    if written.decimal != "." or written.thousands is not None:
        return None
    if b"+" in block and any(blank in block for blank in " \t\v\f".replace(character, "").encode()):
        return None  # of "+5E9 " pandas 3.1 loses a bit
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if not block.endswith(b"\n"):
        block += b"\n"
    cells = _cell_bounds(block, ord(character), width)
    if cells is None:
        return None
    starts, ends = cells
    rows = Cut(block, starts[:, 0], ends[:, -1], character)
    if _has_blank_line(rows) or (ends - starts).max() > csv.field_size_limit():
        return None
    codes = _codes(np.frombuffer(block, dtype=np.uint8), starts, ends, block)
    try:
        frame = _converted(block, character, width)
    except OverflowError:  # of pandas 3.0, at a whole number of 310 digits
        return None
    columns = None if codes or written.missing_words else _plain_numbers(frame)
    return rows, columns or [
        _column(frame[index].to_numpy(), codes.get(index, []), rows, index, written)
        for index in range(width)
    ]


def _cell_bounds(block: bytes, delimiter: int, width: int) -> tuple[Array, Array] | None:
    """Return where each cell begins and ends, (rows, width); None if a row has more or fewer."""
    data = np.frombuffer(block, dtype=np.uint8)
    marks = np.flatnonzero((data == delimiter) | (data == NEWLINE))
    n_rows = block.count(b"\n")
    if len(marks) != n_rows * width:
        return None
    ends = marks.reshape(n_rows, width)
    if not (data[ends[:, -1]] == NEWLINE).all():
        return None
    starts = np.empty_like(marks)
    starts[0] = 0
    starts[1:] = marks[:-1] + 1
    return starts.reshape(n_rows, width), ends


def _has_blank_line(rows: Cut) -> bool:
    first = np.frombuffer(rows.data, dtype=np.uint8)[rows.begins]
    return any(
        not rows.data[rows.begins[row] : rows.ends[row]].strip()
        for row in np.flatnonzero(first <= BLANK).tolist()
    )


def _codes(data: Array, starts: Array, ends: Array, block: bytes) -> dict[int, list[int]]:
    """Return the rows, by columns, whose cells are codes: whole numbers that begin with a zero."""
    begins = starts
    if (data[starts] <= BLANK).any() and re.search(rb"[ \t\v\f]0[0-9]", block):
        begins = starts.copy()
        while (blank := (data[begins] <= BLANK) & (begins < ends)).any():
            begins[blank] += 1
    zeros = np.flatnonzero((data[begins] == ZERO) & (ends - begins > 1))
    flat = begins.ravel()[zeros]
    digits = (data[flat + 1] >= ZERO) & (data[flat + 1] <= NINE)
    found: dict[int, list[int]] = {}
    for place in zeros[digits].tolist():
        row, column = divmod(place, starts.shape[1])
        if is_code(block[starts[row, column] : ends[row, column]].decode()):
            found.setdefault(column, []).append(row)
    return found


def _converted(block: bytes, character: str, width: int) -> Any:
    import pandas as pd  # only here: a small table is read before pandas is imported

    major, minor = map(int, pd.__version__.split(".")[:2])
    exact = (major, minor) >= (3, 1)  # as Python converts, without being told
    return pd.read_csv(
        io.BytesIO(block),
        sep=character,
        header=None,
        names=range(width),
        index_col=False,
        na_values=[""],
        keep_default_na=False,
        skipinitialspace=_has_blank_before(block, character),  # pandas takes a third longer
        quoting=csv.QUOTE_NONE,
        low_memory=False,  # a column of the block has one type
        skip_blank_lines=False,
        encoding="utf-8",
        float_precision=None if exact else "round_trip",
    )


def _has_blank_before(block: bytes, character: str) -> bool:
    """Whether a cell begins with a blank."""
    if b" " not in block:
        return False
    return block.startswith(b" ") or b"\n " in block or f"{character} ".encode() in block


def _plain_numbers(frame: Any) -> list[Column] | None:
    """Return the columns of a block of nothing but numbers below 2^53; None if it is another."""
    if any(dtype.kind not in "iuf" for dtype in frame.dtypes):
        return None
    values = np.ascontiguousarray(frame.to_numpy(np.float64).T)
    if not np.abs(values).max() < EXACT:  # so put, it is true of NaN
        return None
    return [Column((column,), np.array([], dtype=np.intp), []) for column in values]


def _column(cells: Array, codes: list[int], rows: Cut, index: int, written: TableFormat) -> Column:
    """Return a column of what pandas made of it; what it took for no number is read exactly."""
    if cells.dtype.kind not in "iuf":
        texts = ["" if text != text else text for text in cells.tolist()]  # NaN: an empty cell
        if not all(isinstance(text, str) for text in texts):  # truth values, very long numbers
            texts = [rows[row][index] for row in range(len(rows))]
        return Column.of_cells([text.strip() for text in texts], written)
    values = cells.astype(np.float64, copy=False)
    sizes = np.abs(values)
    usable = sizes <= LARGEST
    if absent := numbers_that_mean_missing(written):
        usable &= ~np.isin(values, [*absent])
    large = np.flatnonzero((sizes >= EXACT) & usable).tolist()
    apart = set(codes)  # which stay as they are written
    rounded = [row for row in large if row not in apart and loses_digits(rows[row][index])]
    lost, coded = np.array(rounded, dtype=np.intp), np.array(codes, dtype=np.intp)
    if usable.all():
        return Column((values,), np.array([], dtype=np.intp), [], coded, lost)
    odd = np.flatnonzero(~usable)
    words = [rows[row][index] for row in odd.tolist()]
    return Column((np.where(usable, values, np.nan),), odd, words, coded[usable[coded]], lost)
