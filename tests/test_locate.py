"""What the graph holds: operations with their places, leaves, stores, single cells, views."""

import operator
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from foreign import traced, write

from chainrule.locate.graph import Graph, Node, inputs
from chainrule.locate.replay import mismatches

Trace = Callable[[str], Graph]


@pytest.fixture
def trace(tmp_path: Path) -> Trace:
    def run(text: str) -> Graph:
        result, _ = traced(write(tmp_path, text))
        assert result.ended == "end", result.failure
        assert mismatches(result.graph) == []
        return result.graph

    return run


def stored(graph: Graph, target: str) -> list[Node]:
    """The nodes stored under a name, in order."""
    return [
        graph.nodes[store.node]
        for store in graph.stores
        if graph.positions[store.position].targets[store.target :][:1] == (target,)
    ]


def ancestors(node: Node) -> set[Node]:
    found, open_nodes = set[Node](), [node]
    while open_nodes:
        for before in inputs(open_nodes.pop()):
            if before not in found:
                found.add(before)
                open_nodes.append(before)
    return found


def origins(graph: Graph) -> list[str]:
    return [leaf.origin for leaf in graph.leaves.values()]


def test_an_operation_knows_its_place_its_operands_and_its_name(trace: Trace) -> None:
    graph = trace("class Net:\n    def go(self, x):\n        é, y = 2.0, x * x\n        return y\n"
                  "z = Net().go(0.5)\n")  # fmt: skip
    (node,) = stored(graph, "z")
    assert node.function is operator.mul
    assert [leaf.origin for leaf in map(graph.leaves.get, (n.number for n in inputs(node))) if leaf]
    place = graph.positions[node.position]
    assert (place.line, place.end_line, place.function) == (3, 3, "Net.go")
    assert place.end_column - place.column == len("x * x")
    assert stored(graph, "y") == stored(graph, "return") == [node]


def test_births(trace: Trace) -> None:
    graph = trace(
        "import math, random, numpy as np\nfrom numpy.random import default_rng\n"
        "a = [0.5, -0.25]\nb = random.random()\nc = random.gauss(0, 1)\nd = np.random.randn(2)\n"
        "e = default_rng(0).normal()\nf = float('2.5')\ng = np.zeros(3)\nh = math.sqrt(2)\n"
    )
    assert origins(graph) == [
        *("literal", "literal", "random.random", "random.gauss", "numpy.random.randn"),
        *("numpy.random.normal", "float", "numpy.zeros", "math.sqrt"),
    ]


def test_an_element_written_and_read_does_not_depend_on_the_others(trace: Trace) -> None:
    graph = trace(
        "import numpy as np\nW = np.ones((2, 2))\nu = 0.5\nv = 0.25\n"
        "W[0, 0] -= u\nW[1][1] -= v\na = W[0, 0] * 1\nb = W[1, 1] * 1\nc = W[0][1] * 1\nd = W * 1\n"
    )
    (u,), (v,) = stored(graph, "u"), stored(graph, "v")
    first, second, third, whole = (ancestors(stored(graph, name)[0]) for name in "abcd")
    assert u in first
    assert v not in first
    assert v in second
    assert u not in second
    assert not {u, v} & third
    assert {u, v} <= whole


def test_views_and_their_array_see_each_other_s_changes(trace: Trace) -> None:
    graph = trace(
        "import numpy as np\na = np.arange(6.0)\nm = a.reshape(2, 3)\nt = m.T\nu = 0.5\n"
        "t[1] += u\nb = a * 1\na[0:2] = 7\nc = t * 1\nx, y = np.split(a, 2)\ny *= u\nd = m * 1\n"
        "a.fill(u)\ne = x * 1\nnp.copyto(x, y * 2)\nm.T.sort()\nf = a + 1\na.shape = 3, 2\n"
    )
    (u,) = stored(graph, "u")
    for name in "bcde":
        assert u in ancestors(stored(graph, name)[0]), name


@pytest.mark.parametrize("make", ["np.random.RandomState(3)", "np.random.default_rng(3)"])
def test_a_shuffled_array_is_its_own_permutation(trace: Trace, make: str) -> None:
    graph = trace(
        f"import numpy as np\nr = {make}\nX = r.normal(size=(6, 2))\nr.shuffle(X)\ny = X * 1\n"
    )
    (leaf,) = stored(graph, "X")
    assert leaf in ancestors(stored(graph, "y")[0])


def test_what_cannot_be_followed_escapes_and_comes_back_as_a_leaf(trace: Trace) -> None:
    graph = trace(
        "import numpy as np, statistics\nfrom scipy.linalg import solve\n"
        "A = np.eye(2) * 2\nx = solve(A, A[0], overwrite_a=True)\n"
        "m = statistics.mean([x[0], 0.5])\n"
    )
    assert {"scipy.linalg.solve", "statistics.mean"} <= set(origins(graph))
    assert {graph.positions[position].line for _, position in graph.escapes} == {4, 5}


def test_a_foreign_function_that_changes_an_array_is_noticed(trace: Trace) -> None:
    graph = trace(
        "import numpy as np\nfrom scipy.linalg import lu_factor\n"
        "A = np.array([[2.0, 1.0], [1.0, 3.0]], order='F')\nlu_factor(A, overwrite_a=True)\n"
        "b = A * 1\n"
    )
    assert any("lu_factor" in origin for origin in origins(graph))


NUMPY = [
    "np.add(a, b, out=a)", "np.add.at(a, [0, 0], b[:2])", "np.add.reduce(a)", "np.put(a, [1], b)",
    "np.multiply.outer(a, b)", "np.fill_diagonal(m, x)", "np.linalg.svd(m)",
    "np.linalg.inv(m + b)", "np.where(a > x, a, b)", "np.clip(a, x, 1.0, out=b)", "a.clip(0, x)",
    "a.sum(out=m[0, 0:1][0:])", "np.exp(x)", "np.dot(a, b)", "m @ a", "a @ m", "m[:, [0, 2]]",
    "m[m > 0]", "m[..., None]", "np.concatenate([a, [x, 1]])", "np.array([x, b[0]])",
    "np.mean([x, 2])", "np.broadcast_to(a, (2, 3))", "np.cumsum(a)[::-1]", "np.argmax(a)",
    "np.atleast_2d(a)", "np.roll(a, 1)", "np.full(3, x)", "np.linspace(0.0, x, 4)",
    "np.zeros_like(a)", "np.float64(x)", "np.float32(x) * a[0]", "-m[0]", "abs(-a)",
    "a // 2 + a % 2", "divmod(x, 2)", "x ** 2 ** x", "2 - a", "np.outer(a, b).trace()",
    "np.sort(a)", "np.vectorize(lambda v: v * x)(a)", "sum(a)", "sum(v * x for v in a)",
    "max(a, key=abs)", "[*map(float, a)]", "np.asarray(a) is a", "a.copy().real", "np.round(a, 2)",
    "round(a[0], 1)", "pow(x, 2)", "np.stack([a, b]).std(axis=0, ddof=1)", "np.pad(a, 1)",
    "np.diag(a)", "np.hypot(x, a)",
]  # fmt: skip


@pytest.mark.parametrize("expression", NUMPY)
def test_each_operation_gives_the_same_and_replays(tmp_path: Path, expression: str) -> None:
    text = (
        "import numpy as np\nnp.random.seed(5)\na, b = np.random.randn(3), np.random.randn(3)\n"
        f"m = np.random.randn(3, 3)\nx = 0.75\ntry:\n    r = {expression}\n"
        "    print(type(r), repr(r))\n"
        "except Exception as error:\n    print(type(error), error)\nprint(a, b, m, x)\n"
    )
    result, output = traced(write(tmp_path, text))
    scope: dict[str, Any] = {"print": lambda *values: lines.append(" ".join(map(str, values)))}
    lines: list[str] = []
    exec(text, scope)
    assert output == "\n".join(lines) + "\n"
    assert mismatches(result.graph) == []


def test_flat_reads_and_writes_the_array(trace: Trace) -> None:
    graph = trace(
        "import numpy as np\na = np.zeros((2, 2))\nu = 0.5\na.flat[2] = u\nb = a * 1\n"
        "c = [x * 1 for x in a.flat][2]\na.flat = [v * 2 for v in a.flat]\nd = a[1, 0] * 1\n"
        "print(len(a.flat), np.array(a.flat).shape)\n"
    )
    (u,) = stored(graph, "u")
    for name in "bcd":
        assert u in ancestors(stored(graph, name)[0]), name
