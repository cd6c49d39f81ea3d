"""Parameters moved by more than a multiple of the gradient: clipping, Adagrad, RMSProp, Adam.

There the step is no straight function of the gradient, but all it takes from this step's values is
gradients: every way from the new value back to the forward pass leads through one.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .descent import Fit, changes, gradient_of
from .graph import Node, inputs
from .held import own_label, own_values
from .reading import Reading
from .step import Learned, source_of

_NOTHING = 1e-9  # of the greatest gradient
_UPWARD = 0.3  # correlation of step and gradient from which on a step is called one up the slope,
_SURELY = 0.9  # or share of the elements whose own correlation is this high


def adapts(reading: Reading, one: Learned, fit: Fit) -> Fit:
    """Return a fit that counts such a step as a descent, or as an ascent by its sign."""
    if fit.kind != "other" or not _through_gradients(reading, one):
        return fit
    moved = changes(one, reading.replayed)
    sloped = np.array([gradient_of(one, found) for found in reading.gradients])
    if not np.any(sloped) or _leaves_out(reading, one, sloped):
        return fit
    d_moved, d_sloped = moved - moved.mean(axis=0), sloped - sloped.mean(axis=0)
    together = np.sum(d_moved * d_sloped, axis=0)
    norms = np.linalg.norm(d_moved, axis=0) * np.linalg.norm(d_sloped, axis=0)
    total = float(np.linalg.norm(d_moved) * np.linalg.norm(d_sloped))
    some = together.size > 1 and np.mean(together > _SURELY * norms) > _UPWARD
    upward = some or (total > 0 and float(together.sum()) > _UPWARD * total)
    return replace(fit, kind="ascends" if upward else "descends", scale=0.0)


def _through_gradients(reading: Reading, one: Learned) -> bool:
    """Whether each new value depends on the forward pass through its own gradient alone."""
    every = of_parameters(reading)
    changed = reading.step.parts.get(one.old[0].number)
    if changed is not None:
        return all(
            _only_gradients(reading, [change.term], one.old[0], {change.new.number}, every)
            for change, _ in changed
        )
    return all(
        _only_gradients(reading, inputs(new), old, own_values(reading, old), every)
        for new, old in zip(one.new, one.old, strict=True)
    )


def _leaves_out(reading: Reading, one: Learned, sloped: Any) -> bool:
    """Whether elements have a gradient that the step, which changes parts, does not touch."""
    changed = reading.step.parts.get(one.old[0].number)
    if changed is None:
        return False
    left = np.ones(sloped.shape[1], bool)
    for _, elements in changed:
        left[elements] = False
    return bool(np.any(np.abs(sloped[:, left]) > _NOTHING * np.max(np.abs(sloped))))


def _only_gradients(
    reading: Reading, begin: Sequence[Node], old: Node, own: set[int], every: set[int]
) -> bool:
    """Walk back from a new value; other parameters' gradients may enter a single number, a norm."""
    values = reading.replayed[0]
    many = max(np.size(values[node.number]) for node in begin) > 1
    stack = [(node, False) for node in begin]
    seen, met = set[int](), False
    while stack:
        node, single = stack.pop()
        if node is old or node.number in seen or node.number not in reading.step.moving:
            continue
        seen.add(node.number)
        single = single or (many and np.size(values[node.number]) == 1)
        if own_label(reading, node.number, every if single else own) is not None:
            met = True
        elif node.number <= reading.step.start or node.number in reading.gradients[0]:
            return False
        elif any(source_of(used).number in reading.step.data for used in inputs(node)):
            return False  # an optimizer knows no data
        else:
            stack.extend((used, single) for used in inputs(node))
    return met


def of_parameters(reading: Reading) -> set[int]:
    """Return the parameters' old values and the parts and transposes of them."""
    direct = reading.step.old | _changed(reading)
    for node in reading.passing:
        if inputs(node)[0].number in direct:
            direct.add(node.number)
    return direct


def _changed(reading: Reading) -> set[int]:
    """Return the changes of parts of parameters: each stands for the part that it changes."""
    every = reading.step.parts.values()
    return {change.new.number for changed in every for change, _ in changed}
