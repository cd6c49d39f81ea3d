"""Why a training stopped, and what is said of it."""

from collections.abc import Mapping
from typing import Any

from sklearn.exceptions import ConvergenceWarning

LIMITS = ("max_iter", "max_fun", "max_time")


def warning_of(reason: str, settings: Mapping[str, Any]) -> tuple[str, type[Warning]] | None:
    """Return what to warn of and the kind of warning; None where training came to its end.

    >>> warning_of("max_iter", {"max_iter": 5})[0]
    'Training stopped at `max_iter`=5 before it converged; raise it if the loss still falls.'
    """
    if reason in LIMITS:
        return (
            f"Training stopped at `{reason}`={settings[reason]} before it converged; "
            "raise it if the loss still falls.",
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
