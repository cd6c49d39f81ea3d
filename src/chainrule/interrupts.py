"""Ctrl-C put off while something must not be left half done, and noted where somebody looks."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn


@contextmanager
def interrupts_put_off() -> Iterator[None]:
    """Let Ctrl-C do what it does when the block is over, not in it.

    Only the main thread is told of it.  Where no handler of Python's is set, nothing is changed.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return
    came: list[tuple[int, Any]] = []
    signal.signal(signal.SIGINT, lambda *given: came.append(given))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        before(*came[0])


class _Signals:
    """What has come: the last signal, how many attend to them, whether one waits for these."""

    attended = 0
    last = 0
    waiting = False


@contextmanager
def attended() -> Iterator[None]:
    """In the block somebody looks every now and then whether the training `is_asked_to_stop`."""
    _Signals.attended += 1
    try:
        yield
    finally:
        _Signals.attended -= 1


def is_asked_to_stop() -> bool:
    """Whether a signal waits."""
    return _Signals.waiting


def stop() -> NoReturn:
    """End a training where nothing is half done.

    Raises:
        KeyboardInterrupt: always.
    """
    _Signals.waiting = False
    raise KeyboardInterrupt


def exit_status() -> int:
    """Return what a shell expects of a process that the last signal ended: 130, or 143."""
    return 128 + (_Signals.last or signal.SIGINT)


@contextmanager
def signals_noted(*numbers: int) -> Iterator[None]:
    """Let signals wait until who attends to them ends a training; where nobody does, end at once.

    A second one does not wait.  Only the main thread is told of signals, and who ignores them
    goes on doing so.
    """
    in_main = threading.current_thread() is threading.main_thread()
    found = {number: signal.getsignal(number) for number in numbers if in_main}
    before = {n: handler for n, handler in found.items() if _may_be_replaced(handler)}
    for number in before:
        signal.signal(number, _note)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        waits = bool(before) and _Signals.waiting
        _Signals.waiting = _Signals.waiting and not before
    if waits:
        raise KeyboardInterrupt


def _may_be_replaced(handler: Any) -> bool:
    """Whether a handler is Python's or the system's usual one: a program's own stays."""
    return handler in (signal.SIG_DFL, signal.default_int_handler)


def _note(number: int, _frame: Any) -> None:
    _Signals.last = number
    if _Signals.attended and not _Signals.waiting:
        _Signals.waiting = True
        return
    _Signals.waiting = False
    raise KeyboardInterrupt
