"""The functions a formula may use: one row each, with its derivative beside it.

The rows are written in the language of the formulas themselves, u being the argument and a the
function's own value.  `derivative` and `by_output` are both ∂a/∂u: the second reuses what is
already known, as in tanh′ = 1 − a².  A row with a definition and no derivative is differentiated by
its definition.

SymPy rewrites as soon as it can, mostly into a form that nobody expects.  So every expression of
this package is built with `evaluate=False`, and functions that SymPy lacks are plain symbols.
"""

from dataclasses import dataclass
from typing import Any

import sympy


class OwnFunction(sympy.Function):
    """A function that SymPy does not have: never rewritten, real for real arguments."""

    is_real = True


class log1p(OwnFunction):  # noqa: N801, D101 - functions are written small
    pass


class expm1(OwnFunction):  # noqa: N801, D101
    pass


class sigmoid(OwnFunction):  # noqa: N801, D101
    pass


class softplus(OwnFunction):  # noqa: N801, D101
    pass


class relu(OwnFunction):  # noqa: N801, D101
    pass


class softsign(OwnFunction):  # noqa: N801, D101
    pass


class normal_cdf(OwnFunction):  # noqa: N801, D101
    pass


class silu(OwnFunction):  # noqa: N801, D101
    pass


class mish(OwnFunction):  # noqa: N801, D101
    pass


class gelu(OwnFunction):  # noqa: N801, D101
    pass


class elu(OwnFunction):  # noqa: N801, D101
    pass


class selu(OwnFunction):  # noqa: N801, D101
    pass


class leaky_relu(OwnFunction):  # noqa: N801, D101
    pass


class hard_tanh(OwnFunction):  # noqa: N801, D101
    pass


class gaussian(OwnFunction):  # noqa: N801, D101
    pass


class logaddexp(OwnFunction):  # noqa: N801, D101
    pass


class clip(OwnFunction):  # noqa: N801, D101
    pass


class maximum(OwnFunction):  # noqa: N801 - SymPy's Max sorts its arguments
    """The larger of two; where they are equal, the derivative is a constant's, or the first's."""


class minimum(OwnFunction):  # noqa: N801
    """The smaller of two; where they are equal, the derivative is a constant's, or the first's."""


class where(OwnFunction):  # noqa: N801 - SymPy's Piecewise rewrites its conditions
    """The second argument where the first, a condition, holds; the third elsewhere."""


@dataclass(frozen=True, slots=True)
class KnownFunction:
    """A function by name, with its derivative.

    Attributes:
        name: the name in formulas and answers; `aliases` are read as the same.
        symbol: SymPy's class for it.
        derivative: ∂a/∂u as a formula in u; "" where the definition is differentiated instead.
        by_output: ∂a/∂u as a formula in a, for positive parameters; "" where a does not say it.
        inverse: u as a formula in a; "" where a does not determine it.
        definition: the function as a formula of its parameters, by simpler ones; "" if it has none.
        parameters: the arguments' names, the variable first.
        defaults: values of the last parameters, where they are left out.
        kinks: the u at which it is not differentiable; `derivative` gives the value used there.
    """

    name: str
    symbol: Any
    derivative: str = ""
    by_output: str = ""
    inverse: str = ""
    definition: str = ""
    parameters: tuple[str, ...] = ("u",)
    defaults: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    kinks: tuple[str, ...] = ()


# fmt: off
_ROWS = (
    KnownFunction("exp", sympy.exp, "exp(u)", "a", "log(a)"),
    KnownFunction("log", sympy.log, "1/u", "exp(-a)", "exp(a)", aliases=("ln",)),
    KnownFunction("log1p", log1p, "1/(1 + u)", "exp(-a)", "expm1(a)", "log(1 + u)"),
    KnownFunction("expm1", expm1, "exp(u)", "1 + a", "log1p(a)", "exp(u) - 1"),
    KnownFunction("sqrt", sympy.sqrt, "1/(2*sqrt(u))", "1/(2*a)", "a**2", aliases=("√",)),
    KnownFunction("sin", sympy.sin, "cos(u)"),
    KnownFunction("cos", sympy.cos, "-sin(u)"),
    KnownFunction("tan", sympy.tan, "1 + tan(u)**2", "1 + a**2"),
    KnownFunction("asin", sympy.asin, "1/sqrt(1 - u**2)", aliases=("arcsin",)),
    KnownFunction("acos", sympy.acos, "-1/sqrt(1 - u**2)", aliases=("arccos",)),
    KnownFunction("atan", sympy.atan, "1/(1 + u**2)", "", "tan(a)", aliases=("arctan",)),
    KnownFunction("sinh", sympy.sinh, "cosh(u)", "sqrt(1 + a**2)", "asinh(a)"),
    KnownFunction("cosh", sympy.cosh, "sinh(u)"),
    KnownFunction("tanh", sympy.tanh, "1 - tanh(u)**2", "1 - a**2", "atanh(a)"),
    KnownFunction("asinh", sympy.asinh, "1/sqrt(1 + u**2)", "", "sinh(a)", aliases=("arcsinh",)),
    KnownFunction("acosh", sympy.acosh, "1/sqrt(u**2 - 1)", aliases=("arccosh",)),
    KnownFunction("atanh", sympy.atanh, "1/(1 - u**2)", "", "tanh(a)", aliases=("arctanh",)),
    KnownFunction("erf", sympy.erf, "2/sqrt(pi)*exp(-u**2)"),
    KnownFunction("erfc", sympy.erfc, "-2/sqrt(pi)*exp(-u**2)"),
    KnownFunction("Phi", normal_cdf, "exp(-u**2/2)/sqrt(2*pi)",
                  definition="(1 + erf(u/sqrt(2)))/2", aliases=("Φ", "ndtr", "normal_cdf")),
    KnownFunction("sigmoid", sigmoid, "sigmoid(u)*(1 - sigmoid(u))", "a*(1 - a)",
                  "log(a/(1 - a))", "1/(1 + exp(-u))", aliases=("logistic", "expit", "σ")),
    KnownFunction("softplus", softplus, "sigmoid(u)", "1 - exp(-a)",
                  "log(exp(a) - 1)", "log(1 + exp(u))"),
    KnownFunction("softsign", softsign, "1/(1 + abs(u))**2", "(1 - abs(a))**2",
                  "a/(1 - abs(a))", "u/(1 + abs(u))"),
    KnownFunction("abs", sympy.Abs, "sign(u)", kinks=("0",), aliases=("absolute", "fabs")),
    KnownFunction("sign", sympy.sign, "0", kinks=("0",), aliases=("sgn",)),
    KnownFunction("relu", relu, "where(u > 0, 1, 0)", "where(a > 0, 1, 0)",
                  definition="max(0, u)", kinks=("0",)),
    KnownFunction("leaky_relu", leaky_relu, by_output="where(a > 0, 1, alpha)",
                  definition="where(u > 0, u, alpha*u)",
                  parameters=("u", "alpha"), defaults=("0.01",)),
    KnownFunction("elu", elu, by_output="where(a > 0, 1, a + alpha)",
                  definition="where(u > 0, u, alpha*(exp(u) - 1))",
                  parameters=("u", "alpha"), defaults=("1",)),
    KnownFunction("selu", selu, by_output="where(a > 0, 1.0507009873554804934193349852946,"
                  " a + 1.7580993408473768599402175208123)",
                  definition="1.0507009873554804934193349852946"
                  "*where(u > 0, u, 1.6732632423543772848170429916717*(exp(u) - 1))"),
    KnownFunction("gelu", gelu, definition="u*Phi(u)"),
    KnownFunction("silu", silu, definition="u*sigmoid(u)", aliases=("swish",)),
    KnownFunction("mish", mish, definition="u*tanh(softplus(u))"),
    KnownFunction("hard_tanh", hard_tanh, "where(abs(u) < 1, 1, 0)", "where(abs(a) < 1, 1, 0)",
                  definition="min(1, max(-1, u))", aliases=("hardtanh",), kinks=("-1", "1")),
    KnownFunction("gaussian", gaussian, definition="exp(-u**2)"),
    KnownFunction("clip", clip, definition="min(max(u, low), high)",
                  parameters=("u", "low", "high")),
    KnownFunction("logaddexp", logaddexp, definition="log(exp(u) + exp(v))",
                  parameters=("u", "v")),
    KnownFunction("max", maximum, definition="where(v > u, v, u)", parameters=("u", "v"),
                  aliases=("maximum",)),
    KnownFunction("min", minimum, definition="where(v < u, v, u)", parameters=("u", "v"),
                  aliases=("minimum",)),
    KnownFunction("where", where, parameters=("condition", "u", "v")),
)
# fmt: on

FUNCTIONS: dict[str, KnownFunction] = {row.name: row for row in _ROWS}
"""The table, by name."""

NAMES: dict[str, KnownFunction] = FUNCTIONS | {n: row for row in _ROWS for n in row.aliases}
"""The table, by every name that a formula may use."""

BY_SYMBOL: dict[Any, KnownFunction] = {row.symbol: row for row in _ROWS}
"""The table, by SymPy's class; `sqrt` is no class there, but a power."""

CONSTANTS: dict[str, Any] = {"pi": sympy.pi, "π": sympy.pi, "e": sympy.E}
"""Numbers with a name."""


def known(expression: Any) -> KnownFunction | None:
    """Return the row of the function that an expression applies, None for anything else."""
    return BY_SYMBOL.get(expression.func)
