"""What is said of a judged step: the report, its loss, parameters, lines, faults and notes."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from statistics import mode

from . import record
from .cause import Cause
from .descent import Fit
from .draws import replays
from .files import Place
from .held import held, is_step
from .lines import lines
from .losses import Candidate, contacts
from .lossnames import descended_scale, name_loss, shown_loss
from .match import differentiate, read
from .naming import Names
from .operations import operation
from .reading import Reading
from .record import Report
from .remarks import remarks
from .repair import signal_scale
from .roles import multiplies
from .source import factors
from .step import PASSING
from .words import fault


@dataclass(slots=True)
class Judged:
    """A reading and how each parameter fares under it."""

    reading: Reading
    fits: list[Fit]
    names: Names
    causes: list[Cause] = field(default_factory=list)

    @property
    def bad(self) -> list[int]:
        """Return which parameters do not descend the loss's gradient."""
        return [k for k, fit in enumerate(self.fits) if fit.kind != "descends"]


def report(judged: Judged, script: str, every: Sequence[Candidate]) -> Report:
    """Return what is said of a judged step; `every` holds the losses that were tried."""
    reading = judged.reading
    step, replayed = reading.step, reading.replayed
    scales, shown = _scales_and_shown(judged, every)
    decays = reading.candidate.value is None and _decay(judged.fits)
    loss = name_loss(reading, contacts(step, replayed), scales, shown, decays)
    if loss.name.startswith("unknown"):  # made of pieces: near by, none is left for another
        near = replays(step, len(replayed), near=True)
        close = read(step, reading.candidate, near, reading.named, reading.outputs)
        loss = name_loss(close, contacts(step, near), scales, shown, decays)
    found = _against(loss, scales, lines(reading, judged.names))
    faults = _distinct([fault(reading, judged.names, cause) for cause in judged.causes])
    return Report(
        script=script,
        verdict="wrong" if faults else "correct",
        uses_chain_rule=multiplies(reading),
        loss=loss,
        parameters=tuple(_parameter(judged, k) for k in range(len(step.learned))),
        lines=tuple(found),
        faults=tuple(faults),
        notes=(*_notes(loss, shown), *remarks(reading, judged.names)),
        unlabelled=tuple(_unlabelled(reading, found)),
    )


def _notes(loss: record.Loss, shown: tuple[record.Shown, Place | None]) -> list[record.Note]:
    """Return what is worth knowing of the loss that the program computes."""
    kind, place = shown
    file, line = place or ("", None)
    if kind == "scaled":
        text = f"the loss computed here is the one descended, {loss.formula}, up to a factor."
        return [record.Note(line, "scaled", text, file or None)]
    if kind == "different":
        text = f"the loss computed here is not the one descended, {loss.formula}."
        return [record.Note(line, "shown-loss-differs", text, file or None)]
    return []


def _unlabelled(reading: Reading, found: Sequence[record.Line]) -> list[record.Unlabelled]:
    """Return the lines of the backward pass that hold no value with a name."""
    named = {(one.file or "", line) for one in found for line in range(one.line, one.end_line + 1)}
    places = {
        reading.step.place(node)
        for node in reading.backward
        if operation(node) not in PASSING and node.number not in reading.labels
    }
    reason = "its values are no partial derivative of the loss"
    return [
        record.Unlabelled(line, reason, file or None)
        for file, line in sorted(places - named)
        if line
    ]


def _against(
    loss: record.Loss, scales: Sequence[float], found: Sequence[record.Line]
) -> list[record.Line]:
    """Return lines whose scales are those against the named loss, not against the one computed."""
    factor = loss.scale / descended_scale(scales)
    kept = ("local_derivative", "update")
    return [
        one if one.role in kept else replace(one, scale=float(f"{one.scale * factor:.12g}"))
        for one in found
    ]


def _distinct(faults: Sequence[record.Fault]) -> list[record.Fault]:
    """Return the faults, those of one line and kind as one."""
    kept: dict[tuple[str | None, int, str], record.Fault] = {}
    for one in faults:
        key = (one.file, one.line, one.kind)
        if key in kept:
            names = tuple(dict.fromkeys((*kept[key].parameters, *one.parameters)))
            one = replace(kept[key], parameters=names)
        kept[key] = one
    return list(kept.values())


def _parameter(judged: Judged, k: int) -> record.Parameter:
    step, fit = judged.reading.step, judged.fits[k]
    one = step.learned[k]
    kinds = {cause.kind for cause in judged.causes if k in cause.parameters}
    gradient: record.Gradient = "correct"
    if fit.kind == "still":
        gradient = "missing"
    elif kinds & {"wrong-scale", "wrong-sign"} and fit.kind in ("descends", "ascends"):
        gradient = "scaled"
    elif kinds or fit.kind != "descends":
        gradient = "wrong"
    places = {step.place(change.new) for chain in one.chains for change in chain.changes}
    places = {place for place in places if place.line}  # else a step that others may take
    file = min(places).file if places else ""  # the script, if it is among several
    lines = tuple(sorted(place.line for place in places if place.file == file))
    scale = _own_factor(judged, k) if gradient == "scaled" else 1.0
    return record.Parameter(one.name, tuple(one.shape), lines, gradient, scale, file or None)


def _own_factor(judged: Judged, k: int) -> float:
    """Return the factor of a parameter's gradient that those of the right parameters do not have.

    It is told by the stored gradients, as each step may have a size of its own; by the steps where
    no gradient is stored.
    """
    wrong = {number for cause in judged.causes for number in cause.parameters}
    right = [number for number in range(len(judged.fits)) if number not in wrong]
    learned = judged.reading.step.learned
    stored = {number: held(judged.reading, learned[number]) for number in (k, *right)}
    sizes = {
        number: abs(found.label.scale)
        for number, found in stored.items()
        if found is not None and not found.fused
    }
    if k not in sizes or len(sizes) == 1:
        sizes = {number: abs(judged.fits[number].scale) for number in stored}
    usual = mode([float(f"{sizes[number]:.9g}") for number in right if number in sizes] or [0.0])
    factor = sizes[k] / usual if usual and sizes[k] else 1.0
    return float(f"{factor:.9g}") * (-1 if judged.fits[k].kind == "ascends" else 1)


def _scales_and_shown(
    judged: Judged, every: Sequence[Candidate]
) -> tuple[list[float], tuple[record.Shown, Place | None]]:
    """Return the factors of the held gradients and how the loss that is computed compares.

    A value that is added to a parameter as it is, is gradient and step in one: its constant may be
    the loss's or the rate.  If the loss computed has not got it, what is before that value tells.
    """
    reading = judged.reading
    written = [
        (one, differentiate(reading.step, one, reading.replayed)[1])
        for one in every
        if one.value is not None  # each was differentiated before
    ]
    nearest = held_scales(reading)
    shown = shown_loss(reading, written, nearest)
    if shown[0] != "scaled" or not _are_steps(judged):
        return nearest, shown
    before = [signal_scale(reading) * _written_factor(reading)]
    for scales in (held_scales(reading, judged.fits), before):
        again = shown_loss(reading, written, scales)
        if again[0] == "equal":
            return scales, again
    return nearest, shown


def _are_steps(judged: Judged) -> bool:
    """Whether all gradients that the program holds are added to the parameters as they are."""
    every = zip(judged.reading.step.learned, judged.fits, strict=True)
    found = [(held(judged.reading, one), fit) for one, fit in every if fit.kind == "descends"]
    known = [(one, fit) for one, fit in found if one is not None]
    return bool(known) and all(is_step(one, fit.scale) for one, fit in known)


def _decay(fits: Sequence[Fit]) -> bool:
    """Whether steps let weights decay towards 0, as a penalty λ·½W² in the loss does.

    W − c·∂J/∂W − λ·W descends J and the penalty together, though no line computes their sum.
    """
    decays = [fit.decay for fit in fits if fit.kind == "descends" and fit.decay]
    return bool(decays) and min(decays) > 0


def held_scales(reading: Reading, behind: Sequence[Fit] = ()) -> list[float]:
    """Return the factors of the gradients that the program holds, against the loss's.

    Those of the values nearest to the updates; given how the updates fit the gradients, of what is
    behind values that are the steps themselves.
    """
    own: list[float] = []
    fused: list[float] = []
    sizes = [fit.scale for fit in behind] or [0.0] * len(reading.step.learned)
    for one, size in zip(reading.step.learned, sizes, strict=True):
        found = held(reading, one, step=size)
        if found is not None:
            (fused if found.fused else own).append(found.label.scale)
    scales = own or ([signal_scale(reading)] if fused else [])
    return [scale * _written_factor(reading) for scale in scales]


def _written_factor(reading: Reading) -> float:
    """Return 2 if every update has that factor written in it, as in rate * 2 * error * x."""
    graph = reading.step.graph
    positions = {graph.positions[node.position] for one in reading.step.learned for node in one.new}
    return 2.0 if all(2 in factors(position) for position in positions) else 1.0
