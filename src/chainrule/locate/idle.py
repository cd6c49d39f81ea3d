"""Whether a program goes round and round without a parameter: there is no use in waiting."""

from .graph import Graph, inputs, write_through
from .operations import operation
from .parameters import parameters

_ROUNDS = 100_000  # more than any data made up step by step that a first descent waits for
_PASSING = {"add", "subtract", "copy", "getitem", "element", "positive"}


def idle(graph: Graph) -> bool:
    """Whether values were computed from values, over and over, and none of them descends.

    A descent shows at its third step.  Sums are not counted: a program may add up over all of its
    rows before it takes its first step.
    """
    rounds = [0] * len(graph.nodes)  # operations in a row, by which a value was computed
    deepest = 0
    for node in graph.nodes:
        if node.function is None:
            continue
        before = max((rounds[used.number] for used in inputs(node)), default=0)
        counts = node.function is not write_through and operation(node) not in _PASSING
        rounds[node.number] = before + counts
        deepest = max(deepest, before + counts)
    return deepest >= _ROUNDS and not parameters(graph)
