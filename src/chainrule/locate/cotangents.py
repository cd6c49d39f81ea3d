"""Cotangents of values in a graph: their shapes, their sums, and how lists hand them out."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .graph import Node

Contribution = tuple[Node, Any]  # an input, and the cotangent that one use of it contributes


class NotDifferentiable(Exception):  # noqa: N818  it is a finding about a program, not an error
    """No derivative is known of an operation; the message names it, `node` is its node."""

    def __init__(self, operation: str, node: Node | None = None) -> None:
        super().__init__(operation)
        self.node = node


class Overlay:
    """The values of a graph's nodes, some of them others."""

    def __init__(self, values: Any, others: Mapping[int, Any]) -> None:
        self.values, self.others = values, others

    def __getitem__(self, number: int) -> Any:
        return self.others[number] if number in self.others else self.values[number]


def is_float(value: Any) -> bool:
    """Whether a value is a real floating-point number or array; integers and masks are not."""
    if isinstance(value, float):
        return True
    kind = getattr(getattr(value, "dtype", None), "kind", None)
    if kind == "c":
        raise NotDifferentiable("complex numbers")
    return kind == "f"


def unbroadcast(cotangent: Any, shape: tuple[int, ...]) -> Any:
    """Return the cotangent of an array of this shape, given that of the array broadcast.

    da = Σ dy over the axes along which a was repeated.
    """
    dy = np.asarray(cotangent)
    if dy.shape == shape:
        return dy
    dy = dy.reshape((1,) * (len(shape) - dy.ndim) + dy.shape)
    n_new = dy.ndim - len(shape)
    stretched = [n_new + k for k, n in enumerate(shape) if n == 1 and dy.shape[n_new + k] != 1]
    dy = dy.sum(axis=(*range(n_new), *stretched), keepdims=True)
    return np.broadcast_to(dy.reshape(dy.shape[n_new:]), shape)


def added(one: Any, other: Any) -> Any:
    """Return the sum of two cotangents; those of several values at once are lists."""
    if isinstance(one, list):
        return [a + b for a, b in zip(one, other, strict=True)]
    return one + other


def distribute(template: Any, cotangent: Any, values: Any) -> list[Contribution]:
    """Return the cotangents of the floating-point nodes in a template, given the template's.

    A list's items get the items of its cotangent; a node gets it in its own shape, in float64.
    """
    if type(template) is Node:
        value = values[template.number]
        if not is_float(value):
            return []
        if isinstance(value, float | np.floating):
            return [(template, float(np.reshape(cotangent, ())))]
        return [(template, np.asarray(cotangent, dtype=np.float64).reshape(value.shape))]
    if type(template) in (list, tuple):
        parts = zip(template, cotangent, strict=True)
        return [found for item, part in parts for found in distribute(item, part, values)]
    return []
