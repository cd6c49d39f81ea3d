"""Where a program keeps its values: paths as `network[0][2]['weights'][1]` to tracked values.

Parameters are named by where they are found when the program stops.  Scalars that stand together
in lists are one parameter with a shape: 5 neurons of 4 weights are `network[0]`, shape (5, 4).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .ownership import is_of_program
from .values import PLAIN_TYPES, TrackedArray, node_of

Path = tuple[Any, ...]  # a variable, then what leads on: an index, "['key']" or ".attribute"
_DEEPEST = 8
_MOST = 300_000  # values looked at


def text(path: Path) -> str:
    """Return a path as Python writes it.

    >>> text(("net", ".layers", 0, "['W']"))
    "net.layers[0]['W']"
    """
    return "".join(f"[{step}]" if isinstance(step, int) else str(step) for step in path)


def _parts(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield what a container or an object of the program holds, and how it is reached."""
    if isinstance(value, list | tuple):
        yield from enumerate(value)
    elif isinstance(value, dict):
        for key, item in list(value.items()):
            if isinstance(key, str | int):
                yield (key if type(key) is int else f"[{key!r}]"), item
    elif hasattr(value, "__dict__") and is_of_program(type(value)):
        for name, item in list(vars(value).items()):
            yield f".{name}", item


def _walk(path: Path, value: Any, seen: set[int], found: dict[int, Path]) -> None:
    """Note the path of every tracked value that is reached from one."""
    kind = type(value)
    if kind in PLAIN_TYPES:
        node = node_of(value) if issubclass(kind, TrackedArray) else value.node
        found.setdefault(node.number, path)
        return
    if len(path) > _DEEPEST or id(value) in seen or len(seen) > _MOST:
        return
    if not (isinstance(value, list | tuple | dict) or hasattr(value, "__dict__")):
        return
    seen.add(id(value))
    for step, part in _parts(value):
        _walk((*path, step), part, seen, found)


def find(scopes: Sequence[Mapping[str, Any]]) -> list[dict[int, Path]]:
    """Return, for each variable of the scopes, the nodes reached from it and their paths."""
    variables: list[dict[int, Path]] = []
    for scope in scopes:
        for name, value in list(scope.items()):
            if name.startswith("__"):
                continue
            found: dict[int, Path] = {}
            _walk((name,), value, set(), found)
            if found:
                variables.append(found)
    return variables


def choose(variables: Sequence[Mapping[int, Path]], wanted: set[int]) -> dict[int, Path]:
    """Return a path for each wanted node, from as few variables as possible, outer ones first."""
    chosen: dict[int, Path] = {}
    left = set(wanted)
    while left and variables:
        best = max(variables, key=lambda found: len(left & found.keys()))
        reached = left & best.keys()
        if not reached:
            break
        chosen |= {number: best[number] for number in reached}
        left -= reached
    return chosen


def together(paths: Mapping[int, Path]) -> list[tuple[Path, tuple[int, ...], list[int]]]:
    """Return scalars in rectangular groups: the path they share, the shape, the nodes in order."""
    result = []
    rest: dict[Path, list[tuple[Path, int]]] = defaultdict(list)
    for number, path in paths.items():
        rest[_stem(path, 2)].append((path, number))
    for stem, members in rest.items():
        result += _rectangles(stem, sorted(members, key=lambda member: _order(member[0])))
    return result


def _order(path: Path) -> tuple[Any, ...]:
    return tuple((0, step, "") if isinstance(step, int) else (1, 0, str(step)) for step in path)


def _stem(path: Path, most: int) -> Path:
    """Return a path up to its last few indices."""
    indices = [k for k, step in enumerate(path) if isinstance(step, int)][-most:]
    return path[: indices[0]] if indices else path


def _length(column: tuple[int, ...]) -> int:
    """Return how many indices there are up to the greatest; translated programs count from 1."""
    return max(column) + (min(column) != 1 or max(column) == 1)


def _rectangles(
    stem: Path, members: list[tuple[Path, int]]
) -> list[tuple[Path, tuple[int, ...], list[int]]]:
    """Return the members as one array if they fill one, else row by row."""
    indices = [tuple(s for s in path[len(stem) :] if isinstance(s, int)) for path, _ in members]
    keys = {tuple(s for s in path[len(stem) :] if not isinstance(s, int)) for path, _ in members}
    numbers = [number for _, number in members]
    rank = len(indices[0])
    if len(keys) == 1 and all(len(index) == rank for index in indices):
        columns = list(zip(*indices, strict=True))
        shape = tuple(map(_length, columns))
        size = 1
        for length in shape:
            size *= length
        if size == len(members):
            return [(stem, shape, numbers)]
    if rank < 2:
        return [(path, (), [number]) for path, number in members]
    rows: dict[Path, list[tuple[Path, int]]] = defaultdict(list)
    for path, number in members:
        rows[_stem(path, 1)].append((path, number))
    return [part for row, inner in rows.items() for part in _rectangles(row, inner)]
