"""Read a table from a file: what is said of it, what is found, its rows with their lines."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from . import parquet
from .columns import Column
from .decoding import text_blocks
from .errors import InputError
from .formats import FOUND, TableFormat
from .headers import column_names, looks_like_header
from .memory import BYTES, memory_size, require_memory
from .opening import PARQUET, beginning, pieces, source_name
from .scanning import scan
from .splitting import (
    Lines,
    Row,
    character_of,
    declared_delimiter,
    find_delimiter,
    require_even,
    split,
)
from .tables import Joined, Listed, Rows, Table
from .words import counted

FEWER = "Take fewer rows with `--max-rows`."


def read_table(path: str, written: TableFormat = FOUND) -> Table:
    """Read a file of separated values or of Parquet, or standard input for "-".

    What `written` does not say is found from the beginning, 128 kB or 1 MB: a header has no number
    and is above numbers, or above words that it does not repeat.  A first line "sep=;" names the
    delimiter and is no row.

    Raises:
        InputError: if there is no such file, no rows, rows of different lengths, or no room.
    """
    tables: list[Table] = []
    held = 0
    for table in _tables(path, written):
        held += _size(table)
        if not tables and written.max_rows is None:
            _require_room(path, table, held)
        elif 2 * held > memory_size():  # what is packed does not say how large it is
            raise InputError(
                f"`{table.source}` holds more than {counted(table.lines[0], 'line')}, and those "
                f"take {held / 1e9:,.1f} GB of the {memory_size() / 1e9:,.1f} GB of memory. {FEWER}"
            )
        tables.append(table)
    return _one_below_the_other(tables)


def read_blocks(path: str, written: TableFormat, rows: int) -> Iterator[Table]:
    """Read as `read_table` does, at most so many rows at a time, in memory that does not grow.

    Raises:
        InputError: as `read_table`, when it comes to the place.
    """
    for table in _tables(path, written):
        for start in range(0, len(table), rows):
            yield table.part(start, min(start + rows, len(table)))


def _tables(path: str, written: TableFormat) -> Iterator[Table]:
    """Yield the table in pieces, up to the row that is the last to be read."""
    read = parquet.tables if beginning(path) == PARQUET else _text_tables
    left = written.max_rows
    for table in read(path, written):
        if left is None:
            yield table
        elif len(table) <= left:
            left -= len(table)
            yield table
        else:
            notice = f"only the first {counted(written.max_rows or 0, 'row')} are read"
            yield replace(table.part(0, left), notices=(*table.notices, notice))
            return


def _text_tables(path: str, written: TableFormat) -> Iterator[Table]:
    source = source_name(path)
    lines = Lines(text_blocks(pieces(path), written, source))
    head = lines.head()
    declared = declared_delimiter(head[0]) if head else None
    if declared:
        head[0] = next(lines) and "\n"
    delimiter = written.delimiter if written.delimiter is not None else declared
    delimiter = find_delimiter(head) if delimiter is None else delimiter
    rows = _next_rows(lines, delimiter, source)
    if not rows:
        raise InputError(
            f"`{source}` is empty ({sum(map(len, head))} characters); a table needs rows."
        )
    first = rows[0]
    require_even(rows, first, delimiter, source)
    header = written.header
    if header is None:
        header = looks_like_header([row.cells for row in rows], written.known)
    names = column_names(first.cells if header else [""] * len(first.cells), source)
    if header:
        rows = rows[1:] or _next_rows(lines, delimiter, source)
    if not rows:
        raise InputError(f"`{source}` holds a header and no rows; `--no-header` if it is a row.")
    shape = Table(
        source,
        names,
        Listed([]),
        (),
        [],
        header,
        delimiter,
        first_line=first.line,
        spelling=written.spelling,
    )
    yield _exact_table(shape, rows, written, lines)
    yield from _rest(lines, shape, first, written)


def _rest(lines: Lines, shape: Table, first: Row, written: TableFormat) -> Iterator[Table]:
    """Yield what is below the first block: fast where it is regular, exactly where it is not."""
    character = character_of(shape.delimiter)
    while (block := lines.block) is not None:
        scanned = None if character is None else scan(block, character, len(shape.names), written)
        if scanned is None:
            if rows := _next_rows(lines, shape.delimiter, shape.source):
                require_even(rows, first, shape.delimiter, shape.source)
                yield _exact_table(shape, rows, written, lines)
            continue
        cut, columns = scanned
        numbers = range(lines.count + 1, lines.count + 1 + len(cut))
        lines.pass_block(len(cut))
        yield replace(
            shape, rows=cut, columns=tuple(columns), lines=numbers, notices=_blank_lines(lines)
        )


def _next_rows(lines: Lines, delimiter: str, source: str) -> list[Row]:
    """Return the rows of the next block that has any; none at the end."""
    rows: list[Row] = []
    while not rows and not (lines.at_end_of_block and lines.block is None):
        rows = list(split(lines, delimiter, source))
    return rows


def _exact_table(shape: Table, rows: list[Row], written: TableFormat, lines: Lines) -> Table:
    texts, character = [row.text for row in rows], character_of(shape.delimiter)
    text, width = "".join(texts).encode(), len(shape.names)
    shape = replace(shape, lines=[row.line for row in rows], notices=_blank_lines(lines))
    if character is not None and (scanned := scan(text, character, width, written)):
        cut, columns = scanned  # without blank lines it is regular
        return replace(shape, rows=cut, columns=tuple(columns))
    by_columns = zip(*(row.cells for row in rows), strict=True)
    return replace(
        shape,
        rows=Texts(texts, shape.delimiter),
        columns=tuple(Column.of_cells(cells, written) for cells in by_columns),
    )


def _blank_lines(lines: Lines) -> tuple[str, ...]:
    return (f"passed over {counted(lines.blank, 'blank line')}",) if lines.blank else ()


def _size(table: Table) -> int:
    """Return about how many bytes a table takes: its cells as numbers, and as text."""
    return len(table) * (BYTES * len(table.names) + sum(map(len, table.rows[0])) + len(table.names))


def _require_room(path: str, table: Table, held: int) -> None:
    """Refuse a file that is too large for the memory, judged by its size and its first rows."""
    with suppress(OSError):
        whole = os.stat(path).st_size
        per_row = held / len(table)
        text = per_row - BYTES * len(table.names)
        require_memory(int(whole / text * per_row) // BYTES, f"`{table.source}`", FEWER)


def _one_below_the_other(tables: list[Table]) -> Table:
    if len(tables) == 1:
        return tables[0]
    starts = np.cumsum([0, *map(len, tables)])
    by_columns = zip(*(table.columns for table in tables), strict=True)
    return replace(
        tables[-1],
        rows=Joined([table.rows for table in tables], starts),
        columns=tuple(Column.joined(pieces) for pieces in by_columns),
        lines=[line for table in tables for line in table.lines],
    )


@dataclass(frozen=True, slots=True, eq=False)
class Texts(Rows):
    """Rows as they are written, cut into cells when they are asked for."""

    texts: list[str]
    delimiter: str

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, row: int, /) -> list[str]:
        return next(split(Lines(iter([self.texts[row].encode()])), self.delimiter, "")).cells
