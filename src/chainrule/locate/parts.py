"""Arrays changed part by part: W[i, j] -= …, W[word] -= …, np.subtract.at(W, rows, …).

Such an array is one parameter.  Its chain holds every change of a part; how many make one step
differs from step to step.
"""

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .graph import Graph, Node, Step, fill, follow, read_back, read_through, write_through
from .operations import name_of, operation
from .updates import Chain, Change, changes, passed

_IN_PLACE = {"iadd": 1, "isub": -1}
_AT = {np.add: 1, np.subtract: -1}
_SCALING = {"imul", "itruediv"}
Way = tuple[tuple[str, Any], ...]  # how a part is reached from its array


@dataclass(slots=True)
class _Series:
    """The changes of one array so far, part by part."""

    changes: list[Change]
    in_parts: bool = False


def way_to(node: Node) -> tuple[Node, Way] | None:
    """Return the array that a node shows a part of, and the way there; None if it shows none."""
    way: Way = ()
    while node.function is not None:
        name = operation(node)
        if node.function in (follow, read_through):
            base, steps, *index = node.arguments
            way = (*_of_steps(steps), *_of_index(index), *way)
        elif name == "getitem" and node.function is operator.getitem:
            base, index = node.arguments
            way = (*_of_index([index]), *way)
        else:
            break
        node = base
    return (node, way) if way else None


def _of_steps(steps: Sequence[Step]) -> Way:
    return tuple((name_of(step.function), step.arguments) for step in steps)


def _of_index(index: Sequence[Any]) -> Way:
    return tuple(("getitem", (None, one)) for one in index)


def equal(one: Any, other: Any) -> bool:
    """Whether two ways, or parts of them, are the same."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other))
    return bool(one == other)


def _shows(node: Node, root: int, way: Way, roots: Mapping[int, int]) -> bool:
    """Whether a node is what the way shows of the array with this first version."""
    if node.function is read_back:
        cell = node.arguments[1]
        here = (*_of_steps(cell.steps), *_of_index([cell.index]))
        return roots.get(cell.maker) == root and equal(here, way)
    found = way_to(node)
    if found is None:
        return False
    return roots.get(found[0].number, found[0].number) == root and equal(found[1], way)


def _change(graph: Graph, node: Node, root: int, roots: Mapping[int, int]) -> Change | None:
    """Read a write as old ± term in a part of an array; None if it is no such thing.

    A write that leaves the part as it is, or only scales it, has no term: its term is itself.
    """
    base, steps, function, others, hole, _ = node.arguments
    name = getattr(function, "__name__", "")
    if hole != 0:
        return None
    if name in _IN_PLACE and type(others[1]) is Node:
        return Change(node, base, others[1], _IN_PLACE[name])
    if name in _SCALING and type(others[1]) is not Node:
        return Change(node, base, node, 0)
    if name == "at" and function.__self__ in _AT and type(others[2]) is Node:
        return Change(node, base, others[2], _AT[function.__self__])
    if function is not operator.setitem or type(others[2]) is not Node:
        return None
    way = (*_of_steps(steps), *_of_index([others[1]]))
    for change in changes(others[2]):
        if _shows(passed(graph, change.old), root, way, roots):
            return Change(node, base, change.term, change.sign)
    return (
        Change(node, base, node, 0) if _shows(passed(graph, others[2]), root, way, roots) else None
    )


def part_chains(graph: Graph) -> list[Chain]:
    """Return every array that is changed in parts by terms added to them, its steps not yet found.

    What an array was filled with before does not count, so a chain begins after the last write of
    another kind.
    """
    roots: dict[int, int] = {}
    series: dict[int, _Series] = {}
    longest: dict[int, _Series] = {}
    for node in graph.nodes:
        if node.function is not write_through:
            continue
        base = node.arguments[0]
        root = roots[node.number] = roots.setdefault(base.number, base.number)
        change = _change(graph, node, root, roots)
        if change is None:
            series.pop(root, None)
            continue
        mine = series.setdefault(root, _Series([]))
        if change.sign:
            mine.changes.append(change)
            mine.in_parts = mine.in_parts or _is_in_part(node)
        elif mine.changes:
            mine.changes[-1] = replace(mine.changes[-1], new=node)
        if len(mine.changes) >= len(longest.setdefault(root, mine).changes):
            longest[root] = mine
    return [Chain(one.changes) for one in longest.values() if one.in_parts and len(one.changes) > 1]


def _is_in_part(node: Node) -> bool:
    _, steps, function, *_ = node.arguments
    return bool(steps) or function is operator.setitem or getattr(function, "__name__", "") == "at"


def written_value(change: Change) -> int:
    """Return the number of the value that a change puts into an array, −1 if it puts in none."""
    if change.new.function is not write_through:
        return -1
    _, _, function, others, *_ = change.new.arguments
    written = others[2] if function is operator.setitem else None
    return written.number if type(written) is Node else -1


def elements(change: Change, values: Any) -> Any:
    """Return which elements of the flat array a change of a part writes."""
    base, steps, function, others, *_ = change.new.arguments
    shape = np.shape(values[base.number])
    numbers = np.arange(int(np.prod(shape))).reshape(shape)
    part = follow(numbers, fill(steps, values))
    indexed = function is operator.setitem or getattr(function, "__name__", "") == "at"
    return np.ravel(part[fill(others[1], values)] if indexed else part)
