"""The oracles against derivatives known in closed form, and their errors against the truth."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.chain import Array
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
