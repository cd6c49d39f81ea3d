"""From an estimator's settings to what a training is made of: one function a part."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.random import RandomState
from numpy.typing import DTypeLike

from .errors import InputError
from .hidden_layers import dropout_shares, hidden_activations
from .initializers import INITIALIZERS, given, initialize
from .links import Dropout
from .losses import LOSSES, Loss
from .memory import require_room
from .names import lookup
from .network import BLOCK, Network, require_suitable
from .optimizers import SGD, Adam, Optimizer
from .parameters import Parameters
from .training import Plan

Settings = Mapping[str, Any]

AUTO_BATCH = 200  # rows, as scikit-learn's "auto"


def new_network(
    settings: Settings, sizes: tuple[int, ...], loss: Loss, usual_output: str
) -> Network:
    """Return the network that is trained; `usual_output` is the output activation of "auto".

    Raises:
        InputError: if an activation is unknown, or the output's does not suit the loss, or a loss
            of the user's own gives arrays of other shapes.
    """
    if LOSSES.get(loss.name) != loss:
        _require_shapes(loss, sizes[-1])
    hidden = hidden_activations(settings["activation"], len(sizes) - 2)
    output = settings["output_activation"]
    output = usual_output if output == "auto" else output
    require_suitable(output, loss, sizes[-1])
    return Network(sizes, hidden, output, loss, settings["alpha"])


def _require_shapes(loss: Loss, n_outputs: int) -> None:
    """Refuse a loss that is not one number a row, or whose derivative is not one an output."""
    a, y = np.full((2, n_outputs), 0.5), np.ones((2, n_outputs))
    with np.errstate(all="ignore"):
        shapes = np.shape(loss.value(a, y)), np.shape(loss.derivative(a, y))
    if shapes != ((2,), (2, n_outputs)):
        raise InputError(
            f"`loss` {loss.name} must give one number a row, (rows,), and its derivative one an "
            f"output, (rows, outputs); of predictions of the shape {a.shape} they give "
            f"{shapes[0]} and {shapes[1]}. Sum over the outputs with axis=1."
        )


def new_parameters(
    settings: Settings, network: Network, random: RandomState, dtype: DTypeLike
) -> Parameters:
    """Return start weights, drawn or as given.

    Raises:
        InputError: if the initializer is unknown, or the weights given do not fit.
    """
    if settings["start_weights"] is None:
        name = settings["initializer"]
        if name == "auto":  # scikit-learn's rule
            activation = settings["activation"]
            used = {activation} if isinstance(activation, str) else {a.name for a in network.hidden}
            name = "glorot_logistic" if used == {"logistic"} else "glorot"
        record = lookup(INITIALIZERS, name, "initializer")
        start = initialize(record, network.layer_sizes, random)
    else:
        start = given(settings["start_weights"], network.layer_sizes)
    return Parameters.of(start.flat.astype(dtype), network.layer_sizes)


def new_optimizer(settings: Settings) -> Optimizer | None:
    """Return the rule of a step; None for L-BFGS, which takes its own."""
    rate = settings["learning_rate_init"]
    if settings["solver"] == "sgd":
        return SGD(rate, settings["momentum"], settings["nesterovs_momentum"])
    if settings["solver"] == "adam":
        return Adam(rate, settings["beta_1"], settings["beta_2"], settings["epsilon"])
    return None


def dropout_links(
    settings: Settings, n_hidden: int, random: RandomState, drawn: int
) -> list[Dropout]:
    """Return a link for each hidden layer that drops activations, of a seed drawn if one does.

    `drawn`: how many masks an earlier part of the same training has drawn.
    """
    shares = dropout_shares(settings["dropout"], n_hidden)
    if not any(shares):
        return []
    seed = int(random.randint(2**31 - 1))
    return [
        Dropout(share, seed, layer, drawn)
        for layer, share in enumerate(shares, start=1)
        if share > 0
    ]


def batch_rows(settings: Settings, n_rows: int) -> int:
    """Return how many rows a step sees: all, for L-BFGS."""
    size = n_rows if settings["solver"] == "lbfgs" else settings["batch_size"]
    return min(AUTO_BATCH if size == "auto" else int(size), n_rows)


def require_room_of(network: Network, settings: Settings, n_rows: int, data: int) -> None:
    """Refuse a network that cannot be trained in memory, on so many rows and `data` numbers.

    Raises:
        InputError: if it cannot.
    """
    at_once, lbfgs = min(n_rows, BLOCK), settings["solver"] == "lbfgs"
    batch = min(batch_rows(settings, n_rows), at_once)
    names = [activation.name for activation in network.hidden]
    require_room(network.layer_sizes, names, batch, at_once, lbfgs, "hidden_layer_sizes", data)


def new_plan(settings: Settings, n_rows: int, once: bool) -> Plan:
    """Return how to go through so many rows; `once` for a single epoch of `partial_fit`."""
    judge = {False: "training", True: "score"}.get(settings["early_stopping"], "loss")
    return Plan(
        max_epochs=1 if once else settings["max_iter"],
        batch_size=batch_rows(settings, n_rows),
        shuffle=settings["shuffle"],
        tol=settings["tol"],
        patience=settings["n_iter_no_change"],
        judge=judge,
        max_evaluations=settings["max_fun"],
        max_seconds=settings["max_time"] or math.inf,
        schedule=settings["learning_rate"],
        learning_rate=settings["learning_rate_init"],
        power_t=settings["power_t"],
        weight_decay=settings["weight_decay"],
        max_grad_norm=settings["max_grad_norm"] or math.inf,
        once=once,
    )
