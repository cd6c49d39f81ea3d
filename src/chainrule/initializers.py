"""Start weights: one record an initializer, drawn as scikit-learn draws them; or as given.

For each layer first W (n_in, n_out), then b (n_out,), both from the same distribution, unless the
record says that biases start at 0.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from reprlib import repr as shortened

import numpy as np
from numpy.random import RandomState
from numpy.typing import ArrayLike

from .chain import Array
from .errors import InputError
from .parameters import Parameters

StartWeights = tuple[Sequence[ArrayLike], Sequence[ArrayLike]]
"""Weights and biases, one array a layer of each."""

Draw = Callable[[RandomState, int, int, tuple[int, ...]], Array]


@dataclass(frozen=True, slots=True)
class Initializer:
    """How start weights are drawn: `draw(random, n_in, n_out, shape)`.

    Attributes:
        name: the name users give.
        draw: returns one array of start values.
        formula: the distribution as text.
        biases: whether biases are drawn too; otherwise they start at 0.
    """

    name: str
    draw: Draw
    formula: str
    biases: bool = False


def _glorot(random: RandomState, n_in: int, n_out: int, shape: tuple[int, ...]) -> Array:
    bound = np.sqrt(6.0 / (n_in + n_out))
    return random.uniform(-bound, bound, shape)


def _glorot_logistic(random: RandomState, n_in: int, n_out: int, shape: tuple[int, ...]) -> Array:
    bound = np.sqrt(2.0 / (n_in + n_out))
    return random.uniform(-bound, bound, shape)


def _he(random: RandomState, n_in: int, _n_out: int, shape: tuple[int, ...]) -> Array:
    return random.normal(0.0, np.sqrt(2.0 / n_in), shape)


def _lecun(random: RandomState, n_in: int, _n_out: int, shape: tuple[int, ...]) -> Array:
    return random.normal(0.0, np.sqrt(1.0 / n_in), shape)


def _uniform(random: RandomState, _n_in: int, _n_out: int, shape: tuple[int, ...]) -> Array:
    return random.uniform(-0.5, 0.5, shape)


def _normal(random: RandomState, _n_in: int, _n_out: int, shape: tuple[int, ...]) -> Array:
    return random.normal(0.0, 0.1, shape)


def _classic(random: RandomState, _n_in: int, _n_out: int, shape: tuple[int, ...]) -> Array:
    return random.uniform(0.0, 1.0, shape)


_ROWS = (
    # Glorot & Bengio 2010; with the biases drawn too, as scikit-learn does
    Initializer("glorot", _glorot, "uniform in ±√(6/(n_in + n_out))", biases=True),
    Initializer(
        "glorot_logistic", _glorot_logistic, "uniform in ±√(2/(n_in + n_out))", biases=True
    ),
    Initializer("he", _he, "normal, variance 2/n_in"),  # He et al. 2015
    Initializer("lecun", _lecun, "normal, variance 1/n_in"),  # LeCun et al. 1998
    Initializer("uniform", _uniform, "uniform in ±½", biases=True),
    Initializer("normal", _normal, "normal, standard deviation 0.1"),
    # the tutorial's: never negative, so wide layers start saturated (docs/classic-code.md)
    Initializer("classic", _classic, "uniform in [0, 1)", biases=True),
)

INITIALIZERS: dict[str, Initializer] = {row.name: row for row in _ROWS}


def initialize(
    initializer: Initializer, layer_sizes: Sequence[int], random: RandomState
) -> Parameters:
    """Draw the start weights of a network, layer by layer.

    >>> initialize(INITIALIZERS["he"], (2, 3), RandomState(0)).b
    (array([0., 0., 0.]),)
    """
    parameters = Parameters.zeros(layer_sizes)
    for W, b, (n_in, n_out) in zip(parameters.W, parameters.b, pairwise(layer_sizes), strict=True):
        W[:] = initializer.draw(random, n_in, n_out, W.shape)
        if initializer.biases:
            b[:] = initializer.draw(random, n_in, n_out, b.shape)
    return parameters


def given(start_weights: StartWeights, layer_sizes: Sequence[int]) -> Parameters:
    """Copy start weights that a user gives, (weights, biases) with an array a layer in each.

    Raises:
        InputError: if they are something else, do not fit the network or are not finite.
    """
    try:
        weights, biases = start_weights
        layers = [
            np.asarray(part, dtype=np.float64)
            for layer in zip(weights, biases, strict=True)
            for part in layer
        ]
    except (TypeError, ValueError) as error:
        raise InputError(
            "`start_weights` must be a pair, the weights (n_in, n_out) of each layer and the "
            f"biases (n_out,) of each, all numbers; got {shortened(start_weights)}."
        ) from error
    sizes = tuple(layer_sizes)
    wanted = [shape for n_in, n_out in pairwise(sizes) for shape in ((n_in, n_out), (n_out,))]
    shapes = [part.shape for part in layers]
    if shapes != wanted:
        raise InputError(
            f"`start_weights` must fit a network of sizes {sizes}; got W1, b1, … of the shapes "
            f"{shapes}, not {wanted}."
        )
    flat = np.concatenate([part.ravel() for part in layers])
    if not np.isfinite(flat).all():
        wrong = float(flat[~np.isfinite(flat)][0])
        raise InputError(f"`start_weights` must be finite numbers; got {wrong} among them.")
    return Parameters.of(flat, sizes)
