"""What is said of a network, whatever it is shown as."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from ..reports import LayerSummary, NetworkSummary
from ..words import counted

HEADINGS = ("layer", "shapes", "activation", "parameters", "bytes")
NUMBERS = HEADINGS[-2:]
_MOST_SIZES = 8  # of a network written as 4-16-3


class Run(NamedTuple):
    """Equal layers in a row, counted from 1."""

    first: int
    last: int
    layer: LayerSummary

    @property
    def length(self) -> int:
        """How many layers there are."""
        return self.last - self.first + 1

    def times(self, number: int) -> str:
        """Say a number that each of the layers has."""
        return f"{self.length} × {number:,}" if self.length > 1 else f"{number:,}"


def runs(summary: NetworkSummary) -> list[Run]:
    """Return the layers, those that follow their equals taken together."""
    found = []
    for layer, numbered in groupby(enumerate(summary.layers, start=1), key=lambda pair: pair[1]):
        numbers = [number for number, _ in numbered]
        found.append(Run(numbers[0], numbers[-1], layer))
    return found


def rows(summary: NetworkSummary) -> list[tuple[Sequence[str], ...]]:
    """Return the table's rows: for each heading the lines of its cell."""
    return [
        (
            [f"{run.first}–{run.last}" if run.length > 1 else str(run.first)],
            [f"W ({run.layer.n_inputs}, {run.layer.n_outputs})", f"b ({run.layer.n_outputs},)"],
            _activation(run.layer),
            [run.times(run.layer.n_parameters)],
            [run.times(run.layer.n_parameters * summary.itemsize)],
        )
        for run in runs(summary)
    ]


def total(summary: NetworkSummary) -> tuple[Sequence[str], ...]:
    """Return the table's last row."""
    numbers = summary.n_parameters, summary.n_parameters * summary.itemsize
    return (["total"], [], [], *([f"{number:,}"] for number in numbers))


def title(summary: NetworkSummary) -> str:
    """Name the network by its sizes, and say how large it is."""
    sizes = [str(summary.layers[0].n_inputs), *(str(layer.n_outputs) for layer in summary.layers)]
    if len(sizes) > _MOST_SIZES:
        sizes = [*sizes[:3], "…", *sizes[-2:]]
    return (
        f"Network {'-'.join(sizes)}: {counted(len(summary.layers), 'layer')}, "
        f"{summary.n_parameters:,} parameters "
        f"({summary.dtype}, {_memory(summary.n_parameters * summary.itemsize)})"
    )


def description(summary: NetworkSummary) -> str:
    """Say what a drawing of the network shows."""
    parts = [counted(summary.layers[0].n_inputs, "input")]
    for run in runs(summary):
        number = f"layers {run.first} to {run.last}" if run.length > 1 else f"layer {run.first}"
        units = counted(run.layer.n_outputs, "unit") + " each" * (run.length > 1)
        parts.append(f"{number}, {units}, {run.layer.activation}")
    return f"From left to right: {'; '.join(parts)}."


def objective(summary: NetworkSummary) -> list[tuple[str, str]]:
    """Return what is descended and from where the backward pass starts, each after its name."""
    loss = [summary.loss.replace("_", " "), *_formula("ℓ", summary.loss_formula)]
    error = _formula(f"∂ℓ/∂{'z' if summary.fused else 'a'}", summary.error_formula)
    mean = "J = (Σ w ℓ + ½ α Σ W²)/Σ w" if summary.alpha else "J = Σ w ℓ/Σ w"
    strength = f", α = {summary.alpha:g}" if summary.alpha else ""
    return [
        ("loss", ", ".join(loss)),
        *(("error signal", formula) for formula in error),
        ("objective", f"{mean}{strength}, w the weight of a row"),
    ]


def _activation(layer: LayerSummary) -> list[str]:
    return [
        layer.activation,
        *_formula("a", layer.formula),
        *_formula("∂a/∂z", layer.derivative_formula),
        *([f"dropout {layer.dropout:g}"] if layer.dropout else []),
    ]


def _formula(name: str, formula: str) -> list[str]:
    """Return the equation, or nothing where a user's function came without a formula."""
    return [f"{name} = {formula}"] if formula else []


def _memory(n_bytes: int) -> str:
    """Say a number of bytes.

    >>> _memory(504), _memory(875_088), _memory(12_000_000_000)
    ('504 bytes', '875.1 kB', '12.0 GB')
    """
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if n_bytes >= size:
            return f"{n_bytes / size:,.1f} {unit}"
    return f"{n_bytes:,} bytes"
