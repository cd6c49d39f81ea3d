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
    for one in reading.step.learned:
        rest = np.array([gradient_of(one, found) for found in beside])
        total = np.array([gradient_of(one, found) for found in reading.gradients])
        if np.linalg.norm(rest) <= _TOLERANCE * np.linalg.norm(total):
            continue
        weights = np.array([one.values(values) for values in reading.replayed])
        if not any(_steady(rest, slope) for slope in (weights, np.sign(weights))):
            return False
    return True


def _steady(rest: Any, slope: Any) -> bool:
    """Whether each element is a constant times its penalty's slope, W of ½W² or ±1 of |W|."""
    with np.errstate(all="ignore"):
        factors = np.where(slope == 0, 0.0, rest / slope)
    return bool(
        np.allclose(factors, factors[0], rtol=_TOLERANCE, atol=_TOLERANCE * np.max(np.abs(factors)))
    )
