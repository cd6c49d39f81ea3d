"""Parameters moved by more than a multiple of the gradient: clipping, Adagrad, RMSProp, Adam.

There the step is no straight function of the gradient, but all it takes from this step's values is
gradients: every way from the new value back to the forward pass leads through one.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .descent import Fit, gradient_of
from .draws import Values, fill_in
from .graph import Node, inputs
from .held import own_label, own_values
from .reading import Reading
from .step import Learned, source_of

_NOTHING = 1e-9  # of the greatest gradient
_LITTLE = 1e-4  # of a gradient: so little that an optimizer's memory outweighs it
_SURELY = 0.95  # of the elements move so, more than go the other way


def adapts(reading: Reading, one: Learned, fit: Fit) -> Fit:
    """Return a fit that counts such a step as a descent, or as an ascent by its sign."""
    if fit.kind != "other" or one.handed:
        return fit
    taken = _taken(reading, one)
    sloped = np.array([gradient_of(one, found) for found in reading.gradients])
    if not taken or not np.any(sloped) or _leaves_out(reading, one, sloped):
        return fit
    against = _against(reading, one, taken, sloped)
    if not against.size:
        return fit
    if np.mean(against) > _SURELY:
        return replace(fit, kind="descends", scale=0.0)
    parts = len(one.old) > 1 and np.all(np.abs(against) > _SURELY)  # single numbers: some go up
    upward = parts or np.mean(against) < -_SURELY
    return replace(fit, kind="ascends", scale=0.0) if upward else fit


def _against(reading: Reading, one: Learned, taken: set[int], sloped: Any) -> Any:
    """Return how surely each element moves against its own gradient: 1, or −1 if along with it.

    A step with a memory of earlier gradients may go up this one; but where this one is nearly
    nothing, a little of it moves each element down, or up if the sign is wrong.  Elements that do
    not move are left out.
    """
    signs = []
    for values, slopes in zip(reading.replayed, sloped, strict=True):
        less, more = (_moved(reading, one, values, taken, part) for part in (-_LITTLE, _LITTLE))
        change = (more - less) * np.sign(slopes)
        felt = np.isfinite(change) & (np.abs(slopes) > _NOTHING * np.max(np.abs(slopes)))
        felt &= np.abs(change) > _NOTHING * np.max(np.abs(change[felt]), initial=0.0)
        signs.append(np.where(felt, -np.sign(change), 0.0))
    counts = np.sum(np.abs(signs), axis=0)
    return np.sum(signs, axis=0)[counts > 0] / counts[counts > 0]


def _moved(reading: Reading, one: Learned, values: Values, taken: set[int], part: float) -> Any:
    """Return a parameter's new value where only a part of its own gradient is taken."""
    given = {number: np.asarray(values[number], float) * part for number in taken}
    affected, again = set(given), []
    for node in reading.backward:
        if node.number not in given and any(used.number in affected for used in inputs(node)):
            affected.add(node.number)
            again.append(node)
    changed = Values(values, given)
    fill_in(reading.step, changed, again)
    return one.values(changed, "new")


def _leaves_out(reading: Reading, one: Learned, sloped: Any) -> bool:
    """Whether elements have a gradient that the step, which changes parts, does not touch."""
    changed = reading.step.parts.get(one.old[0].number)
    if changed is None:
        return False
    left = np.ones(sloped.shape[1], bool)
    for _, elements in changed:
        left[elements] = False
    return bool(np.any(np.abs(sloped[:, left]) > _NOTHING * np.max(np.abs(sloped))))


def _taken(reading: Reading, one: Learned) -> set[int]:
    """Return the gradients of its own through which alone new values depend on the forward pass.

    None if they depend on it otherwise, too.
    """
    every = of_parameters(reading)
    changed = reading.step.parts.get(one.old[0].number)
    if changed is not None:
        walks = [([change.term], one.old[0], {change.new.number}) for change, _ in changed]
    else:
        pairs = zip(one.new, one.old, strict=True)
        walks = [(inputs(new), old, own_values(reading, old)) for new, old in pairs]
    found = set[int]()
    for begin, old, own in walks:
        met = _gradients_met(reading, begin, old, own, every)
        if not met:
            return set()
        found |= met
    return found


def _gradients_met(
    reading: Reading, begin: Sequence[Node], old: Node, own: set[int], every: set[int]
) -> set[int]:
    """Walk back from a new value; other parameters' gradients may enter a single number, a norm."""
    values = reading.replayed[0]
    many = max(np.size(values[node.number]) for node in begin) > 1
    stack = [(node, False) for node in begin]
    seen, met = set[int](), set[int]()
    while stack:
        node, single = stack.pop()
        if node is old or node.number in seen or node.number not in reading.step.moving:
            continue
        seen.add(node.number)
        single = single or (many and np.size(values[node.number]) == 1)
        if own_label(reading, node.number, own) is not None:
            met.add(node.number)
        elif single and own_label(reading, node.number, every) is not None:
            continue
        elif node.number <= reading.step.start or node.number in reading.gradients[0]:
            return set()
        elif any(source_of(used).number in reading.step.data for used in inputs(node)):
            return set()  # an optimizer knows no data
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
