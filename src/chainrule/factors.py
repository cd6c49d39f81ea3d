"""The records of an opened gradient: a sum over paths, each a product of factors.

    ∂J/∂weight = Σ_paths Π_factors

Each factor is one local derivative, each path one route from the loss back to the weight.  Of many
paths the largest are listed, the rest is folded: how many they are, and what they add up to.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from math import fsum, prod
from typing import Any

TOLERANCE = 1e-12  # of Σ |paths|: what rounding may add up to in float64


def added(values: Iterable[float]) -> float:
    """Return Σ rounded once; where a summand is not finite, or the sum is too large, what it is.

    >>> added([1e16, 1.0, -1e16]), added([float("inf"), float("-inf")])
    (1.0, nan)
    """
    summands = list(values)
    try:
        return fsum(summands)
    except (OverflowError, ValueError):
        return sum(summands)


@dataclass(frozen=True, slots=True)
class Factor:
    """One local derivative of the chain.

    Attributes:
        name: the partial derivative, "∂a1[2]/∂z1[2]".
        formula: what it is here, "1 − a²".
        value: its number.
        source: what it is in words, "activation derivative (tanh)".
    """

    name: str
    formula: str
    value: float
    source: str


@dataclass(frozen=True, slots=True)
class Path:
    """One route from the loss to the weight: the product of its factors, the loss's first.

    `row` names the row that it belongs to, where there are several.

    >>> Path((Factor("∂J/∂a", "a − y", 0.5, ""), Factor("∂a/∂w", "x", 4.0, ""))).value
    2.0
    """

    factors: tuple[Factor, ...]
    row: str = ""

    @property
    def value(self) -> float:
        """Π of the factors' values."""
        return prod(factor.value for factor in self.factors)


@dataclass(frozen=True, slots=True)
class Folded:
    """Summands that are not listed: how many, their sum, and the sum of their sizes |·|."""

    count: int = 0
    value: float = 0.0
    size: float = 0.0


@dataclass(frozen=True, slots=True)
class RowPart:
    """What one row of a batch adds to the gradient: the sum over its paths, and over their |·|."""

    row: str
    value: float
    size: float


@dataclass(frozen=True, slots=True)
class LayerFactor:
    """One kind of factor over all paths at once; the product of all kinds is |∂ℓ/∂weight|.

    Attributes:
        name: "∂a2/∂z2", without indices.
        source: what it is in words, as in `Factor`.
        value: its mean size |·|, each path counted by what the factors nearer the weight let
            through; of weights, the mean of the sums over a unit's.
        count: of how many numbers, a unit's on one row each; `zeros` of them are exactly 0.
        cause: why it makes the gradient small or large, "saturated"; "" if it does not.
    """

    name: str
    source: str
    value: float
    count: int
    zeros: int
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A gradient opened: for `weight`, the sum over all paths equals `gradient` up to rounding.

    Attributes:
        weight: the parameter's name with its indices, "W2[3, 1]" or "b1[0]".
        paths: the largest ones, by size.
        gradient: ∂J/∂weight as the backward pass computed it.
        folded: the paths that are not listed.
        rows: of a batch, the rows that add most; () for one row.
        folded_rows: the rows that are not listed.
        layers: what made it small or large, from the weight to the loss.
        layer_sizes: of the network, the inputs first; () if it is not known.
        tolerance: what part of Σ |paths| rounding explains.
    """

    weight: str
    paths: tuple[Path, ...]
    gradient: float
    folded: Folded = Folded()
    rows: tuple[RowPart, ...] = ()
    folded_rows: Folded = Folded()
    layers: tuple[LayerFactor, ...] = ()
    layer_sizes: tuple[int, ...] = ()
    tolerance: float = TOLERANCE

    @property
    def value(self) -> float:
        """Σ of the paths' values, the folded ones' included."""
        return added((*(path.value for path in self.paths), self.folded.value))

    @property
    def size(self) -> float:
        """Σ |paths|: what the gradient would be if no two paths had opposite signs."""
        return added((*(abs(path.value) for path in self.paths), self.folded.size))

    @property
    def n_paths(self) -> int:
        """How many paths there are, listed or folded."""
        return len(self.paths) + self.folded.count

    @property
    def n_rows(self) -> int:
        """How many rows the gradient is a sum over."""
        return len(self.rows) + self.folded_rows.count or 1

    @property
    def agrees(self) -> bool:
        """Whether the sum over the paths is the gradient of the backward pass, up to rounding."""
        return abs(self.value - self.gradient) <= self.tolerance * self.size

    def __str__(self) -> str:
        """The paths, the rows and the kinds of factors as text, at most 80 columns wide."""
        return str(_rendering("explanation_text").explanations_text([self]))

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """What Jupyter shows; the renderers are loaded only then."""
        bundle: dict[str, str] = _rendering("explanation_bundle").bundle([self])
        return bundle


class Explanations(tuple[Explanation, ...]):
    """Several opened gradients, shown one below the other in a notebook.

    >>> Explanations([Explanation("b1[0]", (), 0.0)])[0].weight
    'b1[0]'
    """

    __slots__ = ()

    def __str__(self) -> str:
        return str(_rendering("explanation_text").explanations_text(self))

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        bundle: dict[str, str] = _rendering("explanation_bundle").bundle(self)
        return bundle


def _rendering(module: str) -> Any:
    # by its name: records import nothing, and whoever shows none loads no renderer
    return import_module(f".render.{module}", __package__)
