"""An opened gradient for a terminal of 80 columns, readable without colour."""

from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..factors import Explanation, Factor, Path
from ..reports import ExplainReport
from . import explanation_words as words
from .characters import printable

SHOWN_PATHS = 5
WIDTH = 80


def explain_report(report: ExplainReport, console: Console, shown: int = SHOWN_PATHS) -> str:
    """Return what `chainrule explain` found; lines end without blanks."""
    with console.capture() as captured:
        console.print(Text(printable(f"{report.model}: {words.network(report)}"), style="bold"))
        facts = _table(("no_wrap", "fold"))
        facts.add_row("over", printable(words.place(report)))
        facts.add_row("J", printable(words.objective(report)))
        console.print(facts, width=_width(console))
        for opened in report.explanations:
            whole_explanation(opened, console, shown)
    return _stripped(captured.get())


def explanations_text(explanations: Sequence[Explanation]) -> str:
    """Return opened gradients as text, as Python shows them."""
    console = Console(width=WIDTH, color_system=None)
    with console.capture() as captured:
        for opened in explanations:
            whole_explanation(opened, console, SHOWN_PATHS)
    return _stripped(captured.get())


def whole_explanation(opened: Explanation, console: Console, shown: int) -> None:
    """Print an opened gradient: its paths, its rows, and what made it small or large."""
    console.print()
    console.print(Text(printable(words.title(opened)), style="bold"))
    sentence = Padding(Text(words.sentence(opened)), (0, 2, 1, 2))
    console.print(sentence, width=_width(console))
    explanation(opened, console, shown)
    _paragraph(words.agreement(opened), console)
    if opened.rows:
        _paragraph("Row by row", console)
        console.print(_rows(opened, shown))
    if opened.layers:
        _paragraph(words.layers_title(opened), console)
        console.print(_layers(opened), width=_width(console))


def _paragraph(text: str, console: Console) -> None:
    console.print(Padding(Text(printable(text)), (1, 2, 0, 2)), width=_width(console))


def explanation(opened: Explanation, console: Console, shown: int = SHOWN_PATHS) -> None:
    """Print the largest path factor by factor, then the sum over paths."""
    first = words.chained(opened)
    if first is not None:
        console.print(factor_table(first), width=_width(console))
        console.print()
    console.print(path_table(opened, shown), width=_width(console))


def factor_table(path: Path, place: Callable[[Factor], str] | None = None) -> Table:
    """Return a path's factors; `place` says where each was computed, if that is known."""
    table = _table(("fold", "fold", "fold", "right"), ("factor", "formula", "what it is", "value"))
    for factor in path.factors:
        where = place(factor) if place else ""
        said = f"{factor.source}, {where}" if where else factor.source
        cells = [printable(text) for text in (factor.name, factor.formula, said)]
        table.add_row(*map(Text, cells), words.number(factor))
    return table


def path_table(
    opened: Explanation, shown: int = SHOWN_PATHS, sums: Sequence[tuple[str, float]] | None = None
) -> Table:
    """Return the largest paths as products, and what they add up to; `sums` to compare with."""
    table = _table(("fold", "fold", "right"))
    ranked = words.ranked(opened)
    for path in ranked[:shown] if opened.n_paths > 1 else ():
        table.add_row(
            printable(words.origin(path)), words.product(path), words.signed(path.value, opened)
        )
    folded = ranked[shown:]
    count = len(folded) + opened.folded.count
    if count:
        rest = sum(path.value for path in folded) + opened.folded.value
        table.add_row(f"{words.many(count, 'path')} more", "", words.signed(rest, opened))
    total = "sum over the paths" if opened.n_paths > 1 else "the product"
    for what, value in ((total, opened.value), *(sums or _sums(opened))):
        table.add_row(what, "", Text(words.signed(value, opened), style="bold"))
    return table


def _sums(opened: Explanation) -> list[tuple[str, float]]:
    return [("by the backward pass", opened.gradient)]


def _rows(opened: Explanation, shown: int) -> Table:
    table = _table(("no_wrap", "right", "right"), ("row", "Σ paths", "Σ |paths|"))
    for row in opened.rows[:shown]:
        table.add_row(printable(row.row), words.signed(row.value, opened), f"{row.size:.4g}")
    listed = opened.rows[shown:]
    count = len(listed) + opened.folded_rows.count
    if count:
        value = sum(row.value for row in listed) + opened.folded_rows.value
        size = sum(row.size for row in listed) + opened.folded_rows.size
        table.add_row(
            f"{words.many(count, 'row')} more", words.signed(value, opened), f"{size:.4g}"
        )
    return table


def _layers(opened: Explanation) -> Table:
    headings = ("factor", "what it is", "of", "mean size", "")
    table = _table(("no_wrap", "fold", "no_wrap", "right", "fold"), headings)
    for layer in opened.layers:
        table.add_row(
            printable(layer.name),
            printable(layer.source),
            words.layer_numbers(layer),
            f"{layer.value:.4g}",
            Text(words.cause(layer), style="bold"),
        )
    return table


def _table(columns: Sequence[str], headings: Sequence[str] = ()) -> Table:
    """Return a table without lines; a column is "fold", "no_wrap" or numbers to the right."""
    table = Table(box=None, show_header=bool(headings), padding=(0, 1, 0, 2))
    for place, kind in enumerate(columns):
        options: dict[str, Any] = {"overflow": "fold"}
        if kind != "fold":
            options = {"no_wrap": True}
        if kind == "right":
            options["justify"] = "right"
        table.add_column(headings[place] if headings else "", **options)
    return table


def _width(console: Console) -> int:
    return min(WIDTH, console.width)


def _stripped(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))
