"""What made a gradient small or large: its factors, each kind over all paths at once.

    |∂ℓ/∂weight| = |input| × mean |slope| × Σ |weights| × … × mean |error| × |Σ paths| / Σ |paths|

Each mean weighs a unit by what comes through to it from the weight, so the product is exact.
"""

from collections.abc import Sequence

import numpy as np

from .chain import Array
from .factors import LayerFactor
from .opened import OpenedRows
from .routes import Stage
from .weights import Weight

SMALL, LARGE = 0.1, 10.0  # a mean factor beyond these is named as a cause

_CAUSES = {  # kind → what it is called where it is 0, small and large
    "input": ("zero input", "small input", "large input"),
    "activation": ("dead", "saturated", "steep"),
    "dropout": ("dropped", "dropped", ""),
    "weights": ("zero weights", "small weights", "large weights"),
    "error": ("no error", "small error", "large error"),
    "sum": ("paths cancel", "paths cancel", ""),
}


def layer_factors(
    opened: OpenedRows, weight: Weight, incoming: Array, remaining: float
) -> tuple[LayerFactor, ...]:
    """Return the factors from the weight to the loss, each kind's mean size over all paths.

    `incoming` is ∂z/∂weight of each row, `remaining` |Σ paths| / Σ |paths|.
    """
    stages, unit = opened.after(weight.layer), weight.indices[-1]
    name = f"∂z{weight.layer}/∂{weight.array}"
    mass = abs(opened.shares * incoming)
    words = "bias" if weight.letter == "b" else "input" if weight.layer == 1 else "activation"
    found = [_record("input", name, words, mass.sum(), incoming)]
    width = (
        stages[0].local.shape[0 if stages[0].of_weights else 1] if stages else opened.end.shape[1]
    )
    through = np.zeros((len(mass), width))
    through[:, unit] = mass
    through = _normed(through, opened.shares, [unit])
    for stage in stages:
        after = stage.passed(through)
        kind = _kind(stage)
        partial = f"∂{stage.target}/∂{stage.source}"
        numbers = _reached(stage, through)
        words = stage.words.replace("activation derivative", "slope")
        found.append(_record(kind, partial, words, after.sum(), numbers))
        through = _normed(after, opened.shares, range(after.shape[1]))
    taken = stages[-1].target if stages else f"z{weight.layer}"
    error = float((through * abs(opened.end)).sum())
    found.append(_record("error", f"∂ℓ/∂{taken}", "error signal", error, opened.end[through > 0]))
    found.append(_record("sum", "|Σ|/Σ|·|", "what is left of the sum", remaining, ()))
    return tuple(found)


def _record(
    kind: str, name: str, words: str, value: float, numbers: Array | Sequence[float]
) -> LayerFactor:
    count, zeros = np.size(numbers), int(np.size(numbers) - np.count_nonzero(numbers))
    return LayerFactor(name, words, float(value), count, zeros, _cause(kind, value, zeros, count))


def _cause(kind: str, value: float, zeros: int, count: int) -> str:
    nothing, small, large = _CAUSES[kind]
    if value == 0:
        return nothing
    if value < SMALL:
        return nothing if 2 * zeros > count else small
    return large if value > LARGE else ""


def _kind(stage: Stage) -> str:
    if stage.of_weights:
        return "weights"
    return "dropout" if stage.target.startswith("d") else "activation"


def _normed(through: Array, shares: Array, units: Sequence[int]) -> Array:
    """Return shares of 1; where nothing comes through, equal ones, to go on measuring."""
    total = through.sum()
    if total > 0:
        return through / total
    equal = np.zeros_like(through)
    equal[:, list(units)] = shares[:, None] / len(units)
    return equal


def _reached(stage: Stage, through: Array) -> Array:
    """Return the derivatives that something comes to."""
    if stage.of_weights:
        return stage.local[(through > 0).any(axis=0)]
    return stage.local[through > 0]
