"""BLAS threads: how many a training may use, so that small ones and many at once stay fast.

A second thread helps only where a matrix product is large.  Where it is small, or another process
has the other core, the threads wait for each other longer than they compute: products of a million
multiply-adds took up to 60 times as long with two threads as with one.  The last digits of a large
product depend on the number of threads; so small trainings, which always have one, come to the
same numbers however many run beside them.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from threading import Lock

from threadpoolctl import LibController, ThreadpoolController

LARGE = 2**24
"""Multiply-adds of a product from which threads gain more (a fifth, with two) than they risk."""


def multiply_adds(n_rows: int, layer_sizes: Sequence[int]) -> int:
    """Return the multiply-adds of the largest matrix product over so many rows: rows × in × out.

    >>> multiply_adds(200, (784, 128, 10))
    20070400
    """
    return n_rows * max(n_in * n_out for n_in, n_out in pairwise(layer_sizes))


@contextmanager
def blas_threads(work: int) -> Iterator[None]:
    """Give a training the BLAS threads that suit its `work`, the `multiply_adds` of a batch.

    Below LARGE that is one thread; else those the process had, divided by the trainings in
    progress, and one while any of these is below.  No limit is ever raised; after the last
    training each is what it was before the first.

    >>> import numpy as np
    >>> with blas_threads(multiply_adds(150, (4, 100, 3))):
    ...     z = np.ones((150, 4)) @ np.ones((4, 100))  # by one thread
    """
    of_thread = [(library, library.num_threads) for library in _libraries() if _is_own(library)]
    trainings, this = _trainings, object()  # a fork replaces `_trainings`
    try:
        trainings.begin(this, work)
        yield
    finally:
        trainings.end(this)
        for library, limit in of_thread:
            library.set_num_threads(limit)


def threads_there() -> int:
    """Return how many threads of BLAS the process has, while nothing trains."""
    with _trainings.lock:
        there = [library.num_threads for library in _libraries()]
        return min(_trainings.before if _trainings.works else there, default=1)


def threads_to_share() -> int:
    """Return how many threads one more training may use that shares out its work by itself."""
    with _trainings.lock:
        works, limits = _trainings.works, _trainings.before
        limits = limits if works else [library.num_threads for library in _libraries()]
        return max(1, min(limits, default=1) // (len(works) + 1))


class _Trainings:
    """Those in progress in this process, by their work, and the limits before the first."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.works: dict[object, int] = {}
        self.before: list[int] = []

    def begin(self, training: object, work: int) -> None:
        with self.lock:
            if not self.works:
                self.before = [library.num_threads for library in _libraries()]
            self.works[training] = work
            self._share()

    def end(self, training: object) -> None:
        with self.lock:
            if self.works.pop(training, None) is not None:  # it may be interrupted as it begins
                self._share()

    def _share(self) -> None:
        small = any(work < LARGE for work in self.works.values())
        for library, limit in zip(_libraries(), self.before, strict=True):
            library.set_num_threads(1 if small else max(1, limit // max(1, len(self.works))))
        _release()


_trainings = _Trainings()


@cache
def _controller() -> ThreadpoolController:
    """Return what controls the BLAS libraries loaded; finding them takes as long as some epochs."""
    return ThreadpoolController().select(user_api="blas")


def _libraries() -> list[LibController]:
    return _controller().lib_controllers


def _is_own(library: LibController) -> bool:
    """Whether each thread has a limit of its own; in most libraries all have the same."""
    return getattr(library, "threading_layer", "") == "openmp"


def _release() -> None:
    """Let the next thread set limits, too.

    threadpoolctl leaves them to the thread that set one until that thread's last limiter ends.
    """
    with _controller().limit(limits=None):
        pass


def _start_over() -> None:
    """In a forked process: the trainings in progress are those of the parent."""
    global _trainings
    of_parent, _trainings = _trainings, _Trainings()
    if of_parent.works:
        for library, limit in zip(_libraries(), of_parent.before, strict=True):
            library.set_num_threads(limit)
        _release()


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_start_over)
