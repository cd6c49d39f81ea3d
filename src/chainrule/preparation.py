"""Make a table ready for training: features, target and task, missing cells, numbers."""

from dataclasses import dataclass

import numpy as np

from .chain import Array
from .encoding import (
    Feature,
    Target,
    encode,
    learn_features,
    learn_target,
    require_values,
    target_values,
)
from .errors import InputError
from .memory import TABLE, require_memory
from .missing import handle_missing
from .tables import Table, parse_number
from .words import counted, listed

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Options:
    """What to do with the table; `split` a share of the rows, None for folds.

    `unseen` is what `predict` does about a category that no row has: "error" or "ignore".
    """

    target: str = "-1"
    task: str | None = None
    folds: int = FOLDS
    split: float | None = None
    missing: str = "refuse"
    seed: int = 0
    unseen: str = "error"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A table made ready: which columns, the target, and both as numbers.

    `notices` are sentences for the user; `places` say where each row stands, "line 7".
    """

    source: str
    features: tuple[Feature, ...]
    target: Target
    encoded: Array
    y: Array
    places: list[str]
    notices: tuple[str, ...]


def prepare(table: Table, options: Options) -> Prepared:
    """Find features, target and task, handle missing cells, and turn cells into numbers.

    Raises:
        InputError: if a column or cell cannot be used.
    """
    if len(table.names) < 2:
        raise InputError(
            f"`{table.source}` has one column ({table.names[0]!r}); a feature and a target are "
            "needed. If another character separates the columns, name it with `--delimiter`."
        )
    index = table.index_of(options.target, "--target")
    columns = [column for column in range(len(table.names)) if column != index]
    require_values(table, index, "Name another column with `--target`.")
    features = learn_features(table, columns)
    table, handled = handle_missing(table, features, columns, index, options.missing)
    target = learn_target(table, index, options.task)
    _require_room(table, features)
    encoded = encode(table, features, columns)
    y = target_values(table, index, target)
    if target.classes is not None:
        _refuse_single_rows(table, index, y)
    notices = [
        _describe_task(target, y, options.task),
        *_text_columns(features),
        *_constant_columns(features, encoded),
    ]
    return Prepared(
        table.source,
        features,
        target,
        encoded,
        y,
        [table.row_name(row) for row in range(len(table))],
        tuple([handled, *notices] if handled else notices),
    )


def _refuse_single_rows(table: Table, index: int, y: Array) -> None:
    """Refuse a class with one row: it cannot be learned and tested too."""
    _, first, counts = np.unique(y, return_index=True, return_counts=True)
    single = sorted(first[counts == 1].tolist())
    if single:
        row = single[0]
        more = f" ({len(single)} classes have one row each)" if len(single) > 1 else ""
        remedy = "give the class more rows, or leave the row out"
        raise InputError(
            f"{table.place(row, index)}: the class {y[row].item()!r} has this row only{more}, so "
            f"that it cannot be both learned and tested; {table.remedy(row, remedy)}."
        )


def _require_room(table: Table, features: tuple[Feature, ...]) -> None:
    """Refuse a table whose inputs, with what scaling them takes, cannot fit into memory."""
    widest = max(features, key=lambda feature: len(feature.inputs))
    n_inputs = sum(len(feature.inputs) for feature in features)
    require_memory(
        TABLE * len(table) * n_inputs,
        f"`{table.source}` with {counted(len(table), 'row')} and {n_inputs} inputs",
        f"Column {widest.name!r} becomes {counted(len(widest.inputs), 'input')}; leave it out, or "
        "take fewer rows.",
    )


def _describe_task(target: Target, y: Array, asked: str | None) -> str:
    if target.classes is None:
        found = f"regression: the target {target.name!r} is a quantity"
        doubt = "" if (y != np.round(y)).any() else "`--task classification`"
    else:
        labels = [str(label) for label in target.classes]
        found = (
            f"classification: the target {target.name!r} has the classes {listed(labels, most=5)}"
        )
        spelled = all(parse_number(label) is not None for label in labels)
        doubt = "`--task regression`" if spelled else ""
    return f"{found} (say {doubt} if it is not)" if doubt and asked is None else found


def _text_columns(features: tuple[Feature, ...]) -> list[str]:
    """Say which columns are taken as text, and how many inputs that makes."""
    texts = [
        f"{feature.name!r} ({len(feature.categories)})"
        for feature in features
        if feature.categories is not None
    ]
    if not texts:
        return []
    return [f"taken as text, one 0/1 input a category (how many there are): {listed(texts)}"]


def _constant_columns(features: tuple[Feature, ...], encoded: Array) -> list[str]:
    names = [name for feature in features for name in feature.inputs]
    spans = np.nanmax(encoded, axis=0) - np.nanmin(encoded, axis=0)
    constant = [repr(name) for name, span in zip(names, spans, strict=True) if span == 0]
    return [f"constant, so without information: {listed(constant)}"] if constant else []
