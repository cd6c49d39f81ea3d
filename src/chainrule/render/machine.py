"""Reports for machines: JSON and, for predictions, CSV.

Each JSON object has a versioned schema: keys may be added to it, none changed or removed.
JSON has no NaN and no infinity: such a number is null, "there is no number".
"""

import csv
import io
import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ..factors import Explanation
from ..reports import TrainReport


def _json(record: dict[str, Any]) -> str:
    return json.dumps(_finite(record), ensure_ascii=False, indent=2, allow_nan=False)


def _finite(value: Any) -> Any:
    """Return the value with null where a number in it is not finite."""
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def train_report(report: TrainReport, model: str | None) -> str:
    """Return the report as one JSON object of schema `chainrule.train/1`."""
    record: dict[str, Any] = {
        "schema": "chainrule.train/1",
        "data": report.data,
        "rows": report.n_rows,
        "features": report.n_features,
        "task": report.task,
        "target": report.target,
        "classes": report.classes,
        "metric": report.metric,
        "method": report.method,
        "scores": [fold.score for fold in report.folds],
        "folds": [asdict(fold) for fold in report.folds],
        "mean": report.mean,
        "baseline": report.baseline,
        "seconds": report.seconds,
        "network": asdict(report.network),
        "settings": report.settings,
        "opened": _explanation(report.opened)
        | {"place": report.opened_place, "target": report.opened_target},
        "model": model,
    }
    return _json(record)


def predictions(
    values: Sequence[Any], classes: Sequence[Any] | None, probabilities: Any | None
) -> str:
    """Return predictions as one JSON object of schema `chainrule.predict/1`."""
    record: dict[str, Any] = {"schema": "chainrule.predict/1", "predictions": list(values)}
    if probabilities is not None:
        record |= {"classes": classes, "probabilities": probabilities.tolist()}
    return _json(record)


def predictions_csv(
    target: str, values: Sequence[Any], classes: Sequence[Any] | None, probabilities: Any | None
) -> str:
    """Return predictions as lines of separated values: one a row, below the names."""
    table = [[target], *([value] for value in values)]
    if probabilities is not None:
        shares = [[f"p({label})" for label in classes or ()], *probabilities.tolist()]
        table = [[*row, *more] for row, more in zip(table, shares, strict=True)]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(table)
    return text.getvalue().removesuffix("\n")


def _explanation(opened: Explanation) -> dict[str, Any]:
    return {
        "weight": opened.weight,
        "gradient": opened.gradient,
        "sum": opened.value,
        "paths": [
            {"value": path.value, "factors": [asdict(factor) for factor in path.factors]}
            for path in opened.paths
        ],
    }
