"""Training: epochs and batches over the rows, the history of the loss, and when to stop."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.random import RandomState

from .chain import Array
from .divergence import Guard
from .network import Network, Objective
from .optimizers import Optimizer, minimize_lbfgs
from .parameters import Parameters

OnEpoch = Callable[[int, float], None]
"""Called after each epoch with its number, counted from 1, and the loss."""

LIMITS = {"ITERATIONS": "max_epochs", "EVALUATIONS": "max_evaluations"}
"""A word of SciPy's reason for stopping → the field of Plan that it means."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to go through the rows.

    Attributes:
        max_epochs: at most so many passes over the rows (iterations, for L-BFGS).
        batch_size: rows an update; 1 is online, the number of rows full-batch descent.
        shuffle: draw a new order of the rows before each epoch.
        tol: an epoch improves if its loss is at least this much below the best one before; at 0
            it need only not rise above it.  For L-BFGS: training has converged when no
            derivative is larger than this.
        patience: stop after more than so many epochs without improvement.
        max_evaluations: at most so many evaluations of the objective (L-BFGS only).
    """

    max_epochs: int
    batch_size: int
    shuffle: bool = True
    tol: float = 1e-4
    patience: int = 10
    max_evaluations: int = 15000


@dataclass(slots=True)
class History:
    """What happened: the mean loss of each epoch and why training stopped.

    Attributes:
        converged: whether it stopped because there was nothing left to gain.
        limit: which limit stopped it if not, a field of Plan; "" where L-BFGS found no lower point.
    """

    loss_curve: list[float] = field(default_factory=list)
    n_iter: int = 0
    converged: bool = False
    limit: str = "max_epochs"

    def record(self, loss: float, on_epoch: OnEpoch | None) -> None:
        """Append an epoch's loss and tell whoever listens."""
        self.loss_curve.append(loss)
        self.n_iter += 1
        if on_epoch:
            on_epoch(self.n_iter, loss)

    def cut(self, epochs: int) -> None:
        """Take back the epochs after so many, as their weights are taken back."""
        del self.loss_curve[epochs:]
        self.n_iter = epochs


def descend(
    network: Network,
    parameters: Parameters,
    X: Array,
    target: Array,
    optimizer: Optimizer,
    plan: Plan,
    random: RandomState,
    history: History,
    on_epoch: OnEpoch | None = None,
) -> None:
    """Train in place by one step a batch; rows (n, n_in), targets (n, n_out).

    Raises:
        DivergenceError: if the loss or a weight stops being finite, or the loss runs away;
            `parameters` then hold the last ones whose loss does neither.
    """
    objective = Objective(network, parameters)
    guard = Guard(network, parameters, X, target)
    _require_bounded(guard, history, guard.start_loss, 1)
    order = np.arange(len(X))
    loss, best, without_improvement = guard.start_loss, math.inf, 0
    for _ in range(plan.max_epochs):
        guard.remember(history.n_iter, loss)
        if plan.shuffle:
            # scikit-learn's order: each epoch permutes the one before
            permutation = np.arange(len(X))
            random.shuffle(permutation)
            order = order[permutation]
        loss = _epoch(objective, X, target, order if plan.shuffle else None, optimizer, plan)
        if not np.isfinite(parameters.flat).all():
            loss = math.nan
        _require_bounded(guard, history, loss, history.n_iter + 1)
        history.record(loss, on_epoch)
        without_improvement = without_improvement + 1 if loss > best - plan.tol else 0
        best = min(best, loss)
        if without_improvement > plan.patience:
            history.converged = True
            break
    # each batch's loss is that before its step: the last step has not been seen by any
    _require_bounded(guard, history, guard.loss(), history.n_iter)


def _epoch(
    objective: Objective,
    X: Array,
    target: Array,
    order: Array | None,
    optimizer: Optimizer,
    plan: Plan,
) -> float:
    """Go through the rows once and return their mean loss, each batch's before its step."""
    total = 0.0
    flat = objective.parameters.flat
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for start in range(0, len(X), plan.batch_size):
            rows: slice | Array = slice(start, start + plan.batch_size)
            if order is not None:
                rows = order[rows]
            batch = X[rows]
            loss, gradients = objective.value_and_gradients(batch, target[rows])
            if not math.isfinite(loss):
                return loss
            total += loss * len(batch)
            optimizer.step(flat, gradients.flat)
    return total / len(X)


def descend_lbfgs(
    network: Network,
    parameters: Parameters,
    X: Array,
    target: Array,
    plan: Plan,
    history: History,
    on_epoch: OnEpoch | None = None,
) -> None:
    """Train in place by L-BFGS on all rows at once.

    A start that is the optimum already counts as one iteration, which found its loss.

    Raises:
        DivergenceError: as `descend` does.
    """
    guard = Guard(network, parameters, X, target)
    trial = parameters.copy()
    objective = Objective(network, trial)

    def value_and_gradient(flat: Array) -> tuple[float, Array]:
        trial.flat[:] = flat
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            loss, gradients = objective.value_and_gradients(X, target)
        return loss, gradients.flat.astype(np.float64)

    def on_iteration(_flat: Array, loss: float) -> None:
        history.record(loss, on_epoch)

    slopes = value_and_gradient(parameters.flat)[1]
    start_loss = guard.start_loss if np.isfinite(slopes).all() else math.nan
    _require_bounded(guard, history, start_loss, 1, learning_rate=False)
    message = minimize_lbfgs(
        value_and_gradient,
        parameters.flat,
        max_iter=plan.max_epochs,
        max_fun=plan.max_evaluations,
        tol=plan.tol,
        on_iteration=on_iteration,
    )
    if not history.loss_curve:
        history.record(start_loss, on_epoch)
    history.converged = "CONVERGENCE" in message
    history.limit = next((LIMITS[word] for word in LIMITS if word in message.upper()), "")


def _require_bounded(
    guard: Guard, history: History, loss: float, epoch: int, learning_rate: bool = True
) -> None:
    if not guard.allows(loss):
        kept = guard.go_back()
        history.cut(kept)
        raise guard.error(loss, epoch, kept, learning_rate)
