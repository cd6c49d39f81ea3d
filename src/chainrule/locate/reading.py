"""A step read with one loss: its forward pass, gradients, and what each other value is."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from .draws import Values
from .fingerprints import Index
from .graph import Node
from .losses import Candidate
from .operations import operation
from .step import Step

_BEFORE = {"gradient": 0, "local": 1, "part": 2, "value": 3}


@dataclass(frozen=True, slots=True)
class Target:
    """A partial derivative, or a value, of the forward pass.

    Attributes:
        kind: "gradient" is ∂J/∂of, "part" a summand of it, "local" is ∂of/∂by, "value" is `of`.
        by: of a part which use of the value it comes through, 8 · node + place; below 0, how many
            of the first parts are added up, or, less MOST_PARTS, of the last.
    """

    kind: str
    of: int
    by: int = -1
    transposed: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A value is scale × target."""

    target: Target
    scale: float


@dataclass(slots=True)
class Reading:
    """A step read with one loss: its forward pass, gradients, and the labels of the rest.

    Attributes:
        forward: the moving nodes from which the loss is computed.
        backward: the moving nodes from which the new parameters are computed, less the forward.
        gradients: ∂J/∂node of every forward node, one mapping a replay.
        named: the nodes that were assigned to a variable.
        outputs: the predictions.
        errors: the differences o − y of predictions and labels that the backward pass reads.
        beyond: the forward nodes computed from the predictions, up to the loss.
        targets: every target's values, one array a replay.
        labels: the labels of each backward node, the most telling first.
        passing: the forward nodes that are a part, a copy or a transpose of one value.
    """

    step: Step
    candidate: Candidate
    replayed: Sequence[Values]
    forward: list[Node]
    backward: list[Node]
    gradients: list[Mapping[int, Any]]
    named: Container[int] = ()
    outputs: Sequence[Node] = ()
    beyond: Container[int] = ()
    errors: dict[int, Node] = field(default_factory=dict)
    targets: dict[Target, list[Any]] = field(default_factory=dict)
    index: Index = field(default_factory=Index)
    labels: dict[int, list[Label]] = field(default_factory=dict)
    passing: Sequence[Node] = ()

    def best(self, number: int) -> Label | None:
        """Return the most telling label of a node."""
        found = self.labels.get(number)
        return found[0] if found else None

    def look_up(self, vector: Any) -> list[Label]:
        """Return the labels that a value over all replays has."""
        found = [Label(target, scale) for target, scale in self.index.find(vector)]
        return sorted(found, key=lambda label: self._rank(label.target))

    def first(self, count: int) -> "Reading":
        """Return the same reading at its first few replays."""
        targets = {target: arrays[:count] for target, arrays in self.targets.items()}
        index = Index()
        for target, arrays in targets.items():
            index.add(target, flat(arrays))
        return replace(
            self,
            replayed=self.replayed[:count],
            gradients=self.gradients[:count],
            targets=targets,
            index=index,
        )

    def _rank(self, target: Target) -> tuple[Any, ...]:
        """Prefer ∂J/∂v to local derivatives to summands to values, and values with a name."""
        named = target.of in self.named
        by_named = target.by in self.named
        kind = _BEFORE[target.kind]
        beyond = target.of in self.beyond and target.kind != "value"
        mirrored = operation(self.step.graph.nodes[target.of]) == "negative"
        order = (beyond, mirrored, not named, not by_named, -target.of, -target.by)
        return (kind, target.transposed, *order)


def flat(arrays: Sequence[Any]) -> Any:
    """Return one value's arrays of all replays as one vector."""
    return np.concatenate([np.ravel(np.asarray(array, float)) for array in arrays])
