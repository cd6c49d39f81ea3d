"""Which columns of a table are those that a model was trained on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
from rich.console import Console

from ..chain import Array
from ..encoding import Feature, Target
from ..errors import InputError
from ..render import terminal
from ..tables import Table
from ..words import counted, listed


@dataclass(frozen=True, slots=True)
class Found:
    """Where a model's columns are in a table.

    Attributes:
        columns: the indices of the features, in the model's order.
        target: that of the target; None if the table has none.
        notices: sentences for the user about it.
    """

    columns: list[int]
    target: int | None
    notices: tuple[str, ...] = ()


def find_columns(
    table: Table, features: Sequence[Feature], target: Target, others: Sequence[int] = ()
) -> Found:
    """Find a model's columns: by name where the table and the model have names, else by place.

    A model trained without a header calls its columns "column 0", ….  `others` are columns that
    are known to be neither features nor the target.

    Raises:
        InputError: if a column is not there.
    """
    names = [feature.name for feature in features]
    nameless = all(re.fullmatch(r"column \d+", name) for name in names)
    if not table.has_header or (nameless and not set(names) <= set(table.names)):
        return _by_place(table, names, target, others, nameless)
    columns = [table.names.index(name) for name in names if name in table.names]
    at = table.names.index(target.name) if target.name in table.names else None
    known = {*columns, *others, *([] if at is None else [at])}
    strangers = [name for index, name in enumerate(table.names) if index not in known]
    if len(columns) < len(names):
        raise InputError(_lacking(table, names, strangers))
    notices = []
    if columns != sorted(columns):
        notices.append(
            f"{table.source} has its columns in another order than the training; they are taken "
            "by name"
        )
    if strangers:
        are = "is" if len(strangers) == 1 else "are"
        said = f"{counted(len(strangers), 'column')} that the model was not trained on {are}"
        notices.append(f"{said} not used: {listed(strangers)}")
    return Found(columns, at, tuple(notices))


def feature_columns(table: Table, features: Sequence[Feature], target: Target) -> list[int]:
    """Do as `find_columns`, and say what is to be said of it; return where the features are."""
    found = find_columns(table, features, target)
    for notice in found.notices:
        terminal.notice(f"{notice}.", Console(stderr=True))
    return found.columns


def _lacking(table: Table, names: Sequence[str], strangers: Sequence[str]) -> str:
    """Say which columns are not there, and which that are may be meant."""
    by_small = {name.lower(): name for name in strangers}
    absent = []
    for name in names:
        if name not in table.names:
            near = get_close_matches(name.lower(), by_small, n=1, cutoff=0.6)
            absent.append(f"{name!r} (is it {by_small[near[0]]!r}?)" if near else repr(name))
    others = f"; it has {listed(strangers)}" if strangers else ""
    return (
        f"`{table.source}` lacks {counted(len(absent), 'column')} that the model was trained on: "
        f"{listed(absent)}{others}. The model takes {listed(list(names))}; rename them, or train "
        "again."
    )


def _by_place(
    table: Table,
    names: Sequence[str],
    target: Target,
    others: Sequence[int],
    nameless: bool,
) -> Found:
    """Take the columns in their order; one more than the features is the target."""
    left = [index for index in range(len(table.names)) if index not in others]
    if table.has_header:
        said = f"{table.source} has a header, the model was trained without one"
    else:
        said = "" if nameless else f"{table.source} has no header: {listed(list(names))}"
    tail = "its columns are taken in their order" if table.has_header else "are taken in this order"
    notices = (f"{said}: {tail}" if table.has_header else f"{said} {tail}",) if said else ()
    if len(left) == len(names):
        return Found(left, None, notices)
    if len(left) == len(names) + 1:
        at = left[min(target.place, len(names))]
        return Found([index for index in left if index != at], at, notices)
    apart = f" beside {counted(len(others), 'column')} of `--id`" if others else ""
    raise InputError(
        f"`{table.source}` has {counted(len(left), 'column')}{apart}, taken in order; the "
        f"model was trained on {len(names)}, or {len(names) + 1} with the target."
    )


def notice_missing(encoded: Array) -> None:
    """Say in how many rows cells are filled in."""
    count = int(np.isnan(encoded).any(axis=1).sum())
    if count:
        rows = counted(count, "row")
        notice = f"cells without a value in {rows} are filled in with the mean of the training rows"
        terminal.notice(f"{notice}.", Console(stderr=True))
