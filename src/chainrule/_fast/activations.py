"""The activations of the table as loops: a = f(z), and beside it da ← da × ∂a/∂z.

The derivative is written in `saved`, which is a, or z where `activations.ACTIVATIONS` has no form
in a.  Parameters are pointers to rows × units numbers.  z and a may be the same memory.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

from ..activations import ELU_ALPHA, LEAKY_SLOPE, SELU_ALPHA, SELU_SCALE
from .compiled import Numbers
from .exponentials import exp, expm1, log1p, sigma
from .exponentials import tanh as tanh_of

ROOT_HALF = math.sqrt(0.5)
NORMAL = 1 / math.sqrt(2 * math.pi)  # the standard normal density at 0


class Loops(NamedTuple):
    """An activation and its pullback."""

    value: Callable[[Numbers, Numbers, int, int], None]
    pullback: Callable[[Numbers, Numbers, int, int], None]


def identity(z: Numbers, a: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        a[i] = z[i]


def identity_pullback(saved: Numbers, da: Numbers, rows: int, units: int) -> None:
    pass


def logistic(z: Numbers, a: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        a[i] = sigma(z[i])


def logistic_pullback(a: Numbers, da: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        da[i] *= a[i] * (1 - a[i])


def tanh(z: Numbers, a: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        a[i] = tanh_of(z[i])


def tanh_pullback(a: Numbers, da: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        da[i] *= 1 - a[i] * a[i]


def relu(z: Numbers, a: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        a[i] = 0 if z[i] < 0 else z[i]  # NaN stays NaN


def relu_pullback(a: Numbers, da: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        da[i] = da[i] if a[i] > 0 else 0


def leaky_relu(z: Numbers, a: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        a[i] = z[i] if z[i] > 0 else LEAKY_SLOPE * z[i]


def leaky_relu_pullback(a: Numbers, da: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        da[i] *= 1 if a[i] > 0 else LEAKY_SLOPE


def elu(z: Numbers, a: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        a[i] = z[i] if z[i] > 0 else ELU_ALPHA * expm1(z[i])


def elu_pullback(a: Numbers, da: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        da[i] *= 1 if a[i] > 0 else a[i] + ELU_ALPHA


def selu(z: Numbers, a: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        a[i] = SELU_SCALE * (z[i] if z[i] > 0 else SELU_ALPHA * expm1(z[i]))


def selu_pullback(a: Numbers, da: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        da[i] *= SELU_SCALE if a[i] > 0 else a[i] + SELU_SCALE * SELU_ALPHA


def gelu(z: Numbers, a: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        a[i] = z[i] * (0.5 * math.erfc(-z[i] * ROOT_HALF))


def gelu_pullback(z: Numbers, da: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        density = exp(-0.5 * z[i] * z[i]) * NORMAL
        da[i] *= 0.5 * math.erfc(-z[i] * ROOT_HALF) + z[i] * density


def silu(z: Numbers, a: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        a[i] = z[i] * sigma(z[i])


def silu_pullback(z: Numbers, da: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        power = exp(-abs(z[i]))
        near, far = 1 / (1 + power), power / (1 + power)  # σ(|z|), σ(−|z|)
        da[i] *= near * (1 + z[i] * far) if z[i] > 0 else far * (1 + z[i] * near)


def mish(z: Numbers, a: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        a[i] = z[i] * tanh_of(max(z[i], 0) + log1p(exp(-abs(z[i]))))


def mish_pullback(z: Numbers, da: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        power = exp(-abs(z[i]))
        inner = max(z[i], 0) + log1p(power)
        decay = exp(-2 * inner)
        slope = 4 * decay / (1 + decay) ** 2
        near = min(max(z[i], -1000), 1000)  # beyond it the slope is 0, and 4z may overflow
        da[i] *= tanh_of(inner) + near * slope * (1 if z[i] > 0 else power) / (1 + power)


def softplus(z: Numbers, a: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        a[i] = max(z[i], 0) + log1p(exp(-abs(z[i])))


def softplus_pullback(a: Numbers, da: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        da[i] *= -expm1(-a[i])


def softsign(z: Numbers, a: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        a[i] = z[i] / (1 + abs(z[i]))


def softsign_pullback(a: Numbers, da: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        da[i] *= (1 - abs(a[i])) ** 2


def hard_tanh(z: Numbers, a: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        a[i] = -1 if z[i] < -1 else (1 if z[i] > 1 else z[i])  # NaN stays NaN


def hard_tanh_pullback(a: Numbers, da: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        da[i] = da[i] if abs(a[i]) < 1 else 0


def gaussian(z: Numbers, a: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        a[i] = exp(-z[i] * z[i])


def gaussian_pullback(z: Numbers, da: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        da[i] *= z[i] * (-2 * exp(-z[i] * z[i]))


def exponential(z: Numbers, a: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        a[i] = exp(z[i])


def exponential_pullback(a: Numbers, da: Numbers, rows: int, units: int) -> None:
    for i in range(rows * units):
        da[i] *= a[i]


def softmax(z: Numbers, a: Numbers, rows: int, units: int) -> None:
    for row in range(rows):
        at = row * units
        largest = z[at]
        for j in range(at, at + units):
            largest = max(largest, z[j])
        for j in range(at, at + units):
            a[j] = z[j] - largest
    for j in range(rows * units):  # not row by row: ten units fill no vector
        a[j] = exp(a[j])
    for row in range(rows):
        total = 0.0
        for j in range(row * units, (row + 1) * units):
            total += a[j]
        for j in range(row * units, (row + 1) * units):
            a[j] /= total


def softmax_pullback(a: Numbers, da: Numbers, rows: int, units: int) -> None:
    for row in range(rows):
        at = row * units
        total = 0.0
        for j in range(at, at + units):
            total += da[j] * a[j]
        for j in range(at, at + units):
            da[j] = a[j] * (da[j] - total)


LOOPS = {
    "identity": Loops(identity, identity_pullback),
    "logistic": Loops(logistic, logistic_pullback),
    "tanh": Loops(tanh, tanh_pullback),
    "relu": Loops(relu, relu_pullback),
    "leaky_relu": Loops(leaky_relu, leaky_relu_pullback),
    "elu": Loops(elu, elu_pullback),
    "selu": Loops(selu, selu_pullback),
    "gelu": Loops(gelu, gelu_pullback),
    "silu": Loops(silu, silu_pullback),
    "mish": Loops(mish, mish_pullback),
    "softplus": Loops(softplus, softplus_pullback),
    "softsign": Loops(softsign, softsign_pullback),
    "hard_tanh": Loops(hard_tanh, hard_tanh_pullback),
    "gaussian": Loops(gaussian, gaussian_pullback),
    "exponential": Loops(exponential, exponential_pullback),
    "softmax": Loops(softmax, softmax_pullback),
}
