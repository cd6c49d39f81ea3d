"""Classifiers: a small and a larger network, trained by every solver, against scikit-learn's."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier as SklearnClassifier

from chainrule.chain import Array
from chainrule.estimators import MLPClassifier

from .timing import Comparison

Data = tuple[Array, Array]
"""Rows X (n, n_inputs) and the class of each."""

SOLVERS: dict[str, dict[str, Any]] = {
    "adam": {"solver": "adam", "learning_rate_init": 0.001},
    "sgd with momentum": {"solver": "sgd", "momentum": 0.9, "learning_rate_init": 0.01},
    "lbfgs": {"solver": "lbfgs"},
}


def load_small() -> Data:
    """Return the handwritten digits, (1797, 64).

    They are centered: where many net inputs lie near 0, a rounding would switch ReLUs on or off.
    """
    X, y = load_digits(return_X_y=True)
    X = X / 16
    return X - X.mean(axis=0), y


def draw_large() -> Data:
    """Draw centered rows, (4000, 784), whose class is the largest of their first columns."""
    X = np.random.default_rng(0).uniform(-1, 1, (4000, 784))
    return X, X[:, :10].argmax(axis=1)


@dataclass(frozen=True, slots=True)
class Task:
    """A network to train on some rows, by a solver.

    Attributes:
        sizes: inputs, hidden units, outputs.
        solver: a key of SOLVERS.
        batch_size: rows an update; None for L-BFGS, which takes all.
        n_epochs: passes over the rows; iterations, for L-BFGS.
    """

    sizes: tuple[int, int, int]
    solver: str
    batch_size: int | None
    n_epochs: int

    @property
    def title(self) -> str:
        """The network, the solver and the rows an update, in words."""
        network = "-".join(map(str, self.sizes))
        rows = f"{self.batch_size} rows an update" if self.batch_size else "all rows"
        return f"Classifier: {network} relu, softmax, {self.solver}, {rows}"

    def data(self) -> Data:
        """Return the rows and classes for a network of this size."""
        return load_small() if self.sizes[0] == 64 else draw_large()


SMALL, LARGE = (64, 32, 10), (784, 128, 10)
TASKS = (
    Task(SMALL, "adam", 32, 40),
    Task(SMALL, "sgd with momentum", 32, 40),
    Task(SMALL, "lbfgs", None, 20),
    Task(LARGE, "adam", 32, 4),
    Task(LARGE, "sgd with momentum", 32, 4),
    Task(LARGE, "adam", 200, 12),
    Task(LARGE, "sgd with momentum", 200, 12),
    Task(LARGE, "lbfgs", None, 15),
)


def train(estimator: type, settings: dict[str, Any], rows: Array, classes: Array) -> Array:
    """Return the loss of each epoch; with L-BFGS the last loss only, as scikit-learn keeps it."""
    model = estimator(**settings).fit(rows, classes)
    return np.array([model.loss_] if settings["solver"] == "lbfgs" else model.loss_curve_)


def compare(task: Task, quick: bool) -> Comparison:
    """Return the comparison; a quick one has few rows and two epochs."""
    X, y = task.data()
    if quick:
        X, y = X[:100], y[:100]
    n_epochs = 2 if quick else task.n_epochs
    settings = {
        "hidden_layer_sizes": task.sizes[1:-1],
        "activation": "relu",
        "batch_size": min(task.batch_size or len(X), len(X)),
        "max_iter": n_epochs,
        "n_iter_no_change": n_epochs,
        "random_state": 0,
        **SOLVERS[task.solver],
    }
    updates = -(-len(X) // task.batch_size) if task.batch_size else 1
    return Comparison(
        title=task.title,
        peer="scikit-learn",
        unit="µs/update" if task.batch_size else "µs/iteration",
        n_units=n_epochs * updates,
        run_ours=partial(train, MLPClassifier, settings, X, y),
        run_peer=partial(train, SklearnClassifier, settings, X, y),
        result="losses",
        tolerance=1e-6,
        target=1.0,
    )
