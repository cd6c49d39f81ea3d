"""What a training begins in spite of, said before it begins."""

import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .losses import Loss
from .rows import Rows
from .scales import unscaled
from .words import counted

OWN = ("chainrule", "sklearn")


def warn_of(model: Any, rows: Rows, settings: Mapping[str, Any], once: bool) -> None:
    """Warn of what will keep a network from learning these rows, at the line that asks for it."""
    columns = getattr(model, "feature_names_in_", None)
    for doubt in doubts(rows, settings, model.network_.loss, columns, once):
        warnings.warn(doubt, UserWarning, stacklevel=_depth())


def doubts(
    rows: Rows, settings: Mapping[str, Any], loss: Loss, columns: Sequence[Any] | None, once: bool
) -> Iterator[str]:
    """Yield a sentence for each.

    `columns`: the names of X's, if they have any; `once`: these are a part of the rows, so only
    what holds for all is said.
    """
    far = unscaled("X", rows.X, columns)
    if far:
        yield f"{far}: steps suit numbers near 1. Scale the columns; correct what is a mistake."
    numbers = rows.y.dtype.kind == "f" and "class_weight" not in settings
    far = unscaled("y", rows.target) if numbers and not loss.outputs else ""
    if far:
        yield f"{far}: steps suit numbers near 1. Scale it, as TransformedTargetRegressor does."
    if once:
        return
    if len(rows) > 1 and (rows.y[:1] == rows.y).all():
        kind = "value" if numbers else "class"
        only = np.ravel(rows.y)[:1].tolist()[0]
        yield f"`y` holds one {kind} only, {only!r}: there is nothing to tell apart."
    size = settings["batch_size"]
    if settings["solver"] != "lbfgs" and size != "auto" and size > len(rows):
        yield f"`batch_size`={size} is more than the {counted(len(rows), 'row')}: a step takes all."


def _depth() -> int:
    """Return how many calls up the first is that is not ours, nor scikit-learn's, for `warn_of`."""
    depth, frame = 1, sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").split(".")[0] in OWN:
        depth, frame = depth + 1, frame.f_back
    return depth
