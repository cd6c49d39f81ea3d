"""The whole derivation of a network's update rules, section by section."""

from collections.abc import Iterator

from ..derivation.building import MINUS_ONE, product, total
from ..derivation.grammar import symbol
from ..update_rules.record import LayerRules, Record, Rule
from .update_rules_backward import gradients, hidden_deltas, output_delta
from .update_rules_parts import Equations, Line, Prose, Section, shape
from .update_rules_words import alike, forward, loss


def sections(record: Record) -> list[Section]:
    """Return the derivation, from the forward pass to all rules in a few lines."""
    found = [forward(record), loss(record), output_delta(record)]
    if len(record.layers) > 1:
        found.append(hidden_deltas(record))
    return [*found, gradients(record), _several_rows(record), _step(record), _all_rules(record)]


def _several_rows(record: Record) -> Section:
    first = record.layers[0]
    shapes = f"{shape((first.n_before, 'n'))} × {shape(('n', first.n_units))}"
    elements = [Line(rule.of, rule.mean) for rule in (first.dW, first.db)]
    arrays = [
        Line(first.dW.name, first.dW.for_rows, shapes, of_arrays=True),
        Line(first.db.name, first.db.for_rows, "the sum of each column", of_arrays=True),
    ]
    return Section(
        "Several rows at once",
        (
            Prose(
                f"The rows stand beneath one another: `X` is {shape(('n', first.n_before))}, `b1` "
                "is added to each. J is the mean of their losses, and no row acts on another's "
                "loss, so the deltas of a row, of its own loss ℓ, are what they were. But all rows "
                "share the weights: one path through each row r leads from `W1[i, j]` to J, and "
                "the paths add up:"
            ),
            Equations(tuple(elements)),
            Prose(
                "Here r is the first index of `X` and of the deltas, hence the transpose: the "
                "outer product, which had one row, becomes a matrix product that adds up n. The "
                "division by n comes once, at the end; one row at a time is n = 1:"
            ),
            Equations(tuple(arrays)),
        ),
    )


def _step(record: Record) -> Section:
    return Section(
        "The step, which is not the chain rule",
        (
            Prose(
                "The gradient points to where J grows fastest; gradient descent takes a step of "
                "the learning rate `η` against it:"
            ),
            Equations(tuple(_steps(record.layers[0]))),
            Prose(
                "All gradients belong to the same weights: every delta is computed before the "
                "first weight changes."
            ),
        ),
    )


def _steps(layer: LayerRules) -> Iterator[Line]:
    for name, rule in (("W", layer.dW), ("b", layer.db)):
        old, gradient = symbol(f"{name}{layer.number}"), symbol(rule.name)
        new = total(old, product(MINUS_ONE, symbol("η"), gradient))
        yield Line(str(old), new, shape(rule.shape), of_arrays=True, sign="←")


def _all_rules(record: Record) -> Section:
    def on_the_way(layer: LayerRules) -> list[Line]:
        return [_of_rows(rule, shape(rule.shape)) for rule in layer.forward]

    def back(layer: LayerRules) -> list[Line]:
        return [_of_rows(rule, shape(rule.shape)) for rule in (layer.dz, layer.dW, layer.db)]

    layers = record.layers
    n_products = 2 * len(layers)
    return Section(
        "All rules, for n rows",
        (
            Equations(tuple(alike(record, layers, on_the_way))),
            Equations(tuple(alike(record, layers[::-1], back))),
            Equations(tuple(alike(record, layers, lambda layer: list(_steps(layer))))),
            Prose(
                f"Where the chain rule is: in the {n_products} lines with ×, a delta and a "
                "gradient for each layer. A delta takes over from the layer after it, so no "
                "derivative is computed twice. Forward pass and step are without it."
            ),
        ),
    )


def _of_rows(rule: Rule, reason: str = "") -> Line:
    multiplies = rule.is_chain_rule and not rule.name.startswith("db")
    return Line(rule.name, rule.for_rows, reason, multiplies, of_arrays=True)
