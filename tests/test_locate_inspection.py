"""`where` around its analysis: what is run, what is kept, what is said of a run that failed."""

import io
import linecache
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from answers import RIGHT, UNKNOWN
from foreign import write

import chainrule
from chainrule.errors import InputError
from chainrule.locate import inspection
from chainrule.locate.program import Run
from chainrule.locate.record import Report

LOOP = "x = 0.5\nwhile x > 0:\n    x = x * 0.99 + 0.01\n"


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    """The runs that were analysed; each is said to be right."""
    runs: list[Run] = []

    def analyse(run: Run, script: str, weight: str | None) -> Report:
        del script, weight
        runs.append(run)
        return RIGHT

    monkeypatch.setattr(inspection, "analyse", analyse)
    return runs


def test_a_program_that_fails_late_has_its_verdict_and_a_note(
    seen: list[Run], tmp_path: Path
) -> None:
    script = write(tmp_path, "x = 0.5\ny = x * 2.0\nraise ValueError('no file')\n")
    report = chainrule.where(script)
    assert len(seen[0].graph.nodes) > 1
    assert (report.verdict, report.script) == ("correct", str(script))
    (note,) = report.notes
    assert (note.kind, note.line) == ("failed", 3)
    assert note.message == f"`{script}`, line 3: ValueError: no file."


@pytest.mark.usefixtures("seen")
def test_a_failure_elsewhere_has_no_line_of_the_script(tmp_path: Path) -> None:
    write(tmp_path, "def f(x):\n    return x['key']\n", "other_of_mine.py")
    report = chainrule.where(write(tmp_path, "from other_of_mine import f\nf([1.0])\n"))
    assert report.notes[0].line is None
    assert "`other_of_mine.py`, line 2: TypeError" in report.notes[0].message


def test_without_a_verdict_a_failure_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(inspection, "analyse", lambda *_: UNKNOWN)
    with pytest.raises(InputError, match="line 1: ZeroDivisionError"):
        chainrule.where(write(tmp_path, "1 / 0\n"))


WITHOUT_RULE = """\
import numpy as np
rng = np.random.default_rng(0)
X, Y, W = rng.normal(size=(6, 3)), rng.normal(size=(6, 3)), rng.normal(size=(3, 3))
for _ in range(3):
    a = np.interp(X @ W, [-1.0, 0.0, 1.0], [0.1, 0.2, 0.9])
    W -= 0.01 * X.T @ (a - Y)
"""


def test_without_a_rule_there_is_no_verdict_but_its_name(tmp_path: Path) -> None:
    report = chainrule.where(write(tmp_path, WITHOUT_RULE))
    assert (report.verdict, report.lines) == ("unknown", ())
    assert report.reason == "no derivative is known of `interp` in line 5."


def test_an_error_of_the_analysis_is_said_as_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(inspection, "analyse", lambda *_: [][1])
    report = chainrule.where(write(tmp_path, "x = 0.5 * 2.0\n"))
    assert report.verdict == "unknown"
    assert report.reason == "the analysis itself failed, IndexError: list index out of range."


def test_it_stops_when_enough_is_seen(
    seen: list[Run], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(inspection, "enough", lambda graph: len(graph.nodes) > 1000)
    report = chainrule.where(write(tmp_path, LOOP))
    assert (seen[0].ended, seen[0].limit) == ("stopped", "watch")
    assert report.notes == ()


def test_it_stops_at_a_number_of_operations_or_seconds(
    seen: list[Run], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = write(tmp_path, LOOP)
    monkeypatch.setattr(inspection, "_MOST_OPERATIONS", 3000)
    (note,) = chainrule.where(script).notes
    assert note.kind == "stopped"
    assert "operations; give it less data" in note.message
    (note,) = chainrule.where(script, stop=False, max_seconds=0.2).notes
    assert "was stopped after 0.2 s; `--max-seconds` allows more" in note.message
    assert [run.limit for run in seen] == ["steps", "seconds"]


@pytest.mark.usefixtures("seen")
def test_in_another_thread_the_clock_is_looked_at_in_loops(tmp_path: Path) -> None:
    found: list[Report] = []
    script = write(tmp_path, LOOP)

    def ask() -> None:
        found.append(chainrule.where(script, max_seconds=0.2))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join(20)
    assert [note.kind for note in found[0].notes] == ["stopped"]


def test_an_alarm_leaves_a_graph_that_can_be_read(seen: list[Run], tmp_path: Path) -> None:
    text = "import itertools\nx = 0.5\nlist(x * k for k in itertools.count())\n"
    script = write(tmp_path, text)
    begin = time.monotonic()
    chainrule.where(script, max_seconds=0.1)
    assert time.monotonic() - begin < 20
    graph = seen[0].graph
    assert len(graph.nodes) == len(graph.digests)
    leaves = {node.number for node in graph.nodes if node.function is None}
    assert leaves == set(graph.leaves)


@pytest.mark.usefixtures("seen")
def test_the_streams_are_put_back(tmp_path: Path) -> None:
    def state() -> Any:
        return sys.stdin, sys.stdout, sys.stderr, os._exit

    before = state()
    text = "import io, sys\nsys.stdin = sys.stderr = io.StringIO()\nsys.stdout.close()\n1 / 0\n"
    chainrule.where(write(tmp_path, text))
    assert state() == before


@pytest.mark.usefixtures("seen")
def test_standard_input_is_empty_but_answers(tmp_path: Path) -> None:
    text = """
import sys
print(repr(input("a? ")), sys.stdin.readable(), sys.stdin.read(), list(sys.stdin))
try:
    while True:
        input()
except EOFError:
    print("end")
"""
    output = io.StringIO()
    chainrule.where(write(tmp_path, text), output=output)
    assert output.getvalue() == "a? '' True  []\nend\n"


@pytest.mark.usefixtures("seen")
def test_python_can_be_asked_for_lines_of_calls_and_setups(tmp_path: Path) -> None:
    script = write(tmp_path, "def f(x):\n    return x\n")
    chainrule.where(script, call="f(1)", setup=write(tmp_path, "one = 1\n", "setup.py"))
    assert linecache.getline("<call>", 1) == "__answer__ = (f(1)\n"
    assert linecache.getline(str(script), 2) == "    return x\n"


@pytest.mark.parametrize("call", ["f(", "x = 1", "", "import os"])
def test_a_call_must_be_an_expression(call: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="`--call` must be a Python expression"):
        chainrule.where(write(tmp_path, "x = 1\n"), call=call)
