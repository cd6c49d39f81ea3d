"""Formulas of all functions, at random: each is derived, right where it has numbers, and shown."""

import json

import mpmath
import pytest
from formulas import DIGITS, at, slope_at
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule import InputError, derive
from chainrule.derivation.code import code_for
from chainrule.derivation.functions import FUNCTIONS
from chainrule.render.derivation_html import page
from chainrule.render.derivation_machine import as_json

POINTS = (-2.3, -0.61, 0.37, 1.9, 7.7)
NUMBERS = ("0", "1", "2", "0.5", "-1", "pi", "1e-3", "1e5")


def _applied(parts: st.SearchStrategy[str], name: str) -> st.SearchStrategy[str]:
    row = FUNCTIONS[name]
    if name == "where":
        signs = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
        condition = st.tuples(parts, signs, parts).map(" ".join)
        return st.tuples(condition, parts, parts).map(lambda p: f"where({', '.join(p)})")
    taken = st.tuples(*[parts] * len(row.parameters))
    return taken.map(lambda p: f"{name}({', '.join(p)})")


def _grown(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    joined = st.tuples(parts, st.sampled_from("+-*/^"), parts)
    return joined.map(lambda p: f"({p[0]}){p[1]}({p[2]})") | st.sampled_from(
        list(FUNCTIONS)
    ).flatmap(lambda name: _applied(parts, name))


ANY = st.recursive(st.sampled_from(["x", "x", "x", "x", "y", *NUMBERS]), _grown, max_leaves=6)
OF_X = st.recursive(st.sampled_from(["x", "x", "x", *NUMBERS]), _grown, max_leaves=4)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(ANY)
def test_any_formula_is_derived_right_and_shown(text: str) -> None:
    derivation = derive(text, by="x")
    assert str(derivation).startswith("f(x) = ")
    assert derivation.latex
    assert page(derivation)
    assert json.loads(as_json(derivation))["derivative"] == derivation.derivative
    for x in POINTS:
        slope, found = slope_at(derivation.expression, x), at(derivation.answer, x)
        if slope is not None and found is not None:
            with mpmath.workdps(DIGITS):
                assert abs(found - slope) <= mpmath.mpf(10) ** -12 * (1 + abs(slope)), x


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(OF_X)
def test_any_formula_of_one_name_becomes_code_or_is_refused(text: str) -> None:
    try:
        code = code_for(text, by="x")
    except InputError:
        return  # a sentence: other names, no number anywhere, complex numbers compared
    assert ("Not exact" in code.remark) != code.is_exact
    for language in ("numpy", "numba", "python", "c"):
        assert "value_and_derivative" in code.source(language)


NESTED = [f"{name}({{}})" for name, row in FUNCTIONS.items() if len(row.parameters) == 1]
NESTED += ["max(x, {})", "where(x > 0, x, {})", "logaddexp({}, x)", "clip({}, x, 2)"]
NESTED += ["({})^x", "({})/(1 + x)", "1/(x + {})", "sigmoid(1 - {})", "({})^2 + 1"]


@pytest.mark.slow
@pytest.mark.parametrize("link", NESTED)
def test_the_deepest_nests_are_derived_and_shown(link: str) -> None:
    """None needs more than seconds, nor gigabytes: a test that hangs shows it."""
    text = "x"
    while len(link.format(text)) <= 990 and text.count("(") < 33:
        text = link.format(text)
    assert str(derive(text, by="x"))
