"""The parameters of a program: the arrays and numbers that it changes by terms computed from them.

Whole arrays take one change a step, or always as many.  Where arrays are changed part by part, a
new step begins where a line's term depends on what the same line wrote before: there the weights
that the last step changed are used.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .graph import Graph, inputs
from .parts import part_chains, written_value
from .updates import Chain, Change
from .whole import whole

_STEPS = 4  # steps looked for: three are analysed, and the last may be cut short


def parameters(graph: Graph) -> list[Chain]:
    """Return the parameters of a program, each with its steps."""
    found = whole(graph)
    partly = part_chains(graph)
    return (_in_steps(graph, found, partly) if partly else []) or found


def enough(graph: Graph) -> bool:
    """Whether three steps of most parameters were recorded."""
    found = parameters(graph)
    return bool(found) and sum(chain.steps >= 3 for chain in found) >= 0.95 * len(found)


def _in_steps(graph: Graph, found: Sequence[Chain], partly: Sequence[Chain]) -> list[Chain]:
    """Return the chains that descend, of whole arrays and of parts, with their common steps."""
    values = {written_value(change) for one in partly for change in one.changes}
    wholes = [one for one in found if not any(c.new.number in values for c in one.changes)]
    ends = _boundaries(graph, [*wholes, *partly])
    kept = [one for chain in partly if _descends(graph, one := _ended(chain, ends), ends)]
    return [*(_ended(chain, ends) for chain in wholes), *kept] if kept else []


def _ended(chain: Chain, ends: Sequence[int]) -> Chain:
    """Return a chain with the counts of its changes up to the last change of each step."""
    numbers = [change.new.number for change in chain.changes]
    counts = tuple(int(np.searchsorted(numbers, end, side="right")) for end in ends)
    return replace(chain, ends=counts)


def _descends(graph: Graph, chain: Chain, ends: Sequence[int]) -> bool:
    """Whether terms of the first or second step were computed from what that step began with."""
    versions = [chain.version(0).number]
    for change in chain.changes:
        versions += [change.new.number, written_value(change)]
    for step, end in enumerate(ends[:2]):
        begin = ends[step - 1] + 1 if step else 0
        found = {number for number in versions if 0 <= number < begin} | {versions[0]}
        for node in graph.nodes[begin : end + 1]:
            if any(used.number in found for used in inputs(node)):
                found.add(node.number)
        mine = chain.changes[chain.count(step) : chain.count(step + 1)]
        if any(change.term.number in found for change in mine):
            return True
    return False


def _boundaries(graph: Graph, every: Sequence[Chain]) -> list[int]:
    """Return the numbers of the last change of each whole step of some chains.

    A step begins with the line that changes something first in the whole run, so that a line that
    reads too early what another has just written does not look like the next step.
    """
    writes = sorted((c for one in every for c in one.changes), key=lambda c: c.new.number)
    begins = [0]
    while len(begins) <= _STEPS:
        following = _next_step(graph, writes, begins[-1])
        if following is None:
            break
        begins.append(following)
    if following is None and _is_whole(writes, begins):
        begins.append(len(writes))
    return [writes[begin - 1].new.number for begin in begins[1:]]


def _is_whole(writes: Sequence[Change], begins: Sequence[int]) -> bool:
    """Whether what is left after the last step found is a step: its lines write as often again."""
    lines = [change.new.position for change in writes]
    last = Counter(lines[begins[-1] :])
    return len(begins) < 2 or last == Counter(lines[begins[-2] : begins[-1]])


def _next_step(graph: Graph, writes: Sequence[Change], first: int) -> int | None:
    """Return which write begins the step after the one that begins with write `first`."""
    lines: dict[int, int] = {}
    found: dict[int, int] = {}  # of each node, a bit for each line whose writes it depends on
    early: list[int] = []  # writes whose terms depend on others of this step
    done = writes[first].new.number
    for k in range(first, len(writes)):
        change = writes[k]
        for node in graph.nodes[done : change.new.number]:
            bits = 0
            for used in inputs(node):
                bits |= found.get(used.number, 0)
            if bits:
                found[node.number] = bits
        done = change.new.number + 1
        line = lines.setdefault(change.new.position, 1 << len(lines))
        bits = found.get(change.term.number, 0)
        if bits & line:
            return _cut(writes, _last_used(writes, first, k), [*early, k])
        if bits:
            early.append(k)
        for number in (change.new.number, written_value(change)):
            found[number] = bits | line
    return None


def _last_used(writes: Sequence[Change], first: int, conflict: int) -> int:
    """Return the last write by a write's own line that its term depends on."""
    own = {
        number: k
        for k in range(first, conflict)
        if writes[k].new.position == writes[conflict].new.position
        for number in (writes[k].new.number, written_value(writes[k]))
    }
    latest, seen, stack = first, set[int](), [writes[conflict].term]
    while stack:
        node = stack.pop()
        if node.number in own:
            latest = max(latest, own[node.number])
        elif node.number > writes[first].new.number and node.number not in seen:
            seen.add(node.number)
            stack += inputs(node)
    return latest


def _cut(writes: Sequence[Change], own: int, early: Sequence[int]) -> int:
    """Return the write that begins the next step: after `own`, before what reads this step's.

    It is one by the line that writes first in the run; where other lines write too, the first of
    a series by that line, for the whole of a series belongs to one step.
    """
    opening = writes[0].new.position
    ends = [k for k in early if k > own]
    begins = [k for k in range(own + 1, ends[-1] + 1) if writes[k].new.position == opening]
    series = [k for k in begins if writes[k - 1].new.position != opening]
    for found in (series, begins):
        for end in ends:
            before = [k for k in found if k <= end]
            if before:
                return before[-1]
    return ends[-1]
