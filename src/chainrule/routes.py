"""Routes from a value of a network to the loss: all summed, the largest listed.

A route is one unit in each stage of the way.  There are exponentially many in the depth, and none
is needed to add them up: what is summed from a unit on is summed once, for all routes that come
through it (dynamic programming).  With the largest product from each unit on, known likewise, the
largest routes are found one after the other without a look at the rest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from .chain import Array


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One link of the way: the derivatives of what comes out of it by what goes in.

    Attributes:
        source, target: the values' names, "z1" and "a1".
        local: (rows, units) where a unit goes on to itself only; (n_in, n_out) of weights, the
            same for all rows; (rows, n_in, n_out) where rows differ.
        of_weights: tells the first form from the second.
        formula, same_formula: ∂target[v]/∂source[u] as text for u ≠ v and for u = v, with
            {u} and {v} for the indices.
        words: what it is.
    """

    source: str
    target: str
    local: Array
    of_weights: bool
    formula: str
    same_formula: str
    words: str

    def summed(self, after: Array) -> Array:
        """Return Σ_v local[u, v] after[v], (rows, n_in)."""
        return self._summed(self.local, after)

    def summed_sizes(self, after: Array) -> Array:
        """Return Σ_v |local[u, v]| after[v], (rows, n_in)."""
        return self._summed(abs(self.local), after)

    def _summed(self, local: Array, after: Array) -> Array:
        if self.of_weights:
            return after @ local.T
        return local * after if local.ndim == 2 else np.einsum("rij,rj->ri", local, after)

    def largest(self, after: Array) -> Array:
        """Return max_v |local[u, v]| after[v], (rows, n_in), for `after` of at least 0."""
        local = abs(self.local)
        if self.of_weights:
            if len(after) < local.shape[1]:  # the shorter loop
                return np.stack([(local * row).max(axis=1) for row in after])
            largest = np.zeros((len(after), len(local)))
            for size, onward in zip(after.T, local.T, strict=True):
                np.maximum(largest, np.multiply.outer(size, onward), out=largest)
            return largest
        return local * after if local.ndim == 2 else (local * after[:, None, :]).max(axis=2)

    def passed(self, mass: Array) -> Array:
        """Return Σ_u mass[u] |local[u, v]|, (rows, n_out): what comes through, forward."""
        local = abs(self.local)
        if self.of_weights:
            return mass @ local
        return mass * local if local.ndim == 2 else np.einsum("ri,rij->rj", mass, local)

    def onward(self, row: int, unit: int) -> tuple[Array, Array]:
        """Return the units that a unit goes on to, and the derivatives."""
        if self.of_weights:
            return np.arange(self.local.shape[1]), self.local[unit]
        if self.local.ndim == 2:
            return np.array([unit]), self.local[row, [unit]]
        return np.arange(self.local.shape[2]), self.local[row, unit]

    @property
    def branches(self) -> int:
        """To how many units each goes on."""
        return 1 if self.local.ndim == 2 and not self.of_weights else self.local.shape[-1]


_Entry = tuple[float, int, int, tuple[int, ...]]  # −size at best, −length, row, units so far


@dataclass(frozen=True, slots=True)
class Route:
    """One way to the loss on one row: the units it passes, the first at the start."""

    row: int
    units: tuple[int, ...]


def sums(stages: Sequence[Stage], end: Array) -> list[Array]:
    """Return for each stage's input, and the end, Σ over the routes from there, (rows, units)."""
    return _from_the_end(end, [stage.summed for stage in stages])


def sizes(stages: Sequence[Stage], end: Array) -> list[Array]:
    """Return likewise Σ over the routes of the size |·| of each."""
    return _from_the_end(abs(end), [stage.summed_sizes for stage in stages])


def largest_routes(
    stages: Sequence[Stage], end: Array, unit: int, start: Array, most: int
) -> list[Route]:
    """Return the `most` largest routes from a unit to the loss over all rows, the largest first.

    `end` (rows, n_out) is the loss's derivative by the last value, `start` (rows,) a further
    factor of each row.  Found by best-first search: what is still to come of a route is at most
    the largest product from its unit on, and never more, so the first to arrive is the largest.
    Of equals the longest goes first, so each that is found costs one walk to the end.
    """
    best = _from_the_end(abs(end), [stage.largest for stage in stages])
    promising = np.nan_to_num(abs(start) * best[0][:, unit])
    # a row whose largest route is not among the `most` largest has none that is
    rows = np.argsort(-promising, kind="stable")[:most]
    heap: list[_Entry] = []
    for row in rows:
        heappush(heap, (-float(promising[row]), -1, int(row), (unit,)))
    found: list[Route] = []
    while heap and len(found) < most:
        size, _, row, units = heappop(heap)
        if len(units) > len(stages):
            found.append(Route(row, units))
            continue
        following, local = stages[len(units) - 1].onward(row, units[-1])
        onward = abs(local) * best[len(units)][row, following]
        # shares of the largest: its 1 keeps the size, which rounding would set apart from equals
        largest = onward.max()
        shares = np.divide(onward, largest, out=np.ones_like(onward), where=onward < largest)
        for k in np.argsort(-onward, kind="stable")[:most]:
            way = (*units, int(following[k]))
            heappush(heap, (size * float(shares[k]), -len(way), row, way))
    return found


def _from_the_end(end: Array, steps: Sequence[Callable[[Array], Array]]) -> list[Array]:
    """Return what each step makes of what the next one made, and the end."""
    values = [end]
    for step in reversed(steps):
        values.append(step(values[-1]))
    return values[::-1]
