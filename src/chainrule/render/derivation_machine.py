"""A derivation as JSON, of the versioned schema `chainrule.derivation/1`."""

from typing import Any

from ..derivation.building import Expr
from ..derivation.record import Kink, Line, Record
from ..derivation.writing import written
from .derivation_words import explained, sentences
from .json_text import json_text


def as_json(record: Record) -> str:
    """Return the derivation as one JSON object; expressions are formulas that read back."""
    fused = record.activation is not None
    content: dict[str, Any] = {
        "schema": "chainrule.derivation/1",
        "formula": record.text,
        "expression": written(record.expression),
        "variable": str(record.variable),
        "parameters": {str(name): float(number) for name, number in record.values},
        "activation": _written(record.activation),
        "derivative": record.derivative,
        "by_output": None
        if record.by_output is None
        else {
            "name": str(record.output),
            "is": written(record.output_is),
            "derivative": written(record.by_output),
        },
        "kinks": [kink_fields(one) for one in record.kinks],
        "notes": sentences(record),
        "steps": [_line(line) for line in record.lines[1:]],
    }
    if not fused:
        del content["activation"]
    return json_text(content)


def _written(expression: Expr | None) -> str | None:
    return None if expression is None else written(expression)


def kink_fields(kink: Kink) -> dict[str, Any]:
    """Return what is known of a kink, by its names."""
    return {
        "kind": kink.kind,
        "where": written(kink.where),
        "at": _written(kink.at),
        "left": kink.left,
        "right": kink.right,
        "used": kink.used,
    }


def _line(line: Line) -> dict[str, Any]:
    """Return a step, and the whole derivative after it."""
    step = line.step
    shown: dict[str, Any] = {"rule": line.reason, "chain_rule": False}
    if step is not None:
        shown |= {
            "chain_rule": step.is_chain_rule,
            "of": written(step.expression),
            "by": str(step.by),
            "outer": _written(step.outer),
            "outer_derivative": _written(step.outer_slope),
            "inner": _written(step.inner),
            "parts": {name: written(part) for name, part in step.parts},
            "gives": written(step.opened),
            "result": written(step.result),
            "explanation": explained(step),
        }
    return shown | {"line": written(line.expression)}
