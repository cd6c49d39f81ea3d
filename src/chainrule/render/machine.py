"""Reports for machines: JSON.

Each JSON object has a versioned schema: keys may be added to it, none changed or removed.
JSON has no NaN and no infinity: such a number is null, "there is no number".
"""

from dataclasses import asdict
from typing import Any

from ..observed import HeldOut, HeldOutClasses
from ..reports import Diagnosis, TrainReport
from .diagnosis_text import settings
from .explanation_machine import explanation_record
from .json_text import json_text


def train_report(report: TrainReport, model: str | None, held_out: HeldOut | None = None) -> str:
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
        "opened": explanation_record(report.opened)
        | {"folded": asdict(report.opened.folded)}
        | {"place": report.opened_place, "target": report.opened_target},
        "diagnosis": diagnosis_record(report.diagnosis),
        "model": model,
        "held_out": held_out_record(held_out),
    }
    return json_text(record)


def held_out_record(held_out: HeldOut | None) -> dict[str, Any] | None:
    """Return what was said of rows not seen; confusions by the names of the classes."""
    if held_out is None:
        return None
    if isinstance(held_out, HeldOutClasses):
        names = [one.label for one in held_out.classes]
        counts = [
            {"actual": names[actual], "predicted": names[said], "rows": rows}
            for actual, said, rows in held_out.counts
        ]
        return asdict(held_out) | {"counts": counts}
    record = asdict(held_out)
    del record["points"]
    return record


def diagnosis_record(diagnosis: Diagnosis | None) -> dict[str, Any] | None:
    """Return a diagnosis, remedies as settings of the estimator and as `options` of the command."""
    if diagnosis is None:
        return None
    findings = [
        asdict(finding) | {"options": settings(finding.remedy, command=True)}
        for finding in diagnosis.findings
    ]
    return asdict(diagnosis) | {"findings": findings}
