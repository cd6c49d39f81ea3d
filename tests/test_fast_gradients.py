"""J and its gradient by the compiled engine and by `chain.py`, on networks drawn at random."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from chainrule._fast.engine import CompiledObjective
from chainrule.activations import ACTIVATIONS
from chainrule.chain import Array
from chainrule.construction import new_network
from chainrule.losses import FUSED, LOSSES
from chainrule.network import BLOCK, Network, Objective
from chainrule.parameters import Parameters

NORMWISE = {"float64": 1e-12, "float32": 1e-5}
OUTPUTS = ("identity", "logistic", "tanh", "gelu", "softplus", "softmax")
LOSSES_OF_ANY = ("squared_error", "huber", "absolute_error")
PAIRS = [*FUSED, *((output, loss) for loss in LOSSES_OF_ANY for output in OUTPUTS)]


def targets(loss: str, random: np.random.Generator, shape: tuple[int, int]) -> Array:
    if loss == "categorical_cross_entropy":
        return np.eye(shape[1])[random.integers(shape[1], size=shape[0])]
    if loss == "binary_cross_entropy":
        return random.integers(2, size=shape).astype(float)
    return random.poisson(2.0, size=shape).astype(float)


@st.composite
def networks(draw: Any) -> Network:
    output, loss = draw(st.sampled_from(PAIRS))
    sizes = draw(st.lists(st.integers(1, 40), min_size=2, max_size=6))
    if output == "softmax":
        sizes[-1] += 1
    names = st.sampled_from(sorted(ACTIVATIONS))
    hidden = [draw(names) for _ in sizes[2:]]
    settings = {"activation": hidden or "tanh", "output_activation": output}
    settings["alpha"] = draw(st.sampled_from([0.0, 0.3]))
    return new_network(settings, tuple(sizes), LOSSES[loss], output)


def assert_equal_gradients(
    network: Network, n_rows: int, dtype: str, weighted: bool, seed: int
) -> None:
    random = np.random.default_rng(seed)
    sizes = network.layer_sizes
    # no pre-activation near a kink, where rounding decides which derivative is taken
    start = random.normal(size=Parameters.zeros(sizes).flat.size) / np.sqrt(max(sizes))
    parameters = Parameters.of(start.astype(dtype), sizes)
    X = random.normal(size=(n_rows, sizes[0])).astype(dtype)
    y = targets(network.loss.name, random, (n_rows, sizes[-1])).astype(dtype)
    weight = random.integers(0, 4, size=n_rows).astype(dtype) if weighted else None
    if weight is not None:
        weight[0] = 1
    expected, reference = Objective(network, parameters).value_and_gradients(X, y, weight)
    compiled = CompiledObjective(network, parameters, n_rows)
    found, gradients = compiled.value_and_gradients(X, y, weight)
    bound = NORMWISE[dtype]
    assert found == pytest.approx(expected, rel=bound, abs=1e-2 * bound)
    # an array that cancels to nothing is the rounding of its summands, of 0.1 and more
    least = max(1e-3 * np.abs(reference.flat).max(), 0.1)
    arrays = zip((*gradients.dW, *gradients.db), (*reference.dW, *reference.db), strict=True)
    for ours, theirs in arrays:
        scale = max(np.linalg.norm(theirs), least)
        assert np.linalg.norm(ours - theirs) <= bound * scale


@profile(max_examples=60)
@given(networks(), st.integers(1, 70), st.booleans(), st.integers(0, 2**20))
def test_the_gradient_is_that_of_the_reference(
    network: Network, n_rows: int, weighted: bool, seed: int
) -> None:
    assert_equal_gradients(network, n_rows, "float64", weighted, seed)


@profile(max_examples=40)
@given(networks(), st.integers(1, 70), st.booleans(), st.integers(0, 2**20))
def test_the_gradient_in_float32(network: Network, n_rows: int, weighted: bool, seed: int) -> None:
    assert_equal_gradients(network, n_rows, "float32", weighted, seed)


@pytest.mark.slow
@profile(max_examples=1500)
@given(networks(), st.integers(1, 300), st.booleans(), st.integers(0, 2**20))
def test_the_gradient_of_many_networks(
    network: Network, n_rows: int, weighted: bool, seed: int
) -> None:
    for dtype in NORMWISE:
        assert_equal_gradients(network, n_rows, dtype, weighted, seed)


def test_several_blocks_of_rows_are_added() -> None:
    settings = {"activation": "tanh", "output_activation": "softmax", "alpha": 0.1}
    network = new_network(settings, (5, 4, 3), LOSSES["categorical_cross_entropy"], "softmax")
    for dtype in NORMWISE:
        assert_equal_gradients(network, 2 * BLOCK + 11, dtype, True, 0)
