"""How far code is from the exact value, in units of what a float can say.

The unit is an ulp of max(|f|, |x·f′|): rounding x alone changes f by about that, so no code can be
asked for less.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import mpmath
import numpy as np
import sympy

from ..chain import Array
from .exact import value_at
from .functions import maximum, minimum

BOUND = 8.0  # ulp
LARGEST = 1.7e308
SMALLEST = 1e-300  # of what is smaller, code need only know that: its factors lose digits
NUDGE = mpmath.mpf(10) ** -12

_SIZES = (
    *(10.0**-k for k in (300, 200, 100, 30, 16, 12, 9, 7, 4, 3, 2)),
    *(0.0371, 0.148, 0.26, 0.443, 0.594, 0.816, 1.0, 1.05, 1.21, 1.4, 1.71, 2.0, 2.05, 2.49),
    *(3.41, 5.08, 7.7, 8.9, 14.3, 19.3, 26.7, 36.9, 52.0, 103.0, 354.3, 372.7, 650.0),
    *(709.9, 713.0, 801.0, 1000.0),
)
POINTS = np.array(sorted([0.0, *_SIZES, *(-x for x in _SIZES)]))
"""Where code is measured, besides the roots and branch points of its formula."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The largest error found.

    Attributes:
        ulp: the error in ulp of max(|f|, |x·f′|); ∞ where the code gives no number.
        at: the x where it was found.
        points: at how many x there was something to compare.
        failed: the errors that were larger than the bound and their x, the largest first.
    """

    ulp: float
    at: float
    points: int
    failed: tuple[tuple[float, float], ...]


def places(function: Any, variable: Any) -> Array:
    """Return where to measure: everywhere, and close to roots and branch points."""
    found = set(POINTS.tolist())
    for low, high in sign_changes(function, variable):
        away = max(abs(low), 1e-3)
        found |= {low, high, *(low + share * away for share in (-1e-2, -1e-5, 1e-8, 1e-3))}
    for part in sympy.preorder_traversal(function):
        for low, _ in sign_changes(_switch(part), variable):
            found |= {low + side * max(abs(low), 1.0) for side in (-1e-3, -1e-9, 1e-9, 1e-3)}
    return np.array(sorted(found))


def _switch(part: Any) -> Any:
    """Return what changes its sign where an expression changes its branch."""
    if isinstance(part, sympy.core.relational.Relational | maximum | minimum):
        return part.args[0] - part.args[1]
    if isinstance(part, sympy.Abs | sympy.sign):
        return part.args[0]
    return sympy.S.One


def sign_changes(function: Any, variable: Any) -> list[tuple[float, float]]:
    """Return neighbouring floats between which a function changes its sign, for |x| up to 30."""
    if not function.has(variable):
        return []

    def sign(x: float) -> float:
        value = value_at(function, variable, x)
        return 0.0 if mpmath.isnan(value) else float(mpmath.sign(value))

    points = [float(x) for x in POINTS if abs(x) < 30]
    signs = [sign(x) for x in points]
    found = [(x, x) for x, at in zip(points, signs, strict=True) if at == 0 and abs(x) >= 1]
    for low, high, before, after in zip(points, points[1:], signs, signs[1:], strict=False):
        if before * after < 0 and abs(low - high) > 1e-6:
            while low < (middle := (low + high) / 2) < high:
                low, high = (middle, high) if sign(middle) == before else (low, middle)
            found.append((low, high))
    return found


def measure(values: Array, function: Any, variable: Any, points: Array) -> Accuracy:
    """Compare what code gave at some points with the exact values of a function."""
    found = []
    for x, value in zip(points.tolist(), values.tolist(), strict=True):
        ulp = error(value, function, variable, x)
        if ulp is not None:
            found.append((ulp, x))
    found.sort(reverse=True)
    worst, at = found[0] if found else (0.0, math.nan)
    return Accuracy(worst, at, len(found), tuple(pair for pair in found if pair[0] > BOUND))


def error(value: float, function: Any, variable: Any, x: float) -> float | None:
    """Return the error of one value in ulp, None where the exact one is no float."""
    exact = _exact(function, variable, x)
    if mpmath.isnan(exact) or abs(exact) > LARGEST:
        return None
    if not math.isfinite(value):
        return math.inf
    with mpmath.workdps(60):
        away = abs(mpmath.mpf(value) - exact)
        ulp = float(away / np.spacing(float(abs(exact))))
        if ulp <= 1:
            return ulp  # a larger unit would only make it smaller
        scale = min(max(abs(exact), _times_slope(function, variable, x)), LARGEST)
        if scale < SMALLEST:
            return 0.0 if away < SMALLEST else math.inf
        return float(away / np.spacing(float(scale)))


@lru_cache(maxsize=1000)  # the same for every form that is measured
def _exact(function: Any, variable: Any, x: float) -> Any:
    """Return f(x), nan where there is neither a value nor a limit."""
    exact = value_at(function, variable, x)
    return _limit(function, variable, x) if mpmath.isnan(exact) else exact


def _limit(function: Any, variable: Any, x: float) -> Any:
    """Return the value that a removable singularity has by continuity, nan at a pole or jump."""
    with mpmath.workdps(60):
        steps = [side * NUDGE**2 for side in (-2, -1, 1, 2)]
        near = [value_at(function, variable, mpmath.mpf(x) + step) for step in steps]
        if not all(mpmath.isfinite(value) for value in near):
            return mpmath.nan
        size = max(abs(value) for value in near)
        if size < NUDGE:
            return mpmath.mpf(0)
        return (near[1] + near[2]) / 2 if max(near) - min(near) < NUDGE * size else mpmath.nan


@lru_cache(maxsize=1000)
def _times_slope(function: Any, variable: Any, x: float) -> Any:
    """Return |x·f′(x)|, by difference quotients of exact values; 0 at a kink or jump."""
    at = mpmath.mpf(x)
    wide, narrow = (
        abs(value_at(function, variable, at * (1 + d)) - value_at(function, variable, at * (1 - d)))
        for d in (NUDGE, NUDGE / 2)
    )
    if not mpmath.isfinite(wide) or abs(wide - 2 * narrow) > wide / 10:
        return mpmath.mpf(0)
    return wide / (2 * NUDGE)
