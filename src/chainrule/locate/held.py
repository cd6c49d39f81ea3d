"""The gradient that a program holds for each parameter just before the update."""

from dataclasses import dataclass

import numpy as np

from .graph import Node, inputs
from .reading import Label, Reading
from .step import Learned

_FARTHEST = 400  # values looked at on the way back from an update


@dataclass(frozen=True, slots=True)
class Held:
    """A value that is a parameter's gradient: scale times it.

    Attributes:
        fused: it has no line of its own, the update computes it.
    """

    node: Node
    label: Label
    fused: bool


def is_step(found: Held, size: float) -> bool:
    """Whether a held gradient changes the parameter as it is, by `size` times the gradient."""
    return not found.fused and bool(np.isclose(abs(found.label.scale), abs(size)))


def own_label(reading: Reading, number: int, own: set[int]) -> Label | None:
    """Return the label that says the gradient of one of some values, if there is one."""
    for label in reading.labels.get(number, ()):
        target = label.target
        if target.kind == "gradient" and target.of in own and not target.transposed:
            return label
    return None


def own_values(reading: Reading, old: Node) -> set[int]:
    """Return a parameter's old value and what are parts or transposes of it."""
    found = {
        old.number,
        *(change.new.number for change, _ in reading.step.parts.get(old.number, ())),
    }
    for node in reading.passing:
        if inputs(node)[0].number in found:
            found.add(node.number)
    return found


def held(reading: Reading, one: Learned, of: Node | None = None, step: float = 0.0) -> Held | None:
    """Return the gradient of a parameter (of its first scalar) nearest to its update.

    A value that was assigned counts before one that was not: what follows is the step size.  Of
    values on the update's own lines the one farthest from the update is meant.  With `of`, look
    for another parameter's gradient there; with `step`, look behind a value that is that many times
    the gradient.
    """
    changing = {reading.step.place(node) for node in one.new}
    own = own_values(reading, of if of is not None else one.old[0])
    found: list[Held] = []
    queue, seen = list(inputs(one.new[0])), set[int]()
    while queue and len(seen) < _FARTHEST:
        node = queue.pop(0)
        if node.number in seen or node.number not in reading.step.moving:
            continue
        seen.add(node.number)
        if node.number <= reading.step.start:
            continue
        label = own_label(reading, node.number, own)
        if label is not None:
            found.append(Held(node, label, reading.step.place(node) in changing))
        queue.extend(inputs(node))
    apart = [here for here in found if not here.fused]
    if step:
        apart = [here for here in apart if not is_step(here, step)] or apart
    named = [here for here in apart if here.node.number in reading.named]
    if named or apart:
        return (named or apart)[0]
    return found[-1] if found else None
