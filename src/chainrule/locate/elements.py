"""One element of a computed value, as a sum of products of elements of what it was computed from.

(A @ B)[i, j] = Σ_k A[i, k] · B[k, j],    (a − b)[i] = a[i] + (−1) · b[i],    aᵀ[i, j] = a[j, i]
"""

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from .graph import Node, fill, follow, inputs, write_through
from .moves import MOVES
from .operations import operation
from .replay import undisturbed, value_of

# an element of a node's value, or a number; a term is their product
Element = tuple[Node, int]
Term = tuple[float, tuple[Element, ...]]

_MOVING = {*MOVES, "copy", "array", "element"}
_FIRST = 1 << 40  # number of the first element: above any constant that stands among them


def terms(node: Node, at: int, values: Any) -> list[Term] | None:
    """Return the products that add up to one element; None if it is computed otherwise.

    `at` is the element's place in the flattened value.
    """
    name = operation(node)
    with undisturbed():
        if node.function is write_through:
            return _written(node, at, values)
        if name in _MOVING:
            found = _moved(node, at, values)
            return None if found is None else [(1.0, (found,))]
        rule = _RULES.get(name)
        try:
            return None if rule is None else rule(node, at, values)
        except (IndexError, ValueError, TypeError):  # called as no rule expects
            return None


def _moved(node: Node, at: int, values: Any) -> Element | None:
    """Return the element that one is, told by moving numbers in their place."""
    numbers, starts, start = dict[int, Any](), list[tuple[Node, int]](), _FIRST
    for used in inputs(node):
        size, shape = int(np.size(values[used.number])), np.shape(values[used.number])
        numbers[used.number] = np.arange(start, start + size).reshape(shape)
        starts.append((used, start))
        start += size
    try:
        moved = int(np.ravel(value_of(node, numbers))[at])
    except (ValueError, TypeError, IndexError, KeyError, AttributeError):
        return None
    for used, first in reversed(starts):
        if moved >= first:
            return used, moved - first
    return None


def _at(template: Any, at: int, shape: Any, values: Any) -> tuple[float, tuple[Element, ...]]:
    """Return the element of an operand that an element of the broadcast result is made of."""
    own = np.shape(fill(template, values))
    flat = np.broadcast_to(np.arange(prod(own)).reshape(own), shape).reshape(-1)[at]
    if type(template) is Node:
        return 1.0, ((template, int(flat)),)
    return float(np.ravel(fill(template, values))[flat]), ()


def _times(one: Term, other: Term) -> Term:
    return one[0] * other[0], one[1] + other[1]


def _added(sign: float) -> Callable[[Node, int, Any], list[Term]]:
    def rule(node: Node, at: int, values: Any) -> list[Term]:
        shape = np.shape(values[node.number])
        left, right = (_at(one, at, shape, values) for one in node.arguments)
        return [left, _times((sign, ()), right)]

    return rule


def _multiplied(node: Node, at: int, values: Any) -> list[Term]:
    shape = np.shape(values[node.number])
    left, right = (_at(one, at, shape, values) for one in node.arguments)
    return [_times(left, right)]


def _divided(node: Node, at: int, values: Any) -> list[Term] | None:
    """Return a / b where b is a number: 1/b times a."""
    over = fill(node.arguments[1], values)
    if np.size(over) != 1:
        return None
    left = _at(node.arguments[0], at, np.shape(values[node.number]), values)
    return [_times(left, (1.0 / float(np.ravel(over)[0]), ()))]


def _negated(node: Node, at: int, values: Any) -> list[Term]:
    return [_times((-1.0, ()), _at(node.arguments[0], at, np.shape(values[node.number]), values))]


def _matrix_product(node: Node, at: int, values: Any) -> list[Term] | None:
    left, right = node.arguments[:2]
    a, b = np.shape(fill(left, values)), np.shape(fill(right, values))
    if not a or not b:
        return _multiplied(node, at, values)
    if max(len(a), len(b)) > 2:
        return None
    columns = b[1] if len(b) == 2 else 1
    row, column = divmod(at, columns)
    n = a[-1]
    return [
        _times(
            _at(left, row * n + k, a, values),
            _at(right, k * columns + column, b, values),
        )
        for k in range(n)
    ]


def _outer_product(node: Node, at: int, values: Any) -> list[Term]:
    left, right = node.arguments[:2]
    a, b = np.shape(fill(left, values)), np.shape(fill(right, values))
    row, column = divmod(at, prod(b))
    return [_times(_at(left, row, a, values), _at(right, column, b, values))]


def _summed(node: Node, at: int, values: Any) -> list[Term]:
    """Return the elements along the axes of a sum or a mean; of `sum`, all items."""
    source, *rest = node.arguments
    if type(source) is not Node:
        return [_at(one, 0, (), values) for one in (*source, *rest)]
    shape = np.shape(values[source.number])
    axes = rest[0] if rest else node.keywords.get("axis")
    axes = tuple(range(len(shape))) if axes is None else axes
    axes = tuple(axis % len(shape) for axis in (axes if isinstance(axes, tuple) else (axes,)))
    kept = [axis for axis in range(len(shape)) if axis not in axes]
    order = np.arange(prod(shape)).reshape(shape).transpose(*kept, *axes)
    along = order.reshape(prod(shape[axis] for axis in kept), -1)[at]
    scale = 1.0 / len(along) if operation(node) == "mean" else 1.0
    return [(scale, ((source, int(one)),)) for one in along]


def _written(node: Node, at: int, values: Any) -> list[Term] | None:
    """Return what an element is after a change in place of the region that some steps show."""
    base, steps, function, others, hole, _ = node.arguments
    numbers = np.arange(np.size(values[base.number])).reshape(np.shape(values[base.number]))
    before: Term = (1.0, ((base, at),))
    name = getattr(function, "__name__", "")
    region = follow(numbers, fill(steps, values))
    if name == "setitem" and hole == 0:
        region = region[fill(others[1], values)]
    place = np.flatnonzero(np.ravel(region) == at)
    if not len(place):
        return [before]
    if hole != 0 or len(place) > 1:
        return None
    term = _at(others[2 if name == "setitem" else 1], int(place[0]), np.shape(region), values)
    if name == "setitem":
        return [term]
    if name in ("iadd", "isub"):
        return [before, _times((1.0 if name == "iadd" else -1.0, ()), term)]
    if name == "imul":
        return [_times(before, term)]
    if name == "itruediv":
        over = term[0] * prod(float(np.ravel(values[one.number])[k]) for one, k in term[1])
        return [_times(before, (1.0 / over, ()))]
    return None


_RULES: dict[str, Callable[[Node, int, Any], list[Term] | None]] = {
    "add": _added(1.0),
    "subtract": _added(-1.0),
    "multiply": _multiplied,
    "divide": _divided,
    "negative": _negated,
    **dict.fromkeys(("matmul", "dot"), _matrix_product),
    "outer": _outer_product,
    **dict.fromkeys(("sum", "mean"), _summed),
}
