"""Columns to numbers: which columns are numbers or text, one-hot coding, scaling, and back.

What is learned from rows (means, scales) is learned from training rows only; what is learned from
names (categories, classes) from the whole file, in sorted order.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from .chain import Array
from .errors import InputError
from .memory import require_memory
from .names import unknown
from .tables import Table, holds_numbers, is_missing, parse_number
from .words import listed

SCALES = ("standard", "minmax", "none")
UNSEEN = ("error", "ignore")
"""What to do about a category that no training row had."""

MAX_CLASSES = 20  # a whole-numbered target with more values than this is taken as a quantity
MAX_CATEGORIES = 100  # text with more values than this, and hardly any twice, tells rows apart
LARGEST_LABEL = 2**53  # whole numbers beyond it are not told apart by 64-bit floats
_LEADING_ZERO = re.compile(r"[+-]?0\d")


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


def learn_features(table: Table, columns: Sequence[int]) -> tuple[Feature, ...]:
    """Say for each of these columns whether it is numbers, or text with which categories.

    Raises:
        InputError: for a column without a value, of numbers written with commas, or of text that
            names rows.
    """
    features = []
    for index in columns:
        require_values(table, index, "Remove the column.")
        categories = _categories(table, index) if _is_text(table, index) else None
        features.append(Feature(table.names[index], categories))
    return tuple(features)


def _categories(table: Table, index: int) -> tuple[str, ...]:
    """Return the distinct values in sorted order, unless they are names of rows."""
    present = [cell for cell in table.column(index) if cell]
    categories = tuple(sorted(set(present)))
    if len(categories) > max(MAX_CATEGORIES, len(present) // 2):
        raise InputError(
            f"`{table.source}`, column {table.names[index]!r} holds text with "
            f"{len(categories)} distinct values in {len(present)} rows, such as {present[0]!r}: "
            "names of rows, from which nothing can be learned about other rows. Leave the column "
            "out of the table."
        )
    return categories


def require_values(table: Table, index: int, remedy: str) -> None:
    """Refuse a column without a value.

    Raises:
        InputError: if all its cells are missing; the message ends in the remedy.
    """
    cells = table.column(index)
    if not all(is_missing(cell) for cell in cells):
        return
    why = f"its cells are all missing, such as {cells[0]!r}. {remedy}"
    if index == len(table.names) - 1 and not any(cells):
        why = f"every line ends in a delimiter ({table.delimiter}). Remove those at the line ends."
    elif table.delimiter == "tab" and not any(cells):
        why = "its cells are all empty. If tabs are doubled, say `--delimiter whitespace`."
    raise InputError(f"`{table.source}` has no value in column {table.names[index]!r}: {why}")


def _is_text(table: Table, index: int) -> bool:
    """Say whether a column is text; what would be numbers but for separators is refused."""
    cells = table.column(index)
    if holds_numbers(cells):
        return False
    bare = [re.sub(r"[,'\s]", "", cell) for cell in cells]
    spelled = [
        parse_number(cell) is None and parse_number(bare[row]) is not None
        for row, cell in enumerate(cells)
    ]
    if any(spelled) and holds_numbers(bare):
        row = spelled.index(True)
        raise InputError(
            f"{table.place(row, index)}: {cells[row]!r} looks like a number but is none here; "
            "write numbers with a decimal point and nothing between the digits, such as 1234.5."
        )
    return True


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
    blocks = []
    for feature, index in zip(features, columns, strict=True):
        if feature.categories is None:
            blocks.append(table.numbers(index)[:, None])
        else:
            blocks.append(_one_hot(table, feature.categories, index, unseen))
    return np.hstack(blocks)


def _one_hot(table: Table, categories: Sequence[str], index: int, unseen: str) -> Array:
    places = {category: place for place, category in enumerate(categories)}
    hot = np.zeros((len(table), len(categories)))
    for row, cell in enumerate(table.column(index)):
        if not cell:
            hot[row] = np.nan
        elif cell in places:
            hot[row, places[cell]] = 1.0
        elif unseen == "error":
            raise InputError(
                f"{table.place(row, index)}: {cell!r} is none of the values seen in training, "
                f"{listed(categories)}; correct it, or train again with rows that have it."
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


def learn_target(table: Table, index: int, task: str | None = None) -> Target:
    """Find the task from the target's cells, unless it is given, and the classes in sorted order.

    Text means classes; so do whole numbers of at most MAX_CLASSES values that repeat twice or more
    on average, which stay text if one is written with a leading zero.  Anything else is a
    quantity.  No cell of the target may be missing.

    Raises:
        InputError: if the column has no value, does not suit the task, or holds one class only.
    """
    cells, name = table.column(index), table.names[index]
    require_values(table, index, "Name another column with `--target`.")
    # whoever asks for classes may have them spelled as numbers with commas
    if not holds_numbers(cells) if task == "classification" else _is_text(table, index):
        if task == "regression":
            row = next(row for row, cell in enumerate(cells) if parse_number(cell) is None)
            raise InputError(
                f"{table.place(row, index)}: {cells[row]!r} is text, and `--task regression` needs "
                "a target of numbers. Use `--task classification`."
            )
        return Target(name, index, _two_or_more(sorted(set(cells)), name))
    numbers = table.numbers(index)
    no_label = (numbers != np.round(numbers)) | (abs(numbers) > LARGEST_LABEL)
    if task == "classification" and no_label.any():
        row = int(no_label.argmax())
        raise InputError(
            f"{table.place(row, index)}: {cells[row]!r} is no class, and `--task classification` "
            "needs a target of text, or of whole numbers up to 2^53. Use `--task regression`."
        )
    few = len(np.unique(numbers)) <= min(MAX_CLASSES, len(cells) // 2)
    if task == "regression" or (task is None and (no_label.any() or not few)):
        if len(np.unique(numbers)) < 2:
            raise InputError(
                f"the target {name!r} holds one value only, {cells[0]!r}; there is nothing to "
                "learn. Name another column with `--target`."
            )
        return Target(name, index, None)
    if any(_LEADING_ZERO.match(cell) for cell in cells):  # codes: as numbers, they would lose it
        return Target(name, index, _two_or_more(sorted(set(cells)), name))
    return Target(name, index, _two_or_more(sorted({int(number) for number in numbers}), name))


def _two_or_more(classes: list[Any], name: str) -> tuple[Any, ...]:
    if len(classes) < 2:
        raise InputError(
            f"the target {name!r} holds one class only, {classes[0]!r}; at least two are needed. "
            "Name another column with `--target`."
        )
    return tuple(classes)


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
