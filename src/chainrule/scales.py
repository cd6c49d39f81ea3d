"""How far the numbers of each column reach, and which are too far from 1 to train on."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import issparse

from .chain import Array
from .network import blocks_of

FAR = 1e8  # a column that reaches so far, or no further than 1/FAR, is not scaled


def column_sizes(values: Any) -> Array:
    """Return the root mean square of each column, (columns,).

    Not the largest value: a rare category, scaled, is far from 0 in the rows that have it.
    """
    n_rows, n_columns = values.shape
    sums = np.zeros(n_columns)
    with np.errstate(over="ignore"):
        for rows in blocks_of(n_rows):
            block = values[rows]
            squares = block.multiply(block) if issparse(block) else np.square(block, dtype=float)
            sums += np.asarray(squares.sum(axis=0), dtype=float).ravel()
        return np.sqrt(sums / n_rows)


def column_reaches(values: Any) -> Array:
    """Return the largest |value| of each column, (columns,)."""
    reached = np.zeros(values.shape[1])
    for rows in blocks_of(values.shape[0]):
        block = values[rows]
        ends = [block.max(axis=0), -block.min(axis=0)]
        ends = [part.toarray()[0] if issparse(part) else part for part in ends]
        np.maximum(reached, np.maximum(*ends), out=reached)
    return reached


def reached(values: Any) -> str:
    """Say how far the values reach, and in which column where there are several."""
    every = column_reaches(values)
    column = int(every.argmax())
    return f"{every[column]:.3g}{f' in column {column}' if len(every) > 1 else ''}"


def unscaled(name: str, values: Any, columns: Sequence[Any] | None = None) -> str:
    """Say which column (by its name, if they have any) is far from 1, and how far; "" if none is.

    Of a column with very large values the cell is said: it may be a mistake.

    >>> unscaled("X", np.array([[1.0, 2.0], [3.0, 1e300]]))
    '`X` reaches 1e+300, in row 1 of column 1'
    >>> unscaled("X", np.array([[1.0, 2e-30], [3.0, 1e-30]]))
    '`X` reaches 2e-30 only, in column 1'
    """
    every = column_reaches(values)
    largest = int(every.argmax())
    smallest = int(np.where(every > 0, every, np.inf).argmin())
    named = range(len(every)) if columns is None else columns
    if every[largest] > FAR:
        column = values[:, [largest]]
        column = column.toarray() if issparse(column) else column
        row = int(abs(column[:, 0]).argmax())
        where = f"row {row} of column {named[largest]!r}" if len(every) > 1 else f"row {row}"
        return f"`{name}` reaches {column[row, 0]:.3g}, in {where}"
    if 0 < every[smallest] < 1 / FAR:
        where = f", in column {named[smallest]!r}" if len(every) > 1 else ""
        return f"`{name}` reaches {every[smallest]:.3g} only{where}"
    return ""
