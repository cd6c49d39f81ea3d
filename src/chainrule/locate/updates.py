"""Placeholder: when has enough of a program been seen?"""

from .graph import Graph


def enough(graph: Graph) -> bool:
    """Return whether the program need not run on."""
    del graph
    return False
