from typing import Any

import numpy as np
import pytest
from numpy.random import RandomState
from sklearn.neural_network import MLPClassifier as Peer

from chainrule.errors import InputError
from chainrule.initializers import INITIALIZERS, given, initialize

SIZES = (200, 300, 100)

# name → (mean, variance) of the weights of the first layer, n_in = 200 and n_out = 300
MOMENTS = {
    "glorot": (0.0, 2 / 500),
    "glorot_logistic": (0.0, 2 / 500 / 3),
    "he": (0.0, 2 / 200),
    "lecun": (0.0, 1 / 200),
    "uniform": (0.0, 1 / 12),
    "normal": (0.0, 0.01),
    "classic": (0.5, 1 / 12),
}


@pytest.mark.parametrize("name", sorted(INITIALIZERS))
def test_weights_have_the_stated_distribution(name: str) -> None:
    mean, variance = MOMENTS[name]
    W = initialize(INITIALIZERS[name], SIZES, RandomState(0)).W[0]
    spread = np.sqrt(variance / W.size)
    assert abs(W.mean() - mean) < 4 * spread
    assert W.var() == pytest.approx(variance, rel=0.03)


@pytest.mark.parametrize(("name", "factor"), [("he", 2.0), ("lecun", 1.0)])
def test_normal_weights_are_standard_ones_times_the_root_of_the_variance(
    name: str, factor: float
) -> None:
    """To the last digits: a sample's own variance would not tell 1 % from chance."""
    parameters = initialize(INITIALIZERS[name], SIZES, RandomState(0))
    random = RandomState(0)
    for W in parameters.W:
        expected = np.sqrt(factor / len(W)) * random.standard_normal(W.shape)
        np.testing.assert_allclose(W, expected, rtol=1e-14)


def test_classic_start_weights_are_in_zero_to_one() -> None:
    flat = initialize(INITIALIZERS["classic"], SIZES, RandomState(0)).flat
    assert flat.min() >= 0
    assert flat.max() < 1
    assert flat.max() > 0.99


def test_same_seed_same_weights() -> None:
    he = INITIALIZERS["he"]
    first, again = (initialize(he, SIZES, RandomState(7)).flat for _ in range(2))
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize(
    ("activation", "name"), [("tanh", "glorot"), ("logistic", "glorot_logistic")]
)
def test_glorot_draws_what_scikit_learn_draws(activation: str, name: str) -> None:
    peer = Peer((5, 4), activation, solver="sgd", learning_rate_init=1e-300, random_state=3)
    peer.partial_fit(np.zeros((3, 2)), [0, 1, 2], classes=[0, 1, 2])
    ours = initialize(INITIALIZERS[name], (2, 5, 4, 3), RandomState(3))
    for W, peers in zip(ours.W, peer.coefs_, strict=True):
        np.testing.assert_array_equal(W, peers)
    for b, peers in zip(ours.b, peer.intercepts_, strict=True):
        np.testing.assert_array_equal(b, peers)


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (5, r"must be a pair, the weights .* and the biases .*; got 5\.$"),
        ("glorot", "must be a pair.*got 'glorot'"),
        (([[[0.0]]],), "must be a pair"),
        (([[[0.0], [0.0]]], []), "must be a pair"),
        (([[[0.0], [0.0, 1.0]]], [[0.0]]), "must be a pair.*all numbers"),
        (([[["a"], ["b"]]], [[0.0]]), "must be a pair.*all numbers"),
        (
            ([], []),
            r"fit a network of sizes \(2, 1\); got W1, b1, … of the shapes \[\], not \[\(2,",
        ),
        (([[[0.0]]], [[0.0]]), r"of the shapes \[\(1, 1\), \(1,\)\], not \[\(2, 1\), \(1,\)\]"),
        (([[0.0, 0.0]], [[0.0]]), r"of the shapes \[\(2,\), \(1,\)\]"),
        (([[[0.0], [np.nan]]], [[0.0]]), "must be finite numbers; got nan among them"),
    ],
)
def test_start_weights_that_cannot_be_used(start: Any, message: str) -> None:
    with pytest.raises(InputError, match=f"^`start_weights` .*{message}"):
        given(start, (2, 1))


def test_start_weights_are_copied() -> None:
    W, b = np.array([[1.0], [2.0]]), np.array([3.0])
    parameters = given(([W], [b]), (2, 1))
    assert parameters.flat.tolist() == [1.0, 2.0, 3.0]
    parameters.flat[:] = 0.0
    assert (W.sum(), b.sum()) == (3.0, 3.0)
