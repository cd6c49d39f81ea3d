"""Why a training does not move, as text: for Python's print, and as a section of a report."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from ..reports import Diagnosis, Finding, Trial
from ..words import counted
from .characters import printable

WIDTH = 80

_OPTIONS = {  # setting → the command's option
    "learning_rate_init": "--learning-rate",
    "max_iter": "--epochs",
    "hidden_layer_sizes": "--hidden",
    "activation": "--activation",
    "initializer": "--initializer",
    "alpha": "--alpha",
    "scale": "--scale",
}
_OF_ROWS = {"scale": "X scaled (StandardScaler)", "target_scale": "y scaled (StandardScaler)"}


def diagnosis_text(diagnosis: Diagnosis) -> str:
    """Return a diagnosis as Python prints it, remedies as the estimator's settings."""
    console = Console(width=WIDTH, color_system=None)
    with console.capture() as captured:
        show_diagnosis(diagnosis, console, command=False)
    return "\n".join(line.rstrip() for line in captured.get().strip("\n").split("\n"))


def title(diagnosis: Diagnosis) -> str:
    """Return what is asked: why training, or else the score, is not what it should be."""
    if diagnosis.moves:
        return "Why the score is hardly better than the baseline"
    return "Why training does not move"


def show_diagnosis(diagnosis: Diagnosis, console: Console, command: bool) -> None:
    """Print the losses and the findings; of the `command`, remedies as its options."""
    losses = _losses(diagnosis)
    verdict = "Training moves" if diagnosis.moves else "Training does not move"
    _print(losses.capitalize() if command else f"{verdict}: {losses}", 2 if command else 0, console)
    for number, finding in enumerate(diagnosis.findings, start=1):
        place = f", layer {finding.layer}" if finding.layer else ""
        console.print()
        heading = Text.assemble((f"{number}. {finding.cause}", "bold"), place)
        console.print(Padding(heading, (0, 0, 0, 2)))
        for sentence in (finding.message, remedy(finding, command)):
            if sentence:
                _print(sentence, 5, console)


def _losses(diagnosis: Diagnosis) -> str:
    return (
        f"over {counted(diagnosis.epochs, 'epoch')} the loss went from {diagnosis.start_loss:.4g} "
        f"to {diagnosis.loss:.4g}; the best prediction that is the same for all rows has "
        f"{diagnosis.constant_loss:.4g}."
    )


def _print(sentence: str, indent: int, console: Console) -> None:
    text = Padding(Text(printable(sentence)), (0, 2, 0, indent))
    console.print(text, width=min(WIDTH, console.width))


def remedy(finding: Finding, command: bool) -> str:
    """Say what to change, and what a trial of it came to; "" where there is nothing to change."""
    if finding.trial is not None:
        return _tried(finding.trial, command)
    return f"Try {settings(finding.remedy, command)}." if finding.remedy else ""


def _tried(trial: Trial, command: bool) -> str:
    changed, epochs = settings(trial.changes, command), counted(trial.epochs, "epoch")
    if trial.epochs == trial.unchanged_epochs:
        losses = f"the loss after the same {epochs} is {trial.loss:.3g} instead of"
        return f"With {changed} {losses} {trial.unchanged:.3g}."
    before = f"{trial.unchanged:.3g} after {trial.unchanged_epochs}"
    return f"With {changed} the loss after {epochs} is {trial.loss:.3g} instead of {before}."


def settings(changes: Mapping[str, Any], command: bool) -> str:
    """Return settings to change as they are written.

    >>> settings({"learning_rate_init": 0.01}, command=True)
    '--learning-rate 0.01'
    >>> settings({"learning_rate_init": 0.01, "alpha": 0}, command=False)
    'learning_rate_init=0.01 and alpha=0'
    """
    if command:
        options = {_OPTIONS[name]: value for name, value in changes.items() if name in _OPTIONS}
        return " ".join(f"{option} {_value(value)}" for option, value in options.items())
    written = (_OF_ROWS.get(name, f"{name}={value!r}") for name, value in changes.items())
    return " and ".join(written)


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
