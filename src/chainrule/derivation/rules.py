"""The rules of differentiation: one table, tried from the top, each applied to one expression.

A rule says what the derivative of an expression is in terms of the derivatives of its parts, which
it leaves standing.  `differentiate` applies them until none stands; a part that occurs twice is
differentiated once.
"""

from collections.abc import Callable
from functools import cache

import sympy

from . import arithmetic
from . import building as build
from .applied import Applied, U, chained, slope, times
from .building import Expr
from .expression import defined, template
from .functions import KnownFunction, clip, maximum, minimum
from .grammar import symbol
from .inverse import function_of
from .record import Step
from .simplify import tidy

Rule = Callable[[Expr, Expr], Applied | None]


def differentiate(expression: Expr, by: Expr) -> Step:
    """Return the derivation of an expression's derivative.

    >>> from .expression import read_formula
    >>> formula = read_formula("exp(-x**2)")
    >>> step = differentiate(formula.expression, formula.variable)
    >>> step.rule, step.inner, step.result
    ('chain rule', -x**2, -2*x*exp(-x**2))
    """
    done: dict[Expr, Step] = {}

    def derived(node: Expr) -> Step:
        if node not in done:
            done[node] = _derived(node, by, derived)
        return done[node]

    return derived(expression)


def _derived(node: Expr, by: Expr, derived: Callable[[Expr], Step]) -> Step:
    name, applied = _rule_for(node, by)
    steps = {slope: derived(slope.expr) for slope in standing(applied.opened)}
    result = tidy(build.replaced(applied.opened, {s: step.result for s, step in steps.items()}))
    return Step(
        "chain rule" if applied.inner is not None else name,
        applied.says,
        node,
        by,
        tuple(applied.parts.items()),
        applied.opened,
        tuple(steps.values()),
        result,
        applied.outer,
        applied.outer_slope,
        applied.inner,
    )


def standing(expression: Expr) -> list[Expr]:
    """The derivatives still to be found in an expression, from left to right, each once."""
    if isinstance(expression, sympy.Derivative):
        return [expression]
    found = [slope for part in build.arguments(expression) for slope in standing(part)]
    return list(dict.fromkeys(found))


def _rule_for(node: Expr, by: Expr) -> tuple[str, Applied]:
    for name, rule in RULES.items():
        applied = rule(node, by)
        if applied is not None:
            return name, applied
    raise TypeError(f"there is no rule for {node.func}")


def _choice(node: Expr, by: Expr) -> Applied | None:
    if not build.is_choice(node):
        return None
    condition, chosen, other = build.choice_parts(node)
    opened = build.choice(condition, slope(chosen, by), slope(other, by))
    says = "each branch by itself; at the border, that which the condition chooses"
    return Applied(says, opened)


def _larger(node: Expr, by: Expr) -> Applied | None:
    if not isinstance(node, maximum | minimum):
        return None
    u, v = node.args
    if by in u.free_symbols and by not in v.free_symbols:
        u, v = v, u  # where both are equal the constant counts
    compare = sympy.StrictGreaterThan if isinstance(node, maximum) else sympy.StrictLessThan
    condition = compare(v, u, evaluate=False)
    opened = build.choice(condition, slope(v, by), slope(u, by))
    name, sign = ("max", ">") if isinstance(node, maximum) else ("min", "<")
    says = f"{name}(u, v)′ = v′ if v {sign} u else u′"
    return Applied(says, opened, {"u": u, "v": v})


def _definition(node: Expr, by: Expr) -> Applied | None:
    row = function_of(node)
    if row is None or row.derivative:
        return None
    tied = isinstance(node, clip) and len(_varying(node, by)) > 1  # slopes where bounds are equal
    if not tied and (node.args[0] != by or _varying(node, by) != [0]):
        return None
    meaning = defined(row, node.args)
    return Applied(f"what {row.name} means", sympy.Derivative(meaning, by))


def _varying(node: Expr, by: Expr) -> list[int]:
    """The places of the arguments that depend on the variable."""
    return [k for k, part in enumerate(node.args) if by in part.free_symbols]


def _function(node: Expr, by: Expr) -> Applied | None:
    row = function_of(node)
    if row is None:
        return None
    if row.name == "sqrt" or len(node.args) == 1:
        return _of_one(row, node, by)
    terms, parts = [], {}
    for place in _varying(node, by):
        name, inner = row.parameters[place], node.args[place]
        arguments = dict(zip(row.parameters, node.args, strict=True))
        rate = build.replaced(
            _rate(row, name), {symbol(key): part for key, part in arguments.items()}
        )
        terms.append(times(rate, slope(inner, by)))
        parts[name] = inner
    says = " + ".join(f"∂f/∂{name} · {name}′" for name in parts)
    inner = node.args[_varying(node, by)[0]]
    outer = build.rebuilt(node, [symbol(name) for name in row.parameters])
    return Applied(says, build.total(*terms), parts, outer, None, inner)


def _of_one(row: KnownFunction, node: Expr, by: Expr) -> Applied:
    inner = node.args[0]
    outer = build.root(U) if row.name == "sqrt" else row.symbol(U, evaluate=False)
    applied = chained("", outer, _rate(row, "u"), inner, by)
    applied.says = "f(u)′ = f′(u) · u′" if applied.inner is not None else "f(u)′ = f′(u)"
    return applied


@cache
def _rate(row: KnownFunction, parameter: str) -> Expr:
    """A function's derivative by one of its parameters, a formula of them all."""
    if row.derivative:
        return template(row.derivative)
    meaning = template(row.definition, row.parameters)
    return differentiate(meaning, symbol(parameter)).result


RULES: dict[str, Rule] = {
    "constant": arithmetic.constant,
    "variable": arithmetic.variable,
    "linear function": arithmetic.linear_function,
    "sum rule": arithmetic.sum_rule,
    "constant factor": arithmetic.constant_factor,
    "quotient rule": arithmetic.quotient_rule,
    "product rule": arithmetic.product_rule,
    "reciprocal rule": arithmetic.reciprocal,
    "power rule": arithmetic.power_rule,
    "exponential rule": arithmetic.exponential,
    "general power rule": arithmetic.general_power,
    "choice": _choice,
    "larger or smaller": _larger,
    "definition": _definition,
    "known derivative": _function,
}
"""What may be applied, in the order in which it is tried."""
