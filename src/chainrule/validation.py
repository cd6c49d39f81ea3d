"""What rows that are not trained on say of a network."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .chain import Array
from .errors import InputError
from .history import Judgement
from .network import Network, total_weight
from .parameters import Parameters
from .rows import FEWEST, Rows

Score = Callable[[Array, Array, Array | None], float]
"""The score of outputs (n, n_outputs) for targets as users write them, and weights (n,)."""


def judge(
    network: Network, parameters: Parameters, rows: Rows, score_of: Score
) -> Callable[[], Judgement]:
    """Return what computes the mean loss ℓ, without the penalty, and the score of rows."""
    divisor = total_weight(rows.target, rows.weight)

    def judged() -> Judgement:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            outputs, total = network.predictions_and_loss(
                parameters, rows.X, rows.target, rows.weight
            )
        finite = bool(np.isfinite(outputs).all())
        score = score_of(outputs, rows.y, rows.weight) if finite else np.nan
        return Judgement(total / divisor, score)

    return judged


def given_rows(known_rows: Callable[..., Rows], X: Any, y: Any, weight: Any) -> Rows:
    """Return rows to validate with as `known_rows` makes them of what a user gives.

    Raises:
        InputError: if they cannot be used; the message names `X_val` or `y_val`.
    """
    if X is None or y is None:
        missing = "X_val" if X is None else "y_val"
        raise InputError(f"`{missing}` must be given too: rows to validate with have both.")
    try:
        rows = known_rows(X, y, weight, "sample_weight_val")
    except InputError as error:
        said = str(error).replace("`X`", "`X_val`").replace("`y`", "`y_val`")
        raise InputError(said) from error
    except ValueError as error:
        raise InputError(f"`X_val` and `y_val` cannot be used: {error}") from error
    if len(rows) < FEWEST:
        raise InputError(
            f"`X_val` must have at least {FEWEST} rows, got {len(rows)}: a score of one row "
            "says nothing."
        )
    return rows
