"""What the derivation of a network's update rules is: a rule for each array of each layer."""

from dataclasses import dataclass

from ..derivation.building import Expr
from .architecture import ActivationRule, Architecture


@dataclass(frozen=True)
class Equal:
    """One expression of several that are equal, and why it equals the one before.

    Attributes:
        expression: in elements such as W2[j, k] and partial derivatives such as ∂J/∂z2[k].
        reason: what was done, in a few words with `names` marked; "" where it needs none.
        is_chain_rule: whether it multiplies the derivatives along a path, added over the paths.
    """

    expression: Expr
    reason: str = ""
    is_chain_rule: bool = False


@dataclass(frozen=True)
class Rule:
    """How an array of the network is computed: one element, and all of them at once.

    Attributes:
        of: the element, as ∂J/∂z1[j]; j is a unit of the layer, i one before it, k one after it.
        lines: what it is for one row, each line equal to the next; the last one is computed.
        name: the array, as dz1.
        for_row: the array for one row, whose inputs are x and targets y, each (1, …).
        for_rows: the array for n rows beneath one another, X and Y; J is the mean of their losses.
        shape: of the array for n rows.
        mean: of a gradient, the element for n rows, whose index is r; else None.
    """

    of: str
    lines: tuple[Equal, ...]
    name: str
    for_row: Expr
    for_rows: Expr
    shape: tuple[int | str, ...]
    mean: Expr | None = None

    @property
    def element(self) -> Expr:
        """What is computed for one element."""
        return self.lines[-1].expression

    @property
    def is_chain_rule(self) -> bool:
        """Whether the chain rule is applied in it."""
        return any(line.is_chain_rule for line in self.lines)


@dataclass(frozen=True)
class LayerRules:
    """The rules of one layer.

    Attributes:
        number: of the layer, counted from 1.
        n_before, n_units: how many units its inputs come from, and how many it has.
        activation: its activation; None for softmax.
        z, a: forward.
        da: ∂J/∂a, in the output layer by the loss, in others by the layer after.
        dz: ∂J/∂z, the delta.
        dW, db: the gradients.
    """

    number: int
    n_before: int
    n_units: int
    activation: ActivationRule | None
    z: Rule
    a: Rule
    da: Rule
    dz: Rule
    dW: Rule
    db: Rule

    @property
    def forward(self) -> tuple[Rule, Rule]:
        """What is computed on the way to the loss."""
        return self.z, self.a

    @property
    def backward(self) -> tuple[Rule, ...]:
        """What is computed on the way back, in this order."""
        return self.da, self.dz, self.dW, self.db


@dataclass(frozen=True)
class Record:
    """The update rules of a network.

    Attributes:
        architecture: what the network is made of.
        layers: the rules of each, the first one first.
        loss: J of one row, as a sum over its outputs.
        jacobian: ∂a/∂z of a softmax output in the last layer, of m = j and of others; else ().
    """

    architecture: Architecture
    layers: tuple[LayerRules, ...]
    loss: Expr
    jacobian: tuple["Case", ...] = ()

    @property
    def output(self) -> LayerRules:
        """The last layer."""
        return self.layers[-1]


@dataclass(frozen=True)
class Case:
    """One case of the derivative of softmax.

    Attributes:
        where: the indices that it is of, as "m = j".
        lines: the derivative, each line equal to the next.
    """

    where: str
    lines: tuple[Equal, ...]
