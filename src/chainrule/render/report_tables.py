"""The tables of a training's page: scores, confusion, columns, settings."""

from collections.abc import Sequence

from ..observed import ClassScores, Column, HeldOutClasses, HeldOutNumbers, NumberScores
from ..reports import TrainReport
from .chart import Frame, point_chart
from .report_words import numbered, score_text

MOST_CLASSES = 50  # that a matrix is readable of
SPACIOUS, DENSE = 12, 25  # classes whose cells have room for percentages, and for large figures
MOST_LISTED = 20  # confusions
MOST_COLUMNS = 60
MOST_CATEGORIES = 6
MOST_DOTS = 1200


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1, kind: str = ""
) -> str:
    """Return a table of HTML cells; the first columns hold `words`, the others numbers."""

    def cell(name: str, place: int, text: str) -> str:
        number = ' class="number"' if place >= words else ""
        return f"<{name}{number}>{text}</{name}>"

    head = "".join(cell("th", place, name) for place, name in enumerate(headings))
    body = "\n".join(
        "<tr>" + "".join(cell("td", place, text) for place, text in enumerate(row)) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="wide"><table class="{kind}">\n<thead><tr>{head}</tr></thead>\n<tbody>\n'
        f"{body}\n</tbody>\n</table></div>"
    )


def fold_table(report: TrainReport, held_out: HeldOutClasses | HeldOutNumbers | None) -> str:
    """Return the score of each fold."""
    if isinstance(held_out, HeldOutNumbers):
        return _number_folds(report, held_out)
    rows = [
        (str(place), f"{fold.trained:,}", f"{fold.tested:,}", score_text(fold.score, False))
        for place, fold in enumerate(report.folds, start=1)
    ]
    rows.append(("<b>mean</b>", "", "", f"<b>{score_text(report.mean, False)}</b>"))
    return table(("fold", "trained on", "held out", "accuracy"), rows)


def _number_folds(report: TrainReport, held_out: HeldOutNumbers) -> str:
    def scores(one: NumberScores) -> tuple[str, ...]:
        return (score_text(one.r2, True), f"{one.mae:.4g}", f"{one.rmse:.4g}")

    rows: list[tuple[str, ...]] = [
        (str(place), f"{fold.trained:,}", f"{fold.tested:,}", *scores(one))
        for place, (fold, one) in enumerate(zip(report.folds, held_out.folds, strict=True), start=1)
    ]
    means = (f"<b>{text}</b>" for text in scores(held_out.mean))
    rows.append(("<b>mean</b>", "", "", *means))
    return table(("fold", "trained on", "held out", "R²", "MAE", "RMSE"), rows)


def confusion_matrix(held_out: HeldOutClasses) -> str:
    """Return how often each class was taken for which; the largest confusions of many classes."""
    n = len(held_out.classes)
    if n > MOST_CLASSES:
        return _confusions(held_out, f"The largest confusions of {n:,} classes")
    counts = {(actual, said): rows for actual, said, rows in held_out.counts}
    kind = (
        "confusion"
        if n <= SPACIOUS
        else "confusion dense"
        if n <= DENSE
        else "confusion dense tiny"
    )
    heads = "".join(
        f'<th scope="col"><span>{numbered(one.label)}</span></th>' for one in held_out.classes
    )
    body = "\n".join(
        f'<tr><th scope="row">{numbered(one.label)}</th>'
        + "".join(_cell(held_out, counts, k, m) for m in range(n))
        + f'<td class="sum">{one.support:,}</td></tr>'
        for k, one in enumerate(held_out.classes)
    )
    corner = '<th class="corner"><span>actual ↓ predicted →</span></th>'
    matrix = (
        f'<div class="wide"><table class="{kind}"><thead><tr>{corner}{heads}'
        f'<th class="sum" scope="col"><span>rows</span></th></tr></thead>\n<tbody>\n{body}\n'
        "</tbody></table></div>"
    )
    if n <= SPACIOUS:
        return matrix
    return matrix + _confusions(held_out, "The largest confusions")


def _cell(
    held_out: HeldOutClasses, counts: dict[tuple[int, int], int], actual: int, said: int
) -> str:
    rows = counts.get((actual, said), 0)
    names = held_out.classes
    support = names[actual].support
    share = rows / support if support else 0.0
    title = f"{names[actual].label} taken for {names[said].label}: {rows} of {support}"
    if not rows:
        return f'<td class="none" title="{numbered(title)}">·</td>'
    kind = "right" if actual == said else "wrong"
    small = f"<small>{_percent(share)}</small>" if len(names) <= SPACIOUS else ""
    depth = f"--share:{max(8, round(100 * share))}%"
    return f'<td class="{kind}" style="{depth}" title="{numbered(title)}">{rows:,} {small}</td>'


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share > 0.0995 or share == 0 else f"{100 * share:.1f} %"


def _confusions(held_out: HeldOutClasses, title: str) -> str:
    wrong = [count for count in held_out.counts if count[0] != count[1]]
    wrong.sort(key=lambda count: (-count[2], count[:2]))
    if not wrong:
        return ""
    names = held_out.classes
    rows = [
        (
            numbered(names[actual].label),
            numbered(names[said].label),
            f"{count:,}",
            _percent(count / names[actual].support),
        )
        for actual, said, count in wrong[:MOST_LISTED]
    ]
    headings = ("actual", "predicted", "rows", "of the class")
    return f"<h3>{title}</h3>\n{table(headings, rows, words=2)}"


def class_table(held_out: HeldOutClasses) -> str:
    """Return precision, recall and F1 of each class; of many classes, those with the lowest F1."""
    listed = list(held_out.classes)
    note = ""
    if len(listed) > MOST_CLASSES:
        listed = sorted(listed, key=lambda one: one.f1)[:MOST_CLASSES]
        note = f"<p>The {MOST_CLASSES} of {len(held_out.classes):,} with the lowest F1:</p>\n"
    rows = [_class_row(one, numbered(one.label)) for one in listed]
    rows += [_class_row(one, f"<b>{one.label}</b>") for one in (held_out.macro, held_out.weighted)]
    return note + table(("class", "precision", "recall", "F1", "rows"), rows, kind="classes")


def _class_row(one: ClassScores, name: str) -> tuple[str, ...]:
    bar = f'<span class="bar" style="--share:{100 * one.f1:.0f}%">{one.f1:.3f}</span>'
    return (name, f"{one.precision:.3f}", f"{one.recall:.3f}", bar, f"{one.support:,}")


def residual_charts(held_out: HeldOutNumbers, target: str) -> str:
    """Return predictions beside the numbers predicted, and how far they are off."""
    step = -(-len(held_out.points) // MOST_DOTS)
    points = held_out.points[::step]
    ends = [number for point in points for number in point]
    low, high = min(ends), max(ends)
    beside = Frame(
        "Actual against predicted",
        "Each row held out as a point: on the line where the prediction is right.",
        f"predicted {target}",
        f"actual {target}",
        log=False,
    )
    off = Frame(
        "Residuals against predictions",
        "Each row held out as a point: the number less its prediction.",
        f"predicted {target}",
        "residual (actual − predicted)",
        log=False,
    )
    predicted = [said for said, _ in points]
    residuals = [(said, actual - said) for said, actual in points]
    charts = (
        point_chart(beside, points, [(low, low), (high, high)]),
        point_chart(off, residuals, [(min(predicted), 0.0), (max(predicted), 0.0)]),
    )
    return f'<div class="pair">\n{charts[0]}\n{charts[1]}\n</div>'


def column_table(columns: Sequence[Column]) -> str:
    """Return what is in each column, the target last; of many columns the first."""
    *features, target = columns
    rows = [_column(one, numbered(one.name)) for one in features[:MOST_COLUMNS]]
    left = len(features) - MOST_COLUMNS
    if left > 0:
        rows.append((f"… {left:,} more", "", "", ""))
    name = f"<b>{numbered(target.name)}</b> <small>target</small>"
    rows.append(_column(target, name))
    return table(("column", "kind", "values", "missing"), rows, words=3, kind="columns")


def _column(one: Column, name: str) -> tuple[str, str, str, str]:
    missing = f"{one.missing:,}" if one.missing else "–"
    if not one.categories:
        values = (
            f"{one.low:.4g} to {one.high:.4g}, mean {one.mean:.4g}, deviation {one.deviation:.3g}"
        )
        return name, "numbers", values.replace("-", "−"), missing
    shown = one.categories[:MOST_CATEGORIES]
    values = ", ".join(f"{numbered(label)} <small>{rows:,}</small>" for label, rows in shown)
    more = len(one.categories) - len(shown)
    values += f", … <small>{more:,} more</small>" if more > 0 else ""
    return name, f"{len(one.categories):,} values", values, missing
