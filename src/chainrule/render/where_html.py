"""The answer of `where` as one page that needs nothing else: source and derivatives, linked."""

import re
from collections.abc import Iterable, Sequence
from functools import partial
from html import escape
from importlib.resources import files

from ..locate.record import Factor, Fault, Line, Report, cell_of
from . import where_words as words
from .characters import printable
from .explanation_html import path_tables
from .explanation_text import SHOWN_PATHS
from .mathml import math
from .where_weight import compared, place

_QUOTED = re.compile("`([^`]+)`")
_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Where is the chain rule in {script}?</title>
<style>
{css}</style>
</head>
<body class="{verdict}">
<h1>{script}<span class="verdict">{verdict}</span></h1>
<section class="answer" aria-label="Answer">
{answer}
</section>
{sections}
<script>
{js}</script>
</body>
</html>"""


def page(report: Report, source: Sequence[str]) -> str:
    """Return the report as a page of HTML, without a reference to anything outside it."""
    here = files(__package__)
    sections = [
        _section("Faults", [_fault(report, fault, k) for k, fault in enumerate(report.faults)]),
        _source(report, source),
        _list("In other files", words.elsewhere(report)),
        _parameters(report),
        _weight(report),
        _list("Notes", (words.note_text(report, note) for note in report.notes)),
        _list("Not labelled", words.unlabelled(report)),
    ]
    return _PAGE.format(
        script=_text(report.script),
        verdict=report.verdict,
        answer="\n".join(f"<p>{_prose(sentence)}</p>" for sentence in words.answer(report)),
        sections="\n".join(filter(None, sections)),
        css=(here / "where.css").read_text(encoding="utf-8"),
        js=(here / "where.js").read_text(encoding="utf-8"),
    )


def _text(text: str) -> str:
    return escape(printable(text))


def _prose(text: str) -> str:
    """Return a sentence in which what stands in backticks is code."""
    return _QUOTED.sub(r"<code>\1</code>", _text(text))


def _section(title: str, parts: Sequence[str]) -> str:
    content = "\n".join(parts)
    return f"<section>\n<h2>{title}</h2>\n{content}\n</section>" if parts else ""


def _list(title: str, items: Iterable[str]) -> str:
    entries = "\n".join(f"<li>{_prose(item)}</li>" for item in items)
    return _section(title, [f"<ul>\n{entries}\n</ul>"] if entries else [])


def _fault(report: Report, fault: Fault, number: int) -> str:
    title = _text(words.fault_title(report, fault))
    if fault.file is None:
        title = f'<a href="#L{fault.line}">{title}</a>'
    details = "".join(
        f"<dt>{heading}</dt><dd>{_text(text)}</dd>" for heading, text in words.fault_details(fault)
    )
    return (
        f'<article class="fault" id="fault-{number + 1}"><h3>{title}</h3>'
        f"<p>{_prose(fault.message)}</p><dl>{details}</dl></article>"
    )


def _parameters(report: Report) -> str:
    rows = [
        "<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in words.parameter_row(report, one))
        for one in report.parameters
    ]
    table = "\n".join(f"{row}</tr>" for row in rows)
    return _section("Parameters", [f'<table class="parameters">\n{table}\n</table>'] * bool(rows))


def _weight(report: Report) -> str:
    """Return the gradient that was asked to be opened."""
    if report.weight is None:
        return ""
    explanation = report.weight.explanation
    tables = path_tables(explanation, SHOWN_PATHS, partial(place, report), compared(report.weight))
    title = f"One weight: {_text(explanation.weight)}"
    return _section(title, [f'<div class="opened">\n{tables}\n</div>'])


def _source(report: Report, source: Sequence[str]) -> str:
    """Return the whole source, each line with what it computes beside it."""
    by_line = words.labels(report)
    faults: dict[int, list[int]] = {}
    for number, fault in enumerate(report.faults, start=1):
        if fault.file is None:
            faults.setdefault(fault.line, []).append(number)
    while source and not source[-1].strip():
        source = source[:-1]
    rows = []
    for number, line in enumerate(source, start=1):
        if report.cells and number < report.cells[0]:
            continue  # stands before the first cell, and is ours
        if number in report.cells:
            rows.append(f'<tr><th colspan="4">{_cell(report, number)}</th></tr>')
        rows.append(_row(report, number, line, by_line.get(number, []), faults.get(number, [])))
    legend = (
        '<p class="legend"><b>×</b> the chain rule: factors are multiplied; <b>!</b> a fault. '
        "A factor links to the line where its value is computed.</p>"
    )
    body = "\n".join(rows)
    table = f'<table class="source"><tbody>\n{body}\n</tbody></table>'
    return _section("The source and its derivatives", [legend, table])


def _cell(report: Report, number: int) -> str:
    cell = cell_of(number, report.cells)
    return f"cell {cell[0]}" if cell else ""


def _row(report: Report, number: int, line: str, records: list[Line], faults: list[int]) -> str:
    multiplies = any(record.role == "chain_rule" for record in records)
    told = [record for record in records if record.role != "forward"]
    classes = [
        name
        for name, applies in (
            ("labelled", bool(told)),
            ("multiplies", multiplies),
            ("faulty", bool(faults)),
        )
        if applies
    ]
    cell = cell_of(number, report.cells)
    links = "".join(
        f'<p class="wrongly"><a href="#fault-{k}">'
        f"fault: {words.KINDS[report.faults[k - 1].kind]}</a></p>"
        for k in faults
    )
    texts = dict.fromkeys(_record(report, record) for record in told)
    return (
        f'<tr id="L{number}" class="{" ".join(classes)}">'
        f'<td class="number"><a href="#L{number}">{cell[1] if cell else number}</a></td>'
        f'<td class="sign">{"!" * bool(faults)}{"×" * multiplies}</td>'
        f'<td class="code">{_code(line)}</td><td class="told">{"".join(texts)}{links}</td></tr>'
    )


def _code(line: str) -> str:
    return escape("\t".join(map(printable, line.rstrip().split("\t"))))


def _record(report: Report, line: Line) -> str:
    """Return what a line computes, its factors linked to the lines that they come from."""
    if line.role not in words.BACKWARD:
        return f'<p class="record">{_text(words.label(report, line))}</p>'
    equation = math(line.partial)
    if line.factors:
        add = "∑ " if line.sum_over else ""
        factors = " <span>·</span> ".join(_factor(report, factor) for factor in line.factors)
        equation += f" <span>= {add}</span> {factors}"
    said = "; ".join(map(_text, words.extras(line)))
    return (
        f'<p class="record"><span class="equation">{equation}</span> '
        f'<span class="role">{words.ROLES[line.role]}</span>'
        + (f'<span class="extras">{said}</span></p>' if said else "</p>")
    )


def _factor(report: Report, factor: Factor) -> str:
    """Return a factor, linked to its line if the page shows it."""
    place = "—" if factor.line is None else words.place(report, factor.line, factor.file)
    shown = f"{math(factor.partial)}<small>{_text(place)}</small>"
    if factor.line is None or factor.file is not None:
        return f'<span class="factor">{shown}</span>'
    return f'<a class="factor" href="#L{factor.line}">{shown}</a>'
