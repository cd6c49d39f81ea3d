"""Gradients that a program hands over and takes no step with: those it tells a minimiser of SciPy.

They are judged by the step that whoever gets them may take, W − dW: a node that the program did not
compute, at no line.
"""

import operator

import numpy as np

from .graph import Evaluation, Graph, Node
from .step import Learned, Step
from .unrolled import Part, appended, gradient_of, parts, with_leaves
from .updates import Chain, Change

_ENOUGH = 3


def told_enough(graph: Graph) -> bool:
    """Whether a minimiser was told of three gradients."""
    return sum(one.gradient is not None for one in graph.evaluations) >= _ENOUGH


def find_evaluation(graph: Graph) -> Step | None:
    """Return what a minimiser was told of one point, as a step; None if it was told no gradient."""
    told = _complete(graph)
    if told is None or told.gradient is None:
        return None
    end = max(one.number for one in (told.gradient, told.value) if one is not None)
    found = parts(graph, told.point, end)
    cut = with_leaves(graph, told.point, found, end)
    gradient = cut.nodes[told.gradient.number]
    learned = []
    for part in found:
        name = part.name or _name(told, part)
        learned.append(descended(cut, name, part.node.number, gradient_of(cut, part, gradient)))
    loss = None if told.value is None else cut.nodes[told.value.number]
    return Step(cut, told.point.number - 1, len(cut.nodes) - 1, learned, loss=loss)


def _complete(graph: Graph) -> Evaluation | None:
    """Return the first point at which a gradient was told, with the value told of it."""
    gradient = next((one for one in graph.evaluations if one.gradient is not None), None)
    if gradient is None:
        return None
    values = [
        one.value
        for one in graph.evaluations
        if one.point is gradient.point and one.value is not None
    ]
    return gradient._replace(value=values[0] if values else None)


def _name(told: Evaluation, part: Part) -> str:
    """Return what a part without a name of its own is called: theta, or theta[3:5] of it."""
    first, last = int(np.min(part.elements)), int(np.max(part.elements))
    is_whole = part.node is told.point
    return told.name if is_whole else f"{told.name}[{first}:{last + 1}]"


def descended(graph: Graph, name: str, number: int, gradient: Node, sign: int = 1) -> Learned:
    """Return a parameter moved against its gradient by a step that the program does not take.

    What is handed over is the gradient times `sign`.
    """
    old = graph.nodes[number]
    told = graph.digests[number]
    new = appended(graph, operator.sub if sign > 0 else operator.add, (old, gradient))
    chain = Chain([Change(new, old, gradient, -sign)])
    return Learned(name, told[0] if isinstance(told, tuple) else (), (old,), (new,), (chain,), True)
