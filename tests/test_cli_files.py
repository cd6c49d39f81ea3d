"""Files and streams of the command that cannot be read or written."""

import subprocess
import sys
from pathlib import Path

import pytest
from commands import SECONDS, run


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
    result = run("train", "--epochs", 1, "-o", "/proc/self/mem")
    assert result.returncode == 2
    assert "`--output` /proc/self/mem exists and cannot be read: Input/output" in result.stderr


def test_only_the_beginning_of_an_output_is_read(tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(2**42)  # takes no room, but cannot be read into memory
    result = run("train", "--epochs", 1, "-o", large)
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
