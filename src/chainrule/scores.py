"""How good predicted numbers are: R² and the root mean squared error, of any size."""

import math

import numpy as np
from sklearn.metrics import r2_score, root_mean_squared_error

from .chain import Array

USUAL = 1e100  # numbers up to it, and from 1/USUAL on, have squares


def r_squared(truth: Array, predicted: Array, weight: Array | None = None) -> float:
    """Return scikit-learn's R², (rows,) or the mean over (rows, outputs), of numbers of any size.

    It is 1 − Σ(y − ŷ)²/Σ(y − ȳ)², and does not change if both are multiplied by one number: by
    the power of two, which is exact, that makes the largest y about 1.  Of one row it is nan, with
    scikit-learn's warning.

    >>> r_squared(np.array([1e-200, 3e-200]), np.array([3e-200, 1e-200]))
    -3.0
    """
    truth, predicted = np.asarray(truth, float), np.asarray(predicted, float)
    exponents = _exponents(truth)
    with np.errstate(over="ignore", under="ignore", invalid="ignore", divide="ignore"):
        if exponents.any():
            truth, predicted = np.ldexp(truth, -exponents), np.ldexp(predicted, -exponents)
        if not np.isfinite(predicted).all():
            return -math.inf
        return float(r2_score(truth, predicted, sample_weight=weight))


def root_mean_square(truth: Array, predicted: Array) -> float:
    """Return √(Σ(y − ŷ)²/rows) of numbers of any size, (rows,) each."""
    exponent = int(max(_exponents(truth), _exponents(predicted), key=abs))
    if not np.isfinite(predicted).all():
        return math.inf
    units = np.ldexp(truth, -exponent), np.ldexp(predicted, -exponent)
    return math.ldexp(root_mean_squared_error(*units), exponent)


def _exponents(values: Array) -> Array:
    """Return the power of two of each column's largest |value| where that has no square, else 0."""
    largest = np.abs(values).max(axis=0)
    usual = ((largest > 1 / USUAL) & (largest < USUAL)) | (largest == 0)
    return np.where(usual, 0, np.frexp(largest)[1])
