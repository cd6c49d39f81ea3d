"""Run the command in a process of its own; no process outlives its test."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Result = subprocess.CompletedProcess[str]
SECONDS = 120  # a process that takes longer hangs


def run(*arguments: object, cwd: Path | None = None, stdin: str = "", **environ: str) -> Result:
    return subprocess.run(
        [sys.executable, "-m", "chainrule", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        input=stdin,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environ},
        check=False,
        timeout=SECONDS,
    )


@contextmanager
def started(
    command: list[str], seconds: float = SECONDS, **options: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that can be interrupted as at a terminal, killed if it is not over in time.

    Who starts the tests in the background may ignore interrupts, and children inherit that.
    """
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(command, **options)
    finally:
        signal.signal(signal.SIGINT, inherited)
    alarm = threading.Timer(seconds, process.kill)
    alarm.start()
    try:
        with process:
            try:
                yield process
            except BaseException:
                process.kill()
                raise
    finally:
        alarm.cancel()
