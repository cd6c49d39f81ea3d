"""Training: epochs and batches over the rows, the history of the loss, and when to stop."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.random import RandomState

from .chain import Array
from .errors import DivergenceError
from .network import Network, Objective
from .optimizers import Optimizer, minimize_lbfgs
from .parameters import Parameters

OnEpoch = Callable[[int, float], None]
"""Called after each epoch with its number, counted from 1, and the loss."""

RUNAWAY = 1e8  # a loss this many times the first one will not come back
UNSCALED = 100.0  # inputs beyond this size make steps that suit scaled inputs far too large


@dataclass(frozen=True, slots=True)
class Plan:
    """How to go through the rows.

    Attributes:
        max_epochs: at most so many passes over the rows (iterations, for L-BFGS).
        batch_size: rows an update; 1 is online, the number of rows full-batch descent.
        shuffle: draw a new order of the rows before each epoch.
        tol: an epoch that lowers the loss by less than this brings no improvement; 0 asks for
            any at all, −∞ for none.
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
    """What happened: the mean loss of each epoch and why training stopped."""

    loss_curve: list[float] = field(default_factory=list)
    n_iter: int = 0
    converged: bool = False

    def record(self, loss: float, on_epoch: OnEpoch | None) -> None:
        """Append an epoch's loss and tell whoever listens."""
        self.loss_curve.append(loss)
        self.n_iter += 1
        if on_epoch:
            on_epoch(self.n_iter, loss)

    def forget_last(self) -> None:
        """Take back the last epoch, as its weights are taken back."""
        self.loss_curve.pop()
        self.n_iter -= 1


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
            `parameters` then hold the last ones whose loss is finite.
    """
    objective = Objective(network, parameters)
    flat = parameters.flat
    order = np.arange(len(X))
    before = flat.copy()
    best, without_improvement = math.inf, 0
    for _ in range(plan.max_epochs):
        earlier, before = before, flat.copy()
        if plan.shuffle:
            # scikit-learn's order: each epoch permutes the one before
            permutation = np.arange(len(X))
            random.shuffle(permutation)
            order = order[permutation]
        loss = _epoch(objective, X, target, order if plan.shuffle else None, optimizer, plan)
        if not np.isfinite(flat).all():
            loss = math.nan
        if _diverged(loss, history.loss_curve):
            epoch = history.n_iter + 1
            flat[:] = before
            if epoch > 1 and not _is_finite(network, parameters, X, target):
                # the last step of the epoch before had already gone too far
                flat[:] = earlier
                history.forget_last()
            raise _divergence(loss, X, epoch)
        history.record(loss, on_epoch)
        without_improvement = without_improvement + 1 if loss > best - plan.tol else 0
        best = min(best, loss)
        if without_improvement > plan.patience:
            history.converged = True
            break


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

    Raises:
        DivergenceError: as `descend` does.
    """
    trial = parameters.copy()
    objective = Objective(network, trial)

    def value_and_gradient(flat: Array) -> tuple[float, Array]:
        trial.flat[:] = flat
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            loss, gradients = objective.value_and_gradients(X, target)
        if not math.isfinite(loss):
            raise _divergence(loss, X, history.n_iter + 1)
        return loss, gradients.flat.astype(np.float64)

    def on_iteration(_flat: Array, loss: float) -> None:
        history.record(loss, on_epoch)

    message = minimize_lbfgs(
        value_and_gradient,
        parameters.flat,
        max_iter=plan.max_epochs,
        max_fun=plan.max_evaluations,
        tol=plan.tol,
        on_iteration=on_iteration,
    )
    history.converged = "CONVERGENCE" in message


def _is_finite(network: Network, parameters: Parameters, X: Array, target: Array) -> bool:
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return math.isfinite(network.objective(parameters, X, target))


def _diverged(loss: float, curve: list[float]) -> bool:
    return not math.isfinite(loss) or bool(curve and loss > RUNAWAY * max(curve[0], 1.0))


def _divergence(loss: float, X: Array, epoch: int) -> DivergenceError:
    largest = float(abs(X).max())
    if largest > UNSCALED:
        reason = f"the inputs are unscaled (they reach {largest:.3g}): scale them, or lower"
    else:
        reason = "the step is too large: lower"
    return DivergenceError(
        f"Training diverged in epoch {epoch}: the loss became {loss:.3g}; {reason} the learning "
        "rate.",
        epoch,
    )
