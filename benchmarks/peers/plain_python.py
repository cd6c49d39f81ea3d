"""Plain Python: the classic network of `chainrule.scratch`, a row an update."""

from time import perf_counter

import numpy as np

from chainrule.scratch import train_network

from ..task import RATES, Layers, Task
from . import Train, Trained


def prepare(task: Task) -> Train:
    """Return the training; a neuron is its weights, the bias last."""
    X, y = task.data()
    rows = [[*row, label] for row, label in zip(X.tolist(), y.tolist(), strict=True)]
    start, n_outputs = task.start(), task.sizes[-1]

    def train() -> Trained:
        network = [
            [{"weights": weights} for weights in np.vstack([W, b]).T.tolist()] for W, b in start
        ]
        train_network(network, rows, RATES["sgd"], 1, n_outputs)
        begun = perf_counter()
        train_network(network, rows, RATES["sgd"], task.epochs, n_outputs)
        seconds = perf_counter() - begun
        layers: Layers = []
        for layer in network:
            neurons = np.array([neuron["weights"] for neuron in layer])
            layers.append((neurons[:, :-1].T, neurons[:, -1]))
        return Trained(layers, seconds)

    return train
