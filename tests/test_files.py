import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from commands import SECONDS

from chainrule import files
from chainrule.errors import InputError
from chainrule.files import in_bytes, try_writing, write_atomically

OLD, NEW = b"the old content", bytes(range(256)) * 40
SYSTEM = ("open", "write", "fsync", "replace", "close")

FILLS_A_DISK = """
import sys
from pathlib import Path
from chainrule.errors import InputError
from chainrule.files import write_atomically

try:
    write_atomically(Path(sys.argv[1]), bytes(2_000_000))
except InputError as error:
    print(error)
"""


def abandoned_by(process: int, host: str = "") -> str:
    return f".chainrule-{process}-{host or files._host()}-{'0' * 16}"


@pytest.fixture
def dead_process() -> int:
    command = [sys.executable, "-c", "import os; print(os.getpid())"]
    return int(subprocess.run(command, capture_output=True, check=True, timeout=SECONDS).stdout)


@pytest.mark.parametrize("name", SYSTEM)
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
def test_a_call_of_the_system_that_fails_leaves_the_old_file_or_the_new_one(
    name: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first call of its kind fails, then the second, until all succeed."""
    monkeypatch.setattr(files, "PIECE", 1000)
    right, calls, failing = getattr(os, name), 0, 0

    def counted(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == failing:
            if name == "close":
                right(*arguments)  # it is closed, and its error comes with that
            raise OSError(code, os.strerror(code))
        return right(*arguments)

    monkeypatch.setattr(os, name, counted)
    outcomes = []
    for failing in range(1, 40):
        (file := tmp_path / "file").write_bytes(OLD)
        calls = 0
        try:
            write_atomically(file, NEW)
        except InputError as error:
            outcomes.append((file.read_bytes(), str(error)))
        else:
            assert file.read_bytes() == NEW
        assert [path.name for path in tmp_path.iterdir()] == ["file"]
        if calls < failing:
            break
    assert calls < failing
    assert outcomes
    assert {content for content, _ in outcomes} == {OLD}
    assert all("cannot be written: " in sentence for _, sentence in outcomes)
    assert all(sentence.endswith("The file is as it was before.") for _, sentence in outcomes)


def test_a_disk_without_room_is_named_with_what_is_needed_and_free(tmp_path: Path) -> None:
    program = (
        f"mount -t tmpfs -o size=1m none {tmp_path} 2>/dev/null || exit 9\n"
        f"echo old > {tmp_path}/file\n"
        f'"{sys.executable}" -c "$PROGRAM" {tmp_path}/file\n'
        f"cat {tmp_path}/file; ls -A {tmp_path}"
    )
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", program]
    environ = {**os.environ, "PROGRAM": FILLS_A_DISK}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=SECONDS, env=environ
        )
    except FileNotFoundError:
        pytest.skip("no `unshare` here to mount a small disk with")
    if done.returncode == 9 or not done.stdout:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr}")
    said, content, *left = done.stdout.splitlines()
    assert said.startswith(
        f"`{tmp_path}/file` cannot be written: the disk is full (2.0 MB are needed, "
    )
    assert said.endswith(" MB are free). The file is as it was before.")
    assert (content, left) == ("old", ["file"])


@pytest.mark.parametrize("name", ["gone/file", "file/inside"])
def test_a_folder_that_is_not_there_is_said(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for write in (try_writing, lambda path: write_atomically(path, b"")):
        with pytest.raises(InputError, match="cannot be written: N"):
            write(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no folder that nobody may write into")
def test_a_folder_that_nobody_may_write_into_is_refused() -> None:
    with pytest.raises(InputError, match=r"`/proc/model\.chain` cannot be written: "):
        try_writing("/proc/model.chain")


def test_what_dead_processes_of_this_machine_left_is_removed(
    dead_process: int, tmp_path: Path
) -> None:
    here = abandoned_by(dead_process)
    others = {
        abandoned_by(os.getpid()),
        abandoned_by(dead_process, "0" * 8),
        f"{here}.txt",
        ".chainrule-x",
    }
    for name in {here, *others}:
        (tmp_path / name).write_bytes(b"half")
    try_writing(tmp_path / "model.chain")
    assert {path.name for path in tmp_path.iterdir()} == others


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 bytes"), (1, "1 byte"), (10_000, "10.0 kB"), (10**12, "1,000.0 GB")],
)
def test_bytes_are_said_in_a_unit_that_suits_them(count: int, words: str) -> None:
    assert in_bytes(count) == words
