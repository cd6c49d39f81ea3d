"""The parameters of a program: what it changes by a term computed from it, step by step."""

from pathlib import Path

import pytest
from foreign import trace, traced, write
from steps import NETWORK, changed, program

from chainrule.locate.graph import Graph, Node
from chainrule.locate.parameters import enough, parameters
from chainrule.locate.program import Limits
from chainrule.locate.updates import (
    chains,
    changes,
    passed,
    reaches,
)

START = """
import numpy as np
rng = np.random.default_rng(0)
X, y = rng.normal(size=(5, 3)), rng.normal(size=5)
W, b = 0.5 * rng.normal(size=3), 0.1
v, s, total, rate = np.zeros(3), np.zeros(3), 0.0, 0.1
for t in range(1, 4):
    e = X @ W + b - y
    dW, db = X.T @ e, e.sum()
"""
STEPS = {
    "in place": "W -= rate * dW; b -= rate * db",
    "assigned into": "W[:] = W - rate * dW; b -= rate * db",
    "in place by a slice": "W[...] -= rate * dW; b -= rate * db",
    "assigned anew": "W = W - rate * dW; b = b - rate * db",
    "by a function": "np.subtract(W, rate * dW, out=W); b = np.subtract(b, rate * db)",
    "a sum for the display": "total += (e ** 2).sum(); W -= rate * dW; b -= rate * db",
    "momentum": "v = 0.9 * v - rate * dW; W += v; b -= rate * db",
    "momentum in place": "v *= 0.9; v += dW; W -= rate * v; b -= rate * db",
    "Adagrad": "s += dW ** 2; W -= rate * dW / (np.sqrt(s) + 1e-8); b -= rate * db",
    "Adam": "v = 0.9 * v + 0.1 * dW; s = 0.99 * s + 0.01 * dW ** 2"
    "; W -= rate * v / (1 - 0.9 ** t) / (np.sqrt(s / (1 - 0.99 ** t)) + 1e-8); b -= rate * db",
    "Adam by running means": "v += 0.1 * (dW - v); s += 0.01 * (dW ** 2 - s)"
    "; W -= rate * v / (np.sqrt(s) + 1e-8); b -= rate * db",
    "the term first": "W = -rate * dW + W; b = -rate * db + b",
    "decay by a product": "W = (1 - rate * 0.01) * W - rate * dW; b -= rate * db",
    "decay in place": "W *= 1 - rate * 0.01; W -= rate * dW; b -= rate * db",
    "decay in place by a quotient": "W /= 1 + rate; W -= rate * dW; b -= rate * db",
    "weight decay": "W = 0.99 * W - rate * dW; b -= rate * db",
}


@pytest.mark.parametrize("way", STEPS)
def test_parameters_are_found_however_they_are_stepped(way: str, tmp_path: Path) -> None:
    found = changed(program(tmp_path, f"{START}    {STEPS[way]}\n"))
    assert found == {"W": 3, "b": 3}


def test_every_parameter_of_a_network_is_found(tmp_path: Path) -> None:
    assert changed(program(tmp_path, NETWORK)) == dict.fromkeys(("W1", "b1", "W2", "b2"), 3)


def test_what_no_step_changes_is_no_parameter(tmp_path: Path) -> None:
    frozen = NETWORK.replace("    b1 -= 0.1 * db1\n", "")
    assert changed(program(tmp_path, frozen)) == {"W1": 3, "W2": 3, "b2": 3}


def test_cells_of_lists_are_parameters_one_by_one(tmp_path: Path) -> None:
    run = program(
        tmp_path,
        """
        net = [{"w": [0.5, -0.2, 0.1]}, {"w": [0.3, 0.4, 0.2]}]
        rows = [([0.5, 1.0], 0.2), ([0.1, -0.3], 0.7)]
        for _ in range(2):
            total = 0.0
            for x, y in rows:
                for neuron in net:
                    w = neuron["w"]
                    activation = w[-1]
                    for k in range(2):
                        activation += w[k] * x[k]
                    error = activation - y
                    total += error ** 2
                    for k in range(2):
                        w[k] -= 0.1 * error * x[k]
                    w[-1] -= 0.1 * error
        """,
    )
    cells = {f"net[{i}]['w'][{k}]": 4 for i in range(2) for k in range(3)}
    assert changed(run) == cells


def test_hundreds_of_cells_of_one_line_are_found_all(tmp_path: Path) -> None:
    run = program(
        tmp_path,
        """
        import random
        w = [random.random() for _ in range(200)]
        total = [0.0] * 200
        for _ in range(3):
            error = sum(w) * 0.01 - 0.5
            for k in range(200):
                w[k] -= 0.1 * error
            for k in range(200):
                total[k] += error * 0.1
        """,
    )
    assert changed(run) == {f"w[{k}]": 3 for k in range(200)}


def test_states_of_a_recurrent_net_are_no_parameters(tmp_path: Path) -> None:
    run = program(
        tmp_path,
        """
        import numpy as np
        rng = np.random.default_rng(0)
        x, y = rng.normal(size=4), 0.3
        w, u = 0.5, 0.4
        for _ in range(3):
            states = [0.1]
            for t in range(4):
                states.append(np.tanh(w * x[t] + u * states[-1]))
            d, dw, du = states[-1] - y, 0.0, 0.0
            for t in reversed(range(4)):
                s = states[t + 1]
                part = d * (1 - s * s)
                dw += part * x[t]
                du += part * states[t]
                d = part * u
            w -= 0.1 * dw
            u -= 0.1 * du
        """,
    )
    assert changed(run) == {"w": 3, "u": 3}


def test_a_bias_that_a_sum_starts_from_is_followed_through_its_steps(tmp_path: Path) -> None:
    """z = b; z += w·x for three rows: b begins three sums, which are no steps of it."""
    run = program(
        tmp_path,
        """
        w, b = [0.2, -0.4], 0.3
        rows = [([0.5, 1.0], 0.2), ([0.1, -0.3], 0.7), ([0.9, 0.8], 0.1)]
        for _ in range(3):
            dw, db = [0.0, 0.0], 0.0
            for x, y in rows:
                z = b
                for k in range(2):
                    z += w[k] * x[k]
                e = z - y
                dw[0] += e * x[0]
                dw[1] += e * x[1]
                db += e
            w[0] -= 0.1 * dw[0]
            w[1] -= 0.1 * dw[1]
            b -= 0.1 * db
        """,
    )
    assert changed(run) == {"w[0]": 3, "w[1]": 3, "b": 3}


def test_a_state_that_grows_by_itself_from_the_same_bias_is_no_parameter(tmp_path: Path) -> None:
    run = program(
        tmp_path,
        """
        w, b, rows = 0.2, 0.3, [([0.5, 1.0], 0.2), ([0.1, -0.3], 0.7), ([0.9, 0.8], 0.1)]
        for _ in range(3):
            db = 0.0
            for x, y in rows:
                z = b
                for k in range(2):
                    z = z + x[k] * z
                db += (z - y) * (1 + x[0]) * (1 + x[1])
            b -= 0.1 * db
        """,
    )
    assert changed(run) == {"b": 3}


@pytest.mark.parametrize(
    "text",
    [
        "x = 0.5\nfor k in range(5):\n    x += 0.1 * k\n",
        "import numpy as np\nx = np.ones(3)\nfor _ in range(5):\n    x = np.tanh(x)\n",
        "total, w = 0.0, 0.5\nfor _ in range(5):\n    total += w * 2.0\nprint(total)\n",
    ],
)
def test_a_program_that_descends_nothing_has_no_parameters(text: str, tmp_path: Path) -> None:
    graph = trace(tmp_path, text)
    assert parameters(graph) == []
    assert not enough(graph)


def test_a_chain_knows_its_versions(tmp_path: Path) -> None:
    """Two lines change w in a step: four changes are two steps."""
    text = (
        "w = 0.5\nfor _ in range(2):\n    w -= 0.1 * (w - 0.3)\n    w -= 0.2 * w\nlast = w * 1.0\n"
    )
    graph = trace(tmp_path, text)
    (chain,) = parameters(graph)
    assert (len(chain.changes), chain.period, chain.steps) == (4, 2, 2)
    assert graph.leaves[chain.version(0).number].value == 0.5
    assert graph.digests[chain.version(1).number] == pytest.approx((0.5 - 0.1 * 0.2) * 0.8)
    assert graph.nodes[graph.stores[-1].node].arguments[0] is chain.version(2)
    assert [change.sign for change in chain.changes] == [-1] * 4


def test_sums_are_chains_though_no_parameters(tmp_path: Path) -> None:
    text = "w, total = 0.5, 0.0\nfor _ in range(3):\n    total += w\n    w -= 0.1 * w\n"
    graph = trace(tmp_path, text)
    assert sorted(chain.changes[0].sign for chain in chains(graph)) == [-1, 1]
    assert [chain.changes[0].sign for chain in parameters(graph)] == [-1]


def node_of_line(graph: Graph, line: int) -> Node:
    return [node for node in graph.nodes if graph.positions[node.position].line == line][-1]


def test_how_a_node_can_be_read_as_a_change(tmp_path: Path) -> None:
    text = """import numpy as np
a, b = np.ones(3) * 2.0, np.ones(3) * 3.0
c = a - b
d = a + b
a -= b
a *= b
a[0] -= 1.0
c = b - 1.0
"""
    graph = trace(tmp_path, text)
    a, b = (graph.nodes[store.node] for store in graph.stores[:2])

    def found(line: int) -> list[tuple[Node, Node, int]]:
        return [(one.old, one.term, one.sign) for one in changes(node_of_line(graph, line))]

    assert found(3) == [(a, b, -1)]
    assert found(4) == [(a, b, 1), (b, a, 1)]
    assert found(5) == [(a, b, -1)]
    assert found(6) == found(7) == found(8) == []


def test_copies_and_scalings_are_passed_sums_and_products_are_not(tmp_path: Path) -> None:
    text = """import numpy as np
a = np.ones(2) + 0.5
b = np.clip(a * 0.9, -1, 1).copy()
c = a * b
"""
    graph = trace(tmp_path, text)
    a, b, c = (graph.nodes[store.node] for store in graph.stores)
    assert passed(graph, b) is a
    assert passed(graph, c) is c


def test_reaching_looks_at_nodes_after_a_number_only(tmp_path: Path) -> None:
    graph = trace(tmp_path, "a = 0.5\nb = a * 2.0\nc = b * 3.0\nd = 0.25\n")
    a, b, c, d = (graph.nodes[store.node] for store in graph.stores)
    assert reaches(c, a, -1)
    assert not reaches(c, a, b.number)
    assert not reaches(d, a, -1)


def test_enough_after_three_steps(tmp_path: Path) -> None:
    for count in (1, 2, 3, 4):
        graph = program(tmp_path, NETWORK.replace("range(3)", f"range({count})")).graph
        assert enough(graph) == (count >= 3), count


def test_a_long_training_is_stopped_when_enough_was_seen(tmp_path: Path) -> None:
    script = write(tmp_path, NETWORK.replace("range(3)", "range(100_000)"))
    run, _ = traced(script, limits=Limits(watch=enough, nodes=100_000))
    assert (run.ended, run.limit) == ("stopped", "watch")
    assert min(changed(run).values()) >= 3
    assert len(run.graph.nodes) < 2000
