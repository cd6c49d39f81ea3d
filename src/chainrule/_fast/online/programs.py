"""The program of a shape: parameters from memory, a step for each row, and back."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from llvmlite import ir

from .activations import Units
from .arrangements import LANES, Arrangement
from .losses import loss_and_slopes
from .memory import Cell, at, kept, read, word, write_vector
from .steps import (
    ALPHA,
    ONE,
    ONE_POWER,
    STATES,
    TWO,
    TWO_POWER,
    Layer,
    Rule,
    Shape,
    backward,
    forward,
    penalty,
)
from .vectors import REAL, WORD, Vector, vector_of, where

FLAT, FIRST, SECOND, X, TARGET, WEIGHT, ORDER = range(7)
"""What the addresses are of: parameters, what the rule remembers, rows, and their order."""
TOTAL, SEEN, GONE = range(3)
"""Results: Σ J, the rows of weight above 0, and the rows gone through."""

Cells = list[list[Cell]]
"""Of a row of W, or b: for each state the cells of its units."""


@dataclass(frozen=True)
class Pass:
    """A row gone forward through the network.

    Attributes:
        states: of each layer's each row of W, and b: its units' numbers, a list for each state.
        layers: the same as parameters; `taken`, `saved`: as of `steps.forward`.
        slopes: ∂ℓ/∂prediction; `loss`: J; `alpha`: the penalty's, by the row's weight.
    """

    states: list[list[list[list[Vector]]]]
    layers: list[Layer]
    taken: list[list[Vector]]
    saved: list[Units]
    slopes: Units
    loss: Vector
    alpha: Vector


class Program:
    """Writes a program; an arrangement's own is how it goes through the rows."""

    over: Arrangement

    def __init__(self, builder: ir.IRBuilder, shape: Shape, arguments: Sequence[Any]) -> None:
        self.builder, self.shape = builder, shape
        self.addresses, self.numbers, self.lengths, self.results, self.workspace = arguments
        self.settings = [self.over.setting(self.numbers, which) for which in range(7)]
        self.powers = [kept(self.settings[which]) for which in (ONE_POWER, TWO_POWER)]

    def write(self) -> None:
        """Write it all."""
        sources = [self.sources(state) for state in range(STATES[self.shape.rule])]
        n = sum((n_in + 1) * n_out for n_in, n_out in pairwise(self.shape.sizes))
        self.over.open(sources, n, self.workspace)
        groups = self._groups()
        every = [
            [self.over.cells(source, state, *group) for state, source in enumerate(sources)]
            for group in groups
        ]
        self.cells = self._by_layer(every)
        self.go_through()
        for state, source in enumerate(sources):
            cells = [(*group, states[state]) for group, states in zip(groups, every, strict=True)]
            self.over.close(source, state, cells)
        for which, power in zip((ONE_POWER, TWO_POWER), self.powers, strict=True):
            write_vector(power.get(), self.numbers, word(which * LANES))

    @abstractmethod
    def go_through(self) -> None:
        """Go through the rows."""

    def sources(self, which: int) -> list[Any]:
        """Return the addresses of each network's array."""
        lanes = range(self.over.sources)
        places = [word(which * LANES + lane) for lane in lanes]
        return [read(self.builder, self.addresses, place, WORD) for place in places]

    def rows(self, which: int, numbers: Sequence[Any], length: int) -> list[Any]:
        """Return where the row of a number begins, of each network's array."""
        starts = zip(self.sources(which), numbers, strict=True)
        multiply = self.builder.mul
        return [at(self.builder, start, multiply(row, word(length))) for start, row in starts]

    def length(self, lane: int = 0) -> Any:
        """Return how many rows a network goes through."""
        return read(self.builder, self.lengths, word(lane), WORD)

    def report(self, results: Sequence[Cell]) -> None:
        """Write what came of the rows."""
        for which, cell in enumerate(results):
            write_vector(cell.get(), self.results, word(which * LANES))

    def forward(self, rows: Sequence[Any]) -> Pass:
        """Take a row of each network to its loss."""
        shape, over = self.shape, self.over
        states = [[[[c.get() for c in s] for s in g] for g in layer] for layer in self.cells]
        parameters = [[group[0] for group in layer] for layer in states]
        layers = [Layer(W, b) for *W, b in parameters]
        inputs = over.inputs(self.rows(X, rows, shape.sizes[0]), shape.sizes[0], shape.sizes[1])
        target = over.load(self.rows(TARGET, rows, shape.sizes[-1]), shape.sizes[-1])
        taken, saved = forward(shape, over, layers, inputs)
        *saved, prediction = saved
        loss, slopes = loss_and_slopes(shape.loss, prediction, target, shape.sizes[-1], over)
        alpha = self.settings[ALPHA]
        loss = loss.places(*[0] * LANES) if loss.width < LANES else loss
        if shape.weighted:
            alpha = alpha / self.weight(rows)
        if shape.penalised:
            loss = loss + penalty(over, layers, alpha)
        return Pass(states, layers, taken, saved, slopes, loss, alpha)

    def weight(self, rows: Sequence[Any]) -> Vector:
        """Return the weight of a row of each network."""
        weights = [self.builder.load(place, typ=REAL) for place in self.rows(WEIGHT, rows, 1)]
        vector = vector_of(self.builder, weights, LANES)
        return vector if len(weights) == LANES else vector.places(*[0] * LANES)

    def step(self, passed: Pass, where_to: Vector | None = None) -> None:
        """Go backward and move the parameters, of some networks where that is said."""
        all_dz = backward(self.shape, self.over, passed.layers, passed.saved, passed.slopes)
        settings = self._settings(passed.alpha, where_to)
        layers = zip(self.cells, passed.states, passed.taken, all_dz, strict=True)
        for cells, states, inputs, dz in layers:
            rule = Rule(self.shape.rule, settings, dz[0].width)
            descents = [rule.scaled(part) for part in dz]
            for number, (group, values) in enumerate(zip(cells, states, strict=True)):
                for c, descent in enumerate(descents):
                    bias = number == len(inputs)
                    slope = descent if bias else inputs[number] * descent
                    old = [state[c] for state in values]
                    new = rule.move(old, slope, self.shape.penalised and not bias)
                    for state, before, after in zip(group, old, new, strict=True):
                        state[c].set(_moved(before, after, where_to))

    def _settings(self, alpha: Vector, where_to: Vector | None) -> list[Vector]:
        """Return the settings of this step."""
        settings = [*self.settings]
        settings[ALPHA] = alpha
        if self.shape.rule == "adam":
            for cell, power, base in zip(
                self.powers, (ONE_POWER, TWO_POWER), (ONE, TWO), strict=True
            ):
                before = cell.get()
                cell.set(_moved(before, before * settings[base], where_to))
                settings[power] = cell.get()
        return settings

    def _groups(self) -> list[tuple[int, int]]:
        """Return where each row of W, and b, begins among the parameters, and its units."""
        groups, first = [], 0
        for n_in, n_out in pairwise(self.shape.sizes):
            for _ in range(n_in + 1):
                groups.append((first, n_out))
                first += n_out
        return groups

    def _by_layer(self, groups: list[Cells]) -> list[list[Cells]]:
        rest = iter(groups)
        return [[next(rest) for _ in range(n_in + 1)] for n_in in self.shape.sizes[:-1]]


def _moved(before: Vector, after: Vector, where_to: Vector | None) -> Vector:
    return after if where_to is None else where(where_to, after, before)
