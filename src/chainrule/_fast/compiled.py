"""How functions over memory are compiled, kept on disk, and call each other by their addresses.

Each is a C function of pointers and whole numbers, compiled once for a type of number, on first
use.  Calling one by its address takes 5 ns; were they compiled into each other, or handed arrays,
it would take Numba five times as long to compile them, and 0.1 µs to hand over what they work on.
"""

import ctypes
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from llvmlite import ir
from numba import cfunc, njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from .sources import digest


class Memory:
    """Numbers one after the other, of which nobody knows how many."""

    def __getitem__(self, place: int) -> Any:
        """Return the number at a place."""

    def __setitem__(self, place: int, number: Any) -> None:
        """Set the number at a place."""


class Numbers(Memory):
    """Numbers of the type that is trained with."""


class Doubles(Memory):
    """Numbers of 64 bits, whatever is trained with."""


class Words(Memory):
    """Whole numbers of 64 bits, addresses among them."""


OPTIONS: dict[str, Any] = {
    "error_model": "numpy",  # 1/0 is infinity, as in NumPy
    "fastmath": {"reassoc", "contract"},  # sums in any order, fused multiply-adds; NaN stays NaN
}


@cache
def address(function: Callable[..., None], dtype: np.dtype[Any], kept: bool = True) -> int:
    """Return the address of a function, compiled for a type of number.

    Its parameters are annotated as Numbers, Doubles, Words or int.  It is `kept` on disk if it is
    written in a file.
    """
    number = types.float32 if dtype == np.float32 else types.float64
    kinds = {
        Numbers: types.CPointer(number),
        Doubles: types.CPointer(types.float64),
        Words: types.CPointer(types.int64),
        int: types.intp,
    }
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    signature = types.void(*(kinds[function.__annotations__[name]] for name in names))
    if kept:
        _name_version(function, dtype)
    try:
        made = cfunc(signature, cache=kept, **OPTIONS)(function)
    except Exception:  # it cannot be written there, or what was is damaged in any way
        if not kept:
            raise
        made = cfunc(signature, cache=False, **OPTIONS)(function)
    _living.append(made)
    return int(made.address)


def run(function: int, *given: int) -> None:
    """Call the function at an address with pointers and whole numbers; other threads go on."""
    prototype = _prototype(len(given))
    prototype(function)(*given)


@cache
def _prototype(count: int) -> Any:
    return ctypes.CFUNCTYPE(None, *[ctypes.c_ssize_t] * count)


_living: list[Any] = []  # an address is good as long as its function lives


def is_kept(function: Callable[..., None], dtype: np.dtype[Any]) -> bool:
    """Whether a function was compiled for a type of number, in this process or an earlier."""
    _name_version(function, dtype)
    try:
        folder = Path(njit(cache=True)(function).stats.cache_path)
    except RuntimeError:  # nowhere to keep it
        return False
    return any(folder.glob(f"*{function.__qualname__}-*.nbi"))


def _name_version(function: Callable[..., None], dtype: np.dtype[Any]) -> None:
    """Give a function a name by which what is on disk is of this source and type of number.

    Numba itself looks at the function's own file only, not at the constants it takes from others.
    """
    function.__qualname__ = f"{function.__name__}_{dtype.name}_{digest()}"


@intrinsic
def call(_typing: Any, _address: Any, words: Any) -> Any:
    """Call the function at an address with pointers and whole numbers, a tuple of them."""
    count = len(words)

    def codegen(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        address, given = arguments
        kind = ir.FunctionType(ir.VoidType(), [address.type] * count)
        function = builder.inttoptr(address, kind.as_pointer())
        builder.call(function, cgutils.unpack_tuple(builder, given, count))
        return context.get_dummy_value()

    return types.void(types.intp, types.UniTuple(types.intp, count)), codegen


@intrinsic
def place(_typing: Any, memory: Any, _index: Any) -> Any:
    """Return the address of a number of some memory."""

    def codegen(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        size = ir.Constant(arguments[1].type, memory.dtype.bitwidth // 8)
        start = builder.ptrtoint(arguments[0], arguments[1].type)
        return builder.add(start, builder.mul(arguments[1], size))

    return types.intp(memory, types.intp), codegen


def _seen_as(kind: Any) -> Any:
    def codegen(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(kind))

    return codegen


@intrinsic
def numbers(_typing: Any, _address: Any, like: Any) -> Any:
    """Return the numbers at an address, of the type of others."""
    return like(types.intp, like), _seen_as(like)


@intrinsic
def words(_typing: Any, _address: Any) -> Any:
    """Return the words at an address."""
    kind = types.CPointer(types.int64)
    return kind(types.intp), _seen_as(kind)


@intrinsic
def doubles(_typing: Any, _address: Any) -> Any:
    """Return the numbers of 64 bits at an address."""
    kind = types.CPointer(types.float64)
    return kind(types.intp), _seen_as(kind)
