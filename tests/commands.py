"""Run the command: in a process of its own, which does not outlive its test, or in this one."""

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from chainrule.cli import main

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


def called(*arguments: object, cwd: Path | None = None, stdin: str = "", **environ: str) -> Result:
    """What `run` returns, of the command called here: a process takes seconds to start.

    For what the command says and writes; streams, signals and `where`, which changes its process,
    are for `run`.
    """
    stdout, stderr = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    at_closed_pipe = signal.getsignal(signal.SIGPIPE)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["chainrule", *map(str, arguments)])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8"))
            patch.setattr(sys, "stdout", stdout)
            patch.setattr(sys, "stderr", stderr)
            patch.chdir(cwd or Path.cwd())
            for name, value in environ.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as left:
                main()
    finally:
        signal.signal(signal.SIGPIPE, at_closed_pipe)
    status = left.value.code
    assert isinstance(status, int)
    said = [stream.detach().getvalue().decode() for stream in (stdout, stderr)]
    return Result(list(map(str, arguments)), status, *said)


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
