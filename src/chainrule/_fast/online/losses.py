"""The losses of the table on vectors: a row's ℓ with ∂ℓ/∂prediction."""

import sys
from collections.abc import Callable

from ...losses import EXP_ENDS, HUBER_DELTA, SOFTPLUS_TAIL
from .activations import OverUnits, Units
from .exponentials import exp, log, log1p
from .vectors import Vector, absolute, larger, one_by_one, smaller, where

Both = tuple[Vector, Vector]
LOWEST = -sys.float_info.max


def _absolute(a: Vector, y: Vector) -> Both:
    error = a - y
    sign = where(error > 0, 1, where(error < 0, -1, error))  # not a number stays none
    return absolute(error), sign


def _huber(a: Vector, y: Vector) -> Both:
    error = a - y
    slope = smaller(larger(error, -HUBER_DELTA), HUBER_DELTA)
    return slope * (error - 0.5 * slope), slope


def _binary(a: Vector, y: Vector) -> Both:
    log_a = where(absolute(y) > 0, y * log(a), 0)
    log_rest = where(absolute(y - 1) > 0, (1 - y) * log1p(-a), 0)
    slope = a * (1 - a)
    regular = where(absolute(slope) > 0, 1, absolute(a - y)) > 0
    # else a is rounded to 0 or 1, where the limit is 1 or −1
    return -(log_a + log_rest), where(regular, (a - y) / slope, 1 - 2 * y)


def _logistic_binary(z: Vector, y: Vector) -> Both:
    power = exp(-absolute(z))
    term = larger(z, 0) + log1p(power) - y * z
    return term, where(z < 0, power, 1) / (power + 1) - y


def _exponential_poisson(z: Vector, y: Vector) -> Both:
    a = exp(z)
    return a - y * smaller(z, EXP_ENDS) + one_by_one("lgamma", y + 1), a - y


def _softplus_poisson(z: Vector, y: Vector) -> Both:
    near = larger(z, SOFTPLUS_TAIL)
    power = exp(-absolute(near))
    a = larger(near, 0) + log1p(power)
    slope = where(near > 0, 1, power) / (power + 1)
    log_a = log(a) + (z - near)  # in the tail log a is z
    tail = z < SOFTPLUS_TAIL
    term = where(tail, exp(z), a) - y * log_a + one_by_one("lgamma", y + 1)
    return term, where(tail, exp(z), slope) - y * (slope / a)


LOSSES: dict[str, Callable[[Vector, Vector], Both]] = {
    "half_squared_error": lambda a, y: (0.5 * (a - y) * (a - y), a - y),
    "sum_squared_error": lambda a, y: ((a - y) * (a - y), 2 * (a - y)),
    "absolute_error": _absolute,
    "huber": _huber,
    "binary_cross_entropy": _binary,
    "logistic binary_cross_entropy": _logistic_binary,
    "exponential poisson": _exponential_poisson,
    "softplus poisson": _softplus_poisson,
}
"""A unit's part of ℓ and ∂ℓ/∂a; a loss fused with the activation before it takes z for a."""


def mean_squared_error(a: Units, y: Units, n: int, over: OverUnits) -> tuple[Vector, Units]:
    """1/n Σ (a − y)²."""
    errors = [part - target for part, target in zip(a, y, strict=True)]
    total = over.total([error * error for error in errors], n)
    return total / n, [2 * error / n for error in errors]


def softmax_categorical(z: Units, y: Units, n: int, over: OverUnits) -> tuple[Vector, Units]:
    """Log Σ e^z × Σ y − Σ y z, with the largest z taken off."""
    largest = over.largest(z, n)
    z = [larger(part - largest, LOWEST) for part in z]  # −∞ × 0 is no number
    powers = [exp(part) for part in z]
    total, share = over.total(powers, n), over.total(y, n)
    product = over.total([target * part for target, part in zip(y, z, strict=True)], n)
    scale = share / total
    slopes = [power * scale - target for power, target in zip(powers, y, strict=True)]
    return log(total) * share - product, slopes


OVER_UNITS = {
    "mean_squared_error": mean_squared_error,
    "softmax categorical_cross_entropy": softmax_categorical,
}
"""Losses that are no sum over units."""


def loss_and_slopes(name: str, a: Units, y: Units, n: int, over: OverUnits) -> tuple[Vector, Units]:
    """Return ℓ and its derivatives by the prediction, of n units."""
    if name in OVER_UNITS:
        return OVER_UNITS[name](a, y, n, over)
    both = [LOSSES[name](part, target) for part, target in zip(a, y, strict=True)]
    return over.total([term for term, _ in both], n), [slope for _, slope in both]
