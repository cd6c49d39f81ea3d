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
from chainrule.check import GradientCheck, ParameterCheck, check_gradients, check_pullback
from chainrule.errors import InputError

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


def by_name(check: GradientCheck) -> dict[str, ParameterCheck]:
    return {parameter.name: parameter for parameter in check.parameters}


def scaled(array: Array, factor: float) -> Array:
    return np.asarray(array * array.dtype.type(factor))


# right gradients


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


# planted faults


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


@pytest.mark.parametrize("dtype", DTYPES)
def test_large_right_array_needs_no_search(dtype: Any) -> None:
    net = TanhNet((6, 100, 80, 3), 4, dtype)
    w1 = by_name(check_gradients(net.loss, net.at, net.gradients()))["W1"]
    assert (w1.verdict, w1.size) == ("right", 8000)
    assert w1.checked <= 210


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
    "no derivative of tanh": lambda net, g: {**g, "b1": ((tanh_net_output(net) - net.T) / 12
                                                         @ net.at["W2"].T).sum(0)},
}  # fmt: skip


def tanh_net_output(net: TanhNet) -> Array:
    p = net.at
    return np.asarray(np.tanh(net.X @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"])


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


# kinks


def relu_sum(x: Array) -> Any:
    return np.sum(np.maximum(x, 0))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("coded", "verdict"),
    [(0, "kink"), (1, "kink"), (0.25, "kink"), (0.5, "right"),
     (1.5, "fault"), (-0.01, "fault"), (1.001, "fault")],
)  # fmt: skip
@pytest.mark.parametrize(
    "loss",
    [relu_sum, lambda x: float(relu_sum(x)), lambda x: np.sum(np.where(x > 0, x, 0)),
     lambda x: np.sum(x * (x > 0))],
)  # fmt: skip
def test_relu_at_exactly_zero(
    loss: Callable[[Array], Any], coded: float, verdict: str, dtype: Any
) -> None:
    x = np.array([-1.0, 0.0, 2.0])
    (parameter,) = check_gradients(loss, x, np.array([0, coded, 1], dtype)).parameters
    assert parameter.verdict == verdict
    if verdict != "right":
        assert parameter.index == (1,)


@pytest.mark.parametrize("coded", [0.0, 0.5, 1.0])
def test_relu_net_with_units_at_zero(coded: float) -> None:
    random = np.random.default_rng(0)
    X, W, v = random.normal(size=(6, 3)), random.normal(size=(3, 4)), random.normal(size=4)
    X[0] = 0  # with b = 0 this row's pre-activations are exactly 0

    def loss(p: Arrays) -> Any:
        return np.sum((np.maximum(X @ p["W"] + p["b"], 0) @ v) ** 2 + X @ p["W"] @ v)

    z = X @ W
    step = np.where(z == 0, coded, z > 0)
    dz = 2 * (np.maximum(z, 0) @ v)[:, None] * v * step
    gradients = {"W": X.T @ dz + np.outer(X.sum(0), v), "b": dz.sum(0)}
    at = {"W": W, "b": np.zeros(4)}
    assert check_gradients(loss, at, gradients).ok
    assert not check_gradients(loss, at, {**gradients, "b": gradients["b"] * 1.001}).ok


@pytest.mark.parametrize("found", [[1, 0, 0], [0, 1, 0], [0.5, 0.5, 0]])
def test_any_winner_of_a_tie_is_accepted(found: list[float]) -> None:
    assert check_gradients(np.max, np.array([2.0, 2.0, 1.0]), np.array(found)).ok


def test_norm_at_zero() -> None:
    assert check_gradients(np.linalg.norm, np.zeros(3), np.zeros(3)).ok
    assert not check_gradients(np.linalg.norm, np.zeros(3), np.array([0, 1.5, 0])).ok


@pytest.mark.parametrize("distance", [1e-9, 1e-8, 1e-7, 3e-7, 1e-6, 1e-5, 1e-3])
@pytest.mark.parametrize("jump", [1e-5, 1e-2])
def test_kink_next_to_the_point(distance: float, jump: float) -> None:
    def loss(x: Array) -> float:
        return float(np.sin(x[0]) + jump * np.abs(x[0] - 1 - distance))

    right = np.array([np.cos(1.0) - jump])
    assert check_gradients(loss, np.ones(1), right).ok
    assert not check_gradients(loss, np.ones(1), 1.001 * (right + 2 * jump)).ok
    assert not check_gradients(loss, np.ones(1), 0.999 * right).ok


def test_fault_beats_kink() -> None:
    (parameter,) = check_gradients(relu_sum, np.array([0.0, 1.0]), np.array([0, 1.001])).parameters
    assert (parameter.verdict, parameter.index) == ("fault", (1,))


# which oracle


@pytest.mark.parametrize(
    ("loss", "derivative"),
    [
        (lambda x: np.sum(np.abs(x)), np.sign),
        (lambda x: np.sum(np.real(x) ** 2), lambda x: 2 * x),
        (lambda x: np.sum(np.tanh(x)) + 1e-3 * np.sum(np.abs(x)),
         lambda x: 1 - np.tanh(x) ** 2 + 1e-3 * np.sign(x)),
        (lambda x: np.vdot(x, x), lambda x: 2 * x),
        (lambda x: np.linalg.norm(x), lambda x: x / np.linalg.norm(x)),
        (lambda x: float(np.sum(x**3)), lambda x: 3 * x**2),
        (lambda x: sum(math.exp(value) for value in x), np.exp),
        (lambda x: np.sum(x.astype(np.float64) ** 2), lambda x: 2 * x),
        (lambda x: np.float64(np.var(x)), lambda x: 2 * (x - x.mean()) / x.size),
    ],
)  # fmt: skip
def test_code_that_is_not_analytic(
    loss: Callable[[Array], Any], derivative: Callable[[Array], Array]
) -> None:
    x = np.array([0.3, -1.2, 0.7, 2.0])
    (parameter,) = check_gradients(loss, x, derivative(x)).parameters
    assert (parameter.verdict, parameter.oracle) == ("right", "Richardson differences")
    assert not check_gradients(loss, x, derivative(x) * 1.001).ok
    assert not check_gradients(loss, x, 0 * x).ok  # which is what a dropped imaginary part says


@pytest.mark.parametrize(
    ("loss", "derivative"),
    [
        (lambda x: np.sum(np.maximum(x, 0.1 * x)), lambda x: np.where(x > 0, 1, 0.1)),
        (lambda x: np.sum(np.where(x > 0, x, np.expm1(x))), lambda x: np.exp(np.minimum(x, 0))),
        (lambda x: np.sum(np.clip(x, -1, 1) ** 2), lambda x: 2 * x * (np.abs(x) < 1)),
        (lambda x: np.log(np.sum(np.exp(x - np.max(x)))) + np.max(x),
         lambda x: np.exp(x) / np.sum(np.exp(x))),
        (lambda x: np.sum(np.sort(x) * np.arange(4)), lambda x: np.argsort(np.argsort(x))),
    ],
)  # fmt: skip
def test_code_with_branches_is_analytic(
    loss: Callable[[Array], Any], derivative: Callable[[Array], Array]
) -> None:
    x = np.array([0.3, -1.2, 0.7, 2.0])
    (parameter,) = check_gradients(loss, x, derivative(x)).parameters
    assert (parameter.verdict, parameter.oracle) == ("right", "complex step")
    assert not check_gradients(loss, x, derivative(x) * 1.001).ok


def test_oracle_is_chosen_for_each_array() -> None:
    at = {"a": np.array([0.5, -2.0]), "b": np.array([0.5, -2.0])}
    check = check_gradients(
        lambda p: np.sum(p["a"] ** 2) + np.sum(np.abs(p["b"])),
        at,
        {"a": 2 * at["a"], "b": np.sign(at["b"])},
    )
    oracles = {p.name: p.oracle for p in check.parameters}
    assert oracles == {"a": "complex step", "b": "Richardson differences"}
    assert check.ok


@pytest.mark.parametrize("size", [1e-12, 1e-6, 1.0, 1e6])
@pytest.mark.parametrize("wrap", [float, np.asarray])
def test_numbers_of_any_size(size: float, wrap: Callable[[Any], Any]) -> None:
    x = np.array([0.5, -1.0, 2.0]) * size

    def loss(x: Array) -> Any:
        return wrap(np.sum(np.sin(x / size)))

    found = np.cos(x / size) / size
    assert check_gradients(loss, x, found).ok
    assert not check_gradients(loss, x, found * 1.001).ok


def test_numbers_of_mixed_sizes() -> None:
    x = np.array([1e-5, 1.0, 1e3])
    assert check_gradients(lambda x: float(np.sum(np.log(x))), x, 1 / x).ok
    assert not check_gradients(lambda x: float(np.sum(np.log(x))), x, 1.001 / x).ok


# float32 inside the loss: float64 arrays do not help, so less can be told


@pytest.mark.parametrize("seed", range(5))
def test_loss_that_computes_in_float32(seed: int) -> None:
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


# what the checker promises to leave alone


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


def test_read_only_and_fortran_arrays() -> None:
    W = np.asfortranarray(np.random.default_rng(0).normal(size=(3, 4)))
    W.flags.writeable = False
    assert check_gradients(lambda W: np.sum(W**2), W, 2 * W).ok


def test_same_random_state_same_result() -> None:
    net = TanhNet((8, 30, 20, 2), 0, np.float32)
    first, again = (
        check_gradients(net.loss, net.at, net.gradients(), random_state=3, max_elements=50)
        for _ in range(2)
    )
    assert first == again
    generator = np.random.default_rng(3)
    assert first == check_gradients(
        net.loss, net.at, net.gradients(), random_state=generator, max_elements=50
    )


@pytest.mark.parametrize("x", [2.0, 3, np.float32(2.0), [1.0, 2.0], [[1, 2], [3, 4]]])
def test_numbers_and_lists(x: Any) -> None:
    doubled = np.asarray(2.0) * np.asarray(x)
    (parameter,) = check_gradients(lambda x: np.sum(x**2), x, doubled).parameters
    assert (parameter.name, parameter.verdict) == ("x", "right")
    assert parameter.shape == np.shape(x)


def test_ratio_is_nan_where_zero_is_expected() -> None:
    at = {"a": np.ones(2), "unused": np.ones(2)}
    gradients = {"a": np.ones(2), "unused": np.array([0.0, 1e-6])}
    (fault,) = check_gradients(lambda p: np.sum(p["a"]), at, gradients).faults
    assert (fault.name, fault.index, fault.expected) == ("unused", (1,), 0.0)
    assert math.isnan(fault.ratio)


def test_rtol_can_be_asked_for() -> None:
    x = np.array([1.0, 2.0])
    assert not check_gradients(lambda x: np.sum(x**2), x, 2.002 * x, rtol=1e-4).ok
    assert check_gradients(lambda x: np.sum(x**2), x, 2.002 * x, rtol=0.01).ok


# misuse


def square(x: Array) -> Any:
    return np.sum(x**2)


def unsteady() -> Callable[[Array], Any]:
    random = np.random.default_rng(0)
    return lambda x: np.sum(x * (random.random(x.shape) > 0.5))


@pytest.mark.parametrize(
    ("loss", "at", "gradients", "message"),
    [
        (square, np.ones((2, 3)), np.ones((3, 2)), r"\(3, 2\).*transpose"),
        (square, np.ones(3), np.ones(()), "shapes of `at`"),
        (square, {"W": np.ones(3), "b": np.ones(1)}, {"W": np.ones(3)}, "'b'.*missing name"),
        (square, {"W": np.ones(3)}, np.ones(3), "names"),
        (square, [np.ones(3), np.ones(2)], np.ones(3), "`at` must hold real numbers.*by name"),
        (square, np.ones(3) * 1j, np.ones(3), "complex128"),
        (square, np.ones(3), "text", "`gradients` must hold real numbers, got str"),
        (square, np.ones((0, 3)), np.ones((0, 3)), r"shape \(0, 3\)"),
        (lambda x: x**2, np.ones(3), np.ones(3), r"`loss` must return one real number.*\(3,\)"),
        (lambda _: None, np.ones(3), np.ones(3), "`loss` must return one real number.*object"),
        (lambda x: 1j * np.sum(x), np.ones(3), np.ones(3), "one real number.*complex128"),
        (lambda x: np.sum(np.log(x)), np.zeros(3), np.ones(3), "`loss` must be finite"),
        (lambda x: np.sum(x) * np.nan, np.ones(3), np.ones(3), "`loss` must be finite.*nan"),
        (unsteady(), np.ones(30), np.ones(30), "same at every call.*dropout"),
        (lambda x: np.sum(np.sqrt(x)), np.zeros(2), np.ones(2), r"both sides of `x` at index \(0,"),
    ],
)
def test_misuse_is_explained(
    loss: Callable[[Any], Any], at: Any, gradients: Any, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        check_gradients(loss, at, gradients)


@pytest.mark.parametrize(
    "options", [{"rtol": 0.0}, {"rtol": -1}, {"rtol": math.nan}, {"rtol": 2}, {"max_elements": 0}]
)
def test_unusable_settings_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="`rtol` must lie between 0 and 1 and `max_elements`"):
        check_gradients(square, np.ones(2), np.ones(2), **options)


def test_errors_of_the_loss_itself_are_not_hidden() -> None:
    with pytest.raises(KeyError):
        check_gradients(lambda p: p["missing"], {"W": np.ones(2)}, {"W": np.ones(2)})


# pullbacks

X, W, B = (np.random.default_rng(1).normal(size=shape) for shape in [(5, 4), (4, 3), (3,)])
AFFINE = {"X": X, "W": W, "b": B}


def affine(p: Arrays) -> Array:
    return np.asarray(p["X"] @ p["W"] + p["b"])


def affine_pullback(v: Array) -> Arrays:
    return {"X": v @ W.T, "W": X.T @ v, "b": v.sum(0)}


def test_right_pullbacks() -> None:
    assert check_pullback(affine, affine_pullback, AFFINE).ok
    a = np.tanh(X)
    assert check_pullback(np.tanh, lambda v: v * (1 - a**2), X).ok
    assert check_pullback(np.sum, lambda v: v * np.ones_like(X), X).ok  # a number is an array
    s = np.exp(X) / np.exp(X).sum(1, keepdims=True)
    assert check_pullback(
        lambda x: np.exp(x) / np.exp(x).sum(1, keepdims=True),
        lambda v: s * (v - (v * s).sum(1, keepdims=True)),
        X,
    ).ok


def test_right_pullback_in_float32() -> None:
    x = X.astype(np.float32)
    seen = []

    def pullback(v: Array) -> Array:
        seen.append(v.dtype)
        return np.asarray(v * (1 - np.tanh(x) ** 2))

    assert check_pullback(np.tanh, pullback, x).ok
    assert seen == [np.float32] * 3
    assert not check_pullback(np.tanh, lambda v: np.float32(1.001) * pullback(v), x).ok


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("W", lambda v: X.T @ v / len(X)),
        ("b", lambda v: v.mean(0)),
        ("X", lambda v: -v @ W.T),
        ("W", lambda v: X.T @ np.ones_like(v)),  # right for a loss that is the sum of y
        ("b", lambda v: np.clip(v, -6, 6).sum(0)),  # right for small cotangents, so not linear
        ("W", lambda v: X.T @ v + 1e-3),
        ("X", lambda v: 1.001 * v @ W.T),
    ],
)
def test_wrong_pullback_is_refused(name: str, wrong: Callable[[Array], Array]) -> None:
    check = check_pullback(affine, lambda v: {**affine_pullback(v), name: wrong(v)}, AFFINE)
    assert [fault.name for fault in check.faults] == [name]


def test_pullback_may_use_what_the_last_forward_saved_and_reuse_its_memory() -> None:
    saved: Arrays = {}
    memory = np.empty_like(X)

    def function(x: Array) -> Array:
        saved["a"] = np.tanh(x)
        return saved["a"]

    def pullback(v: Array) -> Array:
        v *= 1 - saved["a"] ** 2  # into the cotangent that it was given
        memory[:] = v
        return memory

    before = X.copy()
    assert check_pullback(function, pullback, X).ok
    np.testing.assert_array_equal(X, before)


def test_misuse_of_pullback_is_explained() -> None:
    with pytest.raises(InputError, match=r"`function\(at\)` must hold real numbers"):
        check_pullback(lambda x: {"y": x}, lambda v: v, X)
    with pytest.raises(InputError, match=r"`pullback\(v\)` must hold real numbers"):
        check_pullback(np.tanh, lambda _: None, X)
    with pytest.raises(InputError, match="shapes"):
        check_pullback(np.tanh, lambda v: v.T, X)
