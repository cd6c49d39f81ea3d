"""Where a fault is: the line whose values, put right, put most parameters right.

Each line of the backward pass is given, execution by execution, the values it might have been
meant to compute: ∂J/∂v of some forward value v, a local derivative, a value.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .assignments import Search, assignments, bits, families, places
from .counterfactual import Outcome, Trials, scaled
from .graph import Node, inputs
from .reading import Reading, Target
from .step import only_scales

_SECONDS = 8.0  # of computing here: what else the computer does changes no verdict
_MANY = 500  # values of a backward pass from which on the suspicious lines are tried first
KINDS = ("gradient", "local", "part", "value")


@dataclass(frozen=True, slots=True)
class Repair:
    """A line's executions, the targets they should have been, and what that repairs.

    Attributes:
        changed: the executions whose value is not the target's already.
        scale: the targets' factor.
        labelled: the value is the target already, but for its factor or for summands.
        argument: the line is right where it gets other values: the fault is in what it is given.
    """

    position: int
    targets: dict[int, Target]
    changed: tuple[int, ...]
    scale: float
    outcome: Outcome

    argument: bool = False
    labelled: bool = False

    @property
    def rank(self) -> tuple[Any, ...]:
        """The better repair first: more parameters, not an argument's fault, the more upstream."""
        kind = KINDS.index(next(iter(self.targets.values())).kind)
        repaired = len(self.outcome.repaired)
        return (-repaired, self.argument, self.changed[0], not self.labelled, kind)


def search(trials: Trials) -> list[Repair]:
    """Return the repairs found, the best first."""
    reading = trials.few
    above, below = bits(reading)
    seek = Search(trials, families(reading), above, below)
    end = time.thread_time() + _SECONDS
    found = _search(seek, end, scaling=False) or _search(seek, end, scaling=True)
    return sorted(found, key=lambda one: one.rank)


def _search(seek: Search, end: float, scaling: bool) -> list[Repair]:
    """Try the lines from the most upstream on; `scaling`: also those that only scale a value."""
    found: list[Repair] = []
    lines = places(seek)
    suspect = _suspects(seek.reading) if len(seek.reading.backward) > _MANY else set()
    first = [one for one in lines if any(node.number in suspect for node in one[1])]
    for some in (first, [one for one in lines if one not in first]):
        found += _try_lines(seek, some, end, scaling)
        if any(len(one.outcome.repaired) == len(seek.trials.wrong) for one in found):
            break
    return found


def _suspects(reading: Reading) -> set[int]:
    """Return where right values go in and none comes out, and what goes in there: tried first."""
    found = set[int]()
    for node in reading.backward:
        used = [one for one in inputs(node) if one.number in reading.step.moving]
        known = all(
            one.number in reading.labels
            or one.number in reading.gradients[0]
            or one.number <= reading.step.start
            for one in used
        )
        if node.number not in reading.labels and known:
            found |= {node.number, *(one.number for one in used)}
    return found


def _try_lines(
    seek: Search, lines: list[tuple[int, list[Node]]], end: float, scaling: bool
) -> list[Repair]:
    found: list[Repair] = []
    for kind in KINDS:
        for position, instances in lines:
            best = min(found, key=lambda one: one.rank, default=None)
            if best and _settled(seek.trials, best, instances[0]):
                break
            for assigned in assignments(seek, instances, kind):
                if time.thread_time() > end:
                    return found
                if not scaling and not _may_be_meant(seek.reading, assigned):
                    continue
                for scale in _scales(seek.reading, kind):
                    repair = _attempt(seek, position, assigned, scale)
                    if repair is not None:
                        found.append(repair)
                        break
    return found


def _scales(reading: Reading, kind: str) -> list[float]:
    """Return the factors that a target may have in the program.

    A gradient that is handed over is the loss's own, though its cotangents may lack a 1/m before.
    """
    if kind not in ("gradient", "part"):
        return [1.0]
    own = [1.0] if any(one.handed for one in reading.step.learned) else []
    return list(dict.fromkeys([signal_scale(reading), *own]))


def _settled(trials: Trials, best: Repair, first: Node) -> bool:
    """Whether no line further down can be better than the best repair."""
    whole = len(best.outcome.repaired) == len(trials.wrong)
    return whole and not best.rank[1] and first.number > best.changed[0]


def signal_scale(reading: Reading) -> float:
    """Return the factor that the program's cotangents have against ∂J/∂v."""
    changing = {reading.step.place(node) for one in reading.step.learned for node in one.new}
    scales = Counter(
        float(f"{label.scale:.6g}")
        for number in reading.labels
        if (label := reading.labels[number][0]).target.kind == "gradient"
        and label.target.of not in reading.step.old
        and label.target.of not in reading.beyond
        and reading.step.place(reading.step.graph.nodes[number]) not in changing
    )
    return scales.most_common(1)[0][0] if scales else 1.0


def _attempt(
    seek: Search, position: int, assigned: dict[int, Target], scale: float
) -> Repair | None:
    """Try a repair; with another factor if it makes the step longer or shorter than the others."""
    reading = seek.reading
    overrides = {number: reading.targets[target] for number, target in assigned.items()}
    outcome = seek.trials.outcome(scaled(overrides, scale))
    if outcome.repaired and not _is_one(outcome.ratio):
        scale /= outcome.ratio
        outcome = seek.trials.outcome(scaled(overrides, scale))
    if not outcome.repaired or outcome.spoilt or not _is_one(outcome.ratio):
        return None
    changed = [n for n in sorted(assigned) if not _equal(reading, n, overrides[n], scale)]
    if not changed:
        return None
    argument = _is_argument(reading, assigned, set(changed))
    labels = reading.labels.get(changed[0], ())
    labelled = any(_is_of(label.target, assigned[changed[0]]) for label in labels)
    return Repair(position, assigned, tuple(changed), scale, outcome, argument, labelled)


def _is_of(found: Target, target: Target) -> bool:
    """Whether a target is another one, or a summand of it."""
    same = (found.of, found.transposed) == (target.of, target.transposed)
    return found == target or (same and (found.kind, target.kind) == ("part", "gradient"))


def _is_argument(reading: Reading, assigned: dict[int, Target], changed: set[int]) -> bool:
    """Whether a line computes a local derivative rightly elsewhere, here from something else.

    A function that is given a = f(z) in one place and z in others is not wrong itself.
    """
    if next(iter(assigned.values())).kind not in ("local", "value"):
        return False
    right = [_taken(reading, n, t) for n, t in assigned.items() if n not in changed]
    wrong = [_taken(reading, n, t) for n, t in assigned.items() if n in changed]
    return any(part != other for part in right for other in wrong)


def _taken(reading: Reading, number: int, target: Target) -> set[str]:
    """Return what a derivative of `of` is computed from: `of` itself, what is before it, others."""
    used, stack = set[int](), [reading.step.graph.nodes[number]]
    while stack:
        for one in inputs(stack.pop()):
            if one.number in reading.gradients[0]:
                used.add(one.number)
            elif one.number in reading.step.moving and one.number > reading.step.start:
                stack.append(one)
    before = reading.step.ancestors([reading.step.graph.nodes[target.of]])
    return {"of" if n == target.of else "before" if n in before else "other" for n in used}


def _may_be_meant(reading: Reading, assigned: dict[int, Target]) -> bool:
    """Whether a line may be to blame: one that only scales a value, for its scale alone."""
    number, target = next(iter(assigned.items()))
    if not only_scales(reading.step, reading.step.graph.nodes[number]):
        return True
    return any(label.target == target for label in reading.labels.get(number, ()))


def _is_one(ratio: float) -> bool:
    return abs(ratio - 1) < 1e-4


def _equal(reading: Reading, number: int, arrays: Sequence[Any], scale: float) -> bool:
    """Whether a value is scale × target already."""
    return all(
        np.shape(values[number]) == np.shape(array)
        and np.allclose(np.asarray(values[number], float), scale * array, rtol=1e-6, atol=1e-12)
        for values, array in zip(reading.replayed, arrays, strict=True)
    )
