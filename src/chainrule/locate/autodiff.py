"""Pullbacks of the rarer NumPy functions, by the package autograd."""

import functools
import importlib
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from .cotangents import Contribution, NotDifferentiable, Overlay, distribute, is_float
from .graph import Node, fill, references
from .operations import operation

_MODULES = (
    *("autograd.numpy", "autograd.numpy.linalg", "autograd.numpy.fft"),
    "autograd.scipy.special",
)
_IGNORED = {"dtype", "out", "order", "casting", "subok", "copy"}  # they change no derivative


@functools.cache
def _counterpart(name: str) -> Callable[..., Any]:
    """Return autograd's function of this name; it is imported here, as that takes long."""
    for module in _MODULES:
        function: Any = getattr(importlib.import_module(module), name, None)
        if function is not None:
            return function
    raise NotDifferentiable(name)


def _argument(template: Any, values: Any) -> Any:
    """Return a template's value as autograd takes it: arrays, not lists of nodes."""
    if type(template) in (list, tuple) and references(template):
        stacked: Callable[..., Any] = _counterpart("array")
        return stacked([_argument(item, values) for item in template])
    value = fill(template, values)
    return np.asarray(value) if isinstance(value, np.matrix) else value


def _keywords(node: Node, values: Any) -> dict[str, Any]:
    keywords = {key: x for key, x in node.keywords.items() if key not in _IGNORED}
    is_method = isinstance(getattr(node.function, "__self__", None), np.ufunc)
    if is_method and len(node.arguments) == 1:
        keywords.setdefault("axis", 0)  # np.multiply.reduce reduces one axis, np.prod all
    return {key: fill(x, values) for key, x in keywords.items()}


def by_autograd(node: Node, values: Any, dy: Any) -> list[Contribution]:
    """Return the cotangents of a node's inputs, each node once with the sum over its uses."""
    function = _counterpart(operation(node))
    found = []
    for source in dict.fromkeys(references(node.arguments)):
        value = values[source.number]
        if is_float(value):
            try:
                cotangent = _vjp(function, node, values, source, dy)
                cotangent = np.reshape(cotangent, np.shape(value))
            except Exception as error:  # of many kinds: autograd's, NumPy's, Python's
                raise NotDifferentiable(operation(node)) from error
            found += distribute(source, cotangent, values)
    return found


def _vjp(function: Callable[..., Any], node: Node, values: Any, source: Node, dy: Any) -> Any:
    """Return the cotangent of one input."""
    from autograd import make_vjp

    def of_source(x: Any) -> Any:
        others = Overlay(values, {source.number: x})
        arguments = [_argument(template, others) for template in node.arguments]
        return function(*arguments, **_keywords(node, others))

    value = np.asarray(values[source.number], dtype=np.float64)
    with warnings.catch_warnings():
        # autograd says so where it cannot follow a value, and goes on with zeros
        warnings.filterwarnings("error", "Output seems independent of input")
        vjp, y = make_vjp(of_source)(value if value.ndim else float(value))
    shape = np.shape(y)
    return vjp(np.reshape(dy, shape) if shape else float(np.reshape(dy, ())))
