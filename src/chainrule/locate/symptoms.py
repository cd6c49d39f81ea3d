"""Causes that show by themselves, without a repair.

A parameter that is not moved, an update up the slope, two gradients exchanged, a gradient never set
back to zero, a parameter read after its update.
"""

import numpy as np

from .cause import Blame, Cause
from .counterfactual import Trials
from .descent import changes, gradient_of, slope
from .files import Place
from .fingerprints import over
from .graph import Node, inputs, write_through
from .held import Held, held, own_label, own_values
from .reading import Label, Reading, Target
from .roles import labelled
from .step import Learned
from .updates import changes as additions


def missing(blame: Blame) -> list[Cause]:
    """Return the parameters that have a gradient and do not move."""
    learned = blame.reading.step.learned
    found = [
        k for k in sorted(blame.left) if blame.fits[k].kind == "still" and not learned[k].chains
    ]
    if not found:
        return []
    lines: dict[Place, list[int]] = {}
    for k in found:
        lines.setdefault(_place_of_missing(blame, k), []).append(k)
    return [Cause("missing-gradient", line, tuple(group)) for line, group in lines.items()]


def _place_of_missing(blame: Blame, k: int) -> Place:
    """Return the update where a gradient is missing, or where one is computed and not used."""
    reading = blame.reading
    one = reading.step.learned[k]
    others = {reading.step.place(other.new[0]) for other in reading.step.learned if other.chains}
    if not one.chains and len(others) > 4:
        for node, labels in unused(reading):
            for label in labels:
                if one.old[0].number in (label.target.of, label.target.by):
                    return _last_assigned(reading, node)
    return blame.update_place(k)


def _last_assigned(reading: Reading, node: Node) -> Place:
    """Return the line of the last assignment that a value passed, else its own."""
    graph = reading.step.graph
    passed = [one.position for one in graph.stores if one.node == node.number]
    named = [at for at in passed if graph.positions[at].targets not in ((), ("return",))]
    return graph.place(named[-1]) if named else reading.step.place(node)


def unused(reading: Reading) -> list[tuple[Node, list[Label]]]:
    """Return labelled values that nothing of the step is computed from, with their labels."""
    step = reading.step
    live = {node.number for node in reading.backward} | {node.number for node in reading.forward}
    live |= {used.number for node in step.reach for used in inputs(node)}
    found = []
    for node in step.nodes:
        if node.number in step.moving and node.number not in live and node.function is not None:
            labels = reading.look_up(over(reading.replayed, node.number))
            labels = [one for one in labels if one.target.kind in ("gradient", "local")]
            if labels:
                found.append((node, labels))
    return found


def never_zeroed(blame: Blame) -> list[Cause]:
    """Return gradients added to what an earlier step left: no momentum, for nothing decays."""
    reading = blame.reading
    lines: dict[Place, list[int]] = {}
    for k, fit in enumerate(blame.fits):
        if fit.kind == "descends" and fit.memory > 1e-9:
            node = _added_to_old(reading, k)
            if node is not None:
                lines.setdefault(reading.step.place(node), []).append(k)
    return [Cause("stale-value", line, tuple(group)) for line, group in lines.items()]


def _added_to_old(reading: Reading, k: int) -> Node | None:
    step = reading.step
    one = step.learned[k]
    own = {number for old in one.old for number in own_values(reading, old)}
    for number in sorted(step.ancestors(one.new)):
        node = step.graph.nodes[number]
        if node in one.new:
            continue
        for change in additions(node):
            before = change.old.number <= step.start and change.old.number not in step.moving
            labels = reading.labels.get(change.term.number, ())
            if before and any(label.target.of in own for label in labels):
                return node
    return None


def upward(blame: Blame) -> list[Cause]:
    """Return updates up the slope: all of them by the error signal, some by their own line."""
    up = sorted(k for k in blame.left if blame.fits[k].kind == "ascends")
    if not up:
        return []
    by_line = _upward_lines(blame, up)
    if by_line:
        return [Cause("wrong-sign", line, tuple(ks)) for line, ks in by_line.items()]
    right = [k for k, fit in enumerate(blame.fits) if fit.kind == "descends"]
    if not right and len(up) == len(blame.fits):
        signals = [one for one in labelled(blame.reading) if one.role == "error_signal"]
        line = blame.reading.step.place(signals[0].node) if signals else blame.update_place(up[0])
        node = signals[0].node if signals else None
        return [Cause("wrong-sign", line, tuple(up), node)]
    usual = [one.label.scale for k in right if (one := _held(blame, k)) is not None]
    result: dict[Place, list[int]] = {}
    for k in up:
        own = _held(blame, k)
        if own is not None and usual and own.label.scale * usual[0] > 0:
            result.setdefault(blame.update_place(k), []).append(k)
    return [Cause("wrong-sign", line, tuple(group)) for line, group in result.items()]


def _upward_lines(blame: Blame, up: list[int]) -> dict[Place, list[int]]:
    """Return the lines that move parts of parameters up, if other lines move other parts down."""
    reading = blame.reading
    result: dict[Place, list[int]] = {}
    down = False
    for k in up:
        one = reading.step.learned[k]
        lines = [reading.step.place(node) for node in one.new]
        if len(set(lines)) < 2:
            continue
        moved = changes(one, reading.replayed)
        sloped = np.array([gradient_of(one, found) for found in reading.gradients])
        signs = np.sum((moved - moved.mean(axis=0)) * (sloped - sloped.mean(axis=0)), axis=0)
        for line in sorted(set(lines)):
            total = float(signs[[here == line for here in lines]].sum())
            down = down or total < 0
            if total > 0:
                result.setdefault(line, []).append(k)
    return result if down else {}


def _held(blame: Blame, k: int) -> Held | None:
    return held(blame.reading, blame.reading.step.learned[k])


def exchanged(blame: Blame) -> list[Cause]:
    """Return pairs of parameters each of which is moved by the other's gradient."""
    reading = blame.reading
    learned = reading.step.learned
    moved = {k: changes(learned[k], reading.replayed) for k in blame.left}
    found = []
    for i in sorted(blame.left):
        for j in sorted(blame.left):
            if i < j and moved[i].shape == moved[j].shape and i in blame.left:
                one = slope(moved[i], _gradients(reading, j))
                other = slope(moved[j], _gradients(reading, i))
                if one is not None and other is not None:
                    found += [_swap(blame, i, j), _swap(blame, j, i)]
    return found


def _gradients(reading: Reading, k: int) -> list[object]:
    return [gradient_of(reading.step.learned[k], one) for one in reading.gradients]


def _swap(blame: Blame, k: int, other: int) -> Cause:
    reading = blame.reading
    mine, theirs = reading.step.learned[k], reading.step.learned[other]
    node = held(reading, mine, theirs.old[0])
    if node is not None and not node.fused:
        node = _first(reading, mine, theirs) or node
    line = reading.step.place(node.node) if node is not None else blame.update_place(k)
    label = node.label if node is not None else None
    return Cause(
        "swapped-parameters",
        line,
        (k,),
        node.node if node is not None else None,
        label,
        Target("gradient", mine.old[0].number),
    )


def _first(reading: Reading, mine: Learned, theirs: Learned) -> Held | None:
    """Return where a gradient that moves one parameter arises as another's."""
    own = own_values(reading, theirs.old[0])
    for number in sorted(reading.step.ancestors(mine.new)):
        label = own_label(reading, number, own)
        if label is not None:
            return Held(reading.step.graph.nodes[number], label, fused=False)
    return None


def too_early(blame: Blame) -> list[Cause]:
    """Return lines that read a parameter after its update, if the old one puts things right."""
    reading = blame.reading
    trials = Trials(reading, blame.fits, set(blame.left))
    result = []
    for one in reading.step.learned:
        new = {node.number: old for node, old in zip(one.new, one.old, strict=True)}
        for chain, old in zip(one.chains, one.old, strict=False):
            new |= {
                change.new.number: old
                for change in chain.changes
                if reading.step.start < change.new.number <= reading.step.end
            }
        readers = [
            node
            for node in trials.few.backward
            if node.number not in new
            and not (one.in_parts and node.function is write_through)
            and any(used.number in new for used in inputs(node))
        ]
        if not readers:
            continue
        outcome = trials.outcome(trials.with_others(readers, new))
        if outcome.repaired and not outcome.spoilt:
            line = reading.step.place(readers[0])
            repaired = tuple(sorted(outcome.repaired & blame.left))
            if repaired:
                result.append(
                    Cause("updated-too-early", line, repaired, readers[0], other=one.name)
                )
    return result
