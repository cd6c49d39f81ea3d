"""From a recorded run to the report: the loss, the partial derivatives, the faults."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from .blame import causes
from .choice import Tried, choose
from .cotangents import NotDifferentiable
from .cut import find_step
from .descent import fits
from .draws import Values, replays
from .draws import record as record_step
from .frozen import drawn, frozen, suspects, wasted
from .handed import find_evaluation
from .losses import candidates, contacts, last_contacts
from .lossnames import descended_scale, penalties
from .marks import mark
from .match import read
from .naming import Names, names_of
from .opened import open_weight
from .optimizer import adapts
from .places import Path
from .program import Run
from .record import Note, Report
from .returned import Returned, find_returned
from .roles import labelled
from .single import find_single
from .step import Learned, Step
from .summary import Judged, held_scales, report
from .symptoms import unused
from .updates import chains
from .weights import find_weight

_REPLAYS = 5
_UNFAITHFUL = "replaying the program's operations gave other values."
_NO_LOSS = "no loss was found that the updates could descend."


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a run: the script's name, a weight to open, where values are kept."""

    script: str
    weight: str | None
    places: Sequence[Mapping[int, Path]]


def judge(step: Step, tried: Tried, replayed: Sequence[Values], names: Names) -> Judged:
    """Read a step with a loss and judge each parameter's update."""
    meeting = contacts(step, replayed)
    outputs = [one.output for one in last_contacts(step, meeting)]
    errors = [one.error for one in meeting if one.sign]
    reading = read(step, tried.candidate, replayed, names.own, outputs, errors)
    found = fits(step, replayed, reading.gradients, penalties(reading))
    found = [adapts(reading, one, fit) for one, fit in zip(step.learned, found, strict=True)]
    return Judged(reading, found, names)


def analyse(run: Run, script: str, weight: str | None = None) -> Report:
    """Return the report on a recorded run, with the gradient of one weight opened if it is named.

    Raises:
        InputError: if there are parameters and none of them is the weight.
    """
    asked = Question(script, weight, run.places)
    step = find_step(run)
    if step is not None:
        return _analysed(run, asked, step)
    told = find_evaluation(run.graph)
    if told is not None:
        return _as_told(asked, told)
    single = find_single(run)
    if single is not None:
        found = _analysed(run, asked, single)
        if _is_evident(found):
            return found
    returned = find_returned(run)
    if returned is not None:
        return _as_returned(asked, returned)
    return _without_step(asked, bool(run.graph.evaluations))


def _answered(asked: Question, judged: Judged, tried: Sequence[Tried]) -> Report:
    """Return the report on a judged step."""
    found = report(judged, asked.script, [one.candidate for one in tried])
    if asked.weight is None:
        return found
    which = find_weight(judged.reading.step.learned, asked.places, asked.weight)
    scale = descended_scale(held_scales(judged.reading))
    opened = open_weight(judged.reading, judged.names, which, asked.weight, scale)
    return replace(found, weight=opened)


def _as_told(asked: Question, step: Step) -> Report:
    """Judge the gradient that a minimiser was told; it is to be that of the value it was told."""
    mark(step)
    if record_step(step):
        return Report(asked.script, "unknown", _UNFAITHFUL)
    judged, tried = _choose_and_judge(step)
    if judged is None:
        return Report(asked.script, "unknown", _NO_LOSS)
    judged.causes = causes(judged.reading, judged.fits)
    return _answered(asked, judged, tried)


def _is_evident(found: Report) -> bool:
    """Whether a report that is made without a second step to compare with has a gradient right."""
    signal = any(line.role == "error_signal" for line in found.lines)
    return signal and any(one.gradient in ("correct", "scaled") for one in found.parameters)


def _as_returned(asked: Question, returned: Returned) -> Report:
    """Judge gradients that are returned: backpropagation has an error signal among its lines.

    Where the closer look found none right, a nearly right one is a quotient of differences.
    """
    step = returned.step
    found = _as_told(asked, step)
    signal = any(line.role == "error_signal" for line in found.lines)
    if not signal or (found.verdict == "correct" and not returned.some_right):
        return _without_step(asked, minimised=False)
    if returned.unclear and found.verdict == "correct":
        line = step.place(returned.unclear[0]).line
        reason = f"whose gradient line {line} is meant to compute is not clear: it is that of none."
        return Report(asked.script, "unknown", reason)
    if all(one.chains[0].changes[0].sign > 0 for one in step.learned):
        text = "what it returns is minus the gradient, to be added to the parameters."
        return replace(found, notes=(*found.notes, Note(None, "negative", text)))
    return found


def _analysed(run: Run, asked: Question, step: Step) -> Report:
    step.learned += frozen(run, step, chains(step.graph))
    mark(step)
    if record_step(step):
        return Report(asked.script, "unknown", _UNFAITHFUL)
    judged, tried = _choose_and_judge(step)
    if judged and not judged.bad and wasted(step, judged.reading.candidate.value):
        judged, tried = _with_unmoved(run, step) or (judged, tried)
    first = _first_step(run, step, judged)
    if first is not None:
        at_first = _analysed(run, asked, first)
        if _states_penalty(at_first):
            return at_first
    if judged is not None:
        judged.causes = causes(judged.reading, judged.fits)
    if judged is None:
        return Report(asked.script, "unknown", _NO_LOSS)
    doubt = _doubt(judged)
    if doubt is not None:
        return replace(doubt, script=asked.script)
    return _answered(asked, judged, tried)


def _states_penalty(report: Report) -> bool:
    """Whether the code computes the loss that is descended, with a penalty on weights."""
    loss = report.loss
    return loss is not None and " + l" in loss.name and loss.shown in ("equal", "scaled")


def _doubt(judged: Judged) -> Report | None:
    """Return a report without a verdict if nothing is right and nothing shows what was meant.

    Values that change by no derivative at all (evolution strategies, Hebb's rule) are no wrong
    backpropagation; nor is one parameter alone, where the code computes no loss.
    """
    if len(judged.bad) < len(judged.fits):
        return None
    if not labelled(judged.reading):
        reason = "values change step by step, but no line holds a derivative of a loss."
        return Report("", "no-backprop", reason)
    lines = {
        change.new.position for part in judged.reading.step.parts.values() for change, _ in part
    }
    if len(judged.fits) == 1 and len(lines) < 2 and judged.reading.candidate.value is None:
        reason = "the code computes no loss, and its one update is the gradient of none known."
        return Report("", "unknown", reason)
    return None


def _first_step(run: Run, step: Step, judged: Judged | None) -> Step | None:
    """Return the first step if only there the loss is computed and weights decay.

    The loss says which weights its penalty is of.
    """
    if judged is None or judged.bad or step.start < 0:
        return None
    if judged.reading.candidate.value is not None or not any(fit.decay for fit in judged.fits):
        return None
    first = find_step(run, first=True)
    return first if first is not None and len(first.learned) == len(step.learned) else None


def _with_unmoved(run: Run, step: Step) -> tuple[Judged, list[Tried]] | None:
    """Read a step with more values as parameters, if gradients computed for nothing ask for it.

    Those drawn at random count if there is such a gradient at all, others if it is their own.
    """
    for extra, own in ((drawn(run, step), False), (suspects(run, step), True)):
        found = _with_extra(run, step, extra)
        if found is None:
            continue
        wasted_on = {label.target.of for _, labels in unused(found[0].reading) for label in labels}
        asked = [one for one in extra if one.old[0].number in wasted_on]
        if wasted_on and not own:
            return found
        if asked:
            return _with_extra(run, step, asked)
    return None


def _with_extra(
    run: Run, step: Step, extra: Sequence[Learned]
) -> tuple[Judged, list[Tried]] | None:
    """Read a step with more parameters; None if then more than those do not move rightly."""
    other = find_step(run) if extra else None
    if other is None:
        return None
    other.learned = [*step.learned, *extra]
    mark(other)
    record_step(other)
    with suppress(NotDifferentiable):
        judged, tried = _choose_and_judge(other)
        if judged is not None and len(judged.bad) <= len(extra):
            return judged, tried
    return None


def _choose_and_judge(step: Step) -> tuple[Judged | None, list[Tried]]:
    """Read a step with the loss that explains it best; if it looks wrong, near what it was, too.

    Far from the recorded values a right program may look wrong: its choices are not made again.
    """
    judged, tried = _at_draws(step, near=False)
    if judged is None or judged.bad:
        other, others = _at_draws(step, near=True)
        if other is not None and (judged is None or _overturns(other, judged)):
            return other, others
    return judged, tried


def _overturns(near: Judged, far: Judged) -> bool:
    """Whether what looked wrong far away is right near by; a sign shows better far away."""
    righted = set(far.bad) - set(near.bad)
    return len(near.bad) < len(far.bad) and all(far.fits[k].kind != "ascends" for k in righted)


def _at_draws(step: Step, near: bool) -> tuple[Judged | None, list[Tried]]:
    replayed = replays(step, _REPLAYS, near)
    tried = choose(step, candidates(step, replayed), replayed)
    if not tried:
        return None, tried
    return judge(step, tried[0], replayed, names_of(step)), tried


def _without_step(asked: Question, minimised: bool) -> Report:
    reason = "no value is changed step by step by its own gradient."
    if minimised:
        reason = "the minimiser is told no gradient, so it takes differences of its own."
    return Report(asked.script, "no-backprop", reason)
