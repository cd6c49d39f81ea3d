"""Open a gradient: one weight's derivative on one row, into factors and paths.

The numbers come from the tape of the forward pass and from each link's own local derivative; the
backward pass is used only for the gradient that the sum over the paths is compared with.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from .chain import Array, Link, forward
from .errors import InputError
from .factors import Explanation, Factor, Path
from .network import Network
from .parameters import Parameters

MAX_PATHS = 10_000


@dataclass(frozen=True, slots=True)
class Weight:
    """Which parameter: Weight("W", 1, (3, 2)) is W1[3, 2], from input 3 to unit 2 of layer 1."""

    letter: str
    layer: int
    indices: tuple[int, ...]

    @property
    def array(self) -> str:
        """The name of the array it stands in: "W1"."""
        return f"{self.letter}{self.layer}"

    def __str__(self) -> str:
        return f"{self.array}[{', '.join(map(str, self.indices))}]"


def explain_weight(
    network: Network,
    parameters: Parameters,
    x: Array,
    target: Array,
    weight: Weight,
    input_names: Sequence[str] = (),
) -> Explanation:
    """Open ∂J/∂weight on one row, x (n_in,) and target (n_out,).

    The weight's own activation derivative and input are shared by all paths; where there is an L2
    penalty, its derivative is one more path.  `input_names` name the inputs, if they have names.

    Raises:
        InputError: if there is no such weight, or more than MAX_PATHS paths lead to it.
    """
    _require_exists(parameters, weight)
    routes = prod(network.layer_sizes[weight.layer + 1 :])
    if network.output_activation == "softmax" and not network.fused:
        routes *= network.layer_sizes[-1]  # every share depends on every z
    if routes > MAX_PATHS:
        raise InputError(
            f"`weight` {weight} is reached by {routes} paths, more than {MAX_PATHS}; "
            "choose a weight of a later layer."
        )
    opened = _OpenedRow(network, parameters, x[None, :], target[None, :])
    last = opened.of_weight(weight, input_names)
    unit = weight.indices[-1]
    paths = [Path((*before, last)) for before in opened.to_pre_activation(weight.layer, unit)]
    if network.alpha and weight.letter == "W":
        paths.append(_through_penalty(network, parameters, weight))
    gradients = network.gradients(parameters, x[None, :], target[None, :]).named()
    return Explanation(str(weight), tuple(paths), float(gradients[weight.array][weight.indices]))


def largest_weight(network: Network, gradients: Mapping[str, Array]) -> Weight:
    """Return the weight with the largest gradient in the last hidden layer.

    That layer is near enough to the loss to be read at a glance, and far enough to show a sum
    over paths; without a hidden layer it is the only one.
    """
    layer = max(1, len(network.layer_sizes) - 2)
    sizes = abs(gradients[f"W{layer}"])
    row, column = np.unravel_index(int(sizes.argmax()), sizes.shape)
    return Weight("W", layer, (int(row), int(column)))


class _OpenedRow:
    """One row's forward pass, from which factors are read."""

    def __init__(self, network: Network, parameters: Parameters, x: Array, target: Array) -> None:
        self.network = network
        self.parameters = parameters
        self.last = len(network.layer_sizes) - 1
        self.links: list[Link] = network.chain(parameters)
        loss = network.loss_link(target)
        prediction, self.tape = forward(self.links, x)
        _, saved = loss.forward(prediction)
        self.error_signal: Array = loss.pullback(saved, 1.0)[0][0]
        self.loss = loss.loss

    def to_pre_activation(self, layer: int, unit: int) -> Iterator[tuple[Factor, ...]]:
        """Yield each route from the loss to z of this unit; their products add up to ∂J/∂z."""
        if layer == self.last:
            yield from self._to_output(unit)
            return
        activation = self.network.hidden[layer - 1]
        slope = Factor(
            f"∂a{layer}[{unit}]/∂z{layer}[{unit}]",
            activation.derivative_formula,
            float(self._slopes(layer)[unit]),
            f"activation derivative ({activation.name})",
        )
        for following, value in enumerate(self.parameters.W[layer][unit]):
            onward = Factor(
                f"∂z{layer + 1}[{following}]/∂a{layer}[{unit}]",
                f"W{layer + 1}[{unit}, {following}]",
                float(value),
                "weight on the way",
            )
            for before in self.to_pre_activation(layer + 1, following):
                yield (*before, onward, slope)

    def of_weight(self, weight: Weight, input_names: Sequence[str]) -> Factor:
        """Return ∂z/∂weight: the input that the weight multiplies, or a bias's invisible 1."""
        layer, unit = weight.layer, weight.indices[-1]
        name = f"∂z{layer}[{unit}]/∂{weight}"
        if weight.letter == "b":
            return Factor(name, "1", 1.0, "a bias is added as it is")
        row = weight.indices[0]
        value = float(self.tape[2 * (layer - 1)][0, row])
        if layer > 1:
            return Factor(name, f"a{layer - 1}[{row}]", value, "activation that comes in")
        source = f"input, {input_names[row]}" if input_names else "input"
        return Factor(name, f"x[{row}]", value, source)

    def _to_output(self, unit: int) -> Iterator[tuple[Factor, ...]]:
        name = f"{self.last}[{unit}]"
        if self.network.fused:
            yield (self._error_signal(f"∂J/∂z{name}", unit),)
            return
        output = self.network.output_activation
        slopes = self._slopes(self.last, unit if output == "softmax" else None)
        # elementwise: a unit's activation depends on its own z only
        reached = range(len(slopes)) if output == "softmax" else [unit]
        for other in reached:
            yield (
                self._error_signal(f"∂J/∂a{self.last}[{other}]", other),
                Factor(
                    f"∂a{self.last}[{other}]/∂z{name}",
                    self._output_formula(other == unit),
                    float(slopes[other]),
                    f"activation derivative ({output})",
                ),
            )

    def _error_signal(self, name: str, unit: int) -> Factor:
        value = float(self.error_signal[unit])
        return Factor(name, self.loss.derivative_formula, value, "error signal")

    def _output_formula(self, same: bool) -> str:
        link: Any = self.links[-1]
        if self.network.output_activation == "softmax":
            return "a(1 − a)" if same else "−a a′"
        return str(link.activation.derivative_formula)

    def _slopes(self, layer: int, unit: int | None = None) -> Array:
        """Return ∂a[i]/∂z[i] of each unit i, or of softmax ∂a[i]/∂z[unit], by the link's pullback.

        An elementwise link sends ones back as its derivatives.  Softmax sends the cotangent of
        one share back as that share's derivatives, ∂a[unit]/∂z[i], which is ∂a[i]/∂z[unit].
        """
        index = 2 * layer - 1
        cotangent = np.ones((1, self.network.layer_sizes[layer]))
        if unit is not None:
            cotangent[:] = 0.0
            cotangent[0, unit] = 1.0
        slopes: Array = self.links[index].pullback(self.tape[index], cotangent)[0][0]
        return slopes


def _through_penalty(network: Network, parameters: Parameters, weight: Weight) -> Path:
    value = float(parameters.W[weight.layer - 1][weight.indices])
    return Path(
        (
            Factor("∂J/∂P", "α", network.alpha, "strength of the L2 penalty P = ½ Σ W²"),
            Factor(f"∂P/∂{weight}", str(weight), value, "the weight itself"),
        )
    )


def _require_exists(parameters: Parameters, weight: Weight) -> None:
    arrays = parameters.named()
    if weight.array not in arrays:
        raise InputError(f"`weight` must be in one of {', '.join(arrays)}; got {weight}.")
    shape = arrays[weight.array].shape
    inside = len(weight.indices) == len(shape) and all(
        0 <= index < size for index, size in zip(weight.indices, shape, strict=True)
    )
    if not inside:
        raise InputError(
            f"`weight` {weight} does not exist: {weight.array} has shape {shape}, and indices "
            "count from 0."
        )
