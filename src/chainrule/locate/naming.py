"""Names of values and of partial derivatives, in the program's own words."""

import re
from dataclasses import dataclass, field

from .graph import Graph
from .reading import Label, Target
from .source import expression
from .step import Step

_LONGEST = 40
_SIMPLE = re.compile(r"[\w.]+(\[[^\[\]]*\]|\.\w+)*")  # W, net.W, P[i, k], net[0]['W']


@dataclass(slots=True)
class Names:
    """What the values of a step are called."""

    graph: Graph
    own: dict[int, str] = field(default_factory=dict)

    def of(self, number: int) -> str:
        """Return the variable that a value was assigned to, else the expression that made it."""
        if number in self.own:
            return self.own[number]
        position = self.graph.positions[self.graph.nodes[number].position]
        if len(position.targets) == 1 and position.targets[0] != "return":
            return position.targets[0]
        text = expression(position) or f"value of line {position.line}"
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

    def partial(self, target: Target) -> str:
        """Return a target as a partial derivative, as "∂J/∂W1"; a value by its name."""
        if target.kind == "value":
            return self.of(target.of)
        if target.kind == "local":
            return f"∂{_closed(self.of(target.of))}/∂{_closed(self.of(target.by))}"
        return f"∂J/∂{_closed(self.of(target.of))}"

    def label(self, label: Label) -> str:
        """Return what a labelled value is, its summands said."""
        part = "part of " if label.target.kind == "part" else ""
        return part + self.partial(label.target)


def _closed(name: str) -> str:
    """Put an expression in parentheses where its end would not be seen."""
    return name if _SIMPLE.fullmatch(name) else f"({name})"


def names_of(step: Step) -> Names:
    """Return the names of a step's values: parameters by where they are kept."""
    graph = step.graph
    names = Names(graph)
    for store in graph.stores:
        position = graph.positions[store.position]
        if not position.targets or position.targets[0] == "return":
            continue
        target = position.targets[min(store.target, len(position.targets) - 1)]
        if store.node > step.start:
            names.own.setdefault(store.node, target)
    for node in step.reach:  # a += b on a plain name passes no assignment
        targets = graph.positions[node.position].targets
        if len(targets) == 1 and targets[0] != "return":
            names.own.setdefault(node.number, targets[0])
    for one in step.learned:
        for node in one.old:
            names.own[node.number] = one.name
    return names
