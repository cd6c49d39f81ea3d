"""The report on a loss: its name, its penalties, its scale, and the loss that a program shows."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from .descent import gradient_of
from .files import Place
from .graph import inputs
from .losses import Candidate, Contact
from .lossforms import FORMULAS, form_of
from .operations import operation
from .reading import Reading
from .record import Loss, Shown
from .step import PASSING

_PENALTIES = {
    **dict.fromkeys(("power", "square", "multiply", "dot", "vdot", "norm"), "l2"),
    "absolute": "l1",
}


def penalties(reading: Reading) -> dict[int, str]:
    """Return the parameters of which the loss itself has a term, and which: "l1" or "l2"."""
    found: dict[int, str] = {}
    if reading.candidate.value is None:
        return found
    own = {number: number for number in reading.step.old}
    for node in reading.forward:
        used = inputs(node)
        if len({own.get(one.number, -1) for one in used}) != 1 or used[0].number not in own:
            continue
        if operation(node) in _PENALTIES:
            found[own[used[0].number]] = _PENALTIES[operation(node)]
        elif operation(node) in PASSING:
            own[node.number] = own[used[0].number]
    return found


def descended_scale(held: Sequence[float]) -> float:
    """Return the factor that the program's own gradients have against the loss's."""
    rounded = Counter(float(f"{abs(scale):.9g}") for scale in held)
    return rounded.most_common(1)[0][0] if rounded else 1.0


def squared_name(scale: float, sizes: Sequence[int]) -> str:
    """Return which squared error has the gradient scale·(a − y), as scale alone tells."""
    if np.isclose(scale, 1.0):
        return "half_squared_error"
    if np.isclose(scale, 2.0):
        return "sum_squared_error"
    if any(np.isclose(scale * n, factor) for n in sizes if n > 1 for factor in (1.0, 2.0)):
        return "mean_squared_error"
    return "half_squared_error"


def name_loss(
    reading: Reading,
    contacts: Sequence[Contact],
    held: Sequence[float],
    shown: tuple[Shown, Place | None],
    decays: bool = False,
) -> Loss:
    """Return the report's loss.

    `held` are the scales of the program's gradients; with `decays` its steps let weights decay.
    """
    form = form_of(reading, contacts)
    scale = descended_scale(held)
    name, remaining = form.name, scale
    if name == "half_squared_error":
        total = scale * form.scale
        name = squared_name(total, _sizes(reading))
        remaining = total / {"half_squared_error": 1.0, "sum_squared_error": 2.0}.get(name, total)
    formula = FORMULAS[name]
    value = reading.candidate.value
    place = shown[1] if value is None else reading.step.place(value)
    file, line = place if place is not None and shown[0] == "equal" else ("", None)
    kinds = {"l2"} if decays else set(penalties(reading).values())
    for kind in sorted(kinds if form.name != "unknown" else ()):  # it is all as it is coded
        name += f" + {kind}"
        formula += " + λ Σ W²" if kind == "l2" else " + λ Σ |W|"
    return Loss(name, formula, line, shown[0], remaining, file or None)


def _sizes(reading: Reading) -> list[int]:
    """Return the numbers by which a mean over the step may divide."""
    shapes = [np.shape(reading.replayed[0][node.number]) for node in reading.forward]
    return sorted({n for shape in shapes for n in (*shape, int(np.prod(shape)))})


def shown_loss(
    reading: Reading, written: Sequence[tuple[Candidate, Sequence[Any]]], held: Sequence[float]
) -> tuple[Shown, Place | None]:
    """Return how the loss that the program computes compares to the one it descends, and its line.

    `written` holds each computed loss with its gradients at the replays.
    """
    if not written:
        return "none", None
    own = _at_parameters(reading, reading.gradients) * descended_scale(held)
    answer: tuple[Shown, Place | None] = ("different", None)
    for candidate, found in written:
        other = _at_parameters(reading, found)
        norm = float(other @ other)
        place = reading.step.place(candidate.value) if candidate.value is not None else None
        if norm == 0:
            continue
        ratio = float(own @ other) / norm
        if np.linalg.norm(own - ratio * other) <= 1e-6 * np.linalg.norm(own):
            if np.isclose(ratio, 1.0):
                return "equal", place
            answer = ("scaled", place)
        elif answer[1] is None:
            answer = ("different", place)
    return answer


def _at_parameters(reading: Reading, gradients: Sequence[Any]) -> Any:
    return np.concatenate(
        [gradient_of(one, found) for found in gradients for one in reading.step.learned]
    )
