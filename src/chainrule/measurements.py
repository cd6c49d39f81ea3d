"""What a network does with rows, layer by layer, and how much better than a constant it is."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .activations import ACTIVATIONS, EXPONENTIAL, Activation, softmax
from .cases import Case
from .chain import Array
from .losses import Loss
from .network import total_weight

FLAT = 0.01  # of the steepest slope: there a unit learns a hundred times slower
MOST = 0.5  # of a layer's slopes, or units: if so many are flat, little comes back through it
MOST_ROWS = 2000  # that are looked at
LEAST_GAIN = 0.05  # of the best constant's loss: a network that gains less tells nothing

_GRID = np.linspace(-10.0, 10.0, 4001)  # where the steepest slope is looked for


@dataclass(frozen=True, slots=True)
class LayerState:
    """One layer on rows.

    Attributes:
        layer: counted from 1.
        activation: its name.
        size: root mean square of z.
        slope: the mean size of ∂a/∂z; `steepest` is the largest that there is at any z.
        flat: the share of slopes below FLAT of the steepest.
        dead: the share of units whose slope is 0 on every row; None where no z is so far off.
        gradient: ‖∂J/∂W‖.
        counts: whether the slope is a factor of the gradient; in an output fused with the loss it
            is not.
    """

    layer: int
    activation: str
    size: float
    slope: float
    steepest: float
    flat: float
    dead: float | None
    gradient: float
    counts: bool

    @property
    def is_dead(self) -> bool:
        """Whether nothing comes back through most of its units."""
        return self.counts and self.dead is not None and self.dead > MOST

    @property
    def is_saturated(self) -> bool:
        """Whether next to nothing comes back through most of it.

        Of units that can die, as relu's, half are off on a row that trains well.
        """
        return self.counts and self.dead is None and self.flat > MOST


def layer_states(case: Case) -> tuple[LayerState, ...]:
    """Return the state of each layer, the first hidden one first."""
    network = case.network
    with np.errstate(all="ignore"):
        values, _ = network.layer_values(case.parameters, case.X)
        gradients = case.gradients().dW
    states = []
    for place, (z, dW) in enumerate(zip(values, gradients, strict=True)):
        last = place == len(network.hidden)
        name = network.output_activation if last else network.hidden[place].name
        derivative = slope_of(name if last else network.hidden[place])
        with np.errstate(all="ignore"):
            slopes = abs(derivative(z.astype(np.float64)))
            possible = abs(derivative(_GRID if name != "softmax" else _GRID[:, None] * [1, 0]))
        states.append(
            LayerState(
                place + 1,
                name,
                float(np.sqrt(np.mean(np.square(z, dtype=np.float64)))),
                float(slopes.mean()),
                float(possible.max()),
                float((slopes < FLAT * possible.max()).mean()),
                float((slopes == 0).all(axis=0).mean()) if _dies(possible) else None,
                float(np.linalg.norm(dW)),
                not (last and network.fused),
            )
        )
    return tuple(states)


def slope_of(activation: str | Activation) -> Callable[[Array], Array]:
    """Return ∂a/∂z of an activation, by its record or by the name of an output's.

    That of softmax is a share's by its own net input.
    """
    if activation == "softmax":
        return _softmax_slope
    if isinstance(activation, str):
        activation = {**ACTIVATIONS, "exponential": EXPONENTIAL}[activation]
    return activation.derivative


def _dies(possible: Array) -> bool:
    """Whether slopes are 0 over a range of z, not at a point only."""
    return float((possible == 0).mean()) > FLAT


def _softmax_slope(z: Array) -> Array:
    a = softmax(z)
    return a * (1 - a)


def network_loss(case: Case) -> float:
    """Return Σ w ℓ / Σ w of a network over its rows; ∞ where it is no finite number."""
    rows = (case.X, case.target, case.weight)
    with np.errstate(all="ignore"):
        total = case.network.summed_loss(case.parameters, *rows)
    return total / case.total_weight if math.isfinite(total) else math.inf


def mean_loss(loss: Loss, outputs: Array, target: Array, weight: Array | None = None) -> float:
    """Return Σ w ℓ / Σ w of predictions; ∞ where it is no finite number."""
    with np.errstate(all="ignore"):
        values = loss.value(outputs.astype(np.float64), target.astype(np.float64))
        total = float(values.sum() if weight is None else (values * weight).sum())
    return total / total_weight(target, weight) if math.isfinite(total) else math.inf


def constant_loss(loss: Loss, target: Array, weight: Array | None = None) -> float:
    """Return the loss of the best prediction that is the same for all rows: mean, or median."""
    constants = (np.average(target, axis=0, weights=weight), np.median(target, axis=0))
    return min(
        mean_loss(loss, np.broadcast_to(constant, target.shape), target, weight)
        for constant in constants
    )
