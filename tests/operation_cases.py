"""Calls of every operation whose derivative is known, as the tests of pullbacks try them."""

import math
import operator
from typing import Any

import numpy as np
import pytest

from chainrule.locate.graph import Attribute, Method, Step, follow, read_through

RNG = np.random.default_rng(7)


def r(*shape: int) -> Any:
    """Random numbers between 0.3 and 1.7, away from kinks and poles."""
    return RNG.uniform(0.3, 1.7, size=shape)


def matrix(values: Any) -> Any:
    """The same as np.matrix, without its warning."""
    return np.array(values).view(np.matrix)


A, B, V, W = r(3, 4) + 0.02, r(3, 4), r(4), r(3)
MATRIX = matrix(B)
ODD = np.array([1.3, -0.6, 0.4, -1.2])
STRIDED = np.lib.stride_tricks.as_strided
WINDOWS = np.lib.stride_tricks.sliding_window_view
BINARY: Any = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]
PAIRS: list[tuple[Any, Any]] = [(A, B), (A, V), (W[:, None], V), (0.7, A), (A, 2), (0.7, 1.3)]
PAIRS += [(np.float64(0.7), 3), (np.float32(0.5), V), ([0.5, 1.5, 0.25, 1.25], V), (A, r(3, 1))]
UFUNCS = [np.exp, np.exp2, np.expm1, np.log, np.log2, np.log10, np.log1p, np.sqrt, np.square]
UFUNCS += [np.reciprocal, np.sin, np.cos, np.sinh, np.cosh, np.tanh, np.negative, np.absolute]
UFUNCS += [np.arctan, np.arcsinh]
OF_MATH = [math.exp, math.expm1, math.log, math.log2, math.log10, math.log1p, math.sqrt, math.tanh]
OF_MATH += [math.sin, math.cos, math.sinh, math.cosh, math.fabs, math.atan, math.asinh, math.erf]


def case(function: Any, *arguments: Any, **keywords: Any) -> Any:
    return pytest.param(function, arguments, keywords, id=function.__name__)


OPERATORS = [case(f, *pair) for f in BINARY for pair in PAIRS]
ELEMENTWISE = [
    *(case(f, x) for f in UFUNCS for x in (A, 0.6, [0.5, 0.7])),
    *(case(f, 0.6) for f in OF_MATH),
    *(case(f, A, V) for f in (np.maximum, np.minimum)),
    *(case(f, A, V) for f in (np.logaddexp, np.arctan2, np.float_power, np.remainder)),
    *(case(f, 0.5, 0.8) for f in (np.maximum, np.minimum, math.pow, math.atan2, operator.mod)),
    case(np.power, ODD, 3),
    case(np.power, ODD, np.array([2, 1, 0, -2])),
    case(operator.pow, -1.5, 3),
    case(operator.pow, 1.5, 0),
    case(operator.pow, 0.7, A),
    case(math.log, 0.7, 3.0),
    case(np.absolute, ODD),
    case(np.clip, ODD, -0.9, 0.9),
    case(np.clip, A, W[:, None] - 0.2, 1.5),
    case(np.clip, ODD, None, 0.9),
    case(np.clip, ODD, a_min=-0.9, a_max=None),
    case(Method("clip"), ODD, max=0.9, min=-0.9),
    case(Method("clip"), ODD, -0.9),
    case(np.where, A > 1, A, V),
    case(np.where, A > 1, 0.5, V),
    case(np.where, True, 0.5, 0.25),
    case(np.linspace, 0.5, 2.0, 4),
    case(np.linspace, 0.5, 2.0, num=4, endpoint=False),
    case(np.arange, 0.05, 1.0, 0.3),
    case(np.multiply, A, B, dtype=np.float64),
    case(np.subtract.outer, V, A),
    case(np.multiply.outer, A, 0.5),
    case(np.nan_to_num, A, nan=0.5),
    case(np.tan, 0.6),
]
FACTORS: list[Any] = [(V, V), (V, A.T), (A, V), (A, A.T), (A, MATRIX.T)]
PRODUCTS = [
    *(case(f, *pair) for f in (np.matmul, np.dot, Method("dot")) for pair in FACTORS),
    case(np.matmul, r(2, 3, 4), r(2, 4, 2)),
    case(np.matmul, r(2, 3, 4), r(4, 2)),
    case(np.matmul, r(3, 4), r(2, 4, 2)),
    case(np.matmul, r(2, 3, 4), V),
    case(np.matmul, W, r(2, 3, 2)),
    case(np.matmul, r(2, 1, 3, 4), r(5, 4, 2)),
    case(np.dot, 0.5, A),
    case(np.dot, A, 0.5),
    case(np.dot, r(2, 3, 4), r(4, 2)),
    case(np.dot, [[0.5, 0.25], [1.0, 2.0]], [1.5, 0.5]),
    case(np.outer, V, W),
    case(np.outer, A, W),
    case(np.inner, A, V),
    case(np.tensordot, A, B, axes=([0, 1], [0, 1])),
    case(np.einsum, "ij,kj->ik", A, B),
    case(np.einsum, "ij,j", A, V),
    case(np.kron, V, W),
    case(np.dot, V, ODD),
]
REDUCING: list[Any] = [np.sum, np.mean, np.max, np.min, np.std, np.var]
REDUCED = [
    *(case(f, A, **k) for f in (*REDUCING, np.prod) for k in ({}, {"axis": 0})),
    *(case(f, A, axis=-1, keepdims=True) for f in (*REDUCING, np.prod)),
    *(case(f, A, axis=(0, 1)) for f in REDUCING),
    *(case(Method(f), A, 1) for f in ("sum", "mean", "max", "min", "std", "prod", "cumsum")),
    *(case(f, A) for f in (np.add.reduce, np.multiply.reduce, np.maximum.reduce)),
    case(np.add.reduce, A, 1),
    case(np.add.reduce, A, axis=None),
    case(np.add.accumulate, A),
    case(np.sum, 0.5),
    case(np.sum, [0.5, 0.25, [1.0, 2.0]][:2]),
    case(np.mean, [[0.5, 0.25], [1.0, 2.0]], axis=0),
    case(np.sum, A, where=A > 1),
    case(np.sum, r(2, 3, 4), (0, 2)),
    case(np.tanh, [[0.5, 0.25]]),
    case(sum, [0.5, 0.25, 1.0]),
    case(sum, [0.5, np.float64(0.25), 3], 0.75),
    case(math.fsum, [0.5, 0.25]),
    case(math.prod, [0.5, 0.25]),
    case(np.linalg.norm, A),
    case(np.linalg.norm, A, axis=1, keepdims=True),
    case(np.linalg.norm, V, 2),
    case(np.linalg.norm, A, "fro", (0, 1), True),
    case(np.linalg.inv, A[:, :3] + 2 * np.eye(3)),
    case(np.linalg.det, A[:, :3]),
    case(np.linalg.solve, A[:, :3] + 2 * np.eye(3), W),
    case(np.trace, A),
]
OF_ARRAYS: list[tuple[Any, dict[str, Any]]] = [
    (np.reshape, {"shape": (2, 6)}),
    (np.ravel, {"order": "F"}),
    (np.transpose, {}),
    (np.expand_dims, {"axis": 1}),
    (np.moveaxis, {"source": 0, "destination": 1}),
    (np.atleast_3d, {}),
    (np.roll, {"shift": 2}),
    (np.flip, {"axis": 1}),
    (np.rot90, {}),
    (np.repeat, {"repeats": 2, "axis": 0}),
    (np.tile, {"reps": (2, 1)}),
    (np.tril, {}),
    (np.diag, {}),
    (np.diagonal, {"offset": 1}),
    (np.broadcast_to, {"shape": (2, 3, 4)}),
    (np.take, {"indices": [1, 1, 0], "axis": 1}),
    (np.delete, {"obj": 1, "axis": 1}),
    (np.pad, {"pad_width": 1}),
    (np.pad, {"pad_width": [(0, 1), (1, 2)], "mode": "edge"}),
    (np.pad, {"pad_width": 1, "constant_values": 3}),
    (np.sort, {}),
    (np.sort, {"axis": 0}),
    (np.copy, {}),
    (np.array, {"ndmin": 3}),
    (WINDOWS, {"window_shape": (2, 2)}),
]
METHODS: list[tuple[Any, ...]] = [
    *(("reshape", -1), ("reshape", 4, 3), ("ravel",), ("flatten", "F"), ("transpose",), ("copy",)),
    *(("astype", np.float64), ("swapaxes", 0, 1), ("repeat", 3), ("item", 5), ("item", (1, 2))),
    *(("take", [0, 0, 5]), ("diagonal",), ("squeeze",), ("view",)),
]
INDICES: list[Any] = [
    *(1, (1, 2), (slice(None), 1), slice(None, None, -2), (Ellipsis, None, 2), ()),
    *([0, 0, 2], ([0, 1, 0], [2, 3, 2]), (slice(None), [1, 1]), A > 1),
    (range(3), np.array([0, 3, 0])),
]
TRANSPOSE, ROW = Step(Attribute("T"), (None,), {}, 0), Step(operator.getitem, (None, 1), {}, 0)
OVERLAPPING = Step(STRIDED, (None, (4, 3), (8, 8)), {}, 0)
JOINS: list[Any] = [np.concatenate, np.vstack, np.hstack, np.stack, np.column_stack, np.array]
MOVED = [
    *(case(f, A, **keywords) for f, keywords in OF_ARRAYS),
    *(case(Method(f), A, *rest) for f, *rest in METHODS),
    *(case(operator.getitem, A, index) for index in INDICES),
    *(case(f, [A, B]) for f in JOINS),
    case(Attribute("T"), A),
    case(Attribute("T"), A.T[1:]),
    case(Attribute("real"), A),
    case(operator.getitem, np.float64(0.5), ()),
    case(Method("item"), r(1, 1)),
    case(float, r(1)[:1].reshape(())),
    case(float, np.float64(0.5)),
    case(np.float64, 0.5),
    case(STRIDED, r(6), (4, 3), (8, 8)),
    case(read_through, A, (ROW,), 2),
    case(read_through, A, (TRANSPOSE, ROW), 2),
    case(follow, A, (TRANSPOSE, ROW)),
    case(follow, r(6), (OVERLAPPING,)),
    case(np.concatenate, (A, B, A), axis=1),
    case(np.stack, [V, V], axis=1),
    case(np.column_stack, (W, A)),
    case(np.array, [[0.5, 1], [np.float64(2.0), 0.25]]),
    case(np.array, [W, [1, 2.0, 3]]),
    case(np.append, A, B),
    case(np.append, V, 0.5),
    case(np.insert, A, 1, W, axis=1),
    case(np.full, (2, 3), 0.5),
    case(np.full, (2,), fill_value=0.5),
    case(np.full_like, A, 0.5),
]
MATRICES = [
    case(operator.mul, MATRIX, matrix(A.T)),
    case(operator.mul, MATRIX, A.T),
    case(operator.mul, A, MATRIX.T),
    case(operator.mul, MATRIX, 0.5),
    case(operator.mul, MATRIX.T, W[:, None]),
    case(operator.mul, matrix(W).T, V),
    case(np.multiply, MATRIX, A),
    case(operator.truediv, MATRIX, A),
    case(Method("sum"), MATRIX, 0),
    case(np.mean, MATRIX, axis=1),
    case(operator.getitem, MATRIX, 1),
    case(operator.getitem, MATRIX, (1, 2)),
    case(operator.getitem, MATRIX, [0, 0]),
    case(Attribute("A1"), MATRIX),
    case(Attribute("A"), MATRIX),
    case(Attribute("T"), MATRIX),
    case(Attribute("I"), matrix(A[:, :3] + 2 * np.eye(3))),
]
CASES = OPERATORS + ELEMENTWISE + PRODUCTS + REDUCED + MOVED + MATRICES
