"""Cells without a usable value: refuse them by name, drop their rows, or fill in the mean."""

import math
from collections.abc import Sequence

import numpy as np

from .chain import Array
from .columns import LARGEST, parse_number
from .encoding import Feature
from .errors import InputError
from .names import unknown
from .tables import Table
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
    found = {column: table.missing(column, text) for column, text in texts.items()}
    found[target] = table.missing(target, text=not table.holds_numbers(target))
    bad_rows = np.any(list(found.values()), axis=0)
    if not bad_rows.any():
        return table, None
    cells = counted(sum(int(mask.sum()) for mask in found.values()), "cell")
    if policy == "refuse":
        of_target = found[target].any()  # which no mean fills in
        filling = "" if of_target else ", `--missing mean` fills in the column's mean"
        raise InputError(
            f"{_first(table, found)} ({cells} in all); `--missing drop` leaves such rows out"
            f"{filling}."
        )
    if policy == "drop":
        kept = table.keep(np.flatnonzero(~bad_rows).tolist())
        if not len(kept):
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


def _first(table: Table, found: dict[int, Array]) -> str:
    row, column = min((int(mask.argmax()), column) for column, mask in found.items() if mask.any())
    return f"{table.place(row, column)} {_what(table.rows[row][column])}"


def _what(cell: str) -> str:
    """Say what is wrong with a missing cell."""
    number = parse_number(cell)
    if not cell:
        return "is empty"
    if number is not None and math.isinf(number) and cell.lstrip("+-")[0] not in "iI":
        return f"is {cell!r}, outside the range of 64-bit floats (±1.8e308)"
    if number is not None and math.isfinite(number) and abs(number) > LARGEST:
        return f"is {cell!r}, beyond ±{LARGEST:g}, where squares and sums are no finite numbers"
    return f"is {cell!r}, no usable number"
