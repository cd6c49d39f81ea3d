"""The records of an opened gradient: a sum over paths, each a product of factors.

    ∂J/∂weight = Σ_paths Π_factors

Each factor is one local derivative, each path one route from the loss back to the weight.
"""

from dataclasses import dataclass
from math import fsum, prod


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

    >>> Path((Factor("∂J/∂a", "a − y", 0.5, ""), Factor("∂a/∂w", "x", 4.0, ""))).value
    2.0
    """

    factors: tuple[Factor, ...]

    @property
    def value(self) -> float:
        """Π of the factors' values."""
        return prod(factor.value for factor in self.factors)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A gradient opened: for `weight`, the sum over `paths` equals `gradient` up to rounding.

    Attributes:
        weight: the parameter's name with its indices, "W2[3, 1]" or "b1[0]".
        paths: every route, in the order of the units they pass.
        gradient: ∂J/∂weight as the backward pass computed it.
    """

    weight: str
    paths: tuple[Path, ...]
    gradient: float

    @property
    def value(self) -> float:
        """Σ of the paths' values."""
        return fsum(path.value for path in self.paths)
