"""Which arrays and numbers are parameters that each step changes as a whole.

They are chains whose terms depend on them within one step, beginning from what is drawn or written;
not what an optimizer remembers, and no value that only lives within a step.
"""

from collections import Counter, defaultdict

from .graph import Graph, inputs
from .operations import operation
from .updates import Chain, chains, is_constant, passed, reaches

_SAMPLE = 3  # chains tested of each line, where a line changes thousands of scalars
_MOST_INITIAL = 12  # expressions that make an initial value
_LOOKED_AT = 500  # values that it is made of
_FEW = 60  # chains up to which each one is tested


def _by_lines(every: list[Chain]) -> list[list[Chain]]:
    """Return the chains in groups that the same lines make."""
    groups: dict[tuple[int, ...], list[Chain]] = defaultdict(list)
    for chain in every:
        groups[tuple(sorted({change.new.position for change in chain.changes}))].append(chain)
    return list(groups.values())


def _depend(graph: Graph, chain: Chain, step: int, after: int) -> bool:
    """Whether a step's terms were computed from the version that the step began with."""
    version = passed(graph, chain.changes[step * chain.period].old)
    first = step * chain.period
    return any(
        reaches(change.term, version, after)
        for change in chain.changes[first : first + chain.period]
    )


def _tested(graph: Graph, every: list[Chain], step: int, after: int) -> list[Chain]:
    """Return the chains whose terms depend on them; of thousands made by one line, by a sample."""
    kept = []
    for group in _by_lines([chain for chain in every if chain.steps > step]):
        if len(group) <= _FEW:
            kept += [chain for chain in group if _depend(graph, chain, step, after)]
        elif any(_depend(graph, chain, step, after) for chain in group[:: len(group) // _SAMPLE]):
            kept += group
    return kept


def _followed_once(graph: Graph, every: list[Chain]) -> list[Chain]:
    """Return the chains that are the only ones their lines begin from what they change.

    A sum that starts from the same bias at each row has many beginnings, a parameter has one.
    """
    starts = Counter(_beginning(graph, chain) for chain in every)
    return [chain for chain in every if starts[_beginning(graph, chain)] == 1]


def _lasting(every: list[Chain]) -> list[Chain]:
    """Return the chains of lines whose chains all live at the same time.

    The states of a recurrent net, h = h + f(h), begin anew at each step: one ends, another begins.
    """
    kept = []
    for group in _by_lines(every):
        last_begun = max(chain.changes[0].new.number for chain in group)
        first_ended = min(chain.changes[-1].new.number for chain in group)
        if last_begun < first_ended:
            kept += group
    return _in_order(kept)


def _in_order(every: list[Chain]) -> list[Chain]:
    return sorted(every, key=lambda chain: chain.changes[0].new.number)


def _beginning(graph: Graph, chain: Chain) -> tuple[int, int]:
    first = chain.changes[0]
    return passed(graph, first.old).number, first.new.position


def whole(graph: Graph) -> list[Chain]:
    """Return what is changed as a whole: chains whose second step depends on what the first made.

    A state of the optimizer (momentum, Adagrad's cache) depends on its last version only through
    the parameters it moved in the step before, so it drops out when only this step is looked at.
    """
    begun = [chain for chain in _followed_once(graph, chains(graph)) if _is_initial(chain)]
    moved = _lasting(_tested(graph, begun, 0, -1))
    if not any(chain.steps > 1 for chain in moved):
        return moved
    begin = max(chain.version(1).number for chain in moved if chain.steps > 1)
    moved = _tested(graph, moved, 1, begin)
    others = [group for group in _by_lines(moved) if not _is_average(graph, group[0], begin)]
    return _in_order([chain for group in others for chain in group]) or moved


def _is_initial(chain: Chain) -> bool:
    """Whether a chain begins from what is drawn or written, by few lines.

    A carry of a backward pass through time, dh −= dh · z, begins from the whole forward pass.  What
    the same line made before, of a number that was not followed, is no such beginning.
    """
    if chain.version(0).position in {change.new.position for change in chain.changes}:
        return True
    stack, seen, made_at = [chain.version(0)], set[int](), set[int]()
    while stack and len(made_at) <= _MOST_INITIAL and len(seen) < _LOOKED_AT:
        node = stack.pop()
        if node.function is not None and node.number not in seen:
            seen.add(node.number)
            made_at.add(node.position)
            stack += inputs(node)
    return len(made_at) <= _MOST_INITIAL


def _is_average(graph: Graph, chain: Chain, begin: int) -> bool:
    """Whether a value only follows others, m += rate · (g − m).

    Then a step makes nothing of it but its own next version, by sums and constant factors.
    """
    change = chain.changes[chain.period]
    old = passed(graph, change.old)
    found = {old.number, change.old.number}
    for node in graph.nodes[max(old.number, begin) + 1 : change.new.number]:
        used = [one for one in inputs(node) if one.number in found]
        if not used:
            continue
        others = [one for one in inputs(node) if one.number not in found]
        name = operation(node)
        scales = name in ("multiply", "divide") and all(is_constant(graph, x) for x in others)
        if not (scales or name in ("add", "subtract", "negative", "copy")):
            return False
        found.add(node.number)
    return True
