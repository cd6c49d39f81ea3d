"""By what the file of a checkpoint is told from others, without reading it."""

import os
from pathlib import Path

MARK = b'{"__metadata__":{"checkpoint":'
"""How the file begins, after the 8 bytes of its header's length."""


def is_checkpoint(path: str | os.PathLike[str]) -> bool:
    """Whether a file begins as a checkpoint does."""
    with Path(path).open("rb") as file:
        return file.read(8 + len(MARK))[8:] == MARK
