"""Rows that lie in a larger array, read where they are as their copy is."""

from typing import Any

import numpy as np
import pytest

from chainrule import rows
from chainrule.estimators import MLPClassifier
from chainrule.network import BLOCK
from chainrule.subset import Subset

WHOLE = np.random.default_rng(0).normal(size=(9, 2)).astype(np.float32)
PLACES = np.array([7, 2, 2, 0, 5])
COPY = WHOLE[PLACES]
ROWS = Subset(WHOLE, PLACES)


def test_a_subset_looks_like_its_copy() -> None:
    assert ROWS.shape == COPY.shape
    assert ROWS.dtype == COPY.dtype
    assert len(ROWS) == len(COPY)
    np.testing.assert_array_equal(np.asarray(ROWS), COPY)
    doubled = np.asarray(ROWS, dtype=np.float64)
    assert doubled.dtype == np.float64
    np.testing.assert_array_equal(doubled, COPY)


@pytest.mark.parametrize("rows", [slice(1, 4), slice(None), slice(4, 99), np.array([3, 0, 3])])
def test_rows_of_a_subset_are_those_of_its_copy(rows: slice | np.ndarray) -> None:
    np.testing.assert_array_equal(ROWS[rows], COPY[rows])


def test_values_are_spread_to_where_the_rows_are() -> None:
    places = np.array([4, 1, 2])
    spread = Subset(WHOLE, places).spread(np.array([1.0, 2.0, 3.0]))
    assert spread.tolist() == [0, 2, 3, 0, 1, 0, 0, 0, 0]
    assert Subset(WHOLE, places).spread(np.ones((3, 4), np.float32)).shape == (9, 4)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize(
    "settings",
    [
        {"class_weight": "balanced", "dropout": 0.2},
        {"shuffle": False, "early_stopping": "loss", "validation_fraction": 0.5},
        {"batch_size": 1, "solver": "sgd", "momentum": 0},
        {"solver": "lbfgs"},
    ],
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_training_by_a_subset_is_that_by_its_copy(
    settings: dict[str, Any], engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    X = np.random.default_rng(0).normal(size=(9000, 3))
    y, weight = (X[:, 0] > 1).astype(int), X[:, 1] ** 2
    fits = []
    for largest_copy in (BLOCK, len(X)):
        monkeypatch.setattr(rows, "BLOCK", largest_copy)
        model = MLPClassifier((4,), early_stopping=True, max_iter=2, random_state=0, engine=engine)
        fits.append(model.set_params(**settings).fit(X, y, sample_weight=weight))
    by_subset, by_copy = fits
    np.testing.assert_array_equal(by_subset.parameters_.flat, by_copy.parameters_.flat)
    assert by_subset.loss_curve_ == by_copy.loss_curve_
    assert by_subset.validation_loss_curve_ == by_copy.validation_loss_curve_
    assert by_subset.validation_scores_ == by_copy.validation_scores_
