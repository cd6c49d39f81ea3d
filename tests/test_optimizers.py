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


@pytest.mark.parametrize("optimizer", [SGD(0.1), SGD(0.1, 0.9, nesterov=True), Adam(0.1)])
def test_steps_keep_the_precision_and_the_gradient(optimizer: Optimizer) -> None:
    flat, gradient = np.ones(3, np.float32), np.ones(3, np.float32)
    for _ in range(3):
        optimizer.step(flat, gradient)
    assert flat.dtype == np.float32
    assert gradient.tolist() == [1.0, 1.0, 1.0]


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
