"""Make a table ready for training: features, target and task, missing cells, numbers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .chain import Array
from .columns import parse_number
from .encoding import Feature, Target, encode, target_values
from .errors import InputError
from .formats import USUAL, Spelling
from .kinds import learn_features, learn_target, require_values
from .leaks import copies, leaks
from .memory import TABLE, require_memory
from .missing import handle_missing
from .tables import Table
from .words import counted, listed

FOLDS = 5
RARE = 20  # a class with so many times fewer rows than an even share is rare
FEW_CLASSES = 100  # among more, some are always rare


@dataclass(frozen=True, slots=True)
class Options:
    """What to do with the table; `split` a share of the rows, None for folds.

    `unseen` is what `predict` does about a category that no row has: "error" or "ignore".
    `leave_out` are columns that are no features; `drop_rare` leaves out rows of classes that are
    too rare to be learned and tested.
    """

    target: str = "-1"
    task: str | None = None
    folds: int = FOLDS
    split: float | None = None
    missing: str = "refuse"
    seed: int = 0
    unseen: str = "error"
    leave_out: Sequence[str] = ()
    drop_rare: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A table made ready: which columns, the target, and both as numbers.

    `notices` are sentences for the user; `places` say where each row stands, "line 7"; `copies`
    the first row that each is equal to; `spelling` says how cells are written.
    """

    source: str
    features: tuple[Feature, ...]
    target: Target
    encoded: Array
    y: Array
    places: list[str]
    notices: tuple[str, ...]
    copies: Array
    spelling: Spelling = USUAL


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
    columns = _feature_columns(table, index, options.leave_out)
    require_values(table, index, "Name another column with `--target`.")
    features = learn_features(table, columns)
    table, handled = handle_missing(table, features, columns, index, options.missing)
    target = learn_target(table, index, options.task)
    dropped = None
    if target.classes is not None:
        table, target, dropped = _without_rare(table, target, options)
    _require_room(table, features)
    encoded = encode(table, features, columns)
    y = target_values(table, index, target)
    same = copies(encoded, y)
    notices = [
        *table.notices,
        *filter(None, (handled, dropped)),
        _describe_task(target, y, options.task),
        *_text_columns(features),
        *_constant_columns(features, encoded),
        *leaks(table, features, columns, encoded, target, y, same),
        *_rare_classes(target, y),
    ]
    return Prepared(
        table.source,
        features,
        target,
        encoded,
        y,
        [table.row_name(row) for row in range(len(table))],
        tuple(notices),
        same,
        table.spelling,
    )


def _feature_columns(table: Table, target: int, leave_out: Sequence[str]) -> list[int]:
    """Return the columns that are neither the target nor to be left out."""
    left_out = [table.index_of(name, "--leave-out") for name in leave_out]
    if target in left_out:
        raise InputError(
            f"`--leave-out` names {table.names[target]!r}, which is the target; name another "
            "column with `--target`, or do not leave it out."
        )
    columns = [index for index in range(len(table.names)) if index not in (target, *left_out)]
    if not columns:
        raise InputError("`--leave-out` leaves no column to learn from; leave out fewer.")
    return columns


def _without_rare(
    table: Table, target: Target, options: Options
) -> tuple[Table, Target, str | None]:
    """Leave out the rows of classes too rare to be learned and tested, or refuse a class of one."""
    labels = target_values(table, target.place, target)
    least = 2 if options.split is not None else options.folds
    counts = Counter(labels.tolist())
    rare = {label: count for label, count in counts.items() if count < least}
    if not options.drop_rare or not rare:
        _refuse_single_rows(table, target.place, labels, counts)
        return table, target, None
    kept = table.keep(np.flatnonzero(~np.isin(labels, [*rare])).tolist())
    if len(counts) - len(rare) < 2:
        raise InputError(
            f"`--drop-rare` leaves {len(counts) - len(rare)} of the classes, those with at least "
            f"{least} rows, of {_counted_classes(counts)}; lower `--folds`."
        )
    said = f"left out {counted(len(table) - len(kept), 'row')} of rare classes: "
    return (
        kept,
        replace(
            target, classes=tuple(label for label in target.classes or () if label not in rare)
        ),
        said + _counted_classes(rare),
    )


def _counted_classes(counts: dict[Any, int]) -> str:
    return listed([f"{label!r} ({counts[label]})" for label in sorted(counts)])


def _refuse_single_rows(table: Table, index: int, labels: Array, counts: dict[Any, int]) -> None:
    """Refuse a class with one row: it cannot be learned and tested too."""
    single = {label for label, count in counts.items() if count == 1}
    if single:
        row = next(row for row, label in enumerate(labels.tolist()) if label in single)
        more = f" ({len(single)} classes have one row each)" if len(single) > 1 else ""
        remedy = "give the class more rows, or leave such rows out with `--drop-rare`"
        raise InputError(
            f"{table.place(row, index)}: the class {labels[row].item()!r} has this row only{more}, "
            f"so that it cannot be both learned and tested; {table.remedy(row, remedy)}. Rows of "
            f"each class: {_counted_classes(counts)}."
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


def _rare_classes(target: Target, y: Array) -> list[str]:
    """Say which class has so few rows that a network may never predict it unnoticed."""
    if target.classes is None or len(target.classes) > FEW_CLASSES:
        return []
    counts = [int((y == label).sum()) for label in target.classes]
    rarest = min(range(len(counts)), key=counts.__getitem__)
    if counts[rarest] * RARE * len(counts) >= len(y):
        return []
    share = counts[rarest] / len(y)
    return [
        f"the class {target.classes[rarest]!r} has {counts[rarest]:,} of {len(y):,} rows "
        f"({share:.2%}): a network that never predicts it is right on {1 - share:.2%} of the rows; "
        "say `--class-weight balanced` if it matters more"
    ]


def _constant_columns(features: tuple[Feature, ...], encoded: Array) -> list[str]:
    names = [name for feature in features for name in feature.inputs]
    spans = np.nanmax(encoded, axis=0) - np.nanmin(encoded, axis=0)
    constant = [repr(name) for name, span in zip(names, spans, strict=True) if span == 0]
    return [f"constant, so without information: {listed(constant)}"] if constant else []
