"""A file, or standard input, as pieces of bytes; what is packed is unpacked on the way."""

import gzip
import io
import os
import re
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from .errors import InputError
from .words import listed

PIECE = 2**20  # bytes that are read at once
SMALL = 2**12  # packed bytes that are unpacked at once: they may become ten thousand times as many
NEAR = 0.65  # of 1, by difflib: two letters swapped in a short name
TABLES = (".csv", ".tsv", ".parquet")  # what a folder is searched for, packed or not
GZIP, ZSTANDARD, PARQUET = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PAR1"

NO_TABLES = {
    rb"PK\x03\x04": "a spreadsheet (.xlsx, .ods) or another zip archive",
    rb"\xd0\xcf\x11\xe0": "a spreadsheet of the old kind (.xls)",
    rb"BZh": "a bzip2 archive",
    rb"\xfd7zXZ": "an xz archive",
    rb"%PDF": "a PDF",
    rb"\x80[\x02-\x05]": "a pickle (of pickle, joblib or pandas)",
    rb"\x93NUMPY": "a NumPy array (.npy)",
    rb"\x89HDF\r\n\x1a\n": "an HDF5 file",
    rb"SQLite format 3\x00": "an SQLite database",
    rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff": "a picture",
    rb"(?s:.{3})\x00{5}\{": "a model or another file of the safetensors format",
    rb"(\xef\xbb\xbf)?\s*<(!doctype html|html|\?xml)\b": "an HTML page or XML",
    rb"\s*(\{\s*\"[^\"\n]*\"\s*:|\[\s*[{\[]\s*[\d\"\[{-])": "JSON",
}
"""How a file begins that holds something else → what that is."""


def source_name(path: str) -> str:
    """Return what messages call a file."""
    return "standard input" if path == "-" else Path(path).name


def beginning(path: str) -> bytes:
    """Return a file's first bytes; none of a pipe or standard input, which are read once."""
    if path == "-" or not os.path.isfile(path):
        return b""
    with _opened(path) as file:
        return file.read(4)


def pieces(path: str) -> Iterator[bytes]:
    """Yield a file's bytes, unpacked.

    Raises:
        InputError: if it cannot be read, is no text, is damaged, or changes meanwhile.
    """
    source = source_name(path)
    with _opened(path) as file:
        before = _state(file.fileno()) if os.path.isfile(path) else None
        unpacked = _unpacked(file, source)
        first = next(unpacked, b"")
        _refuse_what_is_no_table(first, source)
        yield first
        yield from unpacked
        if before is not None and before != (after := _state(path)):
            raise InputError(
                f"`{source}` changed while it was read ({before[0]} bytes before, {after[0]} "
                "after); read it again when it is complete."
            )


def _state(file: int | str) -> tuple[int, int]:
    """Return size and time of a file, by its name where it may have been replaced."""
    try:
        found = os.stat(file)
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


@contextmanager
def _opened(path: str) -> Iterator[Any]:
    if path == "-":
        if sys.stdin is None:
            raise InputError("standard input is closed; name a file, or send the table to it.")
        reader = io.BufferedReader(sys.stdin.buffer)  # type: ignore[type-var]
        try:
            yield reader
        finally:
            reader.detach()  # or it would be closed with the reader
        return
    try:
        file = Path(path).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise InputError(_why_not(Path(path), path, error)) from None
    with file:
        yield file


def _why_not(file: Path, path: str, error: OSError) -> str:
    """Say why a file cannot be opened, and what may be meant."""
    if isinstance(error, FileNotFoundError):
        near = _nearest(file)
        hint = f" Did you mean {str(file.with_name(near))!r}?" if near else ""
        return f"`{path}` does not exist.{hint}"
    if isinstance(error, IsADirectoryError):
        tables = sorted(name for name in _names_in(file) if _names_a_table(name))
        hint = f" It holds {listed(tables)}." if tables else ""
        return f"`{path}` is a folder; name a file.{hint}"
    return f"`{path}` cannot be read: {error.strerror}."


def _refuse_what_is_no_table(data: bytes, source: str) -> None:
    """Name what the file holds instead of a table, where its beginning tells."""
    known = (kind for mark, kind in NO_TABLES.items() if re.match(mark, data[:1000], re.IGNORECASE))
    if found := next(known, None):
        raise InputError(
            f"`{source}` looks like {found}; a table of separated values (CSV) is needed. Export "
            "it as CSV."
        )


def _names_a_table(name: str) -> bool:
    return any(suffix in TABLES for suffix in Path(name.lower()).suffixes)


def _nearest(file: Path) -> str | None:
    """Return the name in a file's folder that is nearest to its own, endings apart."""

    def likely(name: str) -> tuple[bool, bool, str]:
        return Path(name).suffix == file.suffix, name.endswith(".csv"), name

    names = sorted(_names_in(file.parent), key=likely)
    stems = {Path(name).stem.lower(): name for name in names}  # the likeliest of equals
    near = get_close_matches(file.stem.lower(), stems, n=1, cutoff=NEAR)
    return stems[near[0]] if near else None


def _names_in(folder: Path) -> list[str]:
    with suppress(OSError):
        return [entry.name for entry in folder.iterdir()]
    return []


def _unpacked(file: Any, source: str) -> Iterator[bytes]:
    """Yield what a file holds; packed files are told by their first bytes, not by their names."""
    first = file.peek(len(ZSTANDARD))
    kind, unpack = "", _as_it_is
    if first.startswith(GZIP):
        kind, unpack = "gzip", _gunzipped
    elif first.startswith(ZSTANDARD):
        kind, unpack = "Zstandard", _unzstandarded
    try:
        yield from unpack(file)
    except EOFError:
        raise InputError(
            f"`{source}` is packed by {kind} and ends too early: it was not copied to its end. "
            "Fetch it again."
        ) from None
    except (gzip.BadGzipFile, zlib.error, ValueError) as error:
        raise InputError(
            f"`{source}` begins as a file packed by {kind} does, and is damaged ({error}). Fetch "
            "it again."
        ) from None
    except OSError as error:
        raise InputError(f"`{source}` cannot be read: {error.strerror}.") from error


def _as_it_is(file: Any) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece


def _gunzipped(file: Any) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
        yield from _as_it_is(unpacked)


def _unzstandarded(file: Any) -> Iterator[bytes]:
    import zstandard  # only here: few files are packed so

    try:
        unpacking = zstandard.ZstdDecompressor().decompressobj()
        while packed := file.read(SMALL):
            yield unpacking.decompress(packed)
            while unpacking.eof and unpacking.unused_data:  # one frame after another
                rest = unpacking.unused_data
                unpacking = zstandard.ZstdDecompressor().decompressobj()
                yield unpacking.decompress(rest)
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from None
    if not unpacking.eof:
        raise EOFError
