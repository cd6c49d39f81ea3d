import numpy as np
import pytest

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


def test_lbfgs_finds_the_minimum_in_place() -> None:
    target, flat, losses = np.array([3.0, -2.0]), np.zeros(2), list[float]()

    def value_and_gradient(x: Array) -> tuple[float, Array]:
        return float(((x - target) ** 2).sum()), 2 * (x - target)

    message = minimize_lbfgs(
        value_and_gradient,
        flat,
        max_iter=50,
        max_fun=100,
        tol=1e-10,
        on_iteration=lambda _flat, loss: losses.append(loss),
    )
    np.testing.assert_allclose(flat, target, atol=1e-8)
    assert "CONVERGENCE" in message
    assert losses[-1] < 1e-15
