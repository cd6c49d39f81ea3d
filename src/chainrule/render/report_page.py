"""The page of a training: one file, for screen and print, that needs nothing else."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from ..observed import HeldOutClasses, HeldOutNumbers, TrainingPage
from . import report_tables as tables
from . import report_words as words
from .diagnosis_text import remedy, title
from .explanation_html import explanations_html
from .html_page import html_page
from .network_html import network_html
from .report_curves import gradient_charts, learning_charts
from .report_words import Page, numbered

MARK = '<meta name="generator" content="chainrule train">'
"""How a page of this kind says what it is, near its beginning."""

MOST_TOGETHER = 20  # characters that no line break comes between
PATHS = 5  # of an opened gradient that are listed


def training_page(content: TrainingPage) -> str:
    """Return the page."""
    page = Page(content)
    css = (files(__package__) / "report.css").read_text(encoding="utf-8")
    parts = [
        ("curves", "How it learned", _curves(page)),
        ("scores", "Where it is wrong", _scores(page)),
        ("diagnosis", title(content.report.diagnosis), _diagnosis(content))
        if content.report and content.report.diagnosis
        else ("", "", ""),
        ("gradients", "How the gradient flows", _gradients(page)),
        ("network", "The network", network_html(content.network)),
        ("chains", "The chain rule, opened", _chains(content)),
        ("data", "The data", _data(content)),
        ("settings", "Settings", _settings(content.settings)),
        ("again", "Again, and on from here", _commands(content)),
    ]
    parts = [part for part in parts if part[2]]
    links = "".join(f'<a href="#{name}">{numbered(heading)}</a>' for name, heading, _ in parts)
    sections = "\n".join(
        f'<section id="{name}">\n<h2>{numbered(heading)}</h2>\n{body}\n</section>'
        for name, heading, body in parts
    )
    body = f"<main>\n{_header(page)}\n<nav>{links}</nav>\n{sections}\n</main>"
    # the mark stands before the title, so that the beginning of the file tells what it is
    whole = html_page(f"{content.data}: {content.target} · chainrule", body, css)
    return whole.replace("<title>", f"{MARK}\n<title>", 1)


def _header(page: Page) -> str:
    content, report = page.content, page.content.report
    sizes = [content.network.layers[0].n_inputs]
    sizes += [layer.n_outputs for layer in content.network.layers]
    shape = "-".join(map(str, sizes))
    together = ' class="together"' if len(shape) < MOST_TOGETHER else ""
    facts = (
        f"{numbered(content.target)} from {content.n_rows:,} rows of {numbered(content.data)}, by "
        f"a network <span{together}>{shape}</span> of {content.network.n_parameters:,} parameters"
    )
    heading = f'<p class="kicker">{content.task}</p>\n<h1>{facts}</h1>'
    if report is None:
        return (
            f'<header>\n{heading}\n<p class="score failed">diverged</p>\n'
            f"<p>{numbered(content.failure)} What was seen until then is below; there is no "
            "score.</p>\n</header>"
        )
    name = "R²" if page.is_regression else "accuracy"
    score = words.score_text(report.mean, page.is_regression)
    base = words.score_text(report.baseline, page.is_regression)
    return (
        f"<header>\n{heading}\n"
        f'<p class="score">{score} <span>{name} on rows not seen in training: '
        f"{words.spread(page)}; baseline {base}</span></p>\n"
        f"{_gauge(page)}\n<p>{numbered(words.headline(page))}</p>\n</header>"
    )


def _gauge(page: Page) -> str:
    """Return the score on a line from the worst to the best, with the folds and the baseline."""
    report = page.content.report
    assert report is not None

    def at(score: float) -> str:
        return f"{8 + 584 * min(max(score, 0.0), 1.0):.1f}"

    folds = "".join(
        f'<circle class="fold" cx="{at(fold.score)}" cy="14" r="4"/>' for fold in report.folds
    )
    label = f"score {report.mean:.3f}, baseline {report.baseline:.3f}"
    return (
        f'<svg class="gauge" viewBox="0 0 600 28" role="img"><title>{label}</title>'
        f'<path class="track" d="M8 14H592"/><path class="reach" d="M8 14H{at(report.mean)}"/>'
        f'<path class="base" d="M{at(report.baseline)} 3V25"/>{folds}</svg>'
    )


def _curves(page: Page) -> str:
    if not any(curve.epochs for curve in page.curves):
        return "<p>No epoch ended.</p>"
    notes = [words.fitting(page), words.looked_at(page)]
    said = "".join(f"<p>{numbered(note)}</p>\n" for note in notes if note)
    loss = numbered(page.content.network.loss_formula)
    return (
        f"{said}{learning_charts(page)}\n"
        f'<p class="note">The loss is the mean of {loss} over rows, without the penalty.</p>'
    )


def _scores(page: Page) -> str:
    report, held_out = page.content.report, page.content.held_out
    if report is None or held_out is None:
        return ""
    folds = f"<h3>Each part held out</h3>\n{tables.fold_table(report, held_out)}"
    if isinstance(held_out, HeldOutNumbers):
        note = (
            "R² = 1 − Σ(y − ŷ)² / Σ(y − ȳ)²; MAE is the mean absolute error, RMSE the root mean "
            f"square, both in units of {numbered(page.content.target)}."
        )
        charts = tables.residual_charts(held_out, page.content.target)
        return f'{charts}\n{folds}\n<p class="note">{note}</p>'
    return "\n".join(_of_classes(held_out, folds))


def _of_classes(held_out: HeldOutClasses, folds: str) -> Sequence[str]:
    note = (
        "Precision: of the rows named so, the share that are. Recall: of the rows that are, the "
        "share named so. F1 is their harmonic mean; the macro mean counts each class once, the "
        "weighted mean each row."
    )
    each = f"<h3>Each class</h3>\n{tables.class_table(held_out)}"
    return (
        f"<p>{numbered(words.confusion(held_out))}</p>",
        tables.confusion_matrix(held_out),
        f'<div class="beside"><div>{each}</div>\n<div>{folds}</div></div>',
        f'<p class="note">{note}</p>',
    )


def _diagnosis(content: TrainingPage) -> str:
    assert content.report
    assert content.report.diagnosis
    found = content.report.diagnosis
    losses = (
        f"<p>Over {found.epochs:,} epochs the loss went from {found.start_loss:.4g} to "
        f"{found.loss:.4g}; the best prediction that is the same for all rows has "
        f"{found.constant_loss:.4g}.</p>\n"
    )
    items = "".join(
        f"<li><b>{numbered(one.cause)}</b>{f', layer {one.layer}' if one.layer else ''}: "
        f"{numbered(one.message)} {numbered(remedy(one, command=True))}</li>\n"
        for one in found.findings
    )
    return f"{losses}<ol>\n{items}</ol>"


def _gradients(page: Page) -> str:
    charts = gradient_charts(page)
    if not charts:
        return ""
    whole = page.whole is not None
    which = (
        "the final training, on all rows" if whole else f"the training of {page.curves[-1].label}"
    )
    note = (
        f"Of {which}. ‖∂L/∂W‖ is the norm of a layer's gradient over the rows looked at, without "
        "the penalty; ‖ΔW‖ / ‖W‖ how much of its weights an epoch changed."
    )
    return f'<p>{numbered(words.flow(page))}</p>\n{charts}\n<p class="note">{note}</p>'


def _chains(content: TrainingPage) -> str:
    if not content.chains:
        return ""
    return (
        f"<p>The loss is largest in {numbered(content.place)} ({numbered(content.target)} = "
        f"{numbered(content.place_target)}). These are its largest gradients, each a sum over "
        "paths from the weight to the loss, each path a product of local derivatives. Layers count "
        f"from 1, indices from 0.</p>\n{explanations_html(content.chains, PATHS)}"
    )


def _data(content: TrainingPage) -> str:
    notices = "".join(f"<li>{numbered(notice)}</li>" for notice in content.notices)
    listed = f"<ul>{notices}</ul>\n" if notices else ""
    n = len(content.columns) - 1
    return (
        f"<p>{content.n_rows:,} rows, {n:,} {'column' if n == 1 else 'columns'} and the target.</p>"
        f"\n{listed}{tables.column_table(content.columns)}"
    )


def _settings(settings: dict[str, Any]) -> str:
    rows = "".join(
        f"<div><dt>{numbered(name.replace('_', ' '))}</dt><dd>{numbered(_value(value))}</dd></div>"
        for name, value in settings.items()
    )
    return f'<dl class="settings">{rows}</dl>'


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "not given" if value is None else str(value)


def _commands(content: TrainingPage) -> str:
    again = f'<pre class="command"><code>{numbered(content.command)}</code></pre>'
    following = "\n".join(
        f"<dt>{numbered(purpose)}</dt><dd><pre><code>{numbered(command)}</code></pre></dd>"
        for command, purpose in content.next_commands
    )
    versions = " · ".join(f"{name} {number}" for name, number in content.versions.items())
    return (
        f"<p>The same rows, versions, machine and number of threads give the same weights.</p>\n"
        f'{again}\n<dl class="next">{following}</dl>\n<p class="note">{numbered(versions)}</p>'
    )
