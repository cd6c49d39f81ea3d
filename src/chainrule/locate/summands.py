"""What is wrong in a sum of paths: each summand held against the parts of the total derivative."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .fingerprints import over
from .graph import Node, inputs
from .operations import operation
from .reading import Label, Reading, Target, flat

_SIGNS = {"add": (1, 1), "subtract": (1, -1)}
_EQUAL = 1e-4


@dataclass(frozen=True, slots=True)
class Summand:
    """The one summand that is wrong, and the part of the derivative that it should be.

    Attributes:
        label: the part, as the summand holds it with another sign or scale; None if it does not.
        target: the part of the total derivative.
        scale: the factor it should have.
    """

    node: Node
    label: Label | None
    target: Target
    scale: float


def wrong_summand(reading: Reading, node: Node, target: Target, scale: float) -> Summand | None:
    """Return the summand to blame; None if all are right, so that a path is missing, or unclear."""
    right = np.zeros_like(flat(reading.targets[target]))
    strange: list[tuple[Node, int]] = []
    for term, sign in _terms(reading, node, 1):
        part = _part(reading, term, target)
        value = over(reading.replayed, term.number)
        if part is None:
            strange.append((term, sign))
        elif abs(sign * part.scale / scale - 1) > _EQUAL:
            return Summand(term, part, part.target, sign * scale)
        elif value is None or value.shape != right.shape:
            return None
        else:
            right = right + sign * value
    if len(strange) != 1:
        return None
    term, sign = strange[0]
    missing = reading.look_up(scale * flat(reading.targets[target]) - right)
    parts = [one.target for one in missing if one.target.kind in ("part", "gradient")]
    return Summand(term, None, parts[0], sign * scale) if parts else None


def _part(reading: Reading, term: Node, target: Target) -> Label | None:
    """Return which summand of a total derivative a value is."""
    for label in reading.labels.get(term.number, ()):
        same = (label.target.of, label.target.transposed) == (target.of, target.transposed)
        if same and label.target.kind == "part":
            return label
    return None


def _terms(reading: Reading, node: Node, sign: int) -> Sequence[tuple[Node, int]]:
    """Return the summands of a sum written on one line, each with its sign."""
    signs = _SIGNS.get(operation(node), ())
    used = [one for one in inputs(node) if one.number in reading.step.moving]
    if len(used) != len(signs):
        return [(node, sign)]
    found: list[tuple[Node, int]] = []
    for one, own in zip(used, signs, strict=True):
        here = reading.step.place(one) == reading.step.place(node)
        unknown = one.number not in reading.labels and one.number not in reading.gradients[0]
        nested = here and unknown and operation(one) in _SIGNS
        found += _terms(reading, one, sign * own) if nested else [(one, sign * own)]
    return found
