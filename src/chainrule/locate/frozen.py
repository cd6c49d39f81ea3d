"""Parameters that no step changes: used like the others, kept beside the others, never moved.

Nothing but its use and its place tells a frozen bias from data.  So a value counts as one if its
update adds nothing (W −= rate · 0), if it stands in the same list, dict or object as a parameter
that moves, or, in plain variables, if it was drawn at random as the parameters were; and never if
it is what a moving parameter is multiplied with, for that is data.
"""

from collections.abc import Container, Sequence
from typing import Any

import numpy as np

from .graph import Node, inputs
from .operations import operation
from .places import Path, text, together
from .program import Run
from .step import PASSING, PRODUCTS, Learned, Step
from .updates import Chain

_USES = PRODUCTS | {"add", "subtract"}
_RANDOM = ("random.", "numpy.random")
_BLANK = ("numpy.zeros", "numpy.ones", "numpy.full")


def frozen(run: Run, step: Step, every: Sequence[Chain]) -> list[Learned]:
    """Return the parameters that a step leaves as they are, by their update or their place."""
    used = _used(step) - step.old
    data = _multiplied_with(step)
    found: dict[int, Path | None] = {}
    for chain in every:
        numbers = {change.new.number for change in chain.changes}
        old = chain.version(1) if chain.steps > 1 else chain.changes[0].old
        adds_nothing = not any(change.term.number in step.moving for change in chain.changes)
        if old.number in used and adds_nothing and _feeds_others(step, old, numbers):
            paths = [variable[n] for variable in run.places for n in numbers if n in variable]
            found[old.number] = paths[0] if paths else None
    for number, path in _beside(run, step).items():
        if number in used - data and _is_initial(step, number, path):
            found.setdefault(number, path)
    for number, path in _added(run, step).items():
        if number not in step.old | data:
            found.setdefault(number, path)
    return as_learned(step, found)


def _added(run: Run, step: Step) -> dict[int, Path]:
    """Return the arrays of zeros or drawn at random that are added to a product, W @ x + b.

    Whoever keeps such an array over the steps means to learn it: noise, and sums that begin from
    zeros, are made anew each time.
    """
    paths = {number: path for variable in run.places for number, path in variable.items()}
    found: dict[int, Path] = {}
    for node in step.nodes:
        if operation(node) != "add":
            continue
        if any(operation(x) in PRODUCTS and x.number in step.moving for x in inputs(node)):
            for one in (_whole(x, step) for x in inputs(node)):
                kept = one.number <= step.start and one.number in paths
                is_array = isinstance(step.graph.digests[one.number], tuple)
                if kept and is_array and _is_from(one, step, (*_RANDOM, "numpy.zeros")):
                    found[one.number] = paths[one.number]
    return found


def _is_initial(step: Step, number: int, path: Path) -> bool:
    """Whether a value is what parameters begin as: random, zeros or ones; a number, if random.

    A step size, an ε, a mean of the data stand beside parameters too.
    """
    in_list = isinstance(path[-1], int)
    is_array = isinstance(step.graph.digests[number], tuple)
    origins = _RANDOM + (_BLANK if is_array else ())
    return in_list or _is_from(step.graph.nodes[number], step, origins)


def drawn(run: Run, step: Step) -> list[Learned]:
    """Return the plain variables drawn at random that a step multiplies data with, unchanged."""
    used = _used(step, ("matmul", "dot", "einsum")) - step.old - _multiplied_with(step)
    found: dict[int, Path | None] = {}
    for variable in run.places:
        for number, path in variable.items():
            node = step.graph.nodes[number]
            if number in used and len(path) == 1 and _is_from(node, step, _RANDOM):
                found.setdefault(number, path)
    return as_learned(step, found)


def suspects(run: Run, step: Step) -> list[Learned]:
    """Return what else is used as parameters are and kept from step to step, whatever it began as.

    Only a gradient that is computed for it and not used shows that it is a parameter.  What is
    subtracted may be a label.
    """
    used = _used(step, _USES - {"subtract"}) - step.old - _multiplied_with(step)
    found: dict[int, Path | None] = {}
    for variable in run.places:
        for number, path in variable.items():
            if number in used:
                found.setdefault(number, path)
    return as_learned(step, found)


def wasted(step: Step, loss: Node | None) -> bool:
    """Whether a step computes values from its parameters that nothing uses: gradients, perhaps.

    The loss that it descends is used by nothing either.
    """
    kept = {store.node for store in step.graph.stores}
    read = {used.number for node in step.nodes for used in inputs(node)}
    return any(
        node.number in step.moving
        and node is not loss
        and node.number not in read
        and node.number not in {new.number for one in step.learned for new in one.new}
        and (isinstance(step.graph.digests[node.number], tuple) or node.number in kept)
        for node in step.nodes
    )


def _is_from(node: Node, step: Step, origins_meant: tuple[str, ...]) -> bool:
    """Whether all arrays that a value was computed from are of some origins."""
    stack, origins = [node], list[str]()
    while stack and len(origins) < 20:
        one = stack.pop()
        leaf = step.graph.leaves.get(one.number)
        if leaf is not None and (np.ndim(leaf.value) or leaf.origin.startswith(origins_meant)):
            origins.append(leaf.origin)
        stack.extend(inputs(one))
    return bool(origins) and all(origin.startswith(origins_meant) for origin in origins)


def _used(step: Step, uses: Container[str] = _USES) -> set[int]:
    """Return the boundary values that are multiplied or added in the step, also through views."""
    found = set[int]()
    for node in step.nodes:
        if node.function is None or operation(node) not in uses:
            continue
        for one in inputs(node):
            found.add(_whole(one, step).number)
    return {number for number in found if number <= step.start}


def _whole(node: Node, step: Step) -> Node:
    while node.number > step.start and node.function is not None and operation(node) in PASSING:
        node = inputs(node)[0]
    return node


def _multiplied_with(step: Step) -> set[int]:
    """Return the boundary values that moving parameters are multiplied with: data."""
    found = set(step.data)
    for node in step.nodes:
        if node.function is not None and operation(node) in PRODUCTS:
            used = [_whole(one, step).number for one in inputs(node)]
            if any(number in step.old for number in used):
                found |= set(used) - step.old
    return found


def _feeds_others(step: Step, old: Node, own: set[int]) -> bool:
    """Whether a value is used for more than its own next version: an optimizer's memory is not."""
    after = {old.number}
    for node in step.nodes:
        if node.number in own or node.function is None:
            continue
        used = inputs(node)
        if any(one.number in after for one in used):
            others = [one for one in used if one.number not in after]
            if operation(node) in _USES and any(_is_telling(one, step) for one in others):
                return True
            after.add(node.number)
    return False


def _is_telling(node: Node, step: Step) -> bool:
    """Whether a value is more than a constant of the optimizer: an array, or one that moves."""
    return node.number in step.moving or isinstance(step.graph.digests[node.number], tuple)


def _beside(run: Run, step: Step) -> dict[int, Path]:
    """Return what stands in the same list, dict or object as a parameter that moves."""
    moving = {change.new.number for one in step.learned for c in one.chains for change in c.changes}
    found: dict[int, Path] = {}
    for variable in run.places:
        homes = {path[:-1] for number, path in variable.items() if number in moving}
        homes = {home for home in homes if home}
        for number, path in variable.items():
            if path[:-1] in homes and number not in moving:
                found.setdefault(number, path)
    return found


def as_learned(step: Step, found: dict[int, Path | None]) -> list[Learned]:
    """Return frozen values as parameters whose new value is the old one."""
    scalars: dict[int, Path] = {}
    result = []
    for number, path in sorted(found.items()):
        node = step.graph.nodes[number]
        value: Any = step.graph.digests[number]
        if not isinstance(value, tuple) and path is not None:
            scalars[number] = path
            continue
        shape = value[0] if isinstance(value, tuple) else ()
        name = text(path) if path is not None else f"value of line {step.place(node).line}"
        result.append(Learned(name, shape, (node,), (node,), ()))
    for path, shape, numbers in together(scalars):
        nodes = tuple(step.graph.nodes[number] for number in numbers)
        result.append(Learned(text(path), shape, nodes, nodes, ()))
    return result
