"""What the tests of `where` share: programs changed and judged, lines found by their text."""

import ast
import json
from functools import cache
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from contract import keep_the_contract
from foreign import traced, write

import chainrule
from chainrule.locate.analysis import judge
from chainrule.locate.choice import choose
from chainrule.locate.cut import find_step
from chainrule.locate.draws import record, replays
from chainrule.locate.losses import candidates
from chainrule.locate.naming import names_of
from chainrule.locate.parameters import enough
from chainrule.locate.program import Limits
from chainrule.locate.record import Fault, Line, Report
from chainrule.locate.summary import Judged
from chainrule.render.where_machine import as_json

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def report_of(program: str) -> Report:
    """The report on a program; it keeps the contract."""
    with TemporaryDirectory() as folder, np.errstate(over="ignore"):  # wrong programs diverge
        report = chainrule.where(write(Path(folder), program))
    keep_the_contract(json.loads(as_json(report)))
    return report


@cache
def judged(program: str) -> Judged:
    """A program's reading, and the names, fits and causes that go with it."""
    with TemporaryDirectory() as folder:
        run, _ = traced(write(Path(folder), program), limits=Limits(watch=enough))
    step = find_step(run)
    assert step is not None
    assert not record(step)
    replayed = replays(step, 5)
    tried = choose(step, candidates(step, replayed), replayed)
    return judge(step, tried[0], replayed, names_of(step))


def edited(program: str, *edits: tuple[str, str]) -> str:
    """A program with texts replaced, each of which must be in it once."""
    for old, new in edits:
        assert program.count(old) == 1, old
        program = program.replace(old, new)
    return program


def line_of(program: str, text: str) -> int:
    """The only line that holds a text."""
    (number,) = [k for k, line in enumerate(program.splitlines(), 1) if text in line]
    return number


def roles(report: Report, line: int) -> set[str]:
    return {one.role for one in report.lines if one.line == line}


def holding(report: Report, line: int, role: str) -> list[Line]:
    """What a line holds in a role."""
    return [one for one in report.lines if (one.line, one.role) == (line, role)]


def only_fault(report: Report) -> Fault:
    assert report.verdict == "wrong"
    (fault,) = report.faults
    return fault


def reordered(program: str) -> str:
    """A program printed anew, its neighbouring functions and methods in the opposite order."""
    tree = ast.parse(program)
    for owner in ast.walk(tree):
        if isinstance(owner, ast.Module | ast.ClassDef):
            owner.body = [
                node
                for _, group in groupby(owner.body, key=lambda one: isinstance(one, FUNCTION))
                for node in reversed_functions(list(group))
            ]
    return ast.unparse(tree)


def reversed_functions(group: list[ast.stmt]) -> list[ast.stmt]:
    plain = all(isinstance(one, FUNCTION) and not one.decorator_list for one in group)
    return group[::-1] if plain else group
