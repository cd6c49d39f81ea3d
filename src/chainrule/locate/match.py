"""Which partial derivative each value of a backward pass is, told by numbers over all replays.

Targets are computed from the forward pass: ∂J/∂v of every value v, the part of it that comes
through one use of v, sums of such parts in the order a loop adds them, ∂a/∂u of values that are one
elementwise function of another, and the values themselves.  A value that is proportional to a
target at every replay has its label; what is proportional to none has none.
"""

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from .draws import Values
from .fingerprints import over
from .graph import Node, inputs
from .losses import Candidate
from .operations import operation
from .pullbacks import gradients
from .reading import Label, Reading, Target, flat
from .source import has_literal_operand
from .step import PASSING, Step

_ELEMENTWISE = {
    *("add", "subtract", "multiply", "divide", "power", "negative", "exp", "log", "log1p", "tanh"),
    *("maximum", "minimum", "where", "absolute", "square", "sqrt", "clip", "sinh", "cosh", "expit"),
    *("reciprocal", "arctan", "sin", "cos", "copy", "positive", "expm1", "logaddexp", "sign"),
}
_LOCAL_HOPS = 14  # operations in one activation function
MOST_PARTS = 200  # uses of one value whose contributions are also added up
_MOST_LOCAL = 4000  # forward nodes up to which local derivatives are computed


def differentiate(
    step: Step,
    candidate: Candidate,
    replayed: Sequence[Values],
    parts: list[dict[tuple[int, int, int], Any]] | None = None,
) -> tuple[list[Node], list[Mapping[int, Any]]]:
    """Return a loss's forward pass and ∂J/∂node of all its nodes, one mapping a replay."""
    numbers = step.ancestors(candidate.roots)
    forward = [step.graph.nodes[number] for number in sorted(numbers)]
    found: list[Mapping[int, Any]] = []
    for k, values in enumerate(replayed):
        kept = parts[k] if parts is not None else None
        seeds = candidate.seeds(values)
        with np.errstate(all="ignore"):
            swept = gradients(seeds, forward, values, step.boundary, kept)
        found.append({number: swept[number] for number in swept if number in step.moving})
    return forward, found


def read(
    step: Step,
    candidate: Candidate,
    replayed: Sequence[Values],
    named: Container[int] = (),
    outputs: Sequence[Node] = (),
    errors: Sequence[Node] = (),
) -> Reading:
    """Return a step read with a loss: every value of its backward pass with its labels.

    `named` nodes give the clearer names, `outputs` are the predictions, `errors` o − y.
    """
    parts: list[dict[tuple[int, int, int], Any]] = [{} for _ in replayed]
    forward, found = differentiate(step, candidate, replayed, parts)
    own = {node.number for node in forward}
    used = step.ancestors([node for one in step.learned for node in one.new])
    backward = [step.graph.nodes[number] for number in sorted(used - own)]
    beyond = descendants(forward, outputs)
    reading = Reading(step, candidate, replayed, forward, backward, found, named, outputs, beyond)
    reading.passing = [one for one in forward if operation(one) in PASSING and inputs(one)]
    _add_gradients(reading)
    _add_changed_parts(reading)
    _add_parts(reading, parts)
    _add_local(reading)
    _add_values(reading)
    _add_errors(reading, errors)
    for node in backward:
        labels = _credible(reading, node, reading.look_up(over(replayed, node.number)))
        labels = _not_recomputed(labels)
        if labels:
            reading.labels[node.number] = labels
    return reading


def _add_errors(reading: Reading, errors: Sequence[Node]) -> None:
    """Label the differences o − y, also those that the loss is computed from."""
    own = {node.number for node in reading.backward}
    read_back = {used.number for node in reading.backward for used in inputs(node)}
    for node in errors:
        if node.number in own or node.number in read_back:
            labels = reading.look_up(over(reading.replayed, node.number))
            labels = [label for label in labels if label.target.of not in reading.beyond]
            if labels and labels[0].target.kind == "gradient":
                reading.errors[node.number] = node
                reading.labels[node.number] = labels


def _credible(reading: Reading, node: Node, labels: list[Label]) -> list[Label]:
    """Drop what is true by coincidence: with a label y of 1, 1 − out is the error out − y.

    A gradient that is computed from no other gradient is the error signal: it is no sum with a
    written number, and no value of the forward pass.
    """
    if not labels or labels[0].target.kind not in ("gradient", "part"):
        return labels
    if node.number in reading.errors:
        return labels
    used = [one.number for one in inputs(node)]
    if any(
        label.target.kind in ("gradient", "part")
        for n in used
        for label in reading.labels.get(n, ())
    ):
        return labels
    others = [
        label
        for label in labels
        if label.target.kind == "value" and label.target.of not in reading.beyond
    ]
    sums = operation(node) in ("add", "subtract")
    if others or (sums and has_literal_operand(reading.step.graph.positions[node.position])):
        return others
    return labels


def _not_recomputed(labels: list[Label]) -> list[Label]:
    """Take a value of the forward pass computed again for that, not for a derivative it equals."""
    again = [one for one in labels if one.target.kind == "value" and abs(one.scale - 1) < 1e-9]
    return again if again and labels[0].target.kind == "local" else labels


def _add(reading: Reading, target: Target, arrays: Sequence[Any]) -> None:
    """Note a target, also transposed if it is a matrix."""
    shape = np.shape(arrays[0])
    reading.targets[target] = [np.asarray(array, float) for array in arrays]
    reading.index.add(target, flat(arrays))
    if len(shape) == 2 and min(shape) > 1 and not target.transposed:
        turned = Target(target.kind, target.of, target.by, transposed=True)
        _add(reading, turned, [np.asarray(array).T for array in arrays])


def _add_gradients(reading: Reading) -> None:
    for number in sorted(reading.gradients[0], reverse=True):
        if all(number in found for found in reading.gradients):
            arrays = [found[number] for found in reading.gradients]
            _add(reading, Target("gradient", number), arrays)


def _add_changed_parts(reading: Reading) -> None:
    """Note the gradient of each part of an array that a line changes, named as the line has it."""
    for number, changed in reading.step.parts.items():
        if any(number not in found for found in reading.gradients):
            continue
        whole = [np.ravel(np.asarray(found[number], float)) for found in reading.gradients]
        for change, elements in changed:
            target = Target("gradient", change.new.number)
            _add(reading, target, [gradient[elements] for gradient in whole])


def _add_parts(reading: Reading, parts: Sequence[Mapping[tuple[int, int, int], Any]]) -> None:
    """Note what each use of a value adds to its gradient, and the sums of them, both ways round."""
    uses: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for key in sorted(parts[0]):
        if key[2] in reading.step.moving and all(key in part for part in parts):
            uses[key[2]].append(key)
    for number, keys in uses.items():
        if len(keys) < 2:
            continue
        for key in keys:
            target = Target("part", number, key[0] * 8 + key[1])
            _add(reading, target, [part[key] for part in parts])
        if 2 < len(keys) <= MOST_PARTS:
            for first, order in ((0, keys), (MOST_PARTS, keys[::-1])):
                sums = [list(accumulate(part[key] for key in order)) for part in parts]
                for k in range(1, len(keys) - 1):
                    _add(reading, Target("part", number, -first - k - 1), [s[k] for s in sums])


def descendants(nodes: Sequence[Node], roots: Sequence[Node]) -> set[int]:
    """Return the numbers of the nodes computed from some of them, without these."""
    own = {root.number for root in roots}
    found = set(own)
    for node in nodes:
        if any(used.number in found for used in inputs(node)):
            found.add(node.number)
    return found - own


def _add_local(reading: Reading) -> None:
    """Note ∂a/∂u where a is made of u element by element."""
    if len(reading.forward) > _MOST_LOCAL:
        return
    moving = {node.number: node for node in reading.forward}
    for node in reading.forward:
        if operation(node) in _ELEMENTWISE and node.number not in reading.beyond:
            _add_local_of(reading, node, moving)


def _add_local_of(reading: Reading, node: Node, moving: Mapping[int, Node]) -> None:
    values = reading.replayed[0]
    shape = np.shape(values[node.number])
    inside, stack = {node.number}, [(node, 0)]
    while stack:
        one, depth = stack.pop()
        if depth >= _LOCAL_HOPS or operation(one) not in _ELEMENTWISE:
            continue
        for used in inputs(one):
            known = used.number in reading.step.moving and used.number not in inside
            if known and np.shape(values[used.number]) == shape:
                inside.add(used.number)
                stack.append((used, depth + 1))
    order = [moving[number] for number in sorted(inside) if number in moving]
    order = [one for one in order if operation(one) in _ELEMENTWISE]
    swept = []
    for one_replay in reading.replayed:
        with np.errstate(all="ignore"):
            seeds = {node.number: np.ones(shape) if shape else 1.0}
            swept.append(gradients(seeds, order, one_replay))
    for number in sorted(inside - {node.number}):
        if all(number in found for found in swept):
            _add(reading, Target("local", node.number, number), [found[number] for found in swept])


def _add_values(reading: Reading) -> None:
    step = reading.step
    numbers = {node.number for node in reading.forward} | step.old | step.data
    for number in sorted(numbers):
        arrays = [values[number] for values in reading.replayed]
        if all(np.asarray(array).dtype.kind in "fiub" for array in arrays):
            _add(reading, Target("value", number), arrays)
