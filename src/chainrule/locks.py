"""One run a file: a lock beside it, which ends with the process that holds it, killed or not."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import strftime

from .errors import InputError
from .interrupts import interrupts_put_off

try:
    import fcntl
except ImportError:  # Windows has none: nothing is locked there
    fcntl = None  # type: ignore[assignment]


@contextmanager
def locked(path: str | os.PathLike[str]) -> Iterator[None]:
    """Be the only run that writes a file.

    The lock is the system's, on a file `.NAME.lock` that holds the number of the process: what a
    killed process leaves is not locked, and is taken over.

    Raises:
        InputError: if another run has it; the message names its process.
    """
    target = Path(os.path.realpath(path))
    place = target.parent / f".{target.name[:200]}.lock"
    descriptor = None
    try:
        with interrupts_put_off():  # a lock that is taken is given back
            descriptor = _taken(path, place) if fcntl else None
        yield
    finally:
        if descriptor is not None:
            with suppress(OSError):
                place.unlink()
            os.close(descriptor)


def _taken(path: str | os.PathLike[str], place: Path) -> int | None:
    """Return the descriptor of a lock, None where the file system knows no locks."""
    while True:
        try:
            descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError:
            return None  # what cannot be written is said where it is to be
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(descriptor).st_ino == os.stat(place).st_ino:
                os.ftruncate(descriptor, 0)
                os.write(descriptor, f"process {os.getpid()}, since {strftime('%H:%M')}\n".encode())
                return descriptor
        except BlockingIOError:
            holder = os.pread(descriptor, 100, 0).decode(errors="replace").strip()
            os.close(descriptor)
            raise InputError(
                f"`{path}` is being written by another run ({holder or 'just begun'}): wait until "
                "it is over, or name another file."
            ) from None
        except FileNotFoundError:
            pass  # its holder has just ended, and removed it
        except OSError:
            os.close(descriptor)
            return None
        os.close(descriptor)
