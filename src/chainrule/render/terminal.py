"""Reports as text for a terminal, readable at 80 columns and without colour."""

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..reports import NetworkFacts, TrainReport
from ..words import counted
from .characters import printable
from .diagnosis_text import show_diagnosis, title
from .explanation_text import explanation
from .explanation_words import penalized

WIDTH = 80


def train_report(report: TrainReport, commands: Sequence[tuple[str, str]], console: Console) -> str:
    """Return what `chainrule train` found, and commands that go on from here with their purpose.

    The text suits the console's width and colours; lines end without blanks.
    """
    with console.capture() as captured:
        _network(report, console)
        _scores(report, console)
        if report.diagnosis is not None:
            _heading(title(report.diagnosis), console)
            show_diagnosis(report.diagnosis, console, command=True)
        _opened(report, console)
        _next_commands(commands, console)
    return "\n".join(line.rstrip() for line in captured.get().strip("\n").split("\n"))


def _next_commands(commands: Sequence[tuple[str, str]], console: Console) -> None:
    _heading("Next", console)
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    table.add_column(no_wrap=True, overflow="fold")
    for command, purpose in commands:
        table.add_row(Text(printable(command)), Text(purpose))
    console.print(table)


def notice(sentence: str, console: Console) -> None:
    """Tell the user something beside the result."""
    console.print(
        f"chainrule: {printable(sentence)}",
        highlight=False,
        markup=False,
        soft_wrap=not console.is_terminal,  # one line in a log, whole words on a screen
    )


def _heading(text: str, console: Console) -> None:
    console.print()
    console.print(Text(text, style="bold"))


def _network(report: TrainReport, console: Console) -> None:
    network = report.network
    _heading(f"{printable(report.data)}: {counted(report.n_rows, 'row')}", console)
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    table.add_row("network", _network_text(network))
    table.add_row("loss", f"{network.loss.replace('_', ' ')}, {network.loss_formula}")
    table.add_row("training", _training_text(report))
    console.print(table)


def _network_text(network: NetworkFacts) -> str:
    sizes = "-".join(map(str, network.layer_sizes))
    hidden = f"{network.activation}, " if len(network.layer_sizes) > 2 else ""
    return f"{sizes}, {hidden}{network.output_activation} output, {network.n_parameters} parameters"


def _training_text(report: TrainReport) -> str:
    settings = report.settings
    if settings["solver"] == "lbfgs":
        return f"lbfgs, at most {settings['epochs']} iterations"
    rate = f"learning rate {settings['learning_rate']:g}"
    batch = counted(settings["batch_size"], "row")
    return f"{settings['solver']}, {rate}, batches of {batch}, {settings['epochs']} epochs"


def _scores(report: TrainReport, console: Console) -> None:
    regression = report.task == "regression"
    if report.method == "split":
        title = "Split: the network is scored on rows that it has not seen in training"
    else:
        title = f"{len(report.folds)} folds: each network is scored on the fold it has not seen"
    _heading(title, console)
    table = Table(box=None, padding=(0, 2, 0, 2))
    metric = "R²" if regression else "accuracy"
    for column in ("fold", "trained on", "tested on", metric, *(("error",) * regression)):
        table.add_column(column, justify="right")
    for number, fold in enumerate(report.folds, start=1):
        cells = [str(number), counted(fold.trained, "row"), counted(fold.tested, "row")]
        cells.append(_score(fold.score, regression))
        if fold.error is not None:
            cells.append(f"{fold.error:.4g}")
        table.add_row(*cells)
    table.add_row("mean", "", "", Text(_score(report.mean, regression), style="bold"))
    console.print(table)
    rule = (
        f"always the mean of {printable(report.target)}"
        if regression
        else f"always the most frequent value of {printable(report.target)}"
    )
    console.print(Text(f"  Baseline, {rule}: {_score(report.baseline, regression)}"))
    if regression:
        console.print(Text(f"  Error: root mean square, in units of {printable(report.target)}"))


def _score(score: float, regression: bool) -> str:
    return f"{score:.3f}" if regression else f"{100 * score:.1f} %"


def _opened(report: TrainReport, console: Console) -> None:
    opened = report.opened
    _heading("Where the chain rule is: one weight's gradient, opened", console)
    target = report.opened_target
    shown = f"{target:.4g}" if isinstance(target, float) else str(target)
    penalty = " + α P, P = ½ Σ W²" if penalized(opened) else ""
    objective = f"the loss of that row{penalty}"
    sentence = (
        f"The loss is largest in {report.opened_place} ({printable(report.target)} = "
        f"{printable(shown)}). For J = {objective}, ∂J/∂{opened.weight} "
        f"is a sum over {counted(opened.n_paths, 'path')}, each a product of local derivatives. "
        "Layers count from 1, indices from 0. The largest path, factor by factor:"
    )
    console.print(Padding(Text(sentence), (0, 2, 1, 2)), width=min(WIDTH, console.width))
    explanation(opened, console)
