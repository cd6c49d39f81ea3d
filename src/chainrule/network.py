"""A multilayer perceptron as a chain of links, its objective, and the gradient of that objective.

    J = (Σ_rows w ℓ(prediction, target) + ½ α Σ W²) / Σ_rows w

w is the weight of a row, 1 unless said otherwise.  Sums travel, means do not: gradients of blocks
of rows are added and divided once.  The rows X may be a sparse matrix.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .activations import ACTIVATIONS, EXPONENTIAL, Activation
from .chain import Array, Link, backward, forward
from .errors import InputError
from .links import Affine, Dropout, Elementwise, LossSum, Softmax
from .losses import FUSED, LOSSES, Loss
from .names import lookup
from .parameters import Gradients, Parameters

BLOCK = 4096  # rows added at a time, so that the rounding of a sum depends on nothing else

OUTPUT_ACTIVATIONS: dict[str, Link] = {
    **{name: Elementwise(activation) for name, activation in ACTIVATIONS.items()},
    "exponential": Elementwise(EXPONENTIAL),
    "softmax": Softmax(),
}


def require_suitable(output_activation: str, loss: Loss, n_outputs: int) -> None:
    """Check that so many outputs of this activation have values that the loss accepts.

    Raises:
        InputError: if the activation is unknown, or does not suit the loss or the number.
    """
    lookup(OUTPUT_ACTIVATIONS, output_activation, "output_activation")
    if loss.outputs and output_activation not in loss.outputs:
        raise InputError(
            f"`output_activation` must be {' or '.join(loss.outputs)} with the loss "
            f"{loss.name}; got {output_activation!r}, whose values the loss does not accept."
        )
    if output_activation == "softmax" and n_outputs == 1:
        raise InputError(
            "`output_activation` must not be 'softmax' on one output: a share of the whole "
            "among one is always 1. Take 'auto', or a loss with one unit a class."
        )


@dataclass(frozen=True, slots=True)
class Network:
    """What is trained, without its parameters.

    Attributes:
        layer_sizes: (n_inputs, hidden sizes …, n_outputs).
        hidden: the activation of each hidden layer.
        output_activation: a name in OUTPUT_ACTIVATIONS.
        loss: what compares a prediction with its target.
        alpha: strength of the L2 penalty on the weights (not on the biases).
    """

    layer_sizes: tuple[int, ...]
    hidden: tuple[Activation, ...]
    output_activation: str
    loss: Loss
    alpha: float = 0.0

    @property
    def fused(self) -> Loss | None:
        """The loss as a function of the last pre-activation, where the pair has such a form."""
        if LOSSES.get(self.loss.name) != self.loss:
            return None  # somebody's own loss, which happens to have such a name
        return FUSED.get((self.output_activation, self.loss.name))

    def layers(
        self,
        parameters: Parameters,
        gradients: Gradients | None = None,
        dropout: Sequence[Dropout] = (),
    ) -> list[Link]:
        """Return the links up to the last pre-activation; pullbacks write into `gradients`."""
        dropped = {link.layer: link for link in dropout}
        links: list[Link] = []
        for layer, (W, b) in enumerate(zip(parameters.W, parameters.b, strict=True)):
            if layer > 0:
                links.append(Elementwise(self.hidden[layer - 1]))
            if layer in dropped:
                links.append(dropped[layer])
            dW = gradients.dW[layer] if gradients else None
            db = gradients.db[layer] if gradients else None
            links.append(Affine(W, b, dW, db, of_data=layer == 0))
        return links

    def output_link(self) -> Link:
        """Return the link from the last pre-activation to the prediction."""
        return lookup(OUTPUT_ACTIVATIONS, self.output_activation, "output_activation")

    def chain(
        self,
        parameters: Parameters,
        gradients: Gradients | None = None,
        dropout: Sequence[Dropout] = (),
    ) -> list[Link]:
        """Return the links up to what the loss takes: all but the loss itself."""
        links = self.layers(parameters, gradients, dropout)
        return links if self.fused else [*links, self.output_link()]

    def loss_link(self, target: Array, weight: Array | None = None) -> LossSum:
        """Return the last link of the chain: the summed loss against these targets."""
        return LossSum(self.fused or self.loss, target, weight)

    def predict(self, parameters: Parameters, X: Array) -> Array:
        """Return the predictions, (rows, n_outputs), computed block by block."""
        links = [*self.layers(parameters), self.output_link()]
        blocks = [forward(links, X[rows])[0] for rows in blocks_of(X.shape[0])]
        return np.concatenate(blocks)

    def layer_values(
        self, parameters: Parameters, X: Array
    ) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
        """Return the pre-activations z and the activations a of every layer, (rows, n_out) each."""
        links = [*self.layers(parameters), self.output_link()]
        blocks = []
        for rows in blocks_of(X.shape[0]):
            value, values = X[rows], []
            for link in links:
                value = link.forward(value)[0]
                values.append(value)
            blocks.append(values)
        every = [np.concatenate(parts) for parts in zip(*blocks, strict=True)]
        return tuple(every[::2]), tuple(every[1::2])

    def predictions_and_loss(
        self, parameters: Parameters, X: Array, target: Array, weight: Array | None
    ) -> tuple[Array, float]:
        """Return the predictions, (rows, n_outputs), and Σ_rows w ℓ, by one forward pass."""
        predictions, total = [], 0.0
        links, output = self.layers(parameters), self.output_link()
        for rows in blocks_of(X.shape[0]):
            z = forward(links, X[rows])[0]
            prediction = output.forward(z)[0]
            loss = self.loss_link(target[rows], _part(weight, rows))
            total += loss.forward(z if self.fused else prediction)[0].item()
            predictions.append(prediction)
        return np.concatenate(predictions), total

    def summed_loss(
        self, parameters: Parameters, X: Array, target: Array, weight: Array | None = None
    ) -> float:
        """Return Σ_rows w ℓ, without the penalty."""
        links = self.chain(parameters)
        # `item`: a Python number, so that float32 rows do not make the sum of blocks float32
        return sum(
            forward([*links, self.loss_link(target[rows], _part(weight, rows))], X[rows])[0].item()
            for rows in blocks_of(len(target))
        )

    def objective(
        self, parameters: Parameters, X: Array, target: Array, weight: Array | None = None
    ) -> float:
        """Return J over these rows, of these weights (rows,)."""
        total = self.summed_loss(parameters, X, target, weight)
        return self.mean(total, parameters, total_weight(target, weight))

    def gradients(
        self, parameters: Parameters, X: Array, target: Array, weight: Array | None = None
    ) -> Gradients:
        """Return ∂J/∂W and ∂J/∂b over these rows, of these weights (rows,)."""
        return Objective(self, parameters).value_and_gradients(X, target, weight)[1]

    def mean(self, total: float, parameters: Parameters, divisor: float) -> float:
        """Return J of a loss summed over the rows: (total + ½ α Σ W²) / Σ w."""
        return (total + self.penalty(parameters)) / divisor

    def penalty(self, parameters: Parameters) -> float:
        """Return ½ α Σ W²."""
        if not self.alpha:
            return 0.0
        # W.conj() undoes vdot's own, so that Σ W² stays analytic for the complex step
        return 0.5 * self.alpha * sum(np.vdot(W.conj(), W).item() for W in parameters.W)


class Objective:
    """J and its gradient at parameters that change in place, with buffers used again.

    With `dropout` it is the J of what is left of the network, another one at each call.
    """

    def __init__(
        self, network: Network, parameters: Parameters, dropout: Sequence[Dropout] = ()
    ) -> None:
        dtype = parameters.flat.dtype
        self.network = network
        self.parameters = parameters
        self._gradients = Gradients.zeros(network.layer_sizes, dtype)
        self._links = network.chain(parameters, self._gradients, dropout)

    def value_and_gradients(
        self, X: Array, target: Array, weight: Array | None = None
    ) -> tuple[float, Gradients]:
        """Return J and its gradient; the next call writes the gradient into the same memory."""
        blocks = blocks_of(len(target))
        if len(blocks) == 1:
            total = self._backpropagate(X, target, weight)
        else:
            sums = Gradients.zeros(self.network.layer_sizes)
            total = 0.0
            for rows in blocks:
                total += self._backpropagate(X[rows], target[rows], _part(weight, rows))
                sums += self._gradients
            self._gradients.flat[:] = sums.flat
        if self.network.alpha:
            for dW, W in zip(self._gradients.dW, self.parameters.W, strict=True):
                dW += self.network.alpha * W
        divisor = total_weight(target, weight)
        if divisor != 1:
            np.divide(self._gradients.flat, divisor, out=self._gradients.flat)
        return self.network.mean(total, self.parameters, divisor), self._gradients

    def _backpropagate(self, X: Array, target: Array, weight: Array | None) -> float:
        links = [*self._links, self.network.loss_link(target, weight)]
        total, tape = forward(links, X)
        backward(links, tape)
        return float(total)


def total_weight(target: Array, weight: Array | None) -> float:
    """Return Σ_rows w: the number of rows where each counts once."""
    return len(target) if weight is None else weight.sum().item()


def _part(weight: Array | None, rows: slice) -> Array | None:
    return None if weight is None else weight[rows]


def blocks_of(n_rows: int) -> Sequence[slice]:
    """Return the blocks, of BLOCK rows or what is left, that are computed one after the other."""
    return [slice(start, start + BLOCK) for start in range(0, n_rows, BLOCK)]
