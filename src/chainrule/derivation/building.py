"""Expressions as they are written: SymPy's nodes, in the order given, never rewritten.

A decimal number is an exact Rational; a fraction p/q stays the product of p and q⁻¹, so that both
are shown as they were written.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sympy

from .functions import where

Expr = Any
"""A SymPy expression; SymPy's functions have no types."""

ZERO, ONE, MINUS_ONE, HALF = sympy.S.Zero, sympy.S.One, sympy.S.NegativeOne, sympy.S.Half


def total(*terms: Expr) -> Expr:
    """The sum of the terms, in this order."""
    return terms[0] if len(terms) == 1 else sympy.Add(*terms, evaluate=False)


def product(*factors: Expr) -> Expr:
    """The product of the factors, in this order."""
    return factors[0] if len(factors) == 1 else sympy.Mul(*factors, evaluate=False)


def power(base: Expr, exponent: Expr) -> Expr:
    """The base to the exponent; of e, the function exp."""
    if base is sympy.E:
        return sympy.exp(exponent, evaluate=False)
    return sympy.Pow(base, exponent, evaluate=False)


def root(radicand: Expr) -> Expr:
    """The square root."""
    return sympy.Pow(radicand, HALF, evaluate=False)


def negative(term: Expr) -> Expr:
    """−term; a number is negated itself."""
    return -term if term.is_Rational else product(MINUS_ONE, term)


def quotient(above: Expr, below: Expr) -> Expr:
    """The product of `above` and the reciprocal of `below`."""
    reciprocal = sympy.Pow(below, MINUS_ONE, evaluate=False)
    return reciprocal if above is ONE else product(above, reciprocal)


def choice(condition: Expr, chosen: Expr, other: Expr) -> Expr:
    """The one where the condition holds, the other elsewhere."""
    return where(condition, chosen, other)


def is_choice(node: Expr) -> bool:
    """Whether a node is one of `choice`."""
    return isinstance(node, where)


def choice_parts(node: Expr) -> tuple[Expr, Expr, Expr]:
    """Condition, what is chosen, and the other of a node made by `choice`."""
    condition, chosen, other = node.args
    return condition, chosen, other


def is_condition(node: Expr) -> bool:
    """Whether a node is a comparison, or several joined."""
    return isinstance(node, sympy.core.relational.Relational | sympy.And | sympy.Or)


def arguments(node: Expr) -> tuple[Expr, ...]:
    """The parts of a node."""
    return tuple(node.args)


def factors(node: Expr) -> tuple[Expr, ...]:
    """The factors of a product; anything else is one itself."""
    return arguments(node) if node.is_Mul else (node,)


def rebuilt(node: Expr, parts: Sequence[Expr]) -> Expr:
    """A node like this one with other parts."""
    return node.func(*parts, evaluate=False)


def replaced(node: Expr, values: Mapping[Expr, Expr]) -> Expr:
    """The expression with other expressions in place of some of its parts."""
    if node in values:
        return values[node]
    parts = arguments(node)
    if not parts:
        return node
    changed = [replaced(part, values) for part in parts]
    if all(new is old for new, old in zip(changed, parts, strict=True)):
        return node
    return rebuilt(node, changed)


def operations(node: Expr) -> int:
    """How many operations and functions an expression applies."""
    parts = arguments(node)
    return (1 if parts else 0) + sum(map(operations, parts))
