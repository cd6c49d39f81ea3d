"""Columns to numbers: which columns are numbers or text, one-hot coding, scaling, and back.

What is learned from rows (means, scales) is learned from training rows only; what is learned from
names (categories, classes) from the whole file, in sorted order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from .chain import Array
from .errors import InputError
from .tables import Table, is_missing, parse_number

SCALES = ("standard", "minmax", "none")
MAX_CLASSES = 20  # a whole-numbered target with more values than this is taken as a quantity


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


def holds_numbers(cells: Sequence[str]) -> bool:
    """Say whether most of a column's cells that are not missing are numbers."""
    present = [cell for cell in cells if not is_missing(cell)]
    return 2 * sum(parse_number(cell) is not None for cell in present) > len(present)


def learn_features(table: Table, columns: Sequence[int]) -> tuple[Feature, ...]:
    """Say for each of these columns whether it is numbers, or text with which categories."""
    features = []
    for index in columns:
        cells = table.column(index)
        categories = None if holds_numbers(cells) else tuple(sorted(set(cells) - {""}))
        features.append(Feature(table.names[index], categories))
    return tuple(features)


def encode(table: Table, features: Sequence[Feature], columns: Sequence[int]) -> Array:
    """Return the network's inputs before scaling, (rows, n_inputs); a missing number is NaN.

    Raises:
        InputError: for a cell that is no number in a column of numbers, or an unknown category.
    """
    blocks = []
    for feature, index in zip(features, columns, strict=True):
        if feature.categories is None:
            blocks.append(table.numbers(index)[:, None])
        else:
            blocks.append(_one_hot(table, feature.categories, index))
    return np.hstack(blocks)


def _one_hot(table: Table, categories: Sequence[str], index: int) -> Array:
    places = {category: place for place, category in enumerate(categories)}
    hot = np.zeros((len(table.rows), len(categories)))
    for row, cell in enumerate(table.column(index)):
        if not cell:
            hot[row] = np.nan
        elif cell in places:
            hot[row, places[cell]] = 1.0
        else:
            raise InputError(
                f"{table.place(row, index)}: {cell!r} is none of the values seen in training: "
                f"{', '.join(categories[:10])}."
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
        """
        present = ~np.isnan(X)
        counts = np.maximum(present.sum(axis=0), 1)
        fill = np.where(present, X, 0.0).sum(axis=0) / counts
        filled = np.where(present, X, fill)
        if kind == "standard":
            center, scale = fill, filled.std(axis=0)
        elif kind == "minmax":
            center, scale = filled.min(axis=0), np.ptp(filled, axis=0)
        else:
            center, scale = np.zeros_like(fill), np.ones_like(fill)
        return cls(fill, center, np.where(scale > 0, scale, 1.0))

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


def learn_target(table: Table, index: int, task: str | None = None) -> Target:
    """Find the task from the target's cells, unless it is given, and the classes in sorted order.

    Text means classes; so do whole numbers of at most MAX_CLASSES values that repeat twice or more
    on average.  Anything else is a quantity.

    Raises:
        InputError: if the column does not suit the task, or holds one class only.
    """
    cells, name = table.column(index), table.names[index]
    if not holds_numbers(cells):
        if task == "regression":
            raise InputError(
                f"`--task regression` needs numbers; the target {name!r} holds text such as "
                f"{cells[0]!r}. Use `--task classification`."
            )
        return Target(name, index, _two_or_more(sorted(set(cells)), name))
    numbers = table.numbers(index)
    real = numbers != np.round(numbers)
    if task == "classification" and real.any():
        raise InputError(
            f"`--task classification` needs classes; the target {name!r} holds real numbers "
            f"such as {cells[int(real.argmax())]}. Use `--task regression`."
        )
    few = len(np.unique(numbers)) <= min(MAX_CLASSES, len(cells) // 2)
    if task == "regression" or (task is None and (real.any() or not few)):
        return Target(name, index, None)
    return Target(name, index, _two_or_more(sorted({int(number) for number in numbers}), name))


def _two_or_more(classes: list[Any], name: str) -> tuple[Any, ...]:
    if len(classes) < 2:
        raise InputError(
            f"the target {name!r} holds one class only, {classes[0]!r}; there is nothing to tell "
            "apart."
        )
    return tuple(classes)


def target_values(table: Table, index: int, target: Target) -> Array:
    """Return the target as labels (classification) or numbers (regression), (rows,)."""
    if target.classes is None:
        return table.numbers(index)
    if isinstance(target.classes[0], str):
        return np.array(table.column(index))
    return table.numbers(index).astype(int)
