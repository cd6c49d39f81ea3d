"""A clock that ends a program wherever it is: asleep, or in a loop that notes nothing."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .recorder import StopTrace, recorder

_GRACE = 0.5  # seconds that the recorder's own clock, which stops at an operation, goes first
_LONGEST = 1e8  # seconds that a timer takes
_AGAIN = 0.2  # seconds until the next attempt, for a program that caught the last one


@contextmanager
def alarm(seconds: float | None) -> Iterator[None]:
    """Stop the program inside when so many seconds have passed; None: never.

    Only a process's main thread can be interrupted; in others the recorder's clock is alone.
    """
    in_main_thread = threading.current_thread() is threading.main_thread()
    if seconds is None or not in_main_thread or not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, min(seconds, _LONGEST) + _GRACE, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _ring(*_: Any) -> None:
    recorder.reason = recorder.reason or "seconds"
    raise StopTrace(recorder.reason)
