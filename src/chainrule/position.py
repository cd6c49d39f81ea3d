"""Where a training stands between two batches, and who may stop or keep it there."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.random import RandomState

from .chain import Array
from .divergence import Guard


class Keeper(Protocol):
    """Who keeps a training in a checkpoint, or stops it, where nothing is half done."""

    def while_training(self) -> AbstractContextManager[None]:
        """Be there while the block trains."""

    @property
    def look(self) -> Callable[[], None]:
        """What is called between two batches: it raises KeyboardInterrupt to end the training.

        Of trainings that one keeper has together it is the same function.
        """

    def at_end(self) -> None:
        """Note that the training has come to its end, before the best weights are put back."""


@dataclass(slots=True, eq=False)
class Position:
    """What a training's next batch follows from, beside weights, history and optimizer.

    Attributes:
        order: the rows as the epoch goes through them, (rows,); None before the first.
        under_way: whether an epoch has begun, and its order is drawn, that has not ended.
        gone, seen, total: of that epoch: rows gone through, those in batches of a weight above 0,
            and Σ of their losses.
        loss: the mean loss of the last epoch that ended, before the first that of the start.
        guard: holds the training in bounds; None before it began.
        remembered: what the guard is to remember: the start's weights, then the epochs and the
            weights that can be gone back to.
        seconds: that the training has taken in processes before this one.
        resumed: whether it goes on from a checkpoint.
        abreast: whether others go with it in lockstep, so that it stops with them only.
    """

    order: Array | None = None
    under_way: bool = False
    gone: int = 0
    seen: float = 0
    total: float = 0.0
    loss: float = 0.0
    guard: Guard | None = None
    remembered: tuple[Array, Sequence[tuple[int, Array]]] | None = None
    seconds: float = 0.0
    resumed: bool = False
    abreast: bool = False
    keeper: Keeper | None = field(default=None, repr=False)

    def begin_epoch(self, n_rows: int, random: RandomState | None) -> Array:
        """Return the order of the epoch's rows, drawn anew unless it has begun already."""
        if self.order is None:
            self.order = np.arange(n_rows)
        if not self.under_way and random is not None:
            # scikit-learn's order: each epoch permutes the one before
            permutation = np.arange(len(self.order))
            random.shuffle(permutation)
            self.order = self.order[permutation]
        self.under_way = True
        return self.order

    def so_far(self) -> tuple[int, float, float]:
        """Return how far the epoch under way is, as `put` takes it; 0 where none is."""
        return (self.gone, self.seen, self.total) if self.under_way else (0, 0, 0.0)

    def put(self, gone: int, seen: float, total: float) -> None:
        """Note how far the epoch is."""
        self.gone, self.seen, self.total = gone, seen, total

    def end_epoch(self, loss: float) -> None:
        """Note that it has ended."""
        self.under_way, self.loss = False, loss
        self.put(0, 0, 0.0)

    def pause(self) -> None:
        """Let the keeper look, where there is one and the training is not one of several."""
        if self.keeper is not None and not self.abreast:
            self.keeper.look()
