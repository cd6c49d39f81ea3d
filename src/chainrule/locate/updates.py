"""Which values a program changes step by step: its parameters, found by the shape of a descent.

A parameter is a chain of versions, each the last one plus or minus a term that was computed from
it: W₁ = W₀ − X(W₀), W₂ = W₁ − X(W₁), …  A sum of products (activation += w·x) is such a chain of
additions too, but its terms do not depend on it; a momentum or a cache does only through the
parameters that it moves, that is, across two steps.  So the test is: does the term reach the
version it is added to, inside one step?
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .graph import Graph, Node, inputs, read_back, write_through
from .operations import operation

_HOPS = 6  # copies and scalings between two versions of a value
_PASSING = {"copy", "positive", "multiply", "clip", "maximum", "minimum", "reshape", "element"}
_ARITHMETIC = {"add", "subtract", "multiply", "divide", "negative"}
_IN_PLACE = {"iadd": 1, "isub": -1}


@dataclass(frozen=True, slots=True)
class Change:
    """One version of a value from the last: new = old + sign · term."""

    new: Node
    old: Node
    term: Node
    sign: int


@dataclass(slots=True)
class Chain:
    """A parameter's history: its changes, in order; `period` of them make one step.

    Attributes:
        ends: how many changes there are after each whole step, where that differs.
    """

    changes: list[Change]
    period: int = 1
    ends: tuple[int, ...] = ()

    def version(self, step: int) -> Node:
        """Return the value after so many steps; after none, what it started from."""
        count = self.count(step)
        return self.changes[count - 1].new if count else self.changes[0].old

    def count(self, step: int) -> int:
        """Return how many changes there are after so many steps."""
        return (0, *self.ends)[step] if self.ends else step * self.period

    @property
    def steps(self) -> int:
        """How many whole steps it has taken."""
        return len(self.ends) or len(self.changes) // self.period


def changes(node: Node) -> Iterator[Change]:
    """Yield each way to read a node as an old value and a term that is added to it."""
    name = operation(node)
    given = node.arguments
    if name in ("add", "subtract") and len(given) == 2:
        left, right = given
        if type(left) is Node and type(right) is Node:
            yield Change(node, left, right, 1 if name == "add" else -1)
            if name == "add":
                yield Change(node, right, left, 1)
    elif node.function is write_through:
        yield from _changes_in_place(node)


def _changes_in_place(node: Node) -> Iterator[Change]:
    """Read W += X, W[:] = W + X and np.subtract(W, X, out=W) as a change of the whole array."""
    base, steps, function, others, hole, _ = node.arguments
    if steps:
        return
    name = getattr(function, "__name__", "")
    if hole == 0 and name in _IN_PLACE and type(others[1]) is Node:
        yield Change(node, base, others[1], _IN_PLACE[name])
    elif hole == 0 and name == "setitem" and _is_all(others[1]) and type(others[2]) is Node:
        for change in changes(others[2]):
            if change.old is base:
                yield Change(node, base, change.term, change.sign)
    elif hole == "out" and name in ("add", "subtract") and len(others) == 2:
        left, right = others
        if left is base and type(right) is Node:
            yield Change(node, base, right, 1 if name == "add" else -1)
        elif right is base and name == "add" and type(left) is Node:
            yield Change(node, base, left, 1)


def _is_all(index: Any) -> bool:
    """Whether an index names every element: [:], [...], [:, :]."""
    parts = index if type(index) is tuple else (index,)
    return all(x is ... or (type(x) is slice and x == slice(None)) for x in parts)


def passed(graph: Graph, node: Node) -> Node:
    """Return the value that a node only copies or scales by a constant."""
    for _ in range(_HOPS):
        if node.function is write_through and _only_shrinks(graph, node):
            node = node.arguments[0]
            continue
        if node.function in (None, read_back) or operation(node) not in _PASSING:
            return node
        used = [one for one in inputs(node) if not is_constant(graph, one)]
        if len(used) != 1:
            return node
        node = used[0]
    return node


def is_constant(graph: Graph, node: Node) -> bool:
    """Whether a value is computed from single numbers that do not change: 1 − rate · decay."""
    stack = [node]
    for _ in range(_HOPS):
        if not stack:
            return True
        one = stack.pop()
        if isinstance(graph.digests[one.number], tuple):
            return False
        if one.function is not None and operation(one) not in _ARITHMETIC:
            return False
        stack += inputs(one)
    return not stack


def _only_shrinks(graph: Graph, node: Node) -> bool:
    """Whether an array is scaled in place by a constant: W *= 0.99."""
    _, steps, function, others, hole, _ = node.arguments
    if steps or hole != 0 or getattr(function, "__name__", "") not in ("imul", "itruediv"):
        return False
    return type(others[1]) is not Node or is_constant(graph, others[1])


def reaches(start: Node, goal: Node, after: int) -> bool:
    """Whether a value was computed from another, using nodes numbered above `after` only."""
    seen, stack = {start.number}, [start]
    while stack:
        node = stack.pop()
        if node is goal:
            return True
        if node.number <= after:
            continue
        for used in inputs(node):
            if used.number >= goal.number and used.number not in seen:
                seen.add(used.number)
                stack.append(used)
    return False


def _adds(node: Node) -> bool:
    return node.function is write_through or operation(node) in ("add", "subtract")


def _returning(graph: Graph) -> tuple[dict[int, Change], dict[int, int]]:
    """Return the changes that lines make to what they made before, and the version each changes.

    The first change of a chain has no version before it: what it changes was made elsewhere.
    """
    ways: dict[int, list[tuple[Change, Node]]] = {}
    found: dict[int, Change] = {}
    before: dict[int, int] = {}
    for node in graph.nodes:
        if node.function is None or not _adds(node):
            continue
        mine = ways[node.number] = [(change, passed(graph, change.old)) for change in changes(node)]
        for way, (change, version) in enumerate(mine):
            cycle = _cycle(node.position, version, ways)
            if cycle:
                found[node.number] = change
                for number, older in zip([node.number, *cycle], cycle, strict=False):
                    before[number] = older
                    found.setdefault(older, ways[older][min(way, len(ways[older]) - 1)][0])
                break
    return found, before


def _cycle(position: int, version: Node, ways: dict[int, list[tuple[Change, Node]]]) -> list[int]:
    """Return the versions back to the last one made at a position; none if there is none near."""
    passed_by = []
    for _ in range(_HOPS):
        if not ways.get(version.number):
            return []
        passed_by.append(version.number)
        if version.position == position:
            return passed_by
        version = ways[version.number][0][1]
    return []


def chains(graph: Graph) -> list[Chain]:
    """Return every chain of two changes or more that one line makes, whatever its terms are."""
    found, before = _returning(graph)
    followers: dict[int, list[int]] = defaultdict(list)
    depth: dict[int, int] = {}
    for number, older in before.items():
        followers[older].append(number)
    for number in sorted(found, reverse=True):
        depth[number] = 1 + max((depth[after] for after in followers[number]), default=0)
    result = []
    for number in sorted(found):
        if number in before:
            continue
        line = [number]
        while followers[line[-1]]:
            line.append(max(followers[line[-1]], key=lambda after: depth[after]))
        if len(line) > 1:
            places = {graph.nodes[one].position for one in line}
            result.append(Chain([found[one] for one in line], len(places)))
    return result
