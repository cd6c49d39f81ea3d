"""The name of a loss, told by its derivative at the predictions, and the loss a program shows.

∂J/∂o of a squared error is c·(o − y), of a cross-entropy −c·y/o, and so on; over replays o moves
and y does not, so each form is a straight line in o whose slope is c: nothing has to be known of y.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .graph import Node, inputs
from .losses import IMPLIED, Contact, copied, plausible
from .lossterms import is_whole
from .operations import operation
from .reading import Reading

_TOLERANCE = 1e-6
_LABEL = 1e-6  # how far a label may be from what labels can be
FORMULAS = {
    "half_squared_error": "½ Σ (a − y)²",
    "sum_squared_error": "Σ (a − y)²",
    "mean_squared_error": "mean of (a − y)²",
    "binary_cross_entropy": "−Σ (y ln a + (1 − y) ln(1 − a))",
    "softmax_cross_entropy": "−Σ y ln a",
    "absolute_error": "Σ |a − y|",
    "huber": "Σ ½(a − y)² near y, a straight line beyond",
    "poisson": "Σ (a − y ln a)",
    "hinge": "Σ max(0, 1 − y a)",
    "unknown": "as the program computes it",
}


def _softmax(axis: int) -> Callable[[Any], Any]:
    def link(z: Any) -> Any:
        if np.ndim(z) <= axis:
            return np.full(np.shape(z), np.nan)
        e = np.exp(z - np.max(z, axis=axis, keepdims=True))
        return e / np.sum(e, axis=axis, keepdims=True)

    return link


_LINKS: list[tuple[str, Callable[[Any], Any]]] = [  # o(z) for which ∂J/∂z = c·(o − y)
    *(("softmax_cross_entropy", _softmax(axis)) for axis in range(3)),
    ("binary_cross_entropy", lambda z: 1 / (1 + np.exp(-z))),
    ("poisson", np.exp),
]


@dataclass(frozen=True, slots=True)
class Form:
    """A loss's name, and c of its gradient as the form has it: c·(a − y) for a squared error."""

    name: str
    scale: float


def _straight(h: Any, o: Any) -> tuple[float, Any] | None:
    """Return c and y of h = c·(o − y) at all replays (rows); None if it is no such line."""
    d_h, d_o = (h[1:] - h[0]).ravel(), (o[1:] - o[0]).ravel()
    norm = float(d_o @ d_o)
    if norm == 0:
        return None
    slope = float(d_h @ d_o) / norm
    if slope == 0 or np.linalg.norm(d_h - slope * d_o) > _TOLERANCE * np.linalg.norm(d_h):
        return None
    return slope, o[0] - h[0] / slope


def _form_at(o: Any, g: Any) -> Form | None:
    """Return the form of a loss by predictions and ∂J/∂o, shapes (replays, size)."""
    if not np.any(g):
        return None
    straight = _straight(g, o)
    if straight:
        return Form("half_squared_error", straight[0])
    inside = bool(np.all(o > 0) and np.all(o < 1))
    if inside:
        constant = g * o
        if np.allclose(constant[1:], constant[0], rtol=_TOLERANCE, atol=1e-9) and np.all(
            constant <= 1e-9
        ):
            return Form("softmax_cross_entropy", float(np.max(-constant)))
        line = _straight(g * o * (1 - o), o)
        if line and _labels("binary_cross_entropy", line[1]):
            return Form("binary_cross_entropy", line[0])
    if np.all(o > 0):
        line = _straight(g * o, o)
        if line and _labels("poisson", line[1]):
            return Form("poisson", line[0])
    return None


def _labels(form: str, y: Any) -> bool:
    """Whether labels are such as a loss of this form has.

    Where every count y is 0, a − y ln a is the prediction itself: any loss that is a straight line
    there, Huber's or |a − y|, has that gradient.
    """
    if np.any(y < -_LABEL) or (form != "poisson" and np.any(y > 1 + _LABEL)):
        return False
    return form == "binary_cross_entropy" or bool(np.any(y > _LABEL))


def _net_form(reading: Reading, nodes: Sequence[Node]) -> Form | None:
    """Return the form of a loss computed from net inputs z, its predictions o nowhere needed.

    Each loss has a link o(z) by which ∂J/∂z = c·(o − y), so it is told though a program computes
    log-probabilities at once: z − ln Σ exp(z), or ln(1 + exp(−z)).
    """
    gradient = _rows(reading, nodes, True)
    for name, link in _LINKS:
        with np.errstate(all="ignore"):
            outputs = np.array(
                [
                    np.concatenate([np.ravel(link(np.asarray(values[n.number]))) for n in nodes])
                    for values in reading.replayed
                ]
            )
            line = _straight(gradient, outputs) if np.all(np.isfinite(outputs)) else None
        if line and _labels(name, line[1]):
            return Form(name, line[0])
    return None


def _meeting(reading: Reading, contacts: Sequence[Contact]) -> list[list[Contact]]:
    """Return the contacts that the loss depends on: all of them, then those of one line."""
    reached = reading.gradients[0]
    known = [one for one in contacts if one.sign and one.output.number in reached]
    groups: dict[int, list[Contact]] = {}
    for one in known:
        groups.setdefault(one.error.position, []).append(one)
    return [known, *groups.values()] if known else []


def _form_with_labels(reading: Reading, some: Sequence[Contact]) -> Form | None:
    """Return the form of a loss whose labels are known: ∂J/∂o is c times what the form has."""
    own = {one.output.number: one for one in some}
    gradient = _rows(reading, [one.output for one in own.values()], True)
    for form in IMPLIED:
        if not plausible(form, some, reading.replayed):
            continue
        with np.errstate(all="ignore"):
            meant = np.array([_meant(form, list(own.values()), v) for v in reading.replayed])
        norm = float(np.sum(meant * meant))
        if not np.isfinite(norm) or norm == 0:
            continue
        scale = float(np.sum(meant * gradient)) / norm
        if (
            scale
            and np.linalg.norm(gradient - scale * meant) <= _TOLERANCE * abs(scale) * norm**0.5
        ):
            return Form(form, scale)
    errors = np.array(
        [_meant("half_squared_error", list(own.values()), v) for v in reading.replayed]
    )
    return _huber(errors, gradient)


def _huber(errors: Any, gradient: Any) -> Form | None:
    """Return Huber's form if ∂J/∂o is c·(o − y) up to a bound and stays there beyond."""
    bound = float(np.max(np.abs(gradient)))
    inside = np.abs(gradient) < 0.9999 * bound
    if not np.any(inside & (errors != 0)) or np.all(inside):
        return None
    scale = float(gradient[inside] @ errors[inside]) / float(errors[inside] @ errors[inside])
    meant = np.clip(scale * errors, -bound, bound)
    return Form("huber", scale) if np.allclose(meant, gradient, rtol=_TOLERANCE) else None


def _meant(form: str, some: Sequence[Contact], values: Any) -> Any:
    parts = [
        IMPLIED[form](np.asarray(values[one.output.number], float), one.label(values))
        for one in some
    ]
    return np.concatenate([np.ravel(part) for part in parts])


def _steps(reading: Reading, g: Any, output: Node) -> Form | None:
    """Return the form of a loss whose gradient takes few values: |a − y|, max(0, 1 − y·a)."""
    sizes = np.unique(np.round(np.abs(g[np.abs(g) > 0]), 12))
    if not 0 < len(sizes) <= 3:
        return None
    names = {operation(node) for node in _between(reading, output)}
    if "absolute" in names or "sign" in names:
        return Form("absolute_error", float(sizes[-1]))
    if names & {"maximum", "where", "clip"} and not names & {"log", "exp", "power", "square"}:
        return Form("hinge", float(sizes[0]))
    return None


def _between(reading: Reading, output: Node) -> list[Node]:
    """Return the forward nodes computed from an output, up to the loss."""
    after = {output.number}
    for node in reading.forward:
        if any(used.number in after for used in inputs(node)):
            after.add(node.number)
    return [node for node in reading.forward if node.number in after and node is not output]


def _rows(reading: Reading, nodes: Sequence[Node], gradient: bool) -> Any:
    rows = []
    for values, found in zip(reading.replayed, reading.gradients, strict=True):
        source: Any = found if gradient else values
        rows.append(np.concatenate([np.ravel(np.asarray(source[n.number], float)) for n in nodes]))
    return np.array(rows)


def _outputs(reading: Reading, contacts: Sequence[Contact]) -> list[list[Node]]:
    """Return groups of nodes that may be the predictions: nearest to the loss first."""
    forward = {node.number for node in reading.forward}
    reached = reading.gradients[0]
    groups: dict[Any, dict[int, Node]] = {}
    for contact in contacts:
        groups.setdefault(contact.error.position, {})[contact.output.number] = contact.output
    every = {k: v for group in groups.values() for k, v in group.items()}
    logs: dict[int, Node] = {}
    for node in reading.forward:
        if operation(node) == "log":
            inner = [copied(one) for one in inputs(node) if one.number in reading.step.moving]
            logs.update({one.number: one for one in _unmirrored(inner, reading)})
    result = [list(every.values()), list(logs.values())]
    result += [list(group.values()) for group in groups.values()]
    arrays = [n for n in reversed(reading.forward) if np.ndim(reading.replayed[0][n.number])]
    result += [[node] for node in arrays[:40]]
    return [
        group
        for group in result
        if group and all(n.number in forward and n.number in reached for n in group)
    ]


def _unmirrored(nodes: Sequence[Node], reading: Reading) -> list[Node]:
    """Return a for 1 − a: of log(a) and log(1 − a) the same prediction is meant."""
    result = []
    for node in nodes:
        moving = [one for one in inputs(node) if one.number in reading.step.moving]
        mirrored = operation(node) == "subtract" and len(moving) == 1
        result.append(copied(moving[0]) if mirrored else node)
    return result


def form_of(reading: Reading, contacts: Sequence[Contact]) -> Form:
    """Return the name of a reading's loss and its scale."""
    if reading.candidate.value is None:
        return Form(reading.candidate.form, 1.0)
    for form, predictions in _told(reading, contacts):
        if form is not None and is_whole(reading, predictions):
            return form
    return Form("unknown", 1.0)


def _told(
    reading: Reading, contacts: Sequence[Contact]
) -> Iterator[tuple[Form | None, Sequence[Node]]]:
    """Yield the forms that a loss has at what may be its predictions, the surest first."""
    for some in _meeting(reading, contacts):
        yield _form_with_labels(reading, some), [one.output for one in some]
    groups = _outputs(reading, contacts)
    for group in groups:
        yield _form_at(_rows(reading, group, False), _rows(reading, group, True)), group
    for group in groups:
        yield _net_form(reading, group), group
    for group in groups:
        yield _steps(reading, _rows(reading, group, True), group[0]), group
