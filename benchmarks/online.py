"""Online: one update a row in a tiny network, against the classic plain-Python code."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from chainrule.chain import Array
from chainrule.estimators import MLPClassifier
from chainrule.scratch import train_network

from .timing import Comparison

N_INPUTS, N_HIDDEN, N_OUTPUTS = 7, 5, 3
N_ROWS = 210
RATE = 0.1


@dataclass(frozen=True, slots=True)
class Work:
    """Rows, their classes, the start weights of both layers, and how often to go through."""

    X: Array
    y: Array
    W: tuple[Array, Array]
    b: tuple[Array, Array]
    n_epochs: int


def draw(n_epochs: int) -> Work:
    """Draw rows, whose class is the largest of their first columns, and start weights."""
    random = np.random.default_rng(0)
    X = random.random((N_ROWS, N_INPUTS))
    return Work(
        X,
        X[:, :N_OUTPUTS].argmax(axis=1),
        (random.uniform(-1, 1, (N_INPUTS, N_HIDDEN)), random.uniform(-1, 1, (N_HIDDEN, N_OUTPUTS))),
        (np.zeros(N_HIDDEN), np.zeros(N_OUTPUTS)),
        n_epochs,
    )


def train_ours(work: Work) -> Array:
    """Return the weights that `MLPClassifier` ends with, neuron by neuron, bias last."""
    model = MLPClassifier(
        (N_HIDDEN,),
        "logistic",
        loss="squared_error",
        solver="sgd",
        momentum=0,
        alpha=0,
        batch_size=1,
        shuffle=False,
        learning_rate_init=RATE,
        max_iter=work.n_epochs,
        n_iter_no_change=work.n_epochs,
        start_weights=(work.W, work.b),
    ).fit(work.X, work.y)
    layers = zip(model.coefs_, model.intercepts_, strict=True)
    return np.concatenate([_neurons(W, b).ravel() for W, b in layers])


def train_scratch(work: Work) -> Array:
    """Return the weights that `scratch.train_network` ends with, in the same order."""
    rows = [[*row, label] for row, label in zip(work.X.tolist(), work.y.tolist(), strict=True)]
    network = [
        [{"weights": weights} for weights in _neurons(W, b).tolist()]
        for W, b in zip(work.W, work.b, strict=True)
    ]
    train_network(network, rows, RATE, work.n_epochs, N_OUTPUTS)
    return np.concatenate([neuron["weights"] for layer in network for neuron in layer])


def compare(quick: bool) -> Comparison:
    """Return the comparison; a quick one goes through the rows once."""
    work = draw(n_epochs=1 if quick else 30)
    return Comparison(
        title="Online: 7-5-3 logistic, squared error, sgd, one row an update",
        peer="chainrule.scratch",
        unit="ns/sample",
        n_units=work.n_epochs * N_ROWS,
        run_ours=partial(train_ours, work),
        run_peer=partial(train_scratch, work),
        result="weights",
        tolerance=1e-9,
        target=4.0,
    )


def _neurons(weights: Array, biases: Array) -> Array:
    """Return the weights as the classic code has them: a row a neuron, its bias last."""
    return np.vstack([weights, biases]).T
