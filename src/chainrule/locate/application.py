"""Formulas applied to recorded calls: which row a call has, which arguments, which shapes."""

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from .cotangents import Contribution, NotDifferentiable, distribute, is_float, unbroadcast
from .formulas import FORMULAS, REDUCTIONS, Formula
from .graph import Node, fill, references
from .operations import operation

# keywords that change no derivative; shapes tell what keepdims did
_IGNORED = {"axis", "keepdims", "dtype", "casting", "order", "subok", "copy", "out", "where", "ord"}
_IGNORED |= {"num", "endpoint", "nan", "posinf", "neginf"}  # of linspace, nan_to_num
_BOUNDS = ({"a_min", "min"}, {"a_max", "max"})  # of clip


def by_formula(node: Node, values: Any, y: Any, dy: Any) -> list[Contribution] | None:
    """Return the cotangents of a node's inputs by its row in a table; None if it has none."""
    name = operation(node)
    y, dy = np.asarray(y), np.asarray(dy)
    if name in REDUCTIONS and node.keywords.keys() <= _IGNORED and _order(node, name) is None:
        return _reduced(node, values, y, dy, REDUCTIONS[name])
    name, given = _resolved(node, name, values)
    formulas = FORMULAS.get(name.removesuffix(".outer"))
    return None if formulas is None else _by_row(node, values, y, dy, given, formulas)


def _plain(value: Any) -> Any:
    """Return a value whose operators work elementwise, and divide by zero."""
    if type(value) is float:
        return np.float64(value)
    return np.asarray(value) if isinstance(value, list | tuple | np.ndarray) else value


def _resolved(node: Node, name: str, values: Any) -> tuple[str, list[Any]]:
    """Return what an operation is for the values that it gets, and these as plain arrays."""
    templates = _templates(node, name)
    raw = [fill(template, values) for template in templates]
    given = [_plain(value) for value in raw]
    if any(isinstance(value, np.matrix) for value in raw):
        if node.function is operator.mul and all(map(np.ndim, raw)):
            return "matmul", [np.atleast_2d(value) for value in given]
        if node.function is operator.pow:
            raise NotDifferentiable("power of an np.matrix")
    if name == "dot" and max(map(np.ndim, given)) <= 2:
        return "matmul" if all(map(np.ndim, given)) else "multiply", given
    if name.endswith(".outer"):
        given[0] = np.reshape(given[0], np.shape(given[0]) + (1,) * np.ndim(given[1]))
    return name, given


def _templates(node: Node, name: str) -> tuple[Any, ...]:
    """Return the arguments that a formula has in its row, also those given by keyword."""
    templates = node.arguments
    if name == "clip":
        bounds = [[node.keywords[k] for k in names if k in node.keywords] for names in _BOUNDS]
        missing = [bound[0] if bound else None for bound in bounds]
        templates = (*templates, *missing[len(templates) - 1 :])
    elif name == "arange" and len(templates) == 1:
        templates = (0, *templates)
    return templates[: len(FORMULAS.get(name, templates))]


def _by_row(
    node: Node, values: Any, y: Any, dy: Any, given: list[Any], formulas: Sequence[Formula | None]
) -> list[Contribution]:
    """Apply the formula of each argument that holds floating-point nodes."""
    name = operation(node)
    if not node.keywords.keys() <= _IGNORED.union(*_BOUNDS):
        raise NotDifferentiable(name)
    if "where" in node.keywords:  # elsewhere a ufunc computes nothing
        dy = np.where(fill(node.keywords["where"], values), dy, 0.0)
    found = []
    for k, (template, formula) in enumerate(zip(_templates(node, name), formulas, strict=False)):
        if formula is None or not any(is_float(values[n.number]) for n in references(template)):
            continue
        part = unbroadcast(formula(dy, y, *given), np.shape(given[k]))
        shape = np.shape(fill(template, values))
        found += distribute(template, np.reshape(part, shape), values)
    return found


def _order(node: Node, name: str) -> Any:
    """Return which norm a node computes; None: the root of the sum of squares."""
    if name != "norm":
        return None
    order = node.arguments[1] if len(node.arguments) > 1 else node.keywords.get("ord")
    return None if order == "fro" else order


def _reduced(node: Node, values: Any, y: Any, dy: Any, formula: Formula) -> list[Contribution]:
    """Apply the formula of a reduction: along its axis, of a ufunc's method the first."""
    source, *rest = node.arguments
    if node.function is sum:  # the built-in, whose second argument is where it starts
        return [part for term in (*source, *rest) for part in distribute(term, dy, values)]
    if operation(node) == "norm":
        rest = rest[1:]  # without the order
    if references(rest):
        raise NotDifferentiable(f"{operation(node)} from an initial value")
    is_method = isinstance(getattr(node.function, "__self__", None), np.ufunc)
    axis = rest[0] if rest else node.keywords.get("axis", 0 if is_method else None)
    a = np.asarray(fill(source, values))
    da = formula(dy, y, a, axis)
    if "where" in node.keywords:
        if operation(node) != "sum":
            raise NotDifferentiable(f"{operation(node)} with where")
        da = np.where(fill(node.keywords["where"], values), da, 0.0)
    return distribute(source, da, values)
