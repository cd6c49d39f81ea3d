"""The answer of `where` for other programs: JSON, Markdown, GitHub annotations, SARIF."""

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from ..locate.record import Fault, Loss, Note, OpenedWeight, Report
from . import where_words as words
from .characters import printable
from .explanation_machine import path_record
from .json_text import json_text

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~&$])")


def as_json(report: Report) -> str:
    """Return the report as one JSON object of schema `chainrule.where/1`."""
    record = asdict(report)
    record = {"schema": record.pop("schema"), **record}
    record["loss"] = asdict(report.loss or Loss("unknown", ""))
    if not report.cells:
        del record["cells"]  # only notebooks have them
    record["weight"] = _opened(report.weight)
    if report.weight is None:
        del record["weight"]  # only if it was asked for
    return json_text(record)


def _opened(weight: OpenedWeight | None) -> dict[str, Any] | None:
    if weight is None:
        return None
    return {
        "name": weight.explanation.weight,
        "line": weight.line,
        "gradient": weight.explanation.gradient,
        "derivative": weight.derivative,
        "paths": [path_record(path) for path in weight.explanation.paths],
    }


def markdown(report: Report, source: Sequence[str]) -> str:
    """Return the report as Markdown: the answer, a table of the lines, faults and notes."""
    parts = [f"## {_escaped(report.script)}", *map(_escaped, words.answer(report))]
    rows = [
        f"| {_escaped(words.place(report, line.line))} | {_code(source[line.line - 1].strip())} "
        f"| {_escaped(words.ROLES[line.role])} | {_escaped(words.label(report, line))} |"
        for line in report.lines
        if line.file is None and 1 <= line.line <= len(source) and line.role != "forward"
    ]
    if rows:
        head = ["| where | code | role | what it computes |", "|---|---|---|---|"]
        parts.append("\n".join([*head, *dict.fromkeys(rows)]))
    if elsewhere := words.elsewhere(report):
        parts += ["### In other files", _items(elsewhere)]
    for fault in report.faults:
        parts.append(f"### Fault, {_escaped(words.fault_title(report, fault))}")
        details = words.fault_details(fault)
        parts.append(_items([fault.message, *(f"{head}: {text}" for head, text in details)]))
    if report.notes:
        parts += ["### Notes", _items(words.note_text(report, note) for note in report.notes)]
    if report.unlabelled:
        parts += ["### Not labelled", _items(words.unlabelled(report))]
    return "\n\n".join(parts)


def _items(texts: Iterable[str]) -> str:
    return "\n".join(f"- {_escaped(text)}" for text in texts)


def _escaped(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return _MARKDOWN.sub(r"\\\1", printable(text))


def _code(text: str) -> str:
    """Return a line of code for a table's cell, where a bar would end the cell."""
    shown = printable(text).replace("|", "\\|")
    fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    return f"{fence} {shown} {fence}" if "`" in shown else f"`{shown}`"


def github(report: Report) -> str:
    """Return the report as annotations, as GitHub's log commands have them."""
    level = "warning" if report.verdict in ("unknown", "no-backprop") else "notice"
    summary = _annotation(level, report, None, report.verdict, " ".join(words.answer(report)))
    faults = [
        _annotation("error", report, fault, words.KINDS[fault.kind], _full(fault))
        for fault in report.faults
    ]
    notes = [_annotation("notice", report, note, note.kind, note.message) for note in report.notes]
    return "\n".join([summary, *faults, *notes])


def _annotation(
    level: str, report: Report, item: Fault | Note | None, title: str, message: str
) -> str:
    file, line = (item.file, item.line) if item is not None else (None, None)
    fields = {"file": _path(report, file), "title": title}
    if line is not None and report.cells and file is None:
        message = f"{words.place(report, line)}: {message}"  # lines of a cell, not of the file
    elif line is not None:
        fields["line"] = str(line)
    given = ",".join(f"{key}={_property(value)}" for key, value in sorted(fields.items()))
    return f"::{level} {given}::{_data(message)}"


def _path(report: Report, file: str | None) -> str:
    """Return the path of the script, or of another file from its folder."""
    return report.script if file is None else str(PurePath(report.script).parent / file)


def _data(text: str) -> str:
    lines = text.replace("%", "%25").splitlines()
    return "%0A".join(map(printable, lines))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _full(fault: Fault) -> str:
    """Return all that is known of a fault as one paragraph."""
    details = [f"{heading}: {text}" for heading, text in words.fault_details(fault)]
    return " ".join([f"{fault.message.rstrip('.')}.", *(f"{detail}." for detail in details)])


def sarif(report: Report) -> str:
    """Return the report as a SARIF 2.1.0 log: faults are errors, notes are notes."""
    found: list[Fault | Note] = [*report.faults, *report.notes]
    kinds = list(dict.fromkeys(item.kind for item in found))
    descriptions = {str(kind): text for kind, text in words.KINDS.items()}
    rules = [
        {"id": kind, "shortDescription": {"text": descriptions.get(kind, kind.replace("-", " "))}}
        for kind in kinds
    ]
    run = {
        "tool": {"driver": {"name": "chainrule", "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(report, item, kinds.index(item.kind)) for item in found],
        "properties": {"verdict": report.verdict, "answer": words.answer(report)},
    }
    return json_text({"$schema": _SARIF, "version": "2.1.0", "runs": [run]})


def _result(report: Report, item: Fault | Note, rule: int) -> dict[str, Any]:
    is_fault = isinstance(item, Fault)
    message = _full(item) if isinstance(item, Fault) else item.message
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(_path(report, item.file))}}
    if item.line is not None and report.cells and item.file is None:
        message = f"{words.place(report, item.line)}: {message}"
    elif item.line is not None and item.line >= 1:
        physical["region"] = {"startLine": item.line}
    location: dict[str, Any] = {"physicalLocation": physical}
    if isinstance(item, Fault) and item.function:
        location["logicalLocations"] = [{"fullyQualifiedName": item.function, "kind": "function"}]
    return {
        "ruleId": item.kind,
        "ruleIndex": rule,
        "level": "error" if is_fault else "note",
        "message": {"text": message},
        "locations": [location],
    }


def _uri(script: str) -> str:
    path = PurePath(script)
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))
