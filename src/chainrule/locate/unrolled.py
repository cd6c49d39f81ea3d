"""A point that is several parameters one after the other, and its gradient, taken apart.

Minimisers know one vector.  A program cuts it, W1 = θ[:12].reshape(3, 4), and joins the gradients,
concatenate((dW1.ravel(), dW2.ravel())).  Which elements a value shows is told by cutting or joining
the numbers 0, 1, 2, … in their place.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .graph import Graph, Leaf, Node, fill, inputs
from .operations import operation
from .replay import undisturbed, value_of

_CUTTING = {"getitem", "reshape", "ravel", "flatten", "squeeze", "transpose", "copy", "swapaxes"}
_CUTTING |= {"split", "array_split", "hsplit", "element", "atleast_2d", "expand_dims"}
_JOINING = {"concatenate", "concat", "hstack", "append", "array"}
_FIRST = 1 << 40  # number of the first element: above any constant that is joined with them


@dataclass(frozen=True, slots=True)
class Part:
    """Some elements of a point: the value that shows them, which they are, what they are called."""

    node: Node
    elements: Any
    name: str | None


def parts(graph: Graph, point: Node, end: int) -> list[Part]:
    """Return the parameters that a point is cut into; the point itself if they overlap."""
    nodes = graph.nodes[point.number + 1 : end + 1]
    shown = _shown(graph, point, nodes)
    used = {
        one.number
        for node in nodes
        for one in inputs(node)
        if one.number in shown and node.number not in shown
    }
    sets = {number: frozenset(np.ravel(shown[number]).tolist()) for number in used}
    largest = {one for one in sets.values() if not any(one < other for other in sets.values())}
    found = [_part(graph, shown, one) for one in largest]
    reached = {number for part in found for number in _cut_from(graph, part, shown)}
    apart = sum(map(len, largest)) == len(frozenset[int]().union(*largest))
    if not found or not apart or not used <= reached:
        return [Part(point, shown[point.number], None)]
    return sorted(found, key=lambda part: int(np.min(part.elements)))


def _shown(graph: Graph, point: Node, nodes: Sequence[Node]) -> dict[int, Any]:
    """Return which elements of a point each value shows that only shows some of them."""
    shape = graph.digests[point.number][0]
    shown: dict[int, Any] = {point.number: np.arange(np.prod(shape, dtype=int)).reshape(shape)}
    with undisturbed():
        for node in nodes:
            used = inputs(node)
            if operation(node) not in _CUTTING or len(used) != 1 or used[0].number not in shown:
                continue
            try:
                found = value_of(node, shown)
            except (ValueError, TypeError, IndexError):  # not to be done to whole numbers
                continue
            is_list = isinstance(found, list | tuple)
            shown[node.number] = found if is_list else np.asarray(found).astype(int)
    return {number: own for number, own in shown.items() if isinstance(own, np.ndarray)}


def _part(graph: Graph, shown: dict[int, Any], elements: frozenset[int]) -> Part:
    """Return the value that shows some elements: of several one with a name, and the first such."""
    names: dict[int, str] = {}
    for store in graph.stores:
        targets = graph.positions[store.position].targets
        if targets and targets[0] != "return":
            names.setdefault(store.node, targets[min(store.target, len(targets) - 1)])
    every = [n for n, own in shown.items() if frozenset(np.ravel(own).tolist()) == elements]
    best = max(every, key=lambda n: (n in names, shown[n].ndim, -n))
    first = min(n for n in every if np.array_equal(shown[n], shown[best]))
    return Part(graph.nodes[first], shown[best], names.get(best))


def _cut_from(graph: Graph, part: Part, shown: dict[int, Any]) -> set[int]:
    """Return the values that show a part whole, be it cut out again, or are cut from one such."""
    found = {number for number, own in shown.items() if np.array_equal(own, part.elements)}
    for number in sorted(shown):
        if any(one.number in found for one in inputs(graph.nodes[number])):
            found.add(number)
    return found


def with_leaves(graph: Graph, point: Node, found: Sequence[Part], end: int) -> Graph:
    """Return a graph up to a node in which the parts of a point are leaves.

    A part that is cut out several times is one leaf.
    """
    result = replace(
        graph,
        nodes=graph.nodes[: point.number + 1],
        digests=graph.digests[: end + 1],
        leaves=dict(graph.leaves),
        stores=[one for one in graph.stores if one.node <= end],
    )
    nodes = graph.nodes[point.number + 1 : end + 1]
    shown = _shown(graph, point, nodes)
    value = np.ravel(np.asarray(graph.leaves[point.number].value))
    instead = list(result.nodes)
    for node in nodes:
        own = shown.get(node.number)
        same = [part for part in found if own is not None and np.array_equal(own, part.elements)]
        if same and same[0].node is node:
            leaf = Node(node.number, None, (), {}, node.position)
            result.leaves[node.number] = Leaf(value[same[0].elements], "parameter")
            result.nodes.append(leaf)
            instead.append(leaf)
            continue
        arguments, keywords = fill((node.arguments, dict(node.keywords)), instead)
        result.nodes.append(node._replace(arguments=arguments, keywords=keywords))
        instead.append(instead[same[0].node.number] if same else result.nodes[-1])
    return result


def gradient_of(graph: Graph, part: Part, gradient: Node) -> Node:
    """Return the value that holds the gradient of a part, given that of the point.

    It is a piece that was joined with others if there is one, else it is cut out: a new node.
    """
    node: Node | None = gradient
    numbers = np.ravel(part.elements)
    with undisturbed():
        while node is not None:
            shape = _shape(graph, node)
            if shape == part.elements.shape and np.array_equal(numbers, np.arange(numbers.size)):
                return node
            node, numbers = _before(graph, node, numbers)
    return appended(graph, _cut_out, (gradient, part.elements), gradient.position)


def appended(
    graph: Graph, function: Callable[..., Any], arguments: tuple[Any, ...], position: int = 0
) -> Node:
    """Add an operation that the program did not do, and return its node."""
    node = Node(len(graph.nodes), function, arguments, {}, position)
    graph.nodes.append(node)
    graph.digests.append(None)
    return node


def _before(graph: Graph, node: Node, numbers: Any) -> tuple[Node | None, Any]:
    """Return the value from which a node has some of its elements, and which they are in it."""
    if operation(node) not in _CUTTING | _JOINING:
        return None, numbers
    starts, values, start = list[int](), dict[int, Any](), _FIRST
    for used in inputs(node):
        size = np.prod(_shape(graph, used), dtype=int)
        values[used.number] = np.arange(start, start + size).reshape(_shape(graph, used))
        starts.append(start)
        start += size
    try:
        moved = np.ravel(value_of(node, values))[numbers]
    except (ValueError, TypeError, IndexError):
        return None, numbers
    for used, first in zip(inputs(node), starts, strict=True):
        own = moved - first
        if np.all((own >= 0) & (own < np.size(values[used.number]))):
            return used, own
    return None, numbers


def _shape(graph: Graph, node: Node) -> tuple[int, ...]:
    told = graph.digests[node.number]
    return told[0] if isinstance(told, tuple) else ()


def _cut_out(gradient: Any, elements: Any) -> Any:
    """Return elements of a gradient in the shape of the parameter that they belong to."""
    return np.ravel(gradient)[elements]
