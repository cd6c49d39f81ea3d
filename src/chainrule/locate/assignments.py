"""What each execution of a line may have been meant to compute.

Executions and targets are matched by what they have to do with parameters: δ of a unit goes into
the same parameters that its activation comes from; a loop's executions follow the forward pass in
its order or against it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from .counterfactual import Trials
from .graph import Node, inputs
from .match import MOST_PARTS
from .operations import operation
from .reading import Reading, Target, flat
from .step import PASSING

_CLOSE = 3  # times the least distance between executions: beyond begins another run
_ADDING = ("add", "subtract", "write_through")


@dataclass(slots=True)
class Search:
    """A search for the repair of a reading's wrong parameters."""

    trials: Trials
    families: dict[Any, list[Target]]
    above: dict[int, int]  # node → the parameters it was computed from, a bit each
    below: dict[int, int]  # node → the parameters that are computed from it
    by_parameters: dict[Any, dict[int, list[Target]]] = field(init=False)

    def __post_init__(self) -> None:
        """Group the targets of each place by the parameters that they were computed from."""
        self.by_parameters = {key: defaultdict(list) for key in self.families}
        for key, family in self.families.items():
            for target in family:
                self.by_parameters[key][self.above[target.of]].append(target)

    @property
    def reading(self) -> Reading:
        """The reading at few replays, on which repairs are tried."""
        return self.trials.few


def bits(reading: Reading) -> tuple[dict[int, int], dict[int, int]]:
    """Return for each moving node the parameters above it and below it."""
    step = reading.step
    above: dict[int, int] = defaultdict(int)
    below: dict[int, int] = defaultdict(int)
    k = 0
    for one in step.learned:
        for old, new in zip(one.old, one.new, strict=True):
            above[old.number] |= 1 << k
            below[new.number] |= 1 << k
            k += 1
    own = set(step.old)
    for node in step.reach:
        if node.number in step.moving and node.number not in own:
            for used in inputs(node):
                above[node.number] |= above.get(used.number, 0)
    for node in reversed(reading.backward):
        for used in inputs(node):
            below[used.number] |= below[node.number]
    return above, below


def families(reading: Reading) -> dict[Any, list[Target]]:
    """Return the targets that come from one place of the program, a loop's in order."""
    found: dict[Any, list[Target]] = defaultdict(list)
    nodes = reading.step.graph.nodes
    for target in reading.targets:
        if target.kind == "part" and -MOST_PARTS <= target.by < 0:
            continue  # the first of its parts, added up: for labels, not for repairs
        if target.of in reading.beyond or _is_constant(reading, target):
            continue
        by = target.by // 8 if target.kind == "part" and target.by >= 0 else target.by
        other = nodes[by].position if by >= 0 else by  # the last of its parts: as many of each
        key = (target.kind, nodes[target.of].position, other, target.transposed)
        found[key].append(target)
    for family in found.values():
        family.sort(key=lambda target: (target.of, target.by))
    return found


def _is_constant(reading: Reading, target: Target) -> bool:
    """Whether a local derivative is one number throughout: no factor that could be missing."""
    vector = flat(reading.targets[target])
    return target.kind == "local" and bool(np.ptp(vector) <= 1e-9 * np.max(np.abs(vector)))


def places(seek: Search) -> list[tuple[int, list[Node]]]:
    """Return the lines' operations from which wrong parameters are computed, upstream first."""
    step = seek.reading.step
    updating = {node.number for one in step.learned for node in one.new}
    wanted = 0
    k = 0
    for index, one in enumerate(step.learned):
        for _ in one.old:
            wanted |= (1 << k) if index in seek.trials.wrong else 0
            k += 1
    groups: dict[int, list[Node]] = defaultdict(list)
    for node in seek.reading.backward:
        leads = seek.below[node.number] & wanted and node.number not in updating
        if leads and (operation(node) not in PASSING or node.number in seek.reading.named):
            groups[node.position].append(node)
    last = {position: _finals(group) for position, group in groups.items()}
    return sorted(last.items(), key=lambda item: item[1][0].number)


def _finals(group: Sequence[Node]) -> list[Node]:
    """Return the executions without those that a later one of the same line only adds to."""
    own = {node.number for node in group}
    added_to = set[int]()
    for node in group:
        if operation(node) in _ADDING:
            added_to |= {used.number for used in inputs(node) if used.number in own}
    return [node for node in group if node.number not in added_to]


def assignments(seek: Search, instances: list[Node], kind: str) -> Iterator[dict[int, Target]]:
    """Yield ways to give each execution a target of one kind."""
    if kind == "value" and not all(_is_value(seek.reading, node) for node in instances):
        return
    scalar = not np.shape(seek.reading.replayed[0][instances[0].number])
    for key, family in seek.families.items():
        if key[0] != kind:
            continue
        found = []
        for size in dict.fromkeys((1, len(family), _run(instances))):
            assigned = _assign(seek, instances, key, size)
            if assigned is not None and assigned not in found:
                found.append(assigned)
        yield from found
        if len(instances) == 1 and len(family) > 1:
            own = _parameters_of(seek, instances[0], kind)
            for target in family:
                single = {instances[0].number: target}
                if scalar and seek.above[target.of] != own:
                    continue
                if _fits_shape(seek, instances[0], target) and single not in found:
                    yield single


def _run(instances: Sequence[Node]) -> int:
    """Return how many executions follow each other closely: the units of one step through time."""
    gaps = [after.number - node.number for node, after in pairwise(instances)]
    far = [k for k, gap in enumerate(gaps) if gap > _CLOSE * min(gaps)]
    return far[0] + 1 if far else max(1, len(instances))


def _backwards(some: Sequence[Target], size: int) -> list[Target]:
    """Return runs of this size, each in its order, the last run first."""
    return [one for k in range(0, len(some), size)[::-1] for one in some[k : k + size]]


def _assign(seek: Search, instances: list[Node], key: Any, size: int) -> dict[int, Target] | None:
    """Match executions and targets by their parameters, else in order; None if neither works.

    Targets follow in runs of this size, the last run first.
    """
    fitting: dict[Any, list[Target]] = {}
    taken: Counter[Any] = Counter()
    result: dict[int, Target] = {}
    for node in instances:
        own = _parameters_of(seek, node, key[0])
        group = (own, np.shape(seek.reading.replayed[0][node.number]))
        if group not in fitting:
            ordered = _backwards(seek.by_parameters[key].get(own, []), size)
            fitting[group] = [one for one in ordered if _fits_shape(seek, node, one)]
        some = fitting[group]
        first = some[0] if some else None  # executions of two shapes may fit the same targets
        if taken[first] >= len(some):
            result = {}
            break
        result[node.number] = some[taken[first]]
        taken[first] += 1
    if result:
        return result
    scalar = not np.shape(seek.reading.replayed[0][instances[0].number])
    family = _backwards(seek.families[key], size)
    if len(instances) != len(family) or (scalar and len(instances) == 1):
        return None
    pairs = list(zip(instances, family, strict=True))
    if not all(_fits_shape(seek, node, target) for node, target in pairs):
        return None
    return {node.number: target for node, target in pairs}


def _parameters_of(seek: Search, node: Node, kind: str) -> int:
    """Return the parameters that tell which target a value may be: δ by those it goes into."""
    return (seek.below if kind in ("gradient", "part") else seek.above)[node.number]


def _fits_shape(seek: Search, node: Node, target: Target) -> bool:
    """Whether a target can stand for a value: same shape, or a parameter's own gradient."""
    shape = np.shape(seek.reading.targets[target][0])
    if np.shape(seek.reading.replayed[0][node.number]) == shape:
        return True
    return (
        target.kind in ("gradient", "part")
        and not target.transposed
        and target.of in seek.reading.step.old
        and seek.below[node.number] == seek.above[target.of]
    )


def _is_value(reading: Reading, node: Node) -> bool:
    """Whether a line holds a value of the forward pass, be it the wrong one."""
    return any(label.target.kind == "value" for label in reading.labels.get(node.number, ()))
