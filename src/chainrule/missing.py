"""Cells without a usable value: refuse them by name, drop their rows, or fill in the mean."""

from collections.abc import Sequence

import numpy as np

from .chain import Array
from .encoding import Feature
from .errors import InputError
from .names import unknown
from .tables import Table, holds_numbers, is_missing
from .words import counted

POLICIES = ("drop", "mean", "refuse")


def handle_missing(
    table: Table, features: Sequence[Feature], columns: Sequence[int], target: int, policy: str
) -> tuple[Table, str | None]:
    """Apply a policy to the missing and non-finite cells; return the table and what was done.

    With "mean" the cells stay and are filled in later, by the mean of the training rows (for
    text: by the categories' shares).  In a column of text only an empty cell is missing.

    Raises:
        InputError: if there are such cells and the policy is "refuse", if "mean" meets one in the
            target, or if "drop" leaves no row.
    """
    if policy not in POLICIES:
        raise InputError(unknown(policy, POLICIES, "--missing"))
    texts = {
        column: feature.categories is not None
        for feature, column in zip(features, columns, strict=True)
    }
    found = {column: _missing(table, column, text) for column, text in texts.items()}
    found[target] = _missing(table, target, text=not holds_numbers(table.column(target)))
    bad_rows = np.any(list(found.values()), axis=0)
    if not bad_rows.any():
        return table, None
    cells = counted(sum(int(mask.sum()) for mask in found.values()), "cell")
    if policy == "refuse":
        raise InputError(
            f"{_first(table, found)} ({cells} in all); `--missing drop` leaves such rows out, "
            "`--missing mean` fills in the column's mean."
        )
    if policy == "drop":
        kept = table.keep(np.flatnonzero(~bad_rows).tolist())
        if not kept.rows:
            worst = max(found, key=lambda column: found[column].sum())
            raise InputError(
                f"`--missing drop` leaves no row of `{table.source}`: each has a missing cell, "
                f"{found[worst].sum()} of them in column {table.names[worst]!r}. Remove columns."
            )
        return kept, f"left out {counted(int(bad_rows.sum()), 'row')}: {cells} without a value"
    if found[target].any():
        raise InputError(
            f"{_first(table, {target: found[target]})}, and a target cannot be filled in; use "
            "`--missing drop`."
        )
    return table, f"{cells} without a value filled in with the mean of the training rows"


def _missing(table: Table, column: int, text: bool) -> Array:
    return np.array([not cell if text else is_missing(cell) for cell in table.column(column)])


def _first(table: Table, found: dict[int, Array]) -> str:
    row, column = min((int(mask.argmax()), column) for column, mask in found.items() if mask.any())
    cell = table.rows[row][column]
    what = f"is {cell!r}, no usable number" if cell else "is empty"
    return f"{table.place(row, column)} {what}"
