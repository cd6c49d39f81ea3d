"""Update rules as JSON, of the versioned schema `chainrule.update_rules/1`."""

import json
from typing import Any

from ..derivation.building import Expr
from ..derivation.notation import Number, notation
from ..derivation.writing import Writer, written
from ..update_rules.architecture import ActivationRule
from ..update_rules.record import Equal, LayerRules, Record, Rule
from .derivation_machine import kink_fields
from .update_rules_formulas import OfArrays, plain
from .update_rules_parts import unmarked


class Numpy(OfArrays, Writer):
    """Formulas of arrays as NumPy computes them, functions by their names in formulas."""

    elementwise = "*"

    def number(self, node: Number) -> str:
        """Return a number with all its digits."""
        return node.text

    def summed(self, of: str, index: str) -> str:
        """Return the sum over the rows, or over the outputs of each row."""
        axis = "axis=0" if index == "rows" else "axis=1, keepdims=True"
        return f"sum({of}, {axis})"

    def matrix_product(self, left: str, right: str) -> str:
        """Return two matrices multiplied."""
        return f"{left} @ {right}"

    def transposed(self, of: str) -> str:
        """Return a matrix with rows and columns exchanged."""
        return f"{of}.T"


def as_json(record: Record) -> str:
    """Return the rules as one JSON object.

    `array` is for n rows, in NumPy's operators and the functions of formulas; `element` and
    `lines` are for one row, in the notation of the text.
    """
    made = record.architecture
    last = made.loss.derivation
    content = {
        "schema": "chainrule.update_rules/1",
        "network": list(made.sizes),
        "activations": [rule.name for rule in made.hidden],
        "output_activation": made.output_activation,
        "loss": {
            "name": made.loss.name,
            "row": plain(record.loss, of_arrays=False),
            "term": written(last.expression),
            "derivative": written(last.answer),
        },
        "fused": made.fused,
        "softmax_derivative": [
            {"where": case.where, "lines": _lines(case.lines)} for case in record.jacobian
        ],
        "layers": [_layer(layer) for layer in record.layers],
    }
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)


def _layer(layer: LayerRules) -> dict[str, Any]:
    return {
        "layer": layer.number,
        "inputs": layer.n_before,
        "units": layer.n_units,
        "activation": None if layer.activation is None else _activation(layer.activation),
        "forward": [_rule(rule) for rule in layer.forward],
        "backward": [_rule(rule) for rule in layer.backward],
    }


def _activation(rule: ActivationRule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "formula": written(rule.formula),
        "derivative": written(rule.by_z),
        "by_output": None if rule.by_a is None else written(rule.by_a),
        "kinks": [kink_fields(kink) for kink in rule.derivation.kinks],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "shape": list(rule.shape),
        "array": numpy(rule.for_rows),
        "element": rule.of,
        "lines": _lines(rule.lines),
        "chain_rule": rule.is_chain_rule,
    }


def _lines(lines: tuple[Equal, ...]) -> list[dict[str, Any]]:
    return [
        {
            "expression": plain(line.expression, of_arrays=False),
            "chain_rule": line.is_chain_rule,
            "reason": unmarked(line.reason),
        }
        for line in lines
    ]


def numpy(expression: Expr) -> str:
    """Return a formula of arrays as NumPy computes it."""
    return Numpy().write(notation(expression))
