"""Columns to numbers: one-hot coding, scaling, and back.

What is learned from rows (means, scales) is learned from training rows only; what is learned from
names (categories, classes) from the whole file, in sorted order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from .chain import Array
from .errors import InputError
from .memory import require_memory
from .names import unknown
from .tables import Table
from .words import listed

SCALES = ("standard", "minmax", "none")
UNSEEN = ("error", "ignore")
"""What to do about a category that no training row had."""


@dataclass(frozen=True, slots=True)
class Feature:
    """A column that the network sees: numbers as they are, or text as one 0/1 input a category."""

    name: str
    categories: tuple[str, ...] | None

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the network's inputs that the column becomes."""
        if self.categories is None:
            return (self.name,)
        return tuple(f"{self.name}={category}" for category in self.categories)


def encode(
    table: Table, features: Sequence[Feature], columns: Sequence[int], unseen: str = "error"
) -> Array:
    """Return the network's inputs before scaling, (rows, n_inputs); a missing number is NaN.

    A category that no training row had is refused; with `unseen="ignore"` its inputs are all 0.

    Raises:
        InputError: for a cell that is no number in a column of numbers, or an unknown category.
    """
    if unseen not in UNSEEN:
        raise InputError(unknown(unseen, UNSEEN, "unseen"))
    ends = np.cumsum([len(feature.inputs) for feature in features])
    encoded = np.empty((len(table), ends[-1] if len(ends) else 0))
    for feature, index, end in zip(features, columns, ends, strict=True):
        if feature.categories is None:
            encoded[:, end - 1] = table.numbers(index)
        else:
            start = end - len(feature.categories)
            encoded[:, start:end] = _one_hot(table, feature.categories, index, unseen)
    return encoded


def _one_hot(table: Table, categories: Sequence[str], index: int, unseen: str) -> Array:
    places = {category: place for place, category in enumerate(categories)}
    hot = np.zeros((len(table), len(categories)))
    cells = table.column(index)
    for row, absent in enumerate(table.missing(index, text=True).tolist()):
        cell = cells[row]
        if absent:
            hot[row] = np.nan
        elif cell in places:
            hot[row, places[cell]] = 1.0
        elif unseen == "error":
            raise InputError(
                f"{table.place(row, index)}: {cell!r} is none of the values seen in training, "
                f"{listed(categories)}; correct it, train again with rows that have it, "
                "or let it be without effect by `--unseen ignore`."
            )
    return hot


@dataclass(frozen=True, slots=True, eq=False)
class Scaling:
    """x → (x − center) / scale, each (n_inputs,); a missing x is first taken as `fill`."""

    fill: Array
    center: Array
    scale: Array

    @classmethod
    def fit(cls, X: Array, kind: str) -> Self:
        """Learn from training rows: "standard" (mean 0, variance 1), "minmax" (0 to 1), "none".

        A constant input keeps the scale 1.

        Raises:
            InputError: if there is no such kind.
        """
        if kind not in SCALES:
            raise InputError(unknown(kind, SCALES, "scale"))
        present = ~np.isnan(X)
        # times powers of two, which is exact, so that squares neither overflow nor vanish
        exponents = np.frexp(np.abs(X).max(axis=0, where=present, initial=0.0))[1]
        unit = np.ldexp(np.where(present, X, 0.0), -exponents)
        low = unit.min(axis=0, where=present, initial=np.inf)
        high = unit.max(axis=0, where=present, initial=-np.inf)
        means = unit.sum(axis=0) / np.maximum(present.sum(axis=0), 1)
        fill = np.where(low == high, low, means)  # the mean of equal numbers may be rounded
        filled = np.where(present, unit, fill)
        center, scale = np.zeros_like(fill), np.zeros_like(fill)
        if kind == "standard":
            center, scale = fill, filled.std(axis=0)
        elif kind == "minmax":
            center, scale = filled.min(axis=0), np.ptp(filled, axis=0)
        fill, center, scale = (np.ldexp(part, exponents) for part in (fill, center, scale))
        return cls(fill, center, np.where((low < high) & (scale > 0), scale, 1.0))

    def apply(self, X: Array) -> Array:
        """Return the scaled inputs, (rows, n_inputs)."""
        return (np.where(np.isnan(X), self.fill, X) - self.center) / self.scale

    def undo(self, scaled: Array) -> Array:
        """Return what was scaled."""
        return scaled * self.scale + self.center


@dataclass(frozen=True, slots=True)
class Target:
    """The column that is predicted.

    Attributes:
        name: its name.
        place: its index in the file.
        classes: the classes in sorted order for classification, None for regression.
    """

    name: str
    place: int
    classes: tuple[Any, ...] | None

    @property
    def task(self) -> str:
        """The kind of problem: "classification" or "regression"."""
        return "regression" if self.classes is None else "classification"


def target_values(table: Table, index: int, target: Target) -> Array:
    """Return the target as labels (classification) or numbers (regression), (rows,)."""
    if target.classes is None:
        return table.numbers(index)
    if isinstance(target.classes[0], str):
        return np.array(table.column(index))
    return table.numbers(index).astype(int)


def codes(labels: Array, classes: Array, one_unit: bool) -> Array:
    """Return 1 for each row's class and 0 for the others, (rows, outputs).

    With `one_unit` it is one column, 1 for the second class.

    >>> codes(np.array(["b", "a"]), np.array(["a", "b"]), one_unit=False)
    array([[0., 1.],
           [1., 0.]])
    """
    if labels.ndim == 2:
        return labels.astype(np.float64)
    places = np.searchsorted(classes, labels)
    if one_unit:
        return places[:, None].astype(np.float64)
    require_memory(
        len(labels) * len(classes),
        f"`y` with {len(labels):,} rows, each coded as {len(classes):,} classes,",
        "Take fewer rows or classes.",
    )
    coded = np.zeros((len(labels), len(classes)))
    coded[np.arange(len(labels)), places] = 1
    return coded
