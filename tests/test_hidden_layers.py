import math
from typing import Any

import numpy as np
import pytest

from chainrule.activations import ACTIVATIONS, Activation
from chainrule.chain import Array
from chainrule.errors import InputError
from chainrule.hidden_layers import dropout_shares, hidden_activations, hidden_sizes


@pytest.mark.parametrize("sizes", [0, -1, (5, 0), (5, -2), (2.5,), "5", (True,), None])
def test_bad_hidden_sizes(sizes: Any) -> None:
    with pytest.raises(InputError, match="`hidden_layer_sizes` must be whole numbers"):
        hidden_sizes(sizes)


def test_good_hidden_sizes() -> None:
    assert hidden_sizes((3, 4)) == (3, 4)
    assert hidden_sizes([7]) == (7,)


def cube(z: Array) -> Array:
    return z**3


def cube_derivative(z: Array) -> Array:
    return 3 * z**2


def tanh_in_place(z: Array) -> Array:
    return np.tanh(z, out=z)


def test_one_activation_is_for_every_hidden_layer_and_a_list_has_one_each() -> None:
    record = Activation("cube", cube, cube_derivative, None, "z³", "3z²")
    assert hidden_activations("tanh", 2) == (ACTIVATIONS["tanh"],) * 2
    assert hidden_activations(record, 1) == (record,)
    assert hidden_activations(["relu", record], 2) == (ACTIVATIONS["relu"], record)
    assert hidden_activations(("relu", "tanh"), 2)[1] is ACTIVATIONS["tanh"]
    assert hidden_activations([], 0) == hidden_activations("relu", 0) == ()
    pair = hidden_activations([(cube, cube_derivative)], 1)[0]
    assert pair.name == "cube"
    assert pair.derivative(np.array([2.0])).tolist() == [12.0]


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_every_pair_of_the_table_is_found_right(name: str) -> None:
    record = ACTIVATIONS[name]
    hidden_activations((record.value, record.derivative), 1)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("rleu", "must be one of .*Did you mean 'relu'"),
        (["relu", "tahn"], "must be one of .*Did you mean 'tanh'"),
        (["relu"], "one entry a hidden layer, 2; got 1"),
        (["relu"] * 3, "one entry a hidden layer, 2; got 3 .*`output_activation`"),
        (np.tanh, r"needs the derivative too: give the pair \(tanh, derivative\)"),
        ((np.tanh, np.cos), "tanh has another derivative: at z = .* it changes by"),
        # the derivative written in a: a classic mistake
        ((np.tanh, lambda a: 1 - a * a), "must be a function of z"),
        ((cube, lambda z: 3.003 * z**2), "cube has another derivative"),
        ((np.sum, np.cos), r"one number for each z; .* give \(\) and"),
        (np.sin, r"needs the derivative too: give the pair \(sin, derivative\)"),
        ((math.sin, math.cos), "must take an array of z; sin says of one of the shape"),
        ((np.log, np.reciprocal), "must be finite for every z; log gives nan at z = -3.05"),
        ((np.sin, lambda z: z * np.nan), "must be finite for every z; custom gives nan"),
        # its derivative would be taken at a, not at z
        ((tanh_in_place, lambda z: 1 - np.tanh(z) ** 2), "tanh_in_place writes into it"),
        ((np.sin, lambda z: np.cos(z, out=z)), "must leave z as it is; custom writes into it"),
        (None, "must be one choice or a list"),
        (3, "must be one choice or a list"),
    ],
)
def test_activations_that_cannot_be_used(value: Any, message: str) -> None:
    with pytest.raises(InputError, match=f"`activation` .*{message}"):
        hidden_activations(value, 2)


@pytest.mark.parametrize("value", [1.0, -0.1, "half", [0.1, 1.0], [0.1, None], True, None])
def test_shares_that_cannot_be_dropped(value: Any) -> None:
    with pytest.raises(InputError, match="`dropout` must be a number of at least 0 and less"):
        dropout_shares(value, 2)


def test_dropout_of_another_length_is_refused() -> None:
    with pytest.raises(InputError, match="`dropout` must have one entry a hidden layer, 2; got 1"):
        dropout_shares([0.5], 2)
    assert dropout_shares(np.array([0.5, 0.1]), 2) == (0.5, 0.1)
    assert dropout_shares(0.5, 0) == ()
