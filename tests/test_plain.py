"""The numbers of `explain` against those that scratch.py's own backward pass leaves behind."""

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from chainrule import explain, scratch
from chainrule.errors import InputError

X = [row[:-1] for row in scratch.DEMO_ROWS]
Y = [row[-1] for row in scratch.DEMO_ROWS]


@pytest.fixture
def network() -> scratch.Network:
    random.seed(1)
    return scratch.initialize_network(2, 3, 2)


def gradients(network: scratch.Network, row: int) -> dict[str, float]:
    """What update_weights would multiply: each neuron's delta times what comes in."""
    scratch.forward_propagate(network, X[row])
    scratch.backward_propagate_error(network, [float(k == Y[row]) for k in range(2)])
    found, inputs = {}, X[row]
    for number, layer in enumerate(network, start=1):
        for unit, neuron in enumerate(layer):
            for place, value in enumerate(inputs):
                found[f"W{number}[{place}, {unit}]"] = neuron["delta"] * value
            found[f"b{number}[{unit}]"] = neuron["delta"]
        inputs = [neuron["output"] for neuron in layer]
    return found


def test_every_gradient_is_that_of_its_own_backward_pass(network: scratch.Network) -> None:
    for row in (0, 7):
        for weight, gradient in gradients(network, row).items():
            opened = explain(network, X, Y, weight=weight, row=row)
            assert opened.value == pytest.approx(gradient, abs=1e-12 * opened.size)
            assert opened.agrees


def test_a_deeper_network_is_explained_too() -> None:
    random.seed(2)
    deep = [*scratch.initialize_network(2, 3, 4), *scratch.initialize_network(4, 3, 2)]
    for weight, gradient in gradients(deep, 5).items():
        opened = explain(deep, X, Y, weight=weight, row=5)
        assert opened.value == pytest.approx(gradient, abs=1e-12 * opened.size)


def test_a_batch_is_the_mean_over_its_rows(network: scratch.Network) -> None:
    expected = np.mean([gradients(network, row)["W1[1, 2]"] for row in range(len(X))])
    opened = explain(network, X, Y, weight="W1[1, 2]")
    assert opened.value == pytest.approx(expected, abs=1e-12 * opened.size)
    assert opened.n_paths == 2 * len(X)


def test_the_network_stays_as_it_is(network: scratch.Network) -> None:
    explain(network, X, Y, weight="W1[1, 2]")
    assert all(set(neuron) == {"weights"} for layer in network for neuron in layer)


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ([[1.0]], [0], r"shapes \(rows, 2\) and \(rows,\) .*got \(1, 1\) and \(1,\)"),
        ([[1.0, 2.0]], [0, 1], r"got \(1, 2\) and \(2,\)"),
        ([[1.0, 2.0]], [2], "`y` must hold classes 0 to 1, one an output; got 2"),
    ],
)
def test_rows_that_do_not_fit(
    X: Sequence[Any], y: Sequence[Any], message: str, network: scratch.Network
) -> None:
    with pytest.raises(InputError, match=message):
        explain(network, X, y)
