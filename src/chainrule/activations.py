"""Activation functions: one record each, the value with its derivative beside it.

`derivative(z)` is written in the pre-activation z, `derivative_by_a(a)` in the activation a = f(z)
where that is possible: σ′ = a(1 − a).  Both are ∂a/∂z; the second reuses what the forward pass
already knows.  Every function also takes complex z, which is what lets a derivative be checked by
the complex step; so |z| and z > 0 look at the real part.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .chain import Array

LEAKY_SLOPE = 0.01  # Maas, Hannun & Ng 2013
ELU_ALPHA = 1.0  # Clevert, Unterthiner & Hochreiter 2016
SHORT = 100  # numbers of a row
SELU_SCALE = 1.0507009873554804934193349852946  # Klambauer et al. 2017, fixed point of mean 0,
SELU_ALPHA = 1.6732632423543772848170429916717  # variance 1


@dataclass(frozen=True, slots=True)
class Activation:
    """An elementwise function a = f(z), its derivative, and both as formulas.

    Attributes:
        name: the name users give.
        value: f(z), same shape as z.
        derivative: ∂a/∂z as a function of z.
        derivative_by_a: ∂a/∂z as a function of a = f(z); None where a does not determine it.
        formula: f(z) as text; `derivative_formula` is ∂a/∂z, in a where `derivative_by_a` exists.
        kinks: the z at which f is not differentiable; there the derivative is a one-sided one.
    """

    name: str
    value: Callable[[Array], Array]
    derivative: Callable[[Array], Array]
    derivative_by_a: Callable[[Array], Array] | None
    formula: str
    derivative_formula: str
    kinks: tuple[float, ...] = ()


def absolute(z: Array) -> Array:
    """|z|, which for complex z is z or −z, by the sign of the real part."""
    return np.where(z.real < 0, -z, z)


def identity(z: Array) -> Array:
    """a = z."""
    return z


def _one(z: Array) -> Array:
    return np.ones_like(z)


def logistic(z: Array) -> Array:
    """a = 1 / (1 + e⁻ᶻ)."""
    if np.isrealobj(z):
        from scipy.special import expit  # only now: it takes longer to load than all else

        return expit(z)
    # the same without overflow for complex z, where `expit` is not defined
    return np.exp(np.minimum(z, 0)) / (1 + np.exp(-absolute(z)))


def _logistic_derivative(z: Array) -> Array:
    return logistic(z) * logistic(-z)


def _logistic_by_a(a: Array) -> Array:
    return a * (1 - a)


def _tanh_derivative(z: Array) -> Array:
    decay = np.exp(-2 * absolute(z))  # 1/cosh² without overflow
    return 4 * decay / (1 + decay) ** 2


def _tanh_by_a(a: Array) -> Array:
    return 1 - a * a


def relu(z: Array) -> Array:
    """a = max(0, z)."""
    return np.maximum(z, 0)


def _positive(z: Array) -> Array:
    return (z.real > 0).astype(z.dtype)


def leaky_relu(z: Array) -> Array:
    """a = z for z > 0, else 0.01 z."""
    return np.where(z.real > 0, z, LEAKY_SLOPE * z)


def _leaky_derivative(z: Array) -> Array:
    return np.where(z.real > 0, z.dtype.type(1), z.dtype.type(LEAKY_SLOPE))


def elu(z: Array) -> Array:
    """a = z for z > 0, else eᶻ − 1."""
    return np.where(z.real > 0, z, ELU_ALPHA * np.expm1(np.minimum(z, 0)))


def _elu_derivative(z: Array) -> Array:
    return np.where(z.real > 0, z.dtype.type(1), ELU_ALPHA * np.exp(np.minimum(z, 0)))


def _elu_by_a(a: Array) -> Array:
    return np.where(a.real > 0, a.dtype.type(1), a + ELU_ALPHA)


def selu(z: Array) -> Array:
    """a = λ z for z > 0, else λ α (eᶻ − 1), with λ = 1.0507…, α = 1.6732…."""
    return SELU_SCALE * np.where(z.real > 0, z, SELU_ALPHA * np.expm1(np.minimum(z, 0)))


def _selu_derivative(z: Array) -> Array:
    below = SELU_ALPHA * np.exp(np.minimum(z, 0))
    return SELU_SCALE * np.where(z.real > 0, z.dtype.type(1), below)


def _selu_by_a(a: Array) -> Array:
    return np.where(a.real > 0, a.dtype.type(SELU_SCALE), a + SELU_SCALE * SELU_ALPHA)


def gelu(z: Array) -> Array:
    """a = z Φ(z), Φ the standard normal distribution function (the exact form)."""
    from scipy.special import ndtr

    return z * ndtr(z)


def _gelu_derivative(z: Array) -> Array:
    from scipy.special import ndtr

    return ndtr(z) + z * np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)


def silu(z: Array) -> Array:
    """a = z σ(z)."""
    return z * logistic(z)


def _silu_derivative(z: Array) -> Array:
    return logistic(z) * (1 + z * logistic(-z))


def softplus(z: Array) -> Array:
    """a = log(1 + eᶻ)."""
    return np.maximum(z, 0) + np.log1p(np.exp(-absolute(z)))


def _softplus_by_a(a: Array) -> Array:
    return -np.expm1(-a)


def mish(z: Array) -> Array:
    """a = z tanh(log(1 + eᶻ))."""
    return z * np.tanh(softplus(z))


def _mish_derivative(z: Array) -> Array:
    inner = softplus(z)
    return np.tanh(inner) + z * _tanh_derivative(inner) * logistic(z)


def softsign(z: Array) -> Array:
    """a = z / (1 + |z|)."""
    return z / (1 + absolute(z))


def _softsign_derivative(z: Array) -> Array:
    return 1 / (1 + absolute(z)) ** 2


def _softsign_by_a(a: Array) -> Array:
    return (1 - absolute(a)) ** 2


def hard_tanh(z: Array) -> Array:
    """a = min(1, max(−1, z))."""
    return np.minimum(np.maximum(z, -1), 1)


def _inside_one(z: Array) -> Array:
    return (abs(z.real) < 1).astype(z.dtype)


def gaussian(z: Array) -> Array:
    """a = exp(−z²)."""
    return np.exp(-z * z)


def _gaussian_derivative(z: Array) -> Array:
    return z * (-2 * np.exp(-z * z))  # −2z may overflow


def largest_of_rows(z: Array) -> Array:
    """Return the largest z of each row, (rows, 1).

    Short ones are looked for in the transposed copy, as one long row each: along many short rows
    NumPy takes five times as long.
    """
    if z.shape[1] > SHORT:
        return z.real.max(axis=1, keepdims=True)
    return np.ascontiguousarray(z.real.T).max(axis=0)[:, None]


def sums_of_rows(z: Array) -> Array:
    """Return the sum of each row, (rows,); `np.sum` takes twice as long along short rows."""
    return np.einsum("ij->i", z)


def softmax(z: Array) -> Array:
    """a_j = e^{z_j} / Σ_k e^{z_k} of each row, whose largest z is taken off first."""
    a = np.exp(z - largest_of_rows(z))
    a /= sums_of_rows(a)[:, None]
    return a


def _same(a: Array) -> Array:
    return a


# fmt: off
_ROWS = (
    Activation("identity", identity, _one, _one, "z", "1"),
    Activation("logistic", logistic, _logistic_derivative, _logistic_by_a,
               "1/(1 + e^−z)", "a(1 − a)"),
    Activation("tanh", np.tanh, _tanh_derivative, _tanh_by_a, "tanh z", "1 − a²"),
    Activation("relu", relu, _positive, _positive, "max(0, z)", "1 if a > 0 else 0", (0.0,)),
    Activation("leaky_relu", leaky_relu, _leaky_derivative, _leaky_derivative,
               "z if z > 0 else 0.01 z", "1 if a > 0 else 0.01", (0.0,)),
    Activation("elu", elu, _elu_derivative, _elu_by_a,
               "z if z > 0 else e^z − 1", "1 if a > 0 else a + 1"),
    Activation("selu", selu, _selu_derivative, _selu_by_a,
               "λz if z > 0 else λα(e^z − 1)", "λ if a > 0 else a + λα", (0.0,)),
    Activation("gelu", gelu, _gelu_derivative, None, "z Φ(z)", "Φ(z) + z φ(z)"),
    Activation("silu", silu, _silu_derivative, None, "z σ(z)", "σ(z)(1 + z σ(−z))"),
    Activation("mish", mish, _mish_derivative, None,
               "z tanh(log(1 + e^z))", "tanh s + z σ(z)/cosh² s, s = log(1 + e^z)"),
    Activation("softplus", softplus, logistic, _softplus_by_a, "log(1 + e^z)", "1 − e^−a"),
    Activation("softsign", softsign, _softsign_derivative, _softsign_by_a,
               "z/(1 + |z|)", "(1 − |a|)²"),
    Activation("hard_tanh", hard_tanh, _inside_one, _inside_one,
               "min(1, max(−1, z))", "1 if |a| < 1 else 0", (-1.0, 1.0)),
    Activation("gaussian", gaussian, _gaussian_derivative, None, "e^−z²", "−2z e^−z²"),
)
# fmt: on

ACTIVATIONS: dict[str, Activation] = {row.name: row for row in _ROWS}

EXPONENTIAL = Activation("exponential", np.exp, np.exp, _same, "e^z", "a")
"""For the output of a Poisson regression only: as a hidden activation it would overflow."""
