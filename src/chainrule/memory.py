"""What cannot fit into memory is refused in a sentence, before it is asked for."""

import os

from .errors import InputError

BYTES = 8  # of a 64-bit float


def memory_size() -> float:
    """Return the computer's memory in bytes, ∞ where it does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return float("inf")


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
            f"{what} needs at least {needed / 1e9:,.1f} GB of memory, this computer has "
            f"{there / 1e9:,.1f} GB. {remedy}"
        )
