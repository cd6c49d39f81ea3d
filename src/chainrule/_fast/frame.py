"""What compiled functions work on: an array of words, the addresses of arrays and of functions."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..chain import Array
from .compiled import address
from .places import LENGTH


class Frame:
    """A frame with what lies at its addresses, kept as long as it."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype
        self.words = np.zeros(LENGTH, np.int64)
        self._arrays: dict[int, Array] = {}

    def put(self, at: int, array: Array) -> Array:
        """Let a word be the address of an array, which is returned."""
        assert array.flags.c_contiguous
        self._arrays[at] = array
        self.words[at] = array.ctypes.data
        return array

    def room(self, at: int, *shape: int, dtype: Any = None) -> Array:
        """Let a word be the address of new zeros."""
        return self.put(at, np.zeros(shape, dtype or self.dtype))

    def array(self, at: int) -> Array:
        """Return what lies at a word's address."""
        return self._arrays[at]

    def use(self, functions: dict[int, Callable[..., None]]) -> None:
        """Let words be the addresses of functions, which are compiled if they are not yet."""
        for at, function in functions.items():
            self.words[at] = address(function, self.dtype)
