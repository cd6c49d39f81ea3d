"""A network's update rules: what they are made of is what the package trains with."""

from typing import Any

import numpy as np
import pytest
import sympy
from formulas import elementary
from scipy.special import gammaln

from chainrule import ACTIVATIONS, LOSSES, InputError
from chainrule.activations import EXPONENTIAL
from chainrule.chain import Array
from chainrule.derivation.building import Expr
from chainrule.derivation.evaluation import value
from chainrule.losses import FUSED
from chainrule.update_rules.architecture import A, Y, Z
from chainrule.update_rules.reading import architecture

STEP = 1e-30  # of the complex step, whose error is of the order of its square
POINTS = np.array([-3.1, -1.7, -0.6, -0.2, 0.3, 0.8, 1.4, 2.9])  # no kink among them
PREDICTIONS = np.array([0.15, 0.3, 0.45, 0.6, 0.75, 0.9])
TARGETS = np.array([1.0, 0.0, 1.0, 2.0, 0.0, 0.25])
ELEMENTWISE = {**ACTIVATIONS, "exponential": EXPONENTIAL}


def numbers(expression: Expr, **at: Array) -> Array:
    """An expression's value at several points."""
    names = [sympy.Symbol(name, real=True) for name in at]
    rows = zip(*at.values(), strict=True)
    found = [value(expression, dict(zip(names, map(float, row), strict=True))) for row in rows]
    return np.array(found, np.float64)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_each_activation_is_the_one_that_trains_and_its_derivative_has_three_oracles(
    name: str,
) -> None:
    output = {"output_activation": name, "loss": "poisson" if name == "exponential" else "huber"}
    rule = architecture("2-2", **output).output
    record = ELEMENTWISE[name]
    assert rule is not None
    a = numbers(rule.formula, z=POINTS)
    np.testing.assert_allclose(a, record.value(POINTS), rtol=1e-14, atol=1e-16)
    found = numbers(rule.by_z, z=POINTS)
    np.testing.assert_allclose(found, record.derivative(POINTS), rtol=1e-13, atol=1e-15)
    complex_step = record.value(POINTS + 1j * STEP).imag / STEP
    np.testing.assert_allclose(found, complex_step, rtol=1e-13, atol=1e-15)
    diff = sympy.diff(elementary(rule.formula), Z)
    np.testing.assert_allclose(
        found, [float(diff.subs(Z, z).doit()) for z in POINTS], rtol=1e-13, atol=1e-15
    )
    if rule.by_a is not None:
        np.testing.assert_allclose(numbers(rule.by_a, a=a), found, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", LOSSES)
def test_each_loss_is_the_one_that_trains_and_its_derivative_has_three_oracles(name: str) -> None:
    record = LOSSES[name]
    rule = architecture("2-3", loss=name).loss
    a, y = PREDICTIONS.reshape(2, 3), TARGETS.reshape(2, 3)
    total = numbers(rule.term, a=PREDICTIONS, y=TARGETS, c=gammaln(TARGETS + 1))
    np.testing.assert_allclose(total.reshape(2, 3).sum(axis=1), record.value(a, y), rtol=1e-13)
    found = numbers(rule.by_a, a=PREDICTIONS, y=TARGETS).reshape(2, 3)
    np.testing.assert_allclose(found, record.derivative(a, y), rtol=1e-13)
    for k in range(3):
        step = np.zeros(3)
        step[k] = STEP
        np.testing.assert_allclose(
            found[:, k], record.value(a + 1j * step, y).imag / STEP, rtol=1e-12, atol=1e-15
        )
    diff = sympy.diff(elementary(rule.term), A)
    pairs = zip(PREDICTIONS, TARGETS, strict=True)
    expected = [diff.subs({A: p, Y: t}).doit() for p, t in pairs]
    np.testing.assert_allclose(found.ravel(), np.array(expected, float), rtol=1e-12)


def test_the_usual_output_follows_the_loss() -> None:
    """Where the loss takes any: logistic throughout, as in the classic network, else identity."""
    for loss, output in (("poisson", "exponential"), ("log_loss", "softmax")):
        assert architecture("4-3-2", "tanh", loss).output_activation == output
    assert architecture("4-3-2", "logistic").output_activation == "logistic"
    assert architecture("4-3-2", "tanh").output_activation == "identity"
    assert architecture("4-3-3-2", ["logistic", "tanh"]).output_activation == "identity"


def test_deltas() -> None:
    for (output, loss), fused in FUSED.items():
        found = architecture("4-3-2", "tanh", loss, output)
        assert found.fused
        assert (str(found.delta) == "a - y") == (fused.derivative_formula == "a − y")
    assert not architecture("4-3-2").fused
    assert architecture("4-3-2", "tanh", "huber", "softmax").delta is None


def test_a_formula_is_an_activation() -> None:
    rule = architecture("4-3-2", "w1*sigmoid(w1)").hidden[0]
    found = numbers(rule.by_z, z=POINTS)
    np.testing.assert_allclose(found, ACTIVATIONS["silu"].derivative(POINTS), rtol=1e-13)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("7-",), "`network` must be the number of inputs .* got '7-'"),
        (("7x5",), "as in 7-5-3; got '7x5'"),
        (("7",), "as in 7-5-3; got '7'"),
        ((7,), "must be 2 to 101 sizes, the inputs first; got 1"),
        (((7, 0),), "whole numbers from 1 to 10,000,000; got 0"),
        (((7, 2.5),), "got 2.5"),
        (((7, True),), "got True"),
        (("7-99999999",), "got 99999999"),
        (([1] * 102,), "got 102"),
        (("7-5-3", "tahn"), "Did you mean 'tanh'"),
        (("7-5-3", "log(x)"), "has no value at x = -10"),
        (("7-5-3", "abs(x)^0.5"), "has no derivative at x = 0"),
        (("7-5-3", "alpha*x"), "must have one name, .* it has alpha, x"),
        (("7-5-3", "2+1"), "it has none"),
        (("7-5-3", "x*(1"), "this bracket is not closed"),
        (("7-5-3", ["tanh", "relu"]), "one entry a hidden layer, 1; got 2"),
        (("7-5-3", 5), "must be one choice or a list"),
        (("7-5-3", [5]), "must be one of .*; got 5"),
        (("7-5-3", "tanh", "mse"), "Did you mean 'mean_squared_error'"),
        (("7-5-1", "tanh", "log_loss"), "for a single output take binary_cross_entropy"),
        (("7-5-1", "tanh", "log_loss", "softmax"), "must not be 'softmax' on one output"),
        (("7-5-3", "tanh", "poisson", "tanh"), "must be exponential or softplus"),
        (("7-5-3", "tanh", "poisson", "sofmax"), "Did you mean 'softmax'"),
    ],
)
def test_what_cannot_be_used_is_refused(given: tuple[Any, ...], said: str) -> None:
    with pytest.raises(InputError, match=said):
        architecture(*given)
