"""What the tests of the analysis of `where` share: small programs that train, cut into steps."""

from pathlib import Path
from textwrap import dedent

from foreign import traced, write

from chainrule.locate.cut import find_step
from chainrule.locate.draws import record
from chainrule.locate.graph import Graph, Node
from chainrule.locate.parameters import parameters
from chainrule.locate.places import text
from chainrule.locate.program import Run
from chainrule.locate.step import Step

NETWORK = """\
import numpy as np
rng = np.random.default_rng(0)
X, Y = rng.normal(size=(5, 3)), rng.uniform(0.2, 0.8, size=(5, 2))
W1, b1 = rng.normal(size=(3, 4)), np.zeros(4)
W2, b2 = rng.normal(size=(4, 2)), np.zeros(2)
for _ in range(3):
    a1 = np.tanh(X @ W1 + b1)
    out = a1 @ W2 + b2
    e = out - Y
    dW2 = a1.T @ e
    db2 = e.sum(axis=0)
    back = e @ W2.T
    slope = 1 - a1 ** 2
    d1 = back * slope
    dW1 = X.T @ d1
    db1 = d1.sum(axis=0)
    W1 -= 0.1 * dW1
    b1 -= 0.1 * db1
    W2 -= 0.1 * dW2
    b2 -= 0.1 * db2
"""


def program(folder: Path, source: str) -> Run:
    """A program that was run to its end; each of a folder has a file of its own."""
    name = f"program_{len(list(folder.iterdir()))}.py"
    result, _ = traced(write(folder, dedent(source), name))
    assert result.ended == "end", result.failure
    return result


def cut(run: Run) -> Step:
    """A run's step with its values."""
    step = find_step(run)
    assert step is not None
    assert record(step) == []
    return step


def step_of(folder: Path, source: str) -> Step:
    return cut(program(folder, source))


def targets(graph: Graph, node: Node) -> list[str]:
    """The names under which a node was stored."""
    return [
        (graph.positions[store.position].targets or ("",))[store.target]
        for store in graph.stores
        if store.node == node.number
    ]


def changed(run: Run) -> dict[str, int]:
    """Where the parameters of a run are kept, and how many steps each has taken."""
    found = {}
    for chain in parameters(run.graph):
        last = chain.changes[-1].new.number
        (path, *_) = (variable[last] for variable in run.places if last in variable)
        found[text(path)] = chain.steps
    return found


def within(step: Step, name: str) -> Node:
    """The node that a step stored last under a name."""
    found = [node for node in step.reach if name in targets(step.graph, node)]
    assert found, name
    return found[-1]
