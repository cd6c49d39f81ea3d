"""A network for a notebook: its drawing, its layers and what it descends."""

from collections.abc import Sequence
from html import escape
from importlib.resources import files

from ..reports import NetworkSummary
from . import network_words as words
from .characters import printable
from .network_drawing import drawing


def network_html(summary: NetworkSummary) -> str:
    """Return a piece of a page, which brings its style and refers to nothing outside it."""
    css = (files(__package__) / "network.css").read_text(encoding="utf-8")
    headings = "".join(f'<th scope="col"{_class(name)}>{name}</th>' for name in words.HEADINGS)
    body = "\n".join(map(_row, words.rows(summary)))
    formulas = "\n".join(
        f"<dt>{name}</dt><dd>{_text(formula)}</dd>" for name, formula in words.objective(summary)
    )
    return f"""\
<div class="chainrule-network">
<style>
{css}</style>
{drawing(summary)}
<table>
<caption>{_text(words.title(summary))}</caption>
<thead><tr>{headings}</tr></thead>
<tbody>
{body}
</tbody>
<tfoot>
{_row(words.total(summary))}
</tfoot>
</table>
<dl>
{formulas}
</dl>
</div>"""


def _row(cells: Sequence[Sequence[str]]) -> str:
    """Return a row of the table, its first cell a heading."""
    first, *others = ("<br>".join(map(_text, lines)) for lines in cells)
    rest = "".join(
        f"<td{_class(heading)}>{cell}</td>"
        for heading, cell in zip(words.HEADINGS[1:], others, strict=True)
    )
    return f'<tr><th scope="row">{first}</th>{rest}</tr>'


def _class(heading: str) -> str:
    return ' class="number"' if heading in words.NUMBERS else ""


def _text(text: str) -> str:
    return escape(printable(text))
