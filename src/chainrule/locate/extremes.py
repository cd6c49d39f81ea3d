"""Python's max and min of two numbers: what was not chosen might be at other weights.

max(0, z) is z or a plain 0, and from the 0 nobody could tell that it came from a unit.
"""

from collections.abc import Callable
from typing import Any

from .recorder import recorder
from .values import SCALARS, TrackedFloat, TrackedInt, born, plain, scalar, template

_TRACKED = {TrackedFloat, TrackedInt}
_EXACT = 2**53  # beyond it an integer may be no float


def greatest(a: float, b: float) -> float:
    """Return max(a, b), as a float."""
    return float(max(a, b))


def least(a: float, b: float) -> float:
    """Return min(a, b), as a float."""
    return float(min(a, b))


_AS_FLOATS: dict[Callable[..., Any], Callable[[float, float], float]] = {max: greatest, min: least}


def extreme(position: int, function: Callable[..., Any], *given: Any, **keywords: Any) -> Any:
    """Call max or min; of two numbers, one of them tracked, note the choice."""
    recorder.position = position
    value = function(*given, **keywords)
    kinds = set(map(type, given))
    if len(given) != 2 or keywords or not (kinds & _TRACKED and kinds <= {*_TRACKED, float, int}):
        return born(value, function.__name__)
    return whole(_AS_FLOATS[function], given, plain(value))


def whole(function: Callable[..., Any], given: tuple[Any, ...], value: Any) -> Any:
    """Return a number as the tracked value of function(*given), an integer noted as a float."""
    if type(value) is int and abs(value) <= _EXACT:
        return scalar(value, recorder.add(function, template(given), {}, float(value)))
    if type(value) is float or type(value) in SCALARS:
        return scalar(value, recorder.add(function, template(given), {}, value))
    return value
