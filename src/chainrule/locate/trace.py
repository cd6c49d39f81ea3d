"""What rewritten code calls: each helper announces its position, then does what the code did."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from .calls import callee
from .conditionals import COMPARISONS, choose
from .graph import Store
from .operators import equip
from .ownership import BUILTINS
from .recorder import recorder
from .values import PLAIN_TYPES, TrackedArray, born, node_of, scalar

Function = Callable[..., Any]
_SHORT = 100  # items of a list that is assigned whole and noted item by item
_adopted: dict[int, tuple[Any, Any]] = {}  # untracked arrays met, kept so that no id is reused


def _binary(function: Function) -> Function:
    def operate(position: int, left: Any, right: Any) -> Any:
        recorder.position = position
        return function(left, right)

    return operate


def negate(position: int, value: Any) -> Any:
    """Return −value."""
    recorder.position = position
    return -value


def literal(position: int, value: float) -> Any:
    """Return a float written in the program as a leaf."""
    recorder.position = position
    return scalar(value, recorder.leaf(value, "literal"))


def here(position: int, value: Any) -> Any:
    """Return the value; what the program does with it next happens at this position."""
    recorder.position = position
    return value


def item(position: int, owner: Any, index: Any) -> Any:
    """Return owner[index]."""
    recorder.position = position
    value = owner[index]
    return adopt(value) if type(value) is np.ndarray else value


def attribute(position: int, value: Any) -> Any:
    """Return an attribute that was just read."""
    if type(value) is np.ndarray:
        recorder.position = position
        return adopt(value)
    return value


def store(position: int, value: Any) -> Any:
    """Return a value that is assigned or returned here, and note that it passed."""
    kind = type(value)
    if kind in PLAIN_TYPES:
        _store(position, value, 0)
    elif kind is tuple:
        for target, part in enumerate(value):
            if type(part) in PLAIN_TYPES:
                _store(position, part, target)
    elif kind is list and len(value) <= _SHORT:
        for part in value:
            if type(part) in PLAIN_TYPES:
                _store(position, part, 0)
    return value


def _store(position: int, value: Any, target: int) -> None:
    recorder.position = position
    node = node_of(value) if isinstance(value, TrackedArray) else value.node
    graph = recorder.graph
    graph.stores.append(Store(node.number, position, target, len(graph.nodes)))


def put(position: int, value: Any, owner: Any, index: Any) -> None:
    """Do owner[index] = value."""
    store(position, value)
    recorder.position = position
    owner[index] = value


def turn() -> None:
    """Begin another turn of a loop."""
    recorder.turn()


def adopt(value: Any) -> Any:
    """Return an untracked array as a leaf; the same array, met again, as the same leaf."""
    known = _adopted.get(id(value))
    if known is None:
        known = _adopted[id(value)] = (value, born(value, "attribute"))
    return known[1]


def forget() -> None:
    """Let go of the arrays adopted in a run."""
    _adopted.clear()


OPERATORS = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mult": operator.mul,
    "Div": operator.truediv,
    "FloorDiv": operator.floordiv,
    "Mod": operator.mod,
    "Pow": operator.pow,
    "MatMult": operator.matmul,
    "LShift": operator.lshift,
    "RShift": operator.rshift,
    "BitOr": operator.or_,
    "BitAnd": operator.and_,
    "BitXor": operator.xor,
    "Eq": operator.eq,
    "NotEq": operator.ne,
    **COMPARISONS,
}
HELPERS: dict[str, Function] = {
    **{name: _binary(function) for name, function in OPERATORS.items()},
    "negate": negate,
    "literal": literal,
    "here": here,
    "item": item,
    "attribute": attribute,
    "store": store,
    "put": put,
    "turn": turn,
    "callee": callee,
    "choose": choose,
    "slice": slice,
}


def helper_name(name: str) -> str:
    """Return the name by which rewritten code finds a helper, among its builtins."""
    return f"__chainrule_{name}__"


BUILTINS.update({helper_name(name): function for name, function in HELPERS.items()})
equip()
