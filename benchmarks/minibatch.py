"""Minibatches: a small classifier of handwritten digits, against scikit-learn's."""

from functools import partial
from typing import Any

import numpy as np
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier as SklearnClassifier

from chainrule.chain import Array
from chainrule.estimators import MLPClassifier

from .timing import Comparison

BATCH_SIZE = 32
SOLVERS: dict[str, dict[str, Any]] = {
    "adam": {"solver": "adam", "learning_rate_init": 0.001},
    "sgd with momentum": {"solver": "sgd", "momentum": 0.9, "learning_rate_init": 0.01},
}


def load(n_rows: int | None = None) -> tuple[Array, Array]:
    """Return the digits, (rows, 64), and their classes.

    They are centered: where many net inputs lie near 0, a rounding would switch ReLUs on or off.
    """
    X, y = load_digits(return_X_y=True)
    X = X[:n_rows] / 16
    return X - X.mean(axis=0), y[:n_rows]


def train(estimator: type, settings: dict[str, Any], rows: Array, classes: Array) -> Array:
    """Return the loss of each epoch."""
    return np.array(estimator(**settings).fit(rows, classes).loss_curve_)


def compare(solver: str, quick: bool) -> Comparison:
    """Return the comparison for a key of SOLVERS; a quick one has few rows and two epochs."""
    X, y = load(100 if quick else None)
    n_epochs = 2 if quick else 40
    settings = {
        "hidden_layer_sizes": (32,),
        "activation": "relu",
        "batch_size": BATCH_SIZE,
        "max_iter": n_epochs,
        "n_iter_no_change": n_epochs,
        "random_state": 0,
        **SOLVERS[solver],
    }
    return Comparison(
        title=f"Minibatches: 64-32-10 relu, softmax, {solver}, {BATCH_SIZE} rows an update",
        peer="scikit-learn",
        unit="µs/update",
        n_units=n_epochs * -(-len(X) // BATCH_SIZE),
        run_ours=partial(train, MLPClassifier, settings, X, y),
        run_peer=partial(train, SklearnClassifier, settings, X, y),
        result="losses",
        tolerance=1e-6,
        target=1.0,
    )
