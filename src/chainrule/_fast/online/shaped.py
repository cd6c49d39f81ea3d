"""Epochs of one small network online: which trainings this is for, and how they go."""

import math
from collections.abc import Sequence
from operator import add

import numpy as np
from scipy.sparse import issparse

from ...activations import ACTIVATIONS as TABLE
from ...chain import Array
from ...links import Dropout
from ...losses import LOSSES as LOSS_TABLE
from ...optimizers import Optimizer
from ...training import Gone, Training
from .arrangements import width_of
from .losses import LOSSES, OVER_UNITS
from .rows import is_made
from .running import Running, rule_of, shape_of
from .steps import STATES, Shape

LARGEST = 512  # vectors of parameters and of what is remembered of them: compiled in 2 seconds

BEGINNING, OF_VECTOR = 0.02, 2.5e-3
"""Seconds that making a program takes, and more for each vector."""

NUMBA = 0.4
"""Seconds that Numba takes to load, whose kernels would train otherwise."""

OF_LAYER = 0.25e-6
"""Seconds that a program saves of the kernels' with each layer of an update, at least."""


def obstacle(training: Training, optimizer: Optimizer, dropout: list[Dropout]) -> str:
    """Return why no program can be made for a training, in words; "" if one can."""
    network, plan, flat = training.network, training.plan, training.parameters.flat
    strange = [a.name for a in network.hidden if TABLE.get(a.name) != a]
    obstacles = {
        "batches of more than one row": min(plan.batch_size, len(training.target)) > 1,
        f"the activation {', '.join(strange)}": strange,
        f"the loss {network.loss.name}": LOSS_TABLE.get(network.loss.name) != network.loss,
        f"{type(optimizer).__name__} steps": not rule_of(optimizer),
        f"numbers of {flat.dtype}": not flat.dtype == training.X.dtype == np.float64,
        "sparse rows": issparse(training.X),
        "dropout": dropout,
        "weight decay": plan.weight_decay,
        "a largest norm of the gradient": math.isfinite(plan.max_grad_norm),
        "a callback after each batch": training.listeners.hears("on_batch_end"),
    }
    for words, stands in obstacles.items():
        if stands:
            return words
    shape = shape_of(training, optimizer, abreast=False)
    if shape.loss not in LOSSES | OVER_UNITS:
        return f"the loss {shape.loss} with a {network.output_activation} output"
    return "so many parameters" if vectors_of(shape) > LARGEST else ""


def seconds_to_make(
    training: Training, optimizer: Optimizer, dropout: list[Dropout]
) -> float | None:
    """Return about how long the program of a training takes to make, 0 if there it is.

    None if it has none, or if kernels are done sooner.  That is a matter of the training alone, so
    that the same engine comes to the same digits again.
    """
    if obstacle(training, optimizer, dropout):
        return None
    shape = shape_of(training, optimizer, abreast=False)
    updates = training.plan.max_epochs * len(training.target)
    seconds = OF_VECTOR * vectors_of(shape)
    if seconds > NUMBA + OF_LAYER * updates * len(shape.activations):
        return None
    return 0 if is_made(shape) else BEGINNING + seconds


def vectors_of(shape: Shape) -> int:
    """Return how many vectors the program of a network by itself works on."""
    vectors = 0
    for n_in, n_out in zip(shape.sizes, shape.sizes[1:], strict=False):
        vectors += (n_in + 1) * math.ceil(n_out / width_of(n_out))
    return vectors * STATES[shape.rule]


class ShapedEpochs:
    """Epochs of one training, each as `training.one_epoch` goes through it."""

    def __init__(self, training: Training, optimizer: Optimizer) -> None:
        self._training = training
        shape = shape_of(training, optimizer, abreast=False)
        self._running = Running(shape, [training], [optimizer])

    def __call__(self, order: Array, epoch: int) -> Gone:  # noqa: ARG002
        """Go through the rows once; return their mean loss, each row's before its step."""
        position = self._training.position
        (gone, seen, total), stop = map(float, position.so_far()), ""
        while gone < len(order) and not stop and math.isfinite(total):
            part = order[int(gone) : int(gone) + self._running.per_call]
            found = self._running.run([0], [part])[:, 0].tolist()
            total, seen, gone = map(add, (total, seen, gone), found)
            stop = "max_time" if seen and time_is_up(self._training) else ""
            position.put(int(gone), seen, total)
            if gone < len(order) and not stop and math.isfinite(total):
                position.pause()
        return result_of((total, seen, gone), stop)


def result_of(found: Sequence[float], stop: str) -> Gone:
    """Return what an epoch does, of Σ J, the rows of weight above 0 and those gone through."""
    total, seen, gone = found
    return (total / seen, int(gone), stop) if math.isfinite(total) else (total, int(gone), "")


def time_is_up(training: Training) -> bool:
    """Whether a training has taken as long as it may."""
    longest = training.plan.max_seconds
    return longest < math.inf and training.seconds > longest
