"""`chainrule where [SCRIPT]`: run a script, show the chain rule in it, judge every derivative."""

import io
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO

import typer

from ..errors import InputError
from ..locate.inspection import MAX_SECONDS, inspect_script
from ..locate.record import Report
from ..locate.script import Script, demonstration, read_script
from ..render.characters import printable

STATUS = {"correct": 0, "wrong": 1, "no-backprop": 3, "unknown": 3}
PROGRAM = "Program"
OUTPUT = "Output"


class Format(StrEnum):
    """How the report is written."""

    text = "text"
    json = "json"
    markdown = "markdown"
    github = "github"
    sarif = "sarif"
    html = "html"


def where(
    script: Annotated[
        str | None,
        typer.Argument(help="A script or notebook, '-' for stdin; without it, our own example."),
    ] = None,
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ARGS]...",
            help="The script's own; after '--', all of them, whatever their names.",
        ),
    ] = None,
    format: Annotated[  # noqa: A002 - the option's name
        Format, typer.Option(help="Of the report.", rich_help_panel=OUTPUT)
    ] = Format.text,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Write the report to this file.", rich_help_panel=OUTPUT
        ),
    ] = None,
    echo: Annotated[
        bool,
        typer.Option(
            "--echo",
            help="Show what the program prints, on stderr; text does so anyway.",
            rich_help_panel=OUTPUT,
        ),
    ] = False,
    stub: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Import a stand-in for this module that does nothing; repeatable.",
            rich_help_panel=PROGRAM,
        ),
    ] = None,
    no_stop: Annotated[
        bool,
        typer.Option("--no-stop", help="Let the program run to its end.", rich_help_panel=PROGRAM),
    ] = False,
    max_seconds: Annotated[
        float, typer.Option(help="Stop the program after this time.", rich_help_panel=PROGRAM)
    ] = MAX_SECONDS,
    call: Annotated[
        str | None,
        typer.Option(
            metavar="CODE",
            help="What to call after the script, as in 'train(X, y)'.",
            rich_help_panel=PROGRAM,
        ),
    ] = None,
    setup: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Python to run before that call.", rich_help_panel=PROGRAM
        ),
    ] = None,
) -> int:
    """Show where the chain rule is in a script, and whether it is right there.

    This RUNS the script, in its own folder and with your rights: give it only what you would
    run yourself. Plotting libraries do nothing; it stops when enough has been seen.

    Exit status: 0 correct, 1 wrong, 2 it could not be run, 3 no verdict.
    """
    if not max_seconds > 0:
        raise InputError(f"`--max-seconds` must be greater than 0, got {max_seconds:g}.")
    _require_writable(output)
    program = _read(script)
    with _aside(echo or format is Format.text) as stream:
        report = inspect_script(
            program,
            arguments or [],
            stop=not no_stop,
            max_seconds=max_seconds,
            stubs=stub or [],
            output=stream,
            call=call,
            setup=setup,
        )
    _write(_rendered(report, program, format, output), output)
    _leave_threads(STATUS[report.verdict])
    return STATUS[report.verdict]


def _read(script: str | None) -> Script:
    if script is None:
        print("chainrule: no SCRIPT given: looking at our own scratch.py.", file=sys.stderr)
        return demonstration()
    if script.startswith("-") and script != "-":
        raise InputError(
            f"no such option {script!r}; options for the script come after its name, our own are "
            "in `chainrule where --help`."
        )
    return read_script(script)


def _rendered(report: Report, script: Script, form: Format, output: Path | None) -> str:
    """Return the report in a form; each renderer is loaded only when it is asked for."""
    if form is Format.html:
        from ..render.where_html import page

        return page(report, script.lines)
    if form is Format.text:
        from rich.console import Console

        from ..render.where_text import where_report

        plain = Console(width=80, color_system=None) if output else Console()
        return where_report(report, script.lines, plain)
    from ..render import where_machine

    if form is Format.markdown:
        return where_machine.markdown(report, script.lines)
    return {
        Format.json: where_machine.as_json,
        Format.github: where_machine.github,
        Format.sarif: where_machine.sarif,
    }[form](report)


def _require_writable(output: Path | None) -> None:
    """Refuse before the script is run what cannot be written after it."""
    if output is None:
        return
    if output.is_dir() or not output.parent.is_dir():
        raise InputError(f"`--output` {output} is a folder, or in one that does not exist.")
    if output.suffix in (".py", ".ipynb"):
        raise InputError(f"`--output` {output} would replace a program; name another file.")
    if not os.access(output if output.exists() else output.parent, os.W_OK):
        raise InputError(f"`--output` {output} cannot be written: Permission denied.")


def _write(text: str, output: Path | None) -> None:
    if output is None:
        print(text)
        sys.stdout.flush()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # for what the program prints at exit
    else:
        output.write_text(text + "\n", encoding="utf-8")
        print(f"chainrule: the report is in {printable(str(output))}.", file=sys.stderr)


@contextmanager
def _aside(shown: bool) -> Iterator[TextIO]:
    """Keep the program off our standard output, its subprocesses and C code included.

    What it writes goes to standard error if it is to be shown, else nowhere; it reads nothing.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    kept = [os.dup(number) for number in range(3)]
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(kept[2] if shown else nowhere, 1)
    os.dup2(kept[2] if shown else nowhere, 2)
    stream = io.TextIOWrapper(
        os.fdopen(os.dup(1), "wb"), sys.stdout.encoding, "replace", line_buffering=shown
    )
    pipe = signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # as Python itself begins
    try:
        yield stream
    finally:
        signal.signal(signal.SIGPIPE, pipe)
        if not stream.closed:
            stream.close()
        sys.stderr.flush()
        for number, descriptor in enumerate(kept):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.close(nowhere)


def _leave_threads(status: int) -> None:
    """End the process at once if the program left threads that would keep it alive."""
    if any(not thread.daemon for thread in threading.enumerate()[1:]):
        os._exit(status)
