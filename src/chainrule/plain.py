"""The classic network of `scratch.py`, lists of dicts in plain Python, as a case to explain.

Layers count from 1, so W1[2, 0] is `network[0][0]["weights"][2]` and b1[0] the last of these.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .activations import ACTIVATIONS
from .cases import Case
from .errors import InputError
from .losses import LOSSES
from .network import Network
from .parameters import Parameters


def is_plain(model: Any) -> bool:
    """Whether this is a list of layers, each a list of neurons with their 'weights'."""
    if not isinstance(model, list) or not model:
        return False
    return all(
        isinstance(layer, list)
        and layer
        and all(isinstance(neuron, dict) and "weights" in neuron for neuron in layer)
        for layer in model
    )


def plain_case(network: Any, X: ArrayLike, y: ArrayLike) -> Case:
    """Return the case of rows X (n, n_inputs) and their classes (n,), whole numbers from 0.

    Its neurons are logistic and its loss ½ Σ (output − expected)², with a class coded as 1 at its
    own output and 0 at the others.

    Raises:
        InputError: if the rows or the classes do not fit the network.
    """
    layers = [np.array([neuron["weights"] for neuron in layer], dtype=float) for layer in network]
    parameters = Parameters.joined(
        [layer[:, :-1].T for layer in layers], [layer[:, -1] for layer in layers]
    )
    sizes = parameters.layer_sizes
    rows, classes = np.asarray(X, dtype=float), np.asarray(y)
    if rows.ndim != 2 or rows.shape[1] != sizes[0] or classes.shape != rows.shape[:1]:
        raise InputError(
            f"`X` and `y` must have the shapes (rows, {sizes[0]}) and (rows,) for this network; "
            f"got {rows.shape} and {classes.shape}."
        )
    known = np.isin(classes, np.arange(sizes[-1]))
    if not known.all():
        raise InputError(
            f"`y` must hold classes 0 to {sizes[-1] - 1}, one an output; "
            f"got {classes[~known][0]!s}."
        )
    hidden = (ACTIVATIONS["logistic"],) * (len(sizes) - 2)
    classic = Network(sizes, hidden, "logistic", LOSSES["half_squared_error"])
    return Case(classic, parameters, rows, np.eye(sizes[-1])[classes.astype(int)])
