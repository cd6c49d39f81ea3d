"""The networks of an experiment: one a part of a table, each trained when it is asked for."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.random import RandomState

from .callbacks import Epoch
from .chain import Array
from .errors import DivergenceError
from .model import Interruption, Model, train_models
from .observation import Observer
from .preparation import Prepared
from .recipes import Recipe
from .resuming import KeptRun

FEW = 2**21  # numbers of the table's copies that may be there at once, 16 MB


class Progress(Protocol):
    """Who hears how training goes on."""

    def begin(self, label: str, epochs: int) -> None:
        """Start a network, "fold 2 of 5", of so many epochs."""

    def epoch(self, number: int, loss: float) -> None:
        """Finish an epoch, counted from 1, with this mean loss."""


class Trainings:
    """The networks of the parts of a table, each trained when it is asked for, or all together.

    Trained online they cost less together; but then a copy of the rows of each is there at once.
    """

    def __init__(
        self,
        prepared: Prepared,
        recipe: Recipe,
        seed: int,
        progress: Progress,
        parts: dict[str, Array],
        kept: KeptRun | None = None,
        observer: Observer | None = None,
    ) -> None:
        self._prepared, self._recipe, self._seed = prepared, recipe, seed
        self._progress, self._parts = progress, parts
        self._kept, self._observer = kept, observer
        online = recipe.batch_size == 1 and recipe.solver != "lbfgs"
        self._together = online and len(parts) * prepared.encoded.size < FEW
        self._trained: dict[str, tuple[Model, DivergenceError | None]] = {}

    def take(self, label: str) -> tuple[Model, DivergenceError | None]:
        """Return the model of a part, and its error if it diverged."""
        if label not in self._trained:
            self._train([*self._parts] if self._together else [label])
        return self._trained.pop(label)

    def _train(self, labels: list[str]) -> None:
        prepared, recipe, parts = self._prepared, self._recipe, []
        for label in labels:
            # files are often sorted by class, and a recipe may not shuffle
            rows = RandomState(self._seed).permutation(self._parts[label])
            parts.append((prepared.encoded[rows], prepared.y[rows]))
        hear = [partial(self._callbacks, label) for label in labels]
        columns = prepared.features, prepared.target
        try:
            models = train_models(*columns, parts, recipe, self._seed, hear)
        except Interruption as stopped:
            stopped.models = dict(zip(labels, stopped.trained, strict=True))
            raise
        self._trained |= dict(zip(labels, models, strict=True))

    def _callbacks(self, label: str, model: Model) -> list[Any]:
        """Return who hears of the training of a part, who keeps it, and who looks at it."""
        epochs = self._recipe.epochs
        callbacks: list[Any] = [_Heard(label, epochs, self._progress)]
        if self._kept is not None:
            callbacks.append(self._kept.part(label))
        if self._observer is not None:
            data, rows = (self._prepared.encoded, self._prepared.y), self._parts[label]
            others = np.setdiff1d(np.arange(len(data[1])), rows, assume_unique=True)
            callbacks.append(self._observer.watch(label, model, data, (rows, others), epochs))
        return callbacks


@dataclass(frozen=True, slots=True)
class _Heard:
    """Passes the progress of a training on."""

    label: str
    epochs: int
    progress: Progress

    def on_fit_begin(self, _model: Any) -> None:
        self.progress.begin(self.label, self.epochs)

    def on_epoch_end(self, epoch: Epoch) -> None:
        self.progress.epoch(epoch.number, epoch.loss)
