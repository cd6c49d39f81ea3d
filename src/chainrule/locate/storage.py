"""The memory of an array and its views: which version of it wrote each of its parts last.

What is read from a part depends on what was last written there, not on what was written elsewhere
since.  Without this, a row of W that a step changes would depend on every other row changed before.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .graph import Node, Step, follow, references


class Storage:
    """A buffer in memory, shared by an array and its views, and the node of what it holds now.

    Attributes:
        version: how often it was changed.
        makers: the node of the last change of the whole buffer, then those of parts of it.
        made: for each element, which of the makers wrote it; None while only the whole was.
        cells: address of each single element written since, the node of its value, its maker.
    """

    __slots__ = ("cells", "leaf", "made", "makers", "node", "root", "version")

    def __init__(self, root: Any, node: Node, leaf: bool = False) -> None:
        self.root = root
        self.node = node
        self.leaf = leaf
        self.version = 0
        self.makers = [node]
        self.made: Any = None
        self.cells: dict[int, tuple[Node, Node]] = {}

    def changed(self, node: Node) -> None:
        """Note that the buffer holds the value of another node now."""
        self.node = node
        self.version += 1
        self.makers, self.made = [node], None
        self.cells.clear()

    def changed_part(self, node: Node, steps: Sequence[Step], index: Any = ...) -> None:
        """Note that a node changed what the steps and an index show of the buffer.

        What a mask shows counts as the whole: masked arrays are read as a whole.
        """
        if references(tuple(steps)) or getattr(index, "dtype", None) == np.bool_:
            self.changed(node)
            return
        if self.made is None:
            self.made = np.zeros(self.root.shape, np.int32)
        follow(self.made, steps)[index] = len(self.makers)
        self.makers.append(node)
        self.node = node
        self.version += 1
        self.cells.clear()

    def changed_cell(
        self, node: Node, address: int, written: Node, steps: Sequence[Step], index: Any
    ) -> None:
        """Note that a node wrote the value of another into one element."""
        others = self.cells
        self.cells = {}
        self.changed_part(node, steps, index)
        self.cells = others
        self.cells[address] = (written, node)

    def maker(self, steps: Sequence[Step] = (), index: Any = ...) -> Node:
        """Return the last version that changed what the steps and an index show of the buffer."""
        if self.made is None or references(tuple(steps)):
            return self.node
        part = follow(self.made, steps)[index]
        return self.makers[int(np.max(part))] if np.size(part) else self.node
