"""What a network, its rows or its start weights may have that keeps training from moving.

Each function returns the cause, the numbers that suggest it and what to change, or None.
"""

import math
from typing import Any

import numpy as np

from .activations import ACTIVATIONS
from .chain import Array
from .evidence import Evidence, Suspect
from .measurements import FLAT
from .scales import column_sizes
from .words import counted

TINY = 0.02  # a column's root mean square, or spread, beside which weights of usual size vanish
WIDE = 3.0  # one that may saturate units whose weights have the usual size
BOUNDED = 100.0  # outputs of net inputs of ±1000 that stay within: the activation has a bound
FEW = 3  # units
USUAL = 16  # units


def dead_output(evidence: Evidence) -> Suspect | None:
    """The output's activation gives all rows a slope of 0."""
    output = evidence.after[-1]
    if not output.is_dead:
        return None
    return Suspect(
        "dead-output",
        f"{output.dead:.0%} of the outputs are dead: on all {len(evidence.case)} rows they are "
        f"{_range(evidence.outputs)}, where the slope of {output.activation} is 0, so no gradient "
        "comes back.",
        ({"output_activation": "auto"},),
        output.layer,
    )


def target_out_of_range(evidence: Evidence) -> Suspect | None:
    """The output's activation cannot reach the targets."""
    activation = ACTIVATIONS.get(evidence.case.network.output_activation)
    if activation is None:
        return None
    values = activation.value(np.linspace(-1000.0, 1000.0, 200_001))
    low = float(values.min()) if values.min() > -BOUNDED else -math.inf
    high = float(values.max()) if values.max() < BOUNDED else math.inf
    target = evidence.case.target
    out = float(((target < low - FLAT) | (target > high + FLAT)).mean())
    if not out:
        return None
    reached = f"{low:.2g} to {high:.2g}" if high < math.inf else f"at least {low:.2g}"
    return Suspect(
        "target-out-of-range",
        f"{out:.0%} of the targets are out of reach: they are {_range(target)}, and outputs of "
        f"{activation.name} are {reached}.",
        (
            {"output_activation": "auto"},
            {"output_activation": "identity", "target_scale": "standard"},
        ),
        evidence.after[-1].layer,
    )


def unscaled_inputs(evidence: Evidence) -> Suspect | None:
    """A column is large, or all are tiny."""
    sizes = column_sizes(evidence.case.X)
    column = int(np.argmax(sizes))
    if TINY < sizes[column] < WIDE:
        return None
    names = evidence.case.input_names
    name = names[column] if names else f"column {column}"
    return Suspect(
        "unscaled-inputs",
        f"The inputs are unscaled: the root mean square of {name} is {sizes[column]:.3g}, and 1 "
        "if it were scaled.",
        ({"scale": "standard"},),
        1,
    )


def unscaled_targets(evidence: Evidence) -> Suspect | None:
    """The targets are far from what outputs start with."""
    network, target = evidence.case.network, evidence.case.target
    if network.output_activation != "identity" or network.loss.outputs:
        return None
    size, spread = float(column_sizes(target).max()), float(np.std(target, axis=0).max())
    if spread > TINY and size < WIDE:
        return None
    return Suspect(
        "unscaled-targets",
        f"The targets are unscaled: their root mean square is {size:.3g}, their spread "
        f"{spread:.3g}; the outputs start near 0 and have to come there step by step.",
        ({"target_scale": "standard"},),
        evidence.after[-1].layer,
    )


def symmetric_start(evidence: Evidence) -> Suspect | None:
    """Units start alike, and so stay alike."""
    start = evidence.start
    for layer in range(1, len(start.W) if start else 0):
        assert start is not None
        units = np.vstack([start.W[layer - 1], start.b[layer - 1]])
        leaving = start.W[layer]
        n_units = units.shape[1]
        if n_units > 1 and (units == units[:, :1]).all() and (leaving == leaving[:1]).all():
            return Suspect(
                "symmetric-start",
                f"All {n_units} units of layer {layer} start with the same weights "
                f"({_range(units)}), so they get the same gradient and stay one unit.",
                (_drawn_anew(evidence),),
                layer,
            )
    return None


def start_weights(evidence: Evidence) -> Suspect | None:
    """Start weights put a layer where its slopes are flat."""
    settings = evidence.settings
    given = settings["start_weights"] is not None
    usual = settings["initializer"] in ("auto", "glorot", "glorot_logistic") and not given
    state = next((one for one in evidence.before if one.is_dead or one.is_saturated), None)
    if usual or state is None or evidence.start is None:
        return None
    W = evidence.start.W[state.layer - 1]
    what = f"{state.flat:.0%} of its slopes are below {FLAT:.0%} of the steepest"
    if state.is_dead:
        what = f"{state.dead:.0%} of its units have the slope 0 on every row"
    sided = ", none of them negative," if (W >= 0).all() else ""
    return Suspect(
        "start-weights",
        f"Layer {state.layer} starts {'dead' if state.is_dead else 'saturated'}: {what}. Its start "
        f"weights, {_range(W)}{sided} and biases add up over {counted(W.shape[0], 'input')} to net "
        f"inputs of {state.size:.3g} (root mean square).",
        (_drawn_anew(evidence),),
        state.layer,
    )


def _drawn_anew(evidence: Evidence) -> dict[str, Any]:
    """Return the settings that draw start weights as is usual for the activation."""
    names = {activation.name for activation in evidence.case.network.hidden}
    usual = "glorot_logistic" if names == {"logistic"} else "glorot"
    given = {"start_weights": None} if evidence.settings["start_weights"] is not None else {}
    return {"initializer": usual, **given}


def too_small(evidence: Evidence) -> Suspect | None:
    """Few hidden units, or none that bend anything."""
    hidden = evidence.case.network.layer_sizes[1:-1]
    names = {activation.name for activation in evidence.case.network.hidden}
    if names <= {"identity"}:
        what = "only identity" if hidden else "no hidden layer"
        message = f"The network has {what}: its outputs follow weighted sums of the inputs alone."
        change: dict[str, Any] = {"hidden_layer_sizes": hidden or (USUAL,)}
        change["activation"] = "tanh"
    elif min(hidden) <= FEW:
        message = f"The network has a hidden layer of {counted(min(hidden), 'unit')}."
        change = {"hidden_layer_sizes": tuple(max(size, USUAL) for size in hidden)}
    else:
        return None
    return Suspect("network-too-small", message, (change,))


def _range(values: Array) -> str:
    low, high = float(values.min()), float(values.max())
    return f"{low:.3g}" if low == high else f"{low:.3g} to {high:.3g}"
