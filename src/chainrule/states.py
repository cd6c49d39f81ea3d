"""The state of a training as arrays and facts, and a training put back into it.

All that the rest of a training follows from, beside its rows and settings: with both, what comes is
the same to the last bit, by the same engine with as many threads.  L-BFGS alone begins anew, at the
weights of its last iteration: SciPy keeps what it knows of the curvature to itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

import numpy as np
from numpy.random import RandomState

from .chain import Array
from .engines import Begun
from .history import History
from .optimizers import Optimizer
from .position import Position

CURVES = ("loss_curve", "validation_losses", "validation_scores")
COUNTS = (
    "n_iter",
    "samples",
    "without_improvement",
    "best_loss",
    "best_score",
    "best_validation_loss",
    "start_loss",
    "stop_reason",
)
OF_OPTIMIZER = ("velocity", "mean", "square", "powers")
OF_POSITION = ("under_way", "gone", "seen", "total", "loss")
ESSENTIAL = ("flat", "best_weights", *CURVES)
"""The arrays that are needed of a training that is over and does not go on."""


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Arrays by name, and facts that JSON can hold."""

    arrays: Mapping[str, Array]
    facts: Mapping[str, Any]

    @property
    def epoch(self) -> int:
        """The epoch that is under way, counted from 1, or the last where training is over."""
        facts = self.facts
        return int(facts["history"]["n_iter"] + (not self.is_over))

    @property
    def is_over(self) -> bool:
        """Whether the training has come to its end."""
        return bool(self.facts["history"]["stop_reason"])

    def essential(self) -> "State":
        """Return what is needed to have the result of a training that is over, copied."""
        arrays = {name: self.arrays[name].copy() for name in ESSENTIAL if name in self.arrays}
        return State(arrays, self.facts)


def state_of(begun: Begun, engine: str, before: Mapping[str, Any]) -> State:
    """Return the state of a training, of which `before` was the stream at first; nothing is copied.

    It must stand between two batches.
    """
    training, optimizer, dropout, random, _ = begun
    history, position = training.history, training.position
    arrays = {"flat": training.parameters.flat}
    arrays |= {name: np.array(getattr(history, name), float) for name in CURVES}
    named = [(history, ("best_weights",)), (position, ("order",)), (optimizer, OF_OPTIMIZER)]
    for owner, names in named:
        found = {name: getattr(owner, name, None) for name in names}
        arrays |= {name: array for name, array in found.items() if array is not None}
    epochs: list[int] = []
    if position.guard is not None:
        arrays["start"] = position.guard.start
        for epoch, weights in position.guard.remembered:
            arrays[f"remembered.{len(epochs)}"] = weights
            epochs.append(epoch)
    facts = {
        "history": {name: getattr(history, name) for name in COUNTS},
        "position": {name: getattr(position, name) for name in OF_POSITION},
        "optimizer": _rates(optimizer),
        "draws": [link.draws for link in dropout],
        "remembered": epochs,
        "random_before": before,
        "random": stream_of(random),
        "seconds": training.seconds,
        "engine": engine,
    }
    return State(arrays, facts)


def go_on(begun: Begun, state: State) -> None:
    """Put a training that has not begun into a state; its rows and settings are those of before.

    A training that ended with its last epoch goes on if it may now have more.
    """
    training, optimizer, dropout, random, _ = begun
    arrays, facts = state.arrays, state.facts
    training.parameters.flat[:] = arrays["flat"]
    _put_history(training.history, state)
    history = training.history
    more = history.n_iter < training.plan.max_epochs
    if history.stop_reason == "max_iter" and more and "start" in arrays:
        history.stop_reason = ""
    if optimizer is not None:
        for name, value in facts["optimizer"].items():
            setattr(optimizer, name, value)
        for name in OF_OPTIMIZER:
            if name in arrays and hasattr(optimizer, name):
                setattr(optimizer, name, arrays[name].copy())
        if "powers" in arrays:
            optimizer.goes_on = True  # type: ignore[attr-defined]
    for link, draws in zip(dropout, facts["draws"], strict=True):
        link.draws = draws
    put_stream(random, facts["random"])
    _put_position(training.position, state)
    training.started = monotonic()


def _rates(optimizer: Optimizer | None) -> dict[str, Any]:
    names = ("learning_rate", "steps")
    return {name: getattr(optimizer, name) for name in names if hasattr(optimizer, name)}


def _put_history(history: History, state: State) -> None:
    for name, value in state.facts["history"].items():
        setattr(history, name, value)
    for name in CURVES:
        getattr(history, name)[:] = state.arrays[name].tolist()
    best = state.arrays.get("best_weights")
    history.best_weights = None if best is None else best.copy()


def _put_position(position: Position, state: State) -> None:
    arrays, facts = state.arrays, state.facts
    for name, value in facts["position"].items():
        setattr(position, name, value)
    position.order = arrays["order"].copy() if "order" in arrays else None
    if "start" in arrays:
        kept = [arrays[f"remembered.{number}"] for number in range(len(facts["remembered"]))]
        remembered = list(zip(facts["remembered"], kept, strict=True))
        position.remembered = arrays["start"].copy(), remembered
    position.seconds, position.resumed = facts["seconds"], True


def stream_of(random: RandomState) -> dict[str, Any]:
    """Return the state of a stream of random numbers as JSON can hold it."""
    return {name: _plain(value) for name, value in random.get_state(legacy=False).items()}


def put_stream(random: RandomState, state: Mapping[str, Any]) -> None:
    """Let a stream go on from a state."""
    random.set_state(dict(state))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value
