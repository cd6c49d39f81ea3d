"""Looking at trainings as they go: losses and scores of rows, the gradient of each layer.

Nothing of a training changes by it: the weights are read, never written, and no random number is
drawn.  On large tables some of the rows are looked at, of long trainings some of the epochs.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from .callbacks import Epoch
from .cases import Case
from .chain import Array
from .measurements import MOST_ROWS
from .model import Model
from .observed import Curve, SeenEpoch
from .parameters import Parameters

MOST_EPOCHS = 250
"""Epochs of a training that are looked at, about evenly; a chart shows no more."""

Data = tuple[Array, Array]
"""Rows before scaling, (rows, n_inputs), and their targets, (rows,)."""


class Journal(Protocol):
    """Who is told of each epoch at once."""

    def begin(self, label: str) -> None:
        """A training begins."""

    def epoch(self, label: str, seen: SeenEpoch) -> None:
        """One of its epochs is over."""

    def end(self, label: str) -> None:
        """It is over."""


class Observer:
    """Keeps the curves of trainings, and tells journals of each epoch."""

    def __init__(self, journals: Sequence[Journal] = ()) -> None:
        self._journals = journals
        self._watches: list[Watch] = []

    def watch(
        self, label: str, model: Model, data: Data, parts: tuple[Array, Array], epochs: int
    ) -> "Watch":
        """Return the callback that looks at a training of so many epochs.

        `parts` are the places, in the data, of the rows trained on and of those held out.
        """
        n_rows, n_held_out = map(len, parts)
        looked_at = [_evenly(part) for part in parts]
        curve = Curve(label, n_rows, n_held_out, len(looked_at[0]), len(looked_at[1]), ())
        rows = [(data[0][some], data[1][some]) for some in looked_at]
        watch = Watch(curve, model, rows, math.ceil(epochs / MOST_EPOCHS), self._journals)
        self._watches.append(watch)
        return watch

    @property
    def curves(self) -> tuple[Curve, ...]:
        """What was seen of each training."""
        return tuple(watch.curve() for watch in self._watches)


class Watch:
    """A callback of one training."""

    def __init__(
        self,
        curve: Curve,
        model: Model,
        rows: Sequence[Data],
        stride: int,
        journals: Sequence[Journal],
    ) -> None:
        self._curve, self._model, self._rows = curve, model, rows
        self._stride, self._journals = stride, journals
        self._cases: list[Case] = []
        self._epochs: list[SeenEpoch] = []
        self._before = np.empty(0)

    def on_fit_begin(self, _estimator: Any) -> None:
        """Scale the rows as the training's, and keep the weights it starts from."""
        kept = self._model.kept
        network = replace(kept.network, alpha=0.0)  # the loss of the rows alone
        self._cases = [replace(kept.case(*part), network=network) for part in self._rows]
        self._before = self._parameters.flat.copy()
        for journal in self._journals:
            journal.begin(self._curve.label)

    def on_epoch_end(self, epoch: Epoch) -> None:
        """Look at the weights after an epoch."""
        left = self._model.estimator.max_iter - epoch.number
        looked = left == 0 or (epoch.number - 1) % self._stride == 0
        seen = SeenEpoch(epoch.number, epoch.loss, epoch.learning_rate, epoch.seconds)
        if looked:
            with np.errstate(all="ignore"):  # a training may run away
                seen = self._looked_at(seen)
        if left == 1 or epoch.number % self._stride == 0:  # the next one is looked at
            self._before = self._parameters.flat.copy()
        self._epochs.append(seen)
        for journal in self._journals:
            journal.epoch(self._curve.label, seen)

    def on_fit_end(self, _estimator: Any) -> None:
        """Say that it is over, and let go of the rows."""
        self._cases, self._rows = [], []
        for journal in self._journals:
            journal.end(self._curve.label)

    def curve(self) -> Curve:
        """Return the epochs so far."""
        return replace(self._curve, epochs=tuple(self._epochs))

    @property
    def _parameters(self) -> Parameters:
        parameters: Parameters = self._model.estimator.parameters_
        return parameters

    def _looked_at(self, seen: SeenEpoch) -> SeenEpoch:
        trained, held_out = (replace(case, parameters=self._parameters) for case in self._cases)
        of_trained, of_held_out = map(self._judged, (trained, held_out), (y for _, y in self._rows))
        return replace(
            seen,
            training_loss=of_trained[0],
            training_score=of_trained[1],
            held_out_loss=of_held_out[0],
            held_out_score=of_held_out[1],
            gradient_norms=tuple(float(np.linalg.norm(dW)) for dW in trained.gradients().dW),
            update_ratios=self._ratios(),
        )

    def _judged(self, case: Case, y: Array) -> tuple[float | None, float | None]:
        """Return the mean loss of rows, and their score; scikit-learn's takes far longer."""
        if not len(y):
            return None, None
        outputs, total = case.network.predictions_and_loss(
            case.parameters, case.X, case.target, None
        )
        if not np.isfinite(outputs).all():
            return total / len(y), None
        estimator = self._model.estimator
        if self._model.target.classes is not None:
            return total / len(y), float((estimator._classes_of(outputs) == y).mean())
        errors = np.square(outputs - case.target).sum()
        spread = np.square(case.target - case.target.mean()).sum()
        return total / len(y), float(1 - errors / spread) if spread else None

    def _ratios(self) -> tuple[float, ...]:
        """Return ‖ΔW‖ / ‖W‖ of each layer since the epoch before."""
        before = Parameters.of(self._before, self._parameters.layer_sizes)
        return tuple(
            float(np.linalg.norm(W - start) / np.linalg.norm(W))
            for W, start in zip(self._parameters.W, before.W, strict=True)
        )


def _evenly(places: Array) -> Array:
    """Return at most MOST_ROWS of the places, spread evenly: tables are often sorted."""
    some = np.linspace(0, len(places) - 1, min(len(places), MOST_ROWS))
    return places[some.round().astype(int)]
