"""Does the first row of a table name its columns, and what are the names?"""

import re
from collections import Counter
from collections.abc import Collection, Sequence

from .columns import Column, is_missing, parse_number
from .errors import InputError


def looks_like_header(rows: Sequence[Sequence[str]], known: Collection[str] = ()) -> bool:
    """Say whether the first row names the columns: it has no number in it and is above numbers.

    Above text alone it does if none of its cells comes again in its column, where others do.
    Whatever is below, it does if it holds a name that is `known`, or all where they are numbers.

    >>> looks_like_header([["width", "kind"], ["1", "a"]]), looks_like_header([["1", "a"]])
    (True, False)
    """
    first = rows[0]
    words = {name for name in known if parse_number(name) is None}
    if words & set(first) or (known and set(known) <= set(first)):
        return True
    if any(parse_number(_bare(cell)) is not None for cell in first):
        return False
    columns = list(zip(first, *rows[1:], strict=True))
    above = any(
        Column.of_cells([_bare(cell) for cell in cells[1:]]).holds_numbers()
        for cells in columns
        if not is_missing(cells[0])
    )
    if above or len(rows) == 1:
        return True
    again = any(name in cells for name, *cells in columns) or len(set(first)) < len(first)
    return not again and any(len(set(cells)) < len(cells) for cells in columns)


def _bare(cell: str) -> str:
    """Return a cell without what may stand between digits: 1,234.5 is a number here."""
    return re.sub(r"[,'\s]", "", cell)


def column_names(cells: Sequence[str], source: str) -> tuple[str, ...]:
    """Return the names in a header, "column 3" where there is none.

    Raises:
        InputError: for a name that comes twice.
    """
    names = tuple(cell or f"column {index}" for index, cell in enumerate(cells))
    name, times = Counter(names).most_common(1)[0]
    if times > 1:
        raise InputError(f"`{source}` has {times} columns of the name {name!r}; rename them.")
    return names
