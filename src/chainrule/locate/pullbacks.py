"""The derivative of each recorded operation, and the sweep that chains them through a graph.

`formulas` and `moves` hold most of them; `autodiff` asks autograd for the rest.
"""

import operator
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

import numpy as np

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
from .formulas import CONSTANT, FORMULAS, REDUCTIONS, Formula
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
# keywords that change no derivative; shapes tell what keepdims did
_IGNORED = {"axis", "keepdims", "dtype", "casting", "order", "subok", "copy", "out", "where", "ord"}
_IGNORED |= {"num", "endpoint"}  # of linspace
_BOUNDS = ({"a_min", "min"}, {"a_max", "max"})  # of clip
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
    rule = _RULES.get(name)
    if rule is not None:
        return rule(node, values, dy)
    if isinstance(y, list | tuple):
        raise NotDifferentiable(name)
    y, dy = np.asarray(y), np.asarray(dy)
    if name == "norm" and _order(node) is not None:
        return by_autograd(node, values, dy)
    if name in REDUCTIONS and node.keywords.keys() <= _IGNORED:
        return _reduced(node, values, y, dy, REDUCTIONS[name])
    name, given = _resolved(node, name, values)
    formulas = FORMULAS.get(name.removesuffix(".outer"))
    if formulas is None:
        return by_autograd(node, values, dy)
    return _by_formulas(node, values, y, dy, given, formulas)


def _plain(value: Any) -> Any:
    """Return a value whose operators work elementwise, and divide by zero."""
    if type(value) is float:
        return np.float64(value)
    return np.asarray(value) if isinstance(value, list | tuple | np.ndarray) else value


def _resolved(node: Node, name: str, values: Any) -> tuple[str, list[Any]]:
    """Return what an operation is for the values that it gets, and these as plain arrays."""
    templates = _templates(node, name)
    raw = [fill(template, values) for template in templates]
    given = [_plain(value) for value in raw]
    if any(isinstance(value, np.matrix) for value in raw):
        if node.function is operator.mul and all(map(np.ndim, raw)):
            return "matmul", [np.atleast_2d(value) for value in given]
        if node.function is operator.pow:
            raise NotDifferentiable("power of an np.matrix")
    if name == "dot" and max(map(np.ndim, given)) <= 2:
        return "matmul" if all(map(np.ndim, given)) else "multiply", given
    if name.endswith(".outer"):
        given[0] = np.reshape(given[0], np.shape(given[0]) + (1,) * np.ndim(given[1]))
    return name, given


def _templates(node: Node, name: str) -> tuple[Any, ...]:
    """Return the arguments that a formula has in its row, also those given by keyword."""
    templates = node.arguments
    if name == "clip":
        bounds = [[node.keywords[k] for k in names if k in node.keywords] for names in _BOUNDS]
        missing = [bound[0] if bound else None for bound in bounds]
        templates = (*templates, *missing[len(templates) - 1 :])
    elif name == "arange" and len(templates) == 1:
        templates = (0, *templates)
    return templates[: len(FORMULAS.get(name, templates))]


def _by_formulas(
    node: Node, values: Any, y: Any, dy: Any, given: list[Any], formulas: Sequence[Formula | None]
) -> list[Contribution]:
    """Apply the formula of each argument that holds floating-point nodes."""
    name = operation(node)
    if not node.keywords.keys() <= _IGNORED.union(*_BOUNDS):
        raise NotDifferentiable(name)
    if "where" in node.keywords:  # elsewhere a ufunc computes nothing
        dy = np.where(fill(node.keywords["where"], values), dy, 0.0)
    found = []
    for k, (template, formula) in enumerate(zip(_templates(node, name), formulas, strict=False)):
        if formula is None or not any(is_float(values[n.number]) for n in references(template)):
            continue
        part = unbroadcast(formula(dy, y, *given), np.shape(given[k]))
        shape = np.shape(fill(template, values))
        found += distribute(template, np.reshape(part, shape), values)
    return found


def _order(node: Node) -> Any:
    """Return which norm a node computes; None: the root of the sum of squares."""
    order = node.arguments[1] if len(node.arguments) > 1 else node.keywords.get("ord")
    return None if order == "fro" else order


def _reduced(node: Node, values: Any, y: Any, dy: Any, formula: Formula) -> list[Contribution]:
    """Apply the formula of a reduction: along its axis, of a ufunc's method the first."""
    source, *rest = node.arguments
    if node.function is sum:  # the built-in, whose second argument is where it starts
        return [part for term in (*source, *rest) for part in distribute(term, dy, values)]
    if operation(node) == "norm":
        rest = rest[1:]  # without the order
    if references(rest):
        raise NotDifferentiable(f"{operation(node)} from an initial value")
    is_method = isinstance(getattr(node.function, "__self__", None), np.ufunc)
    axis = rest[0] if rest else node.keywords.get("axis", 0 if is_method else None)
    a = np.asarray(fill(source, values))
    da = formula(dy, y, a, axis)
    if "where" in node.keywords:
        if operation(node) != "sum":
            raise NotDifferentiable(f"{operation(node)} with where")
        da = np.where(fill(node.keywords["where"], values), da, 0.0)
    return distribute(source, da, values)


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
