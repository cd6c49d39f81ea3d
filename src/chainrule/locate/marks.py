"""What of a step moves with its parameters, and which of the values it reads are data."""

import math

from .graph import Graph, Node, inputs, write_through
from .operations import operation
from .parts import written_value
from .step import PASSING, PRODUCTS, Learned, Step, source_of
from .updates import Change

_LINEAR_WRITES = {"iadd", "isub", "add", "subtract", "setitem", "at"}
_MANY = 2_000_000  # elements of data above which they stay as they are in replays
_FRESH = ("numpy.zeros", "numpy.ones", "numpy.full", "numpy.eye", "numpy.empty")


def mark(step: Step) -> None:
    """Find the moving nodes of a step and its data."""
    step.old = {node.number for one in step.learned for node in one.old}
    step.moving = set(step.old)
    direct = set(step.old)  # a parameter, or a part of one
    decays = _decays(step)
    decaying, multiplied = set[int](), set[int]()  # λ of λ·W; what multiplies other values too
    for node in step.nodes:
        if node.number in step.moving or node.function is None:
            continue
        used = inputs(node)
        if not any(one.number in step.moving for one in used):
            continue
        step.moving.add(node.number)
        name = operation(node)
        if name in PASSING and used[0].number in direct:
            direct.add(node.number)
        elif name in PRODUCTS:
            others = {source_of(one).number for one in used if one.number not in step.moving}
            if not any(one.number in direct for one in used):
                multiplied |= others
            elif node.number in decays:
                decaying |= others
            else:
                step.data |= others
    step.data |= decaying & multiplied
    _mark_tail(step)
    step.data = {number for number in step.data if _perturbable(step.graph, number, step.start)}
    step.data -= _step_sizes(step)


def _mark_tail(step: Step) -> None:
    """Find what is computed after a step from its values, and not from the new parameters."""
    late = {node.number for one in step.learned for node in one.new}
    step.tail.clear()
    for node in step.graph.nodes[step.end + 1 : 2 * step.end - step.start]:
        used = inputs(node)
        if any(one.number in late for one in used):
            late.add(node.number)
        elif any(one.number in step.moving for one in used):
            step.moving.add(node.number)
            step.tail.append(node)
    step.reach = step.nodes + step.tail


def _decays(step: Step) -> set[int]:
    """Return the values that go into updates by additions and scalings only, such as λ·W."""
    found = {node.number for one in step.learned for node in one.new}
    for one in step.learned:
        for change in _changes_of(step, one):
            found |= {change.new.number, written_value(change)}
    readers: dict[int, list[Node]] = {}
    for node in step.nodes:
        if node.function is not None:
            for used in inputs(node):
                readers.setdefault(used.number, []).append(node)
    for node in reversed(step.nodes):
        after = readers.get(node.number, [])
        if after and all(one.number in found and _is_linear(one) for one in after):
            found.add(node.number)
    return found


def _is_linear(node: Node) -> bool:
    """Whether a value is a sum, or another value times a number that is a leaf."""
    if node.function is write_through:
        return getattr(node.arguments[2], "__name__", "") in _LINEAR_WRITES
    if operation(node) in ("multiply", "divide"):
        return sum(one.function is not None for one in inputs(node)) <= 1
    return operation(node) in ("add", "subtract", "negative", "copy", "getitem")


def _step_sizes(step: Step) -> set[int]:
    """Return the numbers that the terms of several parameters' changes are all multiplied with."""
    shared = [
        set.intersection(*(_factors(step, change.term) for change in changed))
        for one in step.learned
        if (changed := _changes_of(step, one))
    ]
    return set.intersection(*shared) if len(shared) > 1 else set()


def _changes_of(step: Step, one: Learned) -> list[Change]:
    every = [change for chain in one.chains for change in chain.changes]
    return [change for change in every if step.start < change.new.number <= step.end]


def _factors(step: Step, node: Node) -> set[int]:
    """Return the single numbers from before the step that a product is made of."""
    if node.number <= step.start or node.function is None:
        single = not isinstance(step.graph.digests[node.number], tuple)
        return {node.number} if single else set()
    if operation(node) == "multiply":
        return set[int]().union(*(_factors(step, one) for one in inputs(node)))
    return _factors(step, inputs(node)[0]) if operation(node) == "negative" else set()


def _perturbable(graph: Graph, number: int, start: int) -> bool:
    """Whether data are drawn anew at each replay.

    This is to tell what agrees by chance, as a label of 1 and a bias of 1.  Millions of values do
    not, and would be copied several times for each replay: a step reads a few of their rows only.
    """
    leaf = graph.leaves.get(number)
    if leaf is not None and leaf.origin.startswith(_FRESH):
        return False
    value = graph.digests[number]
    if isinstance(value, tuple) and math.prod(value[0]) > _MANY:
        return False
    # a number written in the step itself is one of its constants, max(-1.0, g)
    return number <= start or (leaf is not None and leaf.origin != "literal")
