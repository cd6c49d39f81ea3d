"""Files that are written whole or not at all: beside their place, flushed to the disk, renamed.

Whoever looks sees the old file or the new one, whenever the process or the machine stops.
"""

import errno
import os
import re
import secrets
import socket
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import InputError

PIECE = 2**26  # bytes that are handed to the system at a time
_TEMPORARY = re.compile(r"\.chainrule-(\d+)-([0-9a-f]{8})-[0-9a-f]{16}")


def write_atomically(path: str | os.PathLike[str], data: bytes | bytearray | memoryview) -> None:
    """Write a file; it is complete or as it was before.  A link stays a link.

    Raises:
        InputError: if it cannot be written; the message says why, and what room is missing.
    """
    target = _target(path)
    try:
        _refuse_what_is_no_file(path, target)
        with _beside(target, [data]) as temporary:
            os.replace(temporary, target)
        _flush_folder(target.parent)
    except OSError as error:
        raise InputError(_sentence(path, target, len(data), error)) from error


def write_parts(path: str | os.PathLike[str], parts: Iterable[bytes]) -> None:
    """Write a file as `write_atomically` does, of parts that are made one after the other.

    Whatever goes wrong in making a part, the file is as it was before.

    Raises:
        InputError: as `write_atomically`.
    """
    target, written = _target(path), _Counted(parts)
    try:
        _refuse_what_is_no_file(path, target)
        with _beside(target, written) as temporary:
            os.replace(temporary, target)
        _flush_folder(target.parent)
    except OSError as error:
        raise InputError(_sentence(path, target, written.size, error)) from error


class _Counted:
    """Parts, and how many bytes they came to."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts, self.size = parts, 0

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            self.size += len(part)
            yield part


def try_writing(path: str | os.PathLike[str]) -> None:
    """Refuse a file that cannot be written here, by writing a byte beside it; it stays as it is.

    What a killed process of this machine has left beside it half-written is removed.

    Raises:
        InputError: as `write_atomically`.
    """
    target = _target(path)
    try:
        _refuse_what_is_no_file(path, target)
        with _beside(target, [b"\n"]):
            pass
    except OSError as error:
        raise InputError(_sentence(path, target, 1, error)) from error
    remove_abandoned(target.parent)


def remove_abandoned(folder: Path) -> None:
    """Remove what processes that are dead have left half-written in a folder."""
    with suppress(OSError):
        for name in os.listdir(folder):
            found = _TEMPORARY.fullmatch(name)
            if found and found[2] == _host() and not is_alive(int(found[1])):
                with suppress(OSError):
                    (folder / name).unlink()


def is_alive(process: int) -> bool:
    """Whether a process of this machine is there, going by its number."""
    if os.name != "posix":  # elsewhere asking would end it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        pass  # somebody else's
    return True


def _target(path: str | os.PathLike[str]) -> Path:
    return Path(os.path.realpath(path))


def _host() -> str:
    """Return what tells this machine from others that share a folder with it."""
    return f"{zlib.crc32(socket.gethostname().encode(errors='replace')):08x}"


def _refuse_what_is_no_file(path: str | os.PathLike[str], target: Path) -> None:
    if target.exists() and not target.is_file():
        raise InputError(f"`{path}` is a folder or a device; name a file.")


@contextmanager
def _beside(target: Path, parts: Iterable[bytes | bytearray | memoryview]) -> Iterator[Path]:
    """Write a new file beside another, flushed to the disk; it goes where nobody renames it."""
    path = target.parent / f".chainrule-{os.getpid()}-{_host()}-{secrets.token_hex(8)}"
    new = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, new, 0o666)
        try:
            for part in parts:
                rest = memoryview(part)
                while rest:
                    rest = rest[os.write(descriptor, rest[:PIECE]) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        yield path
    finally:
        with suppress(OSError):  # there only if something failed, an interrupt included
            path.unlink()


def _flush_folder(folder: Path) -> None:
    """Have the new name survive a power cut; the file itself is there already, whole."""
    with suppress(OSError):  # not every file system can
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _sentence(path: str | os.PathLike[str], target: Path, needed: int, error: OSError) -> str:
    """Say that a file cannot be written, why, and what became of it."""
    why = error.strerror or f"{error}"
    if error.errno == errno.ENOSPC:
        why = f"the disk is full ({in_bytes(needed)} are needed, {_free(target.parent)} free)"
    elif error.errno == getattr(errno, "EDQUOT", -1):
        why = f"the disk quota is used up ({in_bytes(needed)} are needed)"
    elif error.errno == errno.EFBIG:
        why = f"{why} ({in_bytes(needed)} are needed, more than `ulimit -f` lets a file have)"
    elif error.errno == errno.EROFS:
        why = f"the disk of {target.parent} is read-only"
    elif error.errno == errno.ENOENT:
        why = f"{why}: there is no folder {target.parent}"
    kept = " The file is as it was before." if os.path.lexists(target) else ""
    return f"`{path}` cannot be written: {why}.{kept}"


def _free(folder: Path) -> str:
    try:
        status = os.statvfs(folder)
    except (OSError, AttributeError):
        return "too few are"
    free = status.f_bavail * status.f_frsize
    return f"{in_bytes(free)} {'is' if free == 1 else 'are'}"


def in_bytes(count: int) -> str:
    """Return a number of bytes in the unit that suits it.

    >>> in_bytes(800), in_bytes(1_234_567)
    ('800 bytes', '1.2 MB')
    """
    if count < 10_000:
        return f"{count} byte{'s' * (count != 1)}"
    power = min((len(str(count)) - 1) // 3, 3)
    return f"{count / 1000**power:,.1f} {('kB', 'MB', 'GB')[power - 1]}"
