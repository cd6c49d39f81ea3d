"""The checker is checked: right gradients pass, every planted fault is refused and located."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.chain import Array
from chainrule.check import check_gradients

Arrays = dict[str, Array]
DTYPES = [np.float64, np.float32]


class TanhNet:
    """L = ½ Σ (tanh(X W1 + b1) W2 + b2 − T)² / n, with its gradient by hand, in one dtype."""

    def __init__(self, shape: tuple[int, int, int, int], seed: int, dtype: Any) -> None:
        n, n_in, n_hidden, n_out = shape
        random = np.random.default_rng(seed)
        self.X = random.normal(size=(n, n_in)).astype(dtype)
        self.T = random.normal(size=(n, n_out)).astype(dtype)
        self.at: Arrays = {
            "W1": (random.normal(size=(n_in, n_hidden)) / math.sqrt(n_in)).astype(dtype),
            "b1": random.normal(size=n_hidden).astype(dtype),
            "W2": (random.normal(size=(n_hidden, n_out)) / math.sqrt(n_hidden)).astype(dtype),
            "b2": random.normal(size=n_out).astype(dtype),
        }

    def loss(self, p: Mapping[str, Array], np: Any = np) -> Any:
        y = np.tanh(self.X @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"]
        return np.sum((y - self.T) ** 2) / (2 * len(self.X))

    def gradients(self) -> Arrays:
        p = self.at
        a = np.tanh(self.X @ p["W1"] + p["b1"])
        dy = (a @ p["W2"] + p["b2"] - self.T) / self.X.dtype.type(len(self.X))
        dz = dy @ p["W2"].T * (1 - a**2)
        return {"W1": self.X.T @ dz, "b1": dz.sum(0), "W2": a.T @ dy, "b2": dy.sum(0)}


def scaled(array: Array, factor: float) -> Array:
    return np.asarray(array * array.dtype.type(factor))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("seed", range(3))
def test_right_gradient_is_accepted(dtype: Any, seed: int) -> None:
    net = TanhNet((20, 5, 8, 3), seed, dtype)
    gradients = net.gradients()
    assert all(gradient.dtype == dtype for gradient in gradients.values())
    check = check_gradients(net.loss, net.at, gradients)
    assert check.ok
    assert check.faults == ()
    assert [p.name for p in check.parameters] == ["W1", "b1", "W2", "b2"]
    assert {p.verdict for p in check.parameters} == {"right"}
    assert {p.oracle for p in check.parameters} == {"complex step"}
    assert all(p.difference <= p.tolerance for p in check.parameters)
    assert [(p.shape, p.size, p.checked) for p in check.parameters] == [
        ((5, 8), 40, 40), ((8,), 8, 8), ((8, 3), 24, 24), ((3,), 3, 3),
    ]  # fmt: skip


def test_autograd_is_accepted_and_agrees() -> None:
    net = TanhNet((10, 4, 6, 2), 0, np.float64)
    gradients = autograd.grad(lambda p: net.loss(p, anp))(net.at)
    check = check_gradients(net.loss, net.at, gradients)
    assert check.ok
    for parameter in check.parameters:
        assert parameter.expected == pytest.approx(
            float(gradients[parameter.name][parameter.index]), rel=1e-11
        )


@pytest.mark.parametrize("dtype", DTYPES)
def test_right_gradient_near_a_minimum_is_accepted(dtype: Any) -> None:
    random = np.random.default_rng(0)
    X, y = random.normal(size=(50, 3)), random.normal(size=50)
    w = np.linalg.lstsq(X, y, rcond=None)[0]
    X, y, w = X.astype(dtype), y.astype(dtype), w.astype(dtype)
    check = check_gradients(lambda w: np.sum((X @ w - y) ** 2), w, 2 * X.T @ (X @ w - y))
    assert check.ok
    assert check.parameters[0].verdict == "rounding"


def test_saturated_unit_in_float32_is_accepted() -> None:
    x = np.array([6.0], np.float32)
    found = 1 - np.tanh(x) ** 2  # has lost all but two digits
    (parameter,) = check_gradients(lambda x: np.sum(np.tanh(x)), x, found).parameters
    assert parameter.verdict == "rounding"
    assert not check_gradients(lambda x: np.sum(np.tanh(x)), x, 2 * found).ok


@pytest.mark.parametrize("dtype", DTYPES)
def test_gradient_that_is_zero_by_cancellation(dtype: Any) -> None:
    random = np.random.default_rng(0)
    z, target = random.normal(size=(40, 3)).astype(dtype), random.normal(size=(40, 3)).astype(dtype)
    centered = z - z.mean(0)
    d_centered = 2 * (np.tanh(centered) - target) * (1 - np.tanh(centered) ** 2)
    found = np.sum(d_centered - d_centered.mean(0), axis=0)
    assert found.dtype == dtype
    assert np.any(found != 0)

    def loss(b: Array) -> Any:
        shifted = z.astype(np.float64) + b
        return np.sum((np.tanh(shifted - shifted.mean(0)) - target) ** 2)

    assert check_gradients(loss, np.zeros(3), found).ok
    assert not check_gradients(loss, np.zeros(3), found + dtype(0.01)).ok


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2"])
@pytest.mark.parametrize("factor", [1.001, 0.999])
def test_a_tenth_of_a_percent_is_refused(dtype: Any, name: str, factor: float) -> None:
    net = TanhNet((20, 5, 8, 3), 1, dtype)
    gradients = net.gradients()
    gradients[name] = scaled(gradients[name], factor)
    check = check_gradients(net.loss, net.at, gradients)
    assert [p.name for p in check.faults] == [name]
    assert check.faults[0].ratio == pytest.approx(factor, abs=1e-5)


@pytest.mark.parametrize("dtype", DTYPES)
def test_single_element_of_a_large_array_is_named(dtype: Any) -> None:
    net = TanhNet((6, 100, 80, 3), 2, dtype)
    right = net.gradients()
    w1 = check_gradients(net.loss, net.at, right).parameters[0]
    assert w1.verdict == "right"
    assert w1.checked <= 210  # no search without a reason
    random = np.random.default_rng(3)
    # an element below 2 % of the largest is beside float32's own rounding in a group of 40
    large = np.argwhere(np.abs(right["W1"]) > 0.02 * np.abs(right["W1"]).max())
    for row, column in large[random.choice(len(large), 4, replace=False)].tolist():
        gradients = {**right, "W1": right["W1"].copy()}
        gradients["W1"][row, column] *= dtype(1.001)
        check = check_gradients(net.loss, net.at, gradients)
        (fault,) = check.faults
        assert (fault.name, fault.index) == ("W1", (row, column))
        assert fault.ratio == pytest.approx(1.001, abs=1e-5)
        assert 0 < fault.checked < 600 < fault.size == 8000


def test_one_element_among_groups_without_complex_step() -> None:
    w = np.random.default_rng(0).normal(size=(30, 20))
    found = 3 * w * np.abs(w)
    found[17, 3] *= 1.001
    check = check_gradients(lambda w: float(np.sum(np.abs(w) ** 3)), w, found, max_elements=20)
    assert check.faults[0].index == (17, 3)
    assert check.faults[0].oracle == "Richardson differences"


FAULTS: dict[str, Callable[[TanhNet, Arrays], Arrays]] = {
    "transposed": lambda _, g: {**g, "W1": g["W1"].T.copy()},
    "missing /n": lambda net, g: {k: v * len(net.X) for k, v in g.items()},
    "sign": lambda _, g: {k: -v for k, v in g.items()},
    "stale": lambda _, g: {**g, "W2": TanhNet((12, 5, 5, 2), 9, np.float64).gradients()["W2"]},
    "factor 2": lambda _, g: {**g, "b1": 2 * g["b1"]},
    "sum is mean": lambda net, g: {**g, "b2": g["b2"] / len(net.X)},
    "zero": lambda _, g: {**g, "W1": 0 * g["W1"]},
    "rows swapped": lambda _, g: {**g, "W1": g["W1"][::-1]},
    "one zero": lambda _, g: {**g, "W1": np.where(np.arange(25).reshape(5, 5) == 7, 0, g["W1"])},
    "no derivative of tanh": lambda net, g: {**g, "b1": net.at["W2"] @ g["b2"]},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_fault_is_refused(fault: str) -> None:
    net = TanhNet((12, 5, 5, 2), 5, np.float64)
    right = net.gradients()
    planted = FAULTS[fault](net, right)
    wrong = {name for name in right if not np.array_equal(right[name], planted[name])}
    assert wrong
    check = check_gradients(net.loss, net.at, planted)
    assert {p.name for p in check.faults} == wrong
    for parameter in check.faults:
        assert parameter.found == planted[parameter.name][parameter.index]
        assert parameter.expected == pytest.approx(right[parameter.name][parameter.index], rel=1e-9)
        assert parameter.difference > parameter.tolerance


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("size", [5, 1000])
def test_non_finite_gradient_is_a_fault(bad: float, size: int) -> None:
    x = np.random.default_rng(0).normal(size=size)
    found = 2 * x
    found[3] = bad
    (fault,) = check_gradients(lambda x: np.sum(x**2), x, found).faults
    assert fault.index == (3,)
    assert fault.difference == np.inf


def test_infinite_gradient_at_the_edge_of_the_domain_is_a_fault() -> None:
    x = np.array([0.0, 1.0])
    check = check_gradients(lambda x: np.sum(np.sqrt(x)), x, np.array([np.inf, 0.5]))
    assert [fault.index for fault in check.faults] == [(0,)]


@settings(max_examples=40)
@given(
    st.tuples(st.integers(1, 8), st.integers(1, 4), st.integers(1, 4), st.integers(1, 3)),
    st.integers(0, 2**32 - 1),
    st.sampled_from(DTYPES),
)
def test_random_nets(shape: tuple[int, int, int, int], seed: int, dtype: Any) -> None:
    net = TanhNet(shape, seed, dtype)
    gradients = net.gradients()
    assert check_gradients(net.loss, net.at, gradients, random_state=seed).ok
    for factor in (1.001, 0.999):
        wrong = {name: scaled(gradient, factor) for name, gradient in gradients.items()}
        check = check_gradients(net.loss, net.at, wrong, random_state=seed)
        assert [p.name for p in check.faults] == list(gradients)


@pytest.mark.parametrize("seed", range(5))
def test_loss_that_computes_in_float32(seed: int) -> None:
    # float64 arrays do not help here, so less can be told: 1 % instead of 0.1 %
    net = TanhNet((30, 5, 8, 3), seed, np.float32)

    def loss(p: Arrays) -> Any:
        return net.loss({name: x.astype(np.float32) for name, x in p.items()})

    gradients = net.gradients()
    check = check_gradients(loss, net.at, gradients)
    assert check.ok
    assert {p.oracle for p in check.parameters} == {"Richardson differences"}
    for factor in (1.01, 0.99):
        wrong = {name: scaled(gradient, factor) for name, gradient in gradients.items()}
        assert len(check_gradients(loss, net.at, wrong).faults) == 4


def test_caller_arrays_are_left_alone() -> None:
    net = TanhNet((6, 3, 4, 2), 0, np.float64)
    gradients = net.gradients()
    before = {name: (net.at[name].copy(), gradients[name].copy()) for name in gradients}

    def loss(p: Arrays) -> Any:
        value = net.loss(p)
        for array in p.values():
            array *= 0  # a loss may write into what it is given
        return value

    assert check_gradients(loss, net.at, gradients).ok
    for name, (at, gradient) in before.items():
        np.testing.assert_array_equal(net.at[name], at)
        np.testing.assert_array_equal(gradients[name], gradient)


def test_same_random_state_same_result() -> None:
    net = TanhNet((8, 30, 20, 2), 0, np.float32)
    states = (3, 3, np.random.default_rng(3))
    checks = [
        check_gradients(net.loss, net.at, net.gradients(), random_state=state, max_elements=50)
        for state in states
    ]
    assert checks[0] == checks[1] == checks[2]
