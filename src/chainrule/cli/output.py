"""Where a command may write: refused before the work, not after it; and how text is written."""

import os
from pathlib import Path

from ..errors import InputError
from ..files import write_atomically

MODEL_MARK = b'"__metadata__":{"chainrule"'  # how the file of a model begins, after its length


def require_writable(
    output: Path | None,
    option: str = "--output",
    mark: bytes = MODEL_MARK,
    kind: str = "chainrule model",
) -> None:
    """Refuse before training what cannot be written after it, or would replace another file.

    A file of the same `kind` is replaced: one that has the `mark` near its beginning.
    """
    if output is None:
        return
    try:
        folder, exists = output.parent.is_dir(), output.exists()
        if exists and not output.is_file():
            raise InputError(f"`{option}` {output} is a folder or a device; name a file.")
        writable = os.access(output if exists else output.parent, os.W_OK)
    except OSError as error:
        raise InputError(f"`{option}` cannot be written: {error.strerror}.") from error
    if not folder:
        raise InputError(
            f"`{option}` {output} is in a folder that does not exist; name an existing one."
        )
    beginning = _beginning(output, option) if exists else b""
    if beginning and mark not in beginning:  # an empty file has nothing to lose
        raise InputError(
            f"`{option}` {output} exists and is no {kind}; name another file, so that "
            "it is not replaced."
        )
    if not writable:
        raise InputError(f"`{option}` {output} cannot be written: Permission denied.")


def _beginning(output: Path, option: str) -> bytes:
    try:
        with output.open("rb") as file:
            return file.read(200)
    except OSError as error:
        raise InputError(
            f"`{option}` {output} exists and cannot be read: {error.strerror}; name another file, "
            "so that it is not replaced."
        ) from error


def write_text(text: str, output: Path) -> None:
    """Write text and a line's end, to a file whole or not at all; a device takes it as it comes.

    Raises:
        InputError: if it cannot be written.
    """
    data = f"{text}\n".encode(errors="replace")
    if output.is_file() or not output.exists():
        write_atomically(output, data)
        return
    try:
        output.write_bytes(data)
    except OSError as error:
        raise InputError(f"`{output}` cannot be written: {error.strerror}.") from error
