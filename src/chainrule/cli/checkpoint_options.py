"""The options of `chainrule train` that keep it in a checkpoint, and what is done with it."""

import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from signal import SIGINT, SIGTERM
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from ..errors import InputError, InterruptionError
from ..files import try_writing
from ..interrupts import exit_status, signals_noted
from ..locks import locked
from ..pace import Pace, pace_of
from ..render import terminal
from ..words import counted

if TYPE_CHECKING:
    from ..checkpoint_file import Kept
    from ..model import Model
    from ..resuming import KeptRun

_of_checkpoint = partial(typer.Option, rich_help_panel="Interruption")

CheckpointFile = Annotated[
    Path | None,
    _of_checkpoint(
        metavar="FILE",
        help="Keep the training in this file while it goes.",
        show_default="beside the model of -o",
    ),
]
CheckpointEvery = Annotated[
    str | None,
    _of_checkpoint(metavar="PACE", help="As in '10 epochs' or '5 min'.", show_default="30s"),
]
Resume = Annotated[bool, _of_checkpoint("--resume", help="Go on from the checkpoint.")]


class Keeping:
    """The checkpoint of a run, from before its data are read until its model is written.

    Raises:
        InputError: if the model or the checkpoint cannot be written, another run writes it, or
            there is something else in its place.
    """

    def __init__(
        self,
        output: Path | None,
        checkpoint: Path | None,
        every: str | None,
        resume: bool,
        notices: Console,
    ) -> None:
        self.output, self.path, self.resume = output, checkpoint, resume
        if self.path is None and output is not None:
            self.path = output.with_name(f"{output.name}.checkpoint")
        self.notices = notices
        self.pace: Pace = pace_of(every, "--checkpoint-every")
        self.run: KeptRun | None = None
        if self.path is None and (resume or every is not None):
            option = "--resume" if resume else "--checkpoint-every"
            raise InputError(f"`{option}` needs a checkpoint: name it with `--checkpoint` or `-o`.")
        if self.path is not None and self.path == output:
            raise InputError(f"`--checkpoint` {self.path} is the model's file; name another one.")
        with self._locked():
            for path in self._files():
                try_writing(path)
            self._refuse_what_is_none()

    def run_of(self) -> "KeptRun":
        """Return what keeps the run: its checkpoint read where it goes on, put aside where not."""
        from ..checkpoint_file import read_checkpoint
        from ..resuming import KeptRun

        kept = None
        if self.path is not None and self.path.exists():
            if self.resume:
                kept = read_checkpoint(self.path)
            else:
                aside = self.path.with_name(f"{self.path.name}.before")
                os.replace(self.path, aside)
                terminal.notice(
                    f"{self.path} holds a training that was interrupted; this one begins anew "
                    f"(`--resume` goes on), and the checkpoint is now {aside}.",
                    self.notices,
                )
        elif self.resume:
            terminal.notice(f"{self.path} does not exist: training begins anew.", self.notices)
        tell = partial(terminal.notice, console=self.notices)
        going_on = _resumed(self.path, kept) if self.path is not None and kept is not None else ""
        self.run = KeptRun(self.path, self.pace, kept, tell, going_on)
        return self.run

    @contextmanager
    def until_written(self, keep: Callable[["Model"], None]) -> Iterator[None]:
        """Hold the files while the block trains and writes; `keep` writes a model.

        Raises:
            InterruptionError: if Ctrl-C or SIGTERM ends it.
        """
        try:
            with self._locked(), signals_noted(SIGINT, SIGTERM):
                yield
                self._remove()
        except KeyboardInterrupt as stopped:
            raise InterruptionError(self._ended_by(stopped, keep), exit_status()) from None
        except InputError as error:
            from ..experiment import WHOLE

            if self.run is None or not self.run.has_ended(WHOLE):
                raise
            self.run.write("over")
            if not self.run.has_written:
                raise
            raise InputError(f"{error} The networks are kept in {self._go_on()}") from error

    def _ended_by(self, stopped: Any, keep: Callable[["Model"], None]) -> str:
        """Write what there is, and say how to go on."""
        models: dict[str, Model] = getattr(stopped, "models", {})
        where, model = _where(models)
        if self.run is not None and not models:
            self.run.write("interrupted")  # between two trainings
        with suppress(InputError):  # the checkpoint has it
            if self.output is not None and model is not None:
                keep(model)
        if self.run is None or not self.run.has_written:
            kept = self.path is not None and self.path.exists()
            return f"interrupted{where}; " + (
                f"the checkpoint is as it was. Go on with: {_command()}"
                if kept
                else "nothing was written."
            )
        none = "; there is no model yet" if self.output is not None and model is None else ""
        return f"interrupted{where}{none}. It is kept in {self._go_on()}"

    def _go_on(self) -> str:
        return f"{self.path}; go on with: {_command()}"

    def _files(self) -> list[Path]:
        return [path for path in (self.output, self.path) if path is not None]

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with ExitStack() as locks:
            for path in self._files():
                locks.enter_context(locked(path))
            yield

    def _refuse_what_is_none(self) -> None:
        from ..checkpoint_mark import is_checkpoint

        if self.path is not None and self.path.exists() and not is_checkpoint(self.path):
            raise InputError(
                f"`--checkpoint` {self.path} exists and is no chainrule checkpoint; name another "
                "file, so that it is not replaced."
            )

    def _remove(self) -> None:
        if self.path is not None:
            with suppress(OSError):
                self.path.unlink()


def _command() -> str:
    """Return the command that goes on: this one, with `--resume`."""
    words = [*sys.argv[1:], *(() if "--resume" in sys.argv else ("--resume",))]
    return shlex.join(["chainrule", *words])


def _where(models: dict[str, "Model"]) -> tuple[str, "Model | None"]:
    """Say in which training it was interrupted, and return the model of all rows, if there is."""
    cut = {label: m for label, m in models.items() if m.estimator.stop_reason_ == "interrupted"}
    if not cut:
        return "", None
    from ..experiment import WHOLE  # only now: the signal may have come while it was loaded

    begun = {label: model for label, model in cut.items() if model.estimator.n_iter_}
    cut = begun or dict([*cut.items()][:1])  # others were to come
    label, model = next(iter(cut.items()))
    name = f"{len(cut)} networks" if len(cut) > 1 else label
    name = "the training on all rows" if label == WHOLE else name
    whole = models.get(WHOLE)
    usable = whole if whole is not None and whole.estimator.n_iter_ else None
    epochs = model.estimator.n_iter_
    when = f"after epoch {epochs}" if epochs else "in the first epoch"
    return f" in {name}, {when}", usable


def _resumed(path: Path, kept: "Kept") -> str:
    """Say from where a run goes on."""
    over = sum(state.is_over for state in kept.states.values())
    going = {label: state for label, state in kept.states.items() if not state.is_over}
    epochs = sorted({state.epoch for state in going.values()})
    under_way = ""
    if going:
        name = next(iter(going)) if len(going) == 1 else f"{len(going)} networks"
        under_way = f", {name} in epoch {epochs[0]}"
    said = f"going on from {path} of {kept.written}: {counted(over, 'network')} trained{under_way}."
    if kept.why == "pace":
        said += (
            " That run was ended from outside (killed, out of memory, or a power cut): what it did "
            "after that time is done again."
        )
    if not all(state.facts["optimizer"] for state in going.values()):
        said += " lbfgs begins anew at the weights of its last iteration."
    return said
