"""Cells without a usable value: refuse them by name, drop their rows, or fill in the mean."""

import math
from collections.abc import Sequence

import numpy as np

from .chain import Array
from .encoding import Feature
from .errors import InputError
from .tables import Table, is_missing, parse_number

POLICIES = ("drop", "mean", "refuse")


def handle_missing(
    table: Table, features: Sequence[Feature], columns: Sequence[int], target: int, policy: str
) -> tuple[Table, str | None]:
    """Apply a policy to the missing and non-finite cells; return the table and what was done.

    With "mean" the cells stay and are filled in later, by the mean of the training rows (for
    text: by the categories' shares).

    Raises:
        InputError: if there are such cells and the policy is "refuse", if "mean" meets one in the
            target, or if "drop" leaves no row.
    """
    texts = {
        column: feature.categories is not None
        for feature, column in zip(features, columns, strict=True)
    }
    found = {column: _missing(table, column, text) for column, text in texts.items()}
    found[target] = _missing(table, target, text=False)
    bad_rows = np.any(list(found.values()), axis=0)
    if not bad_rows.any():
        return table, None
    count = int(sum(mask.sum() for mask in found.values()))
    cells = "1 cell" if count == 1 else f"{count} cells"
    if policy == "refuse":
        raise InputError(
            f"{_first(table, found)} ({cells} in all); `--missing drop` leaves such rows out, "
            "`--missing mean` fills in the column's mean."
        )
    if policy == "drop":
        kept = table.keep(np.flatnonzero(~bad_rows).tolist())
        if not kept.rows:
            raise InputError(f"`--missing drop` leaves no row of `{table.source}`.")
        return kept, f"{int(bad_rows.sum())} rows with {cells} missing were left out"
    if found[target].any():
        raise InputError(
            f"{_first(table, {target: found[target]})}, and a target cannot be filled in; use "
            "`--missing drop`."
        )
    return table, f"{cells} missing; filled in with the mean of the training rows"


def _missing(table: Table, column: int, text: bool) -> Array:
    if text:
        return np.array([not cell for cell in table.column(column)])
    return np.array([_is_not_finite(cell) for cell in table.column(column)])


def _is_not_finite(cell: str) -> bool:
    number = parse_number(cell)
    return is_missing(cell) or (number is not None and not math.isfinite(number))


def _first(table: Table, found: dict[int, Array]) -> str:
    row, column = min((int(mask.argmax()), column) for column, mask in found.items() if mask.any())
    cell = table.rows[row][column]
    return f"{table.place(row, column)} " + (f"is {cell!r}, not a value" if cell else "is empty")
