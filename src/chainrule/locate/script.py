"""A script's text: of a file, of standard input, or of a notebook's code cells."""

import ast
import importlib.util
import json
import re
import sys
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import InputError
from .program import read_source
from .record import cell_of

# what a notebook has before its first cell: line 1 of its text
_PREAMBLE = "from IPython import get_ipython; from IPython.display import display\n"
NOTEBOOK_STUBS = ("IPython", "ipywidgets", "tqdm")
_WHOLE_CELL = re.compile(r"%%(?!time|timeit|capture|prun)")  # the cell is not Python
_MAGIC = re.compile(r"(\s*)(?:%|!|\?|[\w.]+\?{1,2}\s*$|[\w, ]+=\s*[%!])")
_PYTHON_2 = re.compile(  # a parser's message, or a line it stops at
    r"Missing parentheses in call to|multiple exception types must|leading zeros in decimal"
    r"|<>|`|\b\d+[lL]\b|^\s*raise \w+,|\bur['\"]|print\s*>>"
)


@dataclass(frozen=True, slots=True)
class Script:
    """A program to run.

    Attributes:
        name: as the user gave it.
        path: where it is, or would be: the program runs in its folder.
        text: its source; lines count from 1.
        cells: of a notebook, the line at which each code cell begins.
    """

    name: str
    path: Path
    text: str
    cells: tuple[int, ...] = ()

    @property
    def is_notebook(self) -> bool:
        """Whether the text is that of a notebook's cells."""
        return self.path.suffix == ".ipynb"

    @property
    def lines(self) -> list[str]:
        """The source line by line."""
        return self.text.split("\n")

    def place(self, line: int) -> str:
        """Return where a line is, in words."""
        cell = cell_of(line, self.cells)
        return f"line {line}" if cell is None else f"cell {cell[0]}, line {cell[1]}"


def demonstration() -> Script:
    """Return the package's own example: the classic network in plain Python."""
    return read_script(Path(__file__).parent.parent / "scratch.py", "chainrule/scratch.py")


def read_script(path: str | Path, name: str | None = None) -> Script:
    """Return the script in a file, "-" for standard input; refuse what is not Python 3."""
    if str(path) == "-":
        if sys.stdin is None:
            raise InputError("standard input is closed; name a script, or send it there.")
        name, file, octets = "<stdin>", Path.cwd() / "<stdin>", sys.stdin.buffer.read()
    else:
        file, octets = Path(path), read_source(Path(path))
        name = name or str(path)
    script = Script(name, file.resolve(), "")
    if script.is_notebook:
        text, cells = _notebook(name, octets)
        script = replace(script, text=text, cells=cells)
    else:
        script = replace(script, text=_decoded(name, octets))
    parsed(script)
    return script


def parsed(script: Script) -> ast.Module:
    """Return a script's syntax tree, or say in a sentence where it is not Python 3."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the run itself warns
            return ast.parse(script.text, script.name)
    except SyntaxError as error:
        line, message = error.lineno or 1, error.msg
    except (ValueError, RecursionError, MemoryError) as error:
        raise InputError(f"`{script.name}` is not a Python script: {error}.") from error
    where = f"`{script.name}`, {script.place(line)}"
    text = script.lines[min(line, len(script.lines)) - 1].strip()
    if _PYTHON_2.search(message) or _PYTHON_2.search(text):
        raise InputError(
            f"{where}: this is Python 2 (`{text[:60]}`); convert the script to Python 3 first."
        )
    raise InputError(f"{where}: this is not Python 3 (`{text[:60]}`): {message}.")


def _decoded(name: str, octets: bytes) -> str:
    """Return a file's text, by its own declaration of its encoding."""
    if b"\0" in octets:
        raise InputError(f"`{name}` is a binary file, not a Python script.")
    try:
        return importlib.util.decode_source(octets)
    except (SyntaxError, UnicodeDecodeError) as error:
        raise InputError(
            f"`{name}` is not text in the encoding it declares (UTF-8 if none): {error}."
        ) from error


def _notebook(name: str, octets: bytes) -> tuple[str, tuple[int, ...]]:
    """Return the code cells of a notebook as one script, with the line where each begins."""
    try:
        notebook = json.loads(octets)
        sheets = notebook.get("worksheets", [notebook])  # version 3 had sheets
        found = [cell for sheet in sheets for cell in sheet["cells"] if cell["cell_type"] == "code"]
        sources = [_joined(cell.get("source", cell.get("input", ""))) for cell in found]
        language = notebook.get("metadata", {}).get("kernelspec", {}).get("language", "python")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"`{name}` is not a Jupyter notebook: no cells can be read.") from error
    if language != "python":
        raise InputError(f"`{name}` is a notebook in {language!r}, not in Python.")
    text, begins = _PREAMBLE, []
    for source in sources:
        begins.append(text.count("\n") + 1)
        text += _without_magics(source).rstrip("\n") + "\n"
    return text, tuple(begins)


def _joined(source: Any) -> str:
    """Return a cell's source, which is kept as text or as a list of lines."""
    return (source if isinstance(source, str) else "".join(source)).replace("\r\n", "\n")


def _without_magics(source: str) -> str:
    """Return a cell without what only a notebook understands, lines unchanged in number.

    Only where the parser stops, so that `% (a, b)` on a line of its own stays an operator.
    """
    lines = source.split("\n")
    for _ in range(len(lines)):
        stop = _first_error("\n".join(lines))
        if stop is not None and _WHOLE_CELL.match(lines[stop - 1].lstrip()):
            return "\n" * source.count("\n")
        magic = stop and _MAGIC.match(lines[stop - 1])
        if not (stop and magic):
            break
        lines[stop - 1] = f"{magic[1]}pass"
    return "\n".join(lines)


def _first_error(source: str) -> int | None:
    """Return the line at which the parser stops."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except SyntaxError as error:
        return min(error.lineno or 1, source.count("\n") + 1)
    except ValueError:
        return None
    return None
