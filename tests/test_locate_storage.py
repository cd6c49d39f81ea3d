"""Parts of arrays: what is read from one depends on what was last written there."""

from pathlib import Path

import pytest
from steps import program

from chainrule.locate.graph import Graph, Node, inputs, write_through
from chainrule.locate.replay import mismatches

START = "import numpy as np\nW = np.arange(12.0).reshape(4, 3)\nx = W.sum()\n"
# what is written, what is read after it, and how many of the writes the value read depends on
CASES = {
    "another row": ("W[0] -= x", "W[1]", 0),
    "the same row": ("W[0] -= x", "W[0]", 1),
    "the whole": ("W[0] -= x", "W", 1),
    "an element of another row": ("W[0] -= x", "W[1, 2]", 0),
    "an element of the row": ("W[0] -= x", "W[0, 2]", 1),
    "a column": ("W[0] -= x", "W[:, 1]", 1),
    "a column beside": ("W[:, 0] -= x", "W[:, 1:]", 0),
    "through a view": ("V = W.T; V[0] -= x", "W[:, 1]", 0),
    "of a view": ("V = W[1:]; V[0] -= x", "W[1]", 1),
    "rows picked": ("W[[0, 2]] -= x", "W[[1, 3]]", 0),
    "rows picked that overlap": ("W[[0, 2]] -= x", "W[[1, 2]]", 1),
    "added at": ("np.add.at(W, [0, 2], x)", "W[1]", 0),
    "added at the same": ("np.add.at(W, [0, 2], x)", "W[2]", 1),
    "elements": ("W[0, 0] -= x; W[0, 1] -= x", "W[0, 2]", 0),
    "elements and their row": ("W[0, 0] -= x; W[1, 1] -= x", "W[0]", 1),
    "two rows, the later read": ("W[0] -= x; W[1] -= x", "W[1]", 2),
    "two rows, the earlier read": ("W[0] -= x; W[1] -= x", "W[0]", 1),
    "a row, then the whole": ("W[0] -= x; W *= 2", "W[1]", 2),
}


def _writes(graph: Graph, start: Node) -> int:
    """How many changes in place a value was computed from."""
    seen, stack = set[int](), [start]
    while stack:
        node = stack.pop()
        if node.number not in seen:
            seen.add(node.number)
            stack.extend(inputs(node))
    # W[0] -= x changes the row, and then puts it where it is
    lines = [(graph.nodes[n].position) for n in seen if graph.nodes[n].function is write_through]
    return len(set(lines))


@pytest.mark.parametrize("case", CASES)
def test_what_a_part_depends_on(case: str, tmp_path: Path) -> None:
    """The numbers are those without tracking, and only writes to what is read count."""
    written, read, count = CASES[case]
    run = program(tmp_path, f"{START}{written}\nfound = {read} * 1.0\n")
    (found,) = [
        node for variable in run.places for node, path in variable.items() if path == ("found",)
    ]
    assert mismatches(run.graph) == []
    assert _writes(run.graph, run.graph.nodes[found]) == count
