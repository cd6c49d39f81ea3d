"""What each line of a backward pass computes: its role, its partial derivative, its factors."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .graph import Node
from .naming import Names
from .operations import operation
from .optimizer import of_parameters
from .reading import Label, Reading
from .record import Factor, Line, Role
from .roles import Labelled, inline_derivative, labelled


def lines(reading: Reading, names: Names) -> list[Line]:
    """Return the report's lines: one for each role and partial derivative of a line."""
    every: dict[Any, list[Line]] = defaultdict(list)
    found = labelled(reading)
    for one in found:
        line = _line(reading, names, one)
        every[_key(line)].append(line)
        inner = inline_derivative(reading, one)
        if inner is not None:
            local = replace(line, role="local_derivative", partial=names.label(inner), factors=())
            every[_key(local)].append(local)
    for line in _named_later(reading, names, found):
        every[_key(line)].append(line)
    for one_learned in reading.step.learned:
        parts = reading.step.parts.get(one_learned.old[0].number, ())
        updates = [change.new for change, _ in parts] or one_learned.new
        for node in updates if not one_learned.handed else ():
            line = _update(reading, node, one_learned.name)
            every[_key(line)].append(line)
    merged = [replace(group[0], times=len(group)) for group in every.values()]
    return sorted(_fewer(merged), key=lambda line: (line.file or "", line.line, line.end_line))


def _key(line: Line) -> tuple[Any, ...]:
    return (line.file, line.line, line.role, line.partial)


def _named_later(reading: Reading, names: Names, found: Sequence[Labelled]) -> list[Line]:
    """Return the lines that only give a value a name: db = delta, d = derivative(z).

    There a bias's gradient arises, its factor 1 is not written, or a function's result is kept.
    """
    graph = reading.step.graph
    known = {one.node.number: one for one in found}
    direct = of_parameters(reading)
    result = []
    for store in graph.stores:
        one = known.get(store.node)
        position = graph.positions[store.position]
        if one is None or not position.targets or position.targets[0] == "return":
            continue
        made = graph.positions[one.node.position]
        label = _named_as(reading, one, direct, made.function != position.function)
        place = graph.place(store.position)
        if label is not None and place != reading.step.place(one.node):
            role: Role = "local_derivative" if label is one.label else "parameter_gradient"
            result.append(
                replace(
                    _line(reading, names, one),
                    line=position.line,
                    end_line=position.end_line,
                    function=position.function or None,
                    role=role,
                    partial=names.label(label),
                    value=position.targets[min(store.target, len(position.targets) - 1)],
                    temporary=role != "parameter_gradient",
                    file=place.file or None,
                )
            )
    return result


def _named_as(reading: Reading, one: Labelled, direct: set[int], elsewhere: bool) -> Label | None:
    """Return what a value counts as where it is given a name, if not as what it was made."""
    if one.role == "local_derivative":
        return one.label if elsewhere else None
    if one.role == "chain_rule" and operation(one.node) not in ("sum", "add"):
        for label in reading.labels[one.node.number]:
            if label.target.kind in ("gradient", "part") and label.target.of in direct:
                return label
    return None


def _fewer(found: list[Line]) -> list[Line]:
    """Keep of each line and role the partial derivatives seen most: a loop's have many names."""
    kept = []
    groups: dict[Any, list[Line]] = defaultdict(list)
    for line in found:
        groups[(line.file, line.line, line.role)].append(line)
    for group in groups.values():
        kept += sorted(group, key=lambda line: -line.times)[:4]
    return kept


def _line(reading: Reading, names: Names, one: Labelled) -> Line:
    position = reading.step.graph.positions[one.node.position]
    factors = Counter(_factor(reading, number, names.label(label)) for number, label in one.sources)
    return Line(
        line=position.line,
        end_line=position.end_line,
        function=position.function or None,
        role=one.role,
        partial=names.label(one.label),
        value=names.of(one.node.number),
        factors=tuple(factors)[:4],
        sum_over=_sum_over(one),
        sign=-1 if one.label.scale < 0 else 1,
        scale=abs(one.label.scale),
        temporary=one.role != "parameter_gradient",
        file=reading.step.place(one.node).file or None,
    )


def _factor(reading: Reading, number: int, partial: str) -> Factor:
    """Return a factor with the line where it was computed, if that was in the step."""
    if number <= reading.step.start:
        return Factor(partial)
    file, line = reading.step.place(reading.step.graph.nodes[number])
    return Factor(partial, line, file or None)


def _sum_over(one: Labelled) -> str | None:
    """Return what a line's paths are added over."""
    name = operation(one.node)
    if name in ("sum", "mean"):
        return "rows"
    if name in ("matmul", "dot", "einsum", "inner", "tensordot"):
        return "rows" if one.role == "parameter_gradient" else "next-layer units"
    if name in ("add", "write_through") and one.role == "chain_rule":
        return "paths"
    return None


def _update(reading: Reading, node: Node, name: str) -> Line:
    position = reading.step.graph.positions[node.position]
    return Line(
        line=position.line,
        end_line=position.end_line,
        function=position.function or None,
        role="update",
        partial=f"{name} − step · ∂J/∂{name}",
        value=name,
        temporary=False,
        file=reading.step.place(node).file or None,
    )
