"""Short trainings with settings changed, beside one without: what would training come to then?

All else is the same: the rows, the seed, the number of epochs.  Where there are rows enough, some
are kept out, since a network may fit those it is trained on whatever their targets are.
"""

import math
import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import clone
from sklearn.preprocessing import StandardScaler

from .cases import Case
from .chain import Array
from .construction import batch_rows
from .errors import DivergenceError
from .measurements import LEAST_GAIN, MOST_ROWS, constant_loss, mean_loss, network_loss
from .mlp import MLP
from .parameters import count
from .rows import Rows

ENOUGH = 24  # different rows: of fewer, each is needed to train on
HELD = 4  # one row in so many is kept out
WORK = 6e8  # of a trial, in multiply-adds: half a second
OF_STEP = 1e5  # what a step takes beside the multiply-adds of its rows
NEIGHBOURS = 10
OF_ROWS = ("scale", "target_scale")  # changes to the rows, not to the estimator


@dataclass(frozen=True, slots=True)
class Result:
    """What a trial came to.

    Attributes:
        loss: of the rows trained on, without the penalty.
        fitted: the same as a share of the best constant's; `held` of the rows kept out.
        n_held: how many these are; 0 where there are none, and `held` is `fitted`.
    """

    epochs: int
    loss: float
    fitted: float
    held: float
    n_held: int

    def beats(self, other: "Result") -> bool:
        """Whether this is better than another result and than a constant, beyond chance."""
        chance = 1 / math.sqrt(self.n_held) if self.n_held else 0.0
        fits = self.fitted < min(other.fitted, 1.0) - LEAST_GAIN
        return fits and self.held < min(other.held, 1.0) - max(LEAST_GAIN, chance)


class Trials:
    """Trials with the settings of a fitted model, on rows of its training."""

    def __init__(self, model: MLP, rows: Rows) -> None:
        self.model = model
        self.every = rows.spread(MOST_ROWS)
        self.trained, self.held = _parted(self.every, hasattr(model, "classes_"))
        self._results: dict[str, Result | None] = {}
        # a network of fewer classes has other outputs
        self.possible = self.trained.target.any(axis=0).all() or not hasattr(model, "classes_")

    @property
    def n_held(self) -> int:
        """How many rows are kept out."""
        return 0 if self.held is self.trained else len(self.held)

    def epochs(self, times: float = 1.0) -> int:
        """Return how many epochs take so many times the work that a trial may be."""
        n_rows, settings = len(self.trained), self.model.get_params(deep=False)
        steps = -(-n_rows // batch_rows(settings, n_rows))
        of_epoch = steps * OF_STEP + n_rows * count(self.model.network_.layer_sizes)
        return max(int(times * WORK / of_epoch), 1)

    def result(self, changes: Mapping[str, Any]) -> Result | None:
        """Return what training with these changes comes to; None where they cannot be used."""
        key = repr(sorted(changes.items()))
        if key not in self._results and not self.possible:
            self._results[key] = None
        if key not in self._results:
            try:
                self._results[key] = self._trained(changes)
            except ValueError:  # of an activation, say, that does not suit the loss
                self._results[key] = None
        return self._results[key]

    def stay_stuck(self, changes: Mapping[str, Any]) -> None:
        """Keep no rows out where a training without them moves: then it is stuck by ill luck."""
        result = self.result(changes)
        if result and result.fitted < 1 - LEAST_GAIN:
            self.trained = self.held = self.every
            self._results.clear()

    @property
    def tried(self) -> list[Result]:
        """What all trials came to so far."""
        return [result for result in self._results.values() if result]

    def of_neighbours(self) -> float:
        """Return Σ (a − y)² of rows kept out, each predicted by the rows nearest to it.

        As a share of a constant prediction's: what the inputs tell without any network.  Where no
        rows are kept out each is predicted by the others with the same inputs; it is nan where
        half of the rows have none.
        """
        if not self.n_held:
            return _of_equals(self.every)
        from sklearn.neighbors import KNeighborsRegressor  # it takes a while to load

        scaled = _scaler(self.trained.X)
        nearest = KNeighborsRegressor(min(NEIGHBOURS, len(self.trained)))
        nearest.fit(scaled.transform(self.trained.X), self.trained.target)
        target = self.held.target
        predicted = nearest.predict(scaled.transform(self.held.X)).reshape(target.shape)
        total = float(((target - target.mean(axis=0)) ** 2).sum())
        return _ratio(float(((predicted - target) ** 2).sum()), total)

    def _trained(self, changes: Mapping[str, Any]) -> Result:
        rows = self.trained
        settings = {name: value for name, value in changes.items() if name not in OF_ROWS}
        model = clone(self.model).set_params(callbacks=None, verbose=False, warm_start=False)
        model.set_params(**settings)
        scaled = _scaler(rows.X).transform if "scale" in changes else _as_it_is
        of_targets = _scaler(rows.target) if "target_scale" in changes else None
        y = of_targets.transform(rows.target).reshape(rows.y.shape) if of_targets else rows.y
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            with suppress(DivergenceError):  # then it has the last weights in bounds
                model.fit(scaled(rows.X), y, rows.sample_weight)
            (loss, fitted), (_, held) = (
                self._judged(model, scaled(part.X), part, of_targets) for part in (rows, self.held)
            )
        return Result(model.n_iter_, loss, fitted, held, self.n_held)

    def _judged(
        self, model: MLP, X: Any, rows: Rows, of_targets: StandardScaler | None
    ) -> tuple[float, float]:
        """Return the loss of rows, with their inputs as the model takes them, and its share."""
        loss = self.model.network_.loss
        if of_targets is None:
            case = Case(model.network_, model.parameters_, X, rows.target, rows.weight)
            found = network_loss(case)
        else:  # in the targets' own units
            outputs = of_targets.inverse_transform(model.network_.predict(model.parameters_, X))
            found = mean_loss(loss, outputs, rows.target, rows.weight)
        return found, _ratio(found, constant_loss(loss, rows.target, rows.weight))


def _scaler(values: Any) -> StandardScaler:
    return StandardScaler(with_mean=not issparse(values)).fit(values)


def _ratio(loss: float, constant: float) -> float:
    return loss / constant if constant else math.inf


def _of_equals(rows: Rows) -> float:
    """Return Σ (a − y)² of rows, each predicted by the others with the same inputs, as a share."""
    _, group, counts = np.unique(_dense(rows), axis=0, return_inverse=True, return_counts=True)
    others = counts[group] - 1
    several = others > 0
    if 2 * several.sum() <= len(rows):
        return math.nan
    sums = np.zeros((len(counts), rows.target.shape[1]))
    np.add.at(sums, group, rows.target)
    target = rows.target[several]
    predicted = (sums[group[several]] - target) / others[several, None]
    total = float(((target - target.mean(axis=0)) ** 2).sum())
    return _ratio(float(((predicted - target) ** 2).sum()), total)


def _dense(rows: Rows) -> Array:
    inputs: Any = rows.X
    return np.asarray(inputs.toarray() if issparse(inputs) else inputs)


def _parted(rows: Rows, classes: bool) -> tuple[Rows, Rows]:
    """Return rows to train on, and rows kept out whose targets are spread alike.

    They are the same where there are too few different ones.
    """
    if len(np.unique(_dense(rows), axis=0)) < ENOUGH:
        return rows, rows
    out = np.zeros(len(rows), dtype=bool)
    out[np.lexsort(rows.target.T)[HELD // 2 :: HELD]] = True
    if classes:  # one whose only row would be kept out stays
        known = {tuple(row) for row in rows.target[~out].tolist()}
        out &= [tuple(row) in known for row in rows.target.tolist()]
    return rows.take(np.flatnonzero(~out)), rows.take(np.flatnonzero(out))


def _as_it_is(values: Any) -> Any:
    return values
