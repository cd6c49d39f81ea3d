"""Learning-rate schedules of sgd, one row each, as scikit-learn's of the same names.

Adam's steps find their own size: it keeps its learning rate.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .optimizers import SGD, Optimizer

SMALLEST = 1e-6  # an adaptive learning rate at most this large is not lowered again
LOWERED = 5.0  # what it is divided by


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a learning rate changes.

    Attributes:
        after_epoch: (initial rate, power_t, samples seen) → the rate of the next epoch, or None.
        lowers: whether it is lowered where training would have stopped.
    """

    after_epoch: Callable[[float, float, int], float] | None = None
    lowers: bool = False


def _invscaling(initial: float, power_t: float, samples: int) -> float:
    """Return initial / (samples + 1)^power_t, 0 where the power is too large for a number."""
    try:
        return initial / float(samples + 1) ** power_t
    except OverflowError:
        return 0.0


SCHEDULES: dict[str, Schedule] = {
    "constant": Schedule(),
    "invscaling": Schedule(after_epoch=_invscaling),
    "adaptive": Schedule(lowers=True),
}


def next_epoch(name: str, optimizer: Optimizer, initial: float, power_t: float, seen: int) -> None:
    """Set the learning rate for the epoch after so many samples seen."""
    after_epoch = SCHEDULES[name].after_epoch
    if after_epoch and isinstance(optimizer, SGD):
        optimizer.learning_rate = after_epoch(initial, power_t, seen)


def lower(name: str, optimizer: Optimizer) -> bool:
    """Lower the learning rate instead of stopping; return whether it was.

    >>> optimizer = SGD(learning_rate=0.1)
    >>> lower("adaptive", optimizer), optimizer.learning_rate
    (True, 0.02)
    >>> lower("constant", optimizer)
    False
    """
    if not (SCHEDULES[name].lowers and isinstance(optimizer, SGD)):
        return False
    if optimizer.learning_rate <= SMALLEST:
        return False
    optimizer.learning_rate /= LOWERED
    return True
