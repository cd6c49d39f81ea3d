from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import autograd.scipy.special as asp
import mpmath
import numpy as np
import pytest
from autograd import elementwise_grad
from scipy.integrate import quad

from chainrule.activations import ACTIVATIONS, EXPONENTIAL, SELU_ALPHA, SELU_SCALE
from chainrule.chain import Array

NAMES = sorted(ACTIVATIONS)
Z = np.concatenate([np.linspace(-8, 8, 161) + 0.003, [-30.0, 30.0]])


def mp_softplus(z: Any) -> Any:
    return mpmath.log(1 + mpmath.exp(z))


# Each function once more, by its definition, at 50 digits.
EXACT: dict[str, Callable[[Any], Any]] = {
    "identity": lambda z: z,
    "logistic": lambda z: 1 / (1 + mpmath.exp(-z)),
    "tanh": mpmath.tanh,
    "relu": lambda z: max(z, mpmath.mpf(0)),
    "leaky_relu": lambda z: z if z > 0 else mpmath.mpf(0.01) * z,
    "elu": lambda z: z if z > 0 else mpmath.expm1(z),
    "selu": lambda z: (
        mpmath.mpf(SELU_SCALE) * (z if z > 0 else mpmath.mpf(SELU_ALPHA) * mpmath.expm1(z))
    ),
    "gelu": lambda z: z * mpmath.ncdf(z),
    "silu": lambda z: z / (1 + mpmath.exp(-z)),
    "mish": lambda z: z * mpmath.tanh(mp_softplus(z)),
    "softplus": mp_softplus,
    "softsign": lambda z: z / (1 + abs(z)),
    "hard_tanh": lambda z: max(mpmath.mpf(-1), min(mpmath.mpf(1), z)),
    "gaussian": lambda z: mpmath.exp(-z * z),
}

# And once more for an independent automatic differentiation.
AUTOGRAD: dict[str, Callable[[Any], Any]] = {
    "identity": lambda z: z * 1.0,
    "logistic": asp.expit,
    "tanh": anp.tanh,
    "relu": lambda z: anp.maximum(z, 0.0),
    "leaky_relu": lambda z: anp.where(z > 0, z, 0.01 * z),
    "elu": lambda z: anp.where(z > 0, z, anp.expm1(anp.minimum(z, 0.0))),
    "selu": lambda z: SELU_SCALE * anp.where(z > 0, z, SELU_ALPHA * anp.expm1(anp.minimum(z, 0.0))),
    "gelu": lambda z: z * 0.5 * (1 + asp.erf(z / anp.sqrt(2.0))),
    "silu": lambda z: z * asp.expit(z),
    "mish": lambda z: z * anp.tanh(anp.logaddexp(z, 0.0)),
    "softplus": lambda z: anp.logaddexp(z, 0.0),
    "softsign": lambda z: z / (1 + anp.abs(z)),
    "hard_tanh": lambda z: anp.clip(z, -1.0, 1.0),
    "gaussian": lambda z: anp.exp(-(z**2)),
}


def test_the_table_holds_the_promised_activations() -> None:
    assert set(NAMES) == set(EXACT) == set(AUTOGRAD)
    assert all(ACTIVATIONS[name].name == name for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_values_and_derivatives_equal_fifty_digit_arithmetic(name: str) -> None:
    activation = ACTIVATIONS[name]
    with mpmath.workdps(50):
        values = [float(EXACT[name](mpmath.mpf(z))) for z in Z]
        slopes = [float(mpmath.diff(EXACT[name], mpmath.mpf(z))) for z in Z]
    np.testing.assert_allclose(activation.value(Z), values, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(activation.derivative(Z), slopes, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", NAMES)
def test_derivative_equals_the_complex_step(name: str) -> None:
    activation = ACTIVATIONS[name]
    step = activation.value(Z + 1e-30j)
    np.testing.assert_allclose(step.real, activation.value(Z), rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(step.imag / 1e-30, activation.derivative(Z), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", NAMES)
def test_derivative_equals_independent_autodiff(name: str) -> None:
    np.testing.assert_allclose(
        ACTIVATIONS[name].derivative(Z),
        elementwise_grad(AUTOGRAD[name])(Z),
        rtol=1e-11,
        atol=1e-14,
    )


@pytest.mark.parametrize("name", [n for n in NAMES if ACTIVATIONS[n].derivative_by_a])
def test_derivative_in_a_equals_derivative_in_z(name: str) -> None:
    activation = ACTIVATIONS[name]
    assert activation.derivative_by_a is not None
    by_a = activation.derivative_by_a(activation.value(Z))
    np.testing.assert_allclose(by_a, activation.derivative(Z), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_nothing_overflows_over_plus_minus_a_thousand(name: str, dtype: type) -> None:
    activation = ACTIVATIONS[name]
    z: Array = np.linspace(-1000, 1000, 4001).astype(dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        a = activation.value(z)
        results = [a, activation.derivative(z)]
        if activation.derivative_by_a:
            results.append(activation.derivative_by_a(a))
    for result in results:
        assert np.isfinite(result).all()
        assert result.dtype == dtype
        assert result.shape == z.shape


@pytest.mark.parametrize("name", [n for n in NAMES if ACTIVATIONS[n].kinks])
def test_at_a_kink_the_derivative_is_one_of_the_two_slopes(name: str) -> None:
    activation = ACTIVATIONS[name]
    for kink in activation.kinks:
        left, at, right = activation.derivative(np.array([kink - 1e-9, kink, kink + 1e-9]))
        assert left != pytest.approx(right, abs=1e-3)
        assert at in (pytest.approx(left), pytest.approx(right))


def test_exponential_is_its_own_derivative() -> None:
    a = EXPONENTIAL.value(Z)
    assert EXPONENTIAL.derivative_by_a is not None
    np.testing.assert_array_equal(EXPONENTIAL.derivative_by_a(a), a)
    np.testing.assert_array_equal(EXPONENTIAL.derivative(Z), a)


def test_selus_constants_are_the_fixed_point_of_mean_0_and_variance_1() -> None:
    """Klambauer et al. 2017, equation 14: for normal z, selu(z) has mean 0 and variance 1."""
    assert (
        pytest.approx(
            -mpmath.sqrt(2 / mpmath.pi) / (mpmath.erfc(1 / mpmath.sqrt(2)) * mpmath.exp(0.5) - 1),
            rel=1e-14,
        )
        == SELU_ALPHA
    )
    selu = ACTIVATIONS["selu"].value

    def moment(power: int) -> float:
        def weighted(z: float) -> float:
            return float(selu(np.array([z]))[0]) ** power * np.exp(-z * z / 2)

        return sum(quad(weighted, *ends)[0] for ends in ((-12, 0), (0, 12))) / np.sqrt(2 * np.pi)

    assert moment(1) == pytest.approx(0.0, abs=1e-12)
    assert moment(2) == pytest.approx(1.0, abs=1e-12)
