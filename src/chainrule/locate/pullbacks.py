"""The derivative of each recorded operation, and the sweep that chains them through a graph.

`formulas` (which `application` applies) and `moves` hold most of them; `autodiff` asks autograd for
the rest.  What changes an array in place is here, as its pullback is that of what it computes.
"""

import operator
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

import numpy as np

from .application import by_formula
from .autodiff import by_autograd
from .cotangents import (
    Contribution,
    NotDifferentiable,
    Overlay,
    added,
    distribute,
    is_float,
    unbroadcast,
)
from .formulas import CONSTANT, FORMULAS
from .graph import Node, fill, follow, references
from .moves import MOVES, SETTERS, kept, moved, sorted_back, written
from .operations import name_of, operation
from .replay import undisturbed

# functions that change their first argument, and what they compute
IN_PLACE: dict[str, Callable[..., Any]] = {
    "iadd": operator.add,
    "isub": operator.sub,
    "imul": operator.mul,
    "itruediv": operator.truediv,
    "ifloordiv": operator.floordiv,
    "imod": operator.mod,
    "ipow": operator.pow,
    "imatmul": operator.matmul,
    "sort": np.sort,
}
# keywords whose numbers have cotangents, and those that are taken for settings
_BY_NAME = {"a_min", "min", "a_max", "max", "fill_value", "constant_values"}
_BY_NAME |= {"nan", "posinf", "neginf", "rcond", "rtol", "atol", "tol"}
_FLOATS = {float, np.float64}
_NUMBERS = {float, np.float64, int, bool}
_VALUE, _OLD = -1, -2  # numbers of nodes that stand for what an in-place operation computes


def pullback(node: Node, values: Any, cotangent: Any) -> list[Contribution]:
    """Return the cotangent of each floating-point input of a node, given that of its value.

    `values[k]` is the value of node k.  An input has its cotangent in its own shape, as a Python
    float or in float64.  A node used twice appears twice, in the order of its uses; where autograd
    is asked, once with the sum.  Integers and masks have no cotangent, nor have the inputs of a
    function that is constant between jumps.

    Raises:
        NotDifferentiable: no derivative is known; it names the operation and has the node.
    """
    if node.function is None:
        return []
    y = values[node.number]
    if type(y) in _FLOATS:
        contributions = _of_scalars(node, values, y, cotangent)
        if contributions is not None:
            return contributions
    try:
        with np.errstate(all="ignore"):
            return _of_arrays(node, values, y, cotangent)
    except NotDifferentiable as error:
        error.node = node
        raise
    except (IndexError, TypeError, ValueError) as error:  # called as no rule expects
        raise NotDifferentiable(operation(node), node) from error


def _of_scalars(node: Node, values: Any, y: Any, dy: Any) -> list[Contribution] | None:
    """Apply the formulas to plain floats; None where NumPy has to decide: lists, divisions by 0."""
    formulas = FORMULAS.get(operation(node))
    if formulas is None or node.keywords or len(node.arguments) > len(formulas):
        return None
    given = []
    for template in node.arguments:
        value = values[template.number] if type(template) is Node else template
        if type(value) not in _NUMBERS:
            return None
        given.append(float(value))
    y, dy = float(y), float(dy)
    try:
        return [
            (template, float(formula(dy, y, *given)))
            for template, formula in zip(node.arguments, formulas, strict=False)
            if type(template) is Node and formula is not None
        ]
    except (ArithmeticError, ValueError, TypeError):  # TypeError: a complex power
        return None


def _of_arrays(node: Node, values: Any, y: Any, dy: Any) -> list[Contribution]:
    """Find the rule for an operation on arrays and apply it."""
    name = operation(node)
    if name in CONSTANT or not (isinstance(y, list | tuple) or is_float(y)):
        return []
    for key in node.keywords.keys() - _BY_NAME:
        if any(is_float(values[source.number]) for source in references(node.keywords[key])):
            raise NotDifferentiable(f"{name} with {key}=")
    rule = _RULES.get(name)
    if rule is not None:
        return rule(node, values, dy)
    if isinstance(y, list | tuple):
        raise NotDifferentiable(name)
    found = by_formula(node, values, y, dy)
    return by_autograd(node, values, dy) if found is None else found


def _written_through(node: Node, values: Any, dy: Any) -> list[Contribution]:
    """Send a cotangent back through a change of an array in place.

    Outside the region that was changed, the array's cotangent stays; inside it is the pullback of
    what changed it, function(region, …) → region.
    """
    base, steps, function, arguments, hole, keywords = node.arguments
    steps = fill(steps, values)
    outside = np.empty_like(values[base.number], dtype=np.float64)
    outside[...] = dy
    region = follow(outside, steps)
    if not np.may_share_memory(region, outside):
        raise NotDifferentiable(f"{name_of(function)} into a copy")
    old, new = follow(values[base.number], steps), follow(values[node.number], steps)
    overlay = Overlay(values, {_OLD: old, _VALUE: new})
    stand_in = Node(_OLD, None, (), {}, node.position)
    before, others = _changed(stand_in, function, arguments, hole, keywords, region, overlay)
    region[...] = before
    return [(base, np.asarray(outside)), *others]


def _changed(
    old: Node,
    function: Any,
    arguments: tuple[Any, ...],
    hole: int | str,
    keywords: Mapping[str, Any],
    region: Any,
    values: Overlay,
) -> tuple[Any, list[Contribution]]:
    """Return the cotangents of a region before function(region, …) and of the other arguments."""
    dy = np.array(region, subok=True)
    name = name_of(function)
    if name in SETTERS:
        return written(function, arguments, keywords, dy, values)
    if name in ("add.at", "subtract.at"):
        index, terms = fill(arguments[1:], values)
        part = unbroadcast(dy[index] if name == "add.at" else -dy[index], np.shape(terms))
        return dy, distribute(arguments[2], part, values)
    if hole == "out":
        call = Node(_VALUE, function, arguments, keywords, old.position)
        mask = fill(keywords.get("where", True), values) if isinstance(function, np.ufunc) else True
        return np.where(mask, 0.0, dy), pullback(call, values, dy)
    if name not in IN_PLACE:
        raise NotDifferentiable(f"{name} in place")
    call = Node(_VALUE, IN_PLACE[name], (old, *arguments[1:]), keywords, old.position)
    found = pullback(call, values, dy)
    mine = [part for source, part in found if source is old]
    return sum(mine, np.zeros_like(dy)), [pair for pair in found if pair[0] is not old]


# what is neither a formula nor a reduction
_RULES: dict[str, Callable[[Node, Any, Any], list[Contribution]]] = {
    **dict.fromkeys(MOVES, moved),
    "copy": kept,
    "array": kept,
    "sort": sorted_back,
    "write_through": _written_through,
}


def gradients(
    seeds: Mapping[int, Any],
    order: Sequence[Node],
    values: Any,
    boundary: Container[int] = (),
    contributions: dict[tuple[int, int, int], Any] | None = None,
) -> dict[int, Any]:
    """Return the cotangents of all nodes that the seeds reach, by their numbers.

    The chain rule on a graph: from the last node to the first, the cotangent of an input is the
    sum of what its uses contribute.

    Args:
        seeds: cotangents to start from, by the number of the node.
        order: the nodes to pass through, in ascending order.
        values: the value of each node, by its number.
        boundary: numbers of nodes not to be passed; they have cotangents still.
        contributions: filled, if given, with what each use contributed, under (number of the
            consumer, which of its pullback's cotangents, number of the input).
    """
    cotangents = dict(seeds)
    with undisturbed():
        for node in reversed(order):
            if node.number not in cotangents or node.number in boundary:
                continue
            found = pullback(node, values, cotangents[node.number])
            for slot, (source, part) in enumerate(found):
                k = source.number
                cotangents[k] = added(cotangents[k], part) if k in cotangents else part
                if contributions is not None:
                    contributions[node.number, slot, k] = part
    return cotangents
