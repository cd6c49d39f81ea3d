"""The value of an expression with as many digits as its cancellations may cost."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import mpmath
import sympy

from .functions import expm1, log1p, maximum, minimum, normal_cdf, sigmoid, softplus

AGREED = 1e-20
LARGEST_EXPONENT = 10**6  # e to more than this is ∞ here, and to less than its negative 0


def _exp(u: Any) -> Any:
    if mpmath.isnan(u):
        return u
    if abs(u) > LARGEST_EXPONENT:
        return mpmath.inf if u > 0 else mpmath.mpf(0)
    return mpmath.exp(u)


def _decays(u: Any, function: Callable[[Any], Any], limits: tuple[Any, Any]) -> Any:
    """A function that has its limits beyond ±`LARGEST_EXPONENT`."""
    if abs(u) > LARGEST_EXPONENT:
        return mpmath.mpf(limits[u > 0])
    return function(u)


def _power(base: Any, exponent: Any) -> Any:
    if base == 0 and exponent < 0:
        return mpmath.nan
    return mpmath.power(base, exponent)


def _log(u: Any) -> Any:
    return mpmath.log(u) if u != 0 else -mpmath.inf


FUNCTIONS: Mapping[Any, Callable[..., Any]] = {
    sympy.Add: lambda *args: sum(args, mpmath.mpf(0)),
    sympy.Mul: lambda *args: mpmath.fprod(args),
    sympy.Pow: _power,
    sympy.exp: _exp,
    sympy.log: _log,
    sympy.sin: mpmath.sin,
    sympy.cos: mpmath.cos,
    sympy.tan: mpmath.tan,
    sympy.sinh: lambda u: (_exp(u) - _exp(-u)) / 2,
    sympy.cosh: lambda u: (_exp(u) + _exp(-u)) / 2,
    sympy.tanh: lambda u: _decays(u, mpmath.tanh, (-1, 1)),
    sympy.asin: mpmath.asin,
    sympy.acos: mpmath.acos,
    sympy.atan: mpmath.atan,
    sympy.asinh: mpmath.asinh,
    sympy.acosh: mpmath.acosh,
    sympy.atanh: mpmath.atanh,
    sympy.erf: lambda u: _decays(u, mpmath.erf, (-1, 1)),
    sympy.erfc: lambda u: _decays(u, mpmath.erfc, (2, 0)),
    sympy.Abs: abs,
    sympy.sign: mpmath.sign,
    maximum: max,
    minimum: min,
    expm1: lambda u: _exp(u) - 1,
    log1p: lambda u: mpmath.log1p(u) if u > -1 else mpmath.nan,
    normal_cdf: lambda u: _decays(u, mpmath.ncdf, (0, 1)),
    sigmoid: lambda u: 1 / (1 + _exp(-u)),
    softplus: lambda u: mpmath.log1p(_exp(u)) if u < LARGEST_EXPONENT else u,
    sympy.Gt: lambda a, b: a > b,
    sympy.Ge: lambda a, b: a >= b,
    sympy.Lt: lambda a, b: a < b,
    sympy.Le: lambda a, b: a <= b,
    sympy.Eq: lambda a, b: a == b,
    sympy.Ne: lambda a, b: a != b,
    sympy.And: lambda *args: all(args),
    sympy.Or: lambda *args: any(args),
    sympy.Not: lambda a: not a,
    sympy.ITE: lambda condition, chosen, other: chosen if condition else other,
}
"""Head of an expression → the same in arbitrary precision."""


def value_at(expression: Any, variable: Any, point: Any) -> Any:
    """Return f(point) to 20 digits or more, nan where f is not defined, real and finite there."""
    before: Any = mpmath.nan
    enough = 60 + math.ceil(abs(point)) + 4 * _zeros(point)  # 1 + e⁻¹⁰⁰⁰ is 1 in the first 434
    for digits in (enough, 2 * enough, max(4 * enough, 1000)):
        with mpmath.workdps(digits):
            value = _evaluate(expression, {variable: mpmath.mpf(point)})
            if isinstance(value, bool) or not mpmath.isfinite(value):
                return value
            if value and abs(value - before) < AGREED * abs(value):
                return value
            before = value
    return before


def _zeros(point: Any) -> int:
    """Return how many zeros follow a number's point: eˣ − 1 − x loses twice as many digits."""
    return max(0, -math.ceil(mpmath.log10(abs(point)))) if point else 0


def _evaluate(expression: Any, known: dict[Any, Any]) -> Any:
    if expression not in known:
        try:
            known[expression] = _computed(expression, known)
        except (ZeroDivisionError, ValueError, OverflowError):
            known[expression] = mpmath.nan
    return known[expression]


def _computed(expression: Any, known: dict[Any, Any]) -> Any:
    if isinstance(expression, sympy.Piecewise):
        return next(
            (
                _evaluate(value, known)
                for value, holds in expression.args
                if _evaluate(holds, known)
            ),
            mpmath.nan,
        )
    if expression in (sympy.true, sympy.false):
        return bool(expression)
    if not expression.args:
        return expression._to_mpmath(mpmath.mp.prec)
    args = [_evaluate(arg, known) for arg in expression.args]
    if any(mpmath.isnan(arg) for arg in args if not isinstance(arg, bool)):
        return mpmath.nan
    value = FUNCTIONS[expression.func](*args)
    if isinstance(value, mpmath.mpc):
        return mpmath.nan if value.imag else value.real
    return value
