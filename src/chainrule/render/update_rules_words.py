"""What is said of a network's update rules: what it is, its forward pass, its loss."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from ..update_rules.record import LayerRules, Record, Rule
from ..words import counted
from .derivation_words import explained
from .update_rules_parts import Equations, Line, Part, Prose, Section, Table, equations, shape

_MOST_SIZES = 8  # of a network written as 7-5-3
_MOST_ALIKE = 3  # layers of one kind that are all written out


def title(record: Record) -> str:
    """Name the network."""
    sizes = record.architecture.text.split("-")
    if len(sizes) > _MOST_SIZES:
        sizes = [*sizes[:3], "…", *sizes[-2:]]
    return f"The update rules of the network {'-'.join(sizes)}"


def activation_name(record: Record, layer: LayerRules) -> str:
    """The name, or the formula, of a layer's activation."""
    return layer.activation.name if layer.activation else record.architecture.output_activation


def introduction(record: Record) -> tuple[Part, ...]:
    """Say what the network is, and what the names mean."""

    def kind(layer: LayerRules) -> object:
        return layer.dW.shape, activation_name(record, layer)

    rows = []
    for _, grouped in groupby(record.layers, key=kind):
        group = list(grouped)
        first, last = group[0], group[-1]
        numbers = str(first.number) if first is last else f"{first.number}–{last.number}"
        units = f"{first.n_before} → {first.n_units}"
        shapes = shape(first.dW.shape), shape(first.db.shape)
        rows.append((numbers, units, *shapes, activation_name(record, first)))
    loss = record.architecture.loss.name.replace("_", " ")
    return (
        Table(("layer", "units", "W", "b", "activation"), tuple(rows)),
        Prose(
            f"The loss is {loss}. Layers count from 1, indices from 0; `x[i]` is an input, `y[j]` "
            "the target of an output. In the rules of a layer j is one of its units, i a unit "
            "before it, k a unit after it. z is the pre-activation, a the activation. `∂J/∂z1[j]` "
            "is what textbooks call a delta; as an array it is `dz1`. × marks the chain rule."
        ),
    )


def lines_of(rule: Rule) -> list[Line]:
    """Return a rule at one element, line by line."""
    return [
        Line("" if place else rule.of, one.expression, one.reason, one.is_chain_rule)
        for place, one in enumerate(rule.lines)
    ]


def at_once(rule: Rule, reason: str = "") -> Line:
    """Return a rule for a whole array of one row."""
    return Line(rule.name, rule.for_row, reason, of_arrays=True)


def product(left: tuple[int, int], right: tuple[int, int]) -> str:
    """Say which shapes are multiplied.

    >>> product((1, 7), (7, 5))
    '(1, 7) × (7, 5) = (1, 5)'
    """
    return f"{shape(left)} × {shape(right)} = {shape((left[0], right[1]))}"


def alike(
    record: Record, layers: Sequence[LayerRules], written: Callable[[LayerRules], list[Line]]
) -> Iterator[Line]:
    """Yield the lines of each layer; of many of one activation those of the first and the last."""
    for _, grouped in groupby(layers, key=lambda layer: activation_name(record, layer)):
        group = list(grouped)
        if len(group) > _MOST_ALIKE:
            least, *_, most = sorted(layer.number for layer in group[1:-1])
            likewise = Line("", None, f"layers {least} to {most} likewise")
            yield from (*written(group[0]), likewise, *written(group[-1]))
        else:
            yield from (line for layer in group for line in written(layer))


def forward(record: Record) -> Section:
    """Say how the outputs come from the inputs."""
    first, *others = record.layers
    adds = (
        f"its bias and {first.n_before} inputs, each times its weight"
        if first.n_before > 1
        else "its bias and the input times its weight"
    )
    at_once_is = (
        "All units at once: the row `x` times the matrix `W1`, whose column j has the weights of "
        "unit j:"
        if first.n_units > 1
        else "As arrays: the row `x` times the column `W1`:"
    )
    parts: list[Part] = [
        Prose(f"A unit of layer 1 adds {adds}; its activation is a function of that sum:"),
        equations(*lines_of(first.z), *lines_of(first.a)),
        Prose(at_once_is),
        equations(at_once(first.z, product((1, first.n_before), (first.n_before, first.n_units)))),
    ]
    if others:

        def written(layer: LayerRules) -> list[Line]:
            shapes = product((1, layer.n_before), (layer.n_before, layer.n_units))
            return [*lines_of(layer.z), at_once(layer.z, shapes), *lines_of(layer.a)]

        who = "Layer 2 does" if len(others) == 1 else "Each other layer does"
        parts += [
            Prose(f"{who} the same with the activations before it in place of the inputs:"),
            Equations(tuple(alike(record, others, written))),
        ]
    return Section("Forward: from the inputs to the outputs", tuple(parts))


def loss(record: Record) -> Section:
    """Say what the loss is, and derive its derivative by each output."""
    output = record.output
    a = f"a{output.number}[j]"
    only = (
        f"Only the term of output j has `{a}` in it; the others are constants, whose derivative "
        "is 0. So one term is differentiated"
        if output.n_units > 1
        else "There is one output, so one term is differentiated"
    )
    said = _about(record)
    parts = (
        equations(Line("J", record.loss)),
        Prose(f"{only}, a being short for `{a}` and y for `y[j]`{said}:"),
        Equations(tuple(_steps(record))),
        Prose(f"With its indices this is the error signal of output j{_at_kinks(record)}:"),
        equations(*lines_of(output.da), at_once(output.da, shape((1, output.n_units)))),
    )
    return Section("The loss of a row, and its derivative by each output", parts)


def _steps(record: Record) -> Iterator[Line]:
    for place, line in enumerate(record.architecture.loss.derivation.lines):
        reason = line.reason if line.step is None else explained(line.step)
        multiplies = line.step is not None and line.step.is_chain_rule
        yield Line("" if place else "∂ℓ/∂a", line.expression, reason if place else "", multiplies)


def _about(record: Record) -> str:
    name = record.architecture.loss.name
    if name == "poisson":
        return "; c is log y!, which has no a in it"
    if name == "mean_squared_error":
        return f"; the mean is over {counted(record.output.n_units, 'output')}"
    return ""


def _at_kinks(record: Record) -> str:
    name = record.architecture.loss.name
    if name == "half_squared_error":
        return " (the 2 of the square and the ½ of the loss cancel)"
    return " (sign(0) = 0 is used where a = y)" if name == "absolute_error" else ""
