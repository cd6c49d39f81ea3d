"""Live progress on standard error where somebody sees it; a line now and then elsewhere."""

from time import monotonic
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

SECONDS = 30.0
"""Between two lines of a log."""


class TrainingProgress:
    """One line: which network, how far it is, its loss; maybe something drawn `above` it.

    It changes on a terminal; in a log there is another one every so many `seconds`.
    """

    def __init__(
        self, console: Console, seconds: float = SECONDS, above: RenderableType | None = None
    ) -> None:
        self._log = None if console.is_terminal else console
        self._label, self._epochs = "", 0
        self._seconds, self._next = seconds, monotonic() + seconds
        self._progress = Progress(
            TextColumn("{task.description:<12}"),
            BarColumn(bar_width=24),
            TextColumn("epoch {task.completed}/{task.total}{task.fields[loss]}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._live: Live | Progress = self._progress
        if above is not None and console.is_terminal:
            self._live = Live(Group(above, self._progress), console=console, transient=True)
        self._task: TaskID = self._progress.add_task("", visible=False, loss="")

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._live.stop()

    def begin(self, label: str, epochs: int) -> None:
        """Start a network, "fold 2 of 5", of so many epochs."""
        self._label, self._epochs = label, epochs
        self._progress.reset(self._task, description=label, total=epochs, visible=True, loss="")

    def epoch(self, number: int, loss: float) -> None:
        """Finish an epoch, counted from 1, with this mean loss."""
        self._progress.update(self._task, completed=number, loss=f"  loss {loss:.5f}")
        if self._log is not None and monotonic() >= self._next:
            self._next = monotonic() + self._seconds
            line = f"{self._label}, epoch {number} of {self._epochs}, loss {loss:.5f}."
            self._log.print(f"chainrule: {line}", highlight=False, markup=False, soft_wrap=True)
