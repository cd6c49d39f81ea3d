"""Several trainings at once: folds of a cross-validation, seeds, learning rates.

Trained online, a small network leaves most of a core idle: each step waits for the one before.
Eight that go abreast, in lockstep epoch by epoch, take little longer than two or three.
"""

import warnings
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from functools import partial
from reprlib import repr as shortened
from time import monotonic
from typing import Any

from .engines import Begun, EpochsAbreast, Run, choose, groups, lanes, runner
from .errors import DivergenceError, InputError
from .mlp import MLP
from .sklearn_callbacks import tear_down
from .stops import warning_of
from .training import rounds

Job = Sequence[Any]
"""A model and the rows to fit it to: (model, X, y) or (model, X, y, sample_weight)."""

Errors = dict[int, DivergenceError]
"""Of the trainings that diverged, by their indices."""


def fit_together(jobs: Iterable[Job]) -> list[Any]:
    """Fit models, each to rows of its own, as `fit` does one after the other; return them.

    A job is (model, X, y) or (model, X, y, sample_weight).  Small networks of one shape that are
    trained online, one row an update, go abreast where that is faster; others are fitted in turn.
    Seeds being whole numbers, the weights are the same, up to rounding.  Ctrl-C ends all.

    Raises:
        InputError: if a model or its rows cannot be used; all models then are as before.
        DivergenceError: if a training diverges, of the first in `jobs`; the others are over then.

    >>> import numpy as np
    >>> from chainrule import MLPRegressor, fit_together
    >>> X, y = np.linspace(-1, 1, 30)[:, None], np.linspace(0, 1, 30)
    >>> online = {"solver": "sgd", "batch_size": 1, "learning_rate_init": 0.01, "max_iter": 500}
    >>> online |= {"hidden_layer_sizes": (3,), "activation": "tanh"}
    >>> models = [MLPRegressor(**online, random_state=seed) for seed in range(3)]
    >>> [round(model.score(X, y), 1) for model in fit_together([(m, X, y) for m in models])]
    [1.0, 1.0, 1.0]
    """
    jobs = _checked(jobs)
    errors = train_together(jobs)
    models = [model for model, *_ in jobs]
    for model in models:
        settings = model.get_params(deep=False)
        said = warning_of(model.stop_reason_, settings, model.loss_curve_)
        if said:
            warnings.warn(*said, stacklevel=2)
    if errors:
        first = min(errors)
        errors[first].add_note(f"This is the job of index {first}.")
        raise errors[first]
    return models


def train_together(jobs: Sequence[Job]) -> Errors:
    """Do as `fit_together`, silently; return the errors of those that diverged.

    Raises:
        InputError: as `fit_together`.
    """
    models = [model for model, *_ in jobs]
    errors: Errors = {}
    with ExitStack() as waiting:
        untouched = [waiting.enter_context(ExitStack()) for _ in models]
        for model, until_it_begins in zip(models, untouched, strict=True):
            until_it_begins.enter_context(model._all_or_nothing())
        begun = [_ready(index, *job) for index, job in enumerate(jobs)]
        engines = choose(begun)
        interrupted = False
        for group in groups(engines, begun):
            chosen = {i: begun[i] for i in group}
            run = _run_of(chosen, engines[group[0]], errors)
            with ExitStack() as over:
                for i in group:
                    untouched[i].close()
                    over.callback(tear_down, models[i])
                    over.enter_context(models[i]._while_training(begun[i].training, engines[i]))
                    begun[i].training.started = monotonic()
                    begun[i].training.position.abreast = len(group) > 1
                interrupted = _interrupted(run, chosen.values(), interrupted)
    return errors


def _checked(jobs: Iterable[Job]) -> list[Job]:
    listed = list(jobs) if isinstance(jobs, Iterable) else [jobs]
    for job in listed:
        right = isinstance(job, tuple | list) and len(job) in (3, 4)
        if not (right and isinstance(job[0], MLP)):
            raise InputError(
                "`jobs` must hold tuples (model, X, y) or (model, X, y, sample_weight) whose model "
                f"is an MLPClassifier or an MLPRegressor; got {shortened(job)}."
            )
    if len({id(model) for model, *_ in listed}) < len(listed):
        raise InputError(
            "`jobs` must name each model once: a second fit undoes the first. Make others with "
            "`sklearn.base.clone`."
        )
    return listed


def _ready(index: int, model: MLP, X: Any, y: Any, sample_weight: Any = None) -> Begun:
    try:
        return model._ready(X, y, sample_weight, model._begins_anew())
    except Exception as error:
        error.add_note(f"This is the job of index {index}.")
        raise


def _run_of(group: dict[int, Begun], engine: str, errors: Errors) -> Run:
    """Return what trains a group, and notes what diverges."""
    if len(group) > 1:
        return partial(_in_lockstep, group, lanes([*group.values()]), errors)
    ((index, begun),) = group.items()
    return partial(_alone, index, runner(engine, begun), errors)


def _alone(index: int, run: Run, errors: Errors) -> None:
    try:
        run()
    except DivergenceError as error:
        errors[index] = error


def _in_lockstep(group: dict[int, Begun], epochs: EpochsAbreast, errors: Errors) -> None:
    """Train, epoch by epoch, all that have not come to their end."""
    numbers = [*group]
    going = [rounds(b.training, b.optimizer, b.random) for b in group.values() if b.optimizer]
    told: dict[int, Any] = dict.fromkeys(range(len(going)))
    looks = _looks(group.values())
    while told:
        orders = []
        for place, gone in told.items():
            try:
                order, _ = going[place].send(gone)
                orders.append((place, order))
            except StopIteration:
                continue
            except DivergenceError as error:
                errors[numbers[place]] = error
        for look in looks:
            look()
        told = {place: gone for (place, _), gone in zip(orders, epochs(orders), strict=True)}


def _looks(group: Iterable[Begun]) -> list[Run]:
    """Return what lets all keepers look, where each training has an epoch before it or is over."""
    keepers = filter(None, (begun.training.position.keeper for begun in group))
    looks = [*dict.fromkeys(keeper.look for keeper in keepers)]  # of several parts there is one

    def all_look() -> None:
        with ExitStack() as every:  # each of them, even if one ends all
            for look in looks:
                every.callback(look)

    return looks if len(looks) < 2 else [all_look]


def _interrupted(run: Run, group: Iterable[Begun], already: bool) -> bool:
    """Train a group, unless Ctrl-C came before; return whether it came now or before."""
    try:
        if not already:
            run()
            return False
    except KeyboardInterrupt:
        pass
    for begun in group:
        if not begun.training.history.stop_reason:
            begun.training.interrupt()
    return True
