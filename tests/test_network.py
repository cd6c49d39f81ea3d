import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from chainrule.activations import ACTIVATIONS, Activation
from chainrule.chain import Array, forward
from chainrule.links import Dropout
from chainrule.losses import LOSSES
from chainrule.network import BLOCK, Network, Objective
from chainrule.parameters import Parameters

LOSS_NAMES = sorted({loss.name for loss in LOSSES.values()})


def example(
    sizes: tuple[int, ...], hidden: list[str], loss: str, rows: int, seed: int, alpha: float
) -> tuple[Network, Parameters, Array, Array]:
    random = np.random.default_rng(seed)
    record = LOSSES[loss]
    output = record.outputs[0] if record.outputs else "identity"
    network = Network(sizes, tuple(ACTIVATIONS[h] for h in hidden), output, record, alpha)
    parameters = Parameters.zeros(sizes)
    parameters.flat[:] = random.normal(scale=0.7, size=parameters.flat.shape)
    X = random.normal(size=(rows, sizes[0]))
    target = np.eye(sizes[-1])[random.integers(0, sizes[-1], rows)]
    return network, parameters, X, target


def complex_step(network: Network, parameters: Parameters, X: Array, target: Array) -> Array:
    slopes = np.empty(len(parameters.flat))
    for index in range(len(slopes)):
        moved = parameters.flat.astype(complex)
        moved[index] += 1e-30j
        value = network.objective(Parameters.of(moved, parameters.layer_sizes), X, target)
        slopes[index] = np.imag(value) / 1e-30
    return slopes


@given(
    widths=st.lists(st.integers(1, 4), min_size=2, max_size=5),
    names=st.lists(st.sampled_from(sorted(ACTIVATIONS)), min_size=3, max_size=3),
    loss=st.sampled_from(LOSS_NAMES),
    rows=st.integers(1, 5),
    alpha=st.sampled_from([0.0, 0.3]),
    seed=st.integers(0, 2**32 - 1),
)
def test_gradients_of_random_networks_equal_the_complex_step(
    widths: list[int], names: list[str], loss: str, rows: int, alpha: float, seed: int
) -> None:
    hidden = names[: len(widths) - 2]
    case = example(tuple(widths), hidden, loss, rows, seed, alpha)
    found = case[0].gradients(*case[1:]).flat
    expected = complex_step(*case)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("rows", [1, BLOCK, BLOCK + 1, 2 * BLOCK + 77])
def test_blocks_change_nothing(rows: int) -> None:
    network, parameters, X, target = example(
        (3, 4, 2), ["tanh"], "half_squared_error", rows, 1, 0.1
    )
    value, gradients = Objective(network, parameters).value_and_gradients(X, target)
    assert value == pytest.approx(network.objective(parameters, X, target), rel=1e-13)
    total = sum(
        network.loss_link(target[[row]]).forward(network.predict(parameters, X[[row]]))[0]
        for row in range(rows)
    )
    penalty = 0.05 * sum((W**2).sum() for W in parameters.W)
    assert value == pytest.approx((total + penalty) / rows, rel=1e-11)
    halves = [slice(None, rows // 2), slice(rows // 2, None)]
    plain = Network((3, 4, 2), network.hidden, "identity", network.loss)
    if rows > 1:
        parts = [len(X[h]) * plain.gradients(parameters, X[h], target[h]).flat for h in halves]
        np.testing.assert_allclose(
            parts[0] + parts[1],
            rows * plain.gradients(parameters, X, target).flat,
            rtol=1e-9,
            atol=1e-11,
        )
    assert gradients.flat.dtype == np.float64


def test_float32_gradients_follow_float64() -> None:
    network, parameters, X, target = example(
        (6, 8, 3), ["tanh"], "categorical_cross_entropy", 50, 2, 0.01
    )
    exact = network.gradients(parameters, X, target).flat
    single = Parameters.of(parameters.flat.astype(np.float32), parameters.layer_sizes)
    found = network.gradients(single, X.astype(np.float32), target.astype(np.float32)).flat
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, exact, rtol=1e-4, atol=1e-6)


def test_the_chain_ends_in_the_fused_loss_where_there_is_one() -> None:
    fused, *_ = example((2, 3), [], "categorical_cross_entropy", 1, 0, 0.0)
    composed, *_ = example((2, 3), [], "half_squared_error", 1, 0, 0.0)
    parameters = Parameters.zeros((2, 3))
    assert fused.fused is not None
    assert composed.fused is None
    assert len(fused.chain(parameters)) == 1
    assert len(composed.chain(parameters)) == 2


def test_predictions_do_not_depend_on_the_other_rows() -> None:
    network, parameters, X, _ = example((3, 4, 2), ["relu"], "half_squared_error", 20, 4, 0.0)
    together = network.predict(parameters, X)
    for row in range(20):
        np.testing.assert_allclose(
            network.predict(parameters, X[[row]]), together[[row]], rtol=1e-14
        )


def test_sums_of_blocks_are_kept_in_float64() -> None:
    network, parameters, X, target = example(
        (3, 4, 2), ["tanh"], "half_squared_error", 3 * BLOCK, 5, 0.0
    )
    single = Parameters.of(parameters.flat.astype(np.float32), parameters.layer_sizes)
    X, target = X.astype(np.float32), target.astype(np.float32)
    found = network.gradients(single, X, target).flat
    total = np.zeros(len(found))
    for start in range(0, 3 * BLOCK, BLOCK):
        rows = slice(start, start + BLOCK)
        total += np.float32(BLOCK) * network.gradients(single, X[rows], target[rows]).flat
    np.testing.assert_array_equal(found, total.astype(np.float32) / np.float32(3 * BLOCK))


def test_long_tables_are_predicted_block_by_block() -> None:
    assert BLOCK == 4096  # part of the promise that sums do not depend on where they are made
    seen: list[int] = []

    def note(z: Array) -> Array:
        seen.append(len(z))
        return z

    noted = Activation("noted", note, np.ones_like, None, "z", "1")
    network = Network((3, 4, 2), (noted,), "identity", LOSSES["half_squared_error"])
    _, parameters, X, _ = example((3, 4, 2), ["tanh"], "half_squared_error", 9000, 6, 0.0)
    together = network.predict(parameters, X)
    assert seen == [BLOCK, BLOCK, 9000 - 2 * BLOCK]
    parts = [
        network.predict(parameters, X[start : start + BLOCK]) for start in (0, BLOCK, 2 * BLOCK)
    ]
    np.testing.assert_array_equal(together, np.concatenate(parts))


@pytest.mark.parametrize("alpha", [0.0, 0.3])
def test_the_objective_of_float32_rows_is_a_float_summed_in_float64(alpha: float) -> None:
    network, parameters, X, target = example(
        (3, 4, 2), ["tanh"], "half_squared_error", 3 * BLOCK, 7, alpha
    )
    single = Parameters.of(parameters.flat.astype(np.float32), parameters.layer_sizes)
    X, target = X.astype(np.float32), target.astype(np.float32)
    found = network.objective(single, X, target)
    value, _ = Objective(network, single).value_and_gradients(X, target)
    assert type(found) is type(value) is type(network.penalty(single)) is float
    blocks = [slice(start, start + BLOCK) for start in range(0, 3 * BLOCK, BLOCK)]
    plain = Network((3, 4, 2), network.hidden, "identity", network.loss)
    total = sum(BLOCK * plain.objective(single, X[rows], target[rows]) for rows in blocks)
    assert found == value == (total + network.penalty(single)) / len(X)


@pytest.mark.parametrize("loss", LOSS_NAMES)
def test_a_weight_is_a_row_so_often(loss: str) -> None:
    network, parameters, X, target = example((3, 4, 2), ["tanh"], loss, 6, 8, 0.2)
    times = np.array([0, 1, 2, 3, 1, 0])
    repeated = (np.repeat(X, times, axis=0), np.repeat(target, times, axis=0))
    value = network.objective(parameters, X, target, times.astype(float))
    assert value == pytest.approx(network.objective(parameters, *repeated), rel=1e-12)
    found = network.gradients(parameters, X, target, times.astype(float)).flat
    np.testing.assert_allclose(
        found, network.gradients(parameters, *repeated).flat, rtol=1e-10, atol=1e-13
    )


def test_weights_and_sparse_rows_go_through_blocks() -> None:
    rows = BLOCK + 50
    network, parameters, X, target = example((3, 4, 2), ["relu"], "huber", rows, 9, 0.2)
    X[np.random.default_rng(0).random(X.shape) < 0.7] = 0.0
    weight = np.random.default_rng(1).random(rows)
    value, gradients = Objective(network, parameters).value_and_gradients(X, target, weight)
    losses = network.loss_link(target).loss.value(network.predict(parameters, X), target)
    expected = (losses @ weight + network.penalty(parameters)) / weight.sum()
    assert value == pytest.approx(expected, rel=1e-12)
    assert network.objective(parameters, csr_array(X), target, weight) == pytest.approx(expected)
    found = network.gradients(parameters, csr_array(X), target, weight).flat
    np.testing.assert_allclose(found, gradients.flat, rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(
        network.predict(parameters, csr_array(X)), network.predict(parameters, X), rtol=1e-13
    )


def test_gradients_under_dropout_are_those_of_what_is_left() -> None:
    """`forward` alone, at the same masks, differentiated by the complex step."""
    network, parameters, X, target = example((3, 5, 4, 2), ["tanh"] * 2, "huber", 7, 10, 0.0)

    def masks() -> list[Dropout]:
        return [Dropout(0.4, seed=2, layer=1), Dropout(0.2, seed=2, layer=2)]

    value, gradients = Objective(network, parameters, masks()).value_and_gradients(X, target)
    slopes = np.empty(len(parameters.flat))
    for index in range(len(slopes)):
        moved = parameters.flat.astype(complex)
        moved[index] += 1e-30j
        links = network.chain(Parameters.of(moved, parameters.layer_sizes), dropout=masks())
        total = forward([*links, network.loss_link(target)], X)[0]
        slopes[index] = np.imag(total) / 1e-30 / len(X)
    np.testing.assert_allclose(gradients.flat, slopes, rtol=1e-9, atol=1e-12)
    assert value == pytest.approx(np.real(total) / len(X))
    assert value != pytest.approx(network.objective(parameters, X, target))
