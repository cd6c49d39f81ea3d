"""One step of a program's training, cut out of the graph and computed again at other values.

A step begins when every parameter has its new version from the step before, and ends with the next
versions.  What it reads from before (parameters, data, the optimizer's memory) is its boundary.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .graph import Graph, Node, inputs, write_through
from .operations import operation
from .places import choose, text, together
from .program import Run
from .updates import Chain, chains, parameters

PASSING = {"getitem", "element", "transpose", "reshape", "copy", "positive", "squeeze", "ravel"}
PRODUCTS = {"multiply", "matmul", "dot", "outer", "inner", "einsum", "tensordot", "kron"}
_FRESH = ("numpy.zeros", "numpy.ones", "numpy.full", "numpy.eye", "numpy.empty")


@dataclass(frozen=True, slots=True)
class Learned:
    """A parameter in one step: the nodes of its old and new values, one each if it is an array."""

    name: str
    shape: tuple[int, ...]
    old: tuple[Node, ...]
    new: tuple[Node, ...]
    chains: tuple[Chain, ...]

    def values(self, values: Any, which: str = "old") -> Any:
        """Return its old or new value as one flat array."""
        nodes = self.old if which == "old" else self.new
        return np.concatenate([np.ravel(np.asarray(values[node.number], float)) for node in nodes])


@dataclass(slots=True)
class Step:
    """A step: the nodes numbered above `start` and up to `end`.

    Attributes:
        recorded: the values of its nodes and of its boundary, as they were.
        moving: the nodes that depend on a parameter within the step.
        data: the boundary values that the parameters are multiplied with.
        tail: nodes after the step that are computed from its values, not from the new parameters.
    """

    graph: Graph
    start: int
    end: int
    learned: list[Learned]
    recorded: dict[int, Any] = field(default_factory=dict)
    moving: set[int] = field(default_factory=set)
    data: set[int] = field(default_factory=set)
    tail: list[Node] = field(default_factory=list)

    @property
    def old(self) -> set[int]:
        """The numbers of the parameters' old values."""
        return {node.number for one in self.learned for node in one.old}

    @property
    def boundary(self) -> range:
        """The numbers of what was computed before the step."""
        return range(self.start + 1)

    @property
    def reach(self) -> list[Node]:
        """The step's nodes and those after it that show its values."""
        return self.nodes + self.tail

    @property
    def nodes(self) -> list[Node]:
        """The step's nodes, in order."""
        return self.graph.nodes[self.start + 1 : self.end + 1]

    def line(self, node: Node) -> int:
        """Return the last line of the expression that made a node."""
        return self.graph.positions[node.position].line

    def ancestors(self, roots: Iterable[Node]) -> set[int]:
        """Return the numbers of the moving nodes of the step that some nodes were computed from."""
        seen, stack = set[int](), list(roots)
        while stack:
            node = stack.pop()
            if node.number in seen or node.number not in self.moving or node.number <= self.start:
                continue
            seen.add(node.number)
            stack.extend(inputs(node))
        return seen


def _group(run: Run, found: Sequence[Chain], step: int) -> list[Learned]:
    """Return chains as named parameters; scalars that stand together as one."""
    owner = {change.new.number: chain for chain in found for change in chain.changes}
    paths = choose(run.places, set(owner))
    latest: dict[int, int] = {}  # of each chain, the version that was found
    for version in paths:
        latest[id(owner[version])] = max(version, latest.get(id(owner[version]), 0))
    scalars: dict[int, Any] = {}
    result = []
    for chain in found:
        number = latest.get(id(chain))
        old, new = chain.version(step), chain.version(step + 1)
        value = run.graph.digests[new.number]
        if number is not None and not isinstance(value, tuple):
            scalars[number] = paths[number]
            continue
        shape = value[0] if isinstance(value, tuple) else ()
        name = text(paths[number]) if number is not None else _target(run.graph, chain)
        result.append(Learned(name, shape, (old,), (new,), (chain,)))
    for path, shape, numbers in together(scalars):
        members = tuple(owner[number] for number in numbers)
        old_nodes = tuple(chain.version(step) for chain in members)
        new_nodes = tuple(chain.version(step + 1) for chain in members)
        result.append(Learned(text(path), shape, old_nodes, new_nodes, members))
    return sorted(result, key=lambda one: one.new[0].number)


def _target(graph: Graph, chain: Chain) -> str:
    """Return what a chain's last version was assigned to, as written."""
    numbers = {change.new.number for change in chain.changes}
    for store in reversed(graph.stores):
        position = graph.positions[store.position]
        if store.node in numbers and position.targets and position.targets[0] != "return":
            return position.targets[min(store.target, len(position.targets) - 1)]
    return f"value of line {graph.positions[chain.changes[0].new.position].line}"


def find_step(run: Run, first: bool = False) -> Step | None:
    """Return the second step of a run's parameters, the first if there is one only."""
    graph = run.graph
    found = parameters(graph)
    if not found:
        return None
    step = 1 if any(chain.steps > 1 for chain in found) and not first else 0
    found = [chain for chain in found if chain.steps > step]
    start = max(_firsts(graph, found), default=-1) if step else -1
    found = [chain for chain in found if chain.version(step + 1).number > start]
    end = max(chain.version(step + 1).number for chain in found)
    result = Step(graph, start, end, _group(run, found, step))
    mark(result)
    return result


def _firsts(graph: Graph, found: Sequence[Chain]) -> list[int]:
    """Return the ends of the first step: of the parameters, and of what their lines change too."""
    lines = {change.new.position for chain in found for change in chain.changes}
    beside = [one for one in chains(graph) if one.changes[0].new.position in lines]
    return [
        chain.version(1).number
        for chain in (*found, *beside)
        if chain.steps > 1
        and (
            chain.version(1).number <= max(one.version(2).number for one in found if one.steps > 1)
        )
    ]


def mark(step: Step) -> None:
    """Find the moving nodes of a step and its data."""
    roots = {node.number for one in step.learned for node in one.old}
    step.moving = set(roots)
    direct = set(roots)  # a parameter, or a part of one
    decays = _decays(step)
    decaying, multiplied = set[int](), set[int]()  # λ of λ·W; what multiplies other values too
    for node in step.nodes:
        if node.number in step.moving or node.function is None:
            continue
        used = inputs(node)
        if not any(one.number in step.moving for one in used):
            continue
        step.moving.add(node.number)
        name = operation(node)
        if name in PASSING and used[0].number in direct:
            direct.add(node.number)
        elif name in PRODUCTS:
            others = {source_of(one).number for one in used if one.number not in step.moving}
            if not any(one.number in direct for one in used):
                multiplied |= others
            elif node.number in decays:
                decaying |= others
            else:
                step.data |= others
    step.data |= decaying & multiplied
    _mark_tail(step)
    step.data = {number for number in step.data if _perturbable(step.graph, number, step.start)}


def _mark_tail(step: Step) -> None:
    """Find what is computed after a step from its values, and not from the new parameters."""
    late = {node.number for one in step.learned for node in one.new}
    step.tail.clear()
    for node in step.graph.nodes[step.end + 1 : 2 * step.end - step.start]:
        used = inputs(node)
        if any(one.number in late for one in used):
            late.add(node.number)
        elif any(one.number in step.moving for one in used):
            step.moving.add(node.number)
            step.tail.append(node)


def _decays(step: Step) -> set[int]:
    """Return the values that go into updates by additions and scalings only, such as λ·W."""
    found = {node.number for one in step.learned for node in one.new}
    readers: dict[int, list[Node]] = {}
    for node in step.nodes:
        if node.function is not None:
            for used in inputs(node):
                readers.setdefault(used.number, []).append(node)
    for node in reversed(step.nodes):
        after = readers.get(node.number, [])
        if after and all(one.number in found and _is_linear(one) for one in after):
            found.add(node.number)
    return found


def _is_linear(node: Node) -> bool:
    """Whether a value is a sum, or another value times a number that is a leaf."""
    if node.function is write_through:
        return getattr(node.arguments[2], "__name__", "") in ("iadd", "isub", "add", "subtract")
    if operation(node) in ("multiply", "divide"):
        return sum(one.function is not None for one in inputs(node)) <= 1
    return operation(node) in ("add", "subtract", "negative", "copy", "getitem")


def source_of(node: Node) -> Node:
    """Return the boundary value that a node is a part of."""
    while node.function is not None and operation(node) in PASSING:
        node = inputs(node)[0]
    return node


def _perturbable(graph: Graph, number: int, start: int) -> bool:
    leaf = graph.leaves.get(number)
    if leaf is not None and leaf.origin.startswith(_FRESH):
        return False
    # a number written in the step itself is one of its constants, max(-1.0, g)
    return number <= start or (leaf is not None and leaf.origin != "literal")


def only_scales(step: Step, node: Node) -> bool:
    """Whether a value is another one times a number: what is wrong with it was wrong before."""
    if operation(node) not in ("multiply", "divide", "negative"):
        return False
    used = inputs(node)
    moving = [one for one in used if one.number in step.moving]
    return len(moving) == 1 and all(
        np.size(step.recorded[one.number]) == 1 and one.number not in step.data
        for one in used
        if one is not moving[0]
    )
