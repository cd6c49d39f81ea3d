"""The rows of a training: their weights, and which of them are kept for validation."""

import math
from dataclasses import dataclass
from reprlib import repr as shortened
from typing import Any, Self

import numpy as np
from numpy.random import RandomState
from scipy.sparse import issparse
from sklearn.model_selection import train_test_split

from .chain import Array
from .errors import InputError
from .network import BLOCK
from .subset import Subset

FEWEST = 2  # rows to validate with: a score of one row says nothing


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Inputs with what they are compared with.

    Attributes:
        X: (rows, n_features), maybe sparse, or a `Subset` of such rows.
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
        """Return a copy of the rows at these places, (n,)."""
        return self._at(places, self.X[places])

    def chosen(self, places: Array) -> Self:
        """Return the rows at these places, (n,), with inputs that are copied only if they are few.

        Sparse ones are copied, too: they are small.
        """
        copied = issparse(self.X) or len(places) <= BLOCK
        return self._at(places, self.X[places] if copied else Subset(self.X, places))

    def _at(self, places: Array, inputs: Any) -> Self:
        return type(self)(
            inputs,
            self.y[places],
            self.target[places],
            None if self.sample_weight is None else self.sample_weight[places],
            None if self.weight is None else self.weight[places],
        )

    def spread(self, most: int) -> Self:
        """Return at most so many rows, spread evenly over all."""
        return self.take(np.linspace(0, len(self) - 1, min(len(self), most)).astype(int))

    def require_weight(self, name: str) -> Self:
        """Return the rows, of which one must have a weight above 0.

        Raises:
            InputError: if none has, or their sum is not finite.
        """
        if self.weight is None:
            return self
        with np.errstate(over="ignore"):
            total = float(self.weight.sum())
        if total <= 0:
            zero = self.sample_weight is not None and not self.sample_weight.any()
            name = name if zero else "class_weight"
            raise InputError(
                f"`{name}` must be above 0 for a row at least; the weights of all are zero."
            )
        if not math.isfinite(total):
            raise InputError(f"`{name}` must have a finite sum; got {total:g}.")
        return self


def checked_weight(sample_weight: Any, X: Array, name: str) -> Array | None:
    """Return the weight of each row, (rows,) in X's dtype; None for 1 each.

    Raises:
        InputError: if they are not one finite number a row, or one is negative.
    """
    if sample_weight is None:
        return None
    n_rows = X.shape[0]
    try:
        weight = np.asarray(sample_weight, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"`{name}` must be numbers, one a row; got {shortened(sample_weight)}."
        ) from error
    if weight.ndim == 0:
        weight = np.full(n_rows, weight)
    if weight.shape != (n_rows,):
        raise InputError(
            f"`{name}` must be one number a row, of the shape {(n_rows,)}; got the shape "
            f"{weight.shape}."
        )
    wrong = ~(np.isfinite(weight) & (weight >= 0))
    if wrong.any():
        place = int(np.argmax(wrong))
        raise InputError(
            f"`{name}` must not be negative, nor NaN or infinite; got {weight[place]:g} for row "
            f"{place}. To leave a row out give it the weight 0."
        )
    with np.errstate(over="ignore", under="ignore"):
        return weight.astype(X.dtype, copy=False)  # of weights that all vanish, or one too large,
    # the sum is refused


def split(rows: Rows, fraction: float, random: RandomState, strata: bool) -> tuple[Rows, Rows]:
    """Return the rows to train on and those to validate with, drawn as scikit-learn draws them.

    `strata`: with the classes' shares kept, where each class has rows for both.

    Raises:
        InputError: if too few rows, or none of a weight above 0, would be left for either.
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
    parts = rows.chosen(training), rows.chosen(validation)
    for part, use in zip(parts, ("train on", "validate with"), strict=True):
        if part.weight is not None and not part.weight.any():
            raise InputError(
                f"`early_stopping` kept {len(part)} of {len(rows)} rows to {use}, and all of them "
                "have the weight 0. Give `X_val` and `y_val`, or set early_stopping=False."
            )
    return parts


def _fits(target: Array, n_training: int, n_validation: int) -> bool:
    """Whether each class can have a row in both parts."""
    sizes = np.unique(target, axis=0, return_counts=True)[1]
    return bool(sizes.min() >= 2 and min(n_training, n_validation) >= len(sizes))
