"""The role of each labelled value: error signal, local derivative, chain rule, a gradient's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .fingerprints import over
from .graph import Node, inputs, write_through
from .operations import operation
from .optimizer import of_parameters
from .reading import Label, Reading, Target
from .record import Role
from .step import PASSING, PRODUCTS, only_scales

_SIGNALS = ("gradient", "part")
_ADDING = ("add", "sum", "mean", "einsum", "subtract")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A value of the backward pass, its role, and the labelled values it was computed from."""

    node: Node
    role: Role
    label: Label
    sources: tuple[tuple[int, Label], ...]


def sources(reading: Reading, node: Node) -> list[tuple[int, Label]]:
    """Return the nearest labelled values that a value was computed from."""
    found: dict[int, Label] = {}
    stack, seen = inputs(node), set[int]()
    while stack:
        one = stack.pop()
        if one.number in seen or one.number not in reading.step.moving:
            continue
        seen.add(one.number)
        label = reading.best(one.number)
        if one.number in reading.gradients[0] and one.number not in reading.errors:
            label = Label(Target("value", one.number), 1.0)
        if label is not None:
            found[one.number] = label
        elif one.number > reading.step.start:
            stack.extend(inputs(one))
    return sorted(found.items())


def labelled(reading: Reading) -> list[Labelled]:
    """Return every labelled value of the backward pass with its role, in order."""
    direct = of_parameters(reading)
    changing = {reading.step.place(node) for one in reading.step.learned for node in one.new}
    roles: dict[int, Role] = {}
    result = []
    every = reading.errors | {node.number: node for node in reading.backward}
    for _, node in sorted(every.items()):
        labels = reading.labels.get(node.number)
        if not labels or labels[0].target.kind == "value":
            continue
        at_update = reading.step.place(node) in changing
        label = _meant(reading, node, labels, direct, at_update)
        found = sources(reading, node)
        role = _role(reading, node, label, found, direct, roles)
        roles[node.number] = role
        stepping = _is_step(reading, node, role, found, roles, at_update)
        if operation(node) not in PASSING and not stepping:
            result.append(Labelled(node, role, label, tuple(found)))
    return result


def _meant(
    reading: Reading, node: Node, labels: Sequence[Label], direct: set[int], changing: bool
) -> Label:
    """Choose between ∂J/∂z and ∂J/∂b where they are the same, z being a product plus b.

    A product is on its way to z; a sum over rows, or what is added up, is the bias's.
    """
    adds = _adds_up(node) and node.number not in reading.errors
    for label in labels:
        if label.target.kind in _SIGNALS and (label.target.of in direct) == (adds or changing):
            return label
    return labels[0]


def _adds_up(node: Node) -> bool:
    """Whether a value is a sum, or adds to what was there before."""
    if node.function is write_through:
        return getattr(node.arguments[2], "__name__", "") in ("iadd", "isub", "add", "subtract")
    return operation(node) in _ADDING


def _is_step(
    reading: Reading,
    node: Node,
    role: Role,
    found: Sequence[tuple[int, Label]],
    roles: Mapping[int, Role],
    changing: bool,
) -> bool:
    """Whether a value is a gradient times the step size: no gradient arises there."""
    if not only_scales(reading.step, node) or not (changing or role == "parameter_gradient"):
        return False
    made = [reading.step.place(reading.step.graph.nodes[number]) for number, _ in found]
    kinds = [roles.get(number) for number, _ in found]
    return kinds == [role] and made != [reading.step.place(node)]


def _role(
    reading: Reading,
    node: Node,
    label: Label,
    found: list[tuple[int, Label]],
    direct: set[int],
    roles: dict[int, Role],
) -> Role:
    if label.target.kind == "local":
        return "local_derivative"
    if label.target.of in direct:
        return "parameter_gradient"
    signals = [
        (number, one)
        for number, one in found
        if one.target.kind in _SIGNALS and one.target.of not in reading.beyond
    ]
    if not signals:
        return "error_signal"
    for number, one in signals:
        if one.target == label.target and number in roles:
            return roles[number]
        if number in roles and _proportional(reading, node.number, number):
            return roles[number]
    return "chain_rule"


def _proportional(reading: Reading, one: int, other: int) -> bool:
    """Whether two values are the same up to a factor, at every replay."""
    first, second = over(reading.replayed, one), over(reading.replayed, other)
    if first is None or second is None or first.size != second.size:
        return False
    scale = float(first @ second) / max(float(second @ second), 1e-300)
    return bool(np.allclose(first, scale * second, rtol=1e-7, atol=1e-10 * np.abs(first).max()))


def inline_derivative(reading: Reading, one: Labelled) -> Label | None:
    """Return the local derivative that a chain-rule line computes without a value of its own.

    A product δ·s·(1 − s) holds it only as the quotient of what comes out and what went in.
    """
    if one.role != "chain_rule" or any(label.target.kind == "local" for _, label in one.sources):
        return None
    value = over(reading.replayed, one.node.number)
    for number, label in one.sources:
        if label.target.kind not in _SIGNALS:
            continue
        incoming = over(reading.replayed, number)
        if value is None or incoming is None or incoming.size != value.size:
            continue
        with np.errstate(all="ignore"):
            labels = reading.look_up(value / incoming)
        if labels and not any(found.target.kind == "value" for found in labels):
            return labels[0] if labels[0].target.kind == "local" else None
    return None


def multiplies(reading: Reading) -> bool:
    """Whether links are multiplied: at a line of the chain rule, or ∂J/∂z with an input for ∂J/∂W.

    A gradient that is only a sum, a step or a quotient of differences is none.
    """
    for one in labelled(reading):
        if one.role == "chain_rule":
            return True
        is_product = operation(one.node) in PRODUCTS and not only_scales(reading.step, one.node)
        signals = [label for _, label in one.sources if label.target.kind in _SIGNALS]
        if one.role == "parameter_gradient" and is_product and signals:
            return True
    return False
