"""A rule applied to one expression, the derivatives of its parts left standing."""

from dataclasses import dataclass, field

import sympy

from . import building as build
from .building import ONE, ZERO, Expr
from .grammar import symbol

U = symbol("u")


@dataclass
class Applied:
    """What a rule makes of an expression; as a `Step`, before its parts are differentiated."""

    says: str
    opened: Expr
    parts: dict[str, Expr] = field(default_factory=dict)
    outer: Expr | None = None
    outer_slope: Expr | None = None
    inner: Expr | None = None


def slope(node: Expr, by: Expr) -> Expr:
    """The derivative of a part, left standing unless it is plain."""
    if by not in node.free_symbols:
        return ZERO
    return ONE if node == by else sympy.Derivative(node, by)


def chained(says: str, outer: Expr, rate: Expr, inner: Expr, by: Expr) -> Applied:
    """The derivative of outer(u), which is `rate` of u, at u = inner, times that of inner."""
    at = build.replaced(rate, {U: inner})
    if inner == by:
        return Applied(says, at, {}, outer, rate)
    return Applied(says, times(at, slope(inner, by)), {"u": inner}, outer, rate, inner)


def times(*factors: Expr) -> Expr:
    """The product, without ones, and nothing else changed."""
    kept = [factor for factor in factors if factor is not ONE]
    if any(factor is ZERO for factor in kept):
        return ZERO
    return build.product(*kept) if kept else ONE
