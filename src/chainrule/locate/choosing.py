"""Which choices of a program can be noted with both values: relu, its slope, hard tanh.

The value that is not taken is computed too, so it must have no effects: numbers, names, attributes,
the items that the comparison reads anyway, and their sums, differences and products.
"""

import ast
from collections.abc import Sequence

from .conditionals import COMPARISONS

_LONGEST = 8  # statements by which a function returns


def is_choice(node: ast.IfExp) -> bool:
    """Whether an expression chooses by one comparison between values without effects."""
    comparison = compared(node)
    if comparison is None:
        return False
    items = {ast.dump(part) for part in ast.walk(comparison) if isinstance(part, ast.Subscript)}
    return all(_is_harmless(value, items) for value in (node.body, node.orelse))


def compared(node: ast.IfExp) -> ast.Compare | None:
    """Return the one comparison by which an expression chooses; None if it does otherwise."""
    test = node.test
    if not isinstance(test, ast.Compare) or len(test.ops) > 1:
        return None
    return test if type(test.ops[0]).__name__ in COMPARISONS else None


def _is_harmless(node: ast.expr, items: set[str]) -> bool:
    match node:
        case ast.Constant(value=value):
            return type(value) in (int, float)
        case ast.Name():
            return True
        case ast.Attribute(value=owner):
            return _is_harmless(owner, items)
        case ast.Subscript():
            calls = any(isinstance(part, ast.Call) for part in ast.walk(node))
            return ast.dump(node) in items and not calls
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            return _is_harmless(operand, items)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult(), right=right):
            return _is_harmless(left, items) and _is_harmless(right, items)
        case ast.IfExp(test=ast.Compare(left=left, comparators=[right]), body=yes, orelse=no):
            return all(_is_harmless(part, items) for part in (left, right, yes, no))
    return False


def unchained(node: ast.IfExp) -> ast.IfExp:
    """Return a choice by −1 < a < 1 as one by a comparison after the other.

    yes if −1 < a < 1 else no   →   (yes if a < 1 else no) if −1 < a else no
    """
    test = node.test
    if not (isinstance(test, ast.Compare) and len(test.ops) == 2):
        return node
    middle, last = test.comparators
    if not isinstance(middle, ast.Name):
        return node  # it would be computed twice
    first = ast.copy_location(ast.Compare(test.left, test.ops[:1], [middle]), test)
    second = ast.copy_location(ast.Compare(middle, test.ops[1:], [last]), test)
    inner = ast.copy_location(ast.IfExp(second, node.body, node.orelse), node)
    return ast.copy_location(ast.IfExp(first, inner, node.orelse), node)


def with_choices(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Return a function's statements, the last as one return if they return by such a choice.

    if z > 0: return z        →   return z if z > 0 else 0
    return 0
    """
    for first in range(max(0, len(body) - _LONGEST), len(body)):
        value = _returned(body[first:])
        if isinstance(value, ast.IfExp) and is_choice(value):
            end = ast.Return(value)
            _locate(end, body[first:])
            return [*body[:first], end]
    return list(body)


def _returned(statements: Sequence[ast.stmt]) -> ast.expr | None:
    """Return what statements return, as one expression; None if they do anything else."""
    match statements:
        case [ast.Return(value=value), *_]:
            return value
        case [ast.If(test=test, body=body, orelse=orelse), *rest]:
            yes, no = _returned([*body, *rest]), _returned([*orelse, *rest])
            if yes is not None and no is not None:
                choice = ast.IfExp(test, yes, no)
                _locate(choice, statements)
                return unchained(choice)
    return None


def _locate(node: ast.Return | ast.IfExp, statements: Sequence[ast.stmt]) -> None:
    """Place a node where the statements stand from which it was made."""
    ast.copy_location(node, statements[0])
    node.end_lineno, node.end_col_offset = statements[-1].end_lineno, statements[-1].end_col_offset
