"""Training: epochs and batches over the rows, and when to stop."""

import math
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.random import RandomState

from .callbacks import Batch, Epoch, Listeners
from .chain import Array
from .divergence import Guard, all_finite
from .history import History, Judgement
from .links import Dropout
from .network import BLOCK, Network, Objective, total_weight
from .optimizers import Optimizer, clip
from .parameters import Parameters
from .position import Position
from .schedules import lower, next_epoch
from .threads import multiply_adds


@dataclass(frozen=True, slots=True)
class Plan:
    """How to go through the rows.

    Attributes:
        max_epochs: at most so many passes over the rows (iterations, for L-BFGS).
        batch_size: rows an update; 1 is online, the number of rows full-batch descent.
        shuffle: draw a new order of the rows before each epoch.
        tol: an epoch improves if its loss is at least this much below the best one before; at 0
            it need only not rise above it.  For L-BFGS: training has converged when no
            derivative is larger than this.
        patience: stop after more than so many epochs without improvement.
        judge: what must improve: "training", or "score" or "loss" of the validation rows, which
            also say which epoch's weights are kept.
        max_evaluations: at most so many evaluations of the objective (L-BFGS only).
        max_seconds: stop after the batch or iteration that passes this.
        schedule, learning_rate, power_t: how the learning rate changes from what it was at first.
        weight_decay: of W is taken off with each step, times the learning rate.
        max_grad_norm: a longer gradient is shortened to this length.
        once: this is one of many short trainings of the same weights, so the loss of all rows is
            not computed for the sake of a check.
    """

    max_epochs: int
    batch_size: int
    shuffle: bool = True
    tol: float = 1e-4
    patience: float = 10
    judge: str = "training"
    max_evaluations: int = 15000
    max_seconds: float = math.inf
    schedule: str = "constant"
    learning_rate: float = 0.001
    power_t: float = 0.5
    weight_decay: float = 0.0
    max_grad_norm: float = math.inf
    once: bool = False


@dataclass(slots=True, eq=False)
class Training:
    """Rows X (n, n_in), targets (n, n_out), weights (n,), and what is trained on them in place.

    Attributes:
        judged: computes what the validation rows say of `parameters`; None without such rows.
        show: writes the history to the model's attributes, before an epoch is told of.
        started: when, by the clock `time.monotonic`.
        position: where it stands; it begins anew, or goes on from a checkpoint.
    """

    network: Network
    parameters: Parameters
    X: Array
    target: Array
    weight: Array | None
    plan: Plan
    history: History
    listeners: Listeners
    judged: Callable[[], Judgement] | None = None
    show: Callable[[], None] | None = None
    started: float = field(default_factory=time.monotonic)
    position: Position = field(default_factory=Position)

    @property
    def seconds(self) -> float:
        """Since the training began."""
        return time.monotonic() - self.started + self.position.seconds

    @property
    def is_over(self) -> bool:
        """Whether a training that goes on has come to its end before."""
        return self.position.resumed and bool(self.history.stop_reason)

    @property
    def work(self) -> int:
        """The multiply-adds of the largest matrix product of a step."""
        rows = min(self.plan.batch_size, len(self.target), BLOCK)
        return multiply_adds(rows, self.network.layer_sizes)

    def guard(self) -> Guard:
        """Return what holds this training to the loss that the first one started with."""
        rows = (self.X, self.target, self.weight)
        history = self.history
        guard = Guard(self.network, self.parameters, *rows, history.start_loss, history.before)
        if self.position.remembered:
            guard.recall(*self.position.remembered)
        self.position.guard = guard
        history.start_loss = guard.start_loss
        history.before = guard.start if self.plan.once else None
        return guard

    def ends_epoch(self, loss: float, learning_rate: float | None) -> bool:
        """Record an epoch and tell of it; return whether somebody asks to stop."""
        history, judged = self.history, self.judged() if self.judged else None
        history.record(loss, judged)
        weights = self.parameters.flat
        history.weigh(self.plan.judge, loss, judged, self.plan.tol, weights)
        if not self.listeners.hears("on_epoch_end"):
            return False
        if self.show:
            self.show()
        event = Epoch(
            number=history.n_iter,
            loss=loss,
            validation_loss=judged.loss if judged else None,
            validation_score=judged.score if judged else None,
            learning_rate=learning_rate,
            seconds=self.seconds,
            model=self.listeners.model,
        )
        return self.listeners.tell("on_epoch_end", event)

    def end(self) -> None:
        """Tell the keeper, then put back the best weights."""
        if self.position.keeper:
            self.position.keeper.at_end()
        self.keep_best()

    def keep_best(self) -> None:
        """Put back the weights that the validation rows judged best, if they judge."""
        if self.plan.judge != "training" and self.history.best_weights is not None:
            self.parameters.flat[:] = self.history.best_weights

    def interrupt(self) -> None:
        """End where it is."""
        self.history.stop_reason = "interrupted"
        self.keep_best()

    def require_bounded(
        self,
        guard: Guard,
        loss: float,
        epoch: int,
        learning_rate: float | None = None,
        step: int = 0,
    ) -> None:
        """Go back to the last weights in bounds, and say so, if this loss is not."""
        if guard.allows(loss):
            return
        kept = guard.go_back()
        self.history.cut(kept)
        self.history.stop_reason = "diverged"
        raise guard.error(loss, epoch, kept, learning_rate, step)


Round = tuple[Array, int]
"""What an epoch goes through: the rows in an order, (n,), and its number, counted from 1."""

Gone = tuple[float, int, str]
"""What came of an epoch: its mean loss, how many rows were gone through, why to stop, or ""."""

Epochs = Callable[[Array, int], Gone]
"""Goes through the rows once, by the reference or by a compiled engine, as `one_epoch` does."""


def descend(
    training: Training, optimizer: Optimizer, random: RandomState, one_epoch: Epochs
) -> None:
    """Train in place by one step a batch.

    Raises:
        DivergenceError: if the loss or a weight stops being finite, or the loss runs away;
            the parameters then are the last ones whose loss does neither.
    """
    going = rounds(training, optimizer, random)
    try:
        asked = next(going)
        while True:
            training.position.pause()
            asked = going.send(one_epoch(*asked))
    except StopIteration:
        return


def rounds(
    training: Training, optimizer: Optimizer, random: RandomState
) -> Generator[Round, Gone, None]:
    """Ask for epoch after epoch, and be told what came of each, until it is time to stop.

    Raises:
        DivergenceError: as `descend`.
    """
    plan, history, position = training.plan, training.history, training.position
    if training.is_over:
        return training.end()
    guard, flat = training.guard(), training.parameters.flat
    if not position.resumed:
        position.loss = guard.start_loss
        training.require_bounded(guard, guard.start_loss, 1, optimizer.learning_rate)
    for epoch in range(history.n_iter + 1, plan.max_epochs + 1):
        if not position.under_way:
            guard.remember(epoch - 1, position.loss)
        training.listeners.tell("on_epoch_begin", epoch)
        order = position.begin_epoch(len(training.target), random if plan.shuffle else None)
        loss, seen, stop = yield order, epoch
        rate, step = optimizer.learning_rate, 0
        if not math.isfinite(loss):
            step = math.ceil(seen / plan.batch_size)  # the last that was gone through
        training.require_bounded(guard, loss if all_finite(flat) else math.nan, epoch, rate, step)
        position.end_epoch(loss)
        history.samples += seen
        asked = training.ends_epoch(loss, optimizer.learning_rate)
        next_epoch(plan.schedule, optimizer, plan.learning_rate, plan.power_t, history.samples)
        if stop or asked:
            history.stop_reason = stop or "callback"
            break
        if history.without_improvement > plan.patience:
            if not lower(plan.schedule, optimizer):
                history.stop_reason = "converged"
                break
            history.without_improvement = 0
    else:
        history.stop_reason = "" if plan.once else "max_iter"  # one epoch is all that was asked
    if not plan.once:
        # each batch's loss is that before its step: the last step has not been seen by any
        training.require_bounded(guard, guard.loss(), history.n_iter, optimizer.learning_rate)
    training.end()
    return None


def reference_epochs(training: Training, optimizer: Optimizer, dropout: list[Dropout]) -> Epochs:
    """Return what goes through the rows by `chain.py`."""
    objective = Objective(training.network, training.parameters, dropout)
    return partial(one_epoch, training, objective, optimizer)


def one_epoch(
    training: Training, objective: Objective, optimizer: Optimizer, order: Array, epoch: int
) -> Gone:
    """Go through the rows once; return their mean loss, each batch's before its step.

    And how many rows were gone through, and why to stop before the others, or "".
    """
    plan, X, target = training.plan, training.X, training.target
    tells, position = training.listeners.hears("on_batch_end"), training.position
    (gone, seen, total), stop = position.so_far(), ""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for start in range(gone, len(order), plan.batch_size):
            rows: Any = slice(start, start + plan.batch_size)
            rows = order[rows] if plan.shuffle else rows
            gone = min(start + plan.batch_size, len(order))
            y, weight = target[rows], _part(training.weight, rows)
            if not total_weight(y, weight):
                continue  # rows of weight 0 say nothing
            loss, gradients = objective.value_and_gradients(X[rows], y, weight)
            if not math.isfinite(loss):
                return loss, gone, ""
            total, seen = total + loss * len(y), seen + len(y)
            clip(gradients.flat, plan.max_grad_norm)
            _decay(training.parameters, plan.weight_decay * optimizer.learning_rate)
            optimizer.step(training.parameters.flat, gradients.flat)
            number, model = start // plan.batch_size + 1, training.listeners.model
            event = Batch(epoch, number, loss, gradients, model) if tells else None
            if event and training.listeners.tell("on_batch_end", event):
                stop = "callback"
            elif training.seconds > plan.max_seconds:
                stop = "max_time"
            if stop:
                break
            position.put(gone, seen, total)
            if gone < len(order):
                position.pause()
    return total / seen, gone, stop


def _decay(parameters: Parameters, share: float) -> None:
    """Take a share off each weight; biases stay.  Loshchilov & Hutter, ICLR 2019."""
    if share:
        for W in parameters.W:
            W *= 1 - share


def _part(weight: Array | None, rows: Any) -> Array | None:
    return None if weight is None else weight[rows]
