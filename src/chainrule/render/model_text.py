"""What a model's file holds as plain text, readable at 80 columns and without colour."""

import io
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..facts import ColumnFacts, ModelFacts
from ..words import counted, listed
from .characters import printable
from .network_text import WIDTH, network_text

MOST_COLUMNS = 20
"""Columns that are listed; where there are more, the JSON has them all."""

_MISSING = {
    "refuse": "a cell without a value is refused",
    "drop": "a row with a cell without a value gets no prediction",
    "mean": "a cell without a value is filled in with the training's mean",
}
_UNSEEN = {
    "error": "an unknown category is refused",
    "ignore": "an unknown category sets none of its column's inputs",
}


def model_text(facts: ModelFacts) -> str:
    """Return what the file holds, in lines that end without blanks."""
    console = Console(width=WIDTH, file=io.StringIO(), color_system=None, force_jupyter=False)
    with console.capture() as captured:
        for heading, rows in _sections(facts):
            console.print()
            console.print(heading)
            table = Table(box=None, show_header=False, padding=(0, 0, 0, 2))
            table.add_column(overflow="fold", max_width=24)
            table.add_column(overflow="fold")
            for name, text in rows:
                table.add_row(Text(printable(name)), Text(printable(text)))
            console.print(table)
    sections = "\n".join(line.rstrip() for line in captured.get().rstrip("\n").split("\n"))
    return f"{_title(facts)}\n\n{network_text(facts.network)}\n{sections}"


def _title(facts: ModelFacts) -> str:
    what = "a model" if facts.holds == "model" else f"a fitted {facts.estimator}"
    return printable(f"{facts.path}: {what}, {counted(len(facts.columns), 'column')}")


def _sections(facts: ModelFacts) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    shown = facts.columns[:MOST_COLUMNS]
    rows = [(column.name, _column(column)) for column in shown]
    if len(facts.columns) > len(shown):
        rows.append(("…", f"{len(facts.columns) - len(shown)} more; `--format json` has them all"))
    yield "Columns", rows
    texts = any(column.categories is not None for column in facts.columns)
    rules = [_MISSING[facts.missing], *([_UNSEEN[facts.unseen]] if texts else [])]
    yield "Target", [(facts.target, _target(facts)), ("in predict", "; ".join(rules))]
    if facts.origin is not None and facts.origin["scores"]:
        yield "Scores on rows not seen in training", _scores(facts.origin)
    yield "Training", _training(facts)
    written = ", ".join(f"{name} {version}" for name, version in facts.versions.items())
    yield "File", [("written by", written), ("schema", facts.schema), ("SHA-256", facts.sha256)]


def _column(column: ColumnFacts) -> str:
    if column.categories is not None:
        return f"text, {counted(len(column.categories), 'input')}: {listed(column.categories)}"
    return f"number, {_scaled('x', column.center, column.scale)}; missing: {column.fill:.6g}"


def _scaled(letter: str, center: float | None, scale: float | None) -> str:
    if center is None or scale is None or (center, scale) == (0, 1):
        return "not scaled"
    shifted = f"{letter} {'−' if center >= 0 else '+'} {abs(center):.6g}" if center else letter
    return f"({shifted})/{scale:.6g}" if center else f"{letter}/{scale:.6g}"


def _target(facts: ModelFacts) -> str:
    if facts.classes is not None:
        labels = listed([str(label) for label in facts.classes])
        return f"{counted(len(facts.classes), 'class')[:-1]}es: {labels}"
    scaling = facts.target_scaling or {"center": 0.0, "scale": 1.0}
    return f"a quantity, {_scaled('y', scaling['center'], scaling['scale'])}"


def _scores(origin: dict[str, Any]) -> list[tuple[str, str]]:
    scores = ", ".join(f"{score:.4g}" for score in origin["scores"])
    metric = {"r2": "R²"}.get(origin["metric"], origin["metric"])
    how = "held out once" if origin["method"] == "split" else counted(len(origin["scores"]), "fold")
    return [
        (f"{metric}, {how}", scores),
        ("mean", f"{origin['mean']:.4g}"),
        ("baseline", f"{origin['baseline']:.4g}"),
    ]


def _training(facts: ModelFacts) -> list[tuple[str, str]]:
    history, origin = facts.history, facts.origin
    rows = []
    if origin is not None:
        size = f"{counted(origin['rows'], 'row')}, {counted(origin['columns'], 'column')}"
        rows += [("data", f"{origin['data']}: {size}"), ("its SHA-256", origin["sha256"])]
        rows += [("", "(of the encoded rows and targets)")]
    loss = "" if history["loss"] is None else f", loss {history['loss']:.6g}"
    why = f", {history['stop_reason']}" if history["stop_reason"] else ""
    rows.append(("ended", f"{counted(history['epochs'], 'epoch')}{loss}{why}"))
    if facts.kept_rows:
        rows.append(("kept rows", str(facts.kept_rows)))
    rows.append(("settings", f"{facts.estimator}({_settings(facts.settings)})"))
    if origin is not None:
        rows.append(("command's", _settings(origin["training"])))
    return rows


def _settings(settings: dict[str, Any]) -> str:
    """Return settings as they are written in a call."""
    return ", ".join(f"{name}={value!r}" for name, value in settings.items())
