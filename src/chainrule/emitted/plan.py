"""What a program is made of, decided before a line is written."""

from dataclasses import dataclass
from typing import Literal

from ..update_rules.architecture import ActivationRule, Architecture
from .functions import By, natural

Targets = Literal["classes", "labels", "counts", "waves", "shares"]
"""One class a row as 0 and 1; 0 or 1 in each output; whole numbers; −1..1; 0..1."""

FUSED = {
    ("logistic", "binary_cross_entropy"),
    ("softmax", "categorical_cross_entropy"),
    ("exponential", "poisson"),
}
"""Pairs whose loss the program computes from z, and whose delta is a − y."""

_FROM_ZERO = ("relu", "softplus", "gaussian", "exponential", "gelu", "silu", "mish")
_ROWS = 60
_MULTIPLICATIONS = {"python": 400_000, "numpy": 40_000_000}  # of the forward passes: half a second
_LEAST = {"python": 10, "numpy": 50}
_MOST = {"python": 100, "numpy": 1000}


@dataclass(frozen=True)
class Layer:
    """A layer of the program.

    Attributes:
        number: counted from 1; `n_in` and `n_out` are its sizes.
        activation: the function's name in the program; "" where a is z.
        by: what the derivative is written in.
    """

    number: int
    n_in: int
    n_out: int
    activation: str
    by: By


@dataclass(frozen=True)
class Plan:
    """A program before it is written.

    Attributes:
        architecture: the network.
        language: python or numpy.
        layers: first to last.
        rules: the activations by their names in the program, softmax apart.
    """

    architecture: Architecture
    language: str
    layers: tuple[Layer, ...]
    rules: dict[str, ActivationRule]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Inputs, then the units of each layer."""
        return self.architecture.sizes

    @property
    def output(self) -> Layer:
        """The last layer."""
        return self.layers[-1]

    @property
    def hidden(self) -> tuple[Layer, ...]:
        """All layers but the last."""
        return self.layers[:-1]

    @property
    def has_table(self) -> bool:
        """Whether the hidden layers' activations stand in a table, one row a layer."""
        return self.language == "python" and len({layer.activation for layer in self.hidden}) > 1

    @property
    def is_softmax(self) -> bool:
        """Whether the outputs share a sum of 1."""
        return self.architecture.output is None

    @property
    def is_fused(self) -> bool:
        """Whether loss and output activation are one function of z."""
        return (self.architecture.output_activation, self.architecture.loss.name) in FUSED

    @property
    def targets(self) -> Targets:
        """What the sample rows have as targets, such as suit loss and output."""
        output, loss = self.architecture.output_activation, self.architecture.loss.name
        if loss == "poisson":
            return "counts"
        if self.is_softmax:
            return "classes"
        if output == "logistic":
            many = self.sizes[-1] > 1 and loss != "binary_cross_entropy"
            return "classes" if many else "labels"
        return "shares" if output in _FROM_ZERO else "waves"

    @property
    def n_rows(self) -> int:
        """How many rows are drawn."""
        return _ROWS

    @property
    def epochs(self) -> int:
        """How often all rows are seen: so often that it takes about a second."""
        weights = sum(layer.n_in * layer.n_out for layer in self.layers)
        affordable = _MULTIPLICATIONS[self.language] // (weights * _ROWS)
        most = min(_MOST[self.language], affordable // 10 * 10)
        return max(_LEAST[self.language], most)

    @property
    def rate(self) -> float:
        """The step, by the size of the gradients that loss and output make."""
        if self.targets == "counts" or self.output.activation == "exponential":
            return 0.01
        bounded = self.architecture.output_activation == "logistic" and not self.is_fused
        usual = 0.5 if bounded else 0.05
        return usual if self.language == "python" else 2 * usual


def plan(architecture: Architecture, language: str) -> Plan:
    """Return the plan of a network's program.

    >>> from ..update_rules.reading import architecture
    >>> made = plan(architecture("4-3-2", "tanh"), "numpy")
    >>> [layer.activation for layer in made.layers], made.targets
    (['tanh', ''], 'waves')
    """
    hidden, last = architecture.hidden, architecture.output
    names = _names(hidden)
    rules = dict(zip(names, hidden, strict=True))
    by: dict[str, By] = {name: natural(rule) for name, rule in rules.items()}
    in_a_table = language == "python" and len(rules) > 1
    if in_a_table and "z" in by.values():  # all are called in the same way
        by = dict.fromkeys(by, "z")
    shown = [name if in_a_table or name != "identity" else "" for name in names]
    output = architecture.output_activation
    shown.append("" if output == "identity" else output)
    if last is not None:
        rules.setdefault(output, last)
        by.setdefault(output, natural(last))
    layers = [
        Layer(number, n_in, n_out, name, by.get(name, "a"))
        for number, (n_in, n_out, name) in enumerate(
            zip(architecture.sizes, architecture.sizes[1:], shown, strict=False), start=1
        )
    ]
    return Plan(architecture, language, tuple(layers), rules)


def _names(hidden: tuple[ActivationRule, ...]) -> list[str]:
    """Return what the program calls each hidden layer's activation: formulas have no names."""
    formulas = list(dict.fromkeys(rule.name for rule in hidden if not rule.name.isidentifier()))
    called = {
        text: "activation" if len(formulas) == 1 else f"activation{number}"
        for number, text in enumerate(formulas, start=1)
    }
    return [called.get(rule.name, rule.name) for rule in hidden]
