"""Why a training stopped, and what is said of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sklearn.exceptions import ConvergenceWarning

LIMITS = ("max_iter", "max_fun", "max_time")


LAST = 10  # epochs that say whether the loss still falls
STEADY = 0.001  # a share of it that is no fall


def warning_of(
    reason: str, settings: Mapping[str, Any], losses: Sequence[float] = ()
) -> tuple[str, type[Warning]] | None:
    """Return what to warn of and the kind of warning; None where training came to its end.

    `losses`: of each epoch.

    >>> warning_of("max_iter", {"max_iter": 5})[0]
    'Training stopped at `max_iter`=5 before it converged; raise it if the loss still falls.'
    """
    if reason in LIMITS:
        return (
            f"Training stopped at `{reason}`={settings[reason]} before it converged; "
            + _course(losses[-LAST:]),
            ConvergenceWarning,
        )
    if reason == "no lower point":
        return (
            "Training stopped before it converged: the line search of L-BFGS found no lower "
            "point. Scale the inputs, raise `tol`, or take a smooth `activation`.",
            ConvergenceWarning,
        )
    if reason == "interrupted":
        return (
            "Training interrupted; the weights are those of the last step (of the best epoch, "
            "where validation rows judge).",
            UserWarning,
        )
    return None


def _course(losses: Sequence[float]) -> str:
    """Say how the loss went last, and what that asks for."""
    if len(losses) < 2:
        return "raise it if the loss still falls."
    first, last = losses[0], losses[-1]
    went = f"from {first:.4g} to {last:.4g} over the last {len(losses)} epochs"
    if last < first * (1 - STEADY):
        return f"the loss still falls, {went}: raise it."
    return f"the loss hardly falls, {went}: raise `tol`, or change the learning rate."
