"""Epochs of several small networks of one shape at once: folds, or seeds."""

import math
from collections.abc import Mapping, Sequence
from operator import add

from ...chain import Array
from ...links import Dropout
from ...optimizers import Optimizer
from ...training import Gone, Training
from .arrangements import LANES
from .running import Running, rule_of, shape_of
from .shaped import ShapedEpochs, obstacle, result_of, time_is_up
from .steps import STATES, Shape

LARGEST_ABREAST = 256  # vectors: above, eight abreast are slower than one after the other
OF_ONE = {"sgd": 3.5, "momentum": 3.5, "nesterov": 3.5, "adam": 5.5}
"""A step of eight takes at most as long as so many of one; roots and divisions go slowly."""


def grouped(
    begun: Mapping[int, tuple[Training, Optimizer | None, list[Dropout]]],
) -> list[list[int]]:
    """Return trainings that are done sooner abreast than in turn, by their keys; others alone."""
    alike: dict[Shape, list[int]] = {}
    groups = []
    for key, (training, optimizer, dropout) in begun.items():
        shape = optimizer and shape_abreast(training, optimizer, dropout)
        if shape:
            alike.setdefault(shape, []).append(key)
        else:
            groups.append([key])
    for shape, keys in alike.items():
        for first in range(0, len(keys), LANES):
            group = keys[first : first + LANES]
            sooner = pays(shape.rule, [len(begun[key][0].target) for key in group])
            groups += [group] if sooner else [[key] for key in group]
    return groups


def shape_abreast(training: Training, optimizer: Optimizer, dropout: list[Dropout]) -> Shape | None:
    """Return what trainings must have in common to go abreast; None for one that cannot."""
    if obstacle(training, optimizer, dropout):
        return None
    shape = shape_of(training, optimizer, abreast=True)
    large = len(training.parameters.flat) * STATES[shape.rule] > LARGEST_ABREAST
    return None if large else shape


def pays(rule: str, lengths: Sequence[int]) -> bool:
    """Whether trainings through so many rows are done sooner abreast than in turn."""
    return sum(lengths) >= OF_ONE[rule] * max(lengths, default=1)


class LaneEpochs:
    """Epochs of trainings that have one shape, up to eight, abreast.

    Their rows and how many there are, weights, orders, learning rates and α may differ; but not
    whether α is 0, nor whether the rows have weights.
    """

    def __init__(self, trainings: Sequence[Training], optimizers: Sequence[Optimizer]) -> None:
        self._trainings, self._optimizers = trainings, optimizers
        shape = shape_of(trainings[0], optimizers[0], abreast=True)
        self._running = Running(shape, trainings, optimizers)
        self._alone: dict[int, ShapedEpochs] = {}

    def __call__(self, epochs: Sequence[tuple[int, Array]]) -> list[Gone]:
        """Take some trainings, by their index, through an epoch in an order of rows, (rows,).

        Return of each what `training.one_epoch` does.
        """
        chosen, orders = [index for index, _ in epochs], [order for _, order in epochs]
        if pays(rule_of(self._optimizers[0]), list(map(len, orders))):
            self._alone.clear()  # each would go on with what it knows of its last step
            return self._abreast(chosen, orders)
        return [self._by_itself(index)(order, 0) for index, order in epochs]

    def _by_itself(self, index: int) -> ShapedEpochs:
        """Return the epochs of one of the last, which are done sooner in turn."""
        if index not in self._alone:
            self._alone[index] = ShapedEpochs(self._trainings[index], self._optimizers[index])
        return self._alone[index]

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
