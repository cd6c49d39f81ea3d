"""The rows of a training: their weights, and which of them are kept for validation."""

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.random import RandomState
from sklearn.model_selection import train_test_split
from sklearn.utils.validation import _check_sample_weight

from .chain import Array
from .errors import InputError

FEWEST = 2  # rows to validate with: a score of one row says nothing


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Inputs with what they are compared with.

    Attributes:
        X: (rows, n_features), maybe sparse.
        y: the targets as the user writes them.
        target: the targets as the outputs are compared with them, (rows, n_outputs).
        sample_weight: of each row, (rows,); None for 1 each.
        weight: the same times the weight of the row's class.
    """

    X: Array
    y: Array
    target: Array
    sample_weight: Array | None = None
    weight: Array | None = None

    def __len__(self) -> int:
        return len(self.target)

    def take(self, places: Array) -> Self:
        """Return the rows at these places, (n,)."""
        return type(self)(
            self.X[places],
            self.y[places],
            self.target[places],
            None if self.sample_weight is None else self.sample_weight[places],
            None if self.weight is None else self.weight[places],
        )

    def require_weight(self, name: str) -> Self:
        """Return the rows, of which one must have a weight above 0.

        Raises:
            InputError: if none has.
        """
        if self.weight is not None and not self.weight.sum() > 0:
            raise InputError(f"`{name}` must be above 0 for a row at least; all rows weigh 0.")
        return self


def checked_weight(sample_weight: Any, X: Array, name: str) -> Array | None:
    """Return the weight of each row, (rows,) in X's dtype; None for 1 each.

    Raises:
        InputError: if one is negative.
        ValueError: scikit-learn's, if they are not one finite number a row.
    """
    if sample_weight is None:
        return None
    weight: Array = _check_sample_weight(sample_weight, X)
    if (weight < 0).any():
        place = int(np.argmax(weight < 0))
        raise InputError(
            f"`{name}` must not be negative; got {weight[place]:g} for row {place}. "
            "To leave a row out give it the weight 0."
        )
    return weight


def split(rows: Rows, fraction: float, random: RandomState, strata: bool) -> tuple[Rows, Rows]:
    """Return the rows to train on and those to validate with, drawn as scikit-learn draws them.

    `strata`: with the classes' shares kept, where each class has rows for both.

    Raises:
        InputError: if too few rows would be left for either.
    """
    n_validation = max(math.ceil(fraction * len(rows)), FEWEST)
    n_training = len(rows) - n_validation
    if fraction == 0 or n_training < 1:
        raise InputError(
            f"`early_stopping` keeps rows to validate with, and `validation_fraction`={fraction:g} "
            f"of {len(rows)} samples leaves {len(rows) if fraction == 0 else max(n_training, 0)} "
            f"to train on and {0 if fraction == 0 else n_validation} to validate with; at least 1 "
            f"and {FEWEST} are needed. Give `X_val` and `y_val`, or set early_stopping=False."
        )
    stratified = strata and _fits(rows.target, n_training, n_validation)
    stratify = rows.target[:, 0] if stratified else None
    training, validation = train_test_split(
        np.arange(len(rows)), test_size=n_validation, random_state=random, stratify=stratify
    )
    return rows.take(training), rows.take(validation)


def _fits(target: Array, n_training: int, n_validation: int) -> bool:
    """Whether each class can have a row in both parts."""
    sizes = np.unique(target, axis=0, return_counts=True)[1]
    return bool(sizes.min() >= 2 and min(n_training, n_validation) >= len(sizes))
