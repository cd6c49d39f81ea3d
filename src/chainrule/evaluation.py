"""Score a recipe on rows it has not seen: k folds, or one split; and the honest baseline."""

from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
from sklearn.model_selection import (
    KFold,
    ShuffleSplit,
    StratifiedKFold,
    StratifiedShuffleSplit,
)

from .chain import Array
from .encoding import Target
from .errors import InputError
from .reports import Fold
from .words import counted

Split = tuple[Array, Array]


def folds(y: Array, target: Target, n_folds: int, seed: int) -> Iterator[Split]:
    """Yield (training rows, test rows) of k folds; each class is spread evenly over them.

    Raises:
        InputError: if there are fewer rows than folds, or fewer rows of one class.
    """
    if n_folds < 2:
        raise InputError(f"`--folds` must be at least 2, got {n_folds}.")
    if target.classes is None:
        if len(y) < n_folds:
            raise InputError(f"`--folds` {n_folds} is more than the {len(y)} rows; use fewer.")
        return KFold(n_folds, shuffle=True, random_state=seed).split(y)
    rare, count = _rarest(y)
    if count < n_folds:
        remedy = f"`--folds {count}`, or `--split 0.2`" if count > 1 else "more rows of it"
        raise InputError(
            f"the class {rare!r} has {counted(count, 'row')}, fewer than the {n_folds} folds; "
            f"use {remedy}."
        )
    return StratifiedKFold(n_folds, shuffle=True, random_state=seed).split(y, y)


def split(y: Array, target: Target, share: float, seed: int) -> Iterator[Split]:
    """Yield one (training rows, test rows) with that share of the rows for the test.

    Raises:
        InputError: if the share leaves no row to train on or to test, or a class has one row.
    """
    n_test = int(np.ceil(share * len(y))) if 0 < share < 1 else 0
    needed = 1 if target.classes is None else len(target.classes)
    if n_test < needed or len(y) - n_test < needed:
        raise InputError(
            f"`--split` must be between 0 and 1 and leave at least {counted(needed, 'row')} on "
            f"each side; got {share:g} of {counted(len(y), 'row')}."
        )
    if target.classes is None:
        return ShuffleSplit(1, test_size=n_test, random_state=seed).split(y)
    rare, count = _rarest(y)
    if count < 2:
        raise InputError(f"the class {rare!r} has 1 row; a split needs 2 of each class.")
    return StratifiedShuffleSplit(1, test_size=n_test, random_state=seed).split(y, y)


def score(truth: Array, predicted: Array, target: Target) -> tuple[float, float | None]:
    """Return the accuracy, or R² = 1 − Σ(y − ŷ)²/Σ(y − ȳ)² with the root mean squared error."""
    if target.classes is not None:
        return float(np.mean(truth == predicted)), None
    squares = float(np.sum((truth - predicted) ** 2))
    spread = float(np.sum((truth - truth.mean()) ** 2))
    r2 = 1.0 - squares / spread if spread > 0 else 0.0
    return r2, float(np.sqrt(squares / len(truth)))


def baseline(y: Array, target: Target) -> float:
    """Return the zero rule's score on all rows: the most frequent class's share, or R² = 0.

    Scored on all rows because a fold lacks just those rows that make its class frequent elsewhere:
    under the folds, three classes of equal size score less than the 1/3 of a guess.
    """
    if target.classes is None:
        return 0.0
    return max(Counter(y.tolist()).values()) / len(y)


def evaluate(
    splits: Iterator[Split],
    y: Array,
    target: Target,
    predict: Callable[[Array, Array], Array],
) -> tuple[Fold, ...]:
    """Score each split; `predict(train, test)` learns from the rows `train` and predicts `test`."""
    results = []
    for train, test in splits:
        result, error = score(y[test], predict(train, test), target)
        results.append(Fold(len(train), len(test), result, error))
    return tuple(results)


def _rarest(y: Array) -> tuple[object, int]:
    return min(Counter(y.tolist()).items(), key=lambda item: item[1])
