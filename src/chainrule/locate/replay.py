"""Compute a recorded graph again from its leaves, and compare with what was traced."""

import gc
import warnings
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from .graph import ATOMS, Graph, Node, digest, fill, inputs, same


@contextmanager
def undisturbed() -> Iterator[None]:
    """Do not warn again of what the program was warned of; do not look for garbage: none arises."""
    collects = gc.isenabled()
    gc.disable()
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if collects:
            gc.enable()


def value_of(node: Node, values: Any) -> Any:
    """Return the value of a node that is no leaf, given those before it."""
    arguments: list[Any] = [
        values[argument.number]
        if type(argument) is Node
        else argument
        if type(argument) in ATOMS
        else fill(argument, values)
        for argument in node.arguments
    ]
    function: Any = node.function
    if not node.keywords:
        return function(*arguments)
    return function(*arguments, **fill(dict(node.keywords), values))


def _value(graph: Graph, node: Node, values: Any, leaves: Mapping[int, Any]) -> Any:
    """Return the value of one node, given those before it."""
    if node.function is None:
        return leaves[node.number] if node.number in leaves else graph.leaves[node.number].value
    return value_of(node, values)


def replay(graph: Graph, leaves: Mapping[int, Any] | None = None) -> list[Any]:
    """Return the value of every node, computed from the leaves; some may be given other values.

    The values may share memory: do not change them in place.
    """
    values: list[Any] = []
    with undisturbed():
        for node in graph.nodes:
            values.append(_value(graph, node, values, leaves or {}))
    return values


def compute(graph: Graph, wanted: Container[int], end: int) -> tuple[dict[int, Any], list[Node]]:
    """Return the values of the wanted nodes up to `end`, and the nodes that differ from the traced.

    A node differs if any bit of it does.  Other values are dropped after their last use, so that
    this needs little memory.
    """
    nodes = graph.nodes[: end + 1]
    last_reader = list(range(len(nodes)))
    for node in nodes:
        for used in inputs(node):
            last_reader[used.number] = node.number
    values: dict[int, Any] = {}
    wrong = []
    with undisturbed():
        for node in nodes:
            if not _agrees(graph, node, values):
                wrong.append(node)
            for used in inputs(node):
                if last_reader[used.number] == node.number and used.number not in wanted:
                    values.pop(used.number, None)
    return values, wrong


def mismatches(graph: Graph) -> list[Node]:
    """Return the nodes whose replayed value differs, in any bit, from the traced one.

    An empty list means that the graph is all that the program did.
    """
    return compute(graph, (), len(graph.nodes) - 1)[1]


def _agrees(graph: Graph, node: Node, values: dict[int, Any]) -> bool:
    """Compute one node's value; whether it is the traced one."""
    try:
        value = values[node.number] = _value(graph, node, values, {})
    except Exception:  # the nodes that need this one fail as well
        return False
    traced = graph.digests[node.number]
    return traced is None or same(digest(value), traced)
