"""The derivatives of NumPy's functions, one row each: forward in the comment, pullbacks beside it.

For y = f(a, b, …) and the cotangent dy of y, a row holds for each argument the formula of its
cotangent: formula(dy, y, a, b, …).  None: y does not depend on it, or in jumps only.  Where a was
broadcast, its formula may give an array of y's shape, to be summed by `unbroadcast`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .cotangents import unbroadcast

Formula = Callable[..., Any]
LN2, LN10 = float(np.log(2)), float(np.log(10))


def _y_log_a(y: Any, a: Any) -> Any:
    """y ln a; 0 where y is, as 0⁰ is no reason for a nan."""
    return np.where(y == 0, 0.0, y * np.log(np.where(y == 0, 1.0, a)))


def _power_base(dy: Any, y: Any, a: Any, b: Any) -> Any:
    """da = dy · b aᵇ⁻¹, zero where b is."""
    del y
    if type(b) is float:
        return dy * b * a ** (b - 1) if b else 0.0
    return dy * b * a ** np.where(b, np.subtract(b, 1.0), 1.0)


def _log_base(dy: Any, y: Any, a: Any, base: Any) -> Any:
    """dbase = −dy · y / (base log base), of math.log(a, base)."""
    del a
    return -dy * y / (base * np.log(base))


def _log(dy: Any, y: Any, a: Any, base: Any = None) -> Any:
    """da = dy / a, of math.log(a, base) dy / (a log base)."""
    del y
    return dy / a if base is None else dy / (a * np.log(base))


def _within(dy: Any, y: Any, a: Any, low: Any = None, high: Any = None) -> Any:
    """da = dy where low ≤ a ≤ high."""
    del y
    dy = dy if low is None else np.where(np.less(a, low), 0.0, dy)
    return dy if high is None else np.where(np.greater(a, high), 0.0, dy)


def _columns(b: Any) -> Any:
    """Return b as matmul takes it: a vector as one column."""
    b = np.asarray(b)
    return b[:, None] if b.ndim == 1 else b


def _product_cotangent(dy: Any, a: Any, b: Any) -> Any:
    """Return dy with the axes of length 1 that matmul takes for vectors."""
    a, b = np.asarray(a), np.asarray(b)
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    rows = a.shape[-2] if a.ndim > 1 else 1
    columns = b.shape[-1] if b.ndim > 1 else 1
    return np.reshape(dy, (*batch, rows, columns))


def _matmul_left(dy: Any, y: Any, a: Any, b: Any) -> Any:
    """dA = dY Bᵀ, summed over the batch where A has none."""
    del y
    full = _product_cotangent(dy, a, b) @ np.swapaxes(_columns(b), -1, -2)
    return unbroadcast(full, np.atleast_2d(a).shape).reshape(np.shape(a))


def _matmul_right(dy: Any, y: Any, a: Any, b: Any) -> Any:
    """dB = Aᵀ dY, summed over the batch where B has none."""
    del y
    full = np.swapaxes(np.atleast_2d(a), -1, -2) @ _product_cotangent(dy, a, b)
    return unbroadcast(full, _columns(b).shape).reshape(np.shape(b))


def spread(reduced: Any, a: Any, axis: Any) -> Any:
    """Return what a reduction over `axis` gave, repeated along it: the shape of a."""
    shape = np.shape(a)
    axes = range(len(shape)) if axis is None else np.atleast_1d(axis) % len(shape)
    kept = tuple(1 if k in axes else n for k, n in enumerate(shape))
    return np.broadcast_to(np.reshape(reduced, kept), shape)


def _norm(dy: Any, y: Any, a: Any, axis: Any) -> Any:
    """da = dy · a / y, zero where a is."""
    return spread(dy, a, axis) * a / spread(np.where(y == 0, 1.0, y), a, axis)


def _extreme(dy: Any, y: Any, a: Any, axis: Any) -> Any:
    """da = dy where a is the extreme, in equal parts where several are."""
    among = np.asarray(a) == spread(y, a, axis)
    kept = tuple(np.atleast_1d(axis)) if axis is not None else None
    return spread(dy, a, axis) * among / among.sum(axis=kept, keepdims=True)


# y = f(a, …), elementwise or a product.  At a kink maximum, minimum and clip give the cotangent to
# their first argument, and absolute gives 0: np.maximum(0, z) has the derivative 0 at z = 0.
FORMULAS: dict[str, tuple[Formula | None, ...]] = {
    # a
    "copy": (lambda dy, *_: dy,),
    # a + b
    "add": (lambda dy, *_: dy, lambda dy, *_: dy),
    # a − b
    "subtract": (lambda dy, *_: dy, lambda dy, *_: -dy),
    # a b
    "multiply": (lambda dy, y, a, b: dy * b, lambda dy, y, a, b: dy * a),
    # a / b
    "divide": (lambda dy, y, a, b: dy / b, lambda dy, y, a, b: -dy * y / b),
    # aᵇ
    "power": (_power_base, lambda dy, y, a, b: dy * _y_log_a(y, a)),
    "float_power": (_power_base, lambda dy, y, a, b: dy * _y_log_a(y, a)),
    # a − b ⌊a / b⌋
    "remainder": (lambda dy, *_: dy, lambda dy, y, a, b: -dy * np.floor_divide(a, b)),
    # −a
    "negative": (lambda dy, *_: -dy,),
    # |a|
    "absolute": (lambda dy, y, a: dy * np.sign(a),),
    # eᵃ, 2ᵃ, eᵃ − 1
    "exp": (lambda dy, y, a: dy * y,),
    "exp2": (lambda dy, y, a: dy * y * LN2,),
    "expm1": (lambda dy, y, a: dy * (y + 1),),
    # log a, log₂ a, log₁₀ a, log(1 + a)
    "log": (_log, _log_base),
    "log2": (lambda dy, y, a: dy / (a * LN2),),
    "log10": (lambda dy, y, a: dy / (a * LN10),),
    "log1p": (lambda dy, y, a: dy / (1 + a),),
    # √a, a², 1 / a
    "sqrt": (lambda dy, y, a: 0.5 * dy / y,),
    "square": (lambda dy, y, a: 2 * dy * a,),
    "reciprocal": (lambda dy, y, a: -dy * y * y,),
    # a, where it is finite
    "nan_to_num": (lambda dy, y, a: np.where(np.isfinite(a), dy, 0.0),),
    # sin a, cos a, sinh a, cosh a, tanh a
    "sin": (lambda dy, y, a: dy * np.cos(a),),
    "cos": (lambda dy, y, a: -dy * np.sin(a),),
    "sinh": (lambda dy, y, a: dy * np.cosh(a),),
    "cosh": (lambda dy, y, a: dy * np.sinh(a),),
    "tanh": (lambda dy, y, a: dy * (1 - y * y),),
    # max(a, b), min(a, b)
    "maximum": (lambda dy, y, a, b: dy * (a >= b), lambda dy, y, a, b: dy * (a < b)),
    "minimum": (lambda dy, y, a, b: dy * (a <= b), lambda dy, y, a, b: dy * (a > b)),
    # min(max(a, low), high)
    "clip": (
        _within,
        lambda dy, y, a, low, high=None: dy * np.less(a, low),
        lambda dy, y, a, low, high: dy * np.greater(a, high),
    ),
    # a where c, else b
    "where": (
        None,
        lambda dy, y, c, a, b: np.where(c, dy, 0.0),
        lambda dy, y, c, a, b: np.where(c, 0.0, dy),
    ),
    # A B
    "matmul": (_matmul_left, _matmul_right),
    # a bᵀ of the flattened a, b
    "outer": (
        lambda dy, y, a, b: (np.asarray(dy) @ np.ravel(b)).reshape(np.shape(a)),
        lambda dy, y, a, b: (np.ravel(a) @ np.asarray(dy)).reshape(np.shape(b)),
    ),
    # a + (b − a) t for t from 0 to 1; a, a + step, …
    "linspace": (
        lambda dy, y, a, b, *_: dy * (b - y) / (b - a),
        lambda dy, y, a, b, *_: dy * (y - a) / (b - a),
    ),
    "arange": (
        lambda dy, *_: dy,
        None,
        lambda dy, y, *_: dy * np.arange(len(y)),
    ),
}
# y = f(a, axis)
REDUCTIONS: dict[str, Formula] = {
    # Σ a
    "sum": lambda dy, y, a, axis: spread(dy, a, axis),
    # Σ a / n
    "mean": lambda dy, y, a, axis: spread(dy, a, axis) * (np.size(y) / np.size(a)),
    # √Σ a²
    "norm": _norm,
    # the greatest, the least a
    "max": _extreme,
    "min": _extreme,
}
# constant between jumps
CONSTANT: frozenset[str] = frozenset(
    {
        *("floor", "ceil", "rint", "round", "trunc", "fix", "sign", "heaviside", "floor_divide"),
        *("zeros_like", "ones_like", "empty_like", "argmax", "argmin", "argsort"),
        *("argpartition", "searchsorted", "digitize", "count_nonzero", "nonzero", "flatnonzero"),
        *("argwhere", "shape", "size", "ndim", "imag", "isnan", "isinf", "isfinite", "all"),
        *("any", "divmod", "unique", "histogram"),
    }
)
