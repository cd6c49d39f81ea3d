"""Which line is wrong, and how: the faults behind parameters that do not descend the loss.

Causes that show by themselves come first; what is left is found by repair.
"""

from collections import Counter
from collections.abc import Sequence

from .cause import Blame, Cause
from .counterfactual import Trials
from .descent import Fit
from .files import Place
from .held import held
from .kinds import cause_of
from .reading import Reading
from .record import Kind
from .repair import Repair, search
from .symptoms import exchanged, missing, never_zeroed, too_early, upward

_EQUAL = 1e-4
_MOST_FAULTS = 4


def causes(reading: Reading, fits: list[Fit]) -> list[Cause]:
    """Return why parameters do not descend the loss, the most upstream cause first."""
    blame = Blame(reading, fits, {k for k, fit in enumerate(fits) if fit.kind != "descends"})
    blame.left |= _off_scale(reading, fits)
    stale = never_zeroed(blame)
    for cause in (*missing(blame), *stale):
        blame.add(cause)
    if blame.left:
        for find in (upward, exchanged, too_early):
            for cause in find(blame):
                blame.add(cause)
    if blame.left:
        _by_repair(blame)
    for cause in _unexplained(blame):
        blame.add(cause)
    return blame.causes


def _unexplained(blame: Blame) -> list[Cause]:
    """Return the updates of what no repair puts right: causes without a value."""
    found: dict[tuple[Kind, Place], list[int]] = {}
    for k in sorted(blame.left):
        kind: Kind = "missing-gradient" if blame.fits[k].kind == "still" else "wrong-operand"
        found.setdefault((kind, blame.update_place(k)), []).append(k)
    return [Cause(kind, place, tuple(ks)) for (kind, place), ks in found.items()]


def _off_scale(reading: Reading, fits: list[Fit]) -> set[int]:
    """Return the parameters whose stored gradient has another factor than the others' have.

    A factor on the step alone, a learning rate of its own, is no fault.
    """
    sized = {k: fit.scale for k, fit in enumerate(fits) if fit.kind == "descends"}
    if len({float(f"{size:.4g}") for size in sized.values()}) < 2 and all(sized.values()):
        return set()
    stored = {k: held(reading, reading.step.learned[k]) for k in sized}
    own = {k: one.label.scale for k, one in stored.items() if one is not None and not one.fused}
    if not own:
        return set()
    usual = _usual(reading, list(own.values()))
    return {k for k, scale in own.items() if abs(scale / usual - 1) > _EQUAL}


def _usual(reading: Reading, scales: Sequence[float]) -> float:
    """Return the factor that is meant: 1 of a written loss if any has it, else the commonest."""
    if reading.candidate.value is not None:
        for scale in scales:
            if abs(abs(scale) - 1) < _EQUAL:
                return scale
    rounded = Counter(float(f"{scale:.9g}") for scale in scales)
    return rounded.most_common(1)[0][0]


def _by_repair(blame: Blame) -> None:
    """Explain what is left by the lines whose repair puts most of it right."""
    trials = Trials(blame.reading, blame.fits, set(blame.left))
    found = search(trials)
    while blame.left and found and len(blame.causes) < _MOST_FAULTS:
        best = min(found, key=lambda one: _rank(one, blame.left))
        explained = best.outcome.repaired & blame.left
        if not explained:
            break
        blame.add(cause_of(trials, best, tuple(sorted(explained))))
        found.remove(best)


def _rank(one: Repair, left: set[int]) -> tuple[object, ...]:
    return (-len(one.outcome.repaired & left), *one.rank[1:])
