"""Timing: two do the same work in turns, A B A B, and must come to the same result.

What else the machine does changes from second to second; turns let both suffer alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

import numpy as np

from chainrule.chain import Array

PER_SECOND = {"ns": 1e9, "µs": 1e6}


class UnequalWorkError(Exception):
    """Two runs that should have done the same work came to different results."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Work that chainrule and a peer both do.

    Attributes:
        title: what the work is.
        peer: who else does it.
        unit: what times are told in, "ns/sample" or "µs/update".
        n_units: samples or updates in one run.
        run_ours: do the work with chainrule and return what it comes to.
        run_peer: do the work with the peer and return the same.
        result: what they return, in one word.
        tolerance: by how much a number of the two results may differ.
        target: the ratio, chainrule's time by the peer's, that should not be exceeded.
    """

    title: str
    peer: str
    unit: str
    n_units: int
    run_ours: Callable[[], Array]
    run_peer: Callable[[], Array]
    result: str
    tolerance: float
    target: float


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a comparison took: times a unit of work, run by run, in the comparison's unit."""

    comparison: Comparison
    ours: list[float]
    peer: list[float]
    difference: float

    @property
    def ratio_of_minima(self) -> float:
        """Our fastest run by the peer's fastest."""
        return min(self.ours) / min(self.peer)

    @property
    def median_ratio(self) -> float:
        """The median, over the turns, of our run by the peer's run next to it."""
        return median(ours / peer for ours, peer in zip(self.ours, self.peer, strict=True))

    @property
    def on_target(self) -> bool:
        """Whether the median ratio is within the target."""
        return self.median_ratio <= self.comparison.target


def measure(comparison: Comparison, n_turns: int) -> Measurement:
    """Time both in turns, after one turn that is not counted; compare the results of each.

    Raises:
        UnequalWorkError: if two results differ by more than the tolerance.
    """
    ours, peer, differences = [], [], []
    for _ in range(1 + n_turns):
        our_time, our_result = _timed(comparison.run_ours)
        peer_time, peer_result = _timed(comparison.run_peer)
        differences.append(_difference(comparison, our_result, peer_result))
        ours.append(our_time)
        peer.append(peer_time)
    scale = PER_SECOND[comparison.unit.partition("/")[0]] / comparison.n_units
    return Measurement(
        comparison,
        [scale * seconds for seconds in ours[1:]],
        [scale * seconds for seconds in peer[1:]],
        max(differences),
    )


def _timed(run: Callable[[], Array]) -> tuple[float, Array]:
    start = perf_counter()
    result = run()
    return perf_counter() - start, result


def _difference(comparison: Comparison, ours: Array, peer: Array) -> float:
    if ours.shape != peer.shape or not ours.size:
        raise UnequalWorkError(
            f"{comparison.title}: chainrule has {comparison.result} of shape {ours.shape}, "
            f"{comparison.peer} of shape {peer.shape}."
        )
    difference = float(np.abs(ours - peer).max())
    if not difference <= comparison.tolerance:  # NaN is unequal, too
        raise UnequalWorkError(
            f"{comparison.title}: the {comparison.result} of chainrule and {comparison.peer} "
            f"differ by {difference:.2g}, more than {comparison.tolerance:.2g}."
        )
    return difference
