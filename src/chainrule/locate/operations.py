"""One name for equal operations: a * b, operator.mul and np.multiply are all "multiply"."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .graph import Node

# by the name of the function, method or attribute; a name that is not here stands for itself
SYNONYMS: dict[str, str] = {
    "mul": "multiply",
    "sub": "subtract",
    "truediv": "divide",
    "true_divide": "divide",
    "floordiv": "floor_divide",
    "mod": "remainder",
    "pow": "power",
    "neg": "negative",
    "abs": "absolute",
    "fabs": "absolute",
    "pos": "copy",
    "positive": "copy",
    "invert": "logical_not",
    "I": "inv",
    "getI": "inv",
    "and_": "bitwise_and",
    "or_": "bitwise_or",
    "xor": "bitwise_xor",
    "lt": "less",
    "le": "less_equal",
    "eq": "equal",
    "ne": "not_equal",
    "gt": "greater",
    "ge": "greater_equal",
    "fsum": "sum",
    "chosen": "where",
    "greatest": "maximum",
    "least": "minimum",
    "amax": "max",
    "amin": "min",
    "around": "round",
    "round_": "round",
    "acos": "arccos",
    "asin": "arcsin",
    "atan": "arctan",
    "atan2": "arctan2",
    "acosh": "arccosh",
    "asinh": "arcsinh",
    "atanh": "arctanh",
    "lgamma": "gammaln",
    "degrees": "rad2deg",
    "radians": "deg2rad",
    "T": "transpose",
    "H": "transpose",
    "getT": "transpose",
    "getH": "transpose",
    "float": "copy",
    "float64": "copy",
    "float32": "copy",
    "float16": "copy",
    "longdouble": "copy",
    "astype": "copy",
    "asarray": "copy",
    "asanyarray": "copy",
    "ascontiguousarray": "copy",
    "asfortranarray": "copy",
    "asarray_chkfinite": "copy",
    "asmatrix": "copy",
    "matrix": "copy",
    "A": "copy",
    "getA": "copy",
    "A1": "ravel",
    "getA1": "ravel",
    "real": "copy",
    "conj": "copy",
    "conjugate": "copy",
    "view": "copy",
    "read_back": "copy",
    "flat_item": "getitem",
    "_listed": "getitem",
    "read_through": "getitem",
    "follow": "getitem",
    "element": "getitem",
}
# a ufunc's methods: reduce and accumulate under the name of the function that does the same
_METHODS = {
    "add.reduce": "sum",
    "multiply.reduce": "prod",
    "maximum.reduce": "max",
    "minimum.reduce": "min",
    "logical_and.reduce": "all",
    "logical_or.reduce": "any",
    "add.accumulate": "cumsum",
    "multiply.accumulate": "cumprod",
}


def name_of(function: Callable[..., Any]) -> str:
    """Return the canonical name of a function; of a ufunc's method, "subtract.outer".

    >>> name_of(np.add.reduce), name_of(np.subtract.outer), name_of(abs)
    ('sum', 'subtract.outer', 'absolute')
    """
    name: str = getattr(function, "__name__", type(function).__name__)
    owner = getattr(function, "__self__", None)
    if type(owner) is np.ufunc:
        name = f"{owner.__name__}.{name}"
        return _METHODS.get(name, name)
    return SYNONYMS.get(name, name)


def operation(node: Node) -> str:
    """Return the canonical NumPy name of what a node does; "leaf" of a leaf.

    `np.array` and `item` have two: "copy" of one array, "array" of a list; "getitem" with an index.
    """
    if node.function is None:
        return "leaf"
    name = name_of(node.function)
    if name == "array" and node.arguments and type(node.arguments[0]) is Node:
        return "copy"
    if name == "item":
        return "copy" if len(node.arguments) == 1 else "getitem"
    return name
