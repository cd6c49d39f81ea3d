"""Compiled functions as Python calls them: with arrays in the place of pointers."""

import ctypes
from collections.abc import Callable

import numpy as np

from chainrule._fast.compiled import address
from chainrule.chain import Array


def run(function: Callable[..., None], *arguments: Array | int) -> None:
    """Call a compiled function; arrays are changed in place, all of the first one's type."""
    arrays = [argument for argument in arguments if isinstance(argument, np.ndarray)]
    dtype = arrays[0].dtype
    assert all(array.flags.c_contiguous for array in arrays)
    assert {array.dtype for array in arrays} == {dtype}
    kinds = [ctypes.c_void_p if isinstance(a, np.ndarray) else ctypes.c_ssize_t for a in arguments]
    words = [a.ctypes.data if isinstance(a, np.ndarray) else a for a in arguments]
    ctypes.CFUNCTYPE(None, *kinds)(address(function, dtype))(*words)
