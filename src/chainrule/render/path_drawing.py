"""A network drawn with the largest paths of one weight marked; the rest of it is faint."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise, product

from ..factors import Explanation, Path, added
from ..words import counted
from .characters import printable

POSITIVE, NEGATIVE, CHOSEN = "#2f7fd1", "#c9671f", "#8f5be8"  # at least 3:1 on white and on black
COLUMN, STEP, MARGIN = 104, 24, 26
RADIUS, FAINT_RADIUS = 9, 5  # of units on a path, and of the others
MOST_UNITS = 9  # drawn of a layer, unless more are on the paths
MOST_MARKED = 24
MOST_EDGES = 400  # faint ones; more would be a grey area
_CAPTIONS = 52
_UNIT = re.compile(r"∂([zad])(\d+)\[(\d+)\]/∂")
_ERROR = re.compile(r"∂[Jℓ]/∂[za](\d+)\[(\d+)\]")
_WEIGHT = re.compile(r"([Wb])(\d+)\[(\d+)(?:, (\d+))?\]")

Point = tuple[float, float]
Unit = tuple[int, int]  # layer, the inputs' 0, and place in it


@dataclass(frozen=True, slots=True)
class _Layer:
    """A column: which units are drawn, and where."""

    size: int
    points: Mapping[int, Point]


def path_drawing(opened: Explanation, alone: bool = False) -> str:
    """Return the network as SVG, "" if its sizes are not known; `alone` for a file of its own.

    Paths of several rows through the same units are drawn as one.
    """
    sizes, found = opened.layer_sizes, _WEIGHT.fullmatch(opened.weight)
    if not sizes or not found:
        return ""
    edges = _edges(opened.paths)
    marked = {unit for edge in edges for unit in edge}
    layer, indices = int(found[2]), [int(index) for index in found.groups()[2:] if index]
    end: Unit = (layer, indices[-1])
    start: Unit | None = (layer - 1, indices[0]) if found[1] == "W" else None
    marked |= {end} if start is None else {start, end}
    layers = _layers(sizes, marked)
    width = COLUMN * len(sizes)
    height = max(len(one.points) for one in layers) * STEP + 2 * MARGIN
    parts = [
        _faint(layers),
        *_marked(edges, layers),
        _chosen(opened.weight, start, end, layers),
        *(_column(layers, k, marked, height) for k in range(len(sizes))),
        _legend(width, height),
    ]
    style = f"<style>{_STYLE}</style>\n" if alone else ""
    label = f"The network, and the largest paths from the loss to {opened.weight}"
    total = height + _CAPTIONS
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{total}" '
        f'viewBox="0 0 {width} {total}" font-family="system-ui, sans-serif" font-size="11" '
        f'text-anchor="middle" fill="currentColor">\n{style}<title>{escape(label)}</title>\n'
        f"<desc>{escape(_description(opened, edges))}</desc>\n"
        + "\n".join(filter(None, parts))
        + "\n</svg>"
    )


_STYLE = (
    "svg { color: #1c1e21; background: #ffffff } "
    "@media (prefers-color-scheme: dark) { svg { color: #e4e6e9; background: #16181b } }"
)


def _edges(paths: Sequence[Path]) -> dict[tuple[Unit, Unit], float]:
    """Return each pair of units that a path goes through, with the sum of the paths' values."""
    found: dict[tuple[Unit, Unit], list[float]] = defaultdict(list)
    for path in paths:
        for pair in pairwise(_units(path)):
            found[pair].append(path.value)
    return {pair: added(values) for pair, values in found.items()}


def _units(path: Path) -> list[Unit]:
    """Return the units of a path, from the weight's own to the output's."""
    units: dict[int, int] = {}
    for factor in path.factors:
        error, unit = _ERROR.match(factor.name), _UNIT.match(factor.name)
        if error:
            units[int(error[1])] = int(error[2])
        if unit:  # a softmax has two units of one layer; the one nearer the weight is taken
            units[int(unit[2])] = int(unit[3])
    return sorted(units.items())


def _layers(sizes: Sequence[int], marked: set[Unit]) -> list[_Layer]:
    drawn = []
    for k, size in enumerate(sizes):
        on_paths = sorted(unit for layer, unit in marked if layer == k)[:MOST_MARKED]
        spread = dict.fromkeys(place * size // MOST_UNITS for place in range(MOST_UNITS))
        others = [unit for unit in spread if unit not in on_paths]
        drawn.append(sorted([*on_paths, *others[: max(0, MOST_UNITS - len(on_paths))]]))
    middle = max(map(len, drawn)) * STEP / 2 + MARGIN
    layers = []
    for k, (size, shown) in enumerate(zip(sizes, drawn, strict=True)):
        top = middle - STEP * (len(shown) - 1) / 2
        x = COLUMN * (k + 0.5)
        points = {unit: (x, top + STEP * place) for place, unit in enumerate(shown)}
        layers.append(_Layer(size, points))
    return layers


def _faint(layers: Sequence[_Layer]) -> str:
    pairs = [
        line
        for left, right in pairwise(layers)
        for line in product(left.points.values(), right.points.values())
    ][:MOST_EDGES]
    lines = " ".join(f"M{x:g} {y:g}L{u:g} {v:g}" for (x, y), (u, v) in pairs)
    return f'<path d="{lines}" stroke="currentColor" stroke-opacity=".12"/>'


def _marked(edges: Mapping[tuple[Unit, Unit], float], layers: Sequence[_Layer]) -> list[str]:
    """Return the paths' edges, thicker the more they add; dashed where they take off."""
    largest = max(map(abs, edges.values()), default=0.0) or 1.0
    lines = []
    for (left, right), value in sorted(edges.items(), key=lambda edge: abs(edge[1])):
        ends = [layers[k].points.get(unit) for k, unit in (left, right)]
        if None in ends:
            continue
        (x, y), (u, v) = (point for point in ends if point)
        colour, dashes = (POSITIVE, "") if value >= 0 else (NEGATIVE, ' stroke-dasharray="5 3"')
        width = 1.2 + 3.3 * abs(value) / largest
        lines.append(
            f'<path d="M{x:g} {y:g}L{u:g} {v:g}" stroke="{colour}" stroke-width="{width:.1f}"'
            f"{dashes}/>"
        )
    return lines


def _chosen(name: str, start: Unit | None, end: Unit, layers: Sequence[_Layer]) -> str:
    """Return the weight's own edge, or a bias's from its 1."""
    u, v = layers[end[0]].points[end[1]]
    x, y = (u - 0.38 * COLUMN, v - 0.8 * STEP)
    one = f'<text x="{x - 7:g}" y="{y + 4:g}">1</text>' if start is None else ""
    if start is not None:
        x, y = layers[start[0]].points[start[1]]
    # on the side that the line leaves free, whichever way it runs
    at_x, at_y, anchor = (x + 0.2 * (u - x), y + 0.2 * (v - y), "start")
    at_y += 14 if v < y else -6
    if start is None or v == y:
        at_x, at_y, anchor = ((x + u) / 2, y - 8, "middle")
    at = f'x="{at_x:g}" y="{at_y:g}" text-anchor="{anchor}"'
    return (
        f'<path d="M{x:g} {y:g}L{u:g} {v:g}" stroke="{CHOSEN}" stroke-width="4"/>{one}'
        f'<text {at} font-weight="600" fill="{CHOSEN}">{escape(name)}</text>'
    )


def _column(layers: Sequence[_Layer], k: int, marked: set[Unit], height: float) -> str:
    """Return a layer's units, its size and its name."""
    layer, x = layers[k], COLUMN * (k + 0.5)
    parts = []
    for unit, (_, y) in layer.points.items():
        on = (k, unit) in marked
        fill, radius = ("#5d6673", RADIUS) if on else ("#8a9099", FAINT_RADIUS)
        parts.append(f'<circle cx="{x:g}" cy="{y:g}" r="{radius}" fill="{fill}"/>')
        if on:
            parts.append(
                f'<text x="{x:g}" y="{y + 3.5:g}" font-size="9" fill="#ffffff">{unit}</text>'
            )
    name = "inputs" if k == 0 else f"layer {k}"
    hidden = layer.size - len(layer.points)
    more = f", {hidden} not drawn" if hidden else ""
    size = f"{layer.size:,}{more}"
    parts.append(f'<text x="{x:g}" y="{height:g}" font-weight="600">{name}</text>')
    parts.append(f'<text x="{x:g}" y="{height + 14:g}" font-size="9.5">{printable(size)}</text>')
    return "".join(parts)


def _legend(width: float, height: float) -> str:
    """Return what the colours mean."""
    x, y = width / 2, height + 36
    return (
        f'<path d="M{x - 74:g} {y - 4:g}h22" stroke="{POSITIVE}" stroke-width="3"/>'
        f'<text x="{x - 46:g}" y="{y:g}" text-anchor="start">adds</text>'
        f'<path d="M{x - 8:g} {y - 4:g}h22" stroke="{NEGATIVE}" stroke-width="3" '
        f'stroke-dasharray="5 3"/>'
        f'<text x="{x + 20:g}" y="{y:g}" text-anchor="start">takes off</text>'
    )


def _description(opened: Explanation, edges: Mapping[tuple[Unit, Unit], float]) -> str:
    shown = counted(len(opened.paths), "path")
    return (
        f"{shown} of {opened.n_paths} drawn, over {counted(len(edges), 'connection')}; the "
        f"gradient is {opened.gradient:.6g}."
    )
