"""Derivations: every line equals the next, the answers people know, losses with their outputs."""

from typing import Any

import mpmath
import pytest
import sympy
from formulas import DIGITS, EXAMPLES, FORMULAS, SMOOTH, at, elementary, slope_at
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from chainrule import InputError, derive
from chainrule.derivation import building as build
from chainrule.derivation.expression import read_formula
from chainrule.derivation.rules import differentiate, standing
from chainrule.derivation.writing import written

POINTS = (-2.3, -0.61, 0.37, 1.9)
CLOSE = mpmath.mpf(10) ** -30


def agree(one: Any, other: Any, within: Any = CLOSE) -> bool:
    with mpmath.workdps(DIGITS):
        return one is not None and bool(abs(one - other) <= within * (1 + abs(other)))


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_line_equals_the_derivative(text: str) -> None:
    """What still stands in a line is taken from its own derivation."""
    derivation = derive(text)
    for x in POINTS:
        slope = slope_at(derivation.expression, x)
        if slope is None:
            continue
        for line in derivation.lines:
            found = {
                s: differentiate(s.expr, s.variables[0]).result for s in standing(line.expression)
            }
            here = at(build.replaced(line.expression, found), x)
            assert agree(here, slope), (x, str(line.step))


@pytest.mark.parametrize("text", SMOOTH)
def test_every_line_equals_the_next_symbolically(text: str) -> None:
    derivation = derive(text)
    wanted = sympy.diff(elementary(derivation.expression), derivation.variable)
    for line in derivation.lines:
        there = {s: sympy.diff(elementary(s.expr), *s.variables) for s in standing(line.expression)}
        found = elementary(build.replaced(line.expression, there))
        assert sympy.simplify(found - wanted) == 0, line.reason


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(FORMULAS, st.sampled_from(POINTS))
def test_any_formula_is_differentiated(text: str, x: float) -> None:
    derivation = derive(text, by="x")
    slope = slope_at(derivation.expression, x)
    assume(slope is not None)
    assert agree(at(derivation.answer, x), slope, mpmath.mpf(10) ** -20)
    assert not standing(derivation.lines[-1].expression)
    if derivation.by_output is not None:
        a = at(derivation.expression, x)
        by_output = at(derivation.by_output, x, **{str(derivation.output): a})
        assert agree(by_output, slope, mpmath.mpf(10) ** -20)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(FORMULAS, st.sampled_from(POINTS))
def test_every_line_of_any_formula_equals_the_derivative(text: str, x: float) -> None:
    derivation = derive(text, by="x")
    slope = slope_at(derivation.expression, x)
    assume(slope is not None)
    for line in derivation.lines:
        found = {s: differentiate(s.expr, s.variables[0]).result for s in standing(line.expression)}
        here = at(build.replaced(line.expression, found), x)
        assert agree(here, slope, mpmath.mpf(10) ** -20), str(line.step)


@settings(max_examples=60, deadline=None)
@given(FORMULAS)
def test_what_is_written_reads_back_as_the_same(text: str) -> None:
    for expression in (read_formula(text).expression, derive(text, by="x").answer):
        again = read_formula(written(expression)).expression
        for x in POINTS:
            assert at(again, x) is None or agree(at(again, x), at(expression, x))


@pytest.mark.parametrize(
    ("text", "answer", "by_output"),
    [
        ("1/(1 + exp(-x))", "sigmoid(x)*(1 - sigmoid(x))", "a*(1 - a)"),
        ("exp(x)/(1 + exp(x))", None, "a*(1 - a)"),
        ("sigmoid(x)", "sigmoid(x)*(1 - sigmoid(x))", "a*(1 - a)"),
        ("0.5*(1 + tanh(x/2))", None, "a*(1 - a)"),
        ("tanh(x)", "1 - tanh(x)**2", "1 - a**2"),
        ("(exp(x) - exp(-x))/(exp(x) + exp(-x))", None, "1 - a**2"),
        ("2/(1 + exp(-2*x)) - 1", None, "1 - a**2"),
        ("exp(x)", "exp(x)", "a"),
        ("exp(3*x)", "3*exp(3*x)", "3*a"),
        ("log(1 + exp(x))", "sigmoid(x)", "1 - exp(-a)"),
        ("softplus(x)", "sigmoid(x)", "1 - exp(-a)"),
        ("sqrt(x)", "1/(2*sqrt(x))", "1/(2*a)"),
        ("max(0, x)", "where(x > 0, 1, 0)", "where(a > 0, 1, 0)"),
        ("max(x, 0)", "where(x > 0, 1, 0)", "where(a > 0, 1, 0)"),
        ("elu(x, 0.5)", "where(x > 0, 1, 0.5*exp(x))", "where(a > 0, 1, a + 0.5)"),
        ("elu(x, -0.5)", "where(x > 0, 1, -0.5*exp(x))", None),  # a > 0 on both sides
        ("x/(1 + abs(x))", None, "(1 - abs(a))**2"),
        ("min(1, max(-1, x))", None, "where(abs(a) < 1, 1, 0)"),
        ("x^2", "2*x", None),
        ("exp(-x^2)", "-2*x*exp(-x**2)", None),
        ("(1 + x^2)^3", "6*x*(1 + x**2)**2", None),
        ("tanh(x)*x", "x*(1 - tanh(x)**2) + tanh(x)", None),
        ("2*x + 1", "2", None),
        ("x", "1", None),
        ("x^alpha", "alpha*x**(alpha - 1)", None),
        (
            "x*tanh(log(1 + exp(x)))",
            "tanh(softplus(x)) + x*(1 - tanh(softplus(x))**2)*sigmoid(x)",
            None,
        ),
        ("-(y*log(x) + (1 - y)*log(1 - x))", "(x - y)/(x*(1 - x))", None),
    ],
)
def test_answers_have_the_form_that_people_know(
    text: str, answer: str | None, by_output: str | None
) -> None:
    derivation = derive(text, by="x")
    assert answer is None or derivation.derivative == answer
    found = None if derivation.by_output is None else written(derivation.by_output)
    assert found == by_output


def test_the_steps_name_the_chain_rule_its_outer_and_inner_function() -> None:
    steps = derive("x*tanh(log(1 + exp(x)))").steps
    assert [(step.rule, step.is_chain_rule) for step in steps] == [
        ("product rule", False),
        ("chain rule", True),
        ("chain rule", True),
        ("sum rule", False),
        ("known derivative", False),
    ]
    outer, inner = steps[1].outer, steps[1].inner
    assert (str(outer), written(inner)) == ("tanh(u)", "log(1 + exp(x))")
    assert str(steps[2]).startswith("chain rule: (log(1 + exp(x)))′ = ")


@pytest.mark.parametrize(
    ("activation", "loss", "derivative", "by_output"),
    [
        ("logistic", "-(y*log(a) + (1 - y)*log(1 - a))", "sigmoid(z) - y", "a - y"),
        ("exp", "a - y*log(a)", "exp(z) - y", "a - y"),
        ("tanh", "(a - y)^2/2", "(tanh(z) - y)*(1 - tanh(z)**2)", "(a - y)*(1 - a**2)"),
        ("sigmoid", "(a - y)^2/2", None, "(a - y)*a*(1 - a)"),
        ("logistic", "(a - y)^2", None, "2*(a - y)*a*(1 - a)"),
        ("softplus", "a - y*log(a)", None, None),
    ],
)
def test_a_loss_goes_through_its_output_activation(
    activation: str, loss: str, derivative: str | None, by_output: str | None
) -> None:
    derivation = derive(loss, by="a", output_activation=activation)
    assert derivation.first.is_chain_rule
    assert str(derivation.variable) == "z"
    assert derivative is None or derivation.derivative == derivative
    assert by_output is None or written(derivation.by_output) == by_output
    whole = build.replaced(derivation.expression, {derivation.output: derivation.output_is})
    for z in POINTS:
        slope = slope_at(whole, z, "z")
        for line in derivation.lines[1:]:  # the first is what is asked for
            found = {
                s: differentiate(s.expr, s.variables[0]).result for s in standing(line.expression)
            }
            opened = build.replaced(line.expression, found)
            assert agree(at(opened, z=z, a=at(derivation.output_is, z=z)), slope), str(line.step)
        assert agree(at(derivation.answer, z=z), slope, mpmath.mpf(10) ** -20)
        a = at(derivation.output_is, z=z)
        assert agree(at(derivation.by_output, a=a), slope, mpmath.mpf(10) ** -20)


@pytest.mark.parametrize(
    ("loss", "activation", "reason"),
    [
        ("-y*log(a)", "softmax", "takes a whole row at once"),
        ("-y*log(a)", "sigmod", "Did you mean 'sigmoid'?"),
        ("-y*log(a)", "sin", "must be one of"),
        ("-z*log(a)", "sigmoid", "has the name z"),
    ],
)
def test_output_activations_that_cannot_be_used(loss: str, activation: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        derive(loss, by="a", output_activation=activation)


def test_parameters_stay_names_and_have_values() -> None:
    derivation = derive("elu(x, alpha)", alpha=0.5)
    assert derivation.derivative == "where(x > 0, 1, alpha*exp(x))"
    assert written(derivation.by_output) == "where(a > 0, 1, a + 0.5)"


def test_the_name_for_the_value_is_free() -> None:
    assert str(derive("tanh(a)").output) != "a"


def test_a_constant_and_a_flat_function_are_told_apart() -> None:
    assert derive("3").is_constant
    assert not derive("3").is_flat
    assert derive("sign(x)").is_flat
    assert not derive("x").is_flat


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("x^9^9^9", "9**387420489*x**(9**387420489 - 1)"),
        ("abs(x^9^9^9 - 2)", None),
        ("exp(9^9^9*x)", "9**387420489*exp(9**387420489*x)"),
        ("(exp(9.99999999*x) + 1)/(exp(x) + 2)", None),
    ],
)
def test_immense_numbers_stay_as_they_are_written(text: str, answer: str | None) -> None:
    """SymPy would take hours to compute or to factor them."""
    derivation = derive(text)
    assert answer is None or derivation.derivative == answer


@pytest.mark.parametrize(
    "text",
    [
        "mish(" * 30 + "x" + ")" * 30,
        "elu(" * 30 + "x" + ", x)" * 30,
        "*".join(f"sin({k}*x)" for k in range(1, 30)),
        "tanh(" * 35 + "x" + ")" * 35,
        "sigmoid(" * 35 + "x" + ")" * 35,
    ],
)
def test_nested_formulas_stay_small(text: str) -> None:
    """The size is at most that of the formula squared, and some."""
    derivation = derive(text, by="x")
    assert build.operations(derivation.answer) < 40_000
