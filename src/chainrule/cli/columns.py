"""Which columns of a table are those that a model was trained on."""

import re
from collections.abc import Sequence

import numpy as np
from rich.console import Console

from ..chain import Array
from ..encoding import Feature, Target
from ..errors import InputError
from ..render import terminal
from ..tables import Table
from ..words import counted


def feature_columns(table: Table, features: Sequence[Feature], target: Target) -> list[int]:
    """Find the model's features: by name where the table and the model have names, else by place.

    A model trained without a header calls its columns "column 0", ….

    Raises:
        InputError: if a column is not there.
    """
    names = [feature.name for feature in features]
    nameless = all(re.fullmatch(r"column \d+", name) for name in names)
    if table.has_header and nameless and not set(names) <= set(table.names):
        terminal.notice(
            f"{table.source} has a header, the model was trained without one: its columns are "
            "taken in their order.",
            Console(stderr=True),
        )
    elif table.has_header:
        absent = [name for name in names if name not in table.names]
        if absent:
            raise InputError(
                f"`{table.source}` lacks the column {absent[0]!r}; the model was trained on "
                f"{', '.join(names)}."
            )
        return [table.names.index(name) for name in names]
    if len(table.names) == len(names):
        return list(range(len(names)))
    if len(table.names) == len(names) + 1:
        return [column for column in range(len(table.names)) if column != target.place]
    raise InputError(
        f"`{table.source}` has {counted(len(table.names), 'column')}, taken in order; the "
        f"model was trained on {len(names)}, or {len(names) + 1} with the target."
    )


def notice_missing(encoded: Array) -> None:
    """Say in how many rows cells are filled in."""
    count = int(np.isnan(encoded).any(axis=1).sum())
    if count:
        rows = counted(count, "row")
        notice = f"cells without a value in {rows} are filled in with the mean of the training rows"
        terminal.notice(f"{notice}.", Console(stderr=True))
