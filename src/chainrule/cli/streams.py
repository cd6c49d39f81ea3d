"""The standard streams while a foreign program runs in this process, and what it leaves behind."""

import io
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


def say(sentence: str) -> None:
    """Tell the user something on standard error."""
    if sys.stderr is not None:  # print would take standard output instead
        print(f"chainrule: {sentence}", file=sys.stderr)


def flush() -> None:
    """Write what is still held back."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # as it is where our caller closed it
            stream.flush()


@contextmanager
def aside(shown: bool) -> Iterator[TextIO]:
    """Keep the program off our standard output, its subprocesses and C code included.

    What it writes goes to standard error if it is to be shown, else nowhere; it reads nothing.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # closed by our caller: the program's files must not take its place
            os.open(os.devnull, os.O_RDWR)
    flush()
    kept = [os.dup(number) for number in range(3)]
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(kept[2] if shown else nowhere, 1)
    os.dup2(kept[2] if shown else nowhere, 2)
    encoding = getattr(sys.stdout, "encoding", "utf-8")
    stream = io.TextIOWrapper(os.fdopen(os.dup(1), "wb"), encoding, "replace", line_buffering=shown)
    pipe = signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # as Python itself begins
    try:
        yield stream
    except BaseException:
        os.dup2(nowhere, kept[1])  # for what the program prints at exit: there is no report
        raise
    finally:
        signal.signal(signal.SIGPIPE, pipe)
        if not stream.closed:
            stream.close()
        flush()
        for number, descriptor in enumerate(kept):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.close(nowhere)


def leave(status: int) -> None:
    """End what the program left running, and what it would print at exit; the report is out."""
    flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if "multiprocessing" in sys.modules:
        from multiprocessing import active_children

        for child in active_children():
            child.terminate()
    others = set(threading.enumerate()) - {threading.main_thread()}
    if not all(thread.daemon for thread in others):
        os._exit(status)
