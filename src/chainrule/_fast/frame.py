"""What compiled functions work on: an array of words, the addresses of arrays and of functions."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..chain import Array
from .compiled import address
from .places import LENGTH, THREADS


class Frame:
    """A frame for each of some threads, with what lies at its addresses, kept as long as it."""

    def __init__(self, dtype: np.dtype[Any], threads: int = 1) -> None:
        self.dtype, self.threads = dtype, threads
        self._words = np.zeros((threads, LENGTH), np.int64)
        self._start = int(self._words.ctypes.data)
        self._arrays: dict[int, Array] = {}
        self.set(THREADS, threads)

    def of_thread(self, thread: int) -> int:
        """Return the address of a thread's frame; the first thread is the one that trains."""
        return self._start + thread * self._words.strides[0]

    def set(self, at: int, word: int) -> None:
        """Set a word, in the frames of all threads."""
        self._words[:, at] = word

    def word(self, at: int) -> int:
        """Return a word, of the first thread's frame."""
        return int(self._words[0, at])

    def put(self, at: int, array: Array) -> Array:
        """Let a word be the address of an array, which is returned."""
        assert array.flags.c_contiguous
        self._arrays[at] = array
        self.set(at, array.ctypes.data)
        return array

    def room(self, at: int, *shape: int, dtype: Any = None) -> Array:
        """Let a word be the address of new zeros."""
        return self.put(at, np.zeros(shape, dtype or self.dtype))

    def room_each(self, at: int, n: int, dtype: Any = None) -> Array:
        """Let a word be the address of n new zeros, others in each thread's frame."""
        array = self.room(at, self.threads, n, dtype=dtype)
        self._words[:, at] += np.arange(self.threads) * array.strides[0]
        return array

    def array(self, at: int) -> Array:
        """Return what lies at a word's address."""
        return self._arrays[at]

    def use(self, functions: dict[int, Callable[..., None]]) -> None:
        """Let words be the addresses of functions, which are compiled if they are not yet."""
        for at, function in functions.items():
            self.set(at, address(function, self.dtype))
