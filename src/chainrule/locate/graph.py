"""The record of a run: nodes that say which function made which value from which others.

A node keeps no value, only a digest of it: `replay` computes the values again, to the bit.  The
values that nothing recorded computed (literals, random numbers, files) are the leaves; these are
kept.  Arrays that a program changes in place become new nodes, one a change: see `write_through`.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from .files import Place, beside

Digest = Any
ATOMS = {int, float, bool, str, type(None)}  # in templates: these hold no nodes


class Position(NamedTuple):
    """A place in the program; columns count UTF-8 bytes from 0, as Python's own syntax tree does.

    Attributes:
        function: the function around it, with its classes, "Net.backprop"; "" at module level.
        targets: what is assigned there, as written: ("a", "b") of "a, b = …", or ("return",).
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    function: str
    targets: tuple[str, ...] = ()


class Node(NamedTuple):
    """One recorded operation: value = function(*arguments, **keywords); a leaf has no function.

    Arguments and keywords are templates: a Node in them, also inside lists, tuples, dicts and
    slices, stands for its value.  Equality is identity.
    """

    number: int
    function: Callable[..., Any] | None
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]
    position: int

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def __hash__(self) -> int:
        return self.number

    def __repr__(self) -> str:
        name = "leaf" if self.function is None else getattr(self.function, "__name__", "?")
        return f"<node {self.number}: {name}>"


@dataclass(slots=True)
class Leaf:
    """A value that no recorded operation made; `origin` says what did: "literal", "random.random".

    `value` is the live array until the program changes it, a copy from then on.
    """

    value: Any
    origin: str


class Store(NamedTuple):
    """A value passed an assignment or a return: to which of its targets, after how many nodes."""

    node: int
    position: int
    target: int
    after: int = 0


class Evaluation(NamedTuple):
    """What a function of the program told a minimiser at a point, which it calls `name`."""

    point: Node
    name: str
    value: Node | None
    gradient: Node | None


@dataclass(slots=True)
class Graph:
    """All that was recorded in one run; node k has the digest `digests[k]`.

    Attributes:
        script: the path of the program's own file.
        stores: the assignments and returns that values passed through, in order.
        escapes: (node, position) of values that went where they cannot be followed, as into SciPy.
        evaluations: what minimisers were told, in order.
    """

    script: str = ""
    nodes: list[Node] = field(default_factory=list)
    digests: list[Digest] = field(default_factory=list)
    leaves: dict[int, Leaf] = field(default_factory=dict)
    positions: list[Position] = field(default_factory=lambda: [Position("", 0, 0, 0, 0, "")])
    stores: list[Store] = field(default_factory=list)
    escapes: list[tuple[int, int]] = field(default_factory=list)
    evaluations: list[Evaluation] = field(default_factory=list)

    def place(self, position: int) -> Place:
        """Return the line of a position and its file."""
        at = self.positions[position]
        return Place(beside(at.file, self.script), at.line)

    def settle(self) -> None:
        """Drop a node that was noted in part when an alarm ended the program."""
        count = min(len(self.nodes), len(self.digests))
        if count and self.nodes[count - 1].function is None and count - 1 not in self.leaves:
            count -= 1
        del self.nodes[count:], self.digests[count:]
        while self.stores and self.stores[-1].node >= count:
            self.stores.pop()


class Method:
    """A method, called by name: Method("sum")(x, axis=0) is x.sum(axis=0)."""

    __slots__ = ("__name__",)

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __call__(self, owner: Any, /, *arguments: Any, **keywords: Any) -> Any:
        """Call the owner's method."""
        return getattr(owner, self.__name__)(*arguments, **keywords)


class Attribute(Method):
    """An attribute, read by name: Attribute("T")(x) is x.T."""

    def __call__(self, owner: Any, /, *_: Any, **__: Any) -> Any:
        """Read the owner's attribute."""
        return getattr(owner, self.__name__)


class Step(NamedTuple):
    """How a view is made from an array: function(*arguments), the array at place `hole`."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]
    hole: int

    def apply(self, array: Any) -> Any:
        """Return the view of this array."""
        before, after = self.arguments[: self.hole], self.arguments[self.hole + 1 :]
        return self.function(*before, array, *after, **self.keywords)


def follow(array: Any, steps: Sequence[Step]) -> Any:
    """Return the view that the steps make of an array."""
    for step in steps:
        array = step.apply(array)
    return array


def read_through(base: Any, steps: Sequence[Step], index: Any) -> Any:
    """Return one element of a view of an array."""
    return follow(base, steps)[index]


class Cell(NamedTuple):
    """A single element of an array: the number of the version that wrote it, steps and index."""

    maker: int
    steps: tuple[Step, ...]
    index: Any


def read_back(written: Any, cell: Cell) -> Any:
    """Return a number that was written into an array, as read from there."""
    del cell
    return np.float64(written)


def write_through(
    base: Any,
    steps: Sequence[Step],
    function: Callable[..., Any],
    arguments: Sequence[Any],
    hole: int | str,
    keywords: Mapping[str, Any],
) -> Any:
    """Return a copy of an array, of which the view made by the steps was changed in place.

    What changes it is function(*arguments, **keywords), the view at place `hole` of either.
    """
    changed = np.array(base, copy=True, order="K", subok=True)
    target = follow(changed, steps)
    if isinstance(hole, str):
        function(*arguments, **{**keywords, hole: target})
    else:
        function(*arguments[:hole], target, *arguments[hole + 1 :], **keywords)
    return changed


def element(several: Any, index: int) -> Any:
    """Return one of the values that one call gave."""
    return several[index]


def fill(template: Any, values: Any) -> Any:
    """Return the template with the value of each node in its place."""
    kind = type(template)
    if kind is Node:
        return values[template.number]
    if kind is list:
        return [fill(item, values) for item in template]
    if kind is tuple:
        return tuple([fill(item, values) for item in template])
    if kind is Step:
        return Step(*(fill(item, values) for item in template))
    if kind is dict:
        return {key: fill(item, values) for key, item in template.items()}
    if kind is slice:
        return slice(*(fill(x, values) for x in (template.start, template.stop, template.step)))
    return template


def references(template: Any) -> list[Node]:
    """Return the nodes in a template, in order; repeated ones repeatedly."""
    kind = type(template)
    if kind is Node:
        return [template]
    if kind in (list, tuple, Step):
        return [node for item in template for node in references(item)]
    if kind is dict:
        return [node for item in template.values() for node in references(item)]
    if kind is slice:
        return references([template.start, template.stop, template.step])
    return []


def inputs(node: Node) -> list[Node]:
    """Return the nodes whose values this node's value is computed from."""
    found = []
    for argument in node.arguments:
        if type(argument) is Node:
            found.append(argument)
        elif type(argument) not in ATOMS:
            found += references(argument)
    return found + references(node.keywords) if node.keywords else found


_SMALL = 4096  # bytes up to which Python's hash is faster than a product with weights
_BLOCK = 16384  # words summed at once
_WEIGHTS = np.arange(1, 2 * _BLOCK, 2, dtype=np.uint64)  # odd: no change of one word is lost


def digest(value: Any) -> Digest:
    """Return what tells a value from any other: itself, of an array a checksum of its bits.

    Checksums are comparable within one process only, as Python's hash of bytes is.
    """
    if not isinstance(value, np.ndarray):
        return tuple(map(digest, value)) if isinstance(value, list | tuple) else value
    if value.dtype.hasobject:
        return (value.shape, value.dtype.char, 0)
    if value.nbytes <= _SMALL:
        return (value.shape, value.dtype.char, hash(value.tobytes()))
    octets = np.ascontiguousarray(value).reshape(-1).view(np.uint8)
    n_words = len(octets) // 8
    words = octets[: 8 * n_words].view(np.uint64)
    n_blocked = n_words - n_words % _BLOCK
    blocks = words[:n_blocked].reshape(-1, _BLOCK) @ _WEIGHTS
    rest = int(words[n_blocked:] @ _WEIGHTS[: n_words - n_blocked])
    parts = (blocks.tobytes(), rest, octets[8 * n_words :].tobytes())
    return (value.shape, value.dtype.char, hash(parts))


def same(one: Digest, other: Digest) -> bool:
    """Whether two digests are of values equal to the bit, type included (any nan is a nan)."""
    if type(one) is not type(other):
        return False
    if type(one) is tuple:
        return len(one) == len(other) and all(map(same, one, other))
    if one == other:
        return (
            bool(one)
            or not isinstance(one, float | np.floating)
            or math.copysign(1, one) == math.copysign(1, other)
        )
    return bool(one != one and other != other)
