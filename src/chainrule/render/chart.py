"""Charts as SVG: lines or points on axes; a page's style gives the colours by class."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape

from .axes import Axis, axis_of, tick_text
from .characters import printable

WIDTH, HEIGHT = 440, 264
LEFT, RIGHT, TOP, BOTTOM = 54, 20, 24, 40
MOST_POINTS = 240  # of a line: more cannot be told apart

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points; `kind` are the classes that style it."""

    name: str
    kind: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class Frame:
    """What a chart says beside its lines: its title, what it shows, and what the axes count."""

    title: str
    description: str
    x_name: str
    y_name: str
    percent: bool = False
    log: bool | None = None
    least: float = -math.inf  # what is below is cut off


def line_chart(frame: Frame, lines: Sequence[Line]) -> str:
    """Return lines as SVG, the first lowest."""
    lines = [Line(line.name, line.kind, thinned(line.points)) for line in lines]
    x, y = _axes(frame, [point for line in lines for point in line.points], even_x=True)
    drawn = [_line(line, x, y) for line in lines]
    return _chart(frame, x, y, drawn)


def point_chart(frame: Frame, points: Sequence[Point], guide: Sequence[Point] = ()) -> str:
    """Return points as SVG, and a guide through some."""
    x, y = _axes(frame, [*points, *guide], even_x=False)
    marks = "".join(
        f'<circle cx="{_across(x, a):.1f}" cy="{_up(y, b):.1f}" r="2.6"/>'
        for a, b in points
        if x.holds(a) and y.holds(b)
    )
    return _chart(
        frame, x, y, [_line(Line("", "guide", guide), x, y), f'<g class="dots">{marks}</g>']
    )


def thinned(points: Sequence[Point], most: int = MOST_POINTS) -> Sequence[Point]:
    """Return at most about so many of the points: of each stretch the lowest and the highest.

    >>> thinned([(k, float(k % 10)) for k in range(1000)], most=4)
    [(0, 0.0), (9, 9.0), (500, 0.0), (509, 9.0), (999, 9.0)]
    """
    if len(points) <= most:
        return points
    stretch = math.ceil(len(points) / (most // 2))
    kept = []
    for start in range(0, len(points), stretch):
        part = range(start, min(start + stretch, len(points)))
        ends = {min(part, key=lambda k: points[k][1]), max(part, key=lambda k: points[k][1])}
        kept += sorted(ends)
    return [points[k] for k in sorted({0, *kept, len(points) - 1})]


def legend(entries: Iterable[tuple[str, str]]) -> str:
    """Return what the lines mean: (classes of the line, HTML beside it)."""
    items = "".join(
        '<li><svg width="26" height="10" viewBox="0 0 26 10" aria-hidden="true">'
        f'<path class="{kind}" d="M1 5H25"/></svg>{text}</li>'
        for kind, text in entries
    )
    return f'<ul class="legend">{items}</ul>'


def _axes(frame: Frame, points: Sequence[Point], even_x: bool) -> tuple[Axis, Axis]:
    numbers = [y for _, y in points]
    if max(numbers, default=-math.inf) > frame.least:
        numbers = [max(y, frame.least) for y in numbers]
    if even_x:
        places = [x for x, _ in points] or [1.0]
        first, last = min(places), max(places)
        if first == last:  # one epoch stands in the middle
            first, last = first - 1, last + 1
        inner = axis_of([first, last], log=False)
        ticks = tuple(tick for tick in inner.ticks if first <= tick <= last and tick == int(tick))
        x = Axis(first, last, False, ticks)
    else:
        x = axis_of([x for x, _ in points], log=False)
    return x, axis_of(numbers, frame.log)


def _across(axis: Axis, value: float) -> float:
    return LEFT + axis.place(value) * (WIDTH - LEFT - RIGHT)


def _up(axis: Axis, value: float) -> float:
    return HEIGHT - BOTTOM - axis.place(value) * (HEIGHT - TOP - BOTTOM)


def _line(line: Line, x: Axis, y: Axis) -> str:
    """Return a line as a path, with a gap where there is no number; one point as a dot."""
    steps, pen, last = [], "M", (0.0, 0.0)
    for a, b in line.points:
        if not (x.holds(a) and y.holds(b)):
            pen = "M"
            continue
        last = (_across(x, a), min(max(_up(y, b), -HEIGHT), 2 * HEIGHT))
        steps.append(f"{pen}{last[0]:.1f} {last[1]:.1f}")
        pen = "L"
    title = f"<title>{_text(line.name)}</title>" if line.name else ""
    if len(steps) == 1:
        return (
            f'<circle class="{line.kind} dot" cx="{last[0]:.1f}" cy="{last[1]:.1f}" r="3">'
            f"{title}</circle>"
        )
    return f'<path class="{line.kind}" d="{"".join(steps)}">{title}</path>' if steps else ""


def _chart(frame: Frame, x: Axis, y: Axis, drawn: Sequence[str]) -> str:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    log = ", log scale" if y.log else ""
    parts = [
        *(_tick_of(y, tick, frame.percent, _up) for tick in y.ticks),
        *(_tick_of(x, tick, False, _across) for tick in x.ticks),
        f'<text class="name" x="0" y="11">{_text(frame.y_name)}{log}</text>',
        f'<text class="name" x="{right}" y="{HEIGHT - 4}" text-anchor="end">'
        f"{_text(frame.x_name)}</text>",
        f'<path class="axis" d="M{LEFT} {bottom}H{right}"/>',
        # lines that leave the axes are cut off, without an id that a page could have twice
        f'<svg x="{LEFT - 4}" y="{TOP - 4}" width="{right - LEFT + 8}" '
        f'height="{bottom - TOP + 8}" '
        f'viewBox="{LEFT - 4} {TOP - 4} {right - LEFT + 8} {bottom - TOP + 8}">',
        *filter(None, drawn),
        "</svg>",
    ]
    return (
        f'<svg class="chart" xmlns="http://www.w3.org/2000/svg" role="img" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}">\n<title>{_text(frame.title)}</title>\n'
        f"<desc>{_text(frame.description)}</desc>\n" + "\n".join(parts) + "\n</svg>"
    )


def _tick_of(axis: Axis, tick: float, percent: bool, placed: Callable[[Axis, float], float]) -> str:
    text, at = _text(tick_text(tick, percent)), placed(axis, tick)
    if placed is _up:
        return (
            f'<path class="grid" d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}"/>'
            f'<text x="{LEFT - 7}" y="{at + 4:.1f}" text-anchor="end">{text}</text>'
        )
    foot = HEIGHT - BOTTOM
    return (
        f'<path class="axis" d="M{at:.1f} {foot}v4"/>'
        f'<text x="{at:.1f}" y="{foot + 17}" text-anchor="middle">{text}</text>'
    )


def _text(text: str) -> str:
    return escape(printable(text))
