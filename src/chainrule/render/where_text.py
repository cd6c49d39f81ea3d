"""The answer of `where` for a terminal, readable at 80 columns and without colour."""

from collections.abc import Sequence

from rich.cells import set_cell_size
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..locate.record import Fault, Report
from . import where_words as words
from .characters import printable
from .where_weight import opened_weight

WIDTH = 80
MULTIPLIES, FAULTY = "×", "!"
_TAB = 4


def where_report(report: Report, source: Sequence[str], console: Console) -> str:
    """Return the answer, the source with its derivatives, faults, notes and what is not labelled.

    The text suits the console's width and colours; lines end without blanks.
    """
    with console.capture() as captured:
        console.print(Text(printable(report.script), style="bold"))
        for sentence in words.answer(report):
            _say(sentence, console, 2)
        _source(report, source, console)
        _list("In other files", words.elsewhere(report), console)
        _parameters(report, console)
        if report.weight is not None:
            opened_weight(report, report.weight, console)
        for fault in report.faults:
            _fault(report, fault, console)
        _list("Notes", [words.note_text(report, note) for note in report.notes], console)
        _list("Not labelled", words.unlabelled(report), console)
    return "\n".join(line.rstrip() for line in captured.get().strip("\n").split("\n"))


def _say(text: str, console: Console, indent: int, style: str = "") -> None:
    """Print prose, wrapped, its further lines indented as the first."""
    width = max(indent + 20, min(WIDTH, console.width))
    console.print(Padding(Text(printable(text), style=style), (0, 0, 0, indent)), width=width)


def _heading(text: str, console: Console) -> None:
    console.print()
    console.print(Text(text, style="bold"))


def _source(report: Report, source: Sequence[str], console: Console) -> None:
    """Print the labelled lines of the source and those around, each with what it computes."""
    numbers = words.shown_lines(report, source)
    if not numbers:
        return
    _heading(f"The source ({MULTIPLIES} the chain rule, {FAULTY} a fault)", console)
    by_line, by_end = words.labels(report), words.labels(report, by_end=True)
    own = [fault for fault in report.faults if fault.file is None]
    faulty = {fault.line: words.KINDS[fault.kind] for fault in reversed(own)}
    margin = len(str(numbers[-1]))
    before = numbers[0] - 1
    for number in numbers:
        if number != before + 1:
            console.print(Text(f"{'':{margin + 4}}⋮", style="dim"))
        before = number
        records = by_line.get(number, [])
        multiplies = any(line.role == "chain_rule" for line in records)
        sign = (FAULTY if number in faulty else " ") + (MULTIPLIES if multiplies else " ")
        _code(f"{sign} {number:>{margin}}  ", source[number - 1], multiplies, console)
        indent = margin + 7 + _indentation(source[number - 1])
        ending = by_end.get(number, [])  # below the last line of what spans several
        for text in dict.fromkeys(words.label(report, line) for line in ending):
            if text != words.ROLES["forward"]:
                _say(text, console, min(indent, WIDTH // 2), "cyan")
        if number in faulty:
            _say(f"fault: {faulty[number]}", console, min(indent, WIDTH // 2), "red")


def _code(front: str, line: str, multiplies: bool, console: Console) -> None:
    """Print one line of source, cut at the console's width."""
    text = front + printable(line.expandtabs(_TAB).rstrip())
    cut = set_cell_size(text, console.width - 1).rstrip()
    shown = text if len(cut) >= len(text.rstrip()) else cut + "…"
    console.print(Text(shown, style="bold" if multiplies else "", no_wrap=True), soft_wrap=True)


def _indentation(line: str) -> int:
    expanded = line.expandtabs(_TAB)
    return len(expanded) - len(expanded.lstrip())


def _parameters(report: Report, console: Console) -> None:
    if report.parameters:
        _heading("Parameters", console)
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
        for parameter in report.parameters:
            table.add_row(*(Text(printable(t)) for t in words.parameter_row(report, parameter)))
        console.print(table)


def _fault(report: Report, fault: Fault, console: Console) -> None:
    _heading(f"Fault, {printable(words.fault_title(report, fault))}", console)
    _say(fault.message, console, 2)
    for heading, text in words.fault_details(fault):
        _say(f"{heading + ':':<11} {text}", console, 4)


def _list(title: str, items: Sequence[str], console: Console) -> None:
    if items:
        _heading(title, console)
    for item in items:
        _say(item, console, 2)
