"""Whole programs in the styles people write: right ones, edited ones, faulty ones, and no backprop.

`tests/locate/judged` holds programs with a key each: edits that keep them right, and edits that
plant one fault; `tests/locate/controls` holds programs that learn in other ways, with the fair
verdicts.
"""

import ast
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from judging import reordered, report_of

from chainrule.locate.record import Report

FOLDER = Path(__file__).resolve().parent / "locate"
PROGRAMS = sorted(path.stem for path in (FOLDER / "judged").glob("*.py"))
LONG = ("closures_zip", "conv_loops", "lstm_steps")
CONTROLS = json.loads((FOLDER / "controls" / "expected.json").read_text(encoding="utf-8"))


@cache
def key(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (FOLDER / "judged" / f"{name}.json").read_text(encoding="utf-8")
    )
    return found


def edited(name: str, edits: list[dict[str, Any]]) -> str:
    lines = (FOLDER / "judged" / f"{name}.py").read_text(encoding="utf-8").split("\n")
    for edit in edits:
        assert lines[edit["line"] - 1].count(edit["old"]) == 1
        lines[edit["line"] - 1] = lines[edit["line"] - 1].replace(edit["old"], edit["new"])
    return "\n".join(lines)


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow if n in LONG else ()) for n in PROGRAMS]
)
def test_a_right_program_is_right(name: str) -> None:
    report = report_of(edited(name, []))
    assert report.verdict == "correct", report.faults
    assert report.loss is not None
    assert report.loss.name in (key(name)["loss"], *key(name).get("loss_also", []))


@pytest.mark.slow
def test_roles_stand_at_their_lines() -> None:
    """Of the lines given a role nine in ten have it, and of those that have it too."""
    right = given = wanted = 0
    for name in PROGRAMS:
        report = report_of(edited(name, []))
        for role, numbers in key(name)["lines"].items():
            found = {one.line for one in report.lines if one.role == role}
            fair = set(key(name).get("maybe", {}).get(role, []))
            right += len(found & set(numbers))
            given += len(found - fair | found & set(numbers))
            wanted += len(numbers)
    assert right >= 0.9 * given
    assert right >= 0.9 * wanted


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(n, marks=pytest.mark.slow if n == "random_search" else ())
        for n in sorted(CONTROLS)
    ],
)
def test_other_ways_to_learn_are_not_called_wrong(name: str) -> None:
    program = (FOLDER / "controls" / f"{name}.py").read_text(encoding="utf-8")
    assert report_of(program).verdict in CONTROLS[name]["fair"]


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_edits_that_change_no_gradient_raise_no_alarm(name: str) -> None:
    for edit in key(name)["equivalents"]:
        report = report_of(edited(name, edit["edit"]))
        assert report.verdict == "correct", (edit["id"], report.faults)


def found_at(report: Report, fault: dict[str, Any]) -> bool:
    return bool(report.faults) and report.faults[0].line in fault["wrong_lines"]


@pytest.mark.slow
def test_most_faults_are_found_at_their_line() -> None:
    """Of some planted faults of every program: a share, held so that it can only grow."""
    reports = [
        (report_of(edited(name, fault["edit"])), fault)
        for name in PROGRAMS
        for fault in key(name)["faults"][:3]
    ]
    assert sum(report.verdict == "wrong" for report, _ in reports) >= 0.85 * len(reports)
    assert sum(found_at(report, fault) for report, fault in reports) >= 0.7 * len(reports)


@pytest.mark.slow
def test_a_loss_that_has_no_rule_is_passed_over() -> None:
    """`math.copysign` in the loss: another loss explains the updates, or the answer is unknown."""
    edit = next(one for one in key("closures_zip")["equivalents"] if one["id"] == "cases")
    assert report_of(edited("closures_zip", edit["edit"])).verdict in ("correct", "unknown")


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_order_of_functions_does_not_matter(name: str) -> None:
    """Nor does the layout: printed anew, a right program is right, its roles at the same texts."""
    program = edited(name, [])
    other = reordered(program)
    assert sorted(other.splitlines()) == sorted(ast.unparse(ast.parse(program)).splitlines())
    before, after = report_of(program), report_of(other)
    assert after.verdict == "correct", after.faults
    assert before.loss is not None
    assert after.loss is not None
    assert after.loss.name == before.loss.name
    assert Counter(one.role for one in after.lines) == Counter(one.role for one in before.lines)
