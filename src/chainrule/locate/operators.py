"""Operators, methods and items of tracked values: each computes plainly and notes a node."""

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .arrays import (
    Flat,
    array_function,
    array_ufunc,
    getitem,
    into,
    iterate,
    setitem,
    tolist,
    write_flat,
)
from .extremes import whole
from .graph import Attribute, Method
from .noting import compute, mutate, replaced
from .recorder import recorder
from .values import (
    PLAIN_TYPES,
    SCALARS,
    TRACKED_SCALARS,
    TrackedArray,
    TrackedFloat,
    TrackedInt,
    TrackedMatrix,
    plain,
)

ARITHMETIC = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow")
ON_ARRAYS = (*ARITHMETIC, "matmul", "and", "or", "xor", "lshift", "rshift")
COMPARISONS = ("lt", "le", "eq", "ne", "gt", "ge")
UNARY = ("neg", "pos", "abs", "invert")
METHODS = (
    *("all", "any", "argmax", "argmin", "argsort", "astype", "choose", "clip", "compress", "conj"),
    *("conjugate", "copy", "cumprod", "cumsum", "diagonal", "dot", "flatten", "item", "max"),
    *("mean", "min", "nonzero", "prod", "ravel", "repeat", "reshape", "round", "searchsorted"),
    *("squeeze", "std", "sum", "swapaxes", "take", "trace", "transpose", "var", "view"),
)
MATRIX_METHODS = ("getA", "getA1", "getH", "getI", "getT")
CHANGING_METHODS = ("fill", "partition", "put", "sort")
ATTRIBUTES = ("T", "real", "imag")
MATRIX_ATTRIBUTES = ("A", "A1", "H", "I")
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


def _int_operator(name: str, reflected: bool) -> Function:
    """Return the method of TrackedInt for an operator."""
    function = _named(name)

    def operate(self: Any, other: Any) -> Any:
        pair = (other, self) if reflected else (self, other)
        if type(other) in (TrackedFloat, TrackedInt, float, int):
            return whole(function, pair, function(*map(plain, pair)))
        if isinstance(other, np.ndarray | np.generic | bool):
            return compute(function, pair, {})
        return NotImplemented

    return operate


def _unary(name: str) -> Function:
    function = _named(name)

    def operate(self: Any) -> Any:
        return compute(function, (self,), {})

    return operate


def _binary(name: str, reflected: bool) -> Function:
    """Return the method of arrays and NumPy scalars for an operator or a comparison."""
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
    return (type(raw), (raw,)) if isinstance(raw, float | int) else raw.__reduce__()


def equip() -> None:
    """Give the tracked classes their operators."""
    _equip_scalars()
    _equip_arrays()
    for kind in PLAIN_TYPES:
        _give(kind, {f"__{name}__": _unary(name) for name in UNARY})
        _give(kind, {"__array_ufunc__": array_ufunc, "__array_function__": array_function})
        _give(kind, {"__reduce_ex__": _reduce, "__round__": _round})
    for kind in (*SCALARS.values(), TrackedArray):
        _give(kind, {name: _method(name) for name in METHODS})
        _give(kind, {name: _attribute(name) for name in ATTRIBUTES})
        for display in (repr, str, format):
            _give(kind, {f"__{display.__name__}__": _plainly(display)})


def _give(kind: type, attributes: Mapping[str, Any]) -> None:
    """Set the attributes of a class."""
    for name, attribute in attributes.items():
        setattr(kind, name, attribute)


def _equip_scalars() -> None:
    for name in ARITHMETIC:
        _give(TrackedFloat, {f"__{name}__": _float_operator(name, False)})
        _give(TrackedFloat, {f"__r{name}__": _float_operator(name, True)})
        _give(TrackedInt, {f"__{name}__": _int_operator(name, False)})
        _give(TrackedInt, {f"__r{name}__": _int_operator(name, True)})
        for kind in SCALARS.values():
            _give(kind, {f"__{name}__": _binary(name, False), f"__r{name}__": _binary(name, True)})
    for kind in TRACKED_SCALARS:
        _give(kind, {"__copy__": _keep, "__deepcopy__": _keep})


def _equip_arrays() -> None:
    own = TrackedArray
    _give(own, {f"__{name}__": _binary(name, False) for name in (*ON_ARRAYS, *COMPARISONS)})
    _give(own, {f"__r{name}__": _binary(name, True) for name in ON_ARRAYS})
    _give(own, {f"__i{name}__": _in_place(name) for name in ON_ARRAYS})
    _give(own, {name: _changing_method(name) for name in CHANGING_METHODS})
    _give(own, {"__getitem__": getitem, "__setitem__": setitem, "__iter__": iterate})
    _give(own, {"__copy__": _copy, "__deepcopy__": _copy, "tolist": tolist})
    _give(own, {"flat": property(Flat, write_flat)})
    _give(TrackedMatrix, {name: _method(name) for name in MATRIX_METHODS})
    _give(TrackedMatrix, {name: _attribute(name) for name in MATRIX_ATTRIBUTES})
