"""The value of an expression at a point, by mpmath at any number of digits."""

from collections.abc import Callable, Mapping
from typing import Any

import mpmath
import sympy

from . import building as build
from .building import Expr
from .expression import defined
from .functions import known
from .grammar import symbol

LARGEST_EXPONENT = 10**6
"""A power whose logarithm is larger is taken to have no value: it would fill the memory."""
POINTS, OTHER = (0.3, 1.9, -0.4, -3.1, 12.3, 150.5), 0.7
"""Where a formula is tried, and what its other names are meanwhile."""

MAX_POWER = 400
"""The largest exponent of an expression that SymPy may rewrite."""

_BY_MPMATH: dict[str, Callable[..., Any]] = {
    "exp": mpmath.exp,
    "log": mpmath.log,
    "log1p": mpmath.log1p,
    "expm1": mpmath.expm1,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "asin": mpmath.asin,
    "acos": mpmath.acos,
    "atan": mpmath.atan,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "tanh": mpmath.tanh,
    "asinh": mpmath.asinh,
    "acosh": mpmath.acosh,
    "atanh": mpmath.atanh,
    "erf": mpmath.erf,
    "erfc": mpmath.erfc,
    "Phi": mpmath.ncdf,
    "abs": abs,
    "sign": mpmath.sign,
}
_GROWING = frozenset({"exp", "expm1", "sinh", "cosh", "sigmoid", "softplus"})
_COMPARED: dict[Any, Callable[[Any, Any], bool]] = {
    sympy.StrictLessThan: lambda left, right: left < right,
    sympy.LessThan: lambda left, right: left <= right,
    sympy.StrictGreaterThan: lambda left, right: left > right,
    sympy.GreaterThan: lambda left, right: left >= right,
    sympy.Equality: lambda left, right: left == right,
    sympy.Unequality: lambda left, right: left != right,
}


class NoValueError(ArithmeticError):
    """An expression that has no real number at this point, or one too large to be written."""


def value(expression: Expr, at: Mapping[Any, Any], digits: int = 50) -> Any:
    """Return the expression's number where its names have these values.

    Raises:
        NoValueError: if it divides by zero, leaves the real numbers or all bounds.
        KeyError: if a name has no value.

    >>> from .expression import read_formula
    >>> formula = read_formula("exp(x)/2")
    >>> mpmath.nstr(value(formula.expression, {formula.variable: 1}, digits=20), 20)
    '1.3591409142295226177'
    """
    with mpmath.workdps(digits):
        return _value(expression, at)


def _value(node: Expr, at: Mapping[Any, Any]) -> Any:
    if node.is_Symbol:
        return mpmath.mpf(at[node])
    if node.is_Rational:
        return mpmath.mpf(node.p) / node.q
    if node is sympy.pi or node is sympy.E:
        return mpmath.pi() if node is sympy.pi else mpmath.e()
    if build.is_choice(node):
        condition, chosen, other = build.choice_parts(node)
        return _value(chosen if holds(condition, at) else other, at)
    parts = [_value(part, at) for part in node.args]
    if node.is_Add:
        return sum(parts, mpmath.mpf(0))
    if node.is_Mul:
        return mpmath.fprod(parts)
    found = _power(*parts) if node.is_Pow else _applied(node, parts)
    if isinstance(found, mpmath.mpc) or not mpmath.isfinite(found):
        raise NoValueError(f"{node} is no real number there")
    return found


def holds(condition: Expr, at: Mapping[Any, Any]) -> bool:
    """Whether a condition is true where its names have these values."""
    if isinstance(condition, sympy.And | sympy.Or):
        every = all if isinstance(condition, sympy.And) else any
        return every(holds(part, at) for part in condition.args)
    left, right = (_value(part, at) for part in condition.args)
    return _COMPARED[type(condition)](left, right)


def has_values(expression: Expr, variable: Any) -> bool:
    """Whether an expression has a number somewhere, other names standing for 0.7."""
    others = dict.fromkeys(expression.free_symbols, OTHER)
    for number in POINTS:
        try:
            value(expression, {**others, variable: number})
        except NoValueError:
            continue
        return True
    return False


def has_immense_power(node: Expr) -> bool:
    """Whether a power in it, such as x^9^9, would take SymPy hours to compute or to factor."""
    if node.is_Pow and not node.exp.free_symbols:
        try:
            if abs(value(node.exp, {})) > MAX_POWER:
                return True
        except NoValueError:
            pass
    return any(map(has_immense_power, build.arguments(node)))


def _power(base: Any, exponent: Any) -> Any:
    if base == 0 and exponent <= 0:
        if exponent == 0:
            return mpmath.mpf(1)
        raise NoValueError("a division by zero")
    if base and abs(exponent * mpmath.log(abs(base))) > LARGEST_EXPONENT:
        raise NoValueError("a power out of all bounds")
    return base**exponent


def _applied(node: Expr, parts: list[Any]) -> Any:
    row = known(node)
    if row is None:
        raise NoValueError(f"{node.func} has no value")
    if row.name in _GROWING and abs(parts[0]) > LARGEST_EXPONENT:
        raise NoValueError("an exponential out of all bounds")
    if row.name not in _BY_MPMATH:
        names = tuple(map(symbol, row.parameters))
        return _value(defined(row, names), dict(zip(names, parts, strict=True)))
    try:
        return _BY_MPMATH[row.name](*parts)
    except (ZeroDivisionError, ValueError, OverflowError) as error:
        raise NoValueError(f"{row.name} is no real number there") from error
