"""Checkpoints of a training: written while it goes, and gone on from.

`Checkpoint` is a callback of the estimators; `fit(X, y, resume=FILE)` goes on.
"""

import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from signal import SIGINT
from time import monotonic, strftime
from typing import Any, Protocol

import numpy as np
from numpy.random import RandomState
from sklearn.utils import check_random_state

from . import identity
from .checkpoint_file import Kept, read_checkpoint, write_checkpoint
from .engines import VARIABLE, Begun
from .errors import InputError
from .files import try_writing
from .interrupts import attended, is_asked_to_stop, signals_noted, stop
from .locks import locked
from .pace import Clock, pace_of
from .position import Keeper
from .states import State, go_on, put_stream, state_of, stream_of
from .threads import LARGE, threads_there

ONLY = "fit"
"""What the state of an estimator's training is called in its checkpoint."""


@dataclass(frozen=True, eq=False)
class Identity:
    """What an estimator is trained with: the settings that must stay, and arrays by name."""

    settings: Mapping[str, Any]
    arrays: Mapping[str, Any]
    work: int

    @cached_property
    def described(self) -> dict[str, Any]:
        """As a checkpoint keeps it."""
        threads = threads_there() if self.work >= LARGE else 1
        return {
            "settings": identity.described_settings(self.settings),
            "data": identity.described_data(self.arrays),
            "platform": identity.platform_of(threads),
        }

    def require(self, path: str, kept: Kept) -> None:
        """Refuse a checkpoint of other settings or rows; warn of another platform."""
        before, now = kept.identity, self.described
        remedy = "Take what it was trained with, or leave `resume` out to begin anew."
        identity.require_same(path, before, now, remedy)
        warn_of_platform(path, before["platform"], now["platform"])


def warn_of_platform(path: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Say what of the platform is not as it was, which may change the last digits."""
    found = identity.differences(before, now)
    if found:
        warnings.warn(
            f"`{path}` was written where {', '.join(found)}: the weights may differ in their last "
            "digits from those of a training without a break.",
            stacklevel=2,
        )


class Maker(Protocol):
    """A callback that keeps a training."""

    state: State | None

    def keeper(self, begun: Begun, before: Mapping[str, Any], trained: Identity) -> Keeper:
        """Return who keeps a training that is about to begin."""


class Checkpoint:
    """A callback that writes a checkpoint every now and then, and at Ctrl-C.

    Args:
        path: the file; it is complete or as it was before, whenever the process ends.
        every: a number of epochs, or a time, as in "30s" or "5 min"; by default 30 seconds, or
            later where writing would take more than a hundredth of the time.

    `fit(X, y, resume=path)` goes on, with the same rows and settings, to the same weights.

    >>> from chainrule import MLPRegressor
    >>> model = MLPRegressor(callbacks=Checkpoint("run.checkpoint", every=10))

    Raises:
        InputError: if `every` says neither epochs nor a time.
    """

    state: State | None = None

    def __init__(self, path: str | os.PathLike[str], every: int | str | None = None) -> None:
        self.path, self.every = path, every
        pace_of(every, "every")

    def __repr__(self) -> str:
        every = "" if self.every is None else f", every={self.every!r}"
        return f"Checkpoint({str(self.path)!r}{every})"

    def keeper(self, begun: Begun, before: Mapping[str, Any], trained: Identity) -> Keeper:
        """Return who keeps a training that is about to begin."""
        return _Keeping(self, begun, before, trained)


class _Keeping:
    """Keeps one training in a file of its own."""

    def __init__(
        self, asked: Checkpoint, begun: Begun, before: Mapping[str, Any], trained: Identity
    ) -> None:
        self.path, self.pace = asked.path, pace_of(asked.every, "every")
        self.begun, self.before, self.trained = begun, before, trained
        self.has_written = False
        self.clock = Clock(self.pace)
        with locked(self.path):  # said before anything of the model changes
            try_writing(self.path)

    @contextmanager
    def while_training(self) -> Iterator[None]:
        with locked(self.path), signals_noted(SIGINT), attended():
            self.clock = Clock(self.pace, self.begun.training.history.n_iter)
            yield

    def look(self) -> None:
        if is_asked_to_stop():
            self.write("interrupted")
            stop()
        if self.clock.is_time(self.begun.training.history.n_iter):
            self.write("pace")

    def at_end(self) -> None:
        if self.has_written:
            self.write("over")

    def write(self, why: str) -> None:
        started = monotonic()
        state = state_of(self.begun, self.begun.training.listeners.model.engine_, self.before)
        kept = Kept({ONLY: state}, self.trained.described, why, strftime("%Y-%m-%d %H:%M:%S"))
        try:
            write_checkpoint(self.path, kept)
            self.has_written = True
        except InputError as error:  # a training is worth more than its checkpoint
            warnings.warn(f"No checkpoint: {error} Training goes on.", stacklevel=2)
        self.clock.wrote(self.begun.training.history.n_iter, monotonic() - started)


def apart(callbacks: Sequence[Any] | Any | None) -> tuple[Maker | None, list[Any]]:
    """Return the callback that keeps checkpoints, if one does, and the others.

    Raises:
        InputError: if several do.
    """
    if callbacks is not None and not isinstance(callbacks, list | tuple):
        callbacks = [callbacks]
    listed = list(callbacks or ())
    makers = [one for one in listed if hasattr(one, "keeper") and not isinstance(one, type)]
    if len(makers) > 1:
        raise InputError(f"`callbacks` must hold at most one Checkpoint, got {len(makers)}.")
    return (makers[0] if makers else None), [one for one in listed if one not in makers]


class Start:
    """How a fit begins: anew, or in the state of a checkpoint; and who keeps it.

    Raises:
        InputError: if there is no such checkpoint.
    """

    def __init__(self, settings: Mapping[str, Any], resume: Any, once: bool) -> None:
        self.maker, listeners = apart(settings["callbacks"])
        self.settings = {**settings, "callbacks": listeners}
        self.path, self.kept = str(resume), None
        self.before: dict[str, Any] = {}
        if once and self.maker is not None:
            raise InputError(
                "`callbacks` must hold no Checkpoint with `partial_fit`, which is one epoch: keep "
                "the model between the calls yourself, with pickle, or call `fit`."
            )
        self.state = None if self.maker is None else self.maker.state
        if resume is not None:
            self.kept = read_checkpoint(resume)
            if ONLY not in self.kept.states:
                raise InputError(
                    f"`{resume}` is a checkpoint of `chainrule train`; go on with the command."
                )
            self.state = self.kept.states[ONLY]
        seed = settings["random_state"]
        anew = seed is None and self.state is not None  # the stream of all others stays as it is
        self.random = RandomState() if anew else check_random_state(seed)

    def draws(self) -> RandomState:
        """Return the stream as it is, or was, when rows are split and masks get their seed."""
        if self.state is not None:
            put_stream(self.random, self.state.facts["random_before"])
        if self.maker is not None:
            self.before = stream_of(self.random)
        return self.random

    def ready(
        self, begun: Begun, settings: Mapping[str, Any], data: Callable[[], Mapping[str, Any]]
    ) -> Begun:
        """Return the training as it is to begin."""
        if self.state is None and self.maker is None:
            return begun
        trained = Identity(settings, data(), begun.training.work)
        if self.state is not None:
            if self.kept is not None:
                trained.require(self.path, self.kept)
            go_on(begun, self.state)
            begun = begun._replace(engine=_engine(begun.engine, self.state, self.path))
        if self.maker is not None:
            begun.training.position.keeper = self.maker.keeper(begun, self.before, trained)
        return begun


def _engine(wanted: str, state: State, path: str) -> str:
    """Return the engine of the training that goes on, unless another one is asked for."""
    before = str(state.facts["engine"])
    named = (os.environ.get(VARIABLE) or "auto") if wanted == "auto" else wanted
    if named not in ("auto", before) and not state.is_over:
        warn_of_platform(path, {"engine": before}, {"engine": named})
    return before if named == "auto" else wanted


def arrays_of(rows: Any, validation: Sequence[Any]) -> dict[str, Any]:
    """Return what a fit is given, by the names of its parameters."""
    names = ("X_val", "y_val", "sample_weight_val")
    given = {
        name: array if array is None or hasattr(array, "tocsr") else np.asarray(array)
        for name, array in zip(names, validation, strict=True)
    }
    return {"X": rows.X, "y": rows.y, "sample_weight": rows.sample_weight} | given
