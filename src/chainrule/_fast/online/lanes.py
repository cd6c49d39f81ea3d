"""Epochs of several small networks of one shape at once: folds, or seeds."""

import math
from collections.abc import Sequence
from operator import add

from ...chain import Array
from ...optimizers import Optimizer
from ...training import Gone, Training
from .arrangements import LANES
from .running import Running, shape_of
from .shaped import result_of, time_is_up
from .steps import STATES

LARGEST_ABREAST = 256  # vectors: above, eight abreast are slower than one after the other


def obstacle_abreast(trainings: Sequence[Training], optimizers: Sequence[Optimizer]) -> str:
    """Return why trainings cannot go abreast that have programs, in words; "" if they can."""
    shape, *others = (
        shape_of(*pair, abreast=True) for pair in zip(trainings, optimizers, strict=True)
    )
    if any(other != shape for other in others):
        return "networks of different shapes"
    n = len(trainings[0].parameters.flat) * STATES[shape.rule]
    return "so many parameters" if n > LARGEST_ABREAST else ""


class LaneEpochs:
    """Epochs of trainings that have one shape, eight abreast.

    Their rows and how many there are, weights, orders, learning rates and α may differ; but not
    whether α is 0, nor whether the rows have weights.
    """

    def __init__(self, trainings: Sequence[Training], optimizers: Sequence[Optimizer]) -> None:
        self._trainings = trainings
        shape = shape_of(trainings[0], optimizers[0], abreast=True)
        self._running = Running(shape, trainings, optimizers)

    def __call__(self, epochs: Sequence[tuple[int, Array]]) -> list[Gone]:
        """Take some trainings, by their index, through an epoch in an order of rows, (rows,).

        Return of each what `training.one_epoch` does.
        """
        results: list[Gone] = []
        for first in range(0, len(epochs), LANES):
            chosen, orders = zip(*epochs[first : first + LANES], strict=True)
            results += self._abreast(list(chosen), list(orders))
        return results

    def _abreast(self, chosen: list[int], orders: list[Array]) -> list[Gone]:
        size = self._running.per_call
        found = self._part(chosen, [order[:size] for order in orders])
        while size < max(map(len, orders)):  # longer than a call may take
            for place, index in enumerate(chosen):
                total, seen, _ = found[place]
                if not math.isfinite(total) or (seen and time_is_up(self._trainings[index])):
                    orders[place] = orders[place][:size]
            begin, size = size, size + self._running.per_call
            part = self._part(chosen, [order[begin:size] for order in orders])
            found = [list(map(add, *both)) for both in zip(found, part, strict=True)]
        stops = ["max_time" if time_is_up(self._trainings[index]) else "" for index in chosen]
        return [result_of(row, stop) for row, stop in zip(found, stops, strict=True)]

    def _part(self, chosen: list[int], orders: list[Array]) -> list[list[float]]:
        """Go through some rows; return Σ J, rows seen and rows gone through of each."""
        if not any(map(len, orders)):
            return [[0.0] * 3 for _ in orders]
        parts: list[list[float]] = self._running.run(chosen, orders)[:, : len(chosen)].T.tolist()
        return parts
