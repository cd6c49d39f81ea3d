"""Where a function is not smooth: |u|, √u² at u = 0, max(u, v) at u = v, a choice at its border.

A place that is found is looked at from both sides at 50 digits, so that a border at which value and
slope agree is none.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import mpmath
import sympy

from . import building as build
from .building import Expr
from .evaluation import NoValueError, has_immense_power, value
from .expression import defined, template
from .functions import maximum, minimum
from .grammar import symbol
from .inverse import function_of, undone
from .record import Kink
from .simplify import key, tidy

_DIGITS = 60
_ASIDE = mpmath.mpf(10) ** -25
_CLOSER = mpmath.mpf(10) ** -50
_SAME = mpmath.mpf(10) ** -15  # what the function changes over so small a way is far less
_SWITCHING = (maximum, minimum)


def kinks(expression: Expr, slope: Expr, by: Expr, values: Mapping[Any, Any]) -> list[Kink]:
    """Return the kinks and jumps of an expression with this derivative.

    >>> from .expression import read_formula
    >>> formula = read_formula("max(0, x)")
    >>> slope = read_formula("where(x > 0, 1, 0)").expression
    >>> found = kinks(formula.expression, slope, formula.variable, {})
    >>> [(kink.at, kink.kind, kink.used) for kink in found]
    [(0, 'kink', 0.0)]
    """
    found: dict[str, Kink] = {}
    for left, right in dict.fromkeys(borders(expression)):
        if by not in left.free_symbols | right.free_symbols:
            continue
        where = sympy.Equality(left, right, evaluate=False)
        for at in _places(left, right, by) or [None]:
            kink: Kink | None = Kink(where, None, "possible kink")
            if at is not None:
                kink = _looked_at(where, at, expression, slope, by, values)
            if kink is not None:
                found.setdefault(key(where if kink.at is None else kink.at), kink)
    return sorted(found.values(), key=lambda kink: (kink.at is None, _place(kink, values)))


def _place(kink: Kink, values: Mapping[Any, Any]) -> float:
    try:
        return 0.0 if kink.at is None else float(value(kink.at, values))
    except (NoValueError, KeyError):
        return 0.0


def borders(node: Expr) -> Iterator[tuple[Expr, Expr]]:
    """Yield what is equal at a kink: (u, 0) for |u| and √u², the two sides of each comparison."""
    if isinstance(node, sympy.core.relational.Relational):
        yield node.args
    row = function_of(node)
    if isinstance(node, _SWITCHING):
        yield node.args
    elif node.is_Pow and node.exp == build.HALF and node.base.is_Pow and node.base.exp == 2:
        yield node.base.base, build.ZERO
    elif row is not None and row.kinks:
        for place in row.kinks:
            yield node.args[0], template(place)
    elif row is not None and row.definition and not row.derivative:
        names = [symbol(name) for name in row.parameters]
        inside = dict(zip(names, node.args, strict=True))
        for left, right in borders(defined(row, tuple(names))):
            yield build.replaced(left, inside), build.replaced(right, inside)
    for part in build.arguments(node):
        yield from borders(part)


def _looked_at(
    where: Expr, at: Expr, function: Expr, slope: Expr, by: Expr, values: Mapping[Any, Any]
) -> Kink | None:
    """Return what is at a border, None if the function is smooth there or the border nowhere."""
    try:
        place = value(at, values, _DIGITS)
        with mpmath.workdps(_DIGITS):
            sides = [value(side, {**values, by: place}, _DIGITS) for side in where.args]
            if abs(sides[0] - sides[1]) > _ASIDE:
                return None  # the inverse function leaves its branch
            return _compared(where, at, function, slope, by, values, place)
    except NoValueError:
        return None
    except KeyError:  # a parameter without a number
        return Kink(where, at, "possible kink")


def _compared(
    where: Expr,
    at: Expr,
    function: Expr,
    slope: Expr,
    by: Expr,
    values: Mapping[Any, Any],
    place: Any,
) -> Kink | None:
    def beside(function: Expr, aside: Any) -> list[Any]:
        sides = (place - aside, place + aside)
        return [value(function, {**values, by: side}, _DIGITS) for side in sides]

    heights, slopes = beside(function, _ASIDE), beside(slope, _ASIDE)
    try:
        used = float(value(slope, {**values, by: place}, _DIGITS))
    except NoValueError:
        used = None
    if not _agree(*heights) and _stays(heights, beside(function, _CLOSER)):
        return Kink(where, at, "jump", used=used)
    if _agree(*slopes) and used is not None and _agree(slopes[0], mpmath.mpf(used)):
        return None
    left, right = map(_limit, slopes, beside(slope, _CLOSER))
    return Kink(where, at, "kink", left, right, used)


def _stays(heights: list[Any], closer: list[Any]) -> bool:
    """Whether two sides are apart however close they are; those of a root are not."""
    return bool(abs(closer[1] - closer[0]) > abs(heights[1] - heights[0]) / 2)


def _limit(slope: Any, closer: Any) -> float:
    """What a slope tends to: 0 but for rounding, infinite if it grows on the way, else itself."""
    if abs(closer) > 1.5 * abs(slope) + _SAME:
        return float(mpmath.sign(closer) * mpmath.inf)
    return 0.0 if abs(slope) < _SAME else float(slope)


def _agree(one: Any, other: Any) -> bool:
    return bool(abs(one - other) <= _SAME * (1 + abs(one)))


def _places(left: Expr, right: Expr, by: Expr) -> list[Expr]:
    """Return where two expressions are equal; none if that is not found."""
    if by in right.free_symbols:
        left, right = (right, left) if by not in left.free_symbols else (left, right)
    while isinstance(left, _SWITCHING) and by not in right.free_symbols:
        inner = [part for part in left.args if by in part.free_symbols]
        if len(inner) > 1:
            break
        left = inner[0]  # where max(u, c) is v, u is v, or the two are never equal
    difference = tidy(build.total(left, build.negative(right)))
    if by in right.free_symbols:
        left, right = difference, build.ZERO
    *_, (reached, at) = undone(left, by, right)
    if reached == by:
        return [tidy(at)]
    if has_immense_power(difference):
        return []
    plain = difference.doit()
    if plain.free_symbols == {by} and plain.is_polynomial(by) and sympy.degree(plain, by) == 2:
        return [root for root in sympy.roots(plain, by) if root.is_real]
    return []
