from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import autograd.scipy.special as asp
import mpmath
import numpy as np
import pytest
from autograd import grad
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import log_loss

from chainrule.chain import Array, backward, forward
from chainrule.links import LossSum
from chainrule.losses import FUSED, LOSSES
from chainrule.network import OUTPUT_ACTIVATIONS

NAMES = sorted({loss.name for loss in LOSSES.values()})

AUTOGRAD: dict[str, Callable[[Any, Any], Any]] = {
    "half_squared_error": lambda a, y: 0.5 * anp.sum((a - y) ** 2),
    "sum_squared_error": lambda a, y: anp.sum((a - y) ** 2),
    "mean_squared_error": lambda a, y: anp.sum((a - y) ** 2) / a.shape[1],
    "absolute_error": lambda a, y: anp.sum(anp.abs(a - y)),
    "huber": lambda a, y: anp.sum(
        anp.where(anp.abs(a - y) <= 1, 0.5 * (a - y) ** 2, anp.abs(a - y) - 0.5)
    ),
    "poisson": lambda a, y: anp.sum(a - y * anp.log(a) + asp.gammaln(y + 1)),
    "binary_cross_entropy": lambda a, y: -anp.sum(y * anp.log(a) + (1 - y) * anp.log(1 - a)),
    "categorical_cross_entropy": lambda a, y: -anp.sum(y * anp.log(a)),
}


def example(seed: int) -> tuple[Array, Array]:
    random = np.random.default_rng(seed)
    prediction = random.uniform(0.05, 0.95, size=(5, 3))
    return prediction, random.uniform(0.0, 1.0, size=(5, 3))


def test_the_table_holds_the_promised_losses() -> None:
    assert set(NAMES) == set(AUTOGRAD)
    assert LOSSES["squared_error"] is LOSSES["half_squared_error"]


@pytest.mark.parametrize("name", NAMES)
@given(st.integers(0, 2**32 - 1))
def test_value_and_derivative_equal_independent_autodiff(name: str, seed: int) -> None:
    prediction, target = example(seed)
    loss = LOSSES[name]
    assert loss.value(prediction, target).shape == (5,)
    total = AUTOGRAD[name](prediction, target)
    assert loss.value(prediction, target).sum() == pytest.approx(float(total), rel=1e-12)
    np.testing.assert_allclose(
        loss.derivative(prediction, target), grad(AUTOGRAD[name])(prediction, target), rtol=1e-10
    )


@pytest.mark.parametrize("name", NAMES)
def test_derivative_equals_the_complex_step(name: str) -> None:
    prediction, target = example(7)
    loss = LOSSES[name]
    for row, column in np.ndindex(prediction.shape):
        moved = prediction.astype(complex)
        moved[row, column] += 1e-30j
        slope = loss.value(moved, target).sum().imag / 1e-30
        assert loss.derivative(prediction, target)[row, column] == pytest.approx(slope, rel=1e-12)


def test_numbers_worked_by_hand() -> None:
    a, y = np.array([[0.5, 3.0]]), np.array([[1.0, 1.0]])
    assert LOSSES["half_squared_error"].value(a, y).tolist() == [0.5 * (0.25 + 4.0)]
    assert LOSSES["sum_squared_error"].value(a, y).tolist() == [4.25]
    assert LOSSES["mean_squared_error"].value(a, y).tolist() == [2.125]
    assert LOSSES["absolute_error"].value(a, y).tolist() == [2.5]
    assert LOSSES["huber"].value(a, y).tolist() == [0.125 + 1.5]
    assert LOSSES["huber"].derivative(a, y).tolist() == [[-0.5, 1.0]]


@pytest.mark.parametrize("pair", FUSED)
@given(st.integers(0, 2**32 - 1))
def test_fused_equals_the_composition(pair: tuple[str, str], seed: int) -> None:
    """Value and cotangent of z: through one fused link and through output link and loss link."""
    output, name = pair
    random = np.random.default_rng(seed)
    z = random.normal(scale=2.0, size=(4, 3))
    target = np.eye(3)[random.integers(0, 3, 4)]
    if name == "poisson":  # counts, so that log y! is not 0
        target = random.integers(0, 9, (4, 3)).astype(float)
    fused = [LossSum(FUSED[pair], target)]
    composed = [OUTPUT_ACTIVATIONS[output], LossSum(LOSSES[name], target)]
    totals, cotangents = [], []
    for links in (fused, composed):
        total, tape = forward(links, z)
        totals.append(total)
        cotangents.append(backward(links, tape)[0])
    assert totals[0] == pytest.approx(totals[1], rel=1e-12)
    np.testing.assert_allclose(cotangents[0], cotangents[1], rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("pair", FUSED)
def test_fused_derivative_equals_the_complex_step_without_one_hot_targets(
    pair: tuple[str, str],
) -> None:
    random = np.random.default_rng(1)
    z, target = random.normal(size=(1, 4)), random.uniform(size=(1, 4))
    for column in range(4):
        moved = z.astype(complex)
        moved[0, column] += 1e-30j
        slope = FUSED[pair].value(moved, target).sum().imag / 1e-30
        assert FUSED[pair].derivative(z, target)[0, column] == pytest.approx(slope, rel=1e-12)


@pytest.mark.parametrize("pair", [pair for pair in FUSED if FUSED[pair].both])
@given(st.integers(0, 2**32 - 1))
def test_one_pass_gives_value_and_derivative(pair: tuple[str, str], seed: int) -> None:
    loss, random = FUSED[pair], np.random.default_rng(seed)
    z, target = random.normal(scale=5.0, size=(6, 4)), random.uniform(size=(6, 4))
    z[0, 0], z[1] = 1000.0, 0.0
    assert loss.both
    value, derivative = loss.both(z, target)
    np.testing.assert_allclose(value, loss.value(z, target), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(derivative, loss.derivative(z, target), rtol=1e-12, atol=1e-14)
    slope = loss.both(z + 1e-30j * np.eye(6, 4), target)[0].imag / 1e-30
    np.testing.assert_allclose(slope[:4], derivative.diagonal(), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("pair", [pair for pair in FUSED if pair[0] != "exponential"])
def test_fused_cross_entropies_do_not_overflow(pair: tuple[str, str]) -> None:
    z, target = np.array([[1000.0, -1000.0]]), np.array([[0.0, 1.0]])
    with np.errstate(all="raise", under="ignore"):
        assert np.isfinite(FUSED[pair].value(z, target)).all()
        assert np.isfinite(FUSED[pair].derivative(z, target)).all()


def test_cross_entropies_are_scikit_learns_log_loss() -> None:
    random = np.random.default_rng(2)
    a = random.dirichlet(np.ones(3), size=6)
    labels = np.array([0, 1, 2, 2, 1, 0])
    ours = LOSSES["categorical_cross_entropy"].value(a, np.eye(3)[labels]).mean()
    assert ours == pytest.approx(log_loss(labels, a))
    binary = LOSSES["binary_cross_entropy"].value(a[:, :1], (labels == 0)[:, None] * 1.0).mean()
    assert binary == pytest.approx(log_loss(labels == 0, a[:, 0]))


def test_a_certain_and_right_prediction_costs_nothing() -> None:
    a = y = np.array([[1.0, 0.0]])
    assert LOSSES["binary_cross_entropy"].value(a, y).tolist() == [0.0]
    assert LOSSES["categorical_cross_entropy"].value(a, y).tolist() == [0.0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_poisson_of_softplus_is_right_where_its_output_underflows(dtype: type) -> None:
    loss = FUSED["softplus", "poisson"]
    z: Array = np.array([[-1000.0, -1000.0, -41.0, 1000.0]], dtype)
    y: Array = np.array([[0, 3, 3, 3]], dtype)
    with np.errstate(all="raise", under="ignore"):
        slopes, values = loss.derivative(z, y), [loss.value(z[:, [i]], y[:, [i]]) for i in range(4)]
    assert slopes.dtype == dtype
    np.testing.assert_allclose(slopes, [[0, -3, -3, 1 - 3 / 1000]], rtol=1e-6)
    right = [0, 3000 + np.log(6), 123 + np.log(6), 1000 - 3 * np.log(1000) + np.log(6)]
    np.testing.assert_allclose(np.ravel(values), right, rtol=1e-6)


@given(st.floats(-90, 90), st.integers(0, 9))
def test_poisson_of_softplus_at_fifty_digits(z: float, y: int) -> None:
    loss, at, count = FUSED["softplus", "poisson"], np.array([[z]]), np.array([[float(y)]])
    with mpmath.workdps(50):
        a = mpmath.log1p(mpmath.exp(z))
        value = a - y * mpmath.log(a) + mpmath.log(mpmath.factorial(y))
        slope = (1 - y / a) / (1 + mpmath.exp(-z))
        size = a + abs(y * mpmath.log(a)) + mpmath.log(mpmath.factorial(y))
    assert abs(loss.value(at, count)[0] - value) <= 1e-14 * size
    assert abs(loss.derivative(at, count)[0, 0] - slope) <= 1e-14 * (1 + y)
