"""Opened gradients as HTML: the network with its paths, the factors set as formulas."""

from collections.abc import Callable, Sequence
from html import escape
from importlib.resources import files

from ..factors import Explanation, Factor, Path
from ..reports import ExplainReport
from . import explanation_words as words
from .characters import printable
from .html_page import COLUMN, html_page
from .mathml import math
from .notation import mathml
from .path_drawing import path_drawing


def page(report: ExplainReport, shown: int) -> str:
    """Return the report as a page that needs nothing else."""
    names = ", ".join(f"∂J/∂{opened.weight}" for opened in report.explanations)
    facts = (
        ("network", f"{report.model}: {words.network(report)}"),
        ("over", words.place(report)),
        ("J", words.objective(report)),
    )
    listed = "".join(f"<dt>{name}</dt><dd>{_text(fact)}</dd>" for name, fact in facts)
    heading = f'<h1 style="font: 600 1.2rem system-ui, sans-serif">{_text(names)}</h1>'
    return html_page(names, f"{heading}\n{_piece(report.explanations, shown, listed)}", COLUMN)


def explanations_html(explanations: Sequence[Explanation], shown: int) -> str:
    """Return a piece of a page, which brings its style and refers to nothing outside it."""
    return _piece(explanations, shown, "")


def _piece(explanations: Sequence[Explanation], shown: int, facts: str) -> str:
    css = (files(__package__) / "explanation.css").read_text(encoding="utf-8")
    sections = "\n".join(_explanation(opened, shown) for opened in explanations)
    listed = f"<dl>{facts}</dl>\n" if facts else ""
    return (
        f'<div class="chainrule-explanation">\n<style>\n{css}</style>\n{listed}{sections}\n</div>'
    )


def _explanation(opened: Explanation, shown: int) -> str:
    gradient = f"{opened.gradient:.6g}"
    parts = [
        f"<h2>{mathml(f'∂J/∂{opened.weight}')} <span>= {_text(gradient)}</span></h2>",
        f'<div class="drawing">{path_drawing(opened)}</div>',
        f"<p>{_text(words.sentence(opened))}</p>",
        path_tables(opened, shown),
        f"<p>{_text(words.agreement(opened))}</p>",
        _rows(opened, shown),
        _layers(opened),
    ]
    return "<section>\n" + "\n".join(filter(None, parts)) + "\n</section>"


def path_tables(
    opened: Explanation,
    shown: int,
    place: Callable[[Factor], str] | None = None,
    sums: Sequence[tuple[str, float]] | None = None,
) -> str:
    """Return the largest path factor by factor, and the sum over paths, as tables.

    Of a foreign program, `place` says where a factor was computed, `sums` what to compare with.
    """
    largest = words.chained(opened)
    first = _factors(largest, place) if largest else ""
    return "\n".join(filter(None, [first, _paths(opened, shown, sums)]))


def _factors(path: Path, place: Callable[[Factor], str] | None) -> str:
    rows = []
    for factor in path.factors:
        where = place(factor) if place else ""
        said = f"{factor.source}, {where}" if where else factor.source
        name, formula = mathml(factor.name), mathml(factor.formula) if factor.formula else ""
        if place:  # the program's own names and code
            name, formula = math(factor.name), f"<code>{_text(factor.formula)}</code>"
        rows.append((name, formula, _text(said), words.number(factor)))
    return _table(("factor", "formula", "what it is", "value"), rows)


def _paths(
    opened: Explanation, shown: int, compared: Sequence[tuple[str, float]] | None = None
) -> str:
    rows: list[tuple[str, ...]] = []
    ranked = words.ranked(opened)
    if opened.n_paths > 1:
        for path in ranked[:shown]:
            product = " × ".join(
                f'<span title="{_text(factor.name)}">{factor.value:.3g}</span>'
                for factor in path.factors
            )
            value = words.signed(path.value, opened)
            rows.append((_text(words.origin(path)), f'<div class="product">{product}</div>', value))
    folded = ranked[shown:]
    count = len(folded) + opened.folded.count
    if count:
        rest = sum(path.value for path in folded) + opened.folded.value
        rows.append((f"{words.many(count, 'path')} more", "", words.signed(rest, opened)))
    total = "sum over the paths" if opened.n_paths > 1 else "the product"
    sums = ((total, opened.value), *(compared or [("by the backward pass", opened.gradient)]))
    rows += [(f"<b>{name}</b>", "", f"<b>{words.signed(v, opened)}</b>") for name, v in sums]
    return _table(("path", "product of its factors", "value"), rows)


def _rows(opened: Explanation, shown: int) -> str:
    rows = [
        (_text(row.row), f"{row.size:.4g}", words.signed(row.value, opened))
        for row in opened.rows[:shown]
    ]
    left, folded = opened.rows[shown:], opened.folded_rows
    count = len(left) + folded.count
    if count:
        size = sum(row.size for row in left) + folded.size
        value = sum(row.value for row in left) + folded.value
        name = f"{words.many(count, 'row')} more"
        rows.append((name, f"{size:.4g}", words.signed(value, opened)))
    return _table(("row", "Σ |paths|", "Σ paths"), rows) if rows else ""


def _layers(opened: Explanation) -> str:
    rows = [
        (
            mathml(layer.name),
            _text(layer.source),
            words.layer_numbers(layer),
            f"<b>{_text(words.cause(layer))}</b>",
            f"{layer.value:.4g}",
        )
        for layer in opened.layers
    ]
    if not rows:
        return ""
    headings = ("factor", "what it is", "of", "", "mean size")
    title = f"<p>{_text(words.layers_title(opened))}</p>"
    return title + _table(headings, rows)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table whose last column holds numbers."""
    last = len(headings) - 1

    def cell(kind: str, place: int, text: str) -> str:
        number = ' class="number"' if place == last else ""
        return f"<{kind}{number}>{text}</{kind}>"

    head = "".join(cell("th", place, _text(name)) for place, name in enumerate(headings))
    body = "\n".join(
        "<tr>" + "".join(cell("td", place, text) for place, text in enumerate(row)) + "</tr>"
        for row in rows
    )
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _text(text: str) -> str:
    return escape(printable(text))
