"""Rows to predict as Python's users have them: arrays, frames, lists of cells."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np

from .chain import Array
from .columns import LARGEST, Column, numbers_that_mean_missing
from .encoding import Feature, encode
from .errors import InputError
from .formats import TableFormat
from .tables import Listed, Table
from .words import listed


def encoded_rows(
    X: Any, features: Sequence[Feature], unseen: str = "error", missing_words: tuple[str, ...] = ()
) -> Array:
    """Return the network's inputs before scaling, (rows, n_inputs), of rows with these features.

    X is (rows, columns), numbers or text in the features' order; a frame's columns are found by
    their names.  What has no value is NaN: an empty or missing cell, None, a number beyond LARGEST,
    one of the words that mean missing.

    Raises:
        InputError: if the columns are not the features, or a cell is no number where one is due.

    >>> encoded_rows([["3", "b"], [None, "a"]], [Feature("x", None), Feature("k", ("a", "b"))])
    array([[ 3.,  0.,  1.],
           [nan,  1.,  0.]])
    """
    names = tuple(feature.name for feature in features)
    rows, written = _columns_of(X, names), TableFormat(missing_words=missing_words)
    if rows.ndim != 2 or rows.shape[1] != len(names):
        raise InputError(
            f"`X` must have the {len(names)} columns {listed(names)}; got the shape {rows.shape}."
        )
    if rows.dtype.kind in "biuf" and all(feature.categories is None for feature in features):
        numbers = np.array(rows, dtype=np.float64)
        numbers[~(abs(numbers) <= LARGEST)] = np.nan  # so put, it is true of NaN
        if absent := numbers_that_mean_missing(written):
            numbers[np.isin(numbers, [*absent])] = np.nan
        return numbers
    cells = [["" if _is_nothing(cell) else str(cell) for cell in row] for row in rows.tolist()]
    numbered = list(range(len(cells)))
    columns = tuple(
        Column.of_cells([row[index] for row in cells], written) for index in range(len(names))
    )
    table = Table(
        "X",
        names,
        Listed(cells),
        columns,
        numbered,
        False,
        "none",
        "row",
        spelling=written.spelling,
    )
    return encode(table, features, range(len(names)), unseen)


def _columns_of(X: Any, names: tuple[str, ...]) -> Array:
    """Return the cells, (rows, columns), in the order of these names where X has names."""
    columns = list(getattr(X, "columns", ()))
    if set(names) <= set(columns):
        X = X[list(names)]
    elif columns and all(isinstance(name, str) for name in columns) and not _are_made_up(names):
        absent = [name for name in names if name not in columns]
        near = get_close_matches(absent[0], [n for n in columns if n not in names], n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise InputError(
            f"`X` lacks the columns {listed(list(map(repr, absent)))}; it has "
            f"{listed(list(map(repr, columns)))}.{hint} An array is taken in the training's order."
        )
    if columns and not _is_of_numbers(X):
        return np.asarray(X, dtype=object)  # each column keeps its type
    try:
        rows = np.asarray(X)
    except ValueError:  # rows of different lengths
        rows = np.asarray(X, dtype=object)
    return rows if rows.dtype.kind in "biufU" else np.asarray(X, dtype=object)


def _is_of_numbers(frame: Any) -> bool:
    return all(getattr(dtype, "kind", "O") in "biuf" for dtype in getattr(frame, "dtypes", ["O"]))


def _are_made_up(names: Sequence[str]) -> bool:
    """Whether the columns of the training had no names."""
    return all(re.fullmatch(r"column \d+", name) for name in names)


def _is_nothing(cell: Any) -> bool:
    if isinstance(cell, float):
        return cell != cell
    return cell is None or type(cell).__name__ in ("NAType", "NaTType")
