"""Training by L-BFGS: every iteration sees all rows."""

import math
from collections.abc import Callable

import numpy as np

from .chain import Array
from .network import Network, Objective
from .optimizers import minimize_lbfgs
from .parameters import Parameters
from .training import Training

STOPS = {
    "CONVERGENCE": "converged",
    "ITERATIONS": "max_iter",
    "EVALUATIONS": "max_fun",
}
"""A word of SciPy's reason for stopping → ours; L-BFGS that finds no lower point says none."""


ObjectiveOf = Callable[[Network, Parameters], Objective]
"""Makes J of a network at parameters that change in place: the reference's, or a compiled one."""


def descend_lbfgs(training: Training, objective_of: ObjectiveOf = Objective) -> None:
    """Train in place by L-BFGS; interrupted, the parameters are those of the last iteration.

    Going on from a checkpoint, it begins anew at the last iteration's weights.
    A start that is the optimum already counts as one iteration, which found its loss.

    Raises:
        DivergenceError: if the start has no finite loss or gradient.
    """
    history = training.history
    if history.n_iter == training.plan.max_epochs:
        history.stop_reason = "max_iter"  # kept in a checkpoint before that was noted
    if not training.is_over:
        _descend(training, objective_of)
    training.end()


def _descend(training: Training, objective_of: ObjectiveOf) -> None:
    plan, history, parameters = training.plan, training.history, training.parameters
    rows = (training.X, training.target, training.weight)
    trial = parameters.copy()
    objective = objective_of(training.network, trial)
    begun = history.n_iter + 1

    def value_and_gradient(flat: Array) -> tuple[float, Array]:
        nonlocal begun
        if begun == history.n_iter:  # that iteration was not the last
            begun += 1
            training.listeners.tell("on_epoch_begin", begun)
        training.position.pause()
        trial.flat[:] = flat
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            loss, gradients = objective.value_and_gradients(*rows)
        return loss, gradients.flat.astype(np.float64)

    def on_iteration(_flat: Array, loss: float) -> None:
        stop = _after_iteration(training, loss)
        if stop:
            history.stop_reason = stop
            raise StopIteration

    start = value_and_gradient(parameters.flat)
    history.start_loss = start[0] if history.start_loss is None else history.start_loss
    start_loss = start[0] if np.isfinite(start[1]).all() else math.nan
    training.require_bounded(training.guard(), start_loss, 1)
    training.listeners.tell("on_epoch_begin", begun)
    message = minimize_lbfgs(
        value_and_gradient,
        parameters.flat,
        start,
        max_iter=plan.max_epochs - history.n_iter,
        max_fun=plan.max_evaluations,
        tol=plan.tol,
        on_iteration=on_iteration,
    )
    if not history.n_iter:
        _after_iteration(training, start_loss)
    history.stop_reason = history.stop_reason or _reason(message)


def _reason(message: str) -> str:
    """Return our word for SciPy's reason for stopping."""
    found = (reason for word, reason in STOPS.items() if word in message.upper())
    return next(found, "no lower point")


def _after_iteration(training: Training, loss: float) -> str:
    """Record an iteration; return why to stop, or ""."""
    plan, history = training.plan, training.history
    history.samples += len(training.target)
    if training.ends_epoch(loss, None):
        return "callback"
    if training.seconds > plan.max_seconds:
        return "max_time"
    if plan.judge != "training" and history.without_improvement > plan.patience:
        return "converged"
    return ""
