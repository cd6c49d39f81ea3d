"""`chainrule train [DATA]`: train on a table, score on held-out rows, open one gradient."""

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ..activations import ACTIVATIONS
from ..encoding import SCALES
from ..errors import InputError
from ..losses import LOSSES
from ..missing import POLICIES
from ..names import unknown
from ..preparation import Options, prepare
from ..recipes import CLASSIC, STANDARD
from ..render import machine, terminal
from ..render.characters import printable
from ..render.progress import TrainingProgress
from ..tables import Table, read_table


class Format(StrEnum):
    """How results are written."""

    text = "text"
    json = "json"


class Task(StrEnum):
    """What kind of problem it is."""

    classification = "classification"
    regression = "regression"


def _positive(value: float | None) -> float | None:
    if value is not None and not 0 < value < float("inf"):
        raise typer.BadParameter(f"it must be a number greater than 0, got {value:g}.")
    return value


if TYPE_CHECKING:
    from ..model import Model

MODEL_MARK = b'"__metadata__":{"chainrule"'  # how the file of a model begins, after its length

DATA = "Table"
NETWORK = "Network"
SCORING = "Scoring"
OUTPUT = "Output"


def train(
    data: Annotated[
        str | None,
        typer.Argument(help="A CSV file, '-' for stdin; without it, the embedded iris data."),
    ] = None,
    target: Annotated[
        str,
        typer.Option(help="Column to predict: name, or index from 0.", rich_help_panel=DATA),
    ] = "-1",
    task: Annotated[
        Task | None,
        typer.Option(
            metavar="TASK",
            help="classification or regression; found from the target if not given.",
            rich_help_panel=DATA,
        ),
    ] = None,
    delimiter: Annotated[
        str | None,
        typer.Option(
            help="comma, semicolon, tab, whitespace or a character; found if not given.",
            rich_help_panel=DATA,
        ),
    ] = None,
    header: Annotated[
        bool | None,
        typer.Option("--header/--no-header", help="Found if not given.", rich_help_panel=DATA),
    ] = None,
    missing: Annotated[
        str,
        typer.Option(help="Missing cells: refuse, drop the row, or mean.", rich_help_panel=DATA),
    ] = "refuse",
    hidden: Annotated[
        str | None,
        typer.Option(
            help="Sizes of the hidden layers, as in 5,4; 0 for none; 16 if not given.",
            rich_help_panel=NETWORK,
        ),
    ] = None,
    activation: Annotated[
        str | None,
        typer.Option(
            help=f"Of the hidden layers: {', '.join(ACTIVATIONS)}; tanh if not given.",
            rich_help_panel=NETWORK,
        ),
    ] = None,
    loss: Annotated[
        str | None,
        typer.Option(
            help=f"{', '.join(LOSSES)}; cross-entropy or ½ squared error if not given.",
            rich_help_panel=NETWORK,
        ),
    ] = None,
    solver: Annotated[
        str | None, typer.Option(help="adam (if not given), sgd or lbfgs.", rich_help_panel=NETWORK)
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(min=1, help="Rows an update; 32.", rich_help_panel=NETWORK)
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, help="Passes over the rows; 100.", rich_help_panel=NETWORK)
    ] = None,
    learning_rate: Annotated[
        float | None,
        typer.Option(callback=_positive, help="Size of a step; 0.01.", rich_help_panel=NETWORK),
    ] = None,
    scale: Annotated[
        str | None,
        typer.Option(
            help="Of inputs: standard (if not given), minmax or none.", rich_help_panel=NETWORK
        ),
    ] = None,
    classic: Annotated[
        bool,
        typer.Option(
            "--classic",
            help="The from-scratch tutorial's settings instead of ours; options change them.",
            rich_help_panel=NETWORK,
        ),
    ] = False,
    folds: Annotated[int, typer.Option(min=2, help="Held-out parts.", rich_help_panel=SCORING)] = 5,
    split: Annotated[
        float | None,
        typer.Option(help="Instead of folds, hold out this share once.", rich_help_panel=SCORING),
    ] = None,
    seed: Annotated[
        int,
        typer.Option(
            min=0, max=2**32 - 1, help="Of start weights and orders.", rich_help_panel=SCORING
        ),
    ] = 0,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Keep the model in this file.", rich_help_panel=OUTPUT),
    ] = None,
    format: Annotated[  # noqa: A002 - the option's name
        Format, typer.Option(help="Of the report.", rich_help_panel=OUTPUT)
    ] = Format.text,
) -> int:
    """Train a multilayer perceptron on a table and open one of its gradients.

    The last column is the target unless --target says otherwise.

    The report goes to stdout, notices and progress to stderr.
    """
    _require_one_of(missing, POLICIES, "--missing")
    if scale is not None:
        _require_one_of(scale, SCALES, "--scale")
    options = Options(target, task, folds, split, missing, seed)
    recipe = (CLASSIC if classic else STANDARD).changed(
        hidden=_hidden(hidden),
        activation=activation,
        loss=loss,
        solver=solver,
        batch_size=batch_size,
        epochs=epochs,
        learning_rate=learning_rate,
        scale=scale,
    )
    _require_writable(output)
    notices = Console(stderr=True)
    prepared = prepare(_table(data, delimiter, header, notices), options)
    for notice in prepared.notices:
        _say(f"{notice}.", notices)
    # imported only now: scikit-learn takes seconds to load, a mistake in the data shows at once
    from ..experiment import run

    with TrainingProgress(notices) as progress:
        outcome = run(prepared, recipe, options, progress)
    if output is not None and outcome.model is not None:
        _keep(outcome.model, output, notices)
    if outcome.report is None:
        _say(str(outcome.divergence), notices)
        return 1
    if format is Format.json:
        print(machine.train_report(outcome.report, None if output is None else str(output)))
    else:
        print(terminal.train_report(outcome.report, _next_commands(data, output), Console()))
    return 0


def _table(data: str | None, delimiter: str | None, header: bool | None, notices: Console) -> Table:
    """Read the table, or take the embedded one, and say which."""
    if data is None:
        from ..datasets import iris

        _say("no DATA given: training on the embedded iris data (150 rows, 3 species).", notices)
        return iris()
    table = read_table(data, delimiter, header)
    names = "names from line 1" if table.has_header else "no header (line 1 holds data)"
    separated = f"{len(table.names)} columns separated by {table.delimiter}"
    _say(f"{table.source}: {separated}, {names}.", notices)
    return table


def _next_commands(data: str | None, output: Path | None) -> list[tuple[str, str]]:
    commands = []
    if output is not None:
        commands.append((f"chainrule predict {output} DATA.csv", "use the model on new rows"))
    else:
        commands.append(("add -o model.chain", "keep the model"))
    if data is None:
        commands.append(("chainrule train DATA.csv", "train on your own table"))
    commands.append(("python -m chainrule.scratch", "the same rule in plain Python"))
    return commands


def _say(sentence: str, console: Console) -> None:
    console.print(
        f"chainrule: {printable(sentence)}",
        highlight=False,
        markup=False,
        soft_wrap=not console.is_terminal,  # one line in a log, whole words on a screen
    )


def _hidden(text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if parts == ["0"]:
        return ()
    if not all(part.isdecimal() and int(part) > 0 for part in parts):
        raise InputError(
            "`--hidden` must be whole numbers of at least 1 separated by commas, as in 5,4, "
            f"or 0 for no hidden layer; got {text!r}."
        )
    return tuple(int(part) for part in parts)


def _require_one_of(name: str, choices: tuple[str, ...], option: str) -> None:
    if name not in choices:
        raise InputError(unknown(name, choices, option))


def _require_writable(output: Path | None) -> None:
    """Refuse before training what cannot be written after it, or would replace another file."""
    if output is None:
        return
    try:
        folder, exists = output.parent.is_dir(), output.exists()
        if exists and not output.is_file():
            raise InputError(f"`--output` {output} is a folder or a device; name a file.")
        other = exists and MODEL_MARK not in output.read_bytes()[:200]
        writable = os.access(output if exists else output.parent, os.W_OK)
    except OSError as error:
        raise InputError(f"`--output` cannot be written: {error.strerror}.") from error
    if not folder:
        raise InputError(
            f"`--output` {output} is in a folder that does not exist; name an existing one."
        )
    if other:
        raise InputError(
            f"`--output` {output} exists and is no chainrule model; name another file, so that "
            "it is not replaced."
        )
    if not writable:
        raise InputError(f"`--output` {output} cannot be written: Permission denied.")


def _keep(model: "Model", output: Path, notices: Console) -> None:
    """Save the model, unless no epoch of its training was finite."""
    from ..modelfile import save

    if model.estimator.n_iter_ == 0:
        _say("nothing is kept: no epoch of the training was finite.", notices)
        return
    save(model, output)
    _say(f"the model of epoch {model.estimator.n_iter_} is kept in {output}.", notices)
