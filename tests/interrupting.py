"""Trainings of the command that a signal ends, for several test files."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from commands import SECONDS, called, started

TABLE = "a,b,c\n" + "".join(f"{i % 7},{i * i % 11},{'xy'[i % 3 > 0]}\n" for i in range(60))
GOING = ["--epochs", "100000000", "--checkpoint-every", "0.05s"]


@contextmanager
def training(folder: Path, *options: str, **environ: str) -> Iterator[subprocess.Popen[bytes]]:
    """A training of `a.csv` that has written its first checkpoint."""
    command = [sys.executable, "-m", "chainrule", "train", "a.csv", *options]
    pipes: dict[str, Any] = {"stderr": subprocess.PIPE, "stdout": subprocess.DEVNULL}
    with started(command, cwd=folder, env=os.environ | environ, **pipes) as process:
        while process.poll() is None and not any(folder.glob("*.checkpoint")):
            time.sleep(0.02)
        time.sleep(0.1)  # some epochs more
        yield process


def ended_by(
    number: int, folder: Path, *options: str, times: int = 1, **environ: str
) -> tuple[int, str]:
    """Return the status of a training that a signal has ended, and the last that it said."""
    with training(folder, *options, **environ) as process:
        for _ in range(times):
            process.send_signal(number)
        assert process.stderr is not None
        said = process.stderr.read().decode()
        return process.wait(60), said.splitlines()[-1].removeprefix("chainrule: ")


def called_and_ended_by(number: int, folder: Path, *options: str) -> tuple[int, str]:
    """Do as `ended_by` in this process, which starts at once; it is in training by then."""

    def end() -> None:
        limit = time.monotonic() + SECONDS
        while not any(folder.glob("*.checkpoint")) and time.monotonic() < limit:
            time.sleep(0.02)
        time.sleep(0.1)
        os.kill(os.getpid(), number)

    watching = threading.Thread(target=end)
    watching.start()
    try:
        result = called("train", "a.csv", *options, cwd=folder)
    finally:
        watching.join()
    return result.returncode, result.stderr.splitlines()[-1].removeprefix("chainrule: ")
