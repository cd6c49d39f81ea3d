"""Replays: equal to what was traced, and with other leaves to what the program would compute."""

from pathlib import Path

import numpy as np
import pytest
from foreign import PROGRAMS, traced, write

from chainrule.locate.graph import Graph, Node, Position, digest, fill, inputs, same
from chainrule.locate.replay import mismatches, replay


def followed(graph: Graph, leaves: list[int]) -> bool:
    """Whether nothing that is computed from these leaves escaped."""
    reached = set(leaves)
    for node in graph.nodes:
        if any(before.number in reached for before in inputs(node)):
            reached.add(node.number)
    return not reached & {node for node, _ in graph.escapes}


def literals(graph: Graph, script: Path) -> dict[int, list[int]]:
    """The leaves of each literal that can be followed everywhere, by the literal's position."""
    found: dict[int, list[int]] = {}
    for number, leaf in graph.leaves.items():
        position = graph.nodes[number].position
        if leaf.origin == "literal" and graph.positions[position].file == str(script):
            found.setdefault(position, []).append(number)
    return {p: leaves for p, leaves in found.items() if followed(graph, leaves)}


def is_garbage(graph: Graph, node: Node) -> bool:
    """Whether a node holds what happened to be in memory."""
    return node.number in graph.leaves and "empty" in graph.leaves[node.number].origin


def edited(text: str, position: Position, value: float) -> str:
    lines = text.split("\n")
    line = lines[position.line - 1].encode()
    line = line[: position.column] + repr(value).encode() + line[position.end_column :]
    lines[position.line - 1] = line.decode()
    return "\n".join(lines)


SCRIPTS = [path for path in PROGRAMS if path.stem not in ("local_package", "odd_python")]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_replay_with_another_literal_is_the_program_with_that_literal(
    script: Path, tmp_path: Path
) -> None:
    text = script.read_text(encoding="utf-8")
    copy = write(tmp_path, text, script.name)
    graph = traced(copy).run.graph
    checked = 0
    for position, leaves in list(literals(graph, copy).items())[:8]:
        value = graph.leaves[leaves[0]].value * 1.0009765625
        write(tmp_path, edited(text, graph.positions[position], value), script.name)
        changed = traced(copy).run.graph
        if [node.function for node in changed.nodes] != [node.function for node in graph.nodes]:
            continue  # the literal decided a branch or a number of steps
        values = replay(graph, dict.fromkeys(leaves, value))
        for node, other in zip(graph.nodes, values, strict=True):
            expected = changed.digests[node.number]
            if expected is not None and not is_garbage(graph, node):
                assert same(digest(other), expected), (node, position)
        checked += 1
    assert checked or not literals(graph, copy)


def test_an_unseen_change_is_a_mismatch(tmp_path: Path) -> None:
    text = "import numpy as np, ctypes\na = np.zeros(3)\n"
    text += "ctypes.c_double.from_address(a.ctypes.data).value = 2.0\nb = a + 1.0\nprint(b)\n"
    result, output = traced(write(tmp_path, text))
    assert output == "[3. 1. 1.]\n"
    assert mismatches(result.graph) == [result.graph.nodes[0]]


def test_a_node_that_cannot_be_replayed_is_a_mismatch() -> None:
    graph = Graph()
    graph.nodes += [Node(0, float, ("word",), {}, 0), Node(1, abs, (graph,), {}, 0)]
    graph.digests += [1.0, 1.0]
    assert mismatches(graph) == graph.nodes


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (0.5, 0.5, True),
        (0.0, -0.0, False),
        (float("nan"), float("nan"), True),
        (1.0, 1, False),
        ((1.0, 2.0), (1.0, 2.0), True),
        ((1.0,), (1.0, 2.0), False),
    ],
)
def test_same_means_every_bit(one: object, other: object, equal: bool) -> None:
    assert same(one, other) is equal


def test_a_digest_notices_one_bit_a_shape_and_an_order() -> None:
    x = np.arange(12.0).reshape(3, 4)
    moved = x.copy()
    moved[1, 2] = np.nextafter(moved[1, 2], 9.0)
    others = [moved, x.T, x[::-1], x.reshape(4, 3), x.astype(np.float32), x.astype(int), x > 3]
    assert all(not same(digest(x), digest(np.asarray(other))) for other in others)
    assert same(digest(x), digest(np.asfortranarray(x)))
    assert digest(np.zeros((0, 3))) != digest(np.zeros((3, 0)))


def test_templates_are_filled_wherever_a_node_stands() -> None:
    node = Node(0, None, (), {}, 0)
    template = [node, (node, 2), {"k": node}, slice(node, None, 3), "text"]
    assert fill(template, [7]) == [7, (7, 2), {"k": 7}, slice(7, None, 3), "text"]
    assert inputs(Node(1, max, (template,), {"key": node}, 0)) == [node] * 5
    assert repr(node) == "<node 0: leaf>"
    assert node != Node(0, None, (), {}, 0)
    assert {node: 1}[node] == 1


def test_a_digest_of_a_large_array_notices_them_too() -> None:
    x = np.random.default_rng(0).normal(size=(40, 50))
    moved = x.copy()
    moved[39, 49] = np.nextafter(moved[39, 49], 9.0)
    for other in (moved, x[::-1], x[:, ::-1], x.reshape(50, 40), x > 0, x.astype(np.float16)):
        assert not same(digest(x), digest(other))
    assert same(digest(x), digest(np.asfortranarray(x)))
    odd = (x.ravel()[:1501] * 99).astype(np.int32)
    assert same(digest(odd), digest(odd.copy()))
    assert not same(digest(odd), digest(odd + 1))
