"""The trainings of `chainrule train` in one checkpoint: those over, and those under way."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from time import monotonic, strftime
from typing import Any

from . import identity
from .checkpoint_file import Kept, write_checkpoint
from .checkpoints import Identity, warn_of_platform
from .engines import Begun
from .errors import InputError
from .interrupts import attended, is_asked_to_stop, stop
from .pace import Clock, Pace
from .position import Keeper
from .preparation import Options, Prepared
from .recipes import Recipe
from .states import State, state_of
from .threads import threads_there

NO_OPTIONS = ("output_activation", "momentum", "shuffle")
"""Settings of a recipe that no option of the command changes by itself."""


class KeptRun:
    """The trainings of a run by their labels; kept in a file, or only asked to stop.

    Attributes:
        path: of the checkpoint; None for none.  `tell` is told when it cannot be written, and
            `going_on` once it is known to be of these settings and rows.
        has_written: whether it holds something of this run.
    """

    def __init__(
        self,
        path: Path | None,
        pace: Pace,
        kept: Kept | None = None,
        tell: Callable[[str], None] = warnings.warn,
        going_on: str = "",
    ) -> None:
        self.path, self.has_written = path, False
        self.pace, self.clock = pace, Clock(pace)
        self._before, self._tell, self._going_on = kept, tell, going_on
        self._states: dict[str, State] = {} if kept is None else dict(kept.states)
        self._going: dict[str, tuple[Begun, Mapping[str, Any]]] = {}
        self._ended: set[str] = set()
        self._identity: Mapping[str, Any] = {}

    def is_of(self, prepared: Prepared, recipe: Recipe, options: Options) -> None:
        """Note what is trained on what.

        Raises:
            InputError: if the checkpoint to go on from is of other settings or rows.
        """
        self.clock = Clock(self.pace)
        if self.path is None:
            return
        self._identity = now = _identity(prepared, recipe, options)
        if self._before is None:
            return
        before, path = self._before.identity, str(self.path)
        remedy = "Say what was said then, or leave `--resume` out to begin anew."
        identity.require_same(path, before, now, remedy)
        if self._going_on:
            self._tell(self._going_on)
        warn_of_platform(path, before["platform"], now["platform"])

    def part(self, label: str) -> "Part":
        """Return the callback that keeps the training of a label."""
        return Part(self, label)

    def state(self, label: str) -> State | None:
        """Return where the training of a label stood when this run began, or how it ended."""
        return self._states.get(label)

    def began(self, label: str, begun: Begun, before: Mapping[str, Any]) -> None:
        """Note that a training is under way, whose state is to be looked up in it."""
        self._going[label] = begun, before
        self.clock.begin(begun.training.history.n_iter)

    def ended(self, label: str, whole: bool) -> None:
        """Note that it is not any more; `whole` if it came to its end."""
        if label in self._going:
            state = self._state_of(label)
            del self._going[label]
            self._states.pop(label, None)
            if whole:
                self._states[label] = state.essential()
                self._ended.add(label)

    def look(self) -> None:
        """Write if it is time, and end the training if a signal waits for that."""
        if is_asked_to_stop():
            self.write("interrupted")
            stop()
        if self.clock.is_time(self._epochs() if self.pace.epochs else 0):
            self.write("pace")

    def write(self, why: str) -> None:
        """Write the checkpoint, if there is one and there is something to write."""
        states = self._states | {label: self._state_of(label) for label in self._going}
        if self.path is None or not states:
            return
        started = monotonic()
        try:
            kept = Kept(states, self._identity, why, strftime("%Y-%m-%d %H:%M:%S"))
            write_checkpoint(self.path, kept)
            self.has_written = True
        except InputError as error:  # a training is worth more than its checkpoint
            goes_on = " Training goes on." if why == "pace" else ""
            self._tell(f"no checkpoint: {error}{goes_on}")
        self.clock.wrote(self._epochs(), monotonic() - started)

    def _epochs(self) -> int:
        """Return how many epochs of the trainings under way are over."""
        epochs = (begun.training.history.n_iter for begun, _ in self._going.values())
        return max(epochs, default=0)

    def has_ended(self, label: str) -> bool:
        """Whether a training has come to its end in this run."""
        return label in self._ended

    def _state_of(self, label: str) -> State:
        begun, before = self._going[label]
        return state_of(begun, begun.training.listeners.model.engine_, before)


class Part:
    """Keeps the training of one label, as a callback of its estimator."""

    def __init__(self, run: KeptRun, label: str) -> None:
        self.run, self.label = run, label

    @property
    def state(self) -> State | None:
        """Where it stood."""
        return self.run.state(self.label)

    def keeper(self, begun: Begun, before: Mapping[str, Any], _trained: Identity) -> Keeper:
        """Return who keeps the training that is about to begin."""
        return _KeepingPart(self, begun, before)


class _KeepingPart:
    def __init__(self, part: Part, begun: Begun, before: Mapping[str, Any]) -> None:
        self.part, self.begun, self.before = part, begun, before

    @contextmanager
    def while_training(self) -> Iterator[None]:
        run, label = self.part.run, self.part.label
        run.began(label, self.begun, self.before)
        try:
            with attended():
                yield
        except KeyboardInterrupt:
            raise  # what is under way stays what the checkpoint is of
        except BaseException:
            run.ended(label, whole=False)
            raise

    @property
    def look(self) -> Callable[[], None]:
        return self.part.run.look

    def at_end(self) -> None:
        self.part.run.ended(self.part.label, whole=True)


def _identity(prepared: Prepared, recipe: Recipe, options: Options) -> dict[str, Any]:
    said = recipe.settings() | asdict(options)
    settings = {
        name if name in NO_OPTIONS else f"--{name.replace('_', '-')}": identity.described(value)
        for name, value in said.items()
    }
    columns = [[feature.name, feature.categories] for feature in prepared.features]
    settings["the columns"] = identity.described(columns)
    settings["the target's classes"] = identity.described(prepared.target.classes)
    data = identity.described_data({"the inputs": prepared.encoded, "the target": prepared.y})
    platform = identity.platform_of(threads_there())
    return {"settings": settings, "data": data, "platform": platform}
