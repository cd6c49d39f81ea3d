"""What a task took: times in turns, losses, and what follows from them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from .peers import OURS, PEERS
from .task import Task


@dataclass(frozen=True, slots=True)
class Target:
    """What was asked for, of whom, and whether the medians meet it."""

    name: str
    wanted: str
    met: bool


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a task took.

    Attributes:
        times: of each peer, one a turn, in the task's unit.
        losses: that each came to; set_up: seconds of `fit` around its epochs, where there is one.
        failed: why a peer that should have done it did not.
        gflops: of a large matrix product in turn with them, the best; None in float64.
        n_threads: that each had.
    """

    task: Task
    times: dict[str, list[float]]
    losses: dict[str, float]
    set_up: dict[str, float]
    failed: dict[str, str]
    gflops: float | None
    n_threads: int

    @property
    def ours(self) -> str | None:
        """Whom the others are compared with."""
        return next((key for key in OURS if key in self.times), None)

    @property
    def difference(self) -> float:
        """Of the largest loss from the smallest, relative to it."""
        return difference(self.losses.values())

    def ratio_of_minima(self, key: str) -> float:
        """A peer's fastest run by our fastest: above 1 ours is faster."""
        return min(self.times[key]) / min(self.times[self.ours or key])

    def median_ratio(self, key: str) -> float:
        """The median, over the turns, of a peer's run by ours next to it."""
        pairs = zip(self.times[key], self.times[self.ours or key], strict=True)
        return median(theirs / ours for theirs, ours in pairs)

    def gflops_of(self, key: str) -> float | None:
        """Operations of the matrix products a second in the fastest run, in 10⁹; not of L-BFGS."""
        if self.task.unit != "µs/update":
            return None
        return 1e-3 * self.task.operations / min(self.times[key])

    def share_of(self, key: str) -> float | None:
        """The same by that of the large matrix product."""
        mine = self.gflops_of(key)
        return None if mine is None or self.gflops is None else mine / self.gflops

    @property
    def targets(self) -> list[Target]:
        """All that is asked for and was measured."""
        if self.ours is None:
            return []
        task, name, listed = self.task, PEERS[self.ours].name, list[Target]()
        if task.at_most is not None:
            met = median(self.times[self.ours]) <= task.at_most
            listed.append(Target(name, f"at most {task.at_most:g} {task.unit}", met))
        share = self.share_of(self.ours)
        if task.of_sgemm is not None and share is not None:
            wanted = f"at least {task.of_sgemm:.0%} of sgemm"
            listed.append(Target(name, wanted, share >= task.of_sgemm))
        for key, ratio in task.at_least.items():
            if key in self.times:
                met = self.median_ratio(key) >= ratio
                listed.append(Target(PEERS[key].name, f"at least {ratio:g}", met))
        return listed


def difference(losses: Iterable[float]) -> float:
    """Return that of the largest from the smallest, relative to it; NaN where one is no number."""
    listed = list(losses)
    if any(math.isnan(loss) for loss in listed):
        return math.nan
    return (max(listed) - min(listed)) / min(listed) if listed else 0.0
