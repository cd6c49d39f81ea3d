"""Tracked values: floats, NumPy scalars and arrays that know the node they came from.

They are what they stand for (subclasses, with the same name and repr), hold the very same bits, and
`operators` gives them operators that note what they compute.  `plain` takes the tracking off.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .graph import Node, Step, element, follow, write_through
from .recorder import recorder

TRACKABLE = "fiubc"  # kinds of array worth following: numbers and masks; not text, not objects
_view = np.ndarray.view

Arguments = Sequence[Any]
Keywords = Mapping[str, Any]


class TrackedFloat(float):
    """A Python float and the node that made it."""

    __slots__ = ("node",)
    node: Node


def _numpy_scalar(kind: type) -> type:
    """Return the tracked subclass of a NumPy float type; `value` holds the plain scalar."""
    return type(kind.__name__, (kind,), {"__slots__": ("node", "value"), "__module__": "numpy"})


SCALARS: dict[type, type] = {
    kind: _numpy_scalar(kind) for kind in (np.float64, np.float32, np.float16, np.longdouble)
}
TRACKED_SCALARS = (TrackedFloat, *SCALARS.values())


class Storage:
    """A buffer in memory, shared by an array and its views, and the node of what it holds now.

    Attributes:
        version: how often it was changed.
        clean: the node of what it held before single elements were written.
        cells: address of each element written since, and the node of its value.
    """

    __slots__ = ("cells", "clean", "leaf", "node", "root", "version")

    def __init__(self, root: Any, node: Node, leaf: bool = False) -> None:
        self.root = root
        self.node = node
        self.clean = node
        self.leaf = leaf
        self.version = 0
        self.cells: dict[int, Node] = {}

    def changed(self, node: Node) -> None:
        """Note that the buffer holds the value of another node now."""
        self.node = self.clean = node
        self.version += 1
        self.cells.clear()


class TrackedArray(np.ndarray[Any, Any]):
    """An array or view, its storage, and the steps that lead from the storage's array to it."""

    __array_priority__ = 1000
    storage: Storage | None = None
    steps: tuple[Step, ...] = ()
    node: Node
    version = 0

    def __array_finalize__(self, _: object) -> None:
        """Start without storage: what NumPy made unseen is a leaf when it is first used."""


class TrackedMatrix(TrackedArray, np.matrix[Any, Any]):
    """The same for np.matrix, whose * is the matrix product."""

    __array_finalize__ = np.matrix.__array_finalize__


for _class, _name, _module in (
    (TrackedFloat, "float", "builtins"),
    (TrackedArray, "ndarray", "numpy"),
    (TrackedMatrix, "matrix", "numpy"),
):  # messages and prints of types read as they do without tracking
    _class.__name__ = _class.__qualname__ = _name
    _class.__module__ = _module

PLAIN_TYPES: dict[type, type] = {
    TrackedFloat: float,
    TrackedArray: np.ndarray,
    TrackedMatrix: np.matrix,
    **{tracked: kind for kind, tracked in SCALARS.items()},
}


def _plain_items(items: Any) -> Any:
    """Take the tracking off a list or tuple; return the same object where there is none."""
    stripped = [plain(item) for item in items]
    if all(map(_is, stripped, items)):
        return items
    return type(items)(stripped)


def _is(one: object, other: object) -> bool:
    return one is other


def _plain_dict(items: dict[Any, Any]) -> dict[Any, Any]:
    stripped = {key: plain(item) for key, item in items.items()}
    return items if all(map(_is, stripped.values(), items.values())) else stripped


_PLAIN: dict[type, Callable[[Any], Any]] = {
    TrackedFloat: float,
    TrackedArray: lambda own: _view(own, np.ndarray),
    TrackedMatrix: lambda own: _view(own, np.matrix),
    list: _plain_items,
    tuple: _plain_items,
    dict: _plain_dict,
    slice: lambda x: slice(plain(x.start), plain(x.stop), plain(x.step)),
    **{tracked: lambda scalar: scalar.value for tracked in SCALARS.values()},
}


def plain(value: Any) -> Any:
    """Return a value without tracking, also inside lists, tuples, dicts and slices."""
    convert = _PLAIN.get(type(value))
    return value if convert is None else convert(value)


def is_tracked(value: Any) -> bool:
    """Whether a value is tracked itself."""
    return type(value) in PLAIN_TYPES


def holds_tracked(value: Any) -> bool:
    """Whether a value is tracked or a list, tuple or dict that holds a tracked one."""
    kind = type(value)
    if kind in (list, tuple):
        return any(map(holds_tracked, value))
    if kind is dict:
        return any(map(holds_tracked, value.values()))
    return kind in PLAIN_TYPES


def template(value: Any) -> Any:
    """Return a value with nodes for what is tracked in it, safe from later changes."""
    kind = type(value)
    if kind in (float, int, str):
        return value
    if kind is list:
        return [template(item) for item in value]
    if kind is tuple:
        return tuple([template(item) for item in value])
    if kind is dict:
        return {key: template(item) for key, item in value.items()}
    if kind is slice:
        return slice(template(value.start), template(value.stop), template(value.step))
    if kind is TrackedArray or kind is TrackedMatrix:
        return node_of(value)
    if kind in PLAIN_TYPES:
        return value.node
    return value.copy() if kind is np.ndarray else value


def scalar(value: Any, node: Node) -> Any:
    """Return a plain Python or NumPy float as the tracked value of a node."""
    kind = SCALARS.get(type(value))
    if kind is None:
        result: Any = float.__new__(TrackedFloat, value)
    else:
        result = kind.__new__(kind, value)
        result.value = value
    result.node = node
    return result


def array(value: Any, node: Node, storage: Storage, steps: tuple[Step, ...] = ()) -> Any:
    """Return an array as the tracked value of a node, backed by this storage."""
    result = value.view(TrackedMatrix if isinstance(value, np.matrix) else TrackedArray)
    result.storage, result.steps, result.node = storage, steps, node
    result.version = storage.version
    return result


def is_trackable(value: Any) -> bool:
    """Whether a plain value can be tracked itself."""
    kind = type(value)
    if kind is np.ndarray or kind is np.matrix:
        return value.dtype.kind in TRACKABLE
    return kind is float or kind in SCALARS


def born(value: Any, origin: str) -> Any:
    """Return a value from outside as a tracked leaf; a list or tuple of arrays item by item."""
    kind = type(value)
    if kind is float or kind in SCALARS:
        return scalar(value, recorder.leaf(value, origin))
    if kind is np.ndarray or kind is np.matrix:
        if value.dtype.kind not in TRACKABLE:
            return value
        node = recorder.leaf(value, origin)
        return array(value, node, Storage(value, node, leaf=True))
    if kind is tuple and any(type(item) is np.ndarray for item in value):
        return tuple(born(item, origin) for item in value)
    return value


def node_of(own: Any) -> Node:
    """Return the node of what an array holds now, a new one if its storage changed since."""
    storage = own.storage
    if storage is None:
        value = plain(own)
        own.node = recorder.leaf(value, "unseen")
        own.storage = Storage(value, own.node, leaf=True)
    elif own.version != storage.version:
        own.node = storage.node
        if own.steps:
            own.node = recorder.add(follow, (storage.node, own.steps), {}, plain(own))
        own.version = storage.version
    return own.node


def compute(function: Callable[..., Any], arguments: Arguments, keywords: Keywords) -> Any:
    """Call a function with plain values; return its value, tracked and noted where possible."""
    given = [plain(argument) for argument in arguments]
    named = {key: plain(value) for key, value in keywords.items()} if keywords else keywords
    return noted(function(*given, **named), function, arguments, keywords, given)


def noted(
    value: Any, function: Callable[..., Any], arguments: Arguments, keywords: Keywords, given: Any
) -> Any:
    """Note a value as function(*arguments, **keywords) and return it tracked, where possible."""
    several = isinstance(value, list | tuple) and any(map(is_trackable, value))
    if not (several or is_trackable(value)):
        return value
    for argument, raw in zip(arguments, given, strict=True):
        if raw is value:
            return argument
    arguments_template, keywords_template = template(tuple(arguments)), template(dict(keywords))
    node = recorder.add(function, arguments_template, keywords_template, value)
    if not several:
        return _result(value, node, arguments, given, (arguments_template, keywords_template))
    items = []
    for k, item in enumerate(value):
        if not is_trackable(item):
            items.append(item)
            continue
        part = recorder.add(element, (node, k), {}, item)
        last = Step(element, (None, k), {}, 0)
        templates = (arguments_template, keywords_template)
        items.append(_result(item, part, arguments, given, templates, (last,)))
    return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)


def _result(
    value: Any, node: Node, arguments: Arguments, given: Any, templates: Any, after: Any = ()
) -> Any:
    """Return the tracked value of a node; a view if it shares memory with an array given."""
    if not isinstance(value, np.ndarray):
        return scalar(value, node)
    if value.base is not None:
        for hole, own in enumerate(arguments):
            if isinstance(own, TrackedArray) and np.may_share_memory(value, given[hole]):
                others = templates[0][:hole] + (None,) + templates[0][hole + 1 :]
                step = Step(node.function if not after else _maker(node), others, templates[1], hole)  # type: ignore[arg-type]
                storage: Any = own.storage
                return array(value, node, storage, (*own.steps, step, *after))
    return array(value, node, Storage(value, node))


def _maker(part: Node) -> Callable[..., Any]:
    """Return the function that made the several values of which `part` is one."""
    return part.arguments[0].function  # type: ignore[no-any-return]


def mutate(
    own: Any, function: Callable[..., Any], arguments: Arguments, keywords: Keywords, hole: int | str
) -> Any:
    """Let a function change a tracked array in place, as its argument number or named `hole`."""
    before = node_of(own)
    rest = {key: value for key, value in keywords.items() if key != hole}
    others = tuple([None if k == hole else template(a) for k, a in enumerate(arguments)])
    write = (own.storage.node, own.steps, function, others, hole, template(rest))
    prepare_change(own, before)
    named = {**plain(rest), hole: plain(own)} if isinstance(hole, str) else plain(rest)
    result = function(*[plain(argument) for argument in arguments], **named)
    storage = own.storage
    storage.changed(recorder.add(write_through, write, {}, storage.root))
    if not own.steps:
        own.node, own.version = storage.node, storage.version
    return result


def prepare_change(own: Any, node: Node) -> None:
    """Keep the value of a leaf before the array that it came as is changed."""
    storage = own.storage
    if storage.leaf:
        recorder.unshare(storage.node)
        storage.leaf = False
    elif not own.steps:
        recorder.unshare(node)


def replaced(own: Any, origin: str) -> None:
    """Note that something unseen changed a tracked array: its storage holds a new leaf."""
    node = recorder.leaf(np.array(own.storage.root, copy=True, order="K", subok=True), origin)
    own.storage.changed(node)
