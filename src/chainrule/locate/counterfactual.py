"""What would the updates be if some values of the backward pass were others?

A fault is found by repair: put the right values in at one place, compute everything after it again,
and see which parameters then descend.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from .descent import Fit, fit
from .draws import Values, fill_in
from .fingerprints import over
from .graph import Node, inputs
from .lossnames import penalties
from .optimizer import adapts
from .reading import Label, Reading
from .step import Step

_REPLAYS = 3
_EQUAL = 1e-4  # of step sizes, relative

Overrides = Mapping[int, Sequence[Any]]  # node → its value at each replay


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a repair changes: which parameters are put right, and which are spoilt.

    Attributes:
        ratio: the step of those put right, against that of the others; 1 where nothing tells.
    """

    repaired: frozenset[int]
    spoilt: frozenset[int]
    ratio: float


class _LateLabels(dict[int, list[Label]]):
    """Labels of changed values, looked up when they are asked for."""

    def __init__(self, reading: Reading, replayed: Sequence[Values], changed: set[int]) -> None:
        super().__init__()
        self.reading, self.replayed, self.changed = reading, replayed, changed

    def get(self, number: int, default: Any = None) -> Any:
        if number not in self.changed:
            return self.reading.labels.get(number, default)
        if number not in self:
            self[number] = self.reading.look_up(over(self.replayed, number))
        return self[number]


@dataclass(slots=True)
class Trials:
    """Repairs of one reading, tried one after another."""

    reading: Reading
    fits: list[Fit]
    wrong: set[int]
    step_size: float | None = None
    few: Reading = field(init=False)
    _penalized: Mapping[int, str] = field(init=False)

    def __post_init__(self) -> None:
        """Keep a reading at few replays, and the step size of the parameters that are right."""
        self._penalized = penalties(self.reading)
        self.few = self.reading.first(_REPLAYS)
        sizes = [one.scale for k, one in enumerate(self.fits) if k not in self.wrong and one.scale]
        if sizes:
            self.step_size = Counter(float(f"{size:.6g}") for size in sizes).most_common(1)[0][0]

    @property
    def step(self) -> Step:
        """The step that is repaired."""
        return self.reading.step

    def replay(self, overrides: Overrides) -> tuple[list[Values], set[int]]:
        """Return the values with some overridden and all after them computed again."""
        affected = set(overrides)
        again = []
        for node in self.few.backward:
            if node.number in affected:
                continue
            if any(used.number in affected for used in inputs(node)):
                affected.add(node.number)
                again.append(node)
        replayed = []
        for k, before in enumerate(self.few.replayed):
            values = Values(before, {number: value[k] for number, value in overrides.items()})
            fill_in(self.step, values, again)
            replayed.append(values)
        return replayed, affected

    def with_others(self, nodes: Sequence[Node], others: Mapping[int, Node]) -> Overrides:
        """Return what nodes would be, computed from other nodes' values in the place of some."""
        result: dict[int, list[Any]] = {node.number: [] for node in nodes}
        for before in self.few.replayed:
            given = {number: before[other.number] for number, other in others.items()}
            values = Values(before, given)
            fill_in(self.step, values, nodes)
            for node in nodes:
                result[node.number].append(values[node.number])
        return result

    def outcome(self, overrides: Overrides) -> Outcome:
        """Return which parameters a repair puts right."""
        replayed, affected = self.replay(overrides)
        repaired, spoilt, ratios = set[int](), set[int](), []
        labels = _LateLabels(self.few, replayed, affected)
        for k, one in enumerate(self.step.learned):
            if not any(node.number in affected for node in one.new):
                continue
            found = self._fit(k, replayed, labels)
            ratio = found.scale / self.step_size if self.step_size and found.scale else 1.0
            ratio = abs(ratio) * (-1 if found.kind == "ascends" else 1)
            moves = found.kind in ("descends", "ascends")
            if k in self.wrong:
                if moves:
                    repaired.add(k)
                    ratios.append(ratio)
            elif not moves or abs(ratio - 1) > _EQUAL:
                spoilt.add(k)
        ratio = ratios[0] if ratios else 1.0
        if any(abs(other - ratio) > _EQUAL * abs(ratio) for other in ratios):
            return Outcome(frozenset(), frozenset(spoilt), 1.0)
        return Outcome(frozenset(repaired), frozenset(spoilt), ratio)

    def _fit(self, k: int, replayed: list[Values], labels: _LateLabels) -> Fit:
        one = self.step.learned[k]
        decays = one.old[0].number not in self._penalized
        found = fit(one, replayed, self.few.gradients, decays)
        if found.kind != "other":
            return found
        late = replace(self.few, replayed=replayed, labels=labels)
        return adapts(late, one, found)


def scaled(overrides: Overrides, factor: float) -> dict[int, list[Any]]:
    """Return overriding values times a factor."""
    return {
        number: [np.asarray(value, float) * factor for value in values]
        for number, values in overrides.items()
    }
