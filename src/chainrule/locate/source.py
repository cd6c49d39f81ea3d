"""A program's text: the expression at a position, and what it is made of."""

import ast
import linecache
from functools import cache

from .graph import Position


def expression(position: Position) -> str:
    """Return the text at a position, on one line."""
    lines = [
        linecache.getline(position.file, number).rstrip("\n").encode()
        for number in range(position.line, position.end_line + 1)
    ]
    if not lines:
        return ""
    lines[-1] = lines[-1][: position.end_column]
    lines[0] = lines[0][position.column :]
    return " ".join(line.decode(errors="replace").strip() for line in lines)


@cache
def tree(text: str) -> ast.AST | None:
    """Return the syntax tree of an expression or of an assignment; None if it is neither."""
    try:
        body = ast.parse(text.strip()).body
    except (SyntaxError, ValueError):
        return None
    return body[0].value if body and isinstance(body[0], ast.Expr) else body[0] if body else None


def factors(position: Position) -> list[float]:
    """Return the numbers written as factors in the expression or assignment at a position."""
    found = []
    for node in ast.walk(tree(expression(position)) or ast.Pass()):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            sides = [side for side in (node.left, node.right) if isinstance(side, ast.Constant)]
            found += [float(one.value) for one in sides if isinstance(one.value, int | float)]
    return found


def has_literal_operand(position: Position) -> bool:
    """Whether a position is a sum or difference with a written number: 1 - out, p[y] -= 1."""
    found = tree(expression(position))
    if isinstance(found, ast.AugAssign):
        return _is_number(found.value)
    if not isinstance(found, ast.BinOp):
        return False
    return any(_is_number(side) for side in (found.left, found.right))


def _is_number(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    return isinstance(node, ast.Constant)
