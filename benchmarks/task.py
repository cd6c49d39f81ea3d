"""A task: a network to train on some rows, from start weights, for a number of updates."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np

from chainrule.chain import Array

Layers = list[tuple[Array, Array]]
"""W (n_in, n_out) and b (n_out,) of each layer; of several networks stacked, (folds, …)."""

RATES = {"sgd": 0.05, "momentum": 0.01, "adam": 0.0001, "lbfgs": 0.0}
"""The solvers, and the learning rate of each; L-BFGS has none.

Adam divides small derivatives by their own size, and so makes roundings as large as steps: in steps
of 0.001 the losses of two that do the same come apart by a hundredth, in these by 10⁻⁵.
"""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be trained; all are classifiers, the rows in one order, without a penalty.

    Attributes:
        name: what `--task` calls it.
        sizes: inputs, hidden units, outputs.
        solver: a key of RATES; momentum is 0.9, not Nesterov's.
        batch: rows an update, of which `rows` is a multiple; all, for L-BFGS.
        epochs: passes over the rows that are timed, after one that is not; iterations, for L-BFGS.
        tiny: logistic units and squared error, as in the classic code; else relu and softmax.
        digits: the handwritten digits, not rows drawn at random.
        one_thread: as suits small products; else a thread a core.
        at_least: what the ratio to a peer should be, by the peer's key.
        at_most: what the time of a unit should be, in `unit`; None where nothing is asked.
        of_sgemm: the share of a large product's speed that should be reached; None likewise.
        folds: networks trained on the same rows, from start weights of the seeds from `seed` on.
    """

    name: str
    sizes: tuple[int, ...]
    solver: str
    batch: int
    rows: int
    epochs: int
    tiny: bool = False
    digits: bool = False
    one_thread: bool = False
    dtype: str = "float32"
    at_least: Mapping[str, float] = field(default_factory=dict)
    at_most: float | None = None
    of_sgemm: float | None = None
    folds: int = 1
    seed: int = 0

    @property
    def network(self) -> str:
        """The sizes, as they are written."""
        return "-".join(map(str, self.sizes))

    @property
    def title(self) -> str:
        """The network, the solver, the rows an update and the type of the numbers, in words."""
        batch = "all rows" if self.solver == "lbfgs" else f"batch {self.batch}"
        folds = f", {self.folds} folds" if self.folds > 1 else ""
        return f"{self.network}, {self.solver}, {batch}, {self.dtype}{folds}"

    @property
    def n_units(self) -> int:
        """The samples, updates or iterations that are timed."""
        if self.solver == "lbfgs":
            return self.epochs
        return self.epochs * self.rows // (1 if self.tiny else self.batch) * self.folds

    @property
    def unit(self) -> str:
        """What times are told of."""
        if self.solver == "lbfgs":
            return "µs/iteration"
        return "ns/sample" if self.tiny else "µs/update"

    @property
    def scale(self) -> float:
        """What seconds are multiplied by to be in `unit`."""
        return (1e9 if self.tiny else 1e6) / self.n_units

    @property
    def operations(self) -> int:
        """Additions and multiplications of the matrix products of an update.

        Each layer has three of them: its value, the gradient of W and that of its inputs, which
        the first layer does without.
        """
        layers = [n_in * n_out for n_in, n_out in pairwise(self.sizes)]
        return 2 * self.batch * (3 * sum(layers) - layers[0])

    @property
    def tolerance(self) -> float:
        """By how much the losses of two peers may differ, relative to the loss."""
        return 1e-9 if self.dtype == "float64" else 1e-4

    def alone(self) -> list["Task"]:
        """Return the folds as tasks of their own."""
        return [replace(self, folds=1, seed=self.seed + fold) for fold in range(self.folds)]

    def quick(self) -> "Task":
        """Return the same with few rows and units, one thread, and one epoch timed."""
        inputs, *hidden, outputs = self.sizes
        batch = min(self.batch, 64)
        sizes = (min(inputs, 64), *(min(units, 16) for units in hidden), outputs)
        rows = batch if self.solver == "lbfgs" else max(64, 2 * batch)
        return replace(self, sizes=sizes, batch=batch, rows=rows, epochs=1, one_thread=True)

    def data(self) -> tuple[Array, Array]:
        """Return rows X (rows, n_in) and the class of each.

        They are centered: where many net inputs lie near 0, a rounding would switch ReLUs on or
        off, and the losses of two that do the same would drift apart.
        """
        if self.digits:
            from sklearn.datasets import load_digits  # whose import takes a second

            X, y = load_digits(return_X_y=True)
            X = X / 16
            X -= X.mean(axis=0)
            return X[: self.rows].astype(self.dtype), y[: self.rows]
        number: Any = np.dtype(self.dtype)
        X = np.random.default_rng(0).random((self.rows, self.sizes[0]), dtype=number)
        X -= number.type(0.5)
        return X, X[:, : self.sizes[-1]].argmax(axis=1)

    def start(self) -> Layers:
        """Draw start weights and biases: those that scikit-learn draws with `random_state=seed`."""
        random, factor = np.random.RandomState(self.seed), 2 if self.tiny else 6
        layers = []
        for n_in, n_out in pairwise(self.sizes):
            bound = np.sqrt(factor / (n_in + n_out))
            W = random.uniform(-bound, bound, (n_in, n_out)).astype(self.dtype)
            layers.append((W, random.uniform(-bound, bound, n_out).astype(self.dtype)))
        return layers

    def loss(self, layers: Layers, X: Array, y: Array) -> float:
        """Return the mean loss over rows, in float64; of several networks, stacked, their mean."""
        a: Array = X.astype(np.float64)
        for W, b in layers:
            z = a @ W.astype(np.float64) + b[..., None, :]
            a = 1 / (1 + np.exp(-z)) if self.tiny else np.maximum(z, 0)
        target = np.eye(self.sizes[-1])[y]
        if self.tiny:
            return float(((a - target) ** 2).sum(axis=-1).mean())
        z -= z.max(axis=-1, keepdims=True)
        return float((np.log(np.exp(z).sum(axis=-1)) - (z * target).sum(axis=-1)).mean())
