"""Functions that only move elements: index, view, reshape, join, repeat, write into an array.

Each element of what they give is an element of an input or a constant.  Which one, the function
itself says when it is applied to the numbers of the elements; cotangents take the same way back.
Where the function gives a view, the cotangent is written through the same view of zeros.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from types import EllipsisType
from typing import Any

import numpy as np

from .cotangents import Contribution, NotDifferentiable, distribute, is_float, unbroadcast
from .graph import Node, Step, element, fill, follow, read_through
from .operations import name_of, operation

_OF_FIRST = (
    *("getitem", "take", "take_along_axis", "reshape", "ravel", "flatten", "squeeze"),
    *("expand_dims", "atleast_1d", "atleast_2d", "atleast_3d", "transpose", "matrix_transpose"),
    *("permute_dims", "swapaxes", "moveaxis", "rollaxis", "flip", "fliplr", "flipud", "rot90"),
    *("roll", "repeat", "tile", "resize", "broadcast_to", "delete", "diagonal", "diag"),
    *("diagflat", "tril", "triu", "split", "array_split", "hsplit", "vsplit", "dsplit"),
    *("unstack", "sliding_window_view", "as_strided", "stack", "concatenate", "concat"),
    *("hstack", "vstack", "dstack", "column_stack", "block", "pad"),
)
# which arguments hold the elements that are moved; the others are axes, shapes, indices
MOVES: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(_OF_FIRST, (0,)),
    "append": (0, 1),
    "insert": (0, 2),
    "full": (1,),
    "full_like": (1,),
    "meshgrid": tuple(range(32)),
    "broadcast_arrays": tuple(range(32)),
}
# functions that write into their first argument, and which argument holds what they write
SETTERS: dict[str, int] = {
    "setitem": 2,
    "set_flat": 2,
    "fill": 1,
    "copyto": 1,
    "fill_diagonal": 1,
    "put": 2,
    "place": 2,
    "putmask": 2,
    "put_along_axis": 2,
}
_OLD, _CONSTANT, _FIRST = 0, 1, 2  # numbers: what was there before, a constant, the first element
_ITEM_READERS = {"getitem", "_listed"}  # function(array, index)
_MOVED_KEYWORDS = {"fill_value", "constant_values"}
_COMPUTING_MODES = {"linear_ramp", "maximum", "mean", "median", "minimum", "empty"}  # of np.pad
_BASIC = (int, np.integer, slice, type(None), EllipsisType)


class _Numbers:
    """Numbers for the elements of floating-point nodes, and who got which.

    Attributes:
        given: each node numbered, with the number of its first element.
    """

    def __init__(self, values: Any) -> None:
        self.values = values
        self.given: list[tuple[Node, int]] = []
        self.next = _FIRST

    def of(self, template: Any) -> Any:
        """Return the template's value with numbers in place of all elements."""
        if type(template) in (list, tuple):
            return type(template)(self.of(item) for item in template)
        value = fill(template, self.values)
        if type(template) is not Node or not is_float(value):
            return np.full_like(value, _CONSTANT, dtype=np.int64)
        numbers = np.empty_like(value, dtype=np.int64)
        numbers[...] = np.arange(self.next, self.next + numbers.size).reshape(numbers.shape)
        self.given.append((template, self.next))
        self.next += numbers.size
        return numbers

    def send_back(self, moved: Any, dy: Any) -> list[Contribution]:
        """Return the nodes' cotangents: that of an element is the sum over where it went."""
        several = isinstance(moved, list | tuple)
        numbers = np.concatenate([np.ravel(x) for x in moved]) if several else np.ravel(moved)
        if several:
            pairs = zip(dy, moved, strict=True)
            dy = np.concatenate([np.ravel(np.broadcast_to(d, np.shape(x))) for d, x in pairs])
        numbers = np.asarray(numbers).ravel().astype(np.int64, copy=False)
        sums = np.bincount(numbers, weights=np.asarray(dy).ravel(), minlength=self.next)
        return [
            contribution
            for node, start in self.given
            for contribution in distribute(
                node, sums[start : start + np.size(self.values[node.number])], self.values
            )
        ]


def _is_distinct(index: Any) -> bool:
    """Whether an index names no element twice: numbers, slices and masks only."""
    parts = index if type(index) is tuple else (index,)
    return all(isinstance(x, _BASIC) or getattr(x, "dtype", None) == np.bool_ for x in parts)


def _is_overlapping(node: Node) -> bool:
    """Whether a view may show one element twice."""
    steps = node.arguments[1] if node.function in (follow, read_through) else ()
    functions = [node.function, *(step.function for step in steps if type(step) is Step)]
    return any(getattr(function, "__name__", "") == "as_strided" for function in functions)


def _called(node: Node, values: Any, replaced: Callable[[Any], Any]) -> Any:
    """Call a node's function with its data arguments replaced, whatever type they should give."""
    data = MOVES[operation(node)]
    arguments = [
        replaced(x) if k in data else fill(x, values) for k, x in enumerate(node.arguments)
    ]
    keywords = {
        key: replaced(x) if key in _MOVED_KEYWORDS else fill(x, values)
        for key, x in node.keywords.items()
        if key != "dtype"
    }
    function: Any = node.function
    return function(*arguments, **keywords)


def _into(view: Any, index: Any, dy: Any, cotangent: Any) -> Any:
    """Write dy into a view of a cotangent and return the cotangent; None if it is no view of it."""
    is_view = isinstance(view, np.ndarray) and np.may_share_memory(view, cotangent)
    if not is_view or not view.flags.writeable:
        return None
    if _is_distinct(index):
        view[index] = dy
    else:
        np.add.at(view, index, dy)
    return cotangent


def _through_view(node: Node, values: Any, dy: Any) -> Any:
    """Return the cotangent of the one array that a node shows elements of; None if it copies."""
    source = node.arguments[0]
    movable = MOVES[operation(node)] == (0,) and type(source) is Node
    if not movable or _MOVED_KEYWORDS & node.keywords.keys():
        return None
    cotangent = np.zeros_like(values[source.number], dtype=np.float64)
    if node.function is read_through:
        steps, index = fill(node.arguments[1:], values)
        return _into(follow(cotangent, steps), index, dy, cotangent)
    if getattr(node.function, "__name__", "") in _ITEM_READERS:
        return _into(cotangent, fill(node.arguments[1], values), dy, cotangent)
    return _into(_called(node, values, lambda _: cotangent), ..., dy, cotangent)


def _check_layout(node: Node, values: Any) -> None:
    """Refuse `as_strided` where the numbers would lie elsewhere in memory than the elements."""
    value = values[node.arguments[0].number]
    if value.itemsize != 8 or np.empty_like(value, dtype=np.int64).strides != value.strides:
        raise NotDifferentiable("as_strided")


def moved(node: Node, values: Any, dy: Any) -> list[Contribution]:
    """Return the cotangents of what a node moves elements of."""
    if node.function is element:
        several, index = node.arguments
        return [(several, [dy if k == index else 0.0 for k in range(len(values[several.number]))])]
    if operation(node) == "pad":
        options = (*node.arguments[2:], *node.keywords.values())
        if any(type(x) is str and x in _COMPUTING_MODES for x in options):
            raise NotDifferentiable("pad with computed values")
    if _is_overlapping(node):
        _check_layout(node, values)
    else:
        cotangent = _through_view(node, values, dy)
        if cotangent is not None:
            return distribute(node.arguments[0], cotangent, values)
    numbers = _Numbers(values)
    return numbers.send_back(_called(node, values, numbers.of), dy)


def kept(node: Node, values: Any, dy: Any) -> list[Contribution]:
    """Return the cotangents of what a node copies whole, or makes an array of."""
    source = node.arguments[0]
    return distribute(source, np.reshape(dy, np.shape(fill(source, values))), values)


def sorted_back(node: Node, values: Any, dy: Any) -> list[Contribution]:
    """Return the cotangent of an array that a node sorts along one axis."""
    source, *rest = node.arguments
    axis = rest[0] if rest else node.keywords.get("axis", -1)
    a = np.asarray(fill(source, values))
    if axis is None:
        raise NotDifferentiable("sort of all elements")
    cotangent = np.zeros(a.shape)
    np.put_along_axis(cotangent, np.argsort(a, axis, kind="stable"), np.asarray(dy), axis)
    return distribute(source, cotangent, values)


def written(
    function: Callable[..., Any],
    arguments: Sequence[Any],
    keywords: Mapping[str, Any],
    dy: Any,
    values: Any,
) -> tuple[Any, list[Contribution]]:
    """Return the cotangents of an array before function(array, …) wrote into it and of the written.

    `dy`, the cotangent of the array after that, is changed: it becomes the first of the two.
    """
    place = SETTERS[name_of(function)]
    if len(arguments) <= place:
        raise NotDifferentiable(name_of(function))
    if function is operator.setitem:
        index = fill(arguments[1], values)
        if _is_distinct(index):
            shape = np.shape(fill(arguments[2], values))
            part = unbroadcast(np.array(dy[index]), shape)
            dy[index] = 0.0
            return dy, distribute(arguments[2], part, values)
    numbers = _Numbers(values)
    origin = np.full_like(dy, _OLD, dtype=np.int64)
    others = [numbers.of(x) if k == place else fill(x, values) for k, x in enumerate(arguments)]
    function(origin, *others[1:], **fill(dict(keywords), values))
    found = numbers.send_back(origin, dy)
    dy[origin != _OLD] = 0.0
    return dy, found
