"""Which loss a program descends: the ones it may be, written in the code or only implied.

A loss is written if the code computes it.  It is implied where predictions o meet what is fixed
(labels y) in a difference o − y or a quotient y / o: the error signal then tells the loss.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .draws import Values
from .graph import Node, fill, inputs, write_through
from .operations import operation
from .source import has_literal_operand
from .step import Step, source_of

_SINKS = 12  # written losses tried, the last ones first
_SAME = 1e-9
_ONE = 1e-3  # how far from 1 probabilities may add up, for the ε that programs add


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a prediction meets its label: error = sign · (o − y), or ±y / o if sign is 0."""

    error: Node
    output: Node
    sign: int

    def label(self, values: Values) -> Any:
        """Return y; in a quotient it is never negative: -y / o is the error of −y ln o."""
        output = np.asarray(values[self.output.number], float)
        error = np.asarray(values[self.error.number], float)
        return np.abs(error * output) if self.sign == 0 else output - self.sign * error


def _half_squared(output: Any, label: Any) -> Any:
    return output - label


def _binary_cross_entropy(output: Any, label: Any) -> Any:
    return (output - label) / (output * (1 - output))


def _cross_entropy(output: Any, label: Any) -> Any:
    return -label / output


def _absolute(output: Any, label: Any) -> Any:
    return np.sign(output - label)


def _poisson(output: Any, label: Any) -> Any:
    return 1 - label / output


IMPLIED: dict[str, Callable[[Any, Any], Any]] = {  # ∂J/∂o of each loss that may be implied
    "half_squared_error": _half_squared,
    "softmax_cross_entropy": _cross_entropy,
    "binary_cross_entropy": _binary_cross_entropy,
    "absolute_error": _absolute,
    "poisson": _poisson,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A loss that a program may descend: a value it computes, or a form at its outputs."""

    form: str
    contacts: tuple[Contact, ...] = ()
    value: Node | None = None

    @property
    def roots(self) -> list[Node]:
        """The nodes at which the loss is differentiated first."""
        if self.value is not None:
            return [self.value]
        return list({contact.output.number: contact.output for contact in self.contacts}.values())

    def seeds(self, values: Values) -> dict[int, Any]:
        """Return ∂J/∂root of each root."""
        if self.value is not None:
            return {self.value.number: np.ones_like(values[self.value.number], float)}
        found: dict[int, Any] = {}
        for contact in self.contacts:
            if contact.output.number not in found:
                output = np.asarray(values[contact.output.number], float)
                found[contact.output.number] = IMPLIED[self.form](output, contact.label(values))
        return found


def contacts(step: Step, replayed: Sequence[Values]) -> list[Contact]:
    """Return where the step's predictions meet labels."""
    found = []
    own = {node.number for one in step.learned for node in one.old}
    read = {used.number for node in step.reach for used in inputs(node)}
    for node in step.reach:
        if node.number not in step.moving or node.function is None:
            continue
        if node.number not in read:
            continue  # the last sum of a loss: total + this row's
        contact = _contact(step, node, replayed)
        if contact and contact.output.number not in own:
            found.append(contact)
    return found


def _contact(step: Step, node: Node, replayed: Sequence[Values]) -> Contact | None:
    name = operation(node)
    if name in ("add", "subtract") and len(node.arguments) == 2:
        if has_literal_operand(step.graph.positions[node.position]):
            return None
        return _difference(step, node, name, replayed)
    if node.function is write_through:
        return _in_place(step, node, replayed)
    if name == "divide" and len(node.arguments) == 2:
        over = node.arguments[1]
        mirrored = type(over) is Node and operation(over) == "subtract"
        if _moves(step, over) and not _moves(step, node.arguments[0]) and not mirrored:
            literal = has_literal_operand(step.graph.positions[node.position])
            return None if literal else Contact(node, over, 0)
    return None


def _moves(step: Step, value: Any) -> bool:
    return type(value) is Node and value.number in step.moving and value.number > step.start


def _difference(step: Step, node: Node, name: str, replayed: Sequence[Values]) -> Contact | None:
    left, right = node.arguments
    if _moves(step, left) == _moves(step, right):
        return None
    if type(left) is Node and type(right) is Node and {left.number, right.number} & step.old:
        return None
    output, other = (left, right) if _moves(step, left) else (right, left)
    if name == "add" and not np.any(fill(other, replayed[0])):
        return None  # the beginning of a sum, not a label
    sign = 1 if output is left else (1 if name == "add" else -1)
    values = replayed[0]
    if np.shape(values[node.number]) != np.shape(values[output.number]):
        return None
    return Contact(node, copied(output), sign)


def copied(node: Node) -> Node:
    """Return the value that a node is a copy of: however often it is read, it is one prediction.

    Reading a single element of an array copies it, once for the loss and once for the gradient.
    """
    while operation(node) == "copy" and type(node.arguments[0]) is Node:
        node = node.arguments[0]
    return node


def _in_place(step: Step, node: Node, replayed: Sequence[Values]) -> Contact | None:
    """Find probs[range(N), y] -= 1: by how much it changes does not depend on parameters."""
    base = node.arguments[0]
    if type(base) is not Node or not _moves(step, base := copied(base)):
        return None
    changes = [
        np.asarray(values[node.number], float) - np.asarray(values[base.number], float)
        for values in replayed[:2]
        if np.shape(values[node.number]) == np.shape(values[base.number])
    ]
    if len(changes) < 2 or changes[0].shape != changes[1].shape or not np.any(changes[0]):
        return None
    same = np.allclose(changes[0], changes[1], rtol=0, atol=_SAME)
    return Contact(node, base, 1) if same else None


def plausible(form: str, some: Sequence[Contact], replayed: Sequence[Values]) -> bool:
    """Whether outputs and labels are such as a loss of this form has."""
    for contact in some:
        for values in replayed[:2]:
            output = np.asarray(values[contact.output.number], float)
            if form == "half_squared_error" or form == "absolute_error":
                continue
            if not np.all(output > 0):
                return False
            if form != "poisson" and not np.all(output <= 1):
                return False
            if form == "softmax_cross_entropy":
                whole = _whole(contact.output, values)
                single = whole.ndim == 0
                if not (_adds_up(some, values) if single else _is_distribution(whole)):
                    return False
    return True


def _whole(output: Node, values: Values) -> Any:
    """Return the array that an output is a part of: of probabilities only some may be picked.

    probs[range(n), y] alone do not add up to 1, and their labels are all 1, so that nothing but
    where they come from tells softmax from binary cross-entropy: both are −Σ ln a.
    """
    return np.asarray(values[source_of(output).number], float)


def _adds_up(some: Sequence[Contact], values: Values) -> bool:
    """Whether single predictions add up to 1, or to 1 for each of several rows."""
    outputs = {one.output.number: values[one.output.number] for one in some}
    if any(np.ndim(output) for output in outputs.values()):
        return False
    total = float(sum(outputs.values()))
    return len(outputs) > 1 and round(total) > 0 and abs(total - round(total)) < _ONE


def _is_distribution(output: Any) -> bool:
    return any(np.allclose(output.sum(axis=axis), 1, atol=_ONE) for axis in range(output.ndim))


def candidates(step: Step, replayed: Sequence[Values]) -> list[Candidate]:
    """Return the losses a program may descend: written ones first, one that it names alone."""
    if step.loss is not None:
        return [Candidate("written", value=step.loss)]
    found = [Candidate("written", value=node) for node in _sinks(step, replayed[0])]
    every = contacts(step, replayed)
    groups: dict[Any, list[Contact]] = defaultdict(list)
    for contact in every:
        groups[(contact.error.position, contact.sign == 0)].append(contact)
    last = last_contacts(step, [contact for contact in every if contact.sign])
    if last:
        groups["last"] = last
    seen = set()
    for group in groups.values():
        key = frozenset(contact.output.number for contact in group)
        for form in IMPLIED:
            if (key, form) not in seen and plausible(form, group, replayed):
                seen.add((key, form))
                found.append(Candidate(form, tuple(group)))
    return found


def last_contacts(step: Step, every: Sequence[Contact]) -> list[Contact]:
    """Return the contacts of outputs from which no other output is computed."""
    outputs = {contact.output.number: contact.output for contact in every}
    before = set[int]()
    for output in outputs.values():
        before |= step.ancestors(inputs(output))
    return [contact for contact in every if contact.output.number not in before]


def _is_single(value: Any) -> bool:
    return not isinstance(value, list | tuple) and np.size(value) == 1


def _sinks(step: Step, values: Values) -> list[Node]:
    """Return the single numbers a step computes that change no parameter: the last of each line."""
    used = step.ancestors([node for one in step.learned for node in one.new])
    single = {
        node.number: node
        for node in step.reach
        if node.number in step.moving
        and node.number not in used
        and node.function is not None
        and _is_single(values[node.number])
    }
    read = {one.number for node in single.values() for one in inputs(node) if one.number in single}
    last: dict[int, Node] = {}
    for number, node in single.items():
        if number not in read:
            last[node.position] = node
    return list(last.values())[-_SINKS:]
