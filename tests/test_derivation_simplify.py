"""Tidy and shorter forms: what they look like, and that they are equal."""

import pytest
from formulas import at

from chainrule.derivation.expression import read_formula
from chainrule.derivation.shorter import common_denominator
from chainrule.derivation.simplify import tidy
from chainrule.derivation.writing import written


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("0*x + 2*x*x/x + x", "3*x"),
        ("x/2 + x/2", "x"),
        ("0.5*x*2", "x"),
        ("3*x^2/2", "3*x**2/2"),
        ("2*x*0.1", "0.2*x"),
        ("x*1/3", "x/3"),
        ("sqrt(x)*sqrt(x)", "x"),
        ("(2*x)^-2", "1/(4*x**2)"),
        ("-(x - 1)", "1 - x"),
        ("(1 + x) - (1 - x)", "2*x"),
        ("exp(x)*exp(-x)", "1"),
        ("where(x > 0, 1 + 0, 1)", "1"),
        ("exp(-x)/(1 + exp(-x))^2", "sigmoid(x)*(1 - sigmoid(x))"),
        ("exp(x)/(1 + exp(x))^2", "sigmoid(x)*(1 - sigmoid(x))"),
        ("exp(x)/(1 + exp(x))", "sigmoid(x)"),
        ("1/(1 + exp(x))", "sigmoid(-x)"),
        ("exp(x)^2/(1 + exp(x))^2", "sigmoid(x)**2"),
        ("log(1 + exp(-2*x))", "softplus(-2*x)"),
        ("(1 - y)/(1 - x) - y/x", "(x - y)/(x*(1 - x))"),
        ("1/x + 1/x^2", "1/x + 1/x**2"),
        ("x^2 + 2^x", "x**2 + 2**x"),
        ("x - 1 + (1 - x)", "0"),
        ("sigmoid(x)*sigmoid(-x)", "sigmoid(x)*(1 - sigmoid(x))"),
        ("sigmoid(x)*sigmoid(-x)^2", "sigmoid(x)*(1 - sigmoid(x))**2"),
        ("exp(x)^2*sigmoid(-x)", "exp(x)*sigmoid(x)"),
        ("exp(x)*sigmoid(-x)^2", "sigmoid(x)*(1 - sigmoid(x))"),
        ("(1 + exp(x))^2", "(1 + exp(x))**2"),
        ("9^9^9*x", "9**387420489*x"),
        ("3*sigmoid(0)*x", "3*x*sigmoid(0)"),
        ("exp(-x)*x*-2", "-2*x*exp(-x)"),
        ("sin(x)*(1 + x)*x^2*y*pi*sqrt(2)", "pi*sqrt(2)*x**2*y*sin(x)*(1 + x)"),
        ("2^x*x/((1 - x)*x^2)", "2**x/(x*(1 - x))"),
    ],
)
def test_forms(text: str, form: str) -> None:
    expression = read_formula(text).expression
    shown = common_denominator(tidy(expression))
    assert written(shown) == form
    for x in (0.3, 1.7):
        before, after = at(expression, x), at(shown, x)
        assert before == after or abs(before - after) <= 1e-45 * abs(before)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("x - (1 - x)", "x - (1 - x)"),
        ("-x^2", "-x**2"),
        ("(-x)^2", "(-x)**2"),
        ("(-2)^x", "(-2)**x"),
        ("2^-x", "2**(-x)"),
        ("x/2/3", "x/(2*3)"),
        ("x - -x", "x + x"),
        ("-3 + x", "x - 3"),
        ("(x/2)/(3/x)", "x/(2*(3/x))"),
        ("x^-0.5", "1/sqrt(x)"),
        ("1e-5*x", "0.00001*x"),
        ("1e20", "1e20"),
        ("0.1 + .5 + 2.", "0.1 + 0.5 + 2"),
        ("where(x > 0 and x < 1, x, 0)", "where(x > 0 and x < 1, x, 0)"),
    ],
)
def test_formulas_are_written_with_the_brackets_they_need(text: str, form: str) -> None:
    assert written(read_formula(text).expression) == form
