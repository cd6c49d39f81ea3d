"""Whether a loss has no other terms than one at its predictions and penalties on parameters.

A sum of two losses has the form of either at that one's predictions.  The gradient that reaches
the parameters when nothing passes the predictions is that of all the other terms.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .descent import gradient_of
from .graph import Node
from .pullbacks import gradients
from .reading import Reading

_TOLERANCE = 1e-6


def is_whole(reading: Reading, predictions: Sequence[Node]) -> bool:
    """Whether a loss is a function of its predictions and of penalties c·W² or c·|W| alone."""
    cut = {node.number for node in predictions}
    order = [node for node in reading.forward if node.number not in cut]
    beside = []
    for values in reading.replayed:
        with np.errstate(all="ignore"):
            seeds = reading.candidate.seeds(values)
            beside.append(gradients(seeds, order, values, reading.step.boundary))
    rest, total, weights = (
        np.array([np.concatenate(parts) for parts in rows])
        for rows in (
            [[gradient_of(one, found) for one in reading.step.learned] for found in beside],
            [
                [gradient_of(one, found) for one in reading.step.learned]
                for found in reading.gradients
            ],
            [[one.values(values) for one in reading.step.learned] for values in reading.replayed],
        )
    )
    if np.linalg.norm(rest) <= _TOLERANCE * np.linalg.norm(total):
        return True
    return any(_steady(rest, slope) for slope in (weights, np.sign(weights)))


def _steady(rest: Any, slope: Any) -> bool:
    """Whether each element is a constant times its penalty's slope, W of ½W² or ±1 of |W|.

    The penalty's weight λ may be drawn anew at each replay: a factor of all elements alike.
    """
    with np.errstate(all="ignore"):
        factors = np.where(slope == 0, 0.0, rest / slope)
    sizes = factors @ factors[0] / max(float(factors[0] @ factors[0]), 1e-300)
    error = np.linalg.norm(factors - np.outer(sizes, factors[0]))
    return bool(error <= _TOLERANCE * np.linalg.norm(factors))
