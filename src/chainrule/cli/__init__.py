"""The command line: one file a command, results on stdout, everything else on stderr.

Exit status: 0 fine, 1 findings (training diverged, a wrong gradient), 2 usage or input, 3 no
verdict, 130 interrupted, 143 ended by SIGTERM.
"""

import io
import os
import signal
import sys
from contextlib import suppress
from importlib import import_module
from inspect import getdoc
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from .. import __version__
from ..errors import FormulaError, InputError, InterruptionError
from ..render.characters import printable
from .options import refused


class FormulaCommand(TyperCommand):
    """A command whose argument is a formula, which may begin with a minus."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments; after one minus stands a formula, unless an option is named so."""
        options = {name for option in self.params for name in option.opts}
        formulas = [
            one
            for one in args
            if len(one) > 1 and one[:1] == "-" != one[1:2] and one not in options
        ]
        if formulas and "--" not in args:
            args = [*(one for one in args if one not in formulas), "--", *formulas]
        return super().parse_args(ctx, args)


COMMANDS = {
    "train": "Train a multilayer perceptron on a table and open one of its gradients.",
    "predict": "Predict each row of a table: one line a row, in the order of the rows.",
    "inspect": "Print what a model's file holds: network, columns, target, scores, settings.",
    "explain": "Say which factors make a weight's gradient what it is.",
    "where": "Show where the chain rule is in a script, and whether it is right there.",
    "derive": "Differentiate a formula, or a network's loss by its weights, step by step.",
}
"""The commands in the order of the help, each with the first sentence of its own help."""

SETTINGS: dict[str, dict[str, Any]] = {
    # what `where` does not know is an option of the script
    "where": {"context_settings": {"ignore_unknown_options": True}},
    "derive": {"cls": FormulaCommand},
}
"""What typer is to know of a command."""


class Commands(TyperGroup):
    """Imports a command's module when that command is called: most need what others do not."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "commands": dict.fromkeys(COMMANDS)})

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return what the list of commands says of one, None if there is none of that name."""
        del ctx
        return TyperCommand(cmd_name, help=COMMANDS[cmd_name]) if cmd_name in COMMANDS else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that is called, its name and its arguments."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command and _loaded(str(name)), rest


def _loaded(name: str) -> Any:
    """Import a command; each paragraph of its help is as wide as the terminal."""
    function = getattr(import_module(f".{name}", __name__), name)
    paragraphs = (getdoc(function) or "").split("\n\n")
    flowing = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    alone.command(name, help=flowing, **SETTINGS.get(name, {}))(function)
    return get_command(alone)


app = typer.Typer(
    name="chainrule",
    cls=Commands,
    help="Backpropagation in the open: train a network and see the chain rule in every gradient.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"chainrule {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; a user's mistake becomes one sentence and exit status 2."""
    _prepare_streams()
    try:
        status = app(standalone_mode=False)
        sys.stdout.flush()
    except (FormulaError, InterruptionError) as error:
        _fail(error.sentence, error.status, error.shown)
    except InputError as error:
        _fail(str(error), 2)
    except typer.BadParameter as error:
        _fail(refused(error), error.exit_code)
    except typer.TyperException as error:
        _fail(error.format_message(), error.exit_code)
    except MemoryError:  # what was foreseen to fit has not
        _fail("the memory does not suffice; take fewer rows, or smaller layers with `--hidden`.", 2)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left of the output goes nowhere
        # a stream that fails in writing has no name; what is read has one
        name = error.filename
        failed = f"`{name}` cannot be read" if name else "the output cannot be written"
        _fail(f"{failed}: {error.strerror}.", 2)
    except (KeyboardInterrupt, typer.Abort):
        status = 130
    if status == 130:
        _fail("interrupted; nothing was written.", 130)
    sys.exit(status if isinstance(status, int) else 0)


def _prepare_streams() -> None:
    if sys.stdout is None:  # closed by our caller: nobody reads, and no file may take its place
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open to the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without ∂ still gets its report
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `| head` ends us without a word


def _fail(message: str, status: int, shown: str = "") -> None:
    """Say what went wrong, and beneath it what shows the place."""
    if message:  # without a command the help has been shown already
        with suppress(OSError):  # nobody can be told
            for line in [f"chainrule: {message}", *shown.splitlines()]:
                print(printable(line), file=sys.stderr)
    sys.exit(status)
