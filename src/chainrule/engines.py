"""Which engine trains: the NumPy reference, or its compiled twin where that pays for itself.

Both come to the same weights, up to rounding.  Compiling takes seconds, once on a machine; a small
training is over before that.
"""

import math
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import NamedTuple

from numpy.random import RandomState

from .chain import Array
from .errors import InputError
from .full_batch import descend_lbfgs
from .links import Dropout
from .optimizers import Optimizer
from .parameters import count
from .settings import ENGINES
from .training import Epochs, Gone, Training, descend, reference_epochs

VARIABLE = "CHAINRULE_ENGINE"
"""The environment variable that says what "auto" means."""

LOADING, COMPILING = 0.4, 2.5
"""Seconds that Numba takes to load, and to compile what is not kept on disk."""

LEAST = 0.02
"""Seconds that are worth a change of engine where neither is to be done."""

OF_LAYER, OF_ACTIVATION, OF_PARAMETER = 22e-6, 2e-9, 4e-9
"""Seconds that the compiled engine saves with each update: a layer, a row's unit, a parameter."""


class Begun(NamedTuple):
    """A training that is ready, and what is to train it.

    Attributes:
        optimizer: takes the steps; None for L-BFGS.
        random: the stream that the orders of the rows are drawn from.
        engine: the one wanted, or "auto".
    """

    training: Training
    optimizer: Optimizer | None
    dropout: list[Dropout]
    random: RandomState
    engine: str


Run = Callable[[], None]
"""Trains."""

EpochsAbreast = Callable[[Sequence[tuple[int, Array]]], list[Gone]]
"""Takes some trainings, by their index, through the rows once, each in an order, (rows,)."""


class _Missed:
    """What trainings by NumPy in this process would have saved, in seconds."""

    seconds = 0.0


def choose(begun: Sequence[Begun]) -> list[str]:
    """Return "numba" or "numpy" for each: the engine wanted, or that which is done first.

    "auto" compiles where these trainings, with those before them in the process, save more time
    than compiling takes.

    Raises:
        InputError: if Numba is wanted and cannot be loaded, or has no kernel for a training.
    """
    trainings = [one.training for one in begun]
    saved = sum(saving(training, training.plan.max_epochs) for training in trainings)
    return [_choice(one.training, one.engine, saved + _Missed.seconds) for one in begun]


def _choice(training: Training, wanted: str, saved: float) -> str:
    preferred = os.environ.get(VARIABLE, "auto") if wanted == "auto" else wanted
    if preferred not in ENGINES:
        raise InputError(
            f"the environment variable {VARIABLE} must be one of {', '.join(ENGINES)}; got "
            f"{preferred!r}."
        )
    if preferred == "numpy" or (preferred == "auto" and saved < _seconds_to_load()):
        return "numpy"
    why = _why_not()
    lacks = "" if why else _obstacle(training)
    if wanted == "numba" and (why or lacks):
        reason = f"it cannot be loaded: {why}" if why else f"it has no kernel for {lacks}"
        raise InputError(f"`engine` must not be 'numba' here, {reason}. Take 'auto' or 'numpy'.")
    if why:
        _say_once(why)
    if why or lacks or (preferred == "auto" and saved < _seconds_to_compile()):
        return "numpy"
    return "numba"


def saving(training: Training, epochs: int) -> float:
    """Return about how many seconds less so many epochs take when compiled."""
    sizes, n_rows = training.network.layer_sizes, len(training.target)
    updates = math.ceil(n_rows / training.plan.batch_size)
    layers, units = len(sizes) - 1, sum(sizes[1:])
    of_updates = updates * (layers * OF_LAYER + count(sizes) * OF_PARAMETER)
    return epochs * (of_updates + n_rows * units * OF_ACTIVATION)


def _seconds_to_load() -> float:
    return LEAST if "numba" in sys.modules else LOADING


def _seconds_to_compile() -> float:
    from ._fast.batches import batches
    from ._fast.compiled import is_kept

    return LEAST if is_kept(batches) else COMPILING


def runner(engine: str, begun: Begun) -> Run:
    """Return what trains by an engine, compiled now where it is to be."""
    training, optimizer, dropout, random, _ = begun
    if engine == "numba":
        from ._fast.engine import CompiledObjective

        if optimizer is None:
            objective_of = partial(CompiledObjective, n_rows=len(training.target))
            return partial(descend_lbfgs, training, objective_of)
        compiled = _compiled_epochs(training, optimizer, dropout)
        return partial(descend, training, optimizer, random, compiled)
    if optimizer is None:
        return partial(descend_lbfgs, training)
    epochs = reference_epochs(training, optimizer, dropout)
    return partial(descend, training, optimizer, random, epochs)


def _compiled_epochs(training: Training, optimizer: Optimizer, dropout: list[Dropout]) -> Epochs:
    """Return what goes through the rows, by a program of its own for a small network online."""
    from ._fast.engine import CompiledEpochs
    from ._fast.online.shaped import ShapedEpochs, obstacle

    if obstacle(training, optimizer, dropout):
        return CompiledEpochs(training, optimizer, dropout)
    return ShapedEpochs(training, optimizer)


def groups(engines: Sequence[str], begun: Sequence[Begun]) -> list[list[int]]:
    """Return trainings that are done sooner abreast than in turn, by their indices; others alone.

    Those are small networks of one shape, trained online.
    """
    compiled = [index for index, engine in enumerate(engines) if engine == "numba"]
    if not compiled:
        return [[index] for index in range(len(begun))]
    from ._fast.online.lanes import grouped

    found = grouped({index: begun[index][:3] for index in compiled})
    return sorted(found + [[index] for index in range(len(begun)) if index not in compiled])


def lanes(begun: Sequence[Begun]) -> EpochsAbreast:
    """Return what goes through the rows of such a group."""
    from ._fast.online.lanes import LaneEpochs

    optimizers = [one.optimizer for one in begun if one.optimizer]
    return LaneEpochs([one.training for one in begun], optimizers)


def note(engine: str, training: Training) -> None:
    """Keep in mind what a training that is over would have saved."""
    if engine == "numpy":
        _Missed.seconds += saving(training, training.history.n_iter)


@cache
def _why_not() -> str:
    """Return why Numba cannot be loaded, or ""."""
    try:
        from ._fast import engine  # noqa: F401
    except Exception as error:  # whatever is broken there, NumPy trains
        return f"{type(error).__name__}: {error}"
    return ""


def _obstacle(training: Training) -> str:
    from ._fast.engine import obstacle

    return obstacle(training)


@cache
def _say_once(why: str) -> None:
    warnings.warn(f"Numba cannot be loaded ({why}); NumPy trains, more slowly.", stacklevel=2)
