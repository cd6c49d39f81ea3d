"""What a network is made of: sizes, activations and a loss, each with its derivative found."""

from dataclasses import dataclass

from ..derivation.building import ONE, Expr, replaced
from ..derivation.display import Derivation
from ..derivation.grammar import symbol

A, Y, Z = (symbol(name) for name in "ayz")
"""In the formulas of this package: an activation, its target, its pre-activation."""


@dataclass(frozen=True)
class ActivationRule:
    """An elementwise activation a = f(z) and its derivative.

    Attributes:
        name: as it was given, a name of the package's table or a formula.
        derivation: of a by z, step by step, with its kinks.
    """

    name: str
    derivation: Derivation

    @property
    def formula(self) -> Expr:
        """The activation a, in z."""
        return self.derivation.expression

    @property
    def by_z(self) -> Expr:
        """∂a/∂z in z."""
        return self.derivation.answer

    @property
    def by_a(self) -> Expr | None:
        """∂a/∂z in a; None where a does not say it."""
        if self.derivation.answer is ONE:
            return ONE
        found = self.derivation.by_output
        return None if found is None else replaced(found, {self.derivation.output: A})

    @property
    def slope(self) -> Expr:
        """∂a/∂z in a if it can be, else in z."""
        return self.by_z if self.by_a is None else self.by_a


@dataclass(frozen=True)
class LossRule:
    """A loss of one row, the sum over its outputs of one term each, and its derivative.

    Attributes:
        name: the package's name of it.
        derivation: of the term by a, step by step.
    """

    name: str
    derivation: Derivation

    @property
    def term(self) -> Expr:
        """What one output adds, in a, its target y, and c, which is log y!."""
        return self.derivation.expression

    @property
    def by_a(self) -> Expr:
        """∂ℓ/∂a in a and y: of the sum only one term has this a."""
        return self.derivation.answer


@dataclass(frozen=True)
class Architecture:
    """A network of layers as the derivation of its update rules sees it.

    Attributes:
        sizes: how many inputs, then how many units in each layer.
        hidden: the activation of each hidden layer.
        output_activation: the name of the last layer's.
        output: the last layer's activation; None for softmax, which is not elementwise.
        loss: what compares the outputs with their targets.
        delta: ∂ℓ/∂z of one output, multiplied out, in a, y, and z where a does not say it; None
            where softmax leaves a sum over the outputs standing.
        fused: whether the output activation and the loss are usually computed in one piece.
    """

    sizes: tuple[int, ...]
    hidden: tuple[ActivationRule, ...]
    output_activation: str
    output: ActivationRule | None
    loss: LossRule
    delta: Expr | None
    fused: bool

    @property
    def n_layers(self) -> int:
        """How many layers have weights."""
        return len(self.sizes) - 1

    @property
    def text(self) -> str:
        """The sizes joined by dashes.

        >>> from .reading import architecture
        >>> architecture((4, 3)).text
        '4-3'
        """
        return "-".join(map(str, self.sizes))

    def shape(self, layer: int) -> tuple[int, int]:
        """The shape of a layer's weights, layers counted from 1."""
        return self.sizes[layer - 1], self.sizes[layer]
