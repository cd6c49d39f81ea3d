"""A program that takes one step only: each parameter is changed once, so nothing repeats.

A value that the program starts from, plus or minus a term computed from it and from others, may be
a parameter's new version.  Whether it is one, only the gradients can tell.
"""

from .cut import grouped
from .given import MOST_NODES, given, shape_of, span
from .graph import Graph, Node
from .program import Run
from .step import Step
from .updates import Chain, Change, changes, passed, reaches


def find_single(run: Run) -> Step | None:
    """Return the one step that a program takes; None if no value may be a new version of one."""
    graph = run.graph
    if len(graph.nodes) > MOST_NODES:
        return None
    start = {node.number: node for node in given(graph)}
    chains: dict[int, Chain] = {}  # by the last version
    for node in graph.nodes:
        for change in changes(node):
            own = change.old.number in start or change.old.number in chains
            before = change.old if own else passed(graph, change.old)
            chain = chains.pop(before.number, None)
            if chain is None and not _begins(graph, change, before, start):
                continue
            chain = chain or Chain([])
            chain.changes.append(change)
            chain.period = len(chain.changes)
            chains[node.number] = chain
            break
    if not chains:
        return None
    learned = grouped(run, list(chains.values()), 0)
    return span(graph, learned, max(node.number for one in learned for node in one.new))


def _begins(graph: Graph, change: Change, before: Node, start: dict[int, Node]) -> bool:
    """Whether a change makes the first new version of a value that the program starts from."""
    if before.number not in start or shape_of(graph, change.new.number) != shape_of(
        graph, before.number
    ):
        return False
    others = [node for node in start.values() if node is not before]
    return reaches(change.term, before, -1) and any(
        reaches(change.term, node, -1) for node in others
    )
