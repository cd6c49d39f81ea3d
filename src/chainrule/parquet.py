"""A Parquet file as a table, by pyarrow where it is installed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .columns import EXACT, LARGEST, Column
from .errors import InputError
from .formats import TableFormat
from .opening import source_name
from .tables import Listed, Rows, Table

ROWS = 2**16  # that are read at once


def tables(path: str, written: TableFormat) -> Iterator[Table]:
    """Yield the table in pieces.  Its columns have names and types: text stays text.

    Raises:
        InputError: if pyarrow is not installed, or the file is damaged, has no rows or columns of
            lists.
    """
    source = source_name(path)
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise InputError(
            f"`{source}` is a Parquet file, which pyarrow reads: `pip install "
            '"chainrule[parquet]"`, or export it as CSV.'
        ) from None
    try:
        with parquet.ParquetFile(path) as file:
            names = tuple(file.schema_arrow.names)
            _require_cells(file.schema_arrow, source)
            shape = Table(
                source, names, Listed([]), (), [], True, "Parquet", "row", 1, written.spelling
            )
            start = 1
            for batch in file.iter_batches(ROWS):
                if batch.num_rows:
                    yield _table(shape, batch, start)
                start += batch.num_rows
    except (pyarrow.ArrowException, OSError) as error:
        what = str(error).splitlines()[0].rstrip(".")
        raise InputError(f"`{source}` is a damaged Parquet file: {what}. Fetch it again.") from None
    if start == 1:
        raise InputError(f"`{source}` has {len(names)} columns and no rows; a table needs rows.")


def _require_cells(schema: Any, source: str) -> None:
    from pyarrow import types

    for field in schema:
        if types.is_nested(field.type) and not types.is_dictionary(field.type):
            raise InputError(
                f"`{source}`, column {field.name!r} holds {field.type}: a table's cells are "
                "numbers and text. Take it apart into columns, or leave it out."
            )


def _table(shape: Table, batch: Any, start: int) -> Table:
    columns = tuple(_column(cells) for cells in batch.columns)
    return replace(
        shape, rows=_Values(batch), columns=columns, lines=range(start, start + batch.num_rows)
    )


def _column(cells: Any) -> Column:
    from pyarrow import compute, types

    kind = cells.type
    if not (types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind)):
        words = [_text(value) for value in cells.to_pylist()]
        return Column((np.full(len(words), np.nan),), np.arange(len(words)), words)
    values = compute.cast(cells, "float64", safe=False).to_numpy(zero_copy_only=False)
    usable = np.abs(values) <= LARGEST
    odd = np.flatnonzero(~usable)
    large = np.flatnonzero(usable & (np.abs(values) >= EXACT)).tolist()
    rounded = [row for row in large if int(values[row]) != cells[row].as_py()]
    return Column(
        (np.where(usable, values, np.nan),),
        odd,
        [_text(cells[row].as_py()) for row in odd.tolist()],
        rounded=np.array(rounded, dtype=np.intp),
    )


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


@dataclass(frozen=True, slots=True, eq=False)
class _Values(Rows):
    """The cells of a batch as text."""

    batch: Any

    def __len__(self) -> int:
        return int(self.batch.num_rows)

    def __getitem__(self, row: int, /) -> list[str]:
        return [_text(cells[row].as_py()) for cells in self.batch.columns]
