"""The steps of `optimizers`, as one loop each over the parameters lo … hi − 1 of the flat vector.

α is of the L2 penalty's gradient, added on the way; each step adds Σ W² before it to `squares`.
`settings` are in the parameters' own type of number, as a loop over float32 is slow with others.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..chain import Array
from ..optimizers import SGD, Adam, Optimizer
from .compiled import Numbers


def settings_of(optimizer: Optimizer, dtype: np.dtype[Any]) -> Array:
    """Return what a step takes; RATE_NOW and ALPHA_NOW, the first, are set before each."""
    if isinstance(optimizer, Adam):
        one, two = optimizer.beta_1, optimizer.beta_2
        return np.array([0, 0, one, 1 - one, two, 1 - two, optimizer.epsilon], dtype)
    assert isinstance(optimizer, SGD)
    return np.array([0, 0, optimizer.momentum, optimizer.nesterov], dtype)


def step_of(optimizer: Optimizer) -> Callable[..., None]:
    """Return the loop of an optimizer's step."""
    if isinstance(optimizer, Adam):
        return adam
    assert isinstance(optimizer, SGD)
    return momentum_sgd if optimizer.momentum else sgd


def states_of(optimizer: Optimizer, n: int, dtype: np.dtype[Any]) -> tuple[Array, Array]:
    """Return velocity, or Adam's mean and square, (n,) each, which the optimizer goes on with."""
    none = np.zeros(0, dtype)
    if isinstance(optimizer, Adam):
        if optimizer.mean is None or optimizer.square is None:
            optimizer.mean, optimizer.square = np.zeros(n, dtype), np.zeros(n, dtype)
        return optimizer.mean, optimizer.square
    assert isinstance(optimizer, SGD)
    if optimizer.momentum and optimizer.velocity is None:
        optimizer.velocity = np.zeros(n, dtype)
    return none if optimizer.velocity is None else optimizer.velocity, none


def steps_of(optimizer: Optimizer) -> int:
    """Return how many steps were taken, where that matters to the next."""
    return optimizer.steps if isinstance(optimizer, Adam) else 0


def set_steps(optimizer: Optimizer, steps: int) -> None:
    """Say how many steps were taken."""
    if isinstance(optimizer, Adam):
        optimizer.steps = steps


def sgd(
    flat: Numbers, gradient: Numbers, _first: Numbers, _second: Numbers,
    settings: Numbers, squares: Numbers, lo: int, hi: int,
) -> None:  # fmt: skip
    """flat ← flat − rate × gradient."""
    rate, alpha = settings[0], settings[1]
    total = squares[0]
    for i in range(lo, hi):
        total += flat[i] * flat[i]
        flat[i] -= rate * (gradient[i] + alpha * flat[i])
    squares[0] = total


def momentum_sgd(
    flat: Numbers, gradient: Numbers, velocity: Numbers, _second: Numbers,
    settings: Numbers, squares: Numbers, lo: int, hi: int,
) -> None:  # fmt: skip
    """velocity ← momentum × velocity − rate × gradient; flat ← flat + velocity, or Nesterov's."""
    rate, alpha, momentum, nesterov = settings[0], settings[1], settings[2], settings[3] > 0
    total = squares[0]
    for i in range(lo, hi):
        total += flat[i] * flat[i]
        descent = rate * (gradient[i] + alpha * flat[i])
        speed = momentum * velocity[i] - descent
        velocity[i] = speed
        flat[i] += momentum * speed - descent if nesterov else speed
    squares[0] = total


def adam(
    flat: Numbers, gradient: Numbers, mean: Numbers, square: Numbers,
    settings: Numbers, squares: Numbers, lo: int, hi: int,
) -> None:  # fmt: skip
    """As `optimizers.Adam.step`; the rate is corrected for the number of the step."""
    rate, alpha, epsilon = settings[0], settings[1], settings[6]
    of_mean, of_gradient, of_square, of_new_square = (
        settings[2],
        settings[3],
        settings[4],
        settings[5],
    )
    total = squares[0]
    for i in range(lo, hi):
        total += flat[i] * flat[i]
        g = gradient[i] + alpha * flat[i]
        mean[i] = of_mean * mean[i] + of_gradient * g
        square[i] = of_square * square[i] + of_new_square * g * g
        flat[i] -= rate * (mean[i] / (np.sqrt(square[i]) + epsilon))
    squares[0] = total
