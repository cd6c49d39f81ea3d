"""Lines of a program's files: of the script and of the modules beside it."""

from functools import cache
from pathlib import PurePath
from typing import NamedTuple


class Place(NamedTuple):
    """A line, and the file it is in, beside the script; "" is the script itself."""

    file: str
    line: int


@cache
def beside(file: str, script: str) -> str:
    """Return a file's path from the script's folder, if it is in there; of the script, ""."""
    if file == script:
        return ""
    folder = PurePath(script).parent
    return (
        PurePath(file).relative_to(folder).as_posix() if folder in PurePath(file).parents else file
    )
