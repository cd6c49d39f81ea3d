"""Axes of a chart: from numbers to places between 0 and 1, and where their ticks are."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

DECADES = 50.0  # times as large as the smallest: from there on an axis counts in decades
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high`, evenly or, if `log`, in decades; `ticks` are its marked values."""

    low: float
    high: float
    log: bool
    ticks: tuple[float, ...]

    def place(self, value: float) -> float:
        """Return where a value is: 0 is the axis' beginning, 1 its end.

        >>> Axis(1.0, 100.0, True, ()).place(10.0)
        0.5
        """
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def holds(self, value: float) -> bool:
        """Whether a value has a place."""
        return math.isfinite(value) and (value > 0 or not self.log)


def axis_of(values: Iterable[float], log: bool | None = None) -> Axis:
    """Return the axis that values need; in decades where they span them, unless `log` says.

    >>> axis_of([0.2, 9.1]).ticks
    (0.0, 2.0, 4.0, 6.0, 8.0, 10.0)
    >>> axis_of([0.02, 9.1]).ticks
    (0.01, 0.1, 1.0, 10.0)
    """
    finite = [value for value in values if math.isfinite(value)]
    positive = [value for value in finite if value > 0]
    if log is None:
        log = bool(positive) and min(finite) >= 0 and max(positive) / min(positive) > DECADES
    if log and positive:
        return _decades(min(positive), max(positive))
    return _even(min(finite, default=0.0), max(finite, default=1.0))


def tick_text(value: float, percent: bool = False) -> str:
    """Return what stands at a tick.

    >>> tick_text(0.25, percent=True), tick_text(1e-7), tick_text(-2500.0), tick_text(3e9)
    ('25 %', '10⁻⁷', '−2500', '3·10⁹')
    """
    if percent:
        return f"{100 * value:g} %".replace("-", "−")
    if value and not 1e-4 <= abs(value) < 1e5:
        digits, exponent = f"{value:e}".split("e")
        power = "10" + str(int(exponent)).translate(_SUPERSCRIPTS)
        factor = float(digits)
        return power if factor == 1 else f"{factor:g}·{power}".replace("-", "−")
    return f"{value:g}".replace("-", "−")


def _even(low: float, high: float) -> Axis:
    if high - low < 1e-9 * max(abs(low), abs(high)) or high == low:  # one value
        margin = abs(high) / 2 or 1.0
        low, high = low - margin, high + margin
    step = _step((high - low) / 4)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(float(f"{place * step:.12g}") for place in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], False, ticks)


def _step(rough: float) -> float:
    """Return 1, 2 or 5 times a power of 10, at most a little more than this."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.7)


def _decades(low: float, high: float) -> Axis:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    if first == last:
        last += 1
    stride = math.ceil((last - first) / 6)
    powers: Sequence[float] = [10.0**place for place in range(first, last + 1, stride)]
    ends = (10.0**first, 10.0**last)
    if last - first <= 1:
        powers = [factor * 10.0**first for factor in (1, 2, 5, 10)]
    return Axis(*ends, True, tuple(powers))
