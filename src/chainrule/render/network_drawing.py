"""A network drawn as columns of units; the colours are those of the page it stands in."""

from html import escape
from itertools import pairwise, product

from ..reports import NetworkSummary
from . import network_words as words
from .characters import printable

ACCENT = "#3f7fd9"  # at least 3:1 on white and on black
COLUMN, STEP, RADIUS, MARGIN = 72, 17, 5.5, 8
MOST_UNITS, MOST_COLUMNS = 8, 6
_CAPTIONS = 34  # height of the two lines below the columns
_LETTERS = 11  # of a name below a column

Point = tuple[float, float]


def drawing(summary: NetworkSummary) -> str:
    """Return the network as SVG: a column a layer, at most MOST_UNITS units drawn of each.

    Where there are more than MOST_COLUMNS, dots stand for the layers between the first and last.
    """
    sizes = [summary.layers[0].n_inputs, *(layer.n_outputs for layer in summary.layers)]
    names = ["inputs", *(layer.activation for layer in summary.layers)]
    shown = _shown_columns(len(sizes))
    tallest = max(_slots(sizes[k]) for k in shown if k is not None)
    width, height = COLUMN * len(shown), 2 * MARGIN + STEP * tallest
    columns = [
        [] if k is None else _points(sizes[k], COLUMN * (place + 0.5), height / 2)
        for place, k in enumerate(shown)
    ]
    parts = [_edges(left, right) for left, right in pairwise(columns)]
    for place, (k, points) in enumerate(zip(shown, columns, strict=True)):
        x = COLUMN * (place + 0.5)
        if k is None:
            parts.append(_dots([(x + shift, height / 2) for shift in (-7, 0, 7)]))
            parts.append(_caption(x, height, f"{len(sizes) - len(shown) + 1} more", "layers"))
            continue
        parts += [_unit(point, of_data=k == 0) for point in points]
        if sizes[k] > MOST_UNITS:
            parts.append(_dots([(x, height / 2 + shift) for shift in (-6, 0, 6)]))
        parts.append(_caption(x, height, f"{sizes[k]:,}", names[k]))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" '
        f'height="{height + _CAPTIONS}" viewBox="0 0 {width} {height + _CAPTIONS}" '
        'font-size="11" text-anchor="middle" fill="currentColor">\n'
        f"<title>{_text(words.title(summary))}</title>\n"
        f"<desc>{_text(words.description(summary))}</desc>\n" + "\n".join(filter(None, parts))
    ) + "\n</svg>"


def _shown_columns(count: int) -> list[int | None]:
    """Return which columns are drawn; None is a gap."""
    if count <= MOST_COLUMNS:
        return list(range(count))
    return [0, 1, 2, None, count - 2, count - 1]


def _slots(size: int) -> int:
    return min(size, MOST_UNITS)


def _points(size: int, x: float, middle: float) -> list[Point]:
    """Return where the units of a column stand: all, or the first and last three."""
    slots = _slots(size)
    top = middle - STEP * (slots - 1) / 2
    gap = (3, 4) if size > slots else ()
    return [(x, top + STEP * slot) for slot in range(slots) if slot not in gap]


def _edges(left: list[Point], right: list[Point]) -> str:
    lines = " ".join(f"M{x:g} {y:g}L{u:g} {v:g}" for (x, y), (u, v) in product(left, right))
    return f'<path d="{lines}" stroke="currentColor" stroke-opacity=".18"/>' if lines else ""


def _unit(point: Point, of_data: bool) -> str:
    x, y = point
    colour = "#8a9099" if of_data else ACCENT
    return f'<circle cx="{x:g}" cy="{y:g}" r="{RADIUS}" fill="{colour}"/>'


def _dots(points: list[Point]) -> str:
    return "".join(f'<circle cx="{x:g}" cy="{y:g}" r="1.5"/>' for x, y in points)


def _caption(x: float, top: float, size: str, name: str) -> str:
    short = name if len(name) <= _LETTERS else name[: _LETTERS - 1] + "…"
    return (
        f'<text x="{x:g}" y="{top + 13:g}" font-weight="600">{size}</text>'
        f'<text x="{x:g}" y="{top + 27:g}">{_text(short)}</text>'
    )


def _text(text: str) -> str:
    return escape(printable(text))
