"""What columns hold: numbers, text with its categories; and what the target means."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from .columns import EXACT, OTHER_SPELLINGS, Column, parse_number
from .encoding import Feature, Target
from .errors import InputError
from .tables import Table
from .words import counted

MAX_CLASSES = 20  # a whole-numbered target with more values than this is taken as a quantity
MAX_CATEGORIES = 100  # text with more values than this, and hardly any twice, tells rows apart
MOST_CATEGORIES = 10_000  # that become inputs at all

DATE = re.compile(
    r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})([T ]\d{1,2}:\d\d.*)?"
    r"|\d{1,2}:\d\d(:\d\d(\.\d+)?)?"
)
"""A day, with a time of it or not, or a time alone."""


def learn_features(table: Table, columns: Sequence[int]) -> tuple[Feature, ...]:
    """Say for each of these columns whether it is numbers, or text with which categories.

    Numbers of which one is a code, such as 00501, are text.

    Raises:
        InputError: for a column without a value, of dates, of numbers written with commas, or of
            text that names rows.
    """
    features = []
    for index in columns:
        name = table.names[index]
        require_values(table, index, f"Leave the column out: `--leave-out {_quoted(name)}`.")
        text = is_text(table, index) or len(table.columns[index].coded) > 0
        features.append(Feature(name, _categories(table, index) if text else None))
    return tuple(features)


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"[\w.-]+", name) else f'"{name}"'


def _categories(table: Table, index: int) -> tuple[str, ...]:
    """Return the distinct values in sorted order, unless they are names of rows or dates."""
    cells, name = table.column(index), table.names[index]
    missing = table.missing(index, text=True)
    present = [cell for cell, absent in zip(cells, missing, strict=True) if not absent]
    leave_out = f"`--leave-out {_quoted(name)}`"
    dates = [cell for cell in present if DATE.fullmatch(cell)]
    if 2 * len(dates) > len(present):
        raise InputError(
            f"{table.place(cells.index(dates[0]), index)}: {dates[0]!r} is a date or a time, of "
            "which a network learns nothing. Give its parts columns of their own (year, month, "
            f"weekday, hour, days since the first), or leave it out: {leave_out}."
        )
    categories = tuple(sorted(set(present)))
    if len(categories) > max(MAX_CATEGORIES, len(present) // 2):
        raise InputError(
            f"`{table.source}`, column {name!r} holds text with {len(categories)} distinct values "
            f"in {len(present)} rows, such as {present[0]!r}: names of rows, from which nothing "
            f"can be learned about other rows. Leave it out: {leave_out}."
        )
    if len(categories) > MOST_CATEGORIES:
        raise InputError(
            f"`{table.source}`, column {name!r} holds text with {len(categories)} distinct values, "
            f"and each would be an input; at most {MOST_CATEGORIES} are. Put rare values together "
            f"under one word, or leave the column out: {leave_out}."
        )
    return categories


def require_values(table: Table, index: int, remedy: str) -> None:
    """Refuse a column without a value.

    Raises:
        InputError: if all its cells are missing; the message ends in the remedy.
    """
    if not table.missing(index).all():
        return
    words = table.columns[index].words
    why = f"its cells are all missing, such as {words[0]!r}. {remedy}"
    if index == len(table.names) - 1 and not any(words):
        why = f"every line ends in a delimiter ({table.delimiter}). Remove those at the line ends."
    elif table.delimiter == "tab" and not any(words):
        why = "its cells are all empty. If tabs are doubled, say `--delimiter whitespace`."
    raise InputError(f"`{table.source}` has no value in column {table.names[index]!r}: {why}")


def is_text(table: Table, index: int) -> bool:
    """Say whether a column is text; what would be numbers but for separators is refused."""
    if table.holds_numbers(index):
        return False
    column = table.columns[index]
    bare = [re.sub(r"[,'\s]", "", word) for word in column.words]
    spelled = [
        place
        for place, word in enumerate(column.words)
        if parse_number(word) is None and parse_number(bare[place]) is not None
    ]
    numbers = ["0"] * (len(column) - len(column.odd))  # as many as there are
    if not spelled or not Column.of_cells([*bare, *numbers]).holds_numbers():
        return True
    place = spelled[0]
    options = [
        option
        for option, written in OTHER_SPELLINGS.items()
        if Column.of_cells([*column.words, *numbers], written).holds_numbers()
        and all(parse_number(column.words[place], written) is not None for place in spelled)
    ]
    simple = [option for option in options if " --" not in option] or options
    remedy = f"say {' or '.join(simple)} if it is one" if options else "write it as 1234.5"
    raise InputError(
        f"{table.place(int(column.odd[place]), index)}: {column.words[place]!r} looks like a "
        "number, but numbers are read with a decimal point and nothing between the digits; "
        f"{remedy}."
    )


def learn_target(table: Table, index: int, task: str | None = None) -> Target:
    """Find the task from the target's cells, unless it is given, and the classes in sorted order.

    Text means classes; so do whole numbers of at most MAX_CLASSES values that repeat twice or more
    on average, which stay text if one is written with a leading zero.  Anything else is a
    quantity.  No cell of the target may be missing.

    Raises:
        InputError: if the column has no value, does not suit the task, or holds one class only.
    """
    name, column = table.names[index], table.columns[index]
    require_values(table, index, "Name another column with `--target`.")
    # whoever asks for classes may have them spelled as numbers with commas
    if not table.holds_numbers(index) if task == "classification" else is_text(table, index):
        if task == "regression":
            raise InputError(
                f"{table.place(int(column.odd[0]), index)}: {column.words[0]!r} is text, and "
                "`--task regression` needs a target of numbers. Use `--task classification`."
            )
        return Target(name, index, _two_or_more(table.column(index), name))
    numbers = table.numbers(index)
    no_label = (numbers != np.round(numbers)) | (abs(numbers) > EXACT)
    if task == "classification" and no_label.any():
        row = int(no_label.argmax())
        raise InputError(
            f"{table.place(row, index)}: {table.rows[row][index]!r} is no class, and `--task "
            "classification` needs a target of text, or of whole numbers up to 2^53. Use `--task "
            "regression`."
        )
    values = np.unique(numbers)
    few = len(values) <= min(MAX_CLASSES, len(table) // 2)
    if task == "regression" or (task is None and (no_label.any() or not few)):
        if len(values) < 2:
            raise InputError(
                f"the target {name!r} holds one value only, {table.rows[0][index]!r}; there is "
                "nothing to learn. Name another column with `--target`."
            )
        return Target(name, index, None)
    if len(column.coded):  # as numbers, codes would lose the zero
        return Target(name, index, _two_or_more(table.column(index), name))
    return Target(name, index, _two_or_more([int(number) for number in numbers], name))


def _two_or_more(labels: Sequence[Any], name: str) -> tuple[Any, ...]:
    counts = Counter(labels)
    if len(counts) < 2:
        rows = counted(len(labels), "row")
        raise InputError(
            f"the target {name!r} holds one class only, {labels[0]!r} ({rows}); at "
            "least two are needed. Name another column with `--target`."
        )
    return tuple(sorted(counts))
