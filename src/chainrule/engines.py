"""Which engine trains: the NumPy reference, or its compiled twin where that pays for itself.

Both come to the same weights, up to rounding.  Compiling takes seconds, once on a machine; a small
training is over before that.  A small network trained online has a program made for it in a tenth
of a second, and Numba is not loaded.
"""

import math
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import ClassVar, NamedTuple

from numpy.random import RandomState

from .chain import Array
from .errors import InputError
from .full_batch import descend_lbfgs
from .interrupts import interrupts_put_off
from .links import Dropout
from .optimizers import Optimizer
from .parameters import count
from .settings import ENGINES
from .subset import Subset
from .training import Epochs, Gone, Training, descend, reference_epochs

VARIABLE = "CHAINRULE_ENGINE"
"""The environment variable that says what "auto" means."""

LOADING, COMPILING = 0.7, 4.0
"""Seconds that Numba takes to load with what is kept on disk, and to compile what is not."""

LOADING_LLVM = 0.08
"""Seconds that llvmlite takes to load, which makes programs, and the least that one takes."""

LEAST = 0.02
"""Seconds that are worth a change of engine where neither is to be done."""

OF_LAYER, OF_ACTIVATION, OF_PARAMETER = 26e-6, 6e-9, 6e-9
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
    """What trainings by NumPy in this process would have saved, in seconds by layer sizes."""

    by_sizes: ClassVar[dict[tuple[int, ...], float]] = {}


def choose(begun: Sequence[Begun]) -> list[str]:
    """Return "numba" or "numpy" for each: the engine wanted, or that which is done first.

    "auto" compiles where these trainings, with those before them in the process, save more time
    than compiling takes.  A program is made for a network's sizes, so only those alike count.

    Raises:
        InputError: if Numba is wanted and cannot be loaded, or has no kernel for a training.
    """
    alike = dict(_Missed.by_sizes)
    for training in (one.training for one in begun):
        seconds = saving(training, training.plan.max_epochs)
        alike[_sizes(training)] = alike.get(_sizes(training), 0.0) + seconds
    return [_choice(one, alike[_sizes(one.training)], sum(alike.values())) for one in begun]


def _sizes(training: Training) -> tuple[int, ...]:
    return tuple(training.network.layer_sizes)


def _choice(begun: Begun, alike: float, in_all: float) -> str:
    """Return an engine, of seconds saved in trainings of the same sizes and in all."""
    wanted = begun.engine
    preferred = (os.environ.get(VARIABLE) or "auto") if wanted == "auto" else wanted
    if preferred not in ENGINES:
        raise InputError(
            f"the environment variable {VARIABLE} must be one of {', '.join(ENGINES)}; got "
            f"{preferred!r}."
        )
    if preferred == "numpy":
        return "numpy"
    if preferred == "numba":
        alike = in_all = math.inf  # whatever compiling takes
    by_program = _by_program(begun.training, begun.optimizer, begun.dropout, alike)
    return by_program or _by_kernels(begun.training, wanted, in_all)


def _by_program(
    training: Training, optimizer: Optimizer | None, dropout: list[Dropout], saved: float
) -> str:
    """Return the engine for a training that may have a program; "" if it has none."""
    if min(training.plan.batch_size, len(training.target)) == 1 and saved < LOADING_LLVM:
        return "numpy"
    seconds = _seconds_to_make(training, optimizer, dropout)
    if seconds is None:
        return ""
    return "numpy" if saved < seconds else "numba"


def _seconds_to_make(
    training: Training, optimizer: Optimizer | None, dropout: list[Dropout]
) -> float | None:
    """Return how long a program takes to make; None if there is none."""
    if optimizer is None or min(training.plan.batch_size, len(training.target)) > 1:
        return None
    try:
        with interrupts_put_off():
            from ._fast.online.shaped import seconds_to_make
    except Exception:  # without llvmlite there is no Numba either, of which more is said
        return None
    return seconds_to_make(training, optimizer, dropout)


def _by_kernels(training: Training, wanted: str, saved: float) -> str:
    if saved < _seconds_to_load():
        return "numpy"
    why = _why_not()
    lacks = "" if why else _obstacle(training)
    if wanted == "numba" and (why or lacks):
        reason = f"it cannot be loaded: {why}" if why else f"it has no kernel for {lacks}"
        raise InputError(f"`engine` must not be 'numba' here, {reason}. Take 'auto' or 'numpy'.")
    if why:
        _say_once(why)
    if why or lacks or saved < _seconds_to_compile(training):
        return "numpy"
    return "numba"


def saving(training: Training, epochs: int) -> float:
    """Return about how many seconds less so many epochs take compiled; at most what they may."""
    sizes, n_rows = training.network.layer_sizes, len(training.target)
    updates = math.ceil(n_rows / training.plan.batch_size)
    layers, units = len(sizes) - 1, sum(sizes[1:])
    of_updates = updates * (layers * OF_LAYER + count(sizes) * OF_PARAMETER)
    seconds = epochs * (of_updates + n_rows * units * OF_ACTIVATION)
    return min(seconds, training.plan.max_seconds)


def _seconds_to_load() -> float:
    return LEAST if "numba" in sys.modules else LOADING


def _seconds_to_compile(training: Training) -> float:
    from ._fast.batches import batches
    from ._fast.compiled import is_kept

    return LEAST if is_kept(batches, training.parameters.flat.dtype) else COMPILING


def runner(engine: str, begun: Begun) -> Run:
    """Return what trains by an engine, compiled now where it is to be."""
    training, optimizer, dropout, random, _ = begun
    if engine == "numba":
        if optimizer is None:
            from ._fast.engine import CompiledObjective

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
    whole, placed = _where_they_lie(training)
    epochs: Epochs
    if _seconds_to_make(training, optimizer, dropout) is None:
        from ._fast.engine import CompiledEpochs

        epochs = CompiledEpochs(whole, optimizer, dropout)
    else:
        from ._fast.online.shaped import ShapedEpochs

        epochs = ShapedEpochs(whole, optimizer)
    return lambda order, epoch: epochs(placed(order), epoch)


def _where_they_lie(training: Training) -> tuple[Training, Callable[[Array], Array]]:
    """Return the training on rows that are no copy, and what makes their places of an order."""
    rows = training.X
    if not isinstance(rows, Subset):
        return training, lambda order: order
    weight = None if training.weight is None else rows.spread(training.weight)
    whole = replace(training, X=rows.whole, target=rows.spread(training.target), weight=weight)
    return whole, lambda order: rows.places[order]


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

    trainings, placed = zip(*(_where_they_lie(one.training) for one in begun), strict=True)
    epochs = LaneEpochs(trainings, [one.optimizer for one in begun if one.optimizer])
    return lambda some: epochs([(index, placed[index](order)) for index, order in some])


def note(engine: str, training: Training) -> None:
    """Keep in mind what a training that is over would have saved."""
    if engine == "numpy":
        seconds = saving(training, training.history.n_iter)
        _Missed.by_sizes[_sizes(training)] = _Missed.by_sizes.get(_sizes(training), 0.0) + seconds


@cache
def _why_not() -> str:
    """Return why Numba cannot be loaded, or ""."""
    try:
        with interrupts_put_off():  # Numba half loaded could not be loaded again
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
