"""Code where nothing is left of a formula: its limit, or nothing to compare."""

from functools import cache
from typing import Any

import mpmath
import numpy as np
import pytest

from chainrule.derivation.accuracy import BOUND, measure
from chainrule.derivation.code import code_for
from chainrule.derivation.exact import value_at
from chainrule.derivation.expression import read_formula

made = cache(code_for)

REMOVABLE = [
    "(1 - exp(-x))/x",
    "(exp(x) - 1)/x",
    "log(1 + x)/x",
    "(1 - cos(x))/x^2",
    "(exp(x) - 1 - x)/x^2",
]
"""Formulas of which nothing is left at 0, and little near it."""


@pytest.mark.parametrize("text", REMOVABLE)
def test_what_cancels_at_zero_is_exact_there(text: str) -> None:
    code, x = made(text), read_formula(text).variable
    assert code.is_exact
    sizes = 10 ** np.random.default_rng(0).uniform(-300, 1, 60)
    grid = np.concatenate([sizes, -sizes, [0.0, 1e-9, 1e-100, 1e-300]])
    for function, form in ((code.value, code.value_form), (code.derivative, code.derivative_form)):
        assert measure(function(grid), form.original, x, grid).ulp <= BOUND
    names: dict[str, Any] = {}
    exec(code.source("python"), names)
    near = np.array([0.0, 1e-300, 1e-100, 1e-9, -1e-300])
    results = np.transpose([names["value_and_derivative"](z) for z in near.tolist()])
    np.testing.assert_allclose(results, code.value_and_derivative(near), rtol=1e-15)


def test_at_a_removable_singularity_code_gives_the_limit() -> None:
    np.testing.assert_array_equal(
        [made(text).value_and_derivative(np.array(0.0)) for text in REMOVABLE],
        [(1, -0.5), (1, 0.5), (1, -0.5), (0.5, 0), (0.5, 1 / 6)],
    )


@pytest.mark.parametrize("x", [1e-9, 1e-100, 1e-300])
def test_exact_values_have_the_digits_that_cancel(x: float) -> None:
    formula = read_formula("(exp(x) - 1 - x)/x^2")
    assert float(value_at(formula.expression, formula.variable, x)) == pytest.approx(
        0.5 + x / 6, rel=1e-15
    )


@pytest.mark.parametrize("text", ["log(x)", "1/x^2", "1/x", "sqrt(x)"])
def test_where_there_is_no_value_nothing_is_compared(text: str) -> None:
    code = made(text)
    assert code.is_exact
    assert "inf" not in code.remark


def test_a_result_below_the_largest_float_does_not_overflow() -> None:
    result = code_for("sinh(x)/x").value(np.array([713.0]))
    with mpmath.workdps(30):
        expected = float(mpmath.sinh(713) / 713)
    np.testing.assert_allclose(result, expected, rtol=1e-14)


def test_a_limit_that_code_does_not_give_is_an_error() -> None:
    assert "most at x = 1: no number" in made("log(x)/(x - 1)").remark
