"""Opened gradients as JSON, schema `chainrule.explanation/1`."""

from dataclasses import asdict
from typing import Any

from ..factors import Explanation, Path
from ..reports import ExplainReport
from .json_text import json_text


def explain_report(report: ExplainReport) -> str:
    """Return what `chainrule explain` found as one JSON object."""
    return json_text(
        {
            "schema": "chainrule.explanation/1",
            "model": report.model,
            "data": report.data or None,
            "place": report.place or None,
            "rows": report.n_rows,
            "network": asdict(report.network),
            "explanations": [whole_record(opened) for opened in report.explanations],
        }
    )


def whole_record(opened: Explanation) -> dict[str, Any]:
    """Return all that an explanation holds."""
    return explanation_record(opened) | {
        "size": opened.size,
        "agrees": opened.agrees,
        "tolerance": opened.tolerance,
        "folded": asdict(opened.folded),
        "rows": [asdict(row) for row in opened.rows],
        "folded_rows": asdict(opened.folded_rows),
        "layers": [asdict(layer) for layer in opened.layers],
    }


def explanation_record(opened: Explanation) -> dict[str, Any]:
    """Return the gradient, its paths and their sum."""
    return {
        "weight": opened.weight,
        "gradient": opened.gradient,
        "sum": opened.value,
        "paths": [path_record(path) for path in opened.paths],
    }


def path_record(path: Path) -> dict[str, Any]:
    """Return a path with its factors."""
    row = {"row": path.row} if path.row else {}
    return {"value": path.value, **row, "factors": [asdict(factor) for factor in path.factors]}
