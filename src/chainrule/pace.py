"""How often a checkpoint is written: every so many epochs, or seconds."""

import re
from dataclasses import dataclass
from time import monotonic

from .errors import InputError

SECONDS = 30.0
SHARE = 0.01
"""Of the time of a training, at most so much is spent on writing at the usual pace."""

_EVERY = re.compile(r"(\d+(?:\.\d+)?)\s*(epochs?|s|sec|seconds?|min|minutes?|h|hours?)?")
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True)
class Pace:
    """Every so many `epochs`, or so many `seconds` of training; 0 for never.

    Attributes:
        share: of the time that writing may take, which the usual pace alone is held to.
    """

    epochs: int = 0
    seconds: float = 0.0
    share: float = 1.0


USUAL = Pace(seconds=SECONDS, share=SHARE)


def pace_of(every: int | str | None, name: str) -> Pace:
    """Return the pace that a number of epochs or a text says, the usual one for None.

    Raises:
        InputError: if it says none; `name` is what the parameter or option is called.

    >>> pace_of(10, "every"), pace_of("30s", "every")
    (Pace(epochs=10, seconds=0.0, share=1.0), Pace(epochs=0, seconds=30.0, share=1.0))
    """
    if every is None:
        return USUAL
    found = _EVERY.fullmatch(str(every).strip().lower())
    if found is None or isinstance(every, bool) or not float(found[1]):
        raise InputError(
            f"`{name}` must say how many epochs or seconds, as in '10 epochs', '30s' or '5 min'; "
            f"got {every!r}."
        )
    unit = (found[2] or "epochs")[0]
    if unit != "e":
        return Pace(seconds=float(found[1]) * _UNITS[unit])
    if not float(found[1]).is_integer():
        raise InputError(f"`{name}` must be a whole number of epochs; got {every!r}.")
    return Pace(epochs=int(float(found[1])))


class Clock:
    """Says when it is time, by a pace; it begins when it is made, `epoch` epochs being over."""

    def __init__(self, pace: Pace, epoch: int = 0) -> None:
        self._pace = pace
        self._next_epoch = epoch + pace.epochs
        self._next_time = monotonic() + pace.seconds

    def is_time(self, epoch: int) -> bool:
        """Whether it is, `epoch` epochs being over."""
        if self._pace.seconds:
            return monotonic() >= self._next_time
        return bool(self._pace.epochs) and epoch >= self._next_epoch

    def begin(self, epoch: int) -> None:
        """Count epochs from here: another training has begun."""
        self._next_epoch = epoch + self._pace.epochs

    def wrote(self, epoch: int, seconds: float) -> None:
        """Note that something was written, which took so many seconds."""
        self._next_epoch = epoch + self._pace.epochs
        self._next_time = monotonic() + max(self._pace.seconds, seconds / self._pace.share)
