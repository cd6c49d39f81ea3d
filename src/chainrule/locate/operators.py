"""Operators, methods and items of tracked values: each computes plainly and notes a node."""

import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .cells import read_cell, write_cell
from .graph import Attribute, Method
from .recorder import recorder
from .values import (
    PLAIN_TYPES,
    SCALARS,
    TRACKED_SCALARS,
    TrackedArray,
    TrackedFloat,
    TrackedMatrix,
    compute,
    mutate,
    node_of,
    plain,
    replaced,
    scalar,
)

ARITHMETIC = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow")
ON_ARRAYS = (*ARITHMETIC, "matmul", "and", "or", "xor", "lshift", "rshift")
COMPARISONS = ("lt", "le", "eq", "ne", "gt", "ge")
UNARY = ("neg", "pos", "abs", "invert")
METHODS = (
    "all any argmax argmin argsort astype choose clip compress conj conjugate copy cumprod cumsum "
    "diagonal dot flatten item max mean min nonzero prod ravel repeat reshape round searchsorted "
    "squeeze std sum swapaxes take trace transpose var view"
).split()
MATRIX_METHODS = ("getA", "getA1", "getH", "getI", "getT")
CHANGING_METHODS = ("fill", "partition", "put", "sort")
ATTRIBUTES = ("T", "real", "imag")
MATRIX_ATTRIBUTES = ("A", "A1", "H", "I")
# functions that change their first argument
CHANGING = {np.copyto, np.fill_diagonal, np.put, np.place, np.putmask, np.put_along_axis}
# functions whose result depends on shapes and constants only: leaves, not operations
FRESH = {np.zeros_like, np.ones_like, np.empty_like}

_LIST_TOLIST = 20_000  # elements above which tolist() gives plain floats: a node each is too dear
_new_float = float.__new__
Function = Callable[..., Any]


def _named(name: str) -> Function:
    """Return operator.NAME, also of and, or."""
    function: Function = getattr(operator, f"__{name}__")
    return function


def _float_operator(name: str, reflected: bool) -> Function:
    """Return the method of TrackedFloat for an operator; its speed decides that of a trace."""
    function = _named(name)
    native = getattr(float, f"__{'r' if reflected else ''}{name}__")

    def operate(self: TrackedFloat, other: Any) -> Any:
        kind = type(other)
        if kind is TrackedFloat:
            value = native(self, other)
            pair = (self.node, other.node)
        elif kind is float or kind is int:
            value = native(self, other)
            pair = (self.node, other)
        elif isinstance(other, np.ndarray | np.generic | bool):
            return compute(function, (other, self) if reflected else (self, other), {})
        else:
            return NotImplemented
        if type(value) is not float:
            return value  # complex, of a negative base
        node = recorder.add(function, pair[::-1] if reflected else pair, {}, value)
        result = _new_float(TrackedFloat, value)
        result.node = node
        return result

    return operate


def _scalar_operator(name: str, reflected: bool) -> Function:
    """Return the method of the tracked NumPy scalars for an operator."""
    function = _named(name)

    def operate(self: Any, other: Any) -> Any:
        return compute(function, (other, self) if reflected else (self, other), {})

    return operate


def _unary(name: str) -> Function:
    function = _named(name)

    def operate(self: Any) -> Any:
        return compute(function, (self,), {})

    return operate


def _binary(name: str, reflected: bool) -> Function:
    """Return the method of TrackedArray for an operator or a comparison."""
    function = _named(name)

    def operate(self: Any, other: Any) -> Any:
        return compute(function, (other, self) if reflected else (self, other), {})

    return operate


def _in_place(name: str) -> Function:
    function: Function = getattr(operator, f"__i{name}__")

    def operate(self: Any, other: Any) -> Any:
        mutate(self, function, (self, other), {}, 0)
        return self

    return operate


def _method(name: str) -> Function:
    function = Method(name)

    def call(self: Any, *arguments: Any, **keywords: Any) -> Any:
        if isinstance(keywords.get("out"), np.ndarray):
            return into(keywords["out"], function, (self, *arguments), keywords)
        return compute(function, (self, *arguments), keywords)

    call.__name__ = name
    return call


def _changing_method(name: str) -> Function:
    function = Method(name)

    def call(self: Any, *arguments: Any, **keywords: Any) -> Any:
        return mutate(self, function, (self, *arguments), keywords, 0)

    return call


def _attribute(name: str) -> property:
    function = Attribute(name)

    def read(self: Any) -> Any:
        return compute(function, (self,), {})

    def write(self: Any, value: Any) -> None:
        setattr(plain(self), name, plain(value))
        replaced(self, name)

    return property(read, write)


def into(out: Any, function: Function, arguments: Any, keywords: Any) -> Any:
    """Call a function whose result goes into the array `out`."""
    if isinstance(out, TrackedArray):
        mutate(out, function, arguments, keywords, "out")
    else:
        function(*plain(arguments), **plain(keywords))
    return out


def apply_numpy(function: Function, arguments: Any, keywords: Any) -> Any:
    """Call a NumPy function or ufunc, some of whose arguments are tracked."""
    out = keywords.get("out")
    if type(out) is tuple and len(out) == 1:
        out = out[0]
        keywords = {**keywords, "out": out}
    if isinstance(out, np.ndarray):
        return into(out, function, arguments, keywords)
    if function in CHANGING and arguments and isinstance(arguments[0], TrackedArray):
        return mutate(arguments[0], function, arguments, keywords, 0)
    return compute(function, arguments, keywords)


def _array_ufunc(self: Any, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
    """NumPy's hook for ufuncs, also those that C code calls."""
    del self
    function = ufunc if method == "__call__" else getattr(ufunc, method)
    if method == "at":
        if isinstance(inputs[0], TrackedArray):
            return mutate(inputs[0], function, inputs, keywords, 0)
        return function(*plain(inputs), **plain(keywords))
    return apply_numpy(function, inputs, keywords)


def _array_function(self: Any, function: Any, types: Any, arguments: Any, keywords: Any) -> Any:
    """NumPy's hook for its other functions."""
    del self, types
    return apply_numpy(function, arguments, keywords)


def _getitem(self: Any, index: Any) -> Any:
    node_of(self)
    if self.storage.cells:
        known = read_cell(self, index)
        if known is not None:
            return known
    return compute(operator.getitem, (self, index), {})


def _setitem(self: Any, index: Any, value: Any) -> None:
    if not write_cell(self, index, value):
        mutate(self, operator.setitem, (self, index, value), {}, 0)


def _iterate(self: Any) -> Iterator[Any]:
    if self.ndim == 0:
        raise TypeError("iteration over a 0-d array")
    for index in range(len(self)):
        yield self[index]


def _tolist(self: Any) -> Any:
    raw = plain(self)
    if raw.dtype.kind != "f" or raw.size > _LIST_TOLIST:
        return raw.tolist()
    if raw.ndim == 0:
        return self.item()
    if raw.ndim > 1:
        return [row.tolist() for row in self]
    node = node_of(self)
    return [
        scalar(value, recorder.add(_listed, (node, k), {}, value))
        for k, value in enumerate(raw.tolist())
    ]


def _listed(array: Any, index: int) -> Any:
    """Return one element of array.tolist()."""
    return array[index].item()


def _round(self: Any, digits: Any = None) -> Any:
    return compute(round, (self,) if digits is None else (self, digits), {})


def _plainly(function: Function) -> Function:
    """Return a method that works on the plain value: representations, formats, pickles."""

    def call(self: Any, *arguments: Any) -> Any:
        return function(plain(self), *arguments)

    return call


def _keep(self: Any, *_: Any) -> Any:
    return self


def _copy(self: Any, *_: Any) -> Any:
    return compute(Method("copy"), (self,), {})


def _reduce(self: Any, *_: Any) -> Any:
    """Pickle as the plain value."""
    raw = plain(self)
    return (float, (raw,)) if type(raw) is float else raw.__reduce__()


def equip() -> None:
    """Give the tracked classes their operators."""
    arrays = TrackedArray
    for name in ARITHMETIC:
        for reflected in (False, True):
            method = f"__{'r' if reflected else ''}{name}__"
            setattr(TrackedFloat, method, _float_operator(name, reflected))
            for kind in SCALARS.values():
                setattr(kind, method, _scalar_operator(name, reflected))
    for name in ON_ARRAYS:
        setattr(arrays, f"__{name}__", _binary(name, False))
        setattr(arrays, f"__r{name}__", _binary(name, True))
        setattr(arrays, f"__i{name}__", _in_place(name))
    for name in COMPARISONS:
        setattr(arrays, f"__{name}__", _binary(name, False))
    for name in UNARY:
        for kind in PLAIN_TYPES:
            if name != "invert" or issubclass(kind, np.ndarray):
                setattr(kind, f"__{name}__", _unary(name))
    for kind in (*SCALARS.values(), arrays):
        for name in METHODS:
            setattr(kind, name, _method(name))
        for name in ATTRIBUTES:
            setattr(kind, name, _attribute(name))
    for name in MATRIX_METHODS:
        setattr(TrackedMatrix, name, _method(name))
    for name in MATRIX_ATTRIBUTES:
        setattr(TrackedMatrix, name, _attribute(name))
    for name in CHANGING_METHODS:
        setattr(arrays, name, _changing_method(name))
    for name, function in {
        "__getitem__": _getitem,
        "__setitem__": _setitem,
        "__iter__": _iterate,
        "__copy__": _copy,
        "__deepcopy__": _copy,
        "tolist": _tolist,
    }.items():
        setattr(arrays, name, function)
    for kind in TRACKED_SCALARS:
        kind.__copy__ = kind.__deepcopy__ = _keep
    for kind in PLAIN_TYPES:
        vars_of = {"__array_ufunc__": _array_ufunc, "__array_function__": _array_function}
        for name, hook in {**vars_of, "__reduce_ex__": _reduce, "__round__": _round}.items():
            setattr(kind, name, hook)
    for kind in (*SCALARS.values(), arrays):
        for name, function in {"repr": repr, "str": str, "format": format}.items():
            setattr(kind, f"__{name}__", _plainly(function))
