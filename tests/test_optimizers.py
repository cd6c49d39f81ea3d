from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from scipy.optimize import rosen, rosen_der

from chainrule.chain import Array
from chainrule.optimizers import SGD, Adam, Optimizer, minimize_lbfgs


def path(optimizer: Optimizer, gradients: list[float]) -> list[float]:
    flat, seen = np.array([1.0]), []
    for gradient in gradients:
        optimizer.step(flat, np.array([gradient]))
        seen.append(float(flat[0]))
    return seen


def test_plain_descent_by_hand() -> None:
    assert path(SGD(0.1), [2.0, -1.0]) == pytest.approx([0.8, 0.9])


def test_momentum_by_hand() -> None:
    # velocity −0.2, then 0.5·(−0.2) − 0.1 = −0.2
    assert path(SGD(0.1, momentum=0.5), [2.0, 1.0]) == pytest.approx([0.8, 0.6])


def test_nesterov_by_hand() -> None:
    # velocity −0.2: step 0.5·(−0.2) − 0.2 = −0.3; velocity −0.2: step −0.1 − 0.1 = −0.2
    assert path(SGD(0.1, 0.5, nesterov=True), [2.0, 1.0]) == pytest.approx([0.7, 0.5])


def test_adam_by_hand() -> None:
    # the first step is the learning rate itself, whatever the gradient's size
    assert path(Adam(0.1), [1e3])[0] == pytest.approx(0.9)
    assert path(Adam(0.1), [10.0])[0] == pytest.approx(0.9)
    mean, square = 0.9 * 0.1 * 2 + 0.1 * 1, 0.999 * 0.001 * 4 + 0.001 * 1
    second = 0.1 * np.sqrt(1 - 0.999**2) / (1 - 0.9**2) * mean / (np.sqrt(square) + 1e-8)
    assert path(Adam(0.1), [2.0, 1.0])[1] == pytest.approx(0.9 - second)


@pytest.mark.parametrize(
    ("optimizer", "n_kept"), [(SGD(0.1), 0), (SGD(0.1, 0.9, nesterov=True), 1), (Adam(0.1), 2)]
)
def test_steps_keep_the_precision_and_the_gradient(optimizer: Any, n_kept: int) -> None:
    flat, gradient = np.ones(3, np.float32), np.ones(3, np.float32)
    for _ in range(3):
        optimizer.step(flat, gradient)
    assert gradient.tolist() == [1.0, 1.0, 1.0]
    # `flat` changes in place: only what an optimizer keeps could be of another precision
    state = [getattr(optimizer, field.name) for field in fields(optimizer)]
    assert [kept.dtype for kept in state if isinstance(kept, np.ndarray)] == [np.float32] * n_kept


def run_lbfgs(flat: Array, **limits: Any) -> tuple[str, list[float], int]:
    """Minimize Rosenbrock's function; return the reason, the losses and the evaluations."""
    losses, evaluations = list[float](), 0

    def value_and_gradient(x: Array) -> tuple[float, Array]:
        nonlocal evaluations
        evaluations += 1
        return float(rosen(x)), rosen_der(x)

    settings = {"max_iter": 200, "max_fun": 500, "tol": 1e-9} | limits
    message = minimize_lbfgs(
        value_and_gradient,
        flat,
        value_and_gradient(flat),
        on_iteration=lambda _flat, loss: losses.append(loss),
        **settings,
    )
    return message, losses, evaluations


def test_lbfgs_finds_the_minimum_in_place() -> None:
    flat = np.zeros(4)
    message, losses, _ = run_lbfgs(flat)
    np.testing.assert_allclose(flat, 1.0, atol=1e-5)
    assert "CONVERGENCE" in message
    assert losses[-1] == pytest.approx(rosen(flat), abs=1e-15)


def test_lbfgs_keeps_to_its_limits() -> None:
    message, losses, _ = run_lbfgs(np.zeros(4), max_iter=3)
    assert len(losses) == 3
    assert "CONVERGENCE" not in message
    assert run_lbfgs(np.zeros(4), max_fun=5)[2] < 10
    lax, strict = (len(run_lbfgs(np.zeros(4), tol=tol)[1]) for tol in (1.0, 1e-9))
    assert lax < strict


def test_lbfgs_does_not_evaluate_the_start_again() -> None:
    start, points = np.array([-1.0, 2.0]), list[Array]()

    def value_and_gradient(x: Array) -> tuple[float, Array]:
        points.append(x.copy())
        return float(rosen(x)), rosen_der(x)

    known = float(rosen(start)), rosen_der(start)
    flat = start.copy()
    minimize_lbfgs(
        value_and_gradient,
        flat,
        known,
        max_iter=200,
        max_fun=500,
        tol=1e-9,
        on_iteration=lambda _flat, _loss: None,
    )
    np.testing.assert_allclose(flat, 1.0, atol=1e-5)
    assert not any(np.array_equal(point, start) for point in points)


@pytest.mark.parametrize("beyond", [np.inf, np.nan])
@pytest.mark.parametrize("wall", [0.9, 0.31, 0.3 + 1e-7])
def test_lbfgs_steps_back_from_where_there_is_no_value(beyond: float, wall: float) -> None:
    """The first step goes to 1, beyond the wall; the minimum is at 0.3."""
    losses = list[float]()

    def steep(x: Array) -> tuple[float, Array]:
        if x[0] > wall:
            return beyond, np.full(2, np.nan)
        return 50 * (x[0] - 0.3) ** 2 + x[1] ** 2, np.array([100 * (x[0] - 0.3), 2 * x[1]])

    flat = np.array([0.0, 0.0])
    message = minimize_lbfgs(
        steep,
        flat,
        steep(flat),
        max_iter=50,
        max_fun=100,
        tol=1e-9,
        on_iteration=lambda _flat, loss: losses.append(loss),
    )
    np.testing.assert_allclose(flat, [0.3, 0.0], atol=1e-9)
    assert "CONVERGENCE" in message
    assert np.isfinite(losses).all()
