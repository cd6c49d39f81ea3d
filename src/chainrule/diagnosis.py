"""Why does training not move?  The cause, with the number that proves it and what to change.

The network's own numbers name suspects (`suspects`); short trainings with one setting changed say
which of them it is (`trials`).  The cause comes first, what follows from it after.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from .errors import InputError
from .evidence import Evidence, Suspect, evidence_of
from .measurements import FLAT, LEAST_GAIN, LayerState
from .mlp import MLP
from .reports import Diagnosis, Finding, Trial
from .rows import Rows
from .suspects import suspects
from .trials import Result, Trials
from .words import counted

ALIKE = 0.15  # of the constant's loss: of remedies that come so near the best, the first is named
OTHERS = 1  # cause that is named beside the first
LONGER = 4.0  # times the work of a trial, where the remedy is to train for longer
EVEN = 0.05  # of the targets' spread: predictions that spread less are the same for all rows


def diagnose(
    model: Any, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
) -> Diagnosis:
    """Say whether training moves, and if not, why: the cause first, what follows from it after.

    It moves where the loss over the rows falls below that of the best constant prediction.
    `model` is a fitted estimator, X (rows, features) and y as given to `fit`.  Each remedy is
    tried in a short training, all else unchanged, on at most 2000 of the rows.

    Raises:
        InputError: if the model is no estimator of this package, or is not trained, or the rows
            do not fit it.

    >>> from chainrule import MLPRegressor
    >>> X, y = [[i / 8] for i in range(-8, 9)], [i / 8 for i in range(-8, 9)]
    >>> model = MLPRegressor("squared_error", (4,), "tanh", learning_rate_init=1e-7,
    ...     random_state=1).fit(X, y)
    >>> found = diagnose(model, X, y)
    >>> found.moves, found.findings[0].cause, found.findings[0].remedy
    (False, 'step-too-small', {'learning_rate_init': 0.01})
    """
    if not isinstance(model, MLP):
        raise InputError(
            "`model` must be a fitted MLPClassifier or MLPRegressor; got "
            f"{type(model).__name__}. Of a pipeline take the last step, and X as it comes there."
        )
    check_is_fitted(model, "parameters_")
    if not model.n_iter_ and model.stop_reason_ != "diverged":
        raise InputError("`model` must be trained, and it has taken no step; call its `fit` first.")
    return diagnosed(model, model._known_rows(X, y, sample_weight))


def diagnosed(model: MLP, rows: Rows, input_names: Sequence[str] = ()) -> Diagnosis:
    """Do as `diagnose` for rows that are looked at, whose inputs may have names."""
    names = tuple(map(str, input_names or getattr(model, "feature_names_in_", ())))
    evidence = evidence_of(model, rows, names)
    findings: list[Finding] = []
    if not evidence.moves:
        findings = _causes(evidence, Trials(model, rows))
        said = {finding.layer for finding in findings if finding.cause == "dead-output"}
        findings += [one for one in _consequences(evidence) if one.layer not in said]
    return Diagnosis(
        evidence.moves,
        evidence.epochs,
        evidence.start_loss,
        evidence.loss,
        evidence.constant,
        tuple(findings),
    )


def _causes(evidence: Evidence, trials: Trials) -> list[Finding]:
    """Return the cause that trials confirm, or causes together; or that there is none."""
    accused = suspects(evidence)
    trials.stay_stuck(_unchanged(evidence, trials))
    for longer in (False, True):  # what needs no longer training is the better remedy
        some = [suspect for suspect in accused if suspect.takes_longer is longer]
        proofs = [proof for one in some if (proof := _proof(one, evidence, trials))]
        if proofs:
            best = min(result.held for _, result in proofs)
            first = next(finding for finding, result in proofs if result.held <= best + ALIKE)
            others = [finding for finding, _ in proofs if finding is not first]
            return [first, *others[:OTHERS]]
    together = _together(accused, evidence, trials)
    return together or _unproved(accused, evidence, trials)


def _proof(suspect: Suspect, evidence: Evidence, trials: Trials) -> tuple[Finding, Result] | None:
    """Return the finding of the remedy that makes training move; None if there is none."""
    found = None
    for remedy in suspect.remedies:
        result, unchanged = _tried(remedy, suspect.takes_longer, evidence, trials)
        if result and unchanged and result.beats(unchanged):
            if found is None or result.held < found[1].held - ALIKE:
                found = _finding(suspect, remedy, remedy, result, unchanged), result
        elif found:
            break  # a larger change of the same setting does not help any more
    return found


def _tried(
    changes: dict[str, Any], longer: bool, evidence: Evidence, trials: Trials
) -> tuple[Result | None, Result | None]:
    """Return what a trial with the changes comes to, and one without."""
    planned = int(changes.get("max_iter", evidence.settings["max_iter"]))
    epochs = min(planned, trials.epochs(LONGER if longer else 1.0))
    unchanged = trials.result(_unchanged(evidence, trials))
    return trials.result({**changes, "max_iter": epochs}), unchanged


def _unchanged(evidence: Evidence, trials: Trials) -> dict[str, Any]:
    """Return the changes of a trial without a remedy."""
    return {"max_iter": min(int(evidence.settings["max_iter"]), trials.epochs())}


def _finding(
    suspect: Suspect,
    remedy: dict[str, Any],
    changes: dict[str, Any],
    result: Result,
    unchanged: Result,
) -> Finding:
    trial = Trial(changes, result.epochs, unchanged.epochs, result.loss, unchanged.loss)
    return Finding(suspect.cause, suspect.message, suspect.layer, remedy, trial)


def _together(accused: Sequence[Suspect], evidence: Evidence, trials: Trials) -> list[Finding]:
    """Return the fewest causes that have to be mended together; [] if that does not help."""
    needed: list[Suspect] = []
    proof = None
    for suspect in accused:
        needed.append(suspect)
        proof = _proof_of_all(needed, evidence, trials)
        if proof:
            break
    for suspect in needed[-2::-1] if proof else ():  # what stands later is dropped first
        fewer = [one for one in needed if one is not suspect]
        without = _proof_of_all(fewer, evidence, trials)
        needed, proof = (fewer, without) if without else (needed, proof)
    if not proof:
        return []
    return [_finding(one, one.remedies[0], _joined(needed), *proof) for one in needed]


def _proof_of_all(
    accused: Sequence[Suspect], evidence: Evidence, trials: Trials
) -> tuple[Result, Result] | None:
    longer = any(one.takes_longer for one in accused)
    result, unchanged = _tried(_joined(accused), longer, evidence, trials)
    return (result, unchanged) if result and unchanged and result.beats(unchanged) else None


def _joined(accused: Sequence[Suspect]) -> dict[str, Any]:
    return {name: value for one in accused for name, value in one.remedies[0].items()}


def _unproved(accused: Sequence[Suspect], evidence: Evidence, trials: Trials) -> list[Finding]:
    """Return what is to be said where no remedy helped: is there anything to be learned?"""
    every = (*evidence.before, *evidence.after)
    if any(state.is_dead or state.is_saturated for state in every):
        return [Finding(one.cause, one.message, one.layer, one.remedies[0]) for one in accused[:1]]
    trials.result(_unchanged(evidence, trials))  # there is one at least
    gradients = [state.gradient for state in evidence.before or evidence.after]
    slopes = [state.slope for state in evidence.after]
    flow = (
        f"Gradients flow (‖∂J/∂W‖ of a layer is {_span(gradients)}, slopes are {_span(slopes)} on "
        "average)"
    )
    if not trials.tried:
        few = f"{counted(len(trials.trained), 'row')}, as many as a trial takes, lack classes"
        return [Finding("unexplained", f"{flow}. No change was tried: {few}.")]
    best, neighbours = min(result.held for result in trials.tried), trials.of_neighbours()
    kept_out = " on rows kept out" if trials.n_held else ""
    flow += (
        f", and the best of {counted(len(trials.tried), 'trial')} leaves {best:.0%} of a "
        f"constant prediction's loss{kept_out}"
    )
    if math.isnan(neighbours):
        return [Finding("unexplained", f"{flow}: none of the changes tried is enough.")]
    who = "rows nearest to each" if trials.n_held else "other rows with the same inputs"
    told = f"{flow}; a mean of the {who} leaves {neighbours:.0%}"
    if neighbours > 1 - LEAST_GAIN:
        message = f"{told}: nothing shows that the inputs tell the target."
        return [Finding("no-signal", message)]
    message = f"{told}: the inputs tell the target, but none of the changes tried is enough."
    return [Finding("unexplained", message)]


def _span(values: Sequence[float]) -> str:
    return f"{min(values):.2g} to {max(values):.2g}"


def _consequences(evidence: Evidence) -> list[Finding]:
    """Return what the trained network shows: layers that let nothing through, its predictions."""
    found = [finding for state in evidence.after for finding in _of_layer(state)]
    parts = (evidence.outputs, evidence.case.target)
    spread, wanted = (float(np.std(part, axis=0).max()) for part in parts)
    if spread < EVEN * wanted:
        message = (
            f"The predictions are the same for all rows: they spread by {spread:.2g}, the targets "
            f"by {wanted:.2g}."
        )
        found.append(Finding("constant-prediction", message, len(evidence.after)))
    return found


def _of_layer(state: LayerState) -> list[Finding]:
    if state.is_dead:
        message = (
            f"{state.dead:.0%} of the units of layer {state.layer} are dead: on every row the "
            f"slope of {state.activation} is 0."
        )
        return [Finding("dead-units", message, state.layer)]
    if state.is_saturated:
        message = (
            f"Layer {state.layer} is saturated: {state.flat:.0%} of the slopes of "
            f"{state.activation} are below {FLAT:.0%} of its steepest, {state.steepest:.2g}; their "
            f"mean is {state.slope:.2g}."
        )
        return [Finding("saturated", message, state.layer)]
    return []
