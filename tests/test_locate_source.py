"""The text at a position, and whether it is a sum with a written number."""

import ast
from pathlib import Path

import pytest
from foreign import last_stored, trace, write

from chainrule.locate.graph import Graph, Position
from chainrule.locate.source import expression, has_literal_operand, tree


def text_of(graph: Graph, target: str) -> str:
    return expression(graph.positions[last_stored(graph, target).position])


def test_the_expression_that_made_a_node_is_read_from_its_file(tmp_path: Path) -> None:
    graph = trace(tmp_path, "é, w = 0.5, 2.0\nü = é * w; b = w - é * 3.0\n")
    assert text_of(graph, "ü") == "é * w"
    assert text_of(graph, "b") == "w - é * 3.0"


def test_an_expression_over_lines_is_read_as_one(tmp_path: Path) -> None:
    graph = trace(tmp_path, "w, x = 0.5, 2.0\ny = (w *\n     x +\n     w)\n")
    assert text_of(graph, "y") == "w * x + w"


def test_a_file_that_is_not_there_has_no_text() -> None:
    assert expression(Position("<nowhere>", 3, 0, 3, 5, "")) == ""


@pytest.mark.parametrize(
    ("text", "kind"),
    [(" a - b", ast.BinOp), ("p[y] -= 1", ast.AugAssign), ("a = b", ast.Assign)],
)
def test_a_tree_is_of_an_expression_or_an_assignment(text: str, kind: type) -> None:
    assert isinstance(tree(text), kind)


@pytest.mark.parametrize("text", ["a -", "", "\0"])
def test_what_is_neither_has_no_tree(text: str) -> None:
    assert tree(text) is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("1 - out", True),
        ("out - 1.0", True),
        ("out + -1", True),
        ("p[y] -= 1", True),
        ("out - y", False),
        ("out - y[1]", False),
        ("p -= y", False),
        ("f(1)", False),
        ("out - f(1)", False),
        ("-out", False),
        ("out -", False),
    ],
)
def test_a_written_number_among_the_operands_is_seen(
    text: str, answer: bool, tmp_path: Path
) -> None:
    file = write(tmp_path, f"{text}\n")
    assert has_literal_operand(Position(str(file), 1, 0, 1, len(text), "")) is answer
