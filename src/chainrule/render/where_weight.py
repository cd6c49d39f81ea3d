"""One weight's gradient, opened by `where`, for a terminal of 80 columns and without colour."""

from functools import partial

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from ..factors import Factor
from ..locate.record import OpenedWeight, Report
from ..words import counted
from . import where_words as words
from .characters import printable
from .explanation_text import SHOWN_PATHS, WIDTH, factor_table, path_table

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
    console.print(factor_table((chained or ranked)[0], partial(place, report)), width=width)
    if several:
        console.print(Padding(Text("path by path:"), (0, 0, 0, 2)))
    console.print(path_table(explanation, SHOWN_PATHS, compared(opened)), width=width)


def compared(opened: OpenedWeight) -> list[tuple[str, float]]:
    """Return what the sum over the paths is to be: what the program holds, and the derivative."""
    held = opened.explanation.gradient
    return [("held by the program", held), (_derivative(opened), opened.derivative)]


def place(report: Report, factor: Factor) -> str:
    """Say where a factor was computed."""
    line = getattr(factor, "line", None)
    return words.place(report, line) if line is not None else ""


def _derivative(opened: OpenedWeight) -> str:
    """Return how the derivative of the loss compares with what the program holds."""
    held, meant = opened.explanation.gradient, opened.derivative
    near = _EQUAL * max(abs(held), abs(meant))
    if abs(held - meant) <= near:
        return "the derivative of the loss"
    if abs(held + meant) <= near:
        return "the derivative of the loss; the program holds its negative"
    return "the derivative of the loss: another number"
