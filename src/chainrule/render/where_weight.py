"""One weight's gradient, opened by `where`, for a terminal of 80 columns and without colour."""

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..factors import Factor, Path
from ..locate.record import OpenedWeight, Report
from ..words import counted
from . import where_words as words
from .characters import printable

SHOWN_PATHS = 5
WIDTH = 80
_EQUAL = 1e-6


def opened_weight(report: Report, opened: OpenedWeight, console: Console) -> None:
    """Print the largest path factor by factor, the largest paths as products, and their sum."""
    explanation = opened.explanation
    ranked = sorted(explanation.paths, key=lambda path: -abs(path.value))
    chained = [path for path in ranked if len(path.factors) > 1]  # not a penalty's
    console.print()
    console.print(Text(f"One weight: {printable(explanation.weight)}", style="bold"))
    several = len(ranked) > 1
    sentence = (
        f"Its gradient is computed in {words.place(report, opened.line)}"
        + (
            f", a sum over {counted(len(ranked), 'path')}. The largest of them"
            if several
            else ". It"
        )
        + " is the product of:"
    )
    width = min(WIDTH, console.width)
    console.print(Padding(Text(sentence), (0, 0, 0, 2)), width=width)
    console.print(_factors(report, (chained or ranked)[0]), width=width)
    if several:
        console.print(Padding(Text("path by path:"), (0, 0, 0, 2)))
    console.print(_sums(opened, ranked), width=width)


def _factors(report: Report, path: Path) -> Table:
    """Return a path's factors: the number, the factor, what it is and where it was computed."""
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 2))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for factor in path.factors:
        line = getattr(factor, "line", None)
        place = f", {words.place(report, line)}" if line is not None else ""
        formula = f" = {factor.formula}" if factor.formula else ""
        table.add_row(
            _number(factor), Text(printable(f"{factor.name}{formula}")), f"{factor.source}{place}"
        )
    return table


def _sums(opened: OpenedWeight, ranked: Sequence[Path]) -> Table:
    """Return the paths as products, their sum, and what it is to be."""
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 2))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    if len(ranked) > 1:
        for path in ranked[:SHOWN_PATHS]:
            table.add_row(f"{path.value:+.6g}", " × ".join(map(_number, path.factors)))
        if ranked[SHOWN_PATHS:]:
            rest = sum(path.value for path in ranked[SHOWN_PATHS:])
            table.add_row(f"{rest:+.6g}", f"{counted(len(ranked) - SHOWN_PATHS, 'path')} more")
    explanation = opened.explanation
    what = "sum over the paths" if len(ranked) > 1 else "the product"
    table.add_row(Text(f"{explanation.value:+.6g}", style="bold"), what)
    table.add_row(Text(f"{explanation.gradient:+.6g}", style="bold"), "held by the program")
    table.add_row(Text(f"{opened.derivative:+.6g}", style="bold"), _derivative(opened))
    return table


def _derivative(opened: OpenedWeight) -> str:
    """Return how the derivative of the loss compares with what the program holds."""
    held, meant = opened.explanation.gradient, opened.derivative
    near = _EQUAL * max(abs(held), abs(meant))
    if abs(held - meant) <= near:
        return "the derivative of the loss"
    if abs(held + meant) <= near:
        return "the derivative of the loss; the program holds its negative"
    return "the derivative of the loss: another number"


def _number(factor: Factor) -> str:
    return f"{factor.value:.4g}"
