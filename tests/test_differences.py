"""The oracles against derivatives known in closed form, alone and within the checker."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.chain import Array
from chainrule.check import check_gradients
from chainrule.differences import (
    COMPLEX_STEP,
    EPS,
    RICHARDSON,
    Estimate,
    Oracle,
    Point,
    agree,
    complex_step,
    noise,
    oracle_for,
    richardson,
)

ONE = {"x": np.ones(1)}
FUNCTIONS: dict[str, tuple[Callable[[Array], Array], Callable[[float], float]]] = {
    "sin": (np.sin, math.cos),
    "exp": (np.exp, math.exp),
    "tanh": (np.tanh, lambda x: 1 - math.tanh(x) ** 2),
    "log": (np.log, lambda x: 1 / x),
    "root": (np.sqrt, lambda x: 0.5 / math.sqrt(x)),
    "cube": (lambda x: x**3, lambda x: 3 * x**2),
    "line": (lambda x: 3 * x, lambda _: 3.0),
}


def at(function: Callable[[Array], Any], *numbers: float) -> Point:
    return Point(lambda arrays: np.sum(function(arrays["x"])), {"x": np.array(numbers)})


def generator() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("name", FUNCTIONS)
@given(x=st.floats(0.01, 5))
def test_both_oracles_on_smooth_functions(name: str, x: float) -> None:
    function, derivative = FUNCTIONS[name]
    point = at(function, x)
    true = derivative(x)
    assert complex_step(point, ONE).imag == pytest.approx(true, rel=1e-14, abs=1e-15)
    slope, error = richardson(point, ONE, x, noise(point, generator()))
    assert abs(slope - true) <= 10 * error  # as `agree` allows
    assert error <= 1e-8 * max(abs(true), abs(point.value(0, {})) / x)


def test_richardson_needs_few_evaluations() -> None:
    moved = []

    def loss(arrays: dict[str, Array]) -> float:
        moved.append(arrays["x"])
        return math.exp(arrays["x"][0])

    assert richardson(Point(loss, ONE), ONE, 1.0, EPS).error < 1e-11
    assert len(moved) <= 10


@pytest.mark.parametrize("distance", [1e-1, 1e-2, 1e-3, 1e-4])
def test_richardson_steps_inside_a_kink(distance: float) -> None:
    point = at(lambda x: np.abs(x - 1 - distance) + np.sin(x), 1.0)
    slope, error = richardson(point, ONE, 1.0, EPS)
    assert abs(slope - (math.cos(1) - 1)) <= error <= 1e-7


def test_richardson_outside_the_domain() -> None:
    assert richardson(at(np.log, 1e-6), ONE, 1.0, EPS).value == pytest.approx(1e6, rel=1e-6)
    slope, error = richardson(at(np.sqrt, 0.0), ONE, 1.0, EPS)
    assert math.isnan(slope)
    assert error == math.inf


def test_loss_that_raises_outside_its_domain() -> None:
    point = Point(lambda arrays: math.log(arrays["x"][0]), {"x": np.array([0.01])})
    assert math.isnan(point.value(-1.0, ONE))
    assert richardson(point, ONE, 1.0, EPS).value == pytest.approx(100, rel=1e-9)


@pytest.mark.parametrize("precision", [np.float64, np.float32, np.float16])
def test_noise_is_of_the_size_of_the_rounding_inside(precision: type) -> None:
    weights = np.random.default_rng(1).normal(size=40)

    def loss(arrays: dict[str, Array]) -> float:
        return float(np.sum(np.tanh(arrays["x"].astype(precision) * weights.astype(precision))))

    point = Point(loss, {"x": np.random.default_rng(2).normal(size=40)})
    eps = float(np.finfo(precision).eps)
    assert 0.02 * eps < noise(point, generator()) < 20 * eps


def test_noise_ignores_a_kink_at_the_point_and_wide_curvature() -> None:
    assert noise(at(np.abs, 0.0, 0.0), generator()) < 10 * EPS
    assert noise(at(lambda x: np.exp(5 * x), 1.0), generator()) < 100 * EPS * math.exp(5)


@pytest.mark.parametrize("constant", [0.0, 7.0])
def test_constant_loss(constant: float) -> None:
    point = at(lambda x: 0 * x + constant, 1.0, 2.0)
    oracle = Oracle(point, "x", noise(point, generator()), analytic=False)
    assert oracle.element((0,)).value == 0
    assert oracle.kink((0,), 0.0, 0.0, EPS) is None


def test_code_that_refuses_complex_numbers() -> None:
    refusing: list[Callable[[Array], Any]] = [float, math.exp, lambda x: x.astype(float)]
    for function in refusing:
        point = at(function, 1.0)
        assert math.isnan(complex_step(point, ONE).imag)


@pytest.mark.parametrize(
    ("function", "kind"),
    [(np.tanh, COMPLEX_STEP), (np.abs, RICHARDSON), (np.real, RICHARDSON), (np.cbrt, RICHARDSON)],
)
def test_oracle_is_chosen_by_trial(function: Callable[[Array], Array], kind: str) -> None:
    point = at(function, 0.5, -1.0)
    assert oracle_for(point, "x", EPS, generator()).kind == kind


def test_agreement_is_within_the_error() -> None:
    assert agree(1.0, Estimate(1.0 + 5e-9, 1e-9))
    assert not agree(1.0, Estimate(1.0 + 5e-8, 1e-9))
    assert not agree(math.nan, Estimate(1.0, 1.0))
    assert not agree(1.0, Estimate(math.nan, math.inf))


@pytest.mark.parametrize("x", [0.0, 1e-12, -1e-12])
def test_kink_gives_both_slopes(x: float) -> None:
    point = at(lambda x: np.where(x > 0, 3 * x, -x), x, 1.0)
    oracle = Oracle(point, "x", noise(point, generator()), analytic=False)
    expected = oracle.element((0,)).value
    assert oracle.kink((0,), expected, 1e-6, EPS) == pytest.approx((-1, 3), abs=1e-4)
    assert oracle.kink((1,), 3.0, 1e-6, EPS) is None


@pytest.mark.parametrize("steepness", [1.0, 1e3, 1e6])
def test_steep_curve_is_no_kink(steepness: float) -> None:
    point = at(lambda x: np.tanh(steepness * (x - 1)), 1.0 + 0.5 / steepness)
    oracle = Oracle(point, "x", noise(point, generator()), analytic=False)
    slope = steepness * (1 - math.tanh(0.5) ** 2)
    assert oracle.kink((0,), slope, 1e-6 * slope, EPS) is None


def test_suspects_are_the_wrong_elements() -> None:
    x = np.random.default_rng(3).normal(size=(30, 20))
    point = Point(lambda arrays: np.sum(arrays["x"] ** 2), {"x": x})
    oracle = Oracle(point, "x", EPS, analytic=True)
    found = 2 * x
    assert list(oracle.suspects(found, 1e-9, 7, generator())) == []
    found[[3, 17], [5, 0]] += 1e-6
    assert set(oracle.suspects(found, 1e-9, 7, generator())) == {(3, 5), (17, 0)}


def test_sensitivity_is_the_rounding_of_cancelling_terms() -> None:
    point = at(lambda x: (x - 3) ** 2, 3.0 + 1e-6)
    oracle = Oracle(point, "x", EPS, analytic=True)
    eps = float(np.finfo(np.float32).eps)
    assert eps < oracle.sensitivity((0,), eps, generator()) < 30 * eps
    assert oracle.sensitivity((0,), EPS, generator()) < 30 * EPS


def test_point_gives_copies() -> None:
    x = np.zeros(2)

    def loss(arrays: dict[str, Array]) -> float:
        arrays["x"] += 1
        return float(arrays["x"].sum())

    point = Point(loss, {"x": x})
    assert point.value(0.0, {}) == 2
    assert point.value(1.0, {"x": np.ones(2)}) == 4
    np.testing.assert_array_equal(x, 0)


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
    assert (parameter.verdict, parameter.oracle) == ("right", RICHARDSON)
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
    assert (parameter.verdict, parameter.oracle) == ("right", COMPLEX_STEP)
    assert not check_gradients(loss, x, derivative(x) * 1.001).ok


def test_oracle_is_chosen_for_each_array() -> None:
    at = {"a": np.array([0.5, -2.0]), "b": np.array([0.5, -2.0])}
    check = check_gradients(
        lambda p: np.sum(p["a"] ** 2) + np.sum(np.abs(p["b"])),
        at,
        {"a": 2 * at["a"], "b": np.sign(at["b"])},
    )
    oracles = {p.name: p.oracle for p in check.parameters}
    assert oracles == {"a": COMPLEX_STEP, "b": RICHARDSON}
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


def test_number_next_to_zero_is_moved_like_the_others() -> None:
    x = np.array([1e-13, 1.0])
    check = check_gradients(lambda x: float(np.sum(np.sin(x))), x, np.cos(x))
    assert check.parameters[0].verdict == "right"
    found = np.cos(x) * [1.001, 1]
    assert not check_gradients(lambda x: float(np.sum(np.sin(x))), x, found).ok


def test_complex_step_is_doubted_before_the_gradient() -> None:
    def loss(x: Array) -> Array:
        # code that drops the imaginary part when one element moves, but not when all do
        moved = np.count_nonzero(np.imag(x))
        return np.asarray(np.sum(x**2 if moved != 1 else np.real(x) ** 2))

    x = np.array([0.5, -2.0])
    (parameter,) = check_gradients(loss, x, 2 * x).parameters
    assert (parameter.verdict, parameter.oracle) == ("right", RICHARDSON)
