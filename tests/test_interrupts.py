"""Ctrl-C while something must not be left half done."""

import signal
import subprocess
import sys
import threading

import pytest
from commands import SECONDS

from chainrule.interrupts import (
    attended,
    exit_status,
    interrupts_put_off,
    is_asked_to_stop,
    signals_noted,
    stop,
)

AFTER_AN_INTERRUPTED_IMPORT = """
import os, signal, sys, threading
from sklearn.datasets import load_iris
from chainrule import MLPClassifier

class Interrupts:
    # a finder that is asked for a module in the midst of Numba, and sends Ctrl-C then
    def find_spec(self, name, path=None, target=None):
        if name == "numba.core.cpu" and self in sys.meta_path:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupts())
X, y = load_iris(return_X_y=True)
model = MLPClassifier((4,), max_iter=3, engine="numba")
try:
    model.fit(X, y)
except KeyboardInterrupt:
    print("interrupted")
print(model.fit(X, y).engine_)
"""


def test_it_comes_when_the_block_is_over() -> None:
    before, passed = signal.getsignal(signal.SIGINT), []

    def block() -> None:
        with interrupts_put_off():
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            passed.append("both")

    with pytest.raises(KeyboardInterrupt):
        block()
    assert passed == ["both"]
    assert signal.getsignal(signal.SIGINT) is before


def test_an_error_of_the_block_comes_first() -> None:
    def block() -> None:
        with interrupts_put_off():
            signal.raise_signal(signal.SIGINT)
            raise ValueError("its own")

    with pytest.raises(ValueError, match="its own"):
        block()


def test_another_thread_changes_nothing() -> None:
    handlers = []

    def look() -> None:
        with interrupts_put_off():
            handlers.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert handlers == [signal.getsignal(signal.SIGINT)]


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to a process itself")
def test_numba_works_after_ctrl_c_while_it_was_loaded() -> None:
    command = [sys.executable, "-W", "ignore", "-c", AFTER_AN_INTERRUPTED_IMPORT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.stdout.split() == ["interrupted", "numba"], done.stderr


def test_a_signal_waits_for_who_attends_to_it() -> None:
    passed = []

    def training() -> None:
        with signals_noted(signal.SIGINT, signal.SIGTERM), attended():
            signal.raise_signal(signal.SIGTERM)
            passed.append(is_asked_to_stop())
            stop()

    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt):
        training()
    assert passed == [True]
    assert not is_asked_to_stop()
    assert exit_status() == 143
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_a_second_signal_and_one_that_nobody_attends_to_do_not_wait() -> None:
    passed = []

    def twice() -> None:
        with signals_noted(signal.SIGINT), attended():
            signal.raise_signal(signal.SIGINT)
            passed.append("one")
            signal.raise_signal(signal.SIGINT)
            passed.append("two")

    def alone() -> None:
        with signals_noted(signal.SIGINT):
            signal.raise_signal(signal.SIGINT)
            passed.append("alone")

    for block in (twice, alone):
        with pytest.raises(KeyboardInterrupt):
            block()
    assert passed == ["one"]
    assert exit_status() == 130


def test_a_signal_that_nobody_looked_after_comes_when_the_block_is_over() -> None:
    passed = []

    def block() -> None:
        with signals_noted(signal.SIGINT), attended():
            signal.raise_signal(signal.SIGINT)
            passed.append("to the end")

    with pytest.raises(KeyboardInterrupt):
        block()
    assert passed == ["to the end"]


def test_who_ignores_signals_goes_on_doing_so() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with signals_noted(signal.SIGINT), attended():
            signal.raise_signal(signal.SIGINT)
            assert not is_asked_to_stop()
    finally:
        signal.signal(signal.SIGINT, before)
