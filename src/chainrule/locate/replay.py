"""Compute a recorded graph again from its leaves, and compare with what was traced."""

import gc
import warnings
from collections.abc import Iterator, Mapping
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


def _value(graph: Graph, node: Node, values: Any, leaves: Mapping[int, Any]) -> Any:
    """Return the value of one node, given those before it."""
    if node.function is None:
        return leaves[node.number] if node.number in leaves else graph.leaves[node.number].value
    arguments = [
        values[argument.number]
        if type(argument) is Node
        else argument
        if type(argument) in ATOMS
        else fill(argument, values)
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
    with undisturbed():
        for node in graph.nodes:
            values.append(_value(graph, node, values, leaves or {}))
    return values


def mismatches(graph: Graph) -> list[Node]:
    """Return the nodes whose replayed value differs, in any bit, from the traced one.

    An empty list means that the graph is all that the program did.  Values are dropped after
    their last use, so that this needs little memory.
    """
    last_reader = list(range(len(graph.nodes)))
    for node in graph.nodes:
        for used in inputs(node):
            last_reader[used.number] = node.number
    values: dict[int, Any] = {}
    wrong = []
    with undisturbed():
        for node in graph.nodes:
            if not _agrees(graph, node, values):
                wrong.append(node)
            for used in inputs(node):
                if last_reader[used.number] == node.number:
                    values.pop(used.number, None)
    return wrong


def _agrees(graph: Graph, node: Node, values: dict[int, Any]) -> bool:
    """Compute one node's value; whether it is the traced one."""
    try:
        value = values[node.number] = _value(graph, node, values, {})
    except Exception:  # the nodes that need this one fail as well
        return False
    traced = graph.digests[node.number]
    return traced is None or same(digest(value), traced)
