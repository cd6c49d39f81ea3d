"""Does each parameter move against the gradient of a loss, as far as numbers can tell?

A step W' = W − c·G − λ·W + m, with the optimizer's memory m and a decay λ, is told by replaying it
at other parameters: m stays the same, so changes of W' − W must be −c times the changes of G.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .draws import Values
from .step import Learned, Step

TOLERANCE = (
    1e-6  # of a residual; a wrong factor leaves 1e-3 and more, a written ε in log(p + ε) less
)
_NOTHING = 1e-12


@dataclass(frozen=True, slots=True)
class Fit:
    """How a parameter's step depends on the gradient: change = −scale · G − decay · W + memory.

    Attributes:
        kind: "descends", "ascends", "still" (it does not move though its gradient is not zero),
            "other" (the change is no such function of the gradient).
        memory: how large the part is that does not depend on the parameters, against the change.
    """

    kind: str
    scale: float = 0.0
    decay: float = 0.0
    memory: float = 0.0


def gradient_of(one: Learned, gradients: Mapping[int, Any]) -> Any:
    """Return ∂J/∂parameter as one flat array; zero where the loss does not depend on it."""
    parts = []
    for node in one.old:
        found = gradients.get(node.number)
        shape = one.shape if len(one.old) == 1 else ()
        parts.append(np.ravel(np.zeros(shape) if found is None else np.asarray(found, float)))
    return np.concatenate(parts)


def changes(one: Learned, replayed: Sequence[Values]) -> Any:
    """Return new − old at each replay, shape (replays, size)."""
    rows = []
    for values in replayed:
        old, new = one.values(values, "old"), one.values(values, "new")
        rows.append(new - old if new.size == old.size else np.full(old.size, np.nan))
    return np.array(rows)


def fit(
    one: Learned,
    replayed: Sequence[Values],
    gradients: Sequence[Mapping[int, Any]],
    decays: bool = True,
    changed: Any = 1.0,
) -> Fit:
    """Return how a parameter's step depends on a loss's gradient, over all replays.

    A parameter whose penalty is in the loss already may not decay besides; and only those of its
    elements decay that are `changed`, how often each.  A gradient that is handed over is no step
    of an optimizer, and has neither decay nor memory.
    """
    moved = changes(one, replayed)
    sloped = np.array([gradient_of(one, found) for found in gradients])
    old = np.array([one.values(values) for values in replayed]) * changed
    if not (np.all(np.isfinite(moved)) and np.all(np.isfinite(sloped))):
        return Fit("other")
    size = float(np.max(np.abs(sloped)))
    if np.max(np.abs(moved)) <= _NOTHING * max(1.0, float(np.max(np.abs(old)))):
        return Fit("descends" if size <= _NOTHING else "still")
    found = _least_squares(moved, sloped, old, decays and not one.handed)
    return Fit("other") if one.handed and found.memory > TOLERANCE else found


def _least_squares(moved: Any, sloped: Any, old: Any, decays: bool) -> Fit:
    """Fit the change by the gradient alone, then with a decay of the weights."""
    d_moved, d_sloped, d_old = ((x[1:] - x[0]).ravel() for x in (moved, sloped, old))
    norm = float(np.linalg.norm(d_moved))
    if norm <= _NOTHING:
        return Fit("descends" if np.linalg.norm(d_sloped) <= _NOTHING else "still")
    if not np.any(d_sloped):
        return Fit("other")
    for columns in ([d_sloped], [d_sloped, d_old]) if decays else ([d_sloped],):
        if len(columns) >= d_moved.size:
            break
        solution, *_ = np.linalg.lstsq(np.stack(columns, axis=1), -d_moved, rcond=None)
        rest = d_moved + np.stack(columns, axis=1) @ solution
        if np.linalg.norm(rest) <= TOLERANCE * norm and abs(solution[0]) > _NOTHING:
            scale, decay = float(solution[0]), float(solution[1]) if len(solution) > 1 else 0.0
            memory = moved + scale * sloped + decay * old
            part = float(np.max(np.abs(memory)) / np.max(np.abs(moved)))
            return Fit("descends" if scale > 0 else "ascends", scale, decay, part)
    return Fit("other")


def slope(moved: Any, sloped: Sequence[Any]) -> float | None:
    """Return c of change = −c · G + memory, if there is such a c."""
    rows = np.array(sloped)
    if not (np.all(np.isfinite(moved)) and np.all(np.isfinite(rows))):
        return None
    found = _least_squares(moved, rows, np.zeros_like(rows), decays=False)
    return found.scale if found.kind in ("descends", "ascends") and found.scale else None


def fits(
    step: Step,
    replayed: Sequence[Values],
    gradients: Sequence[Mapping[int, Any]],
    penalized: Container[int] = (),
) -> list[Fit]:
    """Return how each parameter's step depends on a loss's gradient."""
    return [
        fit(one, replayed, gradients, one.old[0].number not in penalized, _changed(step, one))
        for one in step.learned
    ]


def _changed(step: Step, one: Learned) -> Any:
    """Return how often a step changes each element of a parameter."""
    parts = step.parts.get(one.old[0].number)
    if parts is None:
        return 1.0
    size = int(np.prod(one.shape))
    return sum(np.bincount(numbers, minlength=size) for _, numbers in parts)
