"""The one recorder: where tracked values note what happens to them, and when to stop."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .graph import Graph, Leaf, Node, digest

_new_node: Callable[..., Node] = tuple.__new__  # half of Node()'s time
_LOOK_EVERY = 256  # nodes or loop turns between two looks at the clock


class StopTrace(BaseException):
    """Ends the program early; no `except Exception` of its own catches it."""


class Recorder:
    """Notes nodes in a graph, at the position that the rewritten program announces.

    One exists, `recorder`: a run changes the process (its folder, its `__main__`) anyway.  Between
    runs it notes into a graph that nobody reads, for tracked values that outlive their run.

    Attributes:
        position: index into the graph's positions of what is computed now.
    """

    def __init__(self) -> None:
        self.position = 0
        self.start(Graph(), most_nodes=None, seconds=None, watch=None)

    def start(
        self,
        graph: Graph,
        most_nodes: int | None,
        seconds: float | None,
        watch: Callable[[Graph], bool] | None,
    ) -> None:
        """Note into this graph; stop the program at a limit, or when `watch(graph)` says so."""
        self.graph = graph
        self.position = 0
        self.reason: str | None = None
        self._most_nodes = most_nodes
        self._deadline = None if seconds is None else time.monotonic() + seconds
        self._watch = watch
        self._watch_at = _LOOK_EVERY
        self._look_at = _LOOK_EVERY
        self._turns = 0

    def keep_on(self) -> None:
        """Stop at no limit any more: the program has ended, and its values are looked at."""
        self._most_nodes = self._deadline = self._watch = self.reason = None
        self._look_at = len(self.graph.nodes) + _LOOK_EVERY

    def finish(self) -> None:
        """Let go of the graph."""
        self.start(Graph(), most_nodes=None, seconds=None, watch=None)

    def add(
        self,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        keywords: Mapping[str, Any],
        value: Any,
    ) -> Node:
        """Note that a function, called with these templates, gave this value."""
        graph = self.graph
        index = len(graph.nodes)
        node = _new_node(Node, (index, function, arguments, keywords, self.position))
        graph.nodes.append(node)
        graph.digests.append(value if type(value) is float else digest(value))
        if index >= self._look_at:
            self._look()
        return node

    def add_unchecked(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Node:
        """Note a value too costly to digest; it is checked through the nodes that read it."""
        return self.add(function, arguments, {}, None)

    def leaf(self, value: Any, origin: str) -> Node:
        """Note a value that comes from outside; `origin` says from where."""
        graph = self.graph
        node = _new_node(Node, (len(graph.nodes), None, (), {}, self.position))
        graph.nodes.append(node)
        graph.digests.append(digest(value))
        graph.leaves[node.number] = Leaf(value, origin)
        return node

    def unshare(self, node: Node) -> None:
        """Copy a leaf's array before the program changes it."""
        leaf = self.graph.leaves.get(node.number)
        if leaf is not None and isinstance(leaf.value, np.ndarray):
            leaf.value = np.array(leaf.value, copy=True, order="K", subok=True)

    def turn(self) -> None:
        """Note that a loop of the program takes another turn."""
        self._turns += 1
        if self._turns % _LOOK_EVERY == 0 or self.reason:
            self._look()

    def _look(self) -> None:
        """Stop the program if it is time to; once stopped, again at each look."""
        count = len(self.graph.nodes)
        self._look_at = count + _LOOK_EVERY
        if self._most_nodes is not None and count >= self._most_nodes:
            self.reason = self.reason or "steps"
        if self._deadline is not None and time.monotonic() >= self._deadline:
            self.reason = self.reason or "seconds"
        if self._watch is not None and count >= self._watch_at and not self.reason:
            self._watch_at = count + count // 2  # so that all looks together cost a few times one
            if self._watch(self.graph):
                self.reason = "watch"
        if self.reason:
            self._look_at = 0
            raise StopTrace(self.reason)


recorder = Recorder()
