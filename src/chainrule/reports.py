"""The records that commands return; `render` displays them.  Imports nothing but `factors`."""

from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from .factors import Explanation


@dataclass(frozen=True, slots=True)
class Fold:
    """One held-out part: `trained` and `tested` are numbers of rows.

    `score` is the accuracy as a fraction, or R² for regression; `error` is the root mean squared
    error in the target's units, None for classification.
    """

    trained: int
    tested: int
    score: float
    error: float | None


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """What was trained, in words and numbers."""

    layer_sizes: tuple[int, ...]
    activation: str
    output_activation: str
    loss: str
    loss_formula: str
    n_parameters: int


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """One layer: z = a_prev @ W + b, then the activation a = f(z).

    Attributes:
        n_inputs: W is (n_inputs, n_outputs), b is (n_outputs,).
        activation: the name of f; `formula` is f(z), `derivative_formula` ∂a/∂z in a or z.
        dropout: the share of its activations that is left out in training.
    """

    n_inputs: int
    n_outputs: int
    activation: str
    formula: str
    derivative_formula: str
    dropout: float = 0.0

    @property
    def n_parameters(self) -> int:
        """How many numbers W and b hold."""
        return (self.n_inputs + 1) * self.n_outputs


@dataclass(frozen=True, slots=True)
class NetworkSummary:
    """A network layer by layer, what it descends and how large it is.

    Attributes:
        layers: the first takes the inputs, the last gives the prediction.
        loss: its name; `loss_formula` is ℓ(a, y), `error_formula` the error signal: ∂ℓ/∂z where
            loss and output activation are `fused`, else ∂ℓ/∂a.
        alpha: strength of the L2 penalty.
        dtype: the parameters' type, whose numbers take `itemsize` bytes each.
    """

    layers: tuple[LayerSummary, ...]
    loss: str
    loss_formula: str
    error_formula: str
    fused: bool
    alpha: float
    dtype: str
    itemsize: int

    @property
    def n_parameters(self) -> int:
        """How many numbers all W and b hold."""
        return sum(layer.n_parameters for layer in self.layers)


@dataclass(frozen=True, slots=True)
class Trial:
    """A short training with settings changed, beside one without: all else is the same.

    Attributes:
        changes: setting → value; more than the finding's remedy where one alone does not help.
        epochs: how long it was, `unchanged_epochs` the one without.
        loss: of the rows trained on, without the penalty; `unchanged` without the changes.
    """

    changes: dict[str, Any]
    epochs: int
    unchanged_epochs: int
    loss: float
    unchanged: float


@dataclass(frozen=True, slots=True)
class Finding:
    """One cause, or consequence, of a training that does not move.

    Attributes:
        cause: its name, "unscaled-inputs".
        message: a sentence with the number that proves it.
        layer: where, counted from 1; None for the whole network.
        remedy: setting → value; {} for a consequence, which goes away with its cause.
        trial: what the remedy does; None where none was made.
    """

    cause: str
    message: str
    layer: int | None = None
    remedy: dict[str, Any] = field(default_factory=dict)
    trial: Trial | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Whether training moves, and why not.

    Attributes:
        moves: whether training made the network better than the best constant prediction.
        epochs: how long it was.
        loss: over the rows, without the penalty; `start_loss` before the training,
            `constant_loss` of the best prediction that is the same for all rows.
        findings: the most important cause first; () where nothing is wrong.
    """

    moves: bool
    epochs: int
    start_loss: float
    loss: float
    constant_loss: float
    findings: tuple[Finding, ...] = ()

    def __str__(self) -> str:
        # by its name: whoever shows none loads no renderer
        rendering = import_module(".render.diagnosis_text", __package__)
        text: str = rendering.diagnosis_text(self)
        return text


@dataclass(frozen=True, slots=True)
class TrainReport:
    """What `chainrule train` has to say.

    Attributes:
        data: the name of the file or of the embedded set.
        task: "classification" or "regression"; `metric` is "accuracy" or "r2".
        target: the target's name; `classes` its classes, None for regression.
        method: "k-fold" or "split".
        folds: one a held-out part.
        mean: the mean of the folds' scores.
        baseline: the score of the zero rule on all rows: always the most frequent class, or R² = 0
            for always the mean.
        seconds: how long the folds and the final training took.
        settings: the recipe and the options, as reported.
        opened: one weight's gradient of the network trained on all rows, on the row in which its
            loss is largest: `opened_place`, "line 7", whose target is `opened_target`.
        diagnosis: why training came to nothing; None where it did not.
    """

    data: str
    n_rows: int
    n_features: int
    task: str
    metric: str
    target: str
    classes: tuple[Any, ...] | None
    network: NetworkFacts
    method: str
    folds: tuple[Fold, ...]
    mean: float
    baseline: float
    seconds: float
    settings: dict[str, Any]
    opened: Explanation
    opened_place: str
    opened_target: Any
    diagnosis: Diagnosis | None = None


Numbers = tuple[Any, ...]
"""An array as nested tuples, row by row."""


@dataclass(frozen=True, slots=True)
class ParameterStep:
    """One step of a parameter, "W1" or "b1": each an array of its shape.

    Attributes:
        before, after: its values; after = before + step, up to the last digit.
        gradient: ∂J/∂parameter.
        step: what the optimizer makes of it.
    """

    name: str
    before: Numbers
    gradient: Numbers
    step: Numbers
    after: Numbers


@dataclass(frozen=True, slots=True)
class LayerPass:
    """One layer in the forward and the backward pass, each (rows, n_out).

    Attributes:
        pre_activations: z = a_prev @ W + b; activations: a = f(z).
        deltas: ∂J/∂z.
    """

    activation: str
    pre_activations: Numbers
    activations: Numbers
    deltas: Numbers


@dataclass(frozen=True, slots=True)
class StepTrace:
    """One step of training, every number of it.

    Attributes:
        network: what is trained; `rows` names the rows, `shares` are w / Σ w of each.
        optimizer: its name; `settings` its numbers.
        inputs: (rows, n_inputs); targets: (rows, n_outputs).
        layers: one a layer, the first hidden one first; parameters: W1, b1, W2, ….
        objective_before, objective_after: J on these rows.
    """

    network: NetworkSummary
    rows: tuple[str, ...]
    shares: Numbers
    optimizer: str
    settings: dict[str, float | bool]
    inputs: Numbers
    targets: Numbers
    layers: tuple[LayerPass, ...]
    parameters: tuple[ParameterStep, ...]
    objective_before: float
    objective_after: float


@dataclass(frozen=True, slots=True)
class ExplainReport:
    """What `chainrule explain` has to say.

    Attributes:
        model: the name of the model's file.
        data: where the rows are from: a file's name, or "" for those kept with the model.
        place: the row, "line 7"; "" for all rows.
        n_rows: how many rows J is over.
        network: the network that is explained.
        explanations: one a weight.
    """

    model: str
    data: str
    place: str
    n_rows: int
    network: NetworkSummary
    explanations: tuple[Explanation, ...]
