"""A choice by comparing numbers, `z if z > 0 else 0`: noted with its condition and both values.

Only what is computed from z shows that a unit which is off in one row is on in another.
"""

import operator
from collections.abc import Callable
from typing import Any

from .extremes import whole
from .recorder import recorder
from .values import SCALARS, TRACKED_SCALARS, plain, template

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "Lt": operator.lt,
    "LtE": operator.le,
    "Gt": operator.gt,
    "GtE": operator.ge,
}
_NUMBERS = {*TRACKED_SCALARS, *SCALARS, float, int}


def chosen(condition: Any, yes: Any, no: Any) -> Any:
    """Return one of two numbers, an integer as a float."""
    value = yes if condition else no
    return float(value) if type(value) is int else value


def choose(
    position: int,
    comparison: str,
    left: Any,
    right: Any,
    yes: Callable[[], Any],
    no: Callable[[], Any],
) -> Any:
    """Return yes() if left < right, by that or another comparison, else no()."""
    recorder.position = position
    compare = COMPARISONS[comparison]
    condition = compare(left, right)
    taken = yes() if condition else no()
    decides = type(left) in TRACKED_SCALARS or type(right) in TRACKED_SCALARS
    if not (decides and type(taken) in _NUMBERS):
        return taken
    try:
        other = no() if condition else yes()
    except Exception:  # the program does not compute it
        return taken
    if type(other) not in _NUMBERS:
        return taken
    recorder.position = position
    pair = (taken, other) if condition else (other, taken)
    compared = recorder.add(compare, template((left, right)), {}, condition)
    return whole(chosen, (compared, *pair), plain(taken))
