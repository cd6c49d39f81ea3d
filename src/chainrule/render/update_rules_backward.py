"""What is said of the way back: the deltas layer by layer, and the gradients of the weights."""

from collections.abc import Iterator

from ..update_rules.architecture import ActivationRule
from ..update_rules.record import LayerRules, Record
from ..words import counted
from .derivation_words import all_meanings, plain, sentences
from .update_rules_parts import Equations, Line, Part, Prose, Section, equations, shape
from .update_rules_words import activation_name, alike, at_once, lines_of, product


def output_delta(record: Record) -> Section:
    """Derive ∂J/∂z of the outputs."""
    output = record.output
    name = f"The delta of {'each' if output.n_units > 1 else 'the'} output"
    parts: list[Part]
    if output.activation is None:
        parts = [*_jacobian(record), *_through_softmax(output)]
    else:
        z, a = f"z{output.number}[j]", f"a{output.number}[j]"
        parts = [
            *_slope(output.activation),
            Prose(f"`{z}` acts on the loss through `{a}` alone, so there is one product:"),
            equations(*lines_of(output.dz), at_once(output.dz, shape((1, output.n_units)))),
        ]
    if record.architecture.fused:
        parts.append(
            Prose(
                "The package computes this pair of loss and activation in one piece, from z: log a "
                "has no value where a underflows to 0."
            )
        )
    return Section(name, tuple(parts))


def _jacobian(record: Record) -> Iterator[Part]:
    number = record.output.number
    yield Prose(
        f"Softmax divides by S, the sum of exp(z) over all outputs, so each `a{number}[m]` depends "
        f"on every `z{number}[j]`. The quotient rule gives two cases:"
    )
    for case in record.jacobian:
        left = f"∂a{number}[m]/∂z{number}[j]"
        yield Equations(
            tuple(
                Line("" if place else left, one.expression, "" if place else case.where)
                for place, one in enumerate(case.lines)
            )
        )


def _through_softmax(output: LayerRules) -> Iterator[Part]:
    yield Prose(
        f"`z{output.number}[j]` acts on the loss through every output: "
        f"{counted(output.n_units, 'path')}. The chain rule of several variables adds them up:"
    )
    yield equations(*lines_of(output.dz), at_once(output.dz, shape((1, output.n_units))))


def _slope(rule: ActivationRule) -> Iterator[Part]:
    """The derivative of an activation, as the rules of derivation found it."""
    if rule.slope.is_number:
        said = f"The activation {rule.name} has the slope {plain(rule.slope)} everywhere."
        yield Prose(" ".join([said, *sentences(rule.derivation)]))
        return
    lines = [Line("a", rule.formula), Line("∂a/∂z", rule.by_z)]
    if rule.by_a is not None and rule.by_a != rule.by_z:
        lines.append(Line("", rule.by_a, "by its own value, which the forward pass has"))
    derivation = rule.derivation
    command = f'``chainrule derive "{derivation.text}"``'
    meant = ", ".join(all_meanings(derivation))
    about = [*([f"Here {meant}."] if meant else []), *sentences(derivation)]
    yield Prose(f"The slope of the activation {rule.name} ({command} shows every step):")
    yield Equations(tuple(lines))
    if about:
        yield Prose(" ".join(about))


def hidden_deltas(record: Record) -> Section:
    """Derive ∂J/∂a and ∂J/∂z of the hidden layers, the last one in full."""
    *others, layer = record.layers[:-1]
    parts: list[Part] = [*_to_the_activations(layer, record.layers[layer.number])]
    if layer.activation is not None:
        if activation_name(record, layer) != activation_name(record, record.output):
            parts += _slope(layer.activation)
        z, a = f"z{layer.number}[j]", f"a{layer.number}[j]"
        parts += [
            Prose(f"From there to `{z}` there is one path, through the activation `{a}`:"),
            equations(*lines_of(layer.dz), at_once(layer.dz, shape((1, layer.n_units)))),
        ]
    if others:
        parts += _others(record, others[::-1])
    last = "layer 1" if not others else "the hidden layers, the last one first"
    return Section(f"The deltas of {last}: back through the weights", tuple(parts))


def _to_the_activations(layer: LayerRules, after: LayerRules) -> Iterator[Part]:
    j, k, n = layer.number, after.number, after.n_units
    weights = f"W{k}"
    paths = "one path for each of them" if n > 1 else "one path"
    yield Prose(
        f"`a{j}[j]` is an input of {'every unit k' if n > 1 else 'the unit'} of layer {k}, with "
        f"the weight `{weights}[j, k]`: {paths}. The chain rule of several variables multiplies "
        "along each path and adds up the paths:"
    )
    yield equations(*lines_of(layer.da))
    yield Prose(
        f"This sum is over k, the second index of `{weights}`; the forward pass sums over the "
        "first. A matrix product adds up where the indices meet, the columns of its left factor "
        f"with the rows of its right one, so `{weights}` must stand with rows and columns "
        "exchanged. That is where the transpose comes from:"
    )
    yield equations(at_once(layer.da, product((1, n), (n, layer.n_units))))


def _others(record: Record, layers: list[LayerRules]) -> Iterator[Part]:
    known = {activation_name(record, layer) for layer in record.layers[-2:]}
    for layer in layers:
        if layer.activation is not None and layer.activation.name not in known:
            known.add(layer.activation.name)
            yield from _slope(layer.activation)

    def written(layer: LayerRules) -> list[Line]:
        last = layer.dz.lines[-1]
        rule = Line(layer.dz.of, last.expression, "", is_chain_rule=True)
        return [rule, at_once(layer.dz, shape((1, layer.n_units)))]

    yield Prose(
        "The layers before it do the same with the delta of the layer after, which is known by "
        "then; that is why the pass goes backwards:"
    )
    yield Equations(tuple(alike(record, layers, written)))


def gradients(record: Record) -> Section:
    """Derive ∂J/∂W and ∂J/∂b."""
    first, *others = record.layers
    n_before, n_units = first.n_before, first.n_units
    parts: list[Part] = [
        Prose(
            "`W1[i, j]` is in `z1[j]` alone, so one path leads from it to the loss, and what is "
            "behind `z1[j]` is already in the delta:"
        ),
        equations(*lines_of(first.dW), *lines_of(first.db)),
        Prose(
            "Every input times every delta, a column times a row, is the outer product; it has "
            "the shape of `W1`. For one row `db1` is the delta itself:"
        ),
        equations(
            at_once(first.dW, product((n_before, 1), (1, n_units))),
            at_once(first.db, f"as {shape(first.db.shape)}"),
        ),
    ]
    if others:

        def written(layer: LayerRules) -> list[Line]:
            shapes = product((layer.n_before, 1), (1, layer.n_units))
            rule = Line(layer.dW.of, layer.dW.element, is_chain_rule=True)
            return [rule, at_once(layer.dW, shapes), at_once(layer.db)]

        where = "In layer 2" if len(others) == 1 else "In each other layer"
        parts += [
            Prose(f"{where} the activations before it stand in place of the inputs:"),
            Equations(tuple(alike(record, others, written))),
        ]
    return Section("The gradients of weights and biases", tuple(parts))
