"""Tracked values: floats, NumPy scalars and arrays that know the node they came from.

They are what they stand for (subclasses, with the same name and repr), hold the very same bits, and
`operators` gives them operators that note what they compute.  `plain` takes the tracking off.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .graph import Node, Step, follow
from .recorder import recorder
from .storage import Storage

TRACKABLE = "fiubc"  # kinds of array worth following: numbers and masks; not text, not objects
_view = np.ndarray.view


def _says(kind: type) -> Any:
    """Return a `__class__` that says a tracked value is of the plain type."""
    return property(lambda _: kind)


class TrackedFloat(float):
    """A Python float and the node that made it."""

    __slots__ = ("node",)
    __class__ = _says(float)
    node: Node


class TrackedInt(int):
    """A Python integer that may be a float at other weights, as max(0, z), and the node of it."""

    __class__ = _says(int)
    node: Node


def _numpy_scalar(kind: type) -> type:
    """Return the tracked subclass of a NumPy float type; `value` holds the plain scalar."""
    return type(kind.__name__, (kind,), {"__slots__": ("node", "value"), "__class__": _says(kind)})


SCALARS: dict[type, type] = {
    kind: _numpy_scalar(kind) for kind in (np.float64, np.float32, np.float16, np.longdouble)
}
TRACKED_SCALARS = (TrackedFloat, TrackedInt, *SCALARS.values())


class TrackedArray(np.ndarray[Any, Any]):
    """An array or view, its storage, and the steps that lead from the storage's array to it."""

    __class__ = _says(np.ndarray)
    storage: Storage | None = None
    steps: tuple[Step, ...] = ()
    node: Node
    version = 0

    def __array_finalize__(self, _: Any) -> None:
        """Start without storage: what NumPy made unseen is a leaf when it is first used."""


class TrackedMatrix(TrackedArray, np.matrix[Any, Any]):
    """The same for np.matrix, whose * is the matrix product."""

    __class__ = _says(np.matrix)
    __array_finalize__ = np.matrix.__array_finalize__  # type: ignore[assignment]


PLAIN_TYPES: dict[type, type] = {
    TrackedFloat: float,
    TrackedInt: int,
    TrackedArray: np.ndarray,
    TrackedMatrix: np.matrix,
    **{tracked: kind for kind, tracked in SCALARS.items()},
}


for _tracked, _kind in PLAIN_TYPES.items():  # types print, and errors read, as without tracking
    _module = _kind.__module__
    _tracked.__module__, _tracked.__qualname__ = _module, _kind.__name__
    _tracked.__name__ = _kind.__name__ if _kind in (float, int) else f"{_module}.{_kind.__name__}"


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
    TrackedInt: int,
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
    """Return a plain Python number or NumPy float as the tracked value of a node."""
    kind = SCALARS.get(type(value))
    if kind is None:
        result: Any = TrackedInt(value) if type(value) is int else TrackedFloat(value)
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
            maker = storage.maker(own.steps)
            own.node = recorder.add(follow, (maker, own.steps), {}, plain(own))
        own.version = storage.version
    return own.node
