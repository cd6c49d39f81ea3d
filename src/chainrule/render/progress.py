"""Live progress on standard error, only where somebody sees it."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class TrainingProgress:
    """One line: which network, how far it is, its loss."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description:<12}"),
            BarColumn(bar_width=24),
            TextColumn("epoch {task.completed}/{task.total}{task.fields[loss]}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task: TaskID = self._progress.add_task("", visible=False, loss="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def begin(self, label: str, epochs: int) -> None:
        """Start a network, "fold 2 of 5", of so many epochs."""
        self._progress.reset(self._task, description=label, total=epochs, visible=True, loss="")

    def epoch(self, number: int, loss: float) -> None:
        """Finish an epoch, counted from 1, with this mean loss."""
        self._progress.update(self._task, completed=number, loss=f"  loss {loss:.5f}")
