"""Answers made by hand, in every form; hostile names and texts are shown, not obeyed."""

import io
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, get_args

import pytest
from answers import CELLS, FAULT, HOSTILE, LINES, RIGHT, UNKNOWN, WRONG
from contract import KEYS, TOP, keep_the_contract
from rich.console import Console

from chainrule.locate import record
from chainrule.locate.record import Loss, Report
from chainrule.render import where_machine, where_words
from chainrule.render.where_text import where_report

ALL = {"right": RIGHT, "wrong": WRONG, "unknown": UNKNOWN, "hostile": HOSTILE, "cells": CELLS}


def text(report: Report, width: int = 80, **console: Any) -> str:
    return where_report(report, LINES, Console(width=width, **console))


def unwrapped(report: Report) -> str:
    return " ".join(text(report).split())


def test_the_answer_comes_first_in_five_sentences() -> None:
    assert text(RIGHT).splitlines()[:6] == [
        "xor.py",
        "  Yes. Two lines multiply links of the chain: lines 18 and 19.",
        "  The loss is ½ Σ (a − y)² (half squared error), never written in the code.",
        "  W1 and W2 get its gradient.",
        "  Every derivative in it is right.",
        "  Seven lines labelled.",
    ]


def test_each_line_has_its_partial_and_its_factors_below_it() -> None:
    lines = text(RIGHT).splitlines()
    code = lines.index(" × 18      delta2 = error * out * (1 - out)")
    told = " ".join(line.strip() for line in lines[code + 1 : code + 3])
    expected = "∂J/∂z2 = ∂J/∂out · ∂out/∂z2 (line 17 · line 18); delta2 holds its negative"
    assert told == expected
    assert "4 times a step" in unwrapped(RIGHT)
    assert any(line.startswith("   17 ") for line in lines)  # no product, so no sign
    assert "(line 18 · — · line" in text(RIGHT)
    assert "import numpy" not in text(RIGHT)


def test_a_fault_has_what_was_found_expected_and_how_to_repair_it() -> None:
    shown = text(WRONG)
    assert "Yes, but not rightly." in shown
    assert "  W2 gets its gradient; W1 gets a wrong gradient." in shown
    assert "  Line 19 is wrong: `delta1` lacks the derivative of sigma" in shown
    assert "\n!× 19  " in shown
    assert "fault: a local derivative is left out" in shown
    fault = shown[shown.index("Fault, line 19 in step") :]
    for words in (
        "    parameters: W1\n",
        "    found:      ∂J/∂hidden\n",
        "    expected:   ∂J/∂hidden · ∂hidden/∂z1\n",
        "    repair:     multiply by hidden * (1 - hidden)\n",
        "Notes\n  line 17: the error that is printed is another loss\n  every hidden unit",
        "Not labelled\n  line 16: value does not depend on a parameter",
    ):
        assert words in fault


def test_a_notebook_has_cells() -> None:
    shown = unwrapped(CELLS)
    assert "cell 3, line 6 and cell 3, line 7" in shown
    assert "Fault, cell 3, line 7 in step" in shown


@pytest.mark.parametrize("name", ALL)
def test_text_fits_eighty_columns_and_steers_no_terminal(name: str) -> None:
    for line in text(ALL[name]).splitlines():
        assert len(line) <= 80
        assert line == line.rstrip()
        assert line.isprintable()


def test_a_statement_of_several_lines_is_not_torn() -> None:
    report = replace(RIGHT, lines=(replace(RIGHT.lines[3], end_line=19), RIGHT.lines[4]))
    lines = text(report).splitlines()
    first = next(k for k, line in enumerate(lines) if line.startswith(" × 18"))
    assert lines[first + 1].startswith(" × 19")
    assert lines[first + 2].strip().startswith("∂J/∂z2 = ")


def test_a_long_line_of_source_is_cut_and_a_tab_is_wide() -> None:
    source = [*LINES]
    source[17] = "\tdelta2 = " + " + ".join(f"名前{n}" for n in range(40))
    lines = where_report(RIGHT, source, Console(width=80)).splitlines()
    (cut,) = [line for line in lines if line.startswith(" × 18")]
    assert cut.startswith(" × 18      delta2 = 名前0")
    assert cut.endswith("…")


def test_colour_only_on_a_terminal() -> None:
    assert "\x1b" not in text(WRONG, file=io.StringIO())
    assert "\x1b" in text(WRONG, force_terminal=True, color_system="standard", no_color=False)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"uses_chain_rule": False}, "No. No line multiplies links"),
        ({"lines": ()}, "Two links are multiplied, an error signal and its input"),
        ({"loss": None}, "The loss is not one that is known."),
        ({"loss": Loss("unknown", "")}, "The loss is not one that is known."),
        ({"loss": Loss("unknown", "log cosh(a − y)", 9)}, "log cosh(a − y), computed in line 9."),
        ({"loss": Loss("hinge", "", shown="different")}, "the loss that it shows is a different"),
        ({"loss": Loss("hinge", "", shown="scaled")}, "shown up to a constant factor"),
        ({"loss": Loss("hinge", "", scale=2)}, "descended by 2 times its gradient"),
        ({"parameters": ()}, "No parameter was found."),
        (
            {"parameters": tuple(replace(RIGHT.parameters[0], name=f"W{k}") for k in range(9))},
            "W0, W1, W2, W3, W4 and 4 more get its gradient.",
        ),
        (
            {"parameters": (replace(RIGHT.parameters[0], gradient="missing", updated_at=()),)},
            "W1    2 × 4    never updated    gradient missing",
        ),
        (
            {"parameters": (replace(RIGHT.parameters[0], gradient="scaled", scale=0.5, shape=()),)},
            "a number    updated in line 21    gradient scaled (0.5 times it)",
        ),
        ({"verdict": "wrong"}, "It is wrong."),
        ({"verdict": "wrong", "faults": (FAULT, FAULT)}, "Line 19 is wrong"),
        ({"lines": (replace(RIGHT.lines[3], scale=2.0, verified=False),)}, "holds −2 times it;"),
        ({"lines": (replace(RIGHT.lines[3], scale=2.0, verified=False),)}, "not verified"),
    ],
)
def test_every_answer_has_its_words(changes: dict[str, Any], words: str) -> None:
    assert " ".join(words.split()) in unwrapped(replace(RIGHT, **changes))


def test_no_verdict_says_why() -> None:
    assert text(UNKNOWN).splitlines()[1] == "  No verdict: no value is changed step by step."
    none = replace(UNKNOWN, verdict="no-backprop")
    assert "No backpropagation was found: no value is changed" in text(none)


def test_every_kind_of_fault_and_every_role_has_words() -> None:
    assert set(where_words.KINDS) == set(get_args(record.Kind))
    assert set(where_words.ROLES) == set(get_args(record.Role))


def test_the_guide_names_every_key_kind_and_role() -> None:
    guide = (Path(__file__).parent.parent / "docs" / "where.md").read_text(encoding="utf-8")
    words = {*TOP, *(key for keys in KEYS.values() for key in keys)}
    for choices in (record.Kind, record.Role, record.Verdict, record.Gradient, record.Shown):
        words |= set(get_args(choices))
    missing = {word for word in words - {"message", "reason"} if f"`{word}`" not in guide}
    assert missing == set()


@pytest.mark.parametrize("name", ALL)
def test_json_keeps_the_contract_and_holds_the_whole_record(name: str) -> None:
    report = ALL[name]
    written = where_machine.as_json(report)
    read = json.loads(written, parse_constant=lambda constant: pytest.fail(constant))
    if name != "hostile":  # it holds a nan
        keep_the_contract(read)
        expected = json.loads(json.dumps(asdict(report)))
        assert {"cells": [], "weight": None, **read} == {
            **expected,
            "loss": expected["loss"] or asdict(Loss("unknown", "")),
        }
    assert ("cells" in read) is (name == "cells")


def test_json_has_no_nan() -> None:
    assert json.loads(where_machine.as_json(HOSTILE))["lines"][-1]["scale"] is None


def test_markdown_escapes_what_it_would_obey() -> None:
    shown = where_machine.markdown(HOSTILE, LINES)
    assert "<script>" not in shown
    assert "\\<script\\>" in shown
    assert "größe\\['δ'\\]\\|\\`名\\`\\\\x1b" in shown
    assert "| line 18 | `delta2 = error * out * (1 - out)` | chain rule |" in shown
    source = [*LINES]
    source[17] = "delta2 = a | `b`"
    assert "| `` delta2 = a \\| `b` `` |" in where_machine.markdown(RIGHT, source)
    tables = [line for line in shown.splitlines() if line.startswith("|")]
    assert all(len(line.replace("\\|", "").split("|")) == 6 for line in tables)


def test_markdown_has_everything() -> None:
    shown = where_machine.markdown(WRONG, LINES)
    for words in (
        "## xor.py",
        "Yes, but not rightly",
        "### Fault, line 19",
        "- expected: ∂J/∂hidden",
    ):
        assert words in shown
    assert "### Notes\n\n- line 17: the error" in shown
    assert "### Not labelled\n\n- line 16: value" in shown


def test_github_annotations() -> None:
    summary, fault, note, placeless = where_machine.github(WRONG).splitlines()
    assert summary.startswith("::notice file=xor.py,title=wrong::Yes, but not rightly.")
    assert fault.startswith("::error file=xor.py,line=19,title=a local derivative is left out::`de")
    assert fault.endswith("repair: multiply by hidden * (1 - hidden).")
    assert note == (
        "::notice file=xor.py,line=17,title=shown-loss-differs::"
        "the error that is printed is another loss"
    )
    assert "line=" not in placeless
    assert where_machine.github(UNKNOWN).startswith("::warning file=xor.py,title=unknown::")


def test_github_annotations_are_escaped() -> None:
    shown = where_machine.github(HOSTILE)
    assert shown.count("\n") == 3
    assert "file=pro be/naïve|名前<b>&`x`*%2C%3A%25.py," in shown
    assert '::a "message"%0Awith <b>lines</b>, 100 %25: & more\\x1b[2J. param' in shown
    in_cells = where_machine.github(CELLS).splitlines()[1]
    assert "line=" not in in_cells.partition("::`")[0]
    assert "::cell 3, line 7: `delta1` lacks" in in_cells


def test_sarif() -> None:
    log = json.loads(where_machine.sarif(WRONG))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"] == "chainrule"
    assert [rule["id"] for rule in rules] == ["missing-factor", "shown-loss-differs", "saturated"]
    assert rules[0]["shortDescription"]["text"] == "a local derivative is left out"
    fault, note, placeless = run["results"]
    assert (fault["level"], note["level"]) == ("error", "note")
    assert rules[fault["ruleIndex"]]["id"] == fault["ruleId"]
    (location,) = fault["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "xor.py"},
        "region": {"startLine": 19},
    }
    assert location["logicalLocations"] == [{"fullyQualifiedName": "step", "kind": "function"}]
    assert "region" not in placeless["locations"][0]["physicalLocation"]
    assert run["properties"]["verdict"] == "wrong"


def test_sarif_of_odd_names_and_notebooks() -> None:
    def place(report: Report) -> Any:
        result = json.loads(where_machine.sarif(report))["runs"][0]["results"][0]
        return result["locations"][0]["physicalLocation"], result["message"]["text"]

    where, _ = place(HOSTILE)
    assert where["artifactLocation"]["uri"].startswith("pro%20be/na%C3%AFve%7C%E5%90%8D")
    where, message = place(CELLS)
    assert "region" not in where
    assert message.startswith("cell 3, line 7: `delta1`")
    where, _ = place(replace(WRONG, script="/tmp/a b.py"))
    assert where["artifactLocation"]["uri"] == "file:///tmp/a%20b.py"
