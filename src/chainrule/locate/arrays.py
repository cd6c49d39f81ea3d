"""What NumPy does with tracked arrays: its functions, ufuncs, `out=`, items, iteration."""

import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .cells import read_cell, write_cell
from .noting import compute, mutate, read_part
from .recorder import recorder
from .values import TrackedArray, node_of, plain, scalar

Function = Callable[..., Any]

# functions that change their first argument
CHANGING = {np.copyto, np.fill_diagonal, np.put, np.place, np.putmask, np.put_along_axis}
# functions whose result depends on shapes and constants only: leaves, not operations
FRESH = {np.zeros_like, np.ones_like, np.empty_like}

_LIST_TOLIST = 20_000  # elements above which tolist() gives plain floats: a node each is too dear


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


def array_ufunc(self: Any, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
    """NumPy's hook for ufuncs, also those that C code calls."""
    del self
    function = ufunc if method == "__call__" else getattr(ufunc, method)
    if method == "at":
        if isinstance(inputs[0], TrackedArray):
            return mutate(inputs[0], function, inputs, keywords, 0)
        return function(*plain(inputs), **plain(keywords))
    return apply_numpy(function, inputs, keywords)


def array_function(self: Any, function: Any, types: Any, arguments: Any, keywords: Any) -> Any:
    """NumPy's hook for its other functions."""
    del self, types
    return apply_numpy(function, arguments, keywords)


def getitem(self: Any, index: Any) -> Any:
    """Return self[index]."""
    if self.storage is None or self.storage.made is None:
        return compute(operator.getitem, (self, index), {})
    known = read_cell(self, index) if self.storage.cells else None
    return read_part(self, index) if known is None else known


def setitem(self: Any, index: Any, value: Any) -> None:
    """Do self[index] = value."""
    if not write_cell(self, index, value):
        mutate(self, operator.setitem, (self, index, value), {}, 0)


def iterate(self: Any) -> Iterator[Any]:
    """Yield the items along the first axis."""
    if self.ndim == 0:
        raise TypeError("iteration over a 0-d array")
    for index in range(len(self)):
        yield self[index]


def tolist(self: Any) -> Any:
    """Return nested lists of tracked floats."""
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


def flat_item(own: Any, index: Any) -> Any:
    """Return array.flat[index]."""
    return own.flat[index]


def set_flat(own: Any, index: Any, value: Any) -> None:
    """Do array.flat[index] = value."""
    own.flat[index] = value


class Flat:
    """Stands for array.flat: reads are noted, and writes change the array."""

    def __init__(self, own: Any) -> None:
        self.own = own

    def __len__(self) -> int:
        return int(plain(self.own).size)

    def __getitem__(self, index: Any) -> Any:
        return compute(flat_item, (self.own, index), {})

    def __setitem__(self, index: Any, value: Any) -> None:
        mutate(self.own, set_flat, (self.own, index, value), {}, 0)

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in range(len(self)))

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array(plain(self.own).flat, dtype=dtype, copy=copy)


def write_flat(own: Any, value: Any) -> None:
    """Do array.flat = value."""
    Flat(own)[slice(None)] = value
