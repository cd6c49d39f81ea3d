"""Gradients that a program returns, or computes last, and takes no step with.

Nothing says which value is the gradient of which.  So every value that was given before the forward
pass, and has the shape of one returned, is taken for a parameter, and what is returned is compared
with ∂J/∂ of each, for every loss that may be meant.  What is left over on both sides is told apart
by its shape, else not judged.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .cotangents import NotDifferentiable
from .draws import Values, record, replays
from .fingerprints import Index, over
from .frozen import as_learned
from .given import MOST_NODES, given, shape_of, span
from .graph import Graph, Node, inputs
from .handed import descended
from .losses import candidates
from .match import differentiate
from .operations import operation
from .places import Path
from .program import Run
from .step import Learned, Step
from .updates import reaches

_REPLAYS = 3
_MOST_LOSSES = 24
_EXACT = 1e-12  # of a gradient: products of derivatives agree so far, quotients of differences less


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Which values are the gradients of which, up to one factor, whose sign is `sign`.

    `unclear` are those that may be the gradient of several.
    """

    gradients: dict[int, int]
    sign: int
    some_right: bool
    unclear: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Returned:
    """Gradients that are returned, as a step.

    Attributes:
        some_right: one of them at least is a multiple of that of a loss.
        unclear: values returned of which it is not clear whose gradients they are.
    """

    step: Step
    some_right: bool
    unclear: tuple[Node, ...]


def find_returned(run: Run) -> Returned | None:
    """Return the gradients that a program returns or leaves; None if there are none."""
    graph = run.graph
    if len(graph.nodes) > MOST_NODES or run.ended == "error":
        return None
    kept = _kept(run)
    shapes = {shape_of(graph, number) for number in kept}
    start = [node for node in given(graph) if shape_of(graph, node.number) in shapes]
    if not start:
        return None
    probe = span(graph, _as_they_are(graph, start))
    if record(probe):
        return None
    pairs = _paired(probe, kept, bool(run.answer))
    if pairs is None:
        return None
    unclear = tuple(graph.nodes[number] for number in pairs.unclear if run.answer)
    return Returned(_descending(run, pairs), pairs.some_right, unclear)


def _kept(run: Run) -> list[int]:
    """Return what a call gave, else what is in sight at the end or was stored and not read."""
    shapes = run.graph.digests
    if run.answer:
        return [number for number in run.answer if _is_number(shapes[number])]
    read = {one.number for node in run.graph.nodes for one in inputs(node)}
    seen = {number for variable in run.places for number in variable}
    seen |= {store.node for store in run.graph.stores if store.node not in read}
    return sorted(number for number in seen if _is_number(shapes[number]))


def _is_number(told: Any) -> bool:
    """Whether a digest is that of a float or of an array of floats."""
    return told[1] in "fdeg" if isinstance(told, tuple) and len(told) == 3 else True


def _as_they_are(graph: Graph, nodes: Iterable[Node]) -> list[Learned]:
    return [Learned("", shape_of(graph, one.number), (one,), (one,), ()) for one in nodes]


def _paired(probe: Step, kept: Sequence[int], called: bool) -> _Pairs | None:
    """Return the pairs under the loss that explains most of what is kept.

    If nothing is right, only what a call returned is taken for gradients.
    """
    replayed = replays(probe, _REPLAYS)
    own = Index()  # a parameter that was changed and changed back is no gradient
    for one in probe.learned:
        own.add(one.old[0].number, over(replayed, one.old[0].number))
    kept = [n for n in kept if n in probe.moving and not own.find(over(replayed, n))]
    best: tuple[int, _Pairs] | None = None
    for candidate in candidates(probe, replayed)[:_MOST_LOSSES]:
        with suppress(NotDifferentiable):
            forward, found = differentiate(probe, candidate, replayed)
            # of the forward pass, only an error o − y may be a gradient
            others = {node.number for node in forward if operation(node) != "subtract"}
            several = [number for number in kept if number not in others]
            pairs = _matched(probe, several, replayed, found)
            right = len(pairs.gradients)
            if best is None or right > best[0]:
                best = right, _with_left_over(probe, several, replayed, found, pairs)
    if best is None or not best[1].gradients or not (best[0] or called):
        return None
    return best[1]


def _matched(
    probe: Step, kept: Sequence[int], replayed: Sequence[Values], found: Sequence[Any]
) -> _Pairs:
    """Return the values that are multiples of ∂J/∂ of a given one; most of them have the sign."""
    index, meant = Index(), dict[int, Any]()
    for one in probe.learned:
        number = one.old[0].number
        if all(number in gradients for gradients in found):
            meant[number] = np.concatenate([np.ravel(gradients[number]) for gradients in found])
            index.add(number, meant[number])
    by_sign: dict[int, dict[int, int]] = {1: {}, -1: {}}
    for number in kept:
        vector = over(replayed, number)
        for parameter, scale in index.find(vector):
            rest = np.linalg.norm(vector - scale * meant[parameter])
            exact = rest <= _EXACT * np.linalg.norm(vector)
            if exact and shape_of(probe.graph, parameter) == shape_of(probe.graph, number):
                by_sign[1 if scale > 0 else -1].setdefault(parameter, number)
    sign = 1 if len(by_sign[1]) >= len(by_sign[-1]) else -1
    most, taken = by_sign[sign], set(by_sign[sign].values())
    others = {p: n for p, n in by_sign[-sign].items() if p not in most and n not in taken}
    return _Pairs(most | others, sign, bool(most))


def _with_left_over(
    probe: Step,
    kept: Sequence[int],
    replayed: Sequence[Values],
    found: Sequence[Any],
    pairs: _Pairs,
) -> _Pairs:
    """Return pairs also of what matches nothing, where as many parameters as values have a shape.

    A value of the forward pass, or the gradient of one, is left out, and so is what another value
    that is kept was computed from.
    """
    graph = probe.graph
    index = Index()
    for number in found[0]:
        vector = over(replayed, number)
        if vector is not None:
            index.add(number, vector)
        if all(number in gradients for gradients in found):
            index.add(number, np.concatenate([np.ravel(gradients[number]) for gradients in found]))
    taken = set(pairs.gradients.values())
    values: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for number in kept:
        known = number in taken or index.find(over(replayed, number))
        last = not any(reaches(graph.nodes[n], graph.nodes[number], -1) for n in kept if n > number)
        if not known and last:
            values[shape_of(graph, number)].append(number)
    parameters: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for one in probe.learned:
        number = one.old[0].number
        if number not in pairs.gradients and any(np.any(g.get(number, 0)) for g in found):
            parameters[one.shape].append(number)
    gradients, unclear = dict(pairs.gradients), list[int]()
    for shape, several in parameters.items():
        if len(several) == len(values[shape]):
            gradients |= dict(zip(several, values[shape], strict=True))
        else:
            unclear += values[shape]
    return replace(pairs, gradients=gradients, unclear=tuple(unclear))


def _descending(run: Run, pairs: _Pairs) -> Step:
    """Return a step in which each parameter goes against its gradient."""
    graph = replace(run.graph, nodes=list(run.graph.nodes), digests=list(run.graph.digests))
    probe = span(graph, _as_they_are(graph, (graph.nodes[n] for n in sorted(pairs.gradients))))
    named = as_learned(probe, {n: _path(run, n) for n in pairs.gradients})
    learned = []
    for one in named:
        parts = [
            descended(graph, one.name, p.number, graph.nodes[pairs.gradients[p.number]], pairs.sign)
            for p in one.old
        ]
        new = tuple(node for part in parts for node in part.new)
        chains = tuple(chain for part in parts for chain in part.chains)
        learned.append(replace(one, new=new, chains=chains, handed=True))
    return span(graph, learned)


def _path(run: Run, number: int) -> Path | None:
    """Return where a value is kept, else what it was assigned to."""
    for variable in run.places:
        if number in variable:
            return variable[number]
    for store in run.graph.stores:
        targets = run.graph.positions[store.position].targets
        if store.node == number and targets and targets[0] != "return":
            return (targets[min(store.target, len(targets) - 1)],)
    return None
