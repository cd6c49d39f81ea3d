"""A network as plain text, readable at 80 columns and without colour."""

import io

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..reports import NetworkSummary
from . import network_words as words
from .characters import printable

WIDTH = 80


def network_text(summary: NetworkSummary) -> str:
    """Return the network's layers, its size and what it descends, in lines that end without blanks.

    The text is the same wherever it goes: it holds no colours.
    """
    console = Console(width=WIDTH, file=io.StringIO(), color_system=None, force_jupyter=False)
    with console.capture() as captured:
        console.print(Text(printable(words.title(summary))))
        console.print()
        console.print(_layers(summary))
        console.print()
        console.print(_objective(summary))
    return "\n".join(line.rstrip() for line in captured.get().strip("\n").split("\n"))


def _layers(summary: NetworkSummary) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in words.HEADINGS:
        if heading in words.NUMBERS:
            table.add_column(heading, justify="right", no_wrap=True)
        else:
            table.add_column(heading, no_wrap=heading != "activation", overflow="fold")
    for row in (*words.rows(summary), words.total(summary)):
        table.add_row(*(Text("\n".join(map(printable, lines))) for lines in row))
    return table


def _objective(summary: NetworkSummary) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, formula in words.objective(summary):
        table.add_row(name, Text(printable(formula)))
    return table
