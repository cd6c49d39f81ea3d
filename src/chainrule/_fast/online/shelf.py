"""Machine code kept on disk, as Numba keeps its own: reading it again takes 3 ms.

It lies in NUMBA_CACHE_DIR if that is set, or else beside the byte code of these modules; where
that cannot be written, nothing is kept.
"""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import llvmlite
import llvmlite.binding as llvm

from ..sources import digest

SUM = 32  # bytes before the code, by which it is known to be whole
MOST = 200  # files of some 50 kB; then the oldest goes
SUFFIX = ".program.o"


def kept(name: str, compiled: Callable[[], bytes]) -> bytes:
    """Return the machine code of a name, compiled if it is not there."""
    file = _file(name)
    with contextlib.suppress(OSError):
        whole = file.read_bytes()
        if _sum_of(whole[SUM:]) == whole[:SUM]:  # else it is damaged, and would end the process
            return whole[SUM:]
    code = compiled()
    with contextlib.suppress(OSError):
        _keep(_sum_of(code) + code, file)
    return code


def _sum_of(code: bytes) -> bytes:
    return hashlib.sha256(code).digest()


def is_kept(name: str) -> bool:
    """Whether there is machine code of a name."""
    return os.access(_file(name), os.R_OK)


def _keep(whole: bytes, file: Path) -> None:
    """Write a file that is there as a whole or not at all, and remove the oldest of many."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        part = Path(folder) / file.name
        part.write_bytes(whole)
        part.replace(file)
    files = sorted(file.parent.glob(f"*{SUFFIX}"), key=lambda other: other.stat().st_mtime)
    for old in files[:-MOST]:
        old.unlink()


@cache
def _machine() -> tuple[str, str, str]:
    """Return what machine code depends on; asking takes 0.2 ms."""
    features = llvm.get_host_cpu_features().flatten()
    return llvm.get_default_triple(), llvm.get_host_cpu_name(), features


def _file(name: str) -> Path:
    """Return the file of a name, on this machine, by these versions."""
    whole = repr((name, digest(), llvmlite.__version__, _machine()))
    folder = os.environ.get("NUMBA_CACHE_DIR")
    path = Path(folder) if folder else Path(__file__).parent / "__pycache__"
    return path / f"{hashlib.sha256(whole.encode()).hexdigest()[:32]}{SUFFIX}"
