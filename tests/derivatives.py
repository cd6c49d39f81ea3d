"""What the tests of derivatives share: recorded operations, programs, central differences."""

from collections.abc import Callable
from typing import Any

import numpy as np

from chainrule.locate.graph import Graph, Node, fill
from chainrule.locate.pullbacks import gradients, pullback
from chainrule.locate.replay import replay


class Case:
    """function(*arguments, **keywords), the floating-point values in it as leaves."""

    def __init__(self, function: Callable[..., Any], *arguments: Any, **keywords: Any) -> None:
        self.values: dict[int, Any] = {}
        templates, named = self._leaves(arguments), self._leaves(keywords)
        self.node = Node(len(self.values), function, templates, named, 0)
        self.values[self.node.number] = self.value(self.values)

    def _leaves(self, value: Any) -> Any:
        if type(value) in (list, tuple):
            return type(value)(self._leaves(item) for item in value)
        if type(value) is dict:
            return {key: self._leaves(item) for key, item in value.items()}
        if isinstance(value, float | np.ndarray | np.generic):
            number = len(self.values)
            self.values[number] = value
            return Node(number, None, (), {}, 0)
        return value

    def value(self, values: Any) -> Any:
        function: Any = self.node.function
        named = fill(dict(self.node.keywords), values)
        return function(*fill(self.node.arguments, values), **named)

    def check(self, tolerance: float = 1e-8) -> None:
        """Compare the pullback of a random cotangent with central differences."""
        y = self.values[self.node.number]
        dy = np.random.default_rng(1).normal(size=np.shape(y))
        found: dict[int, Any] = {}
        for source, part in pullback(self.node, self.values, dy if dy.ndim else float(dy)):
            value = self.values[source.number]
            assert np.shape(part) == np.shape(value)
            assert isinstance(part, float) or part.dtype == np.float64
            found[source.number] = found.get(source.number, 0.0) + part
        for number, value in self.values.items():
            if number != self.node.number and np.asarray(value).dtype.kind == "f":
                expected = self._difference(number, dy)
                got = found.get(number, np.zeros_like(expected))
                np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance)

    def _difference(self, number: int, dy: Any) -> Any:
        """∂(Σ dy · y)/∂x by central differences of the fourth order, element by element."""
        x = np.array(self.values[number], dtype=float)
        result = np.zeros_like(x)
        for k in np.ndindex(x.shape):
            for factor, weight in ((1, 8), (-1, -8), (2, -1), (-2, 1)):
                moved = np.array(self.values[number], dtype=float, order="K", subok=True)
                h = 1e-3
                moved[k] += factor * h
                scalar: Any = float if type(self.values[number]) is float else np.float64
                value: Any = moved if isinstance(self.values[number], np.ndarray) else scalar(moved)
                y = self.value({**self.values, number: value})
                result[k] += weight * float(np.sum(dy * np.asarray(y))) / (12 * h)
        return result


def check_gradient(graph: Graph, node: Node, tolerance: float = 1e-7) -> None:
    """Compare the gradient of a random sum of a node's value, by all leaves, with differences."""
    rng, values = np.random.default_rng(2), replay(graph)
    weights: Any = rng.normal(size=np.shape(values[node.number]))
    order = graph.nodes[: node.number + 1]
    found = gradients({node.number: weights if weights.ndim else float(weights)}, order, values)
    leaves = {n: leaf.value for n, leaf in graph.leaves.items() if n in found}
    assert leaves
    for _ in range(3):
        directions = {n: rng.normal(size=np.shape(value)) for n, value in leaves.items()}
        expected, h = 0.0, 1e-4
        for factor, weight in ((1, 8), (-1, -8), (2, -1), (-2, 1)):
            moved = {n: _moved(x, factor * h * directions[n]) for n, x in leaves.items()}
            y = np.asarray(replay(graph, moved)[node.number])
            expected += weight * float(np.sum(weights * y)) / (12 * h)
        got = sum(float(np.sum(found[n] * directions[n])) for n in leaves)
        assert abs(got - expected) <= tolerance * max(1.0, abs(expected)), (got, expected)


def _moved(value: Any, change: Any) -> Any:
    result = np.array(value, copy=True, order="K", subok=True)
    result += change
    return result if isinstance(value, np.ndarray) else type(value)(result)
