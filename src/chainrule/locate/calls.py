"""Calls of a traced program: what is called as it is, what is noted, and where tracking ends.

`callee` decides by what is called.  The program's own functions are called as they are.  `math`
and NumPy are noted.  Random numbers are born as leaves.  The standard library gets tracked values
as they are; anything else (SciPy, pandas) gets plain ones, and what it returns is a leaf.
"""

import functools
import math
import random
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from .arrays import FRESH, apply_numpy
from .extremes import extreme
from .graph import digest
from .minimisers import noting_evaluations, takes_gradient
from .noting import compute, escape, replaced
from .ownership import is_of_program, is_rewritten
from .recorder import recorder
from .values import (
    PLAIN_TYPES,
    TrackedArray,
    TrackedFloat,
    born,
    holds_tracked,
    is_tracked,
    node_of,
    plain,
    scalar,
)

Function = Callable[..., Any]
_CONTAINERS = (list, dict, str, set, tuple, bytes, types.GeneratorType)
_DRAWS_ITEMS = {"shuffle", "sample", "choice", "choices"}  # of `random`: they pass items through
_FRAME_READERS = {"sys", "inspect", "warnings", "logging", "traceback"}  # a frame more would show
_WANTS_EXACT_FLOATS = {"statistics"}  # it computes by the exact type of what it gets
_AS_THEY_ARE: set[Any] = {
    all, any, bool, callable, dict, enumerate, filter, frozenset, getattr, hasattr, hash, id, input,
    int, isinstance, issubclass, iter, len, list, next, object, open, print, property, range, repr,
    reversed, set, setattr, slice, sorted, staticmethod, classmethod, str, super, tuple, zip,
}  # fmt: skip


def callee(position: int, function: Any) -> Any:
    """Return what to call in place of a function: itself, or something that notes the call."""
    kind = type(function)
    if (kind is types.FunctionType and is_rewritten(function)) or (
        kind is types.MethodType and is_rewritten(function.__func__)
    ):
        return function
    handle = _handler(function, kind)
    return function if handle is None else functools.partial(handle, position, function)


def _handler(function: Any, kind: type) -> Function | None:
    """Return how to call a function that is not the program's own; None: as it is."""
    owner = getattr(function, "__self__", None)
    if kind is types.BuiltinFunctionType:
        if isinstance(owner, _CONTAINERS):
            return None
        if owner is math:
            return _math
    elif kind is np.ufunc:
        return _numpy
    if isinstance(owner, random.Random):
        return _native if function.__name__ in _DRAWS_ITEMS else _drawn
    if isinstance(owner, np.random.RandomState | np.random.Generator):
        return _shuffled if function.__name__ == "shuffle" else _drawn
    try:
        if function in _AS_THEY_ARE:
            return None
        if function in _SPECIAL:
            return _SPECIAL[function]
    except TypeError:  # unhashable
        return None
    return _by_module(function, kind)


def _by_module(function: Any, kind: type) -> Function | None:
    """Return how to call a function according to the module that defines it."""
    if is_of_program(function):
        return None
    if is_tracked(getattr(function, "__self__", None)):
        return _tracked_method
    module = getattr(function, "__module__", None) or kind.__module__
    if not isinstance(module, str):
        return None
    top = module.partition(".")[0]
    if top in _FRAME_READERS:
        return None
    if top == "numpy":
        return _numpy
    if top == "scipy" and takes_gradient(function):
        return _minimised
    of_library = top in sys.stdlib_module_names and top not in _WANTS_EXACT_FLOATS
    return _native if of_library else _foreign


def _tracked_method(position: int, function: Function, *arguments: Any, **keywords: Any) -> Any:
    """Call a method of a tracked value, which notes by itself what it does."""
    recorder.position = position
    return function(*arguments, **keywords)


def _native(position: int, function: Function, *arguments: Any, **keywords: Any) -> Any:
    """Call with tracked values; their own operators note what is done to them."""
    recorder.position = position
    value = function(*arguments, **keywords)
    return value if type(value) is tuple else born(value, _origin(function))


def _math(position: int, function: Function, *arguments: Any) -> Any:
    recorder.position = position
    if len(arguments) == 1 and type(arguments[0]) is TrackedFloat:
        value = function(arguments[0])
        if type(value) is not float:
            return value
        return scalar(value, recorder.add(function, (arguments[0].node,), {}, value))
    if holds_tracked(arguments):
        return compute(function, arguments, {})
    return born(function(*arguments), _origin(function))


def _numpy(position: int, function: Function, *arguments: Any, **keywords: Any) -> Any:
    recorder.position = position
    if any(map(is_of_program, (*arguments, *keywords.values()))):
        return _foreign(position, function, *arguments, **keywords)
    if function in FRESH:
        return born(function(*plain(arguments), **plain(keywords)), _origin(function))
    if holds_tracked(arguments) or holds_tracked(keywords):
        return apply_numpy(function, arguments, keywords)
    return born(function(*arguments, **keywords), _origin(function))


def _drawn(position: int, function: Function, *arguments: Any, **keywords: Any) -> Any:
    """Call a random generator: what it draws is a leaf."""
    recorder.position = position
    escape((*arguments, *keywords.values()))
    return born(function(*plain(arguments), **plain(keywords)), _origin(function))


def _shuffled(position: int, function: Any, items: Any, *rest: Any, **keywords: Any) -> Any:
    """Shuffle; of a tracked array, note the permutation, which the same generator draws again."""
    recorder.position = position
    if not isinstance(items, TrackedArray):
        return function(items, *rest, **keywords)
    node_of(items)
    raw = plain(items)
    before, start = raw.copy(), _state(function.__self__)
    function(raw, *rest, **keywords)
    after, end = raw.copy(), _state(function.__self__)
    order = np.arange(len(raw))
    _set_state(function.__self__, start)
    function(order)
    _set_state(function.__self__, end)
    raw[...] = before
    if not rest and not keywords and digest(before[order]) == digest(after):
        items[...] = items[order]
    else:
        items[...] = born(after, "shuffle")
    return None


def _state(generator: Any) -> Any:
    if isinstance(generator, np.random.Generator):
        return generator.bit_generator.state
    return generator.get_state()


def _set_state(generator: Any, state: Any) -> None:
    if isinstance(generator, np.random.Generator):
        generator.bit_generator.state = state
    else:
        generator.set_state(state)


def _foreign(position: int, function: Function, *arguments: Any, **keywords: Any) -> Any:
    """Call with plain values and notice if it changed an array; what it returns is a leaf."""
    recorder.position = position
    escape((*arguments, *keywords.values()))
    arrays = [x for x in (*arguments, *keywords.values()) if isinstance(x, TrackedArray)]
    before = [digest(plain(own)) for own in arrays]
    value = function(
        *[_callback(plain(argument)) for argument in arguments],
        **{key: _callback(plain(argument)) for key, argument in keywords.items()},
    )
    for own, was in zip(arrays, before, strict=True):
        if digest(plain(own)) != was:
            replaced(own, _origin(function))
    return born(value, _origin(function))


def _minimised(position: int, function: Function, *arguments: Any, **keywords: Any) -> Any:
    """Call a minimiser of SciPy; what it is told of the program's functions is noted."""
    recorder.position = position
    try:
        given, named = noting_evaluations(function, arguments, keywords)
    except TypeError:  # called as it cannot be: it says so itself
        given, named = arguments, keywords
    return _foreign(position, function, *given, **named)


def _callback(argument: Any) -> Any:
    """Let a function of the program, called by foreign code, return plain values."""
    is_function = isinstance(argument, types.FunctionType | types.MethodType)
    if not (is_function and is_of_program(argument)):
        return argument

    @functools.wraps(argument)
    def stripped(*arguments: Any, **keywords: Any) -> Any:
        value = argument(*arguments, **keywords)
        escape((value,))
        return plain(value)

    return stripped


def _origin(function: Any) -> str:
    """Return the name by which a leaf is said to come from a function."""
    name = getattr(function, "__name__", type(function).__name__)
    module = getattr(function, "__module__", None) or ""
    if isinstance(getattr(function, "__self__", None), random.Random):
        module = "random"
    module = ".".join(part for part in module.split(".") if not part.startswith("_"))
    return f"{module}.{name}" if module and module != "builtins" else str(name)


def _sum(position: int, function: Function, items: Any, *start: Any, **keywords: Any) -> Any:
    """Add numbers up as one node, as `sum` rounds floats its own way since Python 3.12."""
    recorder.position = position
    items = items if type(items) in (list, tuple) else list(items)
    numbers = (*PLAIN_TYPES, float, int, bool)
    if all(type(x) in numbers and not isinstance(x, np.ndarray) for x in (*items, *start)):
        return compute(function, (items, *start), keywords)
    return born(function(items, *start, **keywords), "sum")


def _with_callee(position: int, function: Function, inner: Any, *rest: Any, **keywords: Any) -> Any:
    """Call map, reduce and the like with a function that notes its calls."""
    recorder.position = position
    return function(callee(position, inner), *rest, **keywords)


def _float(position: int, function: Function, *arguments: Any) -> Any:
    recorder.position = position
    if len(arguments) == 1 and type(arguments[0]) is TrackedFloat:
        return arguments[0]
    if holds_tracked(arguments):
        return compute(function, arguments, {})
    return born(function(*arguments), "float")


def _type(position: int, function: Function, *arguments: Any, **keywords: Any) -> Any:
    del position
    value = function(*arguments, **keywords)
    return PLAIN_TYPES.get(value, value) if len(arguments) == 1 else value


_SPECIAL: dict[Any, Function] = {
    sum: _sum,
    map: _with_callee,
    filter: _with_callee,
    max: extreme,
    min: extreme,
    functools.reduce: _with_callee,
    float: _float,
    type: _type,
}
