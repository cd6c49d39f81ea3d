"""A step computed again with parameters and data drawn anew.

Labels are told apart by numbers: what agrees at several draws agrees as a function.  Branches and
integers stay as recorded, so a program that chooses by its values (the largest of a window) is
drawn near them, where it chooses the same.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from .graph import Node, inputs
from .operations import operation
from .parts import elements
from .replay import compute, undisturbed, value_of
from .step import PASSING, PRODUCTS, Learned, Step, source_of
from .updates import Change

_NEAR = 1e-3  # of a usual move


class Values(dict[int, Any]):
    """Values of a step's nodes at one replay; what it leaves out is as recorded."""

    def __init__(self, recorded: Any, given: dict[int, Any]) -> None:
        super().__init__(given)
        self.recorded = recorded

    def __missing__(self, number: int) -> Any:
        return self.recorded[number]


def record(step: Step) -> list[Node]:
    """Compute the values of a step and of its boundary; return the nodes that came out otherwise.

    Earlier values are dropped after their last use.
    """
    wanted = {used.number for node in step.nodes for used in inputs(node)} | step.data
    wanted |= {node.number for one in step.learned for node in one.old}
    wanted |= {node.number for node in step.reach} | _views_of_data(step)
    wanted |= {used.number for node in step.tail for used in inputs(node)}
    end = step.tail[-1].number if step.tail else step.end
    step.recorded, wrong = compute(step.graph, wanted, end)
    if not wrong:
        step.parts = {one.old[0].number: _parts(step, one) for one in step.learned if one.in_parts}
    return wrong


def _parts(step: Step, one: Learned) -> list[tuple[Change, Any]]:
    """Return the changes that a step makes in parts of a parameter, and of which elements."""
    return [
        (change, elements(change, step.recorded))
        for change in one.chains[0].changes
        if step.start < change.new.number <= step.end
    ]


def _views_of_data(step: Step) -> set[int]:
    """Return the boundary values that are parts of the data: they change with it."""
    parts = set(step.data)
    if parts:
        for node in step.graph.nodes[min(parts) : step.start + 1]:
            if node.function is not None and operation(node) in PASSING:
                used = inputs(node)
                if used and used[0].number in parts:
                    parts.add(node.number)
    return parts


def replays(step: Step, count: int, near: bool = False) -> list[Values]:
    """Return the step's values at parameters and data drawn anew, each time others.

    With `near`, so near to the recorded ones that no choice of the program falls differently.
    """
    parts = sorted(_views_of_data(step) - step.data)
    return [_replay(step, parts, np.random.default_rng(1000 + k), near) for k in range(count)]


def _replay(step: Step, parts: list[int], rng: np.random.Generator, near: bool) -> Values:
    values = Values(step.recorded, {})
    for number in sorted(step.data):
        values[number] = _moved(step.recorded[number], rng, _NEAR if near else 1.0)
    sizes = {} if near else _sizes(step)
    for one in step.learned:
        for node in one.old:
            value, size = step.recorded[node.number], sizes.get(node.number, 1.0)
            drawn = _moved(value, rng, _NEAR) if near else _weights(value, one, rng, size)
            values[node.number] = drawn
    again = [step.graph.nodes[number] for number in parts]
    again += [node for node in step.reach if node.function is not None]
    fill_in(step, values, again)
    return values


def fill_in(step: Step, values: Values, nodes: Iterable[Node]) -> None:
    """Compute nodes from the values given; one that cannot be computed is not a number."""
    with undisturbed():
        for node in nodes:
            if node.number in values:
                continue
            try:
                values[node.number] = value_of(node, values)
            except Exception:  # a domain that the new values leave: no label comes of it
                values[node.number] = np.full(np.shape(step.recorded[node.number]), np.nan)


def _moved(value: Any, rng: np.random.Generator, by: float) -> Any:
    """Return data moved a little; what is constant along an axis (a column of ones) stays."""
    array = np.asarray(value)
    if array.dtype.kind not in "fiu" or (array.ndim == 0 and float(array) == 1.0):
        return value
    noise = rng.standard_normal(array.shape)
    scale = max(float(np.mean(np.abs(array))), 0.2) if array.size else 1.0
    moved = array * (1 + 0.2 * by * noise) + 0.3 * by * scale * rng.standard_normal(array.shape)
    for axis in range(array.ndim):
        ones = np.all(array == 1, axis=axis, keepdims=True)
        moved = np.where(ones & (array.shape[axis] > 1), array, moved)
    if not array.ndim:
        return float(moved)
    return moved.view(type(value)) if isinstance(value, np.ndarray) else moved


def _sizes(step: Step) -> dict[int, float]:
    """Return the root mean square of the data that a parameter is multiplied with, if above 1."""
    found: dict[int, float] = {}
    for node in step.nodes:
        if node.function is None or operation(node) not in PRODUCTS:
            continue
        used = {source_of(one).number for one in inputs(node)}
        for number in used & step.old:
            for other in used & step.data:
                size = float(np.sqrt(np.mean(np.square(np.asarray(step.recorded[other], float)))))
                found[number] = max(size, found.get(number, 1.0))
    return found


def _weights(value: Any, one: Learned, rng: np.random.Generator, size: float) -> Any:
    """Return weights so small that nothing saturates on data of this size, near 1 if all are."""
    array = np.asarray(value, float)
    shape = array.shape or one.shape
    spread = 0.9 / np.sqrt(max(1.0, float(np.mean(shape)))) if len(shape) > 1 else 0.5
    drawn = spread / size * rng.standard_normal(array.shape)
    if array.size > 1 and np.all(array > 0.4):
        drawn = 1 + 0.3 * drawn
    if not array.ndim:
        return float(drawn)
    return drawn.view(type(value)) if isinstance(value, np.ndarray) else drawn
