"""Rewriting keeps lines, scopes, evaluation order and everything that is not an operation."""

import ast
from pathlib import Path

import pytest
from foreign import PROGRAMS, alone, traced, write

from chainrule.locate.graph import Position
from chainrule.locate.rewrite import Rewriter, rewrite


def rewritten(text: str) -> str:
    tree = Rewriter("file.py", []).visit(ast.parse(text))
    return (
        ast.unparse(ast.fix_missing_locations(tree)).replace("__chainrule_", "").replace("__(", "(")
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b", "Add(0, a, b)"),
        ("-a", "negate(0, a)"),
        ("-1.0", "-1.0"),
        ("a < b", "Lt(0, a, b)"),
        ("a < b < c", "a < b < c"),
        ("f(0.5)", "callee(0, f)(literal(1, 0.5))"),
        ("super().f()", "callee(0, super().f)()"),
        ("a[i]", "item(0, a, i)"),
        ("a[1:, 0]", "item(0, a, (slice(1, None, None), 0))"),
        ("a.b", "attribute(0, a.b)"),
        ("a.T", "attribute(0, here(0, a).T)"),
        ("[0.5, -0.5, 1]", "[literal(0, 0.5), literal(1, -0.5), 1]"),
        ("x = 0.5", "x = store(0, literal(1, 0.5))"),
        ("x: float = 0.5", "x: float = store(0, literal(1, 0.5))"),
        ("a[i] = b", "put(0, b, a, i)"),
        ("a[i] += b", "a[here(1, i)] += here(0, b)"),
        ("a[:, 0] += b", "a[here(1, (slice(None, None, None), 0))] += here(0, b)"),
        ("a.b = c", "a.b = store(0, c)"),
        ("'%s' % a", "'%s' % a"),
        ("del a[i:]", "del a[here(0, slice(i, None, None))]"),
    ],
)
def test_what_becomes_of(text: str, expected: str) -> None:
    assert rewritten(text) == expected


@pytest.mark.parametrize("script", PROGRAMS, ids=lambda path: path.stem)
def test_every_position_is_a_piece_of_its_source(script: Path) -> None:
    positions: list[Position] = []
    source = script.read_bytes()
    rewrite(source, str(script), positions)
    lines = source.splitlines()
    for place in positions:
        assert 1 <= place.line <= place.end_line <= len(lines)
        assert 0 <= place.column < place.end_column or place.end_line > place.line


def test_evaluation_order_and_frames_stay(tmp_path: Path) -> None:
    script = write(tmp_path, '''
"""Docstring."""
from __future__ import annotations
import sys


class Loud:
    __hidden = 1.5

    def __init__(self, name):
        print("make", name)
        self.name = name

    def __getitem__(self, key):
        print("get", self.name, key)
        return 1.0

    def __setitem__(self, key, value):
        print("set", self.name, key, value)

    def hidden(self):
        return self.__hidden * 2

    @classmethod
    def build(cls, *names, **more):
        return [cls(name) for name in (*names, *more)]


def say(x):
    print("say", x)
    return x


def depth():
    return sys._getframe(1).f_code.co_name


def caller():
    return depth()


Loud("a")[say(1)] = say(2.0) + say(3.0)
Loud("b")[say(1)] += say(2.0)
Loud("c")[say(1):say(2), say(3)] *= say(0.5)
x, (y, *z) = say(1.0), [say(2.0), 3.0, 4.0]
print(x, y, z, Loud("d").hidden(), caller(), __doc__, Loud.build("e", f=1)[1].name)
print((lambda *a, k=0.5, **kw: (a, k, kw))(1, *[2], c=3), f"{say(1.5) * 2:>{say(8)}.2f}")
w = v = say(0.5)
print(w is v, {**{"a": 0.5}, "b": -0.5}, {0.5, 1.5}, __name__, sorted(vars(Loud("g"))))
''')  # fmt: skip
    assert traced(script).output == alone(script)
