"""What a table holds that makes a score better than it is, or keeps it from being any better."""

from collections.abc import Iterable, Sequence

import numpy as np

from .chain import Array
from .encoding import Feature, Target
from .tables import Table
from .words import counted, listed

FEWEST = 10  # rows; among fewer, numbers in a row and copies come by chance
SAMPLE = 1000  # rows by which a column is judged first


def copies(encoded: Array, y: Array) -> Array:
    """Return for each row the first row that is equal to it, target included, (rows,).

    >>> copies(np.array([[1.0], [2.0], [1.0]]), np.array([0, 0, 0]))
    array([0, 1, 0])
    """
    first: dict[tuple[bytes, object], int] = {}
    labels = y.tolist()
    rows = (np.ascontiguousarray(row).tobytes() for row in encoded)
    # the digests of equal rows are equal; those of others hardly ever are, so they are compared
    same = [first.setdefault((_digest(row), labels[at]), at) for at, row in enumerate(rows)]
    return np.array(same)


def _digest(row: bytes) -> bytes:
    import hashlib

    return hashlib.blake2b(row, digest_size=16).digest()


def copies_across(same: Array, splits: Iterable[tuple[Array, Array]]) -> str | None:
    """Say how many held-out rows have a copy among those trained on, if any have."""
    crossing = sum(int(np.isin(same[held_out], same[kept]).sum()) for kept, held_out in splits)
    if not crossing:
        return None
    return (
        f"{counted(crossing, 'held-out row')} {'has a copy' if crossing == 1 else 'have copies'} "
        "among the rows trained on, which flatters the score: remove the copies, unless they are "
        "measurements that happen to be equal"
    )


def leaks(
    table: Table,
    features: Sequence[Feature],
    columns: Sequence[int],
    encoded: Array,
    target: Target,
    y: Array,
    same: Array,
) -> list[str]:
    """Return sentences about codes, lost digits, columns that tell too much, and copies."""
    notices = [
        *_cells(table, features, columns),
        *_ids(table, features, columns, encoded),
        *_telling(features, encoded, target, y),
    ]
    again = len(same) - len(np.unique(same))
    if encoded.size and len(y) > 1 and np.array_equal(encoded, encoded[:1].repeat(len(y), axis=0)):
        notices.append("all rows are the same but for the target: there is nothing to learn from")
    elif again and len(y) >= FEWEST:
        notices.append(
            f"{counted(again, 'row')} {'is a copy' if again == 1 else 'are copies'} of another"
        )
    return notices


def _cells(table: Table, features: Sequence[Feature], columns: Sequence[int]) -> list[str]:
    """Say of which columns the cells are not what they look like."""
    notices = []
    for feature, index in zip(features, columns, strict=True):
        column, name = table.columns[index], table.names[index]
        if feature.categories is None:
            if len(column.rounded):
                cell = table.rows[int(column.rounded[0])][index]
                notices.append(
                    f"{name!r} has {counted(len(column.rounded), 'whole number')} beyond 2^53, "
                    f"such as {cell} in {table.row_name(int(column.rounded[0]))}: a 64-bit float "
                    "does not hold its last digits"
                )
            continue
        numbers = len(column) - len(column.odd)
        hexadecimal = [word for word in column.words if word[:2].lower() == "0x"]
        if len(column.coded):
            row = int(column.coded[0])
            notices.append(
                f"{name!r} holds codes, such as {table.rows[row][index]} in {table.row_name(row)}: "
                "as numbers they would lose the zero in front"
            )
        elif hexadecimal:
            notices.append(f"{name!r} is text, not hexadecimal numbers, such as {hexadecimal[0]}")
        elif numbers:
            odd = int(np.flatnonzero(~np.isnan(column.values))[0])
            notices.append(
                f"{name!r} holds text and {counted(numbers, 'number')}, the first in "
                f"{table.row_name(odd)}; the numbers are taken as text too"
            )
    return notices


def _ids(
    table: Table, features: Sequence[Feature], columns: Sequence[int], encoded: Array
) -> list[str]:
    """Name the columns that only number or name the rows."""
    if len(table) < FEWEST:
        return []
    found, end = [], 0
    for feature, index in zip(features, columns, strict=True):
        end += len(feature.inputs)
        if feature.categories is not None:
            if len(feature.categories) == len(table):
                found.append(table.names[index])
            continue
        values = encoded[:, end - 1]
        low = values.min()
        numbers = np.arange(low, low + len(table)) if low in (0, 1) else None
        if numbers is not None and np.array_equal(np.sort(values), numbers):
            found.append(table.names[index])
    if not found:
        return []
    return [
        f"{listed([repr(name) for name in found])} {'has' if len(found) == 1 else 'have'} another "
        "value in each row, as numbers or names of rows do: nothing about new rows is learned "
        "from that; `--leave-out` leaves a column out"
    ]


def _telling(features: Sequence[Feature], encoded: Array, target: Target, y: Array) -> list[str]:
    """Name the columns that are the target in other words."""
    if len(y) < FEWEST or len(np.unique(y)) < 2:
        return []
    found, start = [], 0
    _, labels = np.unique(y, return_inverse=True)
    for feature in features:
        end = start + len(feature.inputs)
        inputs = encoded[:, start:end]
        start = end
        if target.classes is None:
            tells = feature.categories is None and _is_multiple(inputs[:, 0], y)
        else:
            tells = all(
                _are_one_to_one(inputs[rows], labels[rows]) for rows in (slice(SAMPLE), slice(None))
            )
        if tells:
            found.append(feature.name)
    if not found:
        return []
    are = "tells" if len(found) == 1 else "tell"
    return [
        f"{listed([repr(name) for name in found])} {are} the target exactly: if it would not be "
        "known of new rows, leave it out with `--leave-out`"
    ]


def _is_multiple(x: Array, y: Array) -> bool:
    """Say whether the one is a multiple of the other but for a constant."""
    there = ~np.isnan(x)
    x, y = x[there] - x[there].mean(), y[there] - y[there].mean()
    norm = float(np.linalg.norm(x) * np.linalg.norm(y))
    return norm > 0 and abs(float(x @ y)) >= (1 - 1e-12) * norm


def _are_one_to_one(inputs: Array, labels: Array) -> bool:
    """Say whether each class has one value, and each value one class."""
    if np.isnan(inputs).any():
        return False
    firsts = {label: inputs[row] for row, label in reversed([*enumerate(labels.tolist())])}
    values = np.array([firsts[label] for label in sorted(firsts)])
    if len(np.unique(values, axis=0)) < len(firsts):
        return False
    places = np.searchsorted(sorted(firsts), labels)
    return bool((inputs == values[places]).all())
