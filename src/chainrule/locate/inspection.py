"""`where`: run a script, find the chain rule in it, say whether every derivative is right."""

import ast
import io
import linecache
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NoReturn, TextIO

import numpy as np

from ..errors import InputError
from .analysis import analyse
from .cotangents import NotDifferentiable
from .graph import Graph, Node
from .handed import told_enough
from .idle import idle
from .imports import PLOTTING
from .mishaps import framework_used, mishap, without_framework
from .parameters import enough
from .program import ANSWER, Limits, Run, run
from .record import MAX_SECONDS, Note, Report
from .script import NOTEBOOK_STUBS, Script, parsed, read_script

_MOST_OPERATIONS = 2_000_000  # a gigabyte of records
_ANSWERS = 1000  # empty lines for a program that asks; then the end, which ends a loop that asks


def where(
    path: str | Path,
    arguments: Sequence[str] = (),
    *,
    stop: bool = True,
    max_seconds: float | None = MAX_SECONDS,
    stubs: Sequence[str] = (),
    output: TextIO | None = None,
    call: str | None = None,
    setup: str | Path | None = None,
    weight: str | None = None,
) -> Report:
    """Run a Python script and say where the chain rule is in it, and whether it is right there.

    The script runs in this process, in its own folder, with your rights: run only what you trust.

    Args:
        path: a script, a notebook (`.ipynb`), or "-" for standard input.
        arguments: the script's own.
        stop: end the program as soon as enough of it has been seen.
        max_seconds: end it after so many seconds; None: never.
        stubs: modules to import as stand-ins that do nothing, besides plotting libraries.
        output: where what it prints goes; None: nowhere.
        call: an expression to evaluate after the script, as in "train(X, y)", for a script that
            only defines functions.
        setup: a file to run before the call, in the same namespace.
        weight: one number of a parameter, as "W1[0, 2]", whose gradient is opened.

    Raises:
        InputError: if the script cannot be run; the message says where and why.
    """
    script = read_script(path)
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        return inspect_script(
            script,
            arguments,
            stop=stop,
            max_seconds=max_seconds,
            stubs=stubs,
            output=output or nowhere,
            call=call,
            setup=setup,
            weight=weight,
        )


def inspect_script(
    script: Script,
    arguments: Sequence[str],
    *,
    stop: bool,
    max_seconds: float | None,
    stubs: Sequence[str],
    output: TextIO,
    call: str | None,
    setup: str | Path | None,
    weight: str | None = None,
) -> Report:
    """Do what `where` does to a script that has been read."""
    texts = [(str(script.path), script.text), *_driver(call, setup)]
    whole = (name.partition(".")[0] for name in stubs)  # a module comes with its package
    stubs = (*whole, *PLOTTING, *(NOTEBOOK_STUBS if script.is_notebook else ()))
    used = framework_used(parsed(script), stubs)
    if used is not None:
        return _by_a_framework(script, *used)
    for name, text in texts:  # for whoever asks Python for a line of a notebook or a call
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    limits = Limits(
        nodes=_MOST_OPERATIONS if stop else None,
        seconds=max_seconds,
        watch=_seen if stop else None,
    )
    parent, answers = os.getpid(), Answers()
    with _kept(answers):
        outcome = run(script.path, arguments, limits, output, stubs, texts)
    if os.getpid() != parent:  # a fork of the program has come to its end
        output.flush()
        os._exit(0)
    return _judged(outcome, script, answers.asked, max_seconds, weight)


def _seen(graph: Graph) -> bool:
    """Whether a program may be stopped: it has been seen, or there is nothing to see."""
    return told_enough(graph) or enough(graph) or idle(graph)


def _judged(
    outcome: Run, script: Script, asked: bool, seconds: float | None, weight: str | None
) -> Report:
    """Return the report on a run; refuse one that failed before anything could be seen."""
    missing = without_framework(outcome, script)
    if missing is not None:
        return Report(script.name, "unknown", missing, cells=script.cells)
    report = replace(_analysed(outcome, script, weight), script=script.name, cells=script.cells)
    trouble = mishap(outcome, script, asked, seconds)
    if trouble is None and outcome.limit == "watch" and report.verdict == "no-backprop":
        trouble = (
            f"`{script.name}` was stopped as it went round and round with nothing that descends; "
            "`--no-stop` lets it go on."
        )
    if trouble is None:
        return report
    answered = report.verdict in ("correct", "wrong")
    if outcome.ended != "stopped" and not answered:
        raise InputError(trouble)
    failure = outcome.failure
    line = failure.line if failure and failure.file == str(script.path) else None
    kind = "stopped" if outcome.ended == "stopped" else "failed"
    return replace(report, notes=(*report.notes, Note(line, kind, trouble)))


def _analysed(outcome: Run, script: Script, weight: str | None) -> Report:
    """Analyse a run, without warnings; what keeps the analysis from its end leaves no verdict."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return analyse(outcome, script.name, weight)
    except InputError:  # there is no such weight
        raise
    except NotDifferentiable as error:
        reason = f"no derivative is known of `{error}`{_place(outcome, script, error.node)}."
    except Exception as error:
        told = " ".join(str(error).split())[:300].rstrip(".")
        reason = f"the analysis itself failed, {type(error).__name__}{': ' if told else ''}{told}."
    return Report(script.name, "unknown", reason)


def _place(outcome: Run, script: Script, node: Node | None) -> str:
    """Return where in the script a value was computed, in words."""
    if node is None:
        return ""
    position = outcome.graph.positions[node.position]
    own = position.file == str(script.path)
    place = script.place(position.line) if own else f"line {position.line}"
    return f" in {place}" if own else f" in `{Path(position.file).name}`, {place}"


def _by_a_framework(script: Script, framework: str, line: int) -> Report:
    reason = (
        f"`{framework}`, imported in {script.place(line)}, differentiates by itself, so no "
        f"derivative is written by hand; `--stub {framework}` looks at the rest of the script."
    )
    return Report(script.name, "no-backprop", reason, cells=script.cells)


def _driver(call: str | None, setup: str | Path | None) -> Iterator[tuple[str, str]]:
    """Yield what is run after the script: name and source of the setup, then of the call."""
    if setup is not None:
        driver = read_script(setup)
        yield str(driver.path), driver.text
    if call is not None:
        try:
            ast.parse(call, mode="eval")
        except SyntaxError as error:
            raise InputError(
                f"`--call` must be a Python expression, as in 'train(X, y)'; got {call!r}: "
                f"{error.msg}."
            ) from error
        yield "<call>", f"{ANSWER} = ({call}\n)"


class Answers(io.TextIOBase):
    """Stands for standard input: whoever asks gets an empty line, whoever reads on gets the end.

    Attributes:
        asked: whether anybody did.
    """

    encoding = "utf-8"

    def __init__(self) -> None:
        self.asked = False
        self._left = _ANSWERS

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readline(self, _: object = -1) -> str:  # type: ignore[override]
        """Return an empty answer."""
        self.asked = True
        self._left -= 1
        return "\n" if self._left >= 0 else ""

    def read(self, _: object = -1) -> str:
        """Return nothing: the end."""
        self.asked = True
        return ""

    def __next__(self) -> NoReturn:
        self.asked = True
        raise StopIteration


@contextmanager
def _kept(answers: Answers) -> Iterator[None]:
    """Let the program read these answers, and end itself alone where it would end us."""
    kept, ends, own = (sys.stdin, sys.stderr), os._exit, os.getpid()

    def leave(status: int) -> None:
        if os.getpid() != own:
            ends(status)
        raise SystemExit(status)

    sys.stdin, os._exit = answers, leave  # type: ignore[assignment]
    try:
        yield
    finally:
        (sys.stdin, sys.stderr), os._exit = kept, ends
