"""A step of arrays changed in parts, where every part is read from what the step began with.

The program reads a row from the version that changed it last, which may be many steps ago.  All
these versions hold the same number there when a step begins, so the step can be computed again
from one of them alone: the last before it.
"""

from collections.abc import Sequence
from dataclasses import replace

from .graph import Graph, Node, fill, follow, read_back, read_through, write_through
from .operations import operation
from .updates import Chain, Change


def retied(
    graph: Graph, found: Sequence[Chain], step: int, start: int, end: int
) -> tuple[Graph, list[Chain]]:
    """Return the graph and the chains with a step's reads of parts from its first versions.

    What comes after the step reads from its last ones.
    """
    nodes = list(graph.nodes)
    later = {change.new.number for chain in found if chain.ends for change in chain.changes}
    for after, begin, limit in ((0, start, end), (1, end, min(len(nodes) - 1, 2 * end - start))):
        version = {
            older: nodes[chain.version(step + after).number]
            for chain in found
            if chain.ends
            for older in _versions(graph, chain, begin)
        }
        for number in range(begin + 1, limit + 1):
            nodes[number] = _read_from(nodes[number], version, later, nodes)
    chains = [replace(chain, changes=[_among(nodes, c) for c in chain.changes]) for chain in found]
    return replace(graph, nodes=nodes), chains


def _versions(graph: Graph, chain: Chain, last: int) -> set[int]:
    """Return the numbers of all that an array was up to a node."""
    found = {chain.version(0).number}
    for node in graph.nodes[chain.version(0).number : last + 1]:
        if node.function is write_through and node.arguments[0].number in found:
            found.add(node.number)
    return found


def _read_from(
    node: Node, version: dict[int, Node], later: set[int], nodes: Sequence[Node]
) -> Node:
    """Return a node that reads parts from other versions, its other inputs from these nodes.

    An element that the step itself has written before is read from the array, too.
    """
    if node.function is None:
        return node
    arguments = fill(node.arguments, nodes)
    if node.function is read_back and arguments[1].maker in version.keys() | later:
        cell = arguments[1]
        arguments = (version.get(cell.maker, nodes[cell.maker]), cell.steps, cell.index)
        return node._replace(function=read_through, arguments=arguments)
    shows = node.function in (follow, read_through) or operation(node) == "getitem"
    if shows and type(arguments[0]) is Node and arguments[0].number in version:
        arguments = (version[arguments[0].number], *arguments[1:])
    return node._replace(arguments=arguments, keywords=fill(dict(node.keywords), nodes))


def _among(nodes: Sequence[Node], change: Change) -> Change:
    new, old, term = (nodes[node.number] for node in (change.new, change.old, change.term))
    return Change(new, old, term, change.sign)
