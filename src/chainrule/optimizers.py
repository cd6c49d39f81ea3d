"""Optimizers: how a gradient moves the flat parameter vector.  None of this is the chain rule.

`sgd` and `adam` are steps that training takes once a batch; L-BFGS, by SciPy, is `minimize_lbfgs`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.optimize import OptimizeResult, minimize

from .chain import Array


class Optimizer(Protocol):
    """A rule for one step down the gradient, of a size that `learning_rate` scales."""

    learning_rate: float

    def step(self, flat: Array, gradient: Array) -> None:
        """Change `flat` in place, given ∂J/∂flat."""


@dataclass(slots=True)
class SGD:
    """Gradient descent with momentum (Polyak 1964) or Nesterov's (Sutskever et al. 2013).

    velocity ← momentum × velocity − learning_rate × gradient, then flat ← flat + velocity;
    Nesterov's adds the gradient's part once more from the new velocity.

    >>> flat = np.array([1.0])
    >>> SGD(learning_rate=0.1).step(flat, np.array([2.0]))
    >>> flat
    array([0.8])
    """

    learning_rate: float
    momentum: float = 0.0
    nesterov: bool = False
    velocity: Array | None = None

    def step(self, flat: Array, gradient: Array) -> None:
        """Change `flat` in place, given ∂J/∂flat."""
        descent = self.learning_rate * gradient
        if not self.momentum:
            flat -= descent
            return
        if self.velocity is None:
            self.velocity = np.zeros_like(flat)
        velocity = self.velocity
        velocity *= self.momentum
        velocity -= descent
        if self.nesterov:
            descent -= self.momentum * velocity
            flat -= descent  # at once: interrupted, training leaves no half of a step
        else:
            flat += velocity


@dataclass(slots=True)
class Adam:
    """Steps of even size, by running means of the gradient and of its square (Kingma & Ba 2015).

    mean ← β₁ mean + (1 − β₁) g,  square ← β₂ square + (1 − β₂) g²,
    flat ← flat − learning_rate √(1 − β₂ᵗ)/(1 − β₁ᵗ) × mean / (√square + ε).

    Attributes:
        powers: β₁ᵗ and β₂ᵗ, (2,), where a program multiplies them up step by step, rounding each.
        goes_on: whether a program is to go on from these, once.
    """

    learning_rate: float = 0.001
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    steps: int = 0
    mean: Array | None = None
    square: Array | None = None
    powers: Array | None = None
    goes_on: bool = False

    def step(self, flat: Array, gradient: Array) -> None:
        """Change `flat` in place, given ∂J/∂flat."""
        if self.mean is None or self.square is None:
            self.mean, self.square = np.zeros_like(flat), np.zeros_like(flat)
        mean, square = self.mean, self.square
        self.steps += 1
        mean *= self.beta_1
        mean += (1 - self.beta_1) * gradient
        square *= self.beta_2
        square += (1 - self.beta_2) * gradient * gradient
        correction = np.sqrt(1 - self.beta_2**self.steps) / (1 - self.beta_1**self.steps)
        scaled = np.sqrt(square)
        scaled += self.epsilon
        np.divide(mean, scaled, out=scaled)
        scaled *= float(self.learning_rate * correction)
        flat -= scaled


def clip(gradient: Array, max_norm: float) -> None:
    """Shorten a gradient in place, (n,), so that √Σ g² ≤ max_norm (Pascanu et al. 2013).

    >>> gradient = np.array([3.0, 4.0])
    >>> clip(gradient, 1.0)
    >>> gradient
    array([0.6, 0.8])
    """
    if np.isfinite(max_norm):
        norm = float(np.linalg.norm(gradient))
        if norm > max_norm:
            gradient *= max_norm / norm


def minimize_lbfgs(
    value_and_gradient: Callable[[Array], tuple[float, Array]],
    flat: Array,
    start: tuple[float, Array],
    *,
    max_iter: int,
    max_fun: int,
    tol: float,
    on_iteration: Callable[[Array, float], None],
) -> str:
    """Minimize by L-BFGS (Byrd et al. 1995, SciPy's); `flat` follows iteration by iteration.

    `start` is the value and the gradient at `flat`, both finite.  A trial point without them is
    stepped back from: SciPy's line search would take infinity for convergence, so it is told the
    value of the last point accepted and the opposite gradient, a valley whose bottom lies
    half-way.  `on_iteration` ends it by raising StopIteration.

    Returns SciPy's reason for stopping.
    """
    accepted = latest = start
    known: tuple[float, Array] | None = start  # SciPy asks for the start first

    def evaluate(x: Array) -> tuple[float, Array]:
        nonlocal latest, known
        value, gradient = known or value_and_gradient(x)
        known = None
        if not (np.isfinite(value) and np.isfinite(gradient).all()):
            return accepted[0], -accepted[1]
        latest = value, gradient
        return latest

    def after(intermediate_result: OptimizeResult) -> None:
        nonlocal accepted
        accepted = latest
        flat[:] = intermediate_result.x
        on_iteration(flat, float(intermediate_result.fun))

    result = minimize(
        evaluate,
        flat.astype(np.float64),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": max_iter, "maxfun": max_fun, "gtol": tol},
        callback=after,
    )
    return str(result.message)
