"""Kinks and jumps: where they are, the slopes on both sides, the value used."""

from math import inf

import mpmath
import pytest

from chainrule import derive
from chainrule.derivation.evaluation import NoValueError, value
from chainrule.derivation.expression import read_formula
from chainrule.derivation.writing import written


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("abs(x)", [("0", "kink", -1, 1, 0)]),
        ("max(0, x)", [("0", "kink", 0, 1, 0)]),
        ("max(x, 0)", [("0", "kink", 0, 1, 0)]),
        ("min(1, max(-1, x))", [("-1", "kink", 0, 1, 0), ("1", "kink", 1, 0, 0)]),
        ("hard_tanh(2*x + 1)", [("-1", "kink", 0, 2, 0), ("0", "kink", 2, 0, 0)]),
        ("leaky_relu(x - 3)", [("3", "kink", 0.01, 1, 0.01)]),
        ("abs(x^2 - 4)", [("-2", "kink", -4, 4, 0), ("2", "kink", -4, 4, 0)]),
        ("abs(exp(x) - 2)", [("log(2)", "kink", -2, 2, 0)]),
        ("max(x, 2*x)", [("0", "kink", 1, 2, 1)]),
        ("sign(x)", [("0", "jump", None, None, 0)]),
        ("where(x > 1, x, 2)", [("1", "jump", None, None, 0)]),
        ("where(0 < x < 1, x, 0)", [("0", "kink", 0, 1, 0), ("1", "jump", None, None, 0)]),
        ("sqrt(x^2)", [("0", "kink", -1, 1, None)]),
        ("sqrt((x - 3)^2)", [("3", "kink", -1, 1, None)]),
        ("sqrt(abs(x))", [("0", "kink", -inf, inf, None)]),
        ("sign(x)*abs(x)^0.3", [("0", "kink", inf, inf, None)]),
        ("x*log(abs(x))", [("0", "kink", -inf, -inf, None)]),
        ("where(x != 0, x, 3)", [("0", "kink", 1, 1, 0)]),
        ("max(sqrt(x), -1)", []),
        ("abs(sin(x))", [(None, "possible kink", None, None, None)]),
        ("max(a, x)", [("a", "possible kink", None, None, None)]),
    ],
)
def test_kinks(text: str, found: list[tuple[object, ...]]) -> None:
    kinks = derive(text, by="x").kinks
    assert [
        (k.at if k.at is None else written(k.at), k.kind, k.left, k.right, k.used) for k in kinks
    ] == found


@pytest.mark.parametrize(
    "text",
    ["elu(x)", "x*abs(x)", "relu(x)^2", "abs(exp(x) + 1)", "where(x == 0, 1, sin(x)/x)", "x^3"],
)
def test_a_border_at_which_value_and_slope_agree_is_no_kink(text: str) -> None:
    assert derive(text).kinks == ()


def test_parameters_decide_where_a_kink_is() -> None:
    (kink,) = derive("max(alpha, x)", alpha=0.25).kinks
    assert (written(kink.at), kink.kind, kink.used) == ("alpha", "kink", 0)
    assert derive("elu(x, alpha)", alpha=1).kinks == ()


@pytest.mark.parametrize(
    ("text", "x"),
    [("1/x", 0), ("x^-2", 0), ("log(x)", -1), ("sqrt(x)", -1), ("x^0.5", -2), ("log(x)", 0),
     ("exp(x)", 1e9), ("9^9^9^9", 1), ("x/(x - x)", 1), ("asin(x)", 2),
     ("erfc(0.001*sinh(1e5))", 1)],
)  # fmt: skip
def test_where_there_is_no_number_none_is_given(text: str, x: float) -> None:
    formula = read_formula(text)
    with pytest.raises(NoValueError):
        value(formula.expression, {formula.variable: x})


def test_values_have_fifty_digits() -> None:
    formula = read_formula("Phi(x) + 0.1")
    with mpmath.workdps(50):
        wanted = (1 + mpmath.erf(1 / mpmath.sqrt(2))) / 2 + mpmath.mpf(1) / 10
        assert (
            abs(value(formula.expression, {formula.variable: 1}) - wanted) < mpmath.mpf(10) ** -48
        )


def test_a_slope_without_bound_is_said_to_have_none() -> None:
    assert "the slope is -∞ to the left and ∞ to the right" in " ".join(
        str(derive("sqrt(abs(x))")).split()
    )
