"""What a trained network says of its training, and what that makes one suspect."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.base import clone

from .cases import Case
from .chain import Array
from .construction import batch_rows
from .measurements import (
    LEAST_GAIN,
    MOST_ROWS,
    LayerState,
    constant_loss,
    layer_states,
    network_loss,
)
from .mlp import MLP
from .parameters import Parameters
from .rows import Rows

CLEAR = 0.1  # of what the most frequent class leaves to be gained: a score that tells something
GOOD = 0.5  # of the best constant's loss: a network that is so much better has been trained


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """A trained network on its rows, and where it started.

    Attributes:
        case: the network on some of its rows; `outputs` its predictions of these.
        settings: the estimator's.
        start: the start weights; None where they cannot be drawn again.
        before, after: the layers' states at the start, () if it is not known, and now.
        epochs: of the last fit; `steps` in all of these.
        stop_reason: why it ended.
        loss, constant: over all rows, without the penalty, of the network and of the best
            constant; `start_loss` at the start, over some of them, or else after the first epoch.
        gain: by how much the score is above that of the most frequent class, as a share of what
            it leaves; 0 within chance, or where there are no classes.
    """

    case: Case
    outputs: Array
    settings: Mapping[str, Any]
    start: Parameters | None
    before: tuple[LayerState, ...]
    after: tuple[LayerState, ...]
    epochs: int
    steps: int
    stop_reason: str
    loss: float
    constant: float
    start_loss: float
    gain: float

    @property
    def moves(self) -> bool:
        """Whether the network tells more than a constant does, and learned it in training."""
        fitted = self.loss / self.constant if self.constant else 0.0
        fell = not self.loss > self.start_loss - LEAST_GAIN * self.constant
        better = fitted < 1 - LEAST_GAIN or (fitted < 1 and self.gain > CLEAR)
        return fitted < GOOD or (better and fell)

    @property
    def moved(self) -> float:
        """‖W − W at the start‖ / ‖W at the start‖ of the layer that moved most; nan if unknown."""
        return max(self._ratios(changed=True), default=math.nan)

    @property
    def shrunk(self) -> float:
        """‖W‖ / ‖W at the start‖ of the layer that shrank most; nan if unknown."""
        return min(self._ratios(changed=False), default=math.nan)

    def _ratios(self, changed: bool) -> list[float]:
        """Return the size of each layer's weights, or of their change, by that at the start."""
        if self.start is None:
            return []
        pairs = zip(self.case.parameters.W, self.start.W, strict=True)
        with np.errstate(all="ignore"):
            return [
                float(np.linalg.norm(now - then if changed else now) / np.linalg.norm(then))
                for now, then in pairs
            ]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A cause that the numbers suggest.

    Attributes:
        cause, message, layer: as in `Finding`.
        remedies: changes to try, the gentlest first.
        takes_longer: whether the remedy is to train for longer.
    """

    cause: str
    message: str
    remedies: tuple[dict[str, Any], ...]
    layer: int | None = None
    takes_longer: bool = False


def evidence_of(model: MLP, rows: Rows, names: tuple[str, ...] = ()) -> Evidence:
    """Return what a fitted model and its rows say; the inputs may have names."""
    network, settings = model.network_, model.get_params(deep=False)
    some = rows.spread(MOST_ROWS)
    case = Case(network, model.parameters_, some.X, some.target, some.weight, names)
    start = _start(model, rows)
    outputs = network.predict(model.parameters_, rows.X)
    before: tuple[LayerState, ...] = ()
    start_loss = model.loss_curve_[0] if model.loss_curve_ else math.nan
    if start is not None:
        at_start = replace(case, parameters=start)
        before, start_loss = layer_states(at_start), network_loss(at_start)
    return Evidence(
        case=case,
        outputs=network.predict(model.parameters_, some.X),
        settings=settings,
        start=start,
        before=before,
        after=layer_states(case),
        epochs=model.n_iter_,
        steps=model.n_iter_ * -(-len(rows) // batch_rows(settings, len(rows))),
        stop_reason=model.stop_reason_,
        loss=network_loss(replace(case, X=rows.X, target=rows.target, weight=rows.weight)),
        constant=constant_loss(network.loss, rows.target, rows.weight),
        start_loss=start_loss,
        gain=_gain(model, outputs, rows),
    )


def _start(model: MLP, rows: Rows) -> Parameters | None:
    """Return the start weights, drawn again; None where no seed says which they were."""
    seeded = isinstance(model.random_state, int | np.integer)
    if not seeded and model.start_weights is None:
        return None
    again = clone(model).set_params(callbacks=None)
    return again.build(rows.X, rows.y).parameters_


def _gain(model: MLP, outputs: Array, rows: Rows) -> float:
    if not hasattr(model, "classes_") or rows.y.ndim > 1:
        return 0.0
    weight = np.ones(len(rows)) if rows.weight is None else rows.weight
    shares = [weight[rows.y == label].sum() / weight.sum() for label in model.classes_]
    most = float(max(shares))
    score = model._score_of(outputs, rows.y, rows.weight)
    chance = 2 * math.sqrt(most * (1 - most) / len(rows))
    return (score - most) / (1 - most) if score > most + chance else 0.0
