"""What is worth knowing of a step besides its faults: gradients in vain, units that are flat."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np

from .graph import Node, inputs
from .naming import Names
from .operations import operation
from .reading import Reading, Target
from .record import Note
from .symptoms import unused

_FLAT = 0.01  # of the steepest slope: there a unit learns a hundred times slower
_MOST = 0.5  # share of an activation's values that are so flat
_FAR = 0.9  # an error of a prediction near 1 whose target is 0, or the reverse
_WRONG = 0.25  # share of the predictions that are flat and so far off
_FEWEST = 8  # values of an activation: fewer are flat by chance
_FEWEST_OUTPUTS = 2
_SLOPES: tuple[Callable[[Any], Any], ...] = (  # by the output, 1 at the steepest
    lambda a: 4 * a * (1 - a),  # of σ
    lambda a: 1 - a**2,  # of tanh
)
# what may lead to σ or from it, but is no activation: where σ has no slope, these have none either
_ON_THE_WAY = {"exp", "add", "subtract", "multiply"}


def remarks(reading: Reading, names: Names) -> list[Note]:
    """Return the notes on gradients that nothing uses, and on values that let none come back."""
    return [
        *_in_vain(reading, names),
        *_saturated(reading, names),
        *_wrong_and_flat(reading, names),
        *_dead(reading, names),
        *_fixed(reading, names),
    ]


def _note(reading: Reading, node: Node, kind: str, text: str) -> Note:
    place = reading.step.place(node)
    return Note(place.line, kind, text, place.file or None)


def _in_vain(reading: Reading, names: Names) -> list[Note]:
    """Return the lines none of whose gradients is used: a loop's last may well be left over."""
    found = {node.number: labels[0].target for node, labels in unused(reading)}
    times: dict[int, list[Node]] = defaultdict(list)
    for node in reading.step.nodes:
        times[node.position].append(node)
    notes = []
    for group in times.values():
        target = found.get(group[0].number)
        if target and target.kind == "gradient" and all(node.number in found for node in group):
            text = f"{names.partial(target)} is computed here, and nothing in the step uses it."
            notes.append(_note(reading, group[0], "unused-gradient", text))
    return notes


def _saturated(reading: Reading, names: Names) -> list[Note]:
    """Return the lines whose σ or tanh is flat at most of the values that it had in this step.

    Predictions are left out: near 0 and 1 they are as they should be.
    """
    step = reading.step
    groups: dict[int, tuple[Node, list[Any]]] = {}
    predicted = {node.number for node in reading.outputs}
    for number, slope in _activations(reading).items():
        if number not in predicted and number not in reading.beyond:
            node = step.graph.nodes[number]
            slopes = groups.setdefault(node.position, (node, []))[1]
            slopes.append(np.ravel(slope(np.asarray(step.recorded[number], float))))
    notes = []
    for node, slopes in groups.values():
        values = np.concatenate(slopes)
        share = float(np.mean(values < _FLAT))
        if values.size >= _FEWEST and share > _MOST:
            text = (
                f"{share:.0%} of the values of {names.of(node.number)} are saturated: the slope "
                f"there is below {_FLAT:.0%} of the steepest, so little is learned through them; "
                "smaller weights or inputs help."
            )
            notes.append(_note(reading, node, "saturated", text))
    return notes


def _wrong_and_flat(reading: Reading, names: Names) -> list[Note]:
    """Return the lines of predictions that are far from their targets, where they are flat.

    Where the loss is fused with its output, the slope is no factor of the gradient.
    """
    step, slopes = reading.step, _activations(reading)
    groups: dict[int, list[Node]] = defaultdict(list)
    for node in {node.number: node for node in reading.outputs}.values():
        if node.number in slopes and _error_of(reading, node) is not None:
            groups[node.position].append(node)
    notes = []
    for group in groups.values():
        values = [np.asarray(step.recorded[node.number], float) for node in group]
        pairs = zip(group, values, strict=True)
        flat = _joined([slopes[node.number](value) for node, value in pairs]) < _FLAT
        errors = _joined([_error_of(reading, node) for node in group])
        share = float(np.mean(flat & (abs(errors) > _FAR)))
        if share > (_WRONG if flat.size >= _FEWEST else _MOST) and _has_slope(reading, group):
            text = (
                f"{share:.0%} of {names.of(group[0].number)} is saturated at the wrong end: the "
                f"slope there is below {_FLAT:.0%} of the steepest, so little comes back, however "
                "large the error; smaller start weights or scaled inputs help, or cross-entropy, "
                "whose gradient has no such factor."
            )
            notes.append(_note(reading, group[0], "saturated", text))
    return notes


def _joined(values: list[Any]) -> Any:
    return np.concatenate([np.ravel(value) for value in values])


def _error_of(reading: Reading, output: Node) -> Any:
    """Return the difference of a prediction and its target, if the program computes it."""
    shape = np.shape(reading.step.recorded[output.number])
    for node in reading.errors.values():
        if output in inputs(node):
            error = np.asarray(reading.step.recorded[node.number], float)
            return error if error.shape == shape else None
    return None


def _has_slope(reading: Reading, outputs: list[Node]) -> bool:
    """Whether the gradient by the predictions' net inputs is more than the error times a number."""
    numbers = {node.number: node for node in outputs}
    net = {
        one.by: numbers[one.of]
        for one in reading.targets
        if one.kind == "local" and one.of in numbers
    }
    ratios = []
    for number, labels in reading.labels.items():
        target = labels[0].target
        if target.kind == "gradient" and target.of in net and not target.transposed:
            found = np.asarray(reading.step.recorded[number], float)
            error = _error_of(reading, net[target.of])
            if found.shape == error.shape and error.all():
                ratios.append(found / error)
    return bool(ratios) and not np.allclose(_joined(ratios), ratios[0].flat[0], rtol=1e-6, atol=0)


def _dead(reading: Reading, names: Names) -> list[Note]:
    """Return the lines of ReLUs most of whose units are 0 throughout this step, outputs too."""
    step, predicted = reading.step, {node.number for node in reading.outputs}
    groups: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for number in _rectified(reading):
        groups[step.graph.nodes[number].position, number in predicted].append(number)
    notes = []
    for (_, of_output), numbers in groups.items():
        values = [np.asarray(step.recorded[number], float) for number in numbers]
        value = values[0] if len(values) == 1 else _joined(values)
        share = _silent(value, _FEWEST_OUTPUTS if of_output else _FEWEST)
        if share > _MOST:
            text = (
                f"{share:.0%} of {names.of(numbers[0])} is 0 throughout this step; the slope there "
                "is 0, so no gradient comes back through it. Other start weights, smaller steps "
                "or, of an output, another activation help."
            )
            notes.append(_note(reading, step.graph.nodes[numbers[0]], "dead-units", text))
    return notes


def _silent(value: Any, fewest: int) -> float:
    """Return the share of rows, or of columns, that are all 0; of few values 0."""
    if value.size < fewest:
        return 0.0
    if value.ndim != 2 or not value.any():
        return float(not value.any())
    axes = [axis for axis in (0, 1) if value.shape[axis] >= _FEWEST]
    return max((float((value == 0).all(axis=axis).mean()) for axis in axes), default=0.0)


def _rectified(reading: Reading) -> list[int]:
    """Return the values that are max(0, z), whose derivative is 1 where they are above 0.

    What two operations of the program are to each other, all their values tell together.
    """
    nodes = reading.step.graph.nodes
    places: dict[tuple[int, int], list[Target]] = defaultdict(list)
    for target in reading.targets:
        if target.kind == "local" and not target.transposed and target.of not in reading.beyond:
            places[nodes[target.of].position, nodes[target.by].position].append(target)
    found = []
    for targets in places.values():
        slopes = _joined([np.asarray(part) for one in targets for part in reading.targets[one]])
        out = _joined([values[one.of] for one in targets for values in reading.replayed])
        if np.array_equal(slopes, out > 0) and np.ptp(slopes) and out.min() == 0:
            found += [one.of for one in targets]
    return list(dict.fromkeys(found))


def _fixed(reading: Reading, names: Names) -> list[Note]:
    """Return the lines of predictions that are one number whatever the parameters are."""
    notes, told = [], set[int]()
    for node in reading.outputs:
        values = np.concatenate([np.ravel(one[node.number]) for one in reading.replayed])
        if node.position not in told and np.ptp(values) == 0:
            told.add(node.position)
            text = (
                f"{names.of(node.number)} is {values[0]:g} whatever the parameters are, so no "
                "gradient comes back to them; a softmax, for one, is taken over all values of a "
                "layer: of one number it is always 1."
            )
            notes.append(_note(reading, node, "constant-prediction", text))
    return notes


def _activations(reading: Reading) -> dict[int, Callable[[Any], Any]]:
    """Return the values that are σ or tanh of another one, each with its slope by its output.

    What two operations of the program are to each other, one execution tells for all.
    """
    nodes = reading.step.graph.nodes
    known: dict[tuple[int, int], Callable[[Any], Any] | None] = {}
    found: dict[int, Callable[[Any], Any]] = {}
    for target, (derivative, *_) in reading.targets.items():
        if target.kind != "local" or target.transposed:
            continue
        if operation(nodes[target.of]) in _ON_THE_WAY:
            continue
        places = (nodes[target.of].position, nodes[target.by].position)
        if places not in known:
            known[places] = _slope_of(np.asarray(reading.replayed[0][target.of], float), derivative)
        slope = known[places]
        if slope is not None:
            found.setdefault(target.of, slope)
    return found


def _slope_of(out: Any, derivative: Any) -> Callable[[Any], Any] | None:
    for slope, steepest in zip(_SLOPES, (0.25, 1.0), strict=True):
        if np.allclose(derivative, steepest * slope(out), rtol=1e-8, atol=1e-12):
            return slope
    return None
