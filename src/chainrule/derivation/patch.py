"""A polynomial where a formula cancels to nothing: cos x/x − sin x/x² near 0 is −x/3 + x³/30 − ….

Near a point c where an expression has a limit but its terms do not, or where everything cancels,
f(x) = (x − c)ᵏ p(x − c) with a polynomial p through exact values at Chebyshev's points.
"""

from dataclasses import dataclass
from typing import Any

import mpmath

from .exact import value_at

TERMS = 26
DIGITS = 80
TINY = mpmath.mpf(10) ** -30


@dataclass(frozen=True, slots=True)
class Patch:
    """(x − centre)ᵏ Σ cᵢ tⁱ for |x − centre| < radius; t is x − centre, or its square if even."""

    centre: float
    radius: float
    power: int
    coefficients: tuple[float, ...]
    even: bool


def patch_at(expression: Any, variable: Any, centre: float, radius: float) -> Patch | None:
    """Return the polynomial of an expression around a point, None where it has no limit there."""
    with mpmath.workdps(DIGITS):
        power = _order(expression, variable, centre)
        if power is None:
            return None

        def rest(h: Any) -> Any:
            return value_at(expression, variable, centre + h) / h**power

        probe = mpmath.mpf(radius) / 3
        even = abs(rest(probe) - rest(-probe)) <= TINY * abs(rest(probe))
        count = TERMS // 2 if even else TERMS
        turns = [mpmath.cos(mpmath.pi * (2 * i + 1) / (2 * count)) for i in range(count)]
        # a square runs over [0, radius²], all else over [−radius, radius]
        at = [mpmath.sqrt((1 + t) / 2) * radius if even else t * radius for t in turns]
        values = [rest(h) for h in at]
        if not all(mpmath.isfinite(value) for value in values):
            return None
        nodes = [h * h if even else h for h in at]
        table = mpmath.matrix([[node**i for i in range(count)] for node in nodes])
        found = mpmath.lu_solve(table, mpmath.matrix(values))
        return Patch(centre, radius, power, tuple(float(c) for c in found), even)


def _order(expression: Any, variable: Any, centre: float) -> int | None:
    """Return the k for which f(x)/(x − c)ᵏ tends to a number that is not 0."""
    step = mpmath.mpf(10) ** -12
    near, far = (value_at(expression, variable, centre + h) for h in (step, 2 * step))
    if not (mpmath.isfinite(near) and mpmath.isfinite(far) and near * far > 0):
        return None
    order = mpmath.log(far / near, 2)
    return int(mpmath.nint(order)) if 0 <= mpmath.nint(order) < 8 else None
