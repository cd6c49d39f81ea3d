"""`chainrule where [SCRIPT]`: run a script, show the chain rule in it, judge every derivative."""

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import InputError
from ..locate.record import MAX_SECONDS, Report
from ..render.characters import printable
from .output import write_text
from .streams import aside, leave, say

if TYPE_CHECKING:
    from ..locate.script import Script

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
        typer.Argument(
            metavar="SCRIPT",
            help="A script or notebook, '-' for stdin; without it, our own example.",
        ),
    ] = None,
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ARGS",
            help="The script's own; after '--', all of them, whatever their names.",
        ),
    ] = None,
    format: Annotated[  # noqa: A002 - the option's name
        Format,
        typer.Option(
            metavar="FORM",
            help="text, json, markdown, github, sarif or html.",
            rich_help_panel=OUTPUT,
        ),
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
            help="What to call after the script, as in 'train(X, y)'; it may return gradients.",
            rich_help_panel=PROGRAM,
        ),
    ] = None,
    weight: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Open the gradient of one weight, as 'W1[0, 2]': every factor and its line.",
            rich_help_panel=OUTPUT,
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

    This RUNS the script, in its own folder and with your rights.

    Run only what you trust. It is stopped when enough of it has been seen.

    Exit status: 0 correct, 1 wrong, 2 it could not be run, 3 no verdict.
    """
    if not max_seconds > 0:
        raise InputError(f"`--max-seconds` must be greater than 0, got {max_seconds:g}.")
    from ..locate.inspection import inspect_script  # only now: it loads NumPy and the analysis

    program = _read(script)
    _require_writable(output, program)
    with aside(echo or format is Format.text) as stream:
        report = inspect_script(
            program,
            arguments or [],
            stop=not no_stop,
            max_seconds=max_seconds,
            stubs=stub or [],
            output=stream,
            call=call,
            setup=setup,
            weight=weight,
        )
    _write(_rendered(report, program, format, output), output)
    leave(STATUS[report.verdict])
    return STATUS[report.verdict]


def _read(script: str | None) -> "Script":
    from ..locate.script import demonstration, read_script

    if script is None:
        say("no SCRIPT given: looking at our own scratch.py.")
        return demonstration()
    if script.startswith("-") and script != "-":
        raise InputError(
            f"no such option {script!r}; options for the script come after its name, our own are "
            "in `chainrule where --help`."
        )
    return read_script(script)


def _rendered(report: Report, script: "Script", form: Format, output: Path | None) -> str:
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


def _require_writable(output: Path | None, script: "Script") -> None:
    """Refuse before the script is run what cannot be written after it."""
    if output is None:
        return
    if output.is_dir() or not output.parent.is_dir():
        raise InputError(f"`--output` {output} is a folder, or in one that does not exist.")
    if output.suffix in (".py", ".ipynb") or output.resolve() == script.path:
        raise InputError(f"`--output` {output} would replace a program; name another file.")
    if not os.access(output if output.exists() else output.parent, os.W_OK):
        raise InputError(f"`--output` {output} cannot be written: Permission denied.")


def _write(text: str, output: Path | None) -> None:
    if output is None:
        print(text)
    else:
        write_text(text, output)
        say(f"the report is in {printable(str(output))}.")
