"""The contract of `chainrule.where/1`, checked on a JSON report."""

from collections.abc import Iterable
from typing import Any, get_args

from chainrule.locate import record

KEYS = {
    "loss": {"name", "formula", "stated_at", "shown", "scale", "file"},
    "parameters": {"name", "shape", "updated_at", "gradient", "scale", "file"},
    "lines": {"line", "end_line", "function", "role", "partial", "value", "factors", "sum_over"}
    | {"sign", "scale", "temporary", "times", "verified", "file"},
    "faults": {"line", "function", "kind", "parameters", "found", "expected", "repair", "message"}
    | {"file"},
    "notes": {"line", "kind", "message", "file"},
    "unlabelled": {"line", "reason", "file"},
}
TOP = ["schema", "script", "verdict", "reason", "uses_chain_rule", *KEYS]
STATUS = {"correct": 0, "wrong": 1, "no-backprop": 3, "unknown": 3}


def is_line(value: Any) -> bool:
    return type(value) is int and value >= 1


def keep_the_contract(report: dict[str, Any]) -> None:
    """Assert that a report has the keys, types and words that it may have."""
    assert next(iter(report)) == "schema"
    assert report["schema"] == "chainrule.where/1"
    assert set(TOP) <= set(report) <= {*TOP, "cells", "weight"}
    assert report["verdict"] in get_args(record.Verdict)
    assert (report["reason"] is None) is (report["verdict"] in ("correct", "wrong"))
    assert type(report["uses_chain_rule"]) is bool
    for section, keys in KEYS.items():
        entries = [report["loss"]] if section == "loss" else report[section]
        assert all(set(entry) == keys for entry in entries), section
    assert report["loss"]["shown"] in get_args(record.Shown)
    assert report["loss"]["stated_at"] is None or is_line(report["loss"]["stated_at"])
    for parameter in report["parameters"]:
        assert parameter["gradient"] in get_args(record.Gradient)
        assert all(type(size) is int for size in parameter["shape"])
        assert all(map(is_line, parameter["updated_at"]))
    _lines(report["lines"])
    assert bool(report["faults"]) <= (report["verdict"] == "wrong")
    for fault in report["faults"]:
        assert is_line(fault["line"])
        assert fault["kind"] in get_args(record.Kind)
        assert fault["message"]


def _lines(lines: Iterable[dict[str, Any]]) -> None:
    for line in lines:
        assert is_line(line["line"])
        assert line["end_line"] >= line["line"]
        assert line["role"] in get_args(record.Role)
        assert line["sign"] in (-1, 1)
        for factor in line["factors"]:
            assert set(factor) == {"partial", "line", "file"}
            assert factor["line"] is None or is_line(factor["line"])
