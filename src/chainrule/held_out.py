"""What networks say of rows that they have not seen, and the table they are of, as records."""

from collections.abc import Sequence

import numpy as np
from sklearn.metrics import (
    mean_absolute_error,
    precision_recall_fscore_support,
    r2_score,
    root_mean_squared_error,
)

from .chain import Array
from .encoding import Feature, Target
from .observed import ClassScores, Column, HeldOut, HeldOutClasses, HeldOutNumbers, NumberScores
from .preparation import Prepared

MOST_POINTS = 2000  # that a picture needs
MOST_COUNTS = 2500  # pairs of classes: those of 50 classes, all with all

Tested = tuple[Array, Array]
"""The places of a fold's rows in the table, (rows,), and what was predicted, (rows,)."""


def judged_held_out(y: Array, target: Target, tested: Sequence[Tested]) -> HeldOut:
    """Return what the predictions of each fold's rows come to, beside their targets y."""
    pairs = [(y[rows], predicted) for rows, predicted in tested]
    truth, said = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    if target.classes is None:
        return _numbers(pairs, truth, said)
    return _classes(target.classes, truth, said)


def _classes(classes: Sequence[object], truth: Array, said: Array) -> HeldOutClasses:
    labels = np.array(classes)
    each = precision_recall_fscore_support(truth, said, labels=labels, zero_division=0.0)
    scores = tuple(
        ClassScores(str(label), float(p), float(r), float(f), int(n))
        for label, p, r, f, n in zip(classes, *each, strict=True)
    )
    places = np.searchsorted(labels, truth) * len(labels) + np.searchsorted(labels, said)
    pairs, rows = np.unique(places, return_counts=True)
    truth_of, said_of = np.divmod(pairs, len(labels))
    most = np.lexsort((-rows, truth_of == said_of))[:MOST_COUNTS]  # what is wrong first
    counts = tuple((int(truth_of[k]), int(said_of[k]), int(rows[k])) for k in most)
    return HeldOutClasses(
        len(truth),
        scores,
        _mean("macro mean", scores, [1] * len(scores)),
        _mean("weighted mean", scores, [one.support for one in scores]),
        counts,
    )


def _mean(name: str, scores: Sequence[ClassScores], weights: Sequence[int]) -> ClassScores:
    precision, recall, f1 = (
        float(np.average([getattr(one, kind) for one in scores], weights=weights))
        for kind in ("precision", "recall", "f1")
    )
    return ClassScores(name, precision, recall, f1, sum(one.support for one in scores))


def _numbers(pairs: Sequence[tuple[Array, Array]], truth: Array, said: Array) -> HeldOutNumbers:
    folds = tuple(
        NumberScores(
            f"fold {number}",
            float(r2_score(true, predicted)),
            float(mean_absolute_error(true, predicted)),
            float(root_mean_squared_error(true, predicted)),
            len(true),
        )
        for number, (true, predicted) in enumerate(pairs, start=1)
    )
    r2, mae, rmse = (
        float(np.mean([getattr(fold, name) for fold in folds])) for name in ("r2", "mae", "rmse")
    )
    some = np.linspace(0, len(truth) - 1, min(len(truth), MOST_POINTS)).round().astype(int)
    points = tuple(zip(said[some].tolist(), truth[some].tolist(), strict=True))
    return HeldOutNumbers(
        len(truth), folds, NumberScores("mean", r2, mae, rmse, len(truth)), points
    )


def summarized_columns(prepared: Prepared) -> tuple[Column, ...]:
    """Return the columns of a table, the target last: as they are after rows were left out."""
    columns, at = [], 0
    for feature in prepared.features:
        width = len(feature.inputs)
        columns.append(_feature(feature, prepared.encoded[:, at : at + width]))
        at += width
    target, y = prepared.target, prepared.y
    if target.classes is None:
        return (*columns, _of_numbers(target.name, y))
    labels, counts = np.unique(y, return_counts=True)
    named = dict(zip(map(str, labels.tolist()), counts.tolist(), strict=True))
    return (*columns, Column(target.name, 0, categories=_ranked(named)))


def _feature(feature: Feature, inputs: Array) -> Column:
    if feature.categories is None:
        return _of_numbers(feature.name, inputs[:, 0])
    missing = int(np.isnan(inputs[:, 0]).sum())
    counts = np.nansum(inputs, axis=0).astype(int).tolist()
    return Column(
        feature.name,
        missing,
        categories=_ranked(dict(zip(feature.categories, counts, strict=True))),
    )


def _of_numbers(name: str, cells: Array) -> Column:
    numbers = cells[np.isfinite(cells)]
    low, mean, high, spread = (float(f(numbers)) for f in (np.min, np.mean, np.max, np.std))
    return Column(name, len(cells) - len(numbers), low, mean, high, spread)


def _ranked(counts: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
