"""The options of `chainrule train` that show how a training went, and what they write."""

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from ..errors import InputError
from ..files import write_atomically
from ..render import terminal
from ..render.curve_plot import CurvePlot
from .output import require_writable

if TYPE_CHECKING:
    from ..experiment import Outcome
    from ..observation import Observer
    from ..preparation import Options, Prepared
    from ..recipes import Recipe

_of_report = partial(typer.Option, rich_help_panel="Report")

Report = Annotated[
    Path | None,
    _of_report(metavar="FILE.html", help="Write a page: curves, scores, network, data."),
]
Plot = Annotated[bool, _of_report("--plot", help="Draw the losses in the terminal.")]
History = Annotated[
    Path | None,
    _of_report(metavar="FILE.jsonl", help="Write a line of JSON an epoch, as it goes."),
]
TensorBoard = Annotated[
    Path | None, _of_report("--tensorboard", metavar="FOLDER", help="Write what TensorBoard shows.")
]


@dataclass
class Watching:
    """What is to be shown of trainings; `observer` looks at them, if anything is."""

    report: Path | None
    plot: bool
    history: Path | None
    tensorboard: Path | None
    drawing: CurvePlot | None = None
    observer: "Observer | None" = field(default=None)

    def __bool__(self) -> bool:
        return bool(self.report or self.plot or self.history or self.tensorboard)

    def require(self, data: str | None, output: Path | None) -> None:
        """Refuse before training what could not be written.

        Raises:
            InputError: if a file cannot be, or would replace another.
        """
        if self.report is not None:
            from ..render.report_page import MARK

            require_writable(self.report, "--report", MARK.encode(), "report of chainrule")
        require_writable(self.history, "--history", b'{"training": ', "history of chainrule")
        files = {"--output": output, "--report": self.report, "--history": self.history}
        named = {name: file.resolve() for name, file in files.items() if file is not None}
        for name, file in named.items():
            others = [other for other in named if named[other] == file and other != name]
            if others:
                raise InputError(
                    f"`{name}` and `{others[0]}` are both {files[name]}; name two files."
                )
            if data and data != "-" and file == Path(data).resolve():
                raise InputError(f"`{name}` {files[name]} would replace the table; name another.")
        folder = self.tensorboard
        if folder is not None and folder.exists() and not folder.is_dir():
            raise InputError(f"`--tensorboard` {folder} is a file; name a folder.")

    def begin(self, anew: bool) -> None:
        """Make what looks at the trainings; the history is emptied, unless they go on.

        Raises:
            InputError: if TensorBoard's files are asked for and its package is not there.
        """
        from ..journals import JsonLines, TensorBoard
        from ..observation import Journal, Observer

        journals: list[Journal] = []
        if self.plot:
            self.drawing = CurvePlot()
            journals.append(self.drawing)
        if self.tensorboard is not None:
            journals.append(TensorBoard(self.tensorboard))
        if self.history is not None:
            if anew:
                self.history.write_text("", encoding="utf-8")
            journals.append(JsonLines(self.history))
        self.observer = Observer(journals)

    def draw(self, notices: Console) -> None:
        """Draw the losses once more: the means over the folds."""
        if self.drawing is not None:
            notices.print(self.drawing.averaged)

    def write(
        self,
        prepared: "Prepared",
        recipe: "Recipe",
        options: "Options",
        outcome: "Outcome",
        next_commands: Sequence[tuple[str, str]],
        notices: Console,
    ) -> None:
        """Write the page, and say what was written.

        Raises:
            InputError: if the page cannot be written.
        """
        if self.report is not None and self.observer is not None:
            from ..page_content import page_content
            from ..render.report_page import training_page

            asked = (prepared, recipe, options, outcome, self.observer.curves)
            content = page_content(*asked, repeated(sys.argv[1:], options.seed), next_commands)
            page = training_page(content) + "\n"
            write_atomically(self.report, page.encode(errors="replace"))
            terminal.notice(f"the report is written: {self.report}.", notices)
        if self.history is not None:
            terminal.notice(f"the history is written: {self.history}.", notices)
        if self.tensorboard is not None:
            shown = f"tensorboard --logdir {shlex.quote(str(self.tensorboard))}"
            terminal.notice(f"written for TensorBoard; see `{shown}`.", notices)


def repeated(arguments: Sequence[str], seed: int) -> str:
    """Return the command with these arguments as a shell takes it, its seed said, from the start.

    >>> repeated(["train", "my data.csv"], 0)
    "chainrule train 'my data.csv' --seed 0"
    >>> repeated(["train", "--resume", "--seed=3", "-o", "m.chain"], 3)
    'chainrule train --seed=3 -o m.chain'
    """
    said = any(one == "--seed" or one.startswith("--seed=") for one in arguments)
    seeded: list[Any] = [] if said else ["--seed", str(seed)]
    anew = (one for one in arguments if one != "--resume")
    return shlex.join(["chainrule", *anew, *seeded])
