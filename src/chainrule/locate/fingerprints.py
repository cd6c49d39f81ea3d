"""Find equal values among thousands: up to a constant factor, over all replays at once.

A value over K replays is one long vector v.  Divided by its first largest entry it does not
depend on a factor; a fixed random projection of that is its fingerprint.
"""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .draws import Values

_TOLERANCE = 1e-8
_DIGITS = 6
_FLAT = 1e-9  # relative spread below which a vector says nothing: any constant equals another


@dataclass(frozen=True, slots=True)
class Print:
    """The fingerprint of a vector and its largest entry."""

    size: int
    projection: float
    entry: float


_weights: dict[int, Any] = {}


def _projection(size: int) -> Any:
    if size not in _weights:
        drawn = np.random.default_rng(size).uniform(0.5, 1.5, size)
        _weights[size] = drawn / np.sqrt(size)
    return _weights[size]


def fingerprint(vector: Any) -> Print | None:
    """Return a vector's fingerprint; None if it is zero, constant or not finite.

    >>> one, other = fingerprint(np.array([1.0, 2.0])), fingerprint(np.array([-3.0, -6.0]))
    >>> one.projection == other.projection
    True
    """
    if not vector.size:
        return None
    sizes = np.abs(vector)
    largest = float(sizes.max())
    if not np.isfinite(largest) or largest < 1e-13:
        return None
    entry = float(vector[int(np.argmax(sizes >= largest * (1 - 1e-7)))])
    scaled = vector / entry
    if float(scaled.max() - scaled.min()) < _FLAT:
        return None
    return Print(vector.size, float(scaled @ _projection(vector.size)), entry)


def over(values: Sequence[Values], number: int) -> Any:
    """Return a node's values over all replays as one vector; None if its size changes."""
    parts = [np.ravel(np.asarray(one[number])) for one in values]
    if any(part.dtype.kind not in "fiub" or part.size != parts[0].size for part in parts):
        return None
    return np.concatenate(parts).astype(float)


@dataclass(slots=True)
class Index:
    """Vectors by fingerprint, each under a label."""

    entries: dict[tuple[int, int], list[tuple[Hashable, Print]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, label: Hashable, vector: Any) -> None:
        """Note a vector; nothing if it says nothing."""
        mark = fingerprint(vector)
        if mark is not None:
            self.entries[(mark.size, round(mark.projection * 10**_DIGITS))].append((label, mark))

    def find(self, vector: Any) -> list[tuple[Any, float]]:
        """Return the labels whose vector is proportional, each with vector / labelled vector."""
        mark = fingerprint(vector) if vector is not None else None
        if mark is None:
            return []
        key = round(mark.projection * 10**_DIGITS)
        found = []
        for near in (key - 1, key, key + 1):
            for label, other in self.entries.get((mark.size, near), ()):
                if abs(mark.projection - other.projection) <= _TOLERANCE * max(
                    1.0, abs(mark.projection)
                ):
                    found.append((label, mark.entry / other.entry))
        return found
