"""Classes: which there are, which labels are known, and what each weighs."""

import warnings
from collections.abc import Mapping, Sequence
from reprlib import repr as shortened
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import column_or_1d

from .chain import Array
from .errors import InputError
from .settings import BALANCED

ClassWeight = Mapping[Any, float] | Sequence[Mapping[Any, float]]
"""The weight of each class; of several labels a row, one such mapping a label."""


def is_multilabel(y: Any) -> bool:
    """Whether y has several labels a row, a 0 or 1 for each: (rows, labels)."""
    return type_of_target(y).startswith("multilabel")


def as_labels(y: Any) -> Array:
    """Return y as (rows,), or (rows, labels) of 0 and 1 where a row has several labels.

    Raises:
        InputError: for an array of objects that are not all text, or several labels a row that
            are not 0 and 1.
        ValueError: scikit-learn's, if y holds no classes.
    """
    _require_one_type(y)
    try:
        check_classification_targets(y)
    except ValueError as error:
        _refuse_numbers(y, error)
        raise
    if is_multilabel(y):
        return _indicators(y.toarray() if issparse(y) else np.asarray(y))
    return column_or_1d(y, warn=True)


def _refuse_numbers(y: Any, error: ValueError) -> None:
    """Refuse numbers that are no classes, naming the first."""
    numbers = np.ravel(np.asarray(y))
    wrong = numbers[numbers != np.round(numbers)] if numbers.dtype.kind == "f" else numbers[:0]
    if len(wrong):
        raise InputError(
            f"Unknown label type: `y` is continuous, it holds {wrong[0]:.6g}, and classes are "
            "whole numbers or text. Use MLPRegressor for numbers, or make classes of ranges with "
            "np.digitize."
        ) from error


def _indicators(labels: Array) -> Array:
    """Return several labels a row, of which scikit-learn demands only that they are two numbers."""
    others = labels[(labels != 0) & (labels != 1)]
    if len(others):
        raise InputError(
            f"`y` with several labels a row must hold 0 and 1, for without and with a label; it "
            f"holds {others[0]}. Compare it with what means with, such as y == {labels.max()}."
        )
    return labels


def _require_one_type(y: Any) -> None:
    """Refuse an array of objects that are not all text: they have no order, or no type."""
    objects = y.ravel() if isinstance(y, np.ndarray) and y.dtype.kind == "O" else ()
    names = sorted({type(label).__name__ for label in objects if not isinstance(label, str)})
    if names:
        raise InputError(
            "Unknown label type: `y` must hold numbers or text, and is an array of objects with "
            f"{', '.join(names)}. Take one type for all, such as y.astype(str) or y.astype(int)."
        )


def classes_of(labels: Array) -> Array:
    """Return the classes in sorted order; of several labels a row, their column numbers."""
    return np.arange(labels.shape[1]) if labels.ndim == 2 else np.unique(labels)


def require_known(labels: Array, classes: Array, multilabel: bool) -> None:
    """Refuse labels that were not there in fit, or of the other kind: one or several a row.

    Raises:
        InputError: if there is one.
    """
    if (labels.ndim == 2) != multilabel:
        kinds = ("one class a row, (rows,)", f"{len(classes)} labels a row, of 0 and 1")
        raise InputError(
            f"`y` must have {kinds[multilabel]}, as in fit; got the shape {labels.shape}."
        )
    if multilabel:
        if labels.shape[1] != len(classes):
            raise InputError(
                f"`y` must have as many labels a row as in fit, {len(classes)}; "
                f"got {labels.shape[1]}."
            )
        return
    strangers = np.setdiff1d(labels, classes)
    if len(strangers):
        raise InputError(
            f"`y` must hold only the model's classes, {classes.tolist()}; "
            f"it also holds {strangers.tolist()[:5]}."
        )


def require_comparable(labels: Any, classes: Array) -> None:
    """Refuse to score labels of another kind than the classes; warn of those never seen.

    Raises:
        InputError: for text where the classes are numbers, or numbers where they are text.
    """
    given = np.ravel(np.asarray(labels))
    if len(given) and (given.dtype.kind in "US") != (classes.dtype.kind in "USO"):
        if given.dtype.kind != "O":
            raise InputError(
                f"`y` must hold the model's classes, {shortened(classes.tolist())}; it holds "
                f"{shortened(np.unique(given).tolist())}, of another kind."
            )
        return
    strangers = np.setdiff1d(given, classes) if given.dtype.kind != "O" else classes[:0]
    if len(strangers):
        warnings.warn(
            f"`y` also holds {shortened(strangers.tolist())}, which the model has never seen: its "
            f"classes are {shortened(classes.tolist())}. Such rows count as wrong.",
            UserWarning,
            stacklevel=3,
        )


def require_classes(y: Any, classes: Any, known: Array | None) -> None:
    """Refuse a call of `partial_fit` that does not say which classes there are, or says others.

    Raises:
        InputError: if it does not.
    """
    if classes is None:
        if known is None:
            raise InputError(
                "`classes` must be given in the first call of partial_fit: all that will come, "
                "such as np.unique(y) of all rows."
            )
        return
    if np.ndim(classes) != 1:
        raise InputError(f"`classes` must be a list, (n_classes,); got {shortened(classes)}.")
    named = np.unique(classes)
    if named.dtype.kind == "f" and np.isnan(named).any():
        raise InputError("`classes` must not hold NaN: it is no class. Leave out its rows.")
    if is_multilabel(y):
        labels = np.arange(np.shape(y)[1])
        if not np.array_equal(named, labels):
            raise InputError(
                "`classes` must be the numbers of the labels of a row, of which `y` has "
                f"{len(labels)}: {labels.tolist()}; got {named.tolist()}."
            )
    if known is not None and not np.array_equal(named, known):
        raise InputError(
            f"`classes` must stay {known.tolist()} over the calls of partial_fit; got "
            f"{named.tolist()}."
        )


def class_weights(choice: Any, labels: Array, classes: Array) -> ClassWeight | None:
    """Return the weight of each class, from "balanced" or as given; None for 1 each.

    "balanced" is rows / (classes × rows of the class).  Of several labels a row there is one
    mapping a label, and a row's weight is their product.

    Raises:
        InputError: for another text, a weight that is negative or no number, or an unknown class.

    >>> class_weights("balanced", np.array([0, 0, 0, 1]), np.array([0, 1]))
    {0: 0.6666666666666666, 1: 2.0}
    """
    if choice is None:
        return None
    if isinstance(choice, str) and choice == BALANCED:
        if labels.ndim == 2:
            return [_balanced(column, np.array([0, 1])) for column in labels.T]
        return _balanced(labels, classes)
    if labels.ndim == 2:
        return [_given(part, np.array([0, 1])) for part in _one_a_label(choice, labels.shape[1])]
    return _given(choice, classes)


def weights_of_rows(weights: ClassWeight, labels: Array) -> Array:
    """Return the weight of each row's class, (rows,)."""
    if isinstance(weights, Mapping):
        present, places = np.unique(labels, return_inverse=True)
        return np.array([weights[label] for label in present.tolist()])[places]
    columns = [weights_of_rows(part, labels[:, j]) for j, part in enumerate(weights)]
    return np.prod(columns, axis=0)


def _balanced(labels: Array, classes: Array) -> dict[Any, float]:
    present, rows = np.unique(labels, return_counts=True)
    weights = len(labels) / (len(present) * rows)
    found = dict(zip(present.tolist(), weights.tolist(), strict=True))
    return {label: found.get(label, 1.0) for label in classes.tolist()}


def _given(choice: Any, classes: Array) -> dict[Any, float]:
    if not isinstance(choice, Mapping):
        raise InputError(
            "`class_weight` must be None, 'balanced' or a mapping from each class to its weight, "
            f"got {choice!r}."
        )
    weights = dict.fromkeys(classes.tolist(), 1.0)
    for label, weight in choice.items():
        known = _as_listed(label, classes)
        if known not in weights:
            raise InputError(
                f"`class_weight` must name classes of `y`, {classes.tolist()}; got {label!r}."
            )
        number = isinstance(weight, int | float | np.number) and not isinstance(weight, bool)
        if not (number and 0 <= weight < float("inf")):
            raise InputError(
                f"`class_weight` must be a number of at least 0 for each class, got {weight!r} "
                f"for the class {label!r}."
            )
        weights[known] = float(weight)
    return weights


def _as_listed(label: Any, classes: Array) -> Any:
    """Return a date as the classes list it, whatever its unit; other labels are as they are."""
    if classes.dtype.kind != "M":
        return label
    try:
        return np.array(label, classes.dtype).item()
    except (TypeError, ValueError):
        return label


def _one_a_label(choice: Any, n_labels: int) -> Sequence[Any]:
    if not isinstance(choice, Sequence) or isinstance(choice, str) or len(choice) != n_labels:
        raise InputError(
            "`class_weight` must be None, 'balanced' or a list with a mapping {0: …, 1: …} for "
            f"each of the {n_labels} labels of a row, got {choice!r}."
        )
    return choice
