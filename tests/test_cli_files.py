"""Files and streams of the command that cannot be read or written, and how it is ended."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import SECONDS, called, run, started

TABLE = "x,kind\n" + "".join(f"{i},{'ab'[i % 2]}\n" for i in range(20))


def test_reading_and_writing_are_told_apart() -> None:
    """A file that only some library reads: it has a name, a stream that is full has none."""
    code = "import chainrule.cli as cli; cli.app = lambda **_: open('absent.dat'); cli.main()"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=SECONDS
    )
    assert result.returncode == 2
    assert result.stderr == "chainrule: `absent.dat` cannot be read: No such file or directory.\n"


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file that can be opened, not read")
def test_an_output_that_cannot_be_read_is_not_called_unwritable() -> None:
    result = called("train", "--epochs", 1, "-o", "/proc/self/mem")
    assert result.returncode == 2
    assert "`--output` /proc/self/mem exists and cannot be read: Input/output" in result.stderr


def test_only_the_beginning_of_an_output_is_read(tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(2**42)  # takes no room, but cannot be read into memory
    result = called("train", "--epochs", 1, "-o", large)
    assert result.returncode == 2
    assert "exists and is no chainrule model" in result.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("arguments", [["--epochs", "1"], ["absent.csv"]])
def test_messages_that_nobody_can_read_still_end_with_a_status(arguments: list[str]) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        command = [sys.executable, "-m", "chainrule", "train", *arguments]
        result = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=full, check=False, timeout=SECONDS
        )
    assert result.returncode == 2
    assert result.stdout == b""


def test_output_that_cannot_be_written_is_one_sentence() -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        command = [sys.executable, "-m", "chainrule", "train", "--epochs", "1"]
        result = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=SECONDS
        )
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1].startswith("chainrule: the output cannot be written")
    assert "Traceback" not in result.stderr


def test_a_reader_that_goes_away_ends_it_without_a_word(tmp_path: Path) -> None:
    path = tmp_path / "good.csv"
    path.write_text(TABLE, encoding="utf-8")
    command = [sys.executable, "-m", "chainrule", "train", str(path), "--epochs", "1"]
    with started(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(60) == -signal.SIGPIPE
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()


@pytest.mark.parametrize("command", ["derive", "where"])
def test_standard_input_that_is_closed_is_one_sentence(command: str) -> None:
    closed = [
        "bash",
        "-c",
        'exec "$@" <&-',
        "bash",
        sys.executable,
        "-m",
        "chainrule",
        command,
        "-",
    ]
    result = subprocess.run(closed, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert result.returncode == 2
    assert result.stderr.startswith("chainrule: standard input is closed; name a ")
    assert result.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
@pytest.mark.parametrize("command", [["derive", "tanh(x)", "--format", "html"], ["where"]])
def test_a_file_of_text_is_written_whole_or_not_at_all(command: list[str], tmp_path: Path) -> None:
    old = tmp_path / "old.txt"
    old.write_text("kept")
    limited = ["bash", "-c", 'ulimit -f 1; exec "$@"', "bash", sys.executable, "-m", "chainrule"]
    # what measures coverage writes larger files
    environ = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    result = subprocess.run(
        [*limited, *command, "-o", str(old)],
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
        env=environ,
    )
    assert result.returncode == 2
    last = result.stderr.splitlines()[-1]
    assert last.startswith(f"chainrule: `{old}` cannot be written: File too large")
    assert old.read_text() == "kept"
    assert list(tmp_path.iterdir()) == [old]


@pytest.mark.skipif(not Path("/proc").exists(), reason="needs a folder that takes no file")
@pytest.mark.parametrize("command", [["derive", "x^2"], ["where"]])
def test_what_cannot_be_written_is_not_called_unreadable(command: list[str]) -> None:
    result = run(*command, "-o", "/proc/x")
    assert result.returncode == 2
    assert "`/proc/x` cannot be written: No such file or directory" in result.stderr


@pytest.fixture
def ignoring_interrupts() -> Iterator[None]:
    """As where a shell has started the tests in the background."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ignoring_interrupts")
def test_an_interrupt_says_that_nothing_was_written(tmp_path: Path) -> None:
    path, model = tmp_path / "good.csv", tmp_path / "m.chain"
    path.write_text(TABLE, encoding="utf-8")
    command = [sys.executable, "-m", "chainrule", "train", str(path), "--epochs", "100000000"]
    with started([*command, "-o", str(model)], stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        assert b"good.csv" in process.stderr.readline()
        assert b"classification" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert process.stderr.read().endswith(b"chainrule: interrupted; nothing was written.\n")
        assert process.wait(60) == 130
    assert not model.exists()


def test_a_process_that_hangs_does_not_hang_its_test() -> None:
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    with started(command, seconds=0.1, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.read() == b""
        assert process.wait(60) == -signal.SIGKILL
