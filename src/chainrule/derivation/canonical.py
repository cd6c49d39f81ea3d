"""Formulas in the few functions that code knows: definitions written out, σ recognized.

A tree as people write it keeps its order; here SymPy may rewrite, so that equal parts become equal
and products of exponentials become one.
"""

from typing import Any

import sympy

from .building import arguments, is_choice
from .exact import value_at
from .expression import defined
from .functions import (
    expm1,
    known,
    log1p,
    logaddexp,
    maximum,
    minimum,
    normal_cdf,
    sigmoid,
    softplus,
)

KEPT = (sigmoid, softplus, expm1, log1p, maximum, minimum, normal_cdf)


def canonical(expression: Any) -> Any:
    """Return an equal expression of SymPy's functions, sigmoid, softplus, maximum and minimum."""
    parts = arguments(expression)
    if not parts:
        return expression
    args = [canonical(part) for part in parts]
    if is_choice(expression):
        condition, chosen, other = args
        if not condition.free_symbols:  # SymPy fails to rewrite some
            return chosen if value_at(condition, None, 1) is True else other
        return sympy.Piecewise((chosen, condition), (other, True), evaluate=False)
    if isinstance(expression, sympy.erfc):
        return 2 * normal_cdf(-sympy.sqrt(2) * args[0])
    if isinstance(expression, logaddexp):
        return args[1] + softplus(args[0] - args[1])
    row = known(expression)
    if row is not None and row.definition and not isinstance(expression, KEPT):
        return canonical(defined(row, tuple(args)))
    return recognized(expression.func(*args))


def recognized(e: Any) -> Any:
    """Return σ, softplus, |u| or sin 2u in place of an expression that is one of them."""
    if e.is_Pow and e.exp.is_Integer and e.exp.is_negative:
        u = _one_plus_exp(e.base)
        return e if u is None else sigmoid(-u) ** -e.exp
    if isinstance(e, sympy.log):
        if isinstance(e.args[0], sigmoid):
            return -softplus(-e.args[0].args[0])
        u = _one_plus_exp(e.args[0])
        return e if u is None else softplus(u)
    if e.is_Mul:
        return _size(_double_angle(_reflected(e)))
    return e


def _one_plus_exp(e: Any) -> Any:
    """Return u of 1 + eᵘ, None for anything else."""
    if e.is_Add and len(e.args) == 2 and e.args[0] == 1 and isinstance(e.args[1], sympy.exp):
        return e.args[1].args[0]
    return None


def _reflected(e: Any) -> Any:
    """eᵛ σ(−v) = σ(v)."""
    for power in e.args:
        if not isinstance(power, sympy.exp):
            continue
        w = power.args[0]
        for factor in e.args:
            base, n = factor.as_base_exp()
            if isinstance(base, sigmoid) and n.is_Integer and n > 0:
                times = sympy.cancel(-w / base.args[0])
                if times.is_Integer and 0 < times <= n:
                    turned = sigmoid(-base.args[0]) ** times * base ** (n - times)
                    return recognized(e / power / factor * turned)
    return e


def _double_angle(e: Any) -> Any:
    """Sin u cos u = ½ sin 2u."""
    for factor in e.args:
        if isinstance(factor, sympy.sin):
            u = factor.args[0]
            if sympy.cos(u) in e.args:
                return e / factor / sympy.cos(u) * sympy.sin(2 * u) / 2
    return e


def _size(e: Any) -> Any:
    """U sign u = |u|."""
    for factor in e.args:
        if isinstance(factor, sympy.sign) and factor.args[0] in e.args:
            return e / factor / factor.args[0] * sympy.Abs(factor.args[0])
    return e
