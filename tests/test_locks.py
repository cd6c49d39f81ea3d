"""One run a file, and no lock that outlives its process."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from commands import SECONDS, started

from chainrule.errors import InputError
from chainrule.locks import locked

HOLDS = """
import sys, time
from pathlib import Path
from chainrule.locks import locked

with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nothing is locked there")


def refuse(path: Path, said: str) -> None:
    with pytest.raises(InputError, match=said), locked(path):
        pass


def test_one_at_a_time(tmp_path: Path) -> None:
    with (
        locked(tmp_path / "a"),
        locked(tmp_path / "b"),
        pytest.raises(InputError, match=f"being written by another run .process {os.getpid()}"),
        locked(tmp_path / "a"),
    ):
        pass
    with locked(tmp_path / "a"):
        assert [path.name for path in tmp_path.iterdir()] == [".a.lock"]
    assert list(tmp_path.iterdir()) == []


def test_the_lock_of_a_killed_process_is_taken_over(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDS, str(tmp_path / "a")]
    with started(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        refuse(tmp_path / "a", f"by another run .process {process.pid}, since")
        process.kill()
        process.wait(SECONDS)
    assert (tmp_path / ".a.lock").exists()
    with locked(tmp_path / "a"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_written_nothing_is_locked() -> None:
    with locked("/nowhere/at/all"):
        pass


def test_ctrl_c_while_it_is_taken_gives_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: int) -> None:
        signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job of a shell has none
    with monkeypatch.context() as while_taken:
        while_taken.setattr(os, "ftruncate", interrupted)
        with pytest.raises(KeyboardInterrupt), locked(tmp_path / "m"):
            pass
    signal.signal(signal.SIGINT, before)
    with locked(tmp_path / "m"):
        pass
