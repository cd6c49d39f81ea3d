"""Score a recipe on rows it has not seen: k folds, or one split; and the honest baseline."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from sklearn.metrics import accuracy_score
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
from .scores import r_squared, root_mean_square
from .words import counted

Split = tuple[Array, Array]
ROWS_FOR_R2 = 2  # of one row there is no spread to compare the error with


def folds(y: Array, target: Target, n_folds: int, seed: int) -> Iterator[Split]:
    """Yield (training rows, test rows) of k folds; each class is spread evenly over them.

    Raises:
        InputError: if a fold would have too few rows for R², or a class fewer rows than folds.
    """
    if n_folds < 2:
        raise InputError(f"`--folds` must be at least 2, got {n_folds}.")
    if target.classes is None:
        most = len(y) // ROWS_FOR_R2
        if n_folds > most:
            remedy = f"use `--folds {most}`" if most > 1 else "take more rows"
            raise InputError(
                f"`--folds` {n_folds} of {counted(len(y), 'row')} leaves fewer than {ROWS_FOR_R2} "
                f"rows in a fold, and R² needs as many; {remedy}."
            )
        return KFold(n_folds, shuffle=True, random_state=seed).split(y)
    rare, count = _rarest(y)
    if count < n_folds:
        remedy = (
            f"`--folds {count}`, or `--split 0.2`, or " if count > 1 else "more rows of it, or "
        )
        raise InputError(
            f"the class {rare!r} has {counted(count, 'row')}, fewer than the {n_folds} folds; "
            f"use {remedy}`--drop-rare`."
        )
    return StratifiedKFold(n_folds, shuffle=True, random_state=seed).split(y, y)


def split(y: Array, target: Target, share: float, seed: int) -> Iterator[Split]:
    """Yield one (training rows, test rows) with that share of the rows for the test.

    Raises:
        InputError: if the share leaves no row to train on or to test, or a class has one row.
    """
    n_test = int(np.ceil(share * len(y))) if 0 < share < 1 else 0
    needed = ROWS_FOR_R2 if target.classes is None else len(target.classes)
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
    """Return the accuracy, or R² with the root mean squared error; R² needs two rows."""
    if target.classes is not None:
        return float(accuracy_score(truth, predicted)), None
    return r_squared(truth, predicted), root_mean_square(truth, predicted)


def baseline(y: Array, target: Target) -> float:
    """Return the zero rule's score on all rows: the most frequent class's share, or R² = 0.

    Scored on all rows because a fold lacks just those rows that make its class frequent elsewhere:
    under the folds, three classes of equal size score less than the 1/3 of a guess.
    """
    if target.classes is None:
        return 0.0
    return max(Counter(y.tolist()).values()) / len(y)


def evaluate(
    splits: Iterable[Split],
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
