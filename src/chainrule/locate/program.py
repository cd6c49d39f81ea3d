"""Run a script as it is, in its own folder with its own arguments, and record what it computes."""

import gc
import io
import os
import random
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, TextIO

import numpy as np

from ..errors import InputError
from . import trace
from .alarm import alarm
from .graph import Graph
from .imports import PLOTTING, Finder
from .ownership import BUILTINS
from .places import find
from .recorder import StopTrace, recorder
from .rewrite import rewrite
from .warned import own_warnings

ANSWER = "__answer__"  # the variable that holds the value of a call after the script
_LEAVES_PLAIN = (SystemExit, KeyboardInterrupt)


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop a program early; None: never.

    Attributes:
        nodes: operations recorded.
        seconds: time since the start; looked at in loops and at recorded operations.
        watch: asked at growing intervals with the graph so far; True stops the program.
    """

    nodes: int | None = None
    seconds: float | None = None
    watch: Callable[[Graph], bool] | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception of the program: what, and the last line of the program's own files in it."""

    error: BaseException
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Run:
    """A program that was run, and what it computed.

    Attributes:
        ended: "end", "exit" (sys.exit, its code in `code`), "stopped" (its limit in `limit`) or
            "error" (`failure`).
        places: for each variable in sight when the program ended, the nodes it leads to.
        answer: the nodes that the value of a call after the script leads to, in its order.
    """

    graph: Graph
    ended: Literal["end", "exit", "stopped", "error"]
    code: Any = None
    limit: str | None = None
    failure: Failure | None = None
    places: Sequence[Mapping[int, tuple[Any, ...]]] = ()
    answer: Mapping[int, tuple[Any, ...]] = field(default_factory=dict)


def read_source(path: Path) -> bytes:
    """Return a script's bytes, or say in a sentence why they cannot be had."""
    if path.is_dir():
        raise InputError(f"`{path}` is a folder; name a Python script in it.")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"`{path}` does not exist; give the path of a Python script.") from None
    except OSError as error:
        raise InputError(f"`{path}` cannot be read: {error.strerror}.") from error


def run(
    path: str | Path,
    arguments: Sequence[str] = (),
    limits: Limits | None = None,
    output: TextIO | None = None,
    stubs: Sequence[str] = PLOTTING,
    texts: Sequence[tuple[str, str | bytes]] = (),
) -> Run:
    """Run a script as `python SCRIPT ARGUMENTS` in its folder would, and record its operations.

    What it prints goes to `output`, to the process's own output if that is None.  With `texts`,
    pairs of a file's name and its source, these are run one after the other in one namespace; the
    script itself is not read then.  One run at a time: the folder, `sys.argv`, `__main__` and the
    random generators are the process's, and are put back afterwards.
    """
    file = Path(path).resolve()
    graph, limits = Graph(script=str(file)), limits or Limits()
    codes = []
    for name, source in texts or [(str(file), read_source(file))]:
        try:
            codes.append(rewrite(source, name, graph.positions))
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 0
            raise InputError(f"`{path}` is not Python 3, line {line}: {error}.") from error
    finder = Finder(file.parent, graph.positions, stubs)
    with _as_its_own_process(file, arguments, output, finder) as module:
        recorder.start(graph, limits.nodes, limits.seconds, limits.watch)
        try:
            with alarm(limits.seconds):
                for code in codes:
                    exec(code, vars(module))
            answer = find([{"answer": vars(module).get(ANSWER)}])
            places = _places(module, None, graph)
            return Run(graph, "end", places=places, answer=answer[0] if answer else {})
        except StopTrace as stop:
            return Run(graph, "stopped", limit=str(stop), places=_places(module, stop, graph))
        except _LEAVES_PLAIN as leave:
            if isinstance(leave, KeyboardInterrupt):
                raise
            return Run(graph, "exit", code=leave.code, places=_places(module, leave, graph))
        except BaseException as error:
            failure, kept = _failure(error, graph, str(file)), _places(module, error, graph)
            return Run(graph, "error", failure=failure, places=kept)
        finally:
            recorder.finish()
            trace.forget()
            graph.settle()


def _places(module: ModuleType, leave: BaseException | None, graph: Graph) -> Any:
    """Return what the variables lead to: those of the module, then of the functions left by it."""
    recorder.keep_on()
    own = {position.file for position in graph.positions}
    scopes = [vars(module)]
    frames = traceback.walk_tb(leave.__traceback__) if leave else ()
    scopes += [
        frame.f_locals
        for frame, _ in frames
        if frame.f_code.co_filename in own and frame.f_locals is not vars(module)
    ]
    return find(scopes)


def _failure(error: BaseException, graph: Graph, file: str) -> Failure:
    """Return an exception with its line: the innermost one in a rewritten file."""
    own = {file, *(position.file for position in graph.positions)}
    places = [
        (frame.filename, frame.lineno or 0)
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename in own
    ]
    return Failure(error, *(places[-1] if places else ("", 0)))


@contextmanager
def _as_its_own_process(
    file: Path, arguments: Sequence[str], output: TextIO | None, finder: Finder
) -> Iterator[ModuleType]:
    """Make the process look to a script as if it were its own; put everything back afterwards."""
    module = ModuleType("__main__")
    module.__file__ = str(file)
    vars(module)["__builtins__"] = BUILTINS
    kept = (sys.argv, sys.path[:], sys.stdout, sys.modules.get("__main__"), os.getcwd())
    loaded, generators = set(sys.modules), (random.getstate(), np.random.get_state())
    thresholds = gc.get_threshold()
    gc.set_threshold(
        200_000, 50, 100
    )  # nodes only ever grow in number: looking costs half the time
    sys.argv = [str(file), *arguments]
    sys.path[:0] = [str(file.parent)]
    sys.modules["__main__"] = module
    sys.meta_path.insert(0, finder)
    if output is not None:
        sys.stdout = output
    os.chdir(file.parent)
    try:
        with own_warnings(), np.errstate(), np.printoptions():
            yield module
    finally:
        with suppress(ValueError, AttributeError, OSError):  # the program may have closed it
            sys.stdout.flush()
        sys.argv, sys.path[:], sys.stdout, main, folder = kept
        if main is not None:
            sys.modules["__main__"] = main
        sys.meta_path.remove(finder)
        finder.drop_modules(loaded)
        os.chdir(folder)
        gc.set_threshold(*thresholds)
        random.setstate(generators[0])
        np.random.set_state(generators[1])


def captured() -> tuple[TextIO, Callable[[], str]]:
    """Return a stream to run a program with, and a function that gives what it wrote."""
    octets = io.BytesIO()
    stream = io.TextIOWrapper(octets, encoding="utf-8", newline="\n", write_through=True)
    return stream, lambda: octets.getvalue().decode("utf-8")
