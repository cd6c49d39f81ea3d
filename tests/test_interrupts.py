"""Ctrl-C while something must not be left half done."""

import signal
import subprocess
import sys
import threading

import pytest
from commands import SECONDS

from chainrule.interrupts import interrupts_put_off

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
