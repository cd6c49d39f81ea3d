"""Compute a recorded graph again from its leaves, and compare with what was traced."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from .graph import Graph, Node, digest, fill, inputs, same


@contextmanager
def _silence() -> Iterator[None]:
    """Let what the program was warned of once not be said again."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _value(graph: Graph, node: Node, values: Any, leaves: Mapping[int, Any]) -> Any:
    """Return the value of one node, given those before it."""
    if node.function is None:
        return leaves[node.number] if node.number in leaves else graph.leaves[node.number].value
    arguments = [
        values[argument.number] if type(argument) is Node else fill(argument, values)
        for argument in node.arguments
    ]
    if not node.keywords:
        return node.function(*arguments)
    return node.function(*arguments, **fill(dict(node.keywords), values))


def replay(graph: Graph, leaves: Mapping[int, Any] | None = None) -> list[Any]:
    """Return the value of every node, computed from the leaves; some may be given other values.

    The values may share memory: do not change them in place.
    """
    values: list[Any] = []
    with _silence():
        for node in graph.nodes:
            values.append(_value(graph, node, values, leaves or {}))
    return values


def mismatches(graph: Graph) -> list[Node]:
    """Return the nodes whose replayed value differs, in any bit, from the traced one.

    An empty list means that the graph is all that the program did.  Values are dropped after
    their last use, so that this needs little memory.
    """
    last_use = _last_uses(graph.nodes)
    values: dict[int, Any] = {}
    wrong = []
    with _silence():
        for node in graph.nodes:
            try:
                values[node.number] = _value(graph, node, values, {})
            except Exception:  # the nodes that need this one fail as well
                wrong.append(node)
                continue
            traced = graph.digests[node.number]
            if traced is not None and not same(digest(values[node.number]), traced):
                wrong.append(node)
            for used in last_use.get(node.number, ()):
                values.pop(used, None)
    return wrong


def _last_uses(nodes: Sequence[Node]) -> dict[int, list[int]]:
    """Return which nodes are read for the last time by each node."""
    reader = {node.number: node.number for node in nodes}
    for node in nodes:
        for used in inputs(node):
            reader[used.number] = node.number
    last_use: dict[int, list[int]] = {}
    for used_index, by in reader.items():
        last_use.setdefault(by, []).append(used_index)
    return last_use
