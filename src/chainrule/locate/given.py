"""The values that a program starts from, before any two of them meet: parameters, data, labels."""

from collections.abc import Sequence

from .graph import Graph, Node, inputs
from .marks import mark
from .operations import operation
from .step import PASSING, Learned, Step

MOST_NODES = 200_000  # a program that goes on so long without a second step is no gradient's
_JOINING = {"array", "asarray"}


def given(graph: Graph) -> list[Node]:
    """Return the values that a program starts from, labels left out.

    Each is the last form of one leaf (0.1 * randn) before it meets another.  What only meets others
    in differences is a label.
    """
    root: dict[int, int | None] = {}  # the leaf that a value is a form of; None: of several
    versions: dict[int, Node] = {}
    labels: dict[int, bool] = {}
    for node in graph.nodes:
        used = [one for one in inputs(node) if not _is_constant(graph, one)] or inputs(node)
        alone = len({one.number for one in used}) == 1
        if node.function is None or (operation(node) in _JOINING and _are_leaves(used)):
            root[node.number] = node.number
        elif alone and (shape_of(graph, used[0].number) or len(used) == len(inputs(node))):
            root[node.number] = root[used[0].number]
        else:
            root[node.number] = None
            for one in map(_whole, inputs(node)):
                leaf = root[one.number]
                if leaf is not None:
                    versions.setdefault(leaf, one)
                    subtracted = operation(node) == "subtract"
                    labels[leaf] = labels.get(leaf, True) and subtracted
    ordered = sorted(versions.items(), key=lambda item: item[1].number)
    return [node for leaf, node in ordered if not labels[leaf]]


def _is_constant(graph: Graph, node: Node) -> bool:
    return node.function is None and not shape_of(graph, node.number)


def _are_leaves(nodes: Sequence[Node]) -> bool:
    return all(node.function is None for node in nodes)


def _whole(node: Node) -> Node:
    while node.function is not None and operation(node) in PASSING and inputs(node):
        node = inputs(node)[0]
    return node


def shape_of(graph: Graph, number: int) -> tuple[int, ...]:
    """Return the shape of a value."""
    told = graph.digests[number]
    return told[0] if isinstance(told, tuple) else ()


def span(graph: Graph, learned: list[Learned], end: int | None = None) -> Step:
    """Return all that is computed from some values, or that up to an end, as a step.

    It begins after the last of them, so that what was made of the data before counts as data.
    """
    own = {node.number for one in learned for node in one.old}
    first = next(
        node.number
        for node in graph.nodes
        if operation(node) not in PASSING and any(_whole(x).number in own for x in inputs(node))
    )
    start = max(own) if max(own) < first else -1
    step = Step(graph, start, len(graph.nodes) - 1 if end is None else end, learned)
    mark(step)
    return step
