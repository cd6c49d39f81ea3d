"""One step of a program's training, cut out of the graph and computed again at other values.

A step begins when every parameter has its new version from the step before, and ends with the next
versions.  What it reads from before (parameters, data, the optimizer's memory) is its boundary.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .files import Place
from .graph import Graph, Node, inputs, write_through
from .operations import operation
from .updates import Chain, Change

PASSING = {"getitem", "element", "transpose", "reshape", "copy", "positive", "squeeze", "ravel"}
PRODUCTS = {"multiply", "matmul", "dot", "outer", "inner", "einsum", "tensordot", "kron"}


@dataclass(frozen=True, slots=True)
class Learned:
    """A parameter in one step: the nodes of its old and new values, one each if it is an array.

    Attributes:
        handed: the program hands its gradient over, and the step taken with it is one of ours.
    """

    name: str
    shape: tuple[int, ...]
    old: tuple[Node, ...]
    new: tuple[Node, ...]
    chains: tuple[Chain, ...]
    handed: bool = False

    @property
    def in_parts(self) -> bool:
        """Whether it is an array that steps change part by part."""
        every = [change.new for chain in self.chains for change in chain.changes]
        ended = bool(self.chains) and bool(self.chains[0].ends)
        return ended and all(new.function is write_through for new in every)

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
        parts: of each parameter changed in parts, by its old value's number, the changes made in
            the step and which of the flat array's elements they change.
        nodes: the step's nodes, in order.
        reach: the step's nodes and those after it that show its values.
        old: the numbers of the parameters' old values.
        loss: the value whose gradient the program says it computes, if it says so.
    """

    graph: Graph
    start: int
    end: int
    learned: list[Learned]
    recorded: dict[int, Any] = field(default_factory=dict)
    moving: set[int] = field(default_factory=set)
    data: set[int] = field(default_factory=set)
    tail: list[Node] = field(default_factory=list)
    parts: dict[int, list[tuple[Change, Any]]] = field(default_factory=dict)
    nodes: list[Node] = field(init=False)
    reach: list[Node] = field(default_factory=list)
    old: set[int] = field(default_factory=set)
    loss: Node | None = None

    def __post_init__(self) -> None:
        """Cut the step's nodes out of the graph."""
        self.nodes = self.graph.nodes[self.start + 1 : self.end + 1]

    @property
    def boundary(self) -> range:
        """The numbers of what was computed before the step."""
        return range(self.start + 1)

    def place(self, node: Node) -> Place:
        """Return the line of the expression that made a node."""
        return self.graph.place(node.position)

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


def source_of(node: Node) -> Node:
    """Return the boundary value that a node is a part of."""
    while operation(node) in PASSING and type(node.arguments[0]) is Node:
        node = node.arguments[0]
    return node


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
