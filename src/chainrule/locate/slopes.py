"""Whether a derivative is missing where ∂J/∂a is sent on, or another one stands in its place."""

import numpy as np

from .fingerprints import over
from .graph import Node, inputs
from .operations import operation
from .reading import Reading, Target, flat
from .roles import sources


def is_nearer_the_loss(reading: Reading, node: Node, target: Target) -> bool:
    """Whether a value is ∂J/∂v, or made of a ∂J/∂v, of a v that is computed from the target's.

    Only then does a factor lead from the one to the other.
    """
    made_of = [node.number, *(number for number, _ in sources(reading, node))]
    labels = [label for number in made_of for label in reading.labels.get(number, ())]
    signals = [one.target.of for one in labels if one.target.kind in ("gradient", "part")]
    nodes = reading.step.graph.nodes
    before = reading.step.ancestors([nodes[n] for n in signals])
    used = {used.number for n in before for used in inputs(nodes[n])}
    return target.of in before | used


def has_own_slope(reading: Reading, node: Node) -> bool:
    """Whether ∂J/∂a is multiplied, element by element, by what is no derivative of a.

    A factor that differs from element to element stands where ∂a/∂z belongs: none is missing.
    """
    curved = activated(reading)
    labels = [(one, reading.best(one.number)) for one in _factors(reading, node)]
    signal = any(
        label.target.kind in ("gradient", "part") and label.target.of in curved
        for _, label in labels
        if label is not None
    )
    return signal and any(
        label is None and one.number not in reading.gradients[0] and _varies(reading, one)
        for one, label in labels
    )


def _factors(reading: Reading, node: Node) -> list[Node]:
    """Return what a value is the product of, and divided by."""
    found: list[Node] = []
    stack = [node]
    while stack:
        one = stack.pop()
        unknown = one is node or one.number not in reading.labels
        if unknown and operation(one) in ("multiply", "divide"):
            stack += [used for used in inputs(one) if used.number in reading.step.moving]
        else:
            found.append(one)
    return found


def _varies(reading: Reading, node: Node) -> bool:
    value = over(reading.replayed, node.number)
    return value is not None and bool(np.ptp(value) > 1e-9 * np.max(np.abs(value)))


def activated(reading: Reading) -> set[int]:
    """Return the values that are a curved function of another, element by element."""
    found = set[int]()
    for one, arrays in reading.targets.items():
        if one.kind == "local" and one.of not in found and np.ptp(flat(arrays)) > 0:
            found.add(one.of)
    return found
