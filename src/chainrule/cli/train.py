"""`chainrule train [DATA]`: train on a table, score on held-out rows, open one gradient."""

import shlex
import warnings
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ..encoding import SCALES, UNSEEN
from ..errors import InputError
from ..formats import TableFormat
from ..leaks import copies_across
from ..missing import POLICIES
from ..preparation import FOLDS, Options, Prepared, prepare
from ..reading import read_table
from ..recipes import CLASSIC, STANDARD, Recipe
from ..render import machine, terminal
from ..render.progress import TrainingProgress
from ..tables import Table
from ..words import counted
from .checkpoint_options import CheckpointEvery, CheckpointFile, Keeping, Resume
from .network_options import (
    Activation,
    Alpha,
    BatchSize,
    Classic,
    ClassWeight,
    Epochs,
    Hidden,
    Initializer,
    LearningRate,
    Loss,
    Scale,
    Solver,
)
from .options import one_or_each, parse_hidden, refuse_contradictions, require_one_of
from .output import require_writable
from .report_options import History, Plot, Report, TensorBoard, Watching
from .rule_options import Unseen
from .table_options import (
    Decimal,
    Delimiter,
    DropRare,
    Encoding,
    Header,
    LeaveOut,
    MaxRows,
    Missing,
    MissingWords,
    Target,
    TaskOption,
    Thousands,
    table_format,
)


class Format(StrEnum):
    """How results are written."""

    text = "text"
    json = "json"


if TYPE_CHECKING:
    from ..experiment import Outcome
    from ..model import Model

_of_scoring = partial(typer.Option, rich_help_panel="Scoring")
_of_output = partial(typer.Option, rich_help_panel="Output")


def train(
    data: Annotated[
        str | None,
        typer.Argument(help="A CSV file, '-' for stdin; without it, the embedded iris data."),
    ] = None,
    target: Target = "-1",
    task: TaskOption = None,
    delimiter: Delimiter = None,
    header: Header = None,
    encoding: Encoding = None,
    decimal: Decimal = None,
    thousands: Thousands = None,
    na: MissingWords = None,
    max_rows: MaxRows = None,
    missing: Missing = "refuse",
    unseen: Unseen = "error",
    leave_out: LeaveOut = None,
    drop_rare: DropRare = False,
    hidden: Hidden = None,
    activation: Activation = None,
    loss: Loss = None,
    solver: Solver = None,
    batch_size: BatchSize = None,
    epochs: Epochs = None,
    learning_rate: LearningRate = None,
    scale: Scale = None,
    alpha: Alpha = None,
    initializer: Initializer = None,
    class_weight: ClassWeight = None,
    classic: Classic = False,
    folds: Annotated[
        int | None, _of_scoring(min=2, help="Held-out parts.", show_default=str(FOLDS))
    ] = None,
    split: Annotated[
        float | None, _of_scoring(help="Instead of folds, hold out this share once.")
    ] = None,
    seed: Annotated[
        int, _of_scoring(min=0, max=2**32 - 1, help="Of start weights and orders.")
    ] = 0,
    output: Annotated[
        Path | None, _of_output("--output", "-o", help="Keep the model in this file.")
    ] = None,
    checkpoint: CheckpointFile = None,
    checkpoint_every: CheckpointEvery = None,
    resume: Resume = False,
    keep_rows: Annotated[
        int | None,
        _of_output(min=1, metavar="N", help="Keep N rows in it, for `chainrule explain`."),
    ] = None,
    report: Report = None,
    plot: Plot = False,
    history: History = None,
    tensorboard: TensorBoard = None,
    format: Annotated[  # noqa: A002 - the option's name
        Format, _of_output(help="Of what is printed.")
    ] = Format.text,
) -> int:
    """Train a multilayer perceptron on a table and open one of its gradients.

    The last column is the target unless --target says otherwise.

    The report goes to stdout, notices and progress to stderr.
    """
    _require_choices(missing, unseen, scale)
    refuse_contradictions(
        {
            "--split": split is not None,
            "--folds": folds,
            "--solver lbfgs": solver == "lbfgs",
            "--learning-rate": learning_rate,
            "--batch-size": batch_size,
        }
    )
    chosen = leave_out or [], drop_rare
    options = Options(target, task, folds or FOLDS, split, missing, seed, unseen, *chosen)
    written = table_format(delimiter, header, encoding, decimal, thousands, na, max_rows)
    recipe = (CLASSIC if classic else STANDARD).changed(
        hidden=parse_hidden(hidden),
        activation=None if activation is None else one_or_each(activation),
        loss=loss,
        solver=solver,
        batch_size=batch_size,
        epochs=epochs,
        learning_rate=learning_rate,
        scale=scale,
        alpha=alpha,
        initializer=initializer,
        class_weight=class_weight and class_weight.value,
    )
    watching = Watching(report, plot, history, tensorboard)
    _require_output(output, keep_rows, watching, data)
    notices = Console(stderr=True)
    keeping = Keeping(output, checkpoint, checkpoint_every, resume, notices)
    prepared = _prepared(_table(data, written, notices), options, notices)
    with keeping.until_written(lambda model: _keep(model, output, notices)):
        outcome = _run(prepared, recipe, options, keep_rows or 0, notices, keeping, watching)
        _keep(outcome.model, output, notices)
    watching.draw(notices)
    commands = _next_commands(data, output, keep_rows)
    status = _printed(outcome, format, output, commands, notices)
    watching.write(prepared, recipe, options, outcome, commands, notices)
    return status


def _printed(
    outcome: "Outcome",
    form: Format,
    output: Path | None,
    commands: list[tuple[str, str]],
    notices: Console,
) -> int:
    """Print what came of it, and return the exit status."""
    if outcome.report is None:
        terminal.notice(str(outcome.divergence), notices)
        return 1
    if form is Format.json:
        kept = None if output is None else str(output)
        print(machine.train_report(outcome.report, kept, outcome.held_out))
    else:
        print(terminal.train_report(outcome.report, commands, Console()))
    return 0


def _require_choices(missing: str, unseen: str, scale: str | None) -> None:
    require_one_of(missing, POLICIES, "--missing")
    require_one_of(unseen, UNSEEN, "--unseen")
    if scale is not None:
        require_one_of(scale, SCALES, "--scale")


def _require_output(
    output: Path | None, keep_rows: int | None, watching: Watching, data: str | None
) -> None:
    """Refuse before training what could not be kept after it."""
    require_writable(output)
    watching.require(data, output)
    if keep_rows and output is None:
        raise InputError("`--keep-rows` keeps rows in the model's file; name one with `-o`.")


def _prepared(table: Table, options: Options, notices: Console) -> Prepared:
    """Make the table ready, and say what was found."""
    prepared = prepare(table, options)
    for notice in prepared.notices:
        terminal.notice(f"{notice}.", notices)
    return prepared


def _run(
    prepared: Prepared,
    recipe: Recipe,
    options: Options,
    keep_rows: int,
    notices: Console,
    keeping: Keeping,
    watching: Watching,
) -> "Outcome":
    """Train, and tell how it goes."""
    # imported only now: scikit-learn takes seconds to load, a mistake in the data shows at once
    from ..experiment import run, splits

    if said := copies_across(prepared.copies, splits(prepared, options)):
        terminal.notice(f"{said}.", notices)
    kept = keeping.run_of()
    if watching:
        watching.begin(anew=not keeping.resume)
    with TrainingProgress(notices, above=watching.drawing) as progress, warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.showwarning = lambda message, *_where: terminal.notice(f"{message}", notices)
        return run(prepared, recipe, options, progress, keep_rows, kept, watching.observer)


def _table(data: str | None, written: TableFormat, notices: Console) -> Table:
    """Read the table, or take the embedded one, and say which."""
    if data is None:
        from ..datasets import iris

        terminal.notice(
            "no DATA given: training on the embedded iris data (150 rows, 3 species).", notices
        )
        return iris()
    table = read_table(data, written)
    line = f"line {table.first_line}"
    unnamed = f"no header ({line} holds data; say `--header` if it names the columns)"
    names = f"names from {line}" if table.has_header else unnamed
    separated = f"{counted(len(table.names), 'column')} separated by {table.delimiter}"
    terminal.notice(f"{table.source}: {separated}, {names}.", notices)
    return table


def _next_commands(
    data: str | None, output: Path | None, keep_rows: int | None
) -> list[tuple[str, str]]:
    commands = []
    if output is not None:
        # a path that begins with a dash would be read as options
        model = shlex.quote(f"./{output}" if str(output).startswith("-") else str(output))
        commands.append((f"chainrule predict {model} DATA.csv", "use the model on new rows"))
        table = "" if keep_rows else " DATA.csv"
        commands.append((f"chainrule explain {model}{table}", "open any weight's gradient"))
    else:
        commands.append(("add -o model.chain", "keep the model"))
    if data is None:
        commands.append(("chainrule train DATA.csv", "train on your own table"))
    commands.append(("python -m chainrule.scratch", "the same rule in plain Python"))
    return commands


def _keep(model: "Model", output: Path | None, notices: Console) -> None:
    """Save the model where it is asked for, unless its training has only the start to give."""
    from ..modelfile import save

    if output is None:
        return
    if model.estimator.n_iter_ == 0:
        terminal.notice(f"nothing is kept in {output}: no epoch ended in bounds.", notices)
        return
    save(model, output)
    terminal.notice(f"the model of epoch {model.estimator.n_iter_} is kept in {output}.", notices)
