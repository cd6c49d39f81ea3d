"""What cannot fit into memory is refused in a sentence, before it is asked for.

The numbers of copies were measured, as the peak of what a training asks for.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from .errors import InputError
from .parameters import count

BYTES = 8  # of a 64-bit float
TABLE = 5  # of the encoded rows: they, those trained on, and what scaling makes on its way
SCALED = 3  # of them while a network is trained: they, those trained on, and these scaled
STEPS = 8  # of the parameters: they, start, two to go back to, gradient, moments, a step
LBFGS = 44  # of the parameters: SciPy's ten corrections, twice, and what it works with
KEPT = 2**24  # bytes; glibc learns up to 2**25, and keeps at most twice as many free
BACKWARD = 3  # of the widest layer's values, beside the tape, on the way back
OF_SLOPE = {"gaussian": 1, "gelu": 2, "silu": 2, "mish": 4}  # more, for the derivative
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Where a container says what it may have, by versions 2 and 1 of its kind."""


def memory_size() -> float:
    """Return the memory there is in bytes, the container's where it has less; ∞ if none tells."""
    sizes = [float("inf")]
    with suppress(AttributeError, ValueError, OSError):
        sizes.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    for limit in LIMITS:
        with suppress(ValueError, OSError):  # no container, or "max"
            sizes.append(int(Path(limit).read_text(encoding="ascii")))
    return min(sizes)


@cache
def keep_freed_memory() -> None:
    """Have arrays that are made and freed batch after batch live in the same memory.

    The C library of Linux (glibc) gives large freed memory back to the system, which clears each
    page before it lends it again; that took longer than the arithmetic.  What is large it learns
    from the largest array freed so far (mallopt(3), M_MMAP_THRESHOLD), so it is shown one here.
    Nothing is written into it: it costs microseconds, and no memory.
    """
    np.empty(KEPT, dtype=np.uint8)


def require_memory(numbers: int, what: str, remedy: str) -> None:
    """Refuse `what` if it needs so many numbers at once that they cannot fit.

    Raises:
        InputError: if they cannot.

    >>> require_memory(10**15, "a table of 10^15 cells", "Take fewer rows.")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    chainrule.errors.InputError: a table of 10^15 cells needs at least 8,000,000.0 GB of memory...
    """
    needed, there = BYTES * numbers, memory_size()
    if needed > there:
        raise InputError(
            f"{what} needs at least {needed / 1e9:,.1f} GB of memory, and there are "
            f"{there / 1e9:,.1f} GB. {remedy}"
        )


def require_copy(values: Any, dtypes: Sequence[Any], name: str) -> None:
    """Refuse an array that cannot fit into memory, where it cannot be used without a copy.

    Raises:
        InputError: if it must be copied, to one of these types or row by row, and cannot be.

    >>> wide = np.broadcast_to(1.0, (10**12, 100))
    >>> require_copy(wide, [np.float64], "X")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    chainrule.errors.InputError: `X` with 1,000,000,000,000 rows and 100 columns needs at least ...
    """
    if not isinstance(values, np.ndarray) or values.ndim != 2:
        return
    if values.dtype not in dtypes or not values.flags.c_contiguous:
        dtype = values.dtype if values.dtype in dtypes else dtypes[0]
        require_memory(
            values.size * np.dtype(dtype).itemsize // BYTES,
            f"`{name}` with {values.shape[0]:,} rows and {values.shape[1]:,} columns",
            "Take fewer rows at a time.",
        )


def cells_of(values: Any) -> int:
    """Return how many numbers an array or a sparse matrix takes."""
    return int(getattr(values, "nnz", values.size))


def require_room(
    layer_sizes: Sequence[int],
    activations: Sequence[str],
    batch: int,
    rows: int,
    lbfgs: bool,
    option: str,
    data: int = 0,
) -> None:
    """Refuse a network that cannot be trained in memory.

    It is trained on `batch` rows at a time and applied to `rows` at a time, while `data` numbers
    are there besides.  `activations`: the names of the hidden layers'.

    Raises:
        InputError: if it cannot; the message names the option to lower.
    """
    n_parameters, values, widest = count(layer_sizes), sum(layer_sizes[1:]), max(layer_sizes[1:])
    backward = BACKWARD + max((OF_SLOPE.get(name, 0) for name in activations), default=0)
    trained, applied = batch * (values + backward * widest), rows * (values + widest)
    require_memory(
        (LBFGS if lbfgs else STEPS) * n_parameters + max(trained, applied) + data,
        f"the network {'-'.join(map(str, layer_sizes))} with its {n_parameters:,} parameters",
        f"Take smaller layers with `{option}`.",
    )
