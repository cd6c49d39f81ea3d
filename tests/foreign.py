"""What the tests of `chainrule.locate` share: programs, run alone and traced."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from commands import SECONDS

from chainrule.locate.graph import Graph, Node
from chainrule.locate.program import Limits, Run, captured, run
from chainrule.locate.replay import mismatches

PROGRAMS = sorted((Path(__file__).parent / "locate" / "programs").glob("*.py"))


class Traced(NamedTuple):
    run: Run
    output: str


def alone(script: Path, *arguments: str) -> str:
    """What a script prints when Python runs it."""
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, str(script), *arguments]
    result = subprocess.run(
        command, capture_output=True, cwd=script.parent, env=environment, timeout=SECONDS
    )
    assert not result.stderr, result.stderr.decode()
    return result.stdout.decode()


def traced(script: Path, *arguments: str, limits: Limits | None = None) -> Traced:
    stream, text = captured()
    return Traced(run(script, arguments, limits=limits, output=stream), text())


def write(folder: Path, text: str, name: str = "script.py") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def trace(folder: Path, text: str) -> Graph:
    """The graph of a program."""
    result, _ = traced(write(folder, text))
    assert result.ended == "end", result.failure
    assert mismatches(result.graph) == []
    return result.graph


def last_stored(graph: Graph, target: str) -> Node:
    """The node last stored under a name."""
    for store in reversed(graph.stores):
        if graph.positions[store.position].targets[store.target :][:1] == (target,):
            return graph.nodes[store.node]
    raise AssertionError(target)
