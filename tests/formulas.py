"""Formulas to differentiate, and independent ways to find their derivatives."""

from collections.abc import Mapping
from typing import Any

import mpmath
import sympy
from hypothesis import strategies as st

from chainrule.derivation import building as build
from chainrule.derivation.evaluation import NoValueError, value
from chainrule.derivation.expression import defined
from chainrule.derivation.functions import OwnFunction, known

DIGITS = 50
EXAMPLES = (
    "3*x + 1",
    "x^3 - x/2",
    "x*tanh(log(1 + exp(x)))",
    "1/(1 + exp(-x))",
    "(exp(x) - exp(-x))/(exp(x) + exp(-x))",
    "log(1 + exp(x))",
    "exp(-x^2/2)/sqrt(2*pi)",
    "x^x",
    "2^(3*x)",
    "x*sin(x)*exp(x)",
    "sin(cos(tan(x)))",
    "sqrt(1 + x^2)",
    "log(x)/x",
    "(1 + x)/(1 - x)^2",
    "atan(2*x) + asinh(x) - erf(x/3)",
    "1/(1 + 1/(1 + x))",
    "x*Phi(x)",
    "mish(x)",
    "mish(2*x - 1)",
    "gelu(silu(x))",
    "softsign(3*x)",
    "where(x > 0, x, 0.1*(exp(x) - 1))",
    "elu(x, 0.5)",
    "elu(3*x, x)",
    "selu(x)",
    "leaky_relu(x - 3)",
    "max(x, x^2, 1/2)",
    "min(1, max(-1, 2*x))",
    "clip(x^2, x, 3)",
    "clip(x, x, 3)",
    "logaddexp(x, 2*x)",
    "abs(x)*sign(x - 2)",
    "relu(x)^2",
    "hard_tanh(x/2)",
    "expm1(x)*log1p(x^2)",
    "sigmoid(x)^2/softplus(-x)",
)
SMOOTH = tuple(
    text
    for text in EXAMPLES
    if not any(
        name in text
        for name in ("where", "elu", "max", "min", "clip", "abs", "hard", "mish(2", "gelu")
    )
)
_ONE = ("exp", "log", "sin", "cos", "tanh", "atan", "sigmoid", "softplus", "relu", "abs", "sqrt")
_ONE_MORE = ("expm1", "erf", "gelu", "mish", "elu", "softsign", "sinh", "log1p", "hard_tanh")


def _grown(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from("+-*/")
    return (
        st.tuples(parts, signs, parts).map(lambda p: f"({p[0]}) {p[1]} ({p[2]})")
        | st.tuples(st.sampled_from(_ONE + _ONE_MORE), parts).map(lambda p: f"{p[0]}({p[1]})")
        | st.tuples(parts, st.sampled_from(["2", "3", "-1", "0.5"])).map(
            lambda p: f"({p[0]})^{p[1]}"
        )
        | st.tuples(parts, parts).map(lambda p: f"max({p[0]}, {p[1]})")
        | st.tuples(parts, parts).map(lambda p: f"where({p[0]} > 0.3, {p[1]}, {p[0]})")
    )


FORMULAS = st.recursive(
    st.sampled_from(["x", "x", "x", "2", "0.5", "3", "y", "-x"]), _grown, max_leaves=8
)


def at(expression: Any, x: float = 0.0, **others: float) -> Any:
    """The value of an expression at x, None where it has none."""
    names: Mapping[str, float] = {"x": x, "y": 0.7, **others}
    try:
        return value(expression, {sympy.Symbol(n, real=True): v for n, v in names.items()}, DIGITS)
    except NoValueError:
        return None


def slope_at(expression: Any, x: float, name: str = "x") -> Any:
    """The derivative by differences at 50 digits, None near a kink or an end of the domain."""
    with mpmath.workdps(DIGITS):
        aside = mpmath.mpf(10) ** -17
        points = [at(expression, **{name: mpmath.mpf(x) + k * aside}) for k in (-2, -1, 0, 1, 2)]
        if None in points:
            return None
        left, right = (points[2] - points[1]) / aside, (points[3] - points[2]) / aside
        if abs(left - right) > mpmath.mpf(10) ** -6 * (1 + abs(left)):
            return None
        return (8 * (points[3] - points[1]) - (points[4] - points[0])) / (12 * aside)


def elementary(node: Any) -> Any:
    """The expression as SymPy knows it, own functions by their definitions."""
    row = known(node)
    if build.is_choice(node):
        condition, chosen, other = map(elementary, build.choice_parts(node))
        return sympy.Piecewise((chosen, condition), (other, True))
    if row is not None and isinstance(node, OwnFunction):
        return elementary(defined(row, node.args))
    return node.func(*map(elementary, node.args)) if node.args else node
