"""The activations of the table on vectors: a = f(z) beside ∂a/∂z.

The derivative is written in a, or in z where `activations.ACTIVATIONS` has no form in a.
"""

import math
from collections.abc import Callable
from typing import NamedTuple, Protocol

from ...activations import ELU_ALPHA, LEAKY_SLOPE, SELU_ALPHA, SELU_SCALE
from .exponentials import exp, expm1_below, log1p, tanh
from .vectors import Vector, absolute, larger, one_by_one, smaller, where

Units = list[Vector]
"""The numbers of a layer, as they are arranged; see `arrangements`."""


class OverUnits(Protocol):
    """What is taken over all units of a layer."""

    def total(self, units: Units, n: int) -> Vector:
        """Return the sum over n units."""

    def largest(self, units: Units, n: int) -> Vector:
        """Return the largest of n units."""


class Activation(NamedTuple):
    """An activation and its derivative."""

    value: Callable[[Vector], Vector]
    slope: Callable[[Vector], Vector]


def logistic(z: Vector) -> Vector:
    """1/(1 + e⁻ᶻ)."""
    return 1 / (exp(-z) + 1)


def softplus(z: Vector) -> Vector:
    """log(1 + eᶻ)."""
    return larger(z, 0) + log1p(exp(-absolute(z)))


def _below(z: Vector) -> Vector:
    """eᶻ − 1, or 0 for z > 0."""
    return expm1_below(smaller(z, 0))


def _normal_share(z: Vector) -> Vector:
    """Φ(z), the standard normal distribution function."""
    return 0.5 * one_by_one("erfc", z * -math.sqrt(0.5))


def _gelu_slope(z: Vector) -> Vector:
    return _normal_share(z) + z * exp(-0.5 * z * z) / math.sqrt(2 * math.pi)


def _mish_slope(z: Vector) -> Vector:
    inner = softplus(z)
    decay = exp(-2 * inner)
    share = decay + 1
    return tanh(inner) + z * (4 * decay / (share * share)) * logistic(z)


def _softsign_slope(a: Vector) -> Vector:
    rest = 1 - absolute(a)
    return rest * rest


# fmt: off
ACTIVATIONS = {
    "identity": Activation(lambda z: z, lambda a: a.number(1)),
    "logistic": Activation(logistic, lambda a: a * (1 - a)),
    "tanh": Activation(tanh, lambda a: 1 - a * a),
    "relu": Activation(lambda z: larger(z, 0), lambda a: where(a > 0, a.number(1), 0)),
    "leaky_relu": Activation(lambda z: where(z > 0, z, LEAKY_SLOPE * z),
                             lambda a: where(a > 0, a.number(1), LEAKY_SLOPE)),
    "elu": Activation(lambda z: where(z > 0, z, ELU_ALPHA * _below(z)),
                      lambda a: where(a > 0, 1, a + ELU_ALPHA)),
    "selu": Activation(lambda z: SELU_SCALE * where(z > 0, z, SELU_ALPHA * _below(z)),
                       lambda a: where(a > 0, SELU_SCALE, a + SELU_SCALE * SELU_ALPHA)),
    "gelu": Activation(lambda z: z * _normal_share(z), _gelu_slope),
    "silu": Activation(lambda z: z * logistic(z),
                       lambda z: logistic(z) * (z * logistic(-z) + 1)),
    "mish": Activation(lambda z: z * tanh(softplus(z)), _mish_slope),
    "softplus": Activation(softplus, lambda a: -expm1_below(-a)),
    "softsign": Activation(lambda z: z / (absolute(z) + 1), _softsign_slope),
    "hard_tanh": Activation(lambda z: smaller(larger(z, -1), 1),
                            lambda a: where(absolute(a) < 1, a.number(1), 0)),
    "gaussian": Activation(lambda z: exp(-z * z), lambda z: z * (-2 * exp(-z * z))),
    "exponential": Activation(exp, lambda a: a),
}
# fmt: on


def softmax(z: Units, n: int, over: OverUnits) -> Units:
    """a_j = e^{z_j} / Σ_k e^{z_k}."""
    largest = over.largest(z, n)
    powers = [exp(part - largest) for part in z]
    total = over.total(powers, n)
    return [power / total for power in powers]


def softmax_pullback(a: Units, da: Units, n: int, over: OverUnits) -> Units:
    """dz_j = a_j (da_j − Σ_k da_k a_k)."""
    total = over.total([part * d for part, d in zip(a, da, strict=True)], n)
    return [part * (d - total) for part, d in zip(a, da, strict=True)]
