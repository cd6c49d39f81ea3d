"""Trainings of one shape handed to its program: addresses, settings, orders of rows, results."""

import math
from collections.abc import Sequence
from time import monotonic

import numpy as np

from ...chain import Array
from ...optimizers import SGD, Adam, Optimizer
from ...training import Training
from .arrangements import LANES
from .programs import FLAT, SEEN, X
from .rows import program_of
from .steps import ALPHA, EPSILON, ONE, ONE_POWER, RATE, STATES, TWO, TWO_POWER, Shape

PAUSE = 0.05  # seconds of a call, about: then Python looks after Ctrl-C and the time
_POWERS = slice(ONE_POWER, TWO_POWER + 1)


def shape_of(training: Training, optimizer: Optimizer, abreast: bool) -> Shape:
    """Return what the program of a training is made for."""
    network = training.network
    hidden = [activation.name for activation in network.hidden]
    output, loss = network.output_activation, network.loss.name
    if network.fused:
        output, loss = "identity", f"{output} {loss}"
    return Shape(
        sizes=tuple(network.layer_sizes),
        activations=(*hidden, output),
        loss=loss,
        rule=rule_of(optimizer),
        penalised=network.alpha != 0,
        weighted=training.weight is not None,
        abreast=abreast,
    )


def rule_of(optimizer: Optimizer) -> str:
    """Return the name of an optimizer's rule; "" for one that programs do not know."""
    if isinstance(optimizer, Adam):
        return "adam"
    if not isinstance(optimizer, SGD):
        return ""
    if not optimizer.momentum:
        return "sgd"
    return "nesterov" if optimizer.nesterov else "momentum"


def remembered(optimizer: Optimizer, n: int) -> list[Array]:
    """Return what an optimizer remembers of n parameters, which it goes on with."""
    if isinstance(optimizer, Adam):
        if optimizer.mean is None or optimizer.square is None:
            optimizer.mean, optimizer.square = np.zeros(n), np.zeros(n)
        return [optimizer.mean, optimizer.square]
    assert isinstance(optimizer, SGD)
    if not optimizer.momentum:
        return []
    if optimizer.velocity is None:
        optimizer.velocity = np.zeros(n)
    return [optimizer.velocity]


def settings_of(training: Training, optimizer: Optimizer) -> Array:
    """Return the numbers of the steps to come, (7,)."""
    settings = np.zeros(7)
    settings[RATE], settings[ALPHA] = optimizer.learning_rate, training.network.alpha
    if isinstance(optimizer, Adam):
        one, two, steps = optimizer.beta_1, optimizer.beta_2, optimizer.steps
        settings[[ONE, TWO, EPSILON]] = one, two, optimizer.epsilon
        settings[_POWERS] = one**steps, two**steps
        if optimizer.goes_on and optimizer.powers is not None:
            settings[_POWERS], optimizer.goes_on = optimizer.powers, False
    elif isinstance(optimizer, SGD):
        settings[ONE] = optimizer.momentum
    return settings


class Running:
    """Trainings of one shape, of which some, up to eight, run at a time.

    All that a call needs is in arrays made before: a call takes as long as a few rows.

    Attributes:
        per_call: so many rows are gone through in about PAUSE; found by doubling.
    """

    def __init__(
        self, shape: Shape, trainings: Sequence[Training], optimizers: Sequence[Optimizer]
    ) -> None:
        self.per_call = 1024
        self._trainings, self._optimizers = trainings, optimizers
        self._program, self._counts = program_of(shape), shape.rule == "adam"
        self._arrays = [_arrays(*pair) for pair in zip(trainings, optimizers, strict=True)]
        n = len(trainings[0].parameters.flat)
        # places without a training read the rows of the first, and have parameters of their own
        self._idle = np.zeros((3, n))
        self._addresses, self._settings = np.zeros((7, LANES), np.int64), np.zeros((7, LANES))
        self._workspace = _aligned(STATES[shape.rule] * n * LANES if shape.abreast else 0)
        self._orders = np.zeros((LANES if shape.abreast else 1, 0), np.int64)
        self._chosen: list[int] = []
        self._lengths, self._results = np.zeros(LANES, np.int64), np.zeros((3, LANES))
        arrays = (self._addresses, self._settings, self._lengths, self._results, self._workspace)
        self._starts = [address(array) for array in arrays]

    def run(self, chosen: list[int], orders: Sequence[Array]) -> Array:
        """Take some trainings through rows in their orders, (rows,) each.

        Return Σ J, rows seen and rows gone through, (3, 8); the next call writes into the same
        memory.
        """
        lengths = [len(order) for order in orders]
        longest = max(lengths)
        self._choose(chosen, longest)
        for place, order in enumerate(orders):
            self._orders[place, : len(order)] = order
            rate = self._optimizers[chosen[place]].learning_rate
            if rate != self._rates[place]:
                self._rates[place] = self._settings[RATE, place] = rate
        self._lengths[: len(lengths)] = lengths
        started = monotonic()
        try:
            self._program.run(*self._starts)
        finally:
            self._count_steps(chosen)  # Ctrl-C comes after the call
        if longest > self.per_call // 2 and monotonic() - started < PAUSE / 2:
            self.per_call *= 2
        return self._results

    def _count_steps(self, chosen: list[int]) -> None:
        for place, index in enumerate(chosen if self._counts else ()):
            optimizer = self._optimizers[index]
            assert isinstance(optimizer, Adam)
            optimizer.steps += int(self._results[SEEN, place])

    def _share_powers(self, index: int, place: int) -> None:
        """Let Adam have β₁ᵗ and β₂ᵗ as the program multiplies them."""
        optimizer = self._optimizers[index]
        if isinstance(optimizer, Adam):
            optimizer.powers = self._settings[_POWERS, place]

    def _choose(self, chosen: list[int], n_rows: int) -> None:
        """Note which trainings run, where their arrays are, and their settings."""
        if n_rows > self._orders.shape[1]:
            self._orders = np.zeros((len(self._orders), n_rows), np.int64)
        elif chosen == self._chosen:
            return
        powers = dict(zip(self._chosen, self._settings[_POWERS].T.copy(), strict=False))
        self._chosen, self._rates = chosen, [math.nan] * len(chosen)
        self._orders[:, 0], self._lengths[:] = 0, 0  # a place at rest looks at row 0
        for place in range(len(self._orders)):
            index = chosen[place] if place < len(chosen) else chosen[0]
            settings = settings_of(self._trainings[index], self._optimizers[index])
            self._settings[:, place] = settings
            if place < len(chosen):  # the products go on, rounded as they are
                self._settings[_POWERS, place] = powers.get(index, settings[_POWERS])
                self._share_powers(index, place)
            starts = [0 if array is None else address(array) for array in self._arrays[index]]
            if place >= len(chosen):
                starts[FLAT:X] = [address(state) for state in self._idle]
            self._addresses[:, place] = [*starts, address(self._orders[place])]


def _arrays(training: Training, optimizer: Optimizer) -> list[Array | None]:
    """Return the arrays of a training as `programs` numbers them, without the order."""
    flat, weight = training.parameters.flat, training.weight
    states: list[Array | None] = [flat, *remembered(optimizer, len(flat))]
    states += [None] * (3 - len(states))
    given = (training.X, training.target, weight)
    rows = [None if array is None else np.ascontiguousarray(array, float) for array in given]
    return [*states, *rows]


def address(array: Array) -> int:
    """Return where an array's numbers begin."""
    start: int = array.__array_interface__["data"][0]
    return start


def _aligned(n: int) -> Array:
    """Return n zeros of which no eight lie across two lines of the cache, 64 bytes each."""
    zeros = np.zeros(n + LANES)
    first = -address(zeros) % 64 // zeros.itemsize
    return zeros[first : first + n]
