"""One step of online descent, written once for every shape: forward, loss, backward, update.

This runs while a program is being made; the vectors that it computes with are numbers later, when
the program goes from row to row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from ...activations import ACTIVATIONS as TABLE
from .activations import ACTIVATIONS, Units, softmax, softmax_pullback
from .arrangements import Arrangement
from .vectors import Vector, sqrt

RATE, ALPHA, ONE, TWO, EPSILON, ONE_POWER, TWO_POWER = range(7)
"""Settings: learning rate, α; momentum or Adam's β₁; β₂, ε, and β₁, β₂ to the steps before."""
STATES = {"sgd": 1, "momentum": 2, "nesterov": 2, "adam": 3}
"""How many numbers there are of each parameter, with what a rule remembers."""


@dataclass(frozen=True)
class Shape:
    """What a program is made for.

    Attributes:
        sizes: units of each layer, the inputs first.
        activations: a name for each layer but the inputs; the last one of a fused loss is identity.
        loss: its name, for a fused one with the output activation's before it.
        rule: "sgd", "momentum", "nesterov" or "adam".
        penalised: α is not 0.
        weighted: rows have weights.
        abreast: eight networks at once.
    """

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str
    rule: str
    penalised: bool
    weighted: bool
    abreast: bool


@dataclass(frozen=True)
class Layer:
    """A layer's numbers as the step finds them: of W, a list of units for each input."""

    W: list[Units]
    b: Units


def forward(
    shape: Shape, over: Arrangement, layers: Sequence[Layer], inputs: list[Vector]
) -> tuple[list[list[Vector]], list[Units]]:
    """Return what each layer took in, and what its derivative is written in; at last a.

    The second list has one more element, the network's prediction.
    """
    taken, saved = [inputs], []
    for number, layer in enumerate(layers):
        n, name = shape.sizes[number + 1], shape.activations[number]
        z = [
            _sum([x * row[c] for x, row in zip(taken[-1], layer.W, strict=True)], b, over.chain)
            for c, b in enumerate(layer.b)
        ]
        if name == "softmax":
            a = softmax(z, n, over)
        else:
            a = [ACTIVATIONS[name].value(part) for part in z]
        by_z = name in TABLE and TABLE[name].derivative_by_a is None
        saved.append(z if by_z else a)
        if number + 1 < len(layers):
            taken.append(over.spread(a, n, shape.sizes[number + 2]))
    return taken, [*saved, a]


def _sum(terms: list[Vector], start: Vector, chain: int) -> Vector:
    """Add terms up in chains of a few, and the chains by halves."""
    chains = [reduce(add, terms[i : i + chain]) for i in range(0, len(terms), chain)]
    chains[0] = reduce(add, terms[:chain], start)
    while len(chains) > 1:
        chains = [reduce(add, chains[i : i + 2]) for i in range(0, len(chains), 2)]
    return chains[0]


def backward(
    shape: Shape, over: Arrangement, layers: Sequence[Layer], saved: list[Units], da: Units
) -> list[Units]:
    """Return ∂ℓ/∂z of each layer, from ∂ℓ/∂a of the last."""
    all_dz: list[Units] = []
    for number in range(len(layers) - 1, -1, -1):
        n, name = shape.sizes[number + 1], shape.activations[number]
        if name == "softmax":
            dz = softmax_pullback(saved[number], da, n, over)
        else:
            slope = ACTIVATIONS[name].slope
            dz = [d * slope(part) for d, part in zip(da, saved[number], strict=True)]
        dz = over.only(dz, n)
        all_dz.insert(0, dz)
        if number:
            products = [[w * d for w, d in zip(row, dz, strict=True)] for row in layers[number].W]
            da = over.collect([reduce(add, row) for row in products])
    return all_dz


def penalty(over: Arrangement, layers: Sequence[Layer], alpha: Vector) -> Vector:
    """½ α Σ W²."""
    sums: dict[int, Vector] = {}
    for layer in layers:
        for row in layer.W:
            for w in row:
                sums[w.width] = w * w + sums[w.width] if w.width in sums else w * w
    wholes = [over.whole(squares) for squares in sums.values()]
    return 0.5 * alpha * reduce(add, [in_width(whole, alpha.width) for whole in wholes])


def in_width(vector: Vector, width: int) -> Vector:
    """Return a vector that has the same number everywhere in another width."""
    return vector if vector.width == width else vector.places(*[0] * width)


class Rule:
    """How a parameter moves, given ∂J/∂parameter; for vectors of one width."""

    def __init__(self, name: str, settings: Sequence[Vector], width: int) -> None:
        wide = [in_width(setting, width) for setting in settings]
        self.name, self.rate, alpha = name, wide[RATE], wide[ALPHA]
        self.one, self.two, self.epsilon = wide[ONE], wide[TWO], wide[EPSILON]
        if name == "adam":
            self.rate = self.rate * sqrt(1 - wide[TWO_POWER]) / (1 - wide[ONE_POWER])
            self.penalty = alpha
        else:
            self.penalty = alpha * self.rate

    def scaled(self, dz: Vector) -> Vector:
        """Return ∂ℓ/∂z as `move` takes it: times the rate, but for Adam."""
        return dz if self.name == "adam" else dz * self.rate

    def move(self, states: Sequence[Vector], descent: Vector, penalised: bool) -> list[Vector]:
        """Return the parameter, and what is remembered of it, after the step."""
        w, *before = states
        if penalised:
            descent = descent + w * self.penalty
        if self.name == "sgd":
            return [w - descent]
        if self.name == "adam":
            mean = self.one * before[0] + (1 - self.one) * descent
            square = self.two * before[1] + (1 - self.two) * descent * descent
            return [w - self.rate * (mean / (sqrt(square) + self.epsilon)), mean, square]
        velocity = self.one * before[0] - descent
        if self.name == "nesterov":
            return [w + (self.one * velocity - descent), velocity]
        return [w + velocity, velocity]
