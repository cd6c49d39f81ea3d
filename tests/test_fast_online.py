"""Programs of small networks online: to the weights of the reference, by themselves and abreast."""

import math
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import numpy as np
import pytest

from chainrule._fast.online.lanes import LaneEpochs, grouped
from chainrule._fast.online.shaped import ShapedEpochs, obstacle
from chainrule.activations import ACTIVATIONS
from chainrule.callbacks import Listeners
from chainrule.chain import Array
from chainrule.construction import new_network
from chainrule.estimators import MLPRegressor
from chainrule.history import History
from chainrule.losses import FUSED, LOSSES
from chainrule.optimizers import SGD, Adam, Optimizer
from chainrule.parameters import Parameters
from chainrule.training import Plan, Training, reference_epochs

OPTIMIZERS: list[Callable[[], Optimizer]] = [
    lambda: SGD(0.01),
    lambda: SGD(0.01, 0.8),
    lambda: SGD(0.01, 0.8, nesterov=True),
    lambda: Adam(0.01),
]
OF_ANY = [("identity", loss) for loss in ("squared_error", "mean_squared_error", "huber")]
OF_ANY += [("gelu", "absolute_error"), ("softmax", "sum_squared_error"), ("logistic", "huber")]
PAIRS = [*FUSED, *OF_ANY]
THREE_EACH = [sorted(ACTIVATIONS)[i : i + 3] for i in range(0, len(ACTIVATIONS), 3)]


def targets(loss: str, random: np.random.Generator, shape: tuple[int, int]) -> Array:
    if loss == "categorical_cross_entropy":
        return np.eye(shape[1])[random.integers(shape[1], size=shape[0])]
    if loss == "binary_cross_entropy":
        return random.integers(2, size=shape).astype(float)
    return random.poisson(2.0, size=shape).astype(float)


def training(
    sizes: tuple[int, ...],
    hidden: Sequence[str],
    pair: tuple[str, str],
    seed: int,
    *,
    alpha: float = 0.0,
    weighted: bool = False,
    n_rows: int = 37,
) -> Training:
    random = np.random.default_rng(seed)
    settings = {"activation": list(hidden) or "tanh", "output_activation": pair[0], "alpha": alpha}
    network = new_network(settings, sizes, LOSSES[pair[1]], pair[0])
    start = random.normal(size=Parameters.zeros(sizes).flat.size) / math.sqrt(max(sizes))
    X, y = random.normal(size=(n_rows, sizes[0])), targets(pair[1], random, (n_rows, sizes[-1]))
    weight = random.integers(0, 4, size=n_rows) / 2 if weighted else None
    plan = Plan(max_epochs=3, batch_size=1)
    rows = (X, y, weight, plan, History(), Listeners(None, None))
    return Training(network, Parameters.of(start, sizes), *rows)


def abreast(trainings: list[Training], optimizers: list[Optimizer]) -> None:
    """Train several from the same start, abreast and by the reference, in orders of their own."""
    lanes, rules = deepcopy(trainings), deepcopy(optimizers)
    group, random = LaneEpochs(lanes, rules), np.random.default_rng(1)
    for epoch in (1, 2):
        orders = [random.permutation(len(one.target)) for one in trainings]
        found = group(list(enumerate(orders)))
        for one, rule, order, gone in zip(trainings, optimizers, orders, found, strict=True):
            expected = reference_epochs(one, rule, [])(order, epoch)
            assert gone[0] == pytest.approx(expected[0], rel=1e-11)
            assert gone[1:] == expected[1:]
    for one, other in zip(trainings, lanes, strict=True):
        kept = other.parameters.flat
        np.testing.assert_allclose(kept, one.parameters.flat, rtol=1e-11, atol=1e-12)


def both(one: Training, optimizer: Optimizer, n_epochs: int = 3) -> None:
    """Train by the reference and by a program, from the same start, in the same orders."""
    other, again = deepcopy(one), deepcopy(optimizer)
    assert obstacle(one, optimizer, []) == ""
    reference, compiled = reference_epochs(one, optimizer, []), ShapedEpochs(other, again)
    random = np.random.default_rng(1)
    for epoch in range(1, n_epochs + 1):
        order = random.permutation(len(one.target))
        expected, found = reference(order, epoch), compiled(order, epoch)
        assert found[0] == pytest.approx(expected[0], rel=1e-11)
        assert found[1:] == expected[1:]
        optimizer.learning_rate = again.learning_rate = optimizer.learning_rate / 2
    flat = one.parameters.flat
    assert np.isfinite(flat).all()
    np.testing.assert_allclose(other.parameters.flat, flat, rtol=1e-11, atol=1e-12)


def drawn(seed: int, most: int) -> Training:
    """Return a training with up to so many units in a layer."""
    random = np.random.default_rng(seed)
    names = [str(name) for name in random.choice(sorted(ACTIVATIONS), size=seed % 4)]
    sizes = [int(n) for n in random.integers(1, most, size=len(names) + 2, endpoint=True)]
    pair = PAIRS[seed % len(PAIRS)]
    sizes[-1] += pair[0] == "softmax"
    alpha, weighted = (0.0, 0.3)[seed // 2 % 2], bool(seed // 4 % 2)
    return training(tuple(sizes), names, pair, seed, alpha=alpha, weighted=weighted)


@pytest.mark.parametrize("seed", range(24))
def test_a_network_drawn_at_random(seed: int) -> None:
    both(drawn(seed, most=9), OPTIMIZERS[seed // 3 % 4]())


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(24, 144))
def test_a_larger_network_drawn_at_random(seed: int) -> None:
    one, optimizer = drawn(seed, most=19), OPTIMIZERS[seed // 3 % 4]()
    if not obstacle(one, optimizer, []):
        both(one, optimizer)
    if drawn(seed, most=5).parameters.flat.size < 80:
        abreast(
            [drawn(seed, most=5) for _ in range(3)], [OPTIMIZERS[seed // 3 % 4]() for _ in range(3)]
        )


@pytest.mark.parametrize("pair", [("softmax", "categorical_cross_entropy"), *OF_ANY[:2]], ids=str)
def test_layers_of_several_vectors(pair: tuple[str, str]) -> None:
    both(training((3, 18, 4, 10), ["tanh", "logistic"], pair, 5, alpha=0.1), SGD(0.01, 0.8))


def test_more_rows_than_a_call_takes() -> None:
    one = training((2, 3, 1), ["tanh"], ("identity", "squared_error"), 5, n_rows=3000)
    both(one, Adam(0.01))


def test_a_loss_that_is_not_finite_ends_the_epoch_where_it_is() -> None:
    one = training((3, 4, 2), ["identity"], ("identity", "squared_error"), 0, weighted=True)
    other, order = deepcopy(one), np.arange(37)
    with np.errstate(all="ignore"):
        expected = reference_epochs(one, SGD(50.0), [])(order, 1)
    found = ShapedEpochs(other, SGD(50.0))(order, 1)
    assert not math.isfinite(found[0])
    assert found[1:] == expected[1:]
    assert 1 < found[1] < 37


@pytest.mark.parametrize(
    "names", [sorted(ACTIVATIONS)[i : i + 3] for i in range(0, 16, 3)], ids=str
)
def test_every_activation(names: list[str]) -> None:
    both(training((3, *[4] * len(names), 2), names, ("identity", "squared_error"), 5), SGD(0.01))


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_every_loss(pair: tuple[str, str]) -> None:
    both(training((3, 3, 3), ["tanh"], pair, 6), SGD(0.01))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("weighted", [False, True])
def test_every_optimizer(optimizer: Callable[[], Optimizer], weighted: bool) -> None:
    settings: dict[str, Any] = {"alpha": 0.2, "weighted": weighted}
    both(
        training((9, 5, 3), ["logistic"], ("identity", "squared_error"), 7, **settings), optimizer()
    )


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("weighted", [False, True])
def test_eight_abreast_are_as_one_by_one(
    optimizer: Callable[[], Optimizer], weighted: bool
) -> None:
    """Of different rows, rates and numbers of epochs; the last few go on in turn."""
    settings: dict[str, Any] = {"alpha": 0.1, "weighted": weighted}
    shape = (7, 5, 3), ["logistic"], ("identity", "squared_error")
    alone = [training(*shape, seed, n_rows=20 + 3 * seed, **settings) for seed in range(8)]
    lanes, rules = deepcopy(alone), [optimizer() for _ in alone]
    for seed, rule in enumerate(rules):
        rule.learning_rate *= 1 + seed / 10
    others = deepcopy(rules)
    singles = [ShapedEpochs(*pair) for pair in zip(alone, rules, strict=True)]
    group, random = LaneEpochs(lanes, others), np.random.default_rng(2)
    for epoch in range(1, 5):
        chosen = [i for i in range(8) if i % 4 + 1 >= epoch]
        orders = [random.permutation(len(alone[i].target)) for i in chosen]
        expected = [singles[i](order, epoch) for i, order in zip(chosen, orders, strict=True)]
        found = group(list(zip(chosen, orders, strict=True)))
        losses = [[row[0] for row in rows] for rows in (found, expected)]
        assert losses[0] == pytest.approx(losses[1], rel=1e-12)
        assert [row[1:] for row in found] == [row[1:] for row in expected]
    for one, other in zip(alone, lanes, strict=True):
        kept = other.parameters.flat
        np.testing.assert_allclose(kept, one.parameters.flat, rtol=1e-11, atol=1e-13)


def test_one_that_diverges_leaves_the_others_alone() -> None:
    shape = (3, 4, 2), ["identity"], ("identity", "squared_error")
    alone = [training(*shape, seed) for seed in range(4)]
    lanes, order = deepcopy(alone), np.arange(37)
    rules = [SGD(0.01), SGD(1e9), SGD(0.01), SGD(0.01)]
    found = LaneEpochs(lanes, rules)([(i, order) for i in range(4)])
    expected = [ShapedEpochs(*pair)(order, 1) for pair in zip(alone, rules, strict=True)]
    assert not math.isfinite(found[1][0])
    assert [row[1:] for row in found] == [row[1:] for row in expected]
    for i in (0, 2, 3):
        assert found[i][0] == pytest.approx(expected[i][0], rel=1e-12)
        np.testing.assert_allclose(lanes[i].parameters.flat, alone[i].parameters.flat, rtol=1e-11)


def test_what_has_no_program_is_said() -> None:
    one = training((3, 4, 2), ["tanh"], ("identity", "squared_error"), 0)
    assert obstacle(one, SGD(0.1), []) == ""
    large = training((60, 90, 2), ["tanh"], ("identity", "squared_error"), 0)
    assert obstacle(large, SGD(0.1), []) == "so many parameters"
    one.plan = Plan(max_epochs=3, batch_size=2)
    assert "batches" in obstacle(one, SGD(0.1), [])


def test_those_alike_go_abreast_where_that_is_faster() -> None:
    def of(n_hidden: int, n_rows: int = 37) -> Training:
        return training((3, n_hidden, 2), ["tanh"], ("identity", "squared_error"), 0, n_rows=n_rows)

    def groups_of(trainings: Sequence[Training], rule: Callable[[], Optimizer]) -> list[list[int]]:
        return sorted(grouped({i: (one, rule(), []) for i, one in enumerate(trainings)}))

    def sgd() -> SGD:
        return SGD(0.1)

    assert groups_of([of(4)] * 4, sgd) == [[0, 1, 2, 3]]
    assert groups_of([of(4), of(5)] * 4, sgd) == [[0, 2, 4, 6], [1, 3, 5, 7]]
    assert groups_of([of(4)] * 9, sgd) == [[*range(8)], [8]]
    assert groups_of([of(4)] * 4, lambda: Adam(0.1)) == [[0], [1], [2], [3]]
    assert groups_of([of(4)] * 6, lambda: Adam(0.1)) == [[*range(6)]]
    assert groups_of([of(4, 370), *[of(4)] * 3], sgd) == [[0], [1], [2], [3]]
    assert groups_of([of(90)] * 4, sgd) == [[0], [1], [2], [3]]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_an_estimator_goes_on_from_engine_to_engine() -> None:
    random = np.random.default_rng(3)
    X, y = random.normal(size=(50, 3)), random.normal(size=(50, 2))
    usual: dict[str, Any] = {"batch_size": 1, "random_state": 0}
    usual["hidden_layer_sizes"] = (4,)
    for solver in ("sgd", "adam"):
        ours, theirs = (MLPRegressor(solver=solver, **usual) for _ in range(2))
        for engine in ("numba", "numpy", "numba"):
            ours.set_params(engine=engine).partial_fit(X, y)
            theirs.set_params(engine="numpy").partial_fit(X, y)
        kept = ours.parameters_.flat
        np.testing.assert_allclose(kept, theirs.parameters_.flat, rtol=1e-11, atol=1e-12)
