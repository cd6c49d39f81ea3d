"""Undo a function link by link: from a = f(x) to x, or to any value on the way."""

from collections.abc import Iterator

from . import building as build
from .building import MINUS_ONE, Expr
from .expression import filled
from .functions import FUNCTIONS, KnownFunction, known
from .simplify import tidy

_MAX_OPERATIONS = 200  # log(a/(1 − a)) has a twice: undone n times, it would be 2ⁿ long


def function_of(node: Expr) -> KnownFunction | None:
    """The row of the function that a node applies; a square root is one too."""
    if node.is_Pow and node.exp == build.HALF:
        return FUNCTIONS["sqrt"]
    return known(node)


def links(expression: Expr, variable: Expr) -> list[Expr] | None:
    """The values on the way from f(x) to x, the outermost first; None if it branches."""
    found = []
    while expression != variable:
        found.append(expression)
        inner = [part for part in build.arguments(expression) if variable in part.free_symbols]
        if len(inner) != 1 or build.is_choice(expression):
            return None
        expression = inner[0]
    return found


def undone(expression: Expr, variable: Expr, output: Expr) -> Iterator[tuple[Expr, Expr]]:
    """Yield each value on the way in to the variable, and the same as a formula in f(x).

    It ends where a link has no inverse, or where the formula would be too long to be of use.

    >>> from sympy import Symbol
    >>> from .expression import read_formula
    >>> formula = read_formula("log(1 + exp(x))")
    >>> way = undone(formula.expression, formula.variable, Symbol("a"))
    >>> [str(by_output) for _, by_output in way]
    ['a', 'exp(a)', 'exp(a) - 1', 'log(exp(a) - 1)']
    """
    yield expression, output
    while expression != variable:
        inner = [part for part in build.arguments(expression) if variable in part.free_symbols]
        undo = _undone(expression, inner[0], output) if len(inner) == 1 else None
        if undo is None:
            return
        expression, output = inner[0], tidy(undo)
        if build.operations(output) > _MAX_OPERATIONS:
            return
        yield expression, output


def _undone(node: Expr, inner: Expr, output: Expr) -> Expr | None:
    """Return the one argument with the variable, by the node's value; None if it is not unique."""
    others = [part for part in build.arguments(node) if part is not inner]
    if node.is_Add:
        return build.total(output, *(build.product(MINUS_ONE, other) for other in others))
    if node.is_Mul:
        return build.product(output, *(build.power(other, MINUS_ONE) for other in others))
    row = function_of(node)
    if row is not None and row.inverse:
        return filled(row.inverse, a=output)
    if node.is_Pow and inner is node.base and node.exp is MINUS_ONE:
        return build.power(output, MINUS_ONE)
    return None
