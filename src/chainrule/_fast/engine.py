"""The compiled engine behind `training` and `full_batch`: which trainings it takes, and how."""

import math
from collections.abc import Sequence
from time import monotonic

import numpy as np
from scipy.sparse import issparse

from ..callbacks import Batch
from ..chain import Array
from ..links import Dropout
from ..losses import LOSSES
from ..network import BLOCK, Network, Objective
from ..optimizers import Adam, Optimizer
from ..parameters import Gradients, Parameters
from ..training import Gone, Training
from . import places as at
from .batches import batches, gradient_of_rows, make_whole, move, step_part, undisturbed
from .compiled import address, run
from .frame import Frame
from .layout import frame_of, is_formula, is_of_table
from .optimizers import set_steps, settings_of, states_of, step_of, steps_of
from .team import partners

PAUSE = 0.05  # seconds of a call, about: then Python looks after Ctrl-C, callbacks, max_time


class CompiledEpochs:
    """Epochs of one training, each as `training.one_epoch` goes through it."""

    def __init__(
        self, training: Training, optimizer: Optimizer, dropout: Sequence[Dropout] = ()
    ) -> None:
        plan, flat = training.plan, training.parameters.flat
        self.training, self.optimizer, self.dropout = training, optimizer, dropout
        batch, n = min(plan.batch_size, len(training.target)), len(flat)
        self.gradient = np.zeros_like(flat)
        self.frame = frame = frame_of(training.network, flat, self.gradient, batch, dropout)
        put_rows(frame, training.X, training.target, training.weight)
        self.whole = plan.weight_decay > 0 or math.isfinite(plan.max_grad_norm)
        self.results = frame.room(at.RESULTS, 4, dtype=float)
        frame.room(at.RATES, 6, dtype=float)
        frame.room(at.SUMS, n if batch > BLOCK else 0, dtype=float)
        frame.room_each(at.SQUARES, 2)
        self.order = frame.room(at.ORDER, len(training.target), dtype=np.int64)
        frame.put(at.SETTINGS, settings_of(optimizer, flat.dtype))
        first, second = states_of(optimizer, n, flat.dtype)
        frame.put(at.FIRST, first)
        frame.put(at.SECOND, second)
        frame.set(at.BATCH, plan.batch_size)
        frame.set(at.WHOLE, self.whole)
        frame.use({at.STEP: step_of(optimizer), at.STEP_PART: step_part, at.MOVE: move})
        frame.use({at.GRADIENT_OF_ROWS: gradient_of_rows, at.BATCHES: batches})
        frame.use({at.MAKE_WHOLE: make_whole} if self.whole else {})
        self.batches = address(undisturbed, flat.dtype)
        self.tells = training.listeners.hears("on_batch_end")
        self.per_call = 1  # batches of a call; doubled until one takes long enough

    def __call__(self, order: Array, epoch: int) -> Gone:
        """Go through the rows once; return their mean loss, each batch's before its step.

        And how many rows were gone through, and why to stop before the others, or "".
        """
        training, results = self.training, self.results
        size, flat = training.plan.batch_size, training.parameters.flat
        position = training.position
        self._begin(order)
        (gone, *summed), stop = position.so_far(), ""
        results[[at.SEEN, at.SUMMED]] = summed
        while gone < len(order) and not stop:
            first, gone = gone, min(gone + size * (1 if self.tells else self.per_call), len(order))
            started, seen, steps = monotonic(), results[at.SEEN], results[at.STEPS]
            before = flat.copy() if self.tells else flat
            try:
                with partners(self.frame):
                    here, parameters = self.frame.of_thread(0), self.frame.word(at.FLAT)
                    run(self.batches, here, parameters, first, gone, len(flat))
            finally:
                self._keep()  # Ctrl-C comes after the call
            if not math.isfinite(results[at.OBJECTIVE]):
                first += int(results[at.STEPS] - steps) * size  # steps taken before it
                return float(results[at.OBJECTIVE]), min(first + size, gone), ""
            if gone < len(order) and monotonic() - started < PAUSE / 2:
                self.per_call *= 2
            if self.tells and results[at.SEEN] > seen:
                stop = self._tell(epoch, first // size + 1, before, order[first:gone])
            if not stop and results[at.SEEN] and training.seconds > training.plan.max_seconds:
                stop = "max_time"
            position.put(gone, float(results[at.SEEN]), float(results[at.SUMMED]))
            if gone < len(order) and not stop:
                position.pause()
        return float(results[at.SUMMED] / results[at.SEEN]), gone, stop

    def _begin(self, order: Array) -> None:
        plan, optimizer = self.training.plan, self.optimizer
        rate, alpha = optimizer.learning_rate, self.training.network.alpha
        betas = (optimizer.beta_1, optimizer.beta_2) if isinstance(optimizer, Adam) else (0, 0)
        decay = plan.weight_decay * rate
        self.frame.array(at.RATES)[:] = alpha, plan.max_grad_norm, decay, rate, *betas
        self.order[: len(order)] = order
        self.results[:] = 0, 0, 0, steps_of(optimizer)

    def _keep(self) -> None:
        """Let the optimizer and the masks go on where the compiled functions ended."""
        set_steps(self.optimizer, int(self.results[at.STEPS]))
        layout = self.frame.array(at.LAYOUT)
        for link in self.dropout:
            link.draws = int(layout[link.layer, at.DRAWS])

    def _tell(self, epoch: int, number: int, before: Array, rows: Array) -> str:
        """Tell who listens of a batch, whose step began at the weights `before`.

        Return why to stop, or "".
        """
        network, listeners = self.training.network, self.training.listeners
        gradients = Gradients.of(self.gradient, network.layer_sizes)
        if network.alpha and not self.whole:
            # the step added the penalty's part on its way, so that it is the same unheard
            strength = network.alpha / self.frame.array(at.ROW_WEIGHTS)[rows].sum()
            weights = Parameters.of(before, network.layer_sizes).W
            for dW, W in zip(gradients.dW, weights, strict=True):
                dW += strength * W
        loss = float(self.results[at.OBJECTIVE])
        batch = Batch(epoch, number, loss, gradients, listeners.model)
        return "callback" if listeners.tell("on_batch_end", batch) else ""


class CompiledObjective(Objective):
    """J and its gradient over all rows, as L-BFGS wants them."""

    def __init__(self, network: Network, parameters: Parameters, n_rows: int) -> None:
        super().__init__(network, parameters)
        rows = min(n_rows, BLOCK)
        flat = self.parameters.flat
        self._frame = frame_of(network, flat, self._gradients.flat, rows)
        self._frame.put(at.ORDER, np.arange(rows))

    def _backpropagate(self, X: Array, target: Array, weight: Array | None) -> float:
        frame = self._frame
        put_rows(frame, X, target, weight)
        total = frame.array(at.TOTAL)
        total[0] = 1  # weights are not divided, sums travel
        with partners(frame):
            function = frame.word(at.BACKPROPAGATE)
            run(function, frame.of_thread(0), frame.word(at.FLAT), 0, len(target))
        return float(total[0])


def put_rows(frame: Frame, rows: Array, target: Array, weight: Array | None) -> None:
    """Let a frame have rows (n, n_in), targets (n, n_out) and weights (n,), 1 each if None."""
    weight = np.ones(len(target), frame.dtype) if weight is None else weight
    given = ((at.X, rows), (at.TARGETS, target), (at.ROW_WEIGHTS, weight))
    for where, array in given:
        frame.put(where, np.ascontiguousarray(array, frame.dtype))


def obstacle(training: Training) -> str:
    """Return what of a training has no kernel, in words; "" if all has."""
    network = training.network
    own = [a.name for a in network.hidden if not (is_of_table(a) or is_formula(a))]
    if own:
        return f"the activation {own[0]!r}, a Python function; for a formula it has one"
    if LOSSES.get(network.loss.name) != network.loss:
        return f"the loss {network.loss.name!r}, a Python function"
    if issparse(training.X):
        return "sparse rows"
    return ""
