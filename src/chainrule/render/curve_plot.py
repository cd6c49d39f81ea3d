"""Losses drawn in the terminal: while a training goes on, and once it is over."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from rich.console import Console, ConsoleOptions
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from ..observed import SeenEpoch
from .axes import Axis, axis_of, tick_text
from .chart import Point

WIDTH, HEIGHT = 80, 12
_LABELS = 9  # columns left of the plot
_BRAILLE = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # dots of a cell, 4 by 2
_SERIES = {"training": ("t", "blue"), "held out": ("h", "yellow")}
"""What is drawn: the letter that stands for it without colours, and its colour."""


class CurvePlot:
    """A journal of trainings, which shows the one that goes on; `averaged` shows them all."""

    def __init__(self) -> None:
        self._seen: dict[str, list[SeenEpoch]] = {}
        self._going: list[str] = []

    def begin(self, label: str) -> None:
        """Note that a training begins."""
        self._seen[label] = []
        self._going.append(label)

    def epoch(self, label: str, seen: SeenEpoch) -> None:
        """Note an epoch that was looked at."""
        if seen.looked_at:
            self._seen[label].append(seen)

    def end(self, label: str) -> None:
        """Note that a training is over."""
        self._going.remove(label)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Draw the first of the trainings that go on."""
        label = self._going[0] if self._going else ""
        series = _series([self._seen[label]] if label else [])
        yield from _drawn(label, series, console, options)

    @property
    def averaged(self) -> "Averaged":
        """The means over the folds."""
        return Averaged(self._seen)


class Averaged:
    """The mean losses of the trainings that have rows held out, or of those there are."""

    def __init__(self, seen: Mapping[str, Sequence[SeenEpoch]]) -> None:
        every = [epochs for epochs in seen.values() if epochs]
        folds = [epochs for epochs in every if epochs[0].held_out_loss is not None]
        self._curves = folds or every

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Draw the means."""
        count = len(self._curves)
        title = f"mean of {count} folds" if count > 1 else ""
        yield from _drawn(title, _series(self._curves), console, options)


def _series(curves: Sequence[Sequence[SeenEpoch]]) -> dict[str, list[Point]]:
    """Return the mean losses at each epoch that all curves have, by name."""
    series: dict[str, list[Point]] = {}
    for name in _SERIES:
        numbers: dict[int, list[float]] = {}
        for epoch in (epoch for curve in curves for epoch in curve):
            loss = epoch.training_loss if name == "training" else epoch.held_out_loss
            if loss is not None and math.isfinite(loss):
                numbers.setdefault(epoch.number, []).append(loss)
        series[name] = [
            (number, sum(some) / len(some))
            for number, some in sorted(numbers.items())
            if len(some) == len(curves)
        ]
    return series


def _drawn(
    title: str, series: Mapping[str, Sequence[Point]], console: Console, options: ConsoleOptions
) -> Iterator[Segment]:
    width = min(WIDTH, options.max_width)
    coloured = console.color_system is not None and not console.no_color
    for line in plot_lines(title, series, width, coloured and not options.ascii_only):
        if options.ascii_only:
            line = Text(_plain(line.plain))
        yield from line.render(console, end="\n")


def plot_lines(
    title: str, series: Mapping[str, Sequence[Point]], width: int, coloured: bool
) -> list[Text]:
    """Return the plot line by line: fine dots where colours tell the curves apart, else letters."""
    points = [point for some in series.values() for point in some]
    if not points:
        return []
    y = axis_of([loss for _, loss in points])
    first, last = (pick(number for number, _ in points) for pick in (min, max))
    x = Axis(first, max(last, first + 1), False, ())
    columns = max(width - _LABELS - 1, 10)
    cells = (_dots if coloured else _letters)(series, x, y, columns)
    labels = {
        round((1 - y.place(tick)) * (HEIGHT - 1)): tick_text(tick) for tick in reversed(y.ticks)
    }
    names = [name for name in _SERIES if series.get(name)]
    head = Text(f"{'loss':>{_LABELS - 1}}  ")
    for name in names:
        letter, colour = _SERIES[name]
        head.append(f"{'━━' if coloured else letter} {name}   ", colour if coloured else "")
    head.append(f"{title}{' · log scale' if y.log else ''}".removeprefix(" · "))
    rows = [head]
    for place, row in enumerate(cells):
        rows.append(Text(f"{labels.get(place, ''):>{_LABELS - 1}} │").append_text(row))
    rows.append(Text(" " * _LABELS + "└" + "─" * (columns - 1)))
    end = f"epoch {last:.0f}"
    rows.append(Text(f"{' ' * _LABELS}{first:<{columns - len(end)}.0f}{end}"))
    return rows


def _letters(series: Mapping[str, Sequence[Point]], x: Axis, y: Axis, columns: int) -> list[Text]:
    cells = [[" "] * columns for _ in range(HEIGHT)]
    for name, points in series.items():
        for column, row in _traced(points, x, y, columns, HEIGHT):
            taken = cells[row][column]
            letter = _SERIES[name][0]
            cells[row][column] = letter if taken in (" ", letter) else "*"
    return [Text("".join(row).rstrip()) for row in cells]


def _dots(series: Mapping[str, Sequence[Point]], x: Axis, y: Axis, columns: int) -> list[Text]:
    bits = [[0] * columns for _ in range(HEIGHT)]
    colours = [[""] * columns for _ in range(HEIGHT)]
    for name, points in series.items():
        for across, down in _traced(points, x, y, 2 * columns, 4 * HEIGHT):
            row, column = down // 4, across // 2
            bits[row][column] |= _BRAILLE[down % 4][across % 2]
            colours[row][column] = _SERIES[name][1]
    rows = []
    for some, paints in zip(bits, colours, strict=True):
        line = Text()
        for bit, colour in zip(some, paints, strict=True):
            line.append(chr(0x2800 + bit) if bit else " ", Style.parse(colour) if colour else None)
        line.rstrip()
        rows.append(line)
    return rows


def _traced(
    points: Sequence[Point], x: Axis, y: Axis, columns: int, rows: int
) -> set[tuple[int, int]]:
    """Return the cells that a line through points goes through."""
    places = [
        (x.place(a) * (columns - 1), (1 - y.place(b)) * (rows - 1)) for a, b in points if y.holds(b)
    ]
    cells = {(round(a), round(b)) for a, b in places}
    for (a, b), (c, d) in pairwise(places):
        steps = max(1, round(max(abs(c - a), abs(d - b))))
        cells |= {
            (round(a + (c - a) * k / steps), round(b + (d - b) * k / steps))
            for k in range(1, steps)
        }
    return cells


def _plain(line: str) -> str:
    signs = str.maketrans("│└─·−", "|+-,-")
    return line.translate(signs).encode("ascii", "replace").decode()
