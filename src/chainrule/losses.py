"""Losses: one record each, the value of a row with its derivative beside it.

A loss compares a row's prediction a with its target y, both (rows, outputs), and gives one number
a row, (rows,).  It is summed over the outputs; only `mean_squared_error` divides by their number k.

Fused losses take the net input z of the output layer instead of a.  They are the composition of an
output activation with a loss, multiplied out, so that neither overflows nor loses digits:

- logistic a = σ(z) with binary cross-entropy ℓ = −y log a − (1 − y) log(1 − a):
  ∂ℓ/∂a = (a − y) / (a(1 − a)) and ∂a/∂z = a(1 − a), hence ∂ℓ/∂z = a − y.
- softmax a_j = e^{z_j}/Σe^{z_k} with categorical cross-entropy ℓ = −Σ_k y_k log a_k:
  ∂ℓ/∂z_j = Σ_k (−y_k/a_k) a_k(δ_jk − a_j) = a_j Σ_k y_k − y_j, which is a_j − y_j where Σy = 1.
- exponential a = eᶻ with Poisson ℓ = a − y log a: ∂ℓ/∂z = (1 − y/a) a = a − y.
- softplus a = log(1 + eᶻ) with Poisson: ∂ℓ/∂z = (1 − y/a) σ(z), near −y where a underflows.

Source of the canonical pairs: McCullagh & Nelder, Generalized Linear Models, 1989, chapter 2.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .activations import (
    absolute,
    largest_of_rows,
    logistic,
    softmax,
    softplus,
    sums_of_rows,
)
from .chain import Array

HUBER_DELTA = 1.0  # where Huber's loss turns from square to absolute; Huber 1964
SOFTPLUS_TAIL = -40.0  # below it log(1 + eᶻ) = σ(z) = eᶻ to the last digit of float64
EXP_ENDS = 1000.0  # beyond it eᶻ is infinite, whatever is taken off


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss of one row, its derivative by the prediction, and both as formulas.

    Attributes:
        name: the name users give.
        value: ℓ(prediction, target), (rows, outputs) twice → (rows,).
        derivative: ∂ℓ/∂prediction, the error signal, (rows, outputs).
        formula: ℓ as text; `derivative_formula` is ∂ℓ/∂a (∂ℓ/∂z for a fused loss).
        outputs: the output activations whose range suits it, the usual one first; () for any,
            and for a fused loss, whose pair says it.
        both: value and derivative in one pass, where they share work; else None.
    """

    name: str
    value: Callable[[Array, Array], Array]
    derivative: Callable[[Array, Array], Array]
    formula: str
    derivative_formula: str
    outputs: tuple[str, ...] = ()
    both: Callable[[Array, Array], tuple[Array, Array]] | None = None


def _half_square(a: Array, y: Array) -> Array:
    return 0.5 * sums_of_rows((a - y) ** 2)


def _difference(a: Array, y: Array) -> Array:
    return a - y


def _square(a: Array, y: Array) -> Array:
    return sums_of_rows((a - y) ** 2)


def _twice_difference(a: Array, y: Array) -> Array:
    return 2 * (a - y)


def _mean_square(a: Array, y: Array) -> Array:
    return _square(a, y) / a.shape[1]


def _mean_square_derivative(a: Array, y: Array) -> Array:
    return 2 * (a - y) / a.shape[1]


def _absolute_error(a: Array, y: Array) -> Array:
    return sums_of_rows(absolute(a - y))


def _sign(a: Array, y: Array) -> Array:
    return np.sign((a - y).real)


def _huber(a: Array, y: Array) -> Array:
    error = a - y
    size = absolute(error)
    linear = HUBER_DELTA * (size - 0.5 * HUBER_DELTA)
    return sums_of_rows(np.where(size.real <= HUBER_DELTA, 0.5 * error**2, linear))


def _huber_derivative(a: Array, y: Array) -> Array:
    return np.clip((a - y).real, -HUBER_DELTA, HUBER_DELTA)


def _ratio(y: Array, a: Array) -> Array:
    """Return y/a, 0 where y is 0, though a may be 0 too."""
    return np.divide(y, a, out=np.zeros_like(a), where=y != 0)


def _poisson(a: Array, y: Array) -> Array:
    from scipy.special import gammaln, xlogy  # only now: it takes longer to load than all else

    return sums_of_rows(a - xlogy(y, a) + gammaln(y + 1))


def _poisson_derivative(a: Array, y: Array) -> Array:
    return 1 - _ratio(y, a)


def _binary(a: Array, y: Array) -> Array:
    from scipy.special import xlogy

    return -sums_of_rows(xlogy(y, a) + xlogy(1 - y, 1 - a))


def _binary_derivative(a: Array, y: Array) -> Array:
    slope = a * (1 - a)
    at_y = (slope == 0) & (a == y)  # a rounded to 0 or 1, where the limit is 1 or −1
    return np.divide(a - y, slope, out=(1 - 2 * y).astype(a.dtype), where=~at_y)


def _categorical(a: Array, y: Array) -> Array:
    from scipy.special import xlogy

    return -sums_of_rows(xlogy(y, a))


def _categorical_derivative(a: Array, y: Array) -> Array:
    return -_ratio(y, a)


def _binary_of_z(z: Array, y: Array) -> Array:
    return sums_of_rows(softplus(z) - y * z)


def _binary_of_z_derivative(z: Array, y: Array) -> Array:
    return logistic(z) - y


def _below_largest(z: Array) -> Array:
    """Return z with the largest of each row taken off, finite: −∞ × 0 is no number."""
    z = z - largest_of_rows(z)
    return np.maximum(z, np.finfo(z.dtype).min, out=z)


def _categorical_of_z(z: Array, y: Array) -> Array:
    z = _below_largest(z)
    return np.log(sums_of_rows(np.exp(z))) * sums_of_rows(y) - np.einsum("ij,ij->i", y, z)


def _categorical_of_z_derivative(z: Array, y: Array) -> Array:
    return softmax(z) * sums_of_rows(y)[:, None] - y


def _categorical_of_z_both(z: Array, y: Array) -> tuple[Array, Array]:
    z = _below_largest(z)
    a = np.exp(z)
    total, share = sums_of_rows(a), sums_of_rows(y)
    value = np.log(total) * share - np.einsum("ij,ij->i", y, z)
    a *= (share / total)[:, None]
    a -= y
    return value, a


def _poisson_of_z(z: Array, y: Array) -> Array:
    from scipy.special import gammaln

    linear = y * np.minimum(z, EXP_ENDS)
    return sums_of_rows(np.exp(z) - linear + gammaln(y + 1))


def _poisson_of_z_derivative(z: Array, y: Array) -> Array:
    return np.exp(z) - y


def _poisson_of_softplus(z: Array, y: Array) -> Array:
    from scipy.special import gammaln

    near = np.maximum(z, SOFTPLUS_TAIL)
    log_a = np.log(softplus(near)) + (z - near)  # in the tail log a is z
    return sums_of_rows(softplus(z) - y * log_a + gammaln(y + 1))


def _poisson_of_softplus_derivative(z: Array, y: Array) -> Array:
    near = np.maximum(z, SOFTPLUS_TAIL)
    return logistic(z) - y * (logistic(near) / softplus(near))


# fmt: off
_ROWS = (
    Loss("half_squared_error", _half_square, _difference, "½ Σ (a − y)²", "a − y"),
    Loss("sum_squared_error", _square, _twice_difference, "Σ (a − y)²", "2(a − y)"),
    Loss("mean_squared_error", _mean_square, _mean_square_derivative,
         "1/k Σ (a − y)²", "2(a − y)/k"),
    Loss("absolute_error", _absolute_error, _sign, "Σ |a − y|", "sign(a − y)"),
    Loss("huber", _huber, _huber_derivative,
         "Σ ½(a − y)² if |a − y| ≤ 1 else |a − y| − ½", "a − y, clipped to ±1"),
    Loss("poisson", _poisson, _poisson_derivative,
         "Σ a − y log a + log y!", "1 − y/a", ("exponential", "softplus")),
    Loss("binary_cross_entropy", _binary, _binary_derivative,
         "−Σ y log a + (1 − y) log(1 − a)", "(a − y)/(a(1 − a))", ("logistic", "softmax")),
    Loss("categorical_cross_entropy", _categorical, _categorical_derivative,
         "−Σ y log a", "−y/a", ("softmax",)),
)
# fmt: on

# Other libraries' names for the same losses; scikit-learn's first.
_ALIASES = {
    "squared_error": "half_squared_error",
    "log_loss": "categorical_cross_entropy",  # MLPClassifier takes the binary one for two classes
    "binary_log_loss": "binary_cross_entropy",
    "softmax_cross_entropy": "categorical_cross_entropy",
}

LOSSES: dict[str, Loss] = {row.name: row for row in _ROWS}
LOSSES |= {alias: LOSSES[name] for alias, name in _ALIASES.items()}

PROBABILISTIC = ("binary_cross_entropy", "categorical_cross_entropy")
"""The losses whose predictions are probabilities of classes."""

FUSED: dict[tuple[str, str], Loss] = {
    ("logistic", "binary_cross_entropy"): Loss(
        "binary_cross_entropy",
        _binary_of_z,
        _binary_of_z_derivative,
        "Σ log(1 + e^z) − y z",
        "a − y",
    ),
    ("softmax", "categorical_cross_entropy"): Loss(
        "categorical_cross_entropy",
        _categorical_of_z,
        _categorical_of_z_derivative,
        "log Σ e^z − Σ y z",
        "a − y",
        both=_categorical_of_z_both,
    ),
    ("exponential", "poisson"): Loss(
        "poisson",
        _poisson_of_z,
        _poisson_of_z_derivative,
        "Σ e^z − y z + log y!",
        "a − y",
    ),
    ("softplus", "poisson"): Loss(
        "poisson",
        _poisson_of_softplus,
        _poisson_of_softplus_derivative,
        "Σ a − y log a + log y!, a = log(1 + e^z)",
        "(1 − y/a) σ(z)",
    ),
}
"""(output activation, loss) → the loss as a function of z."""
