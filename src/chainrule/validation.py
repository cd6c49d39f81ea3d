"""What rows that are not trained on say of a network."""

from collections.abc import Callable

import numpy as np

from .chain import Array
from .history import Judgement
from .network import Network, total_weight
from .parameters import Parameters
from .rows import Rows

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
