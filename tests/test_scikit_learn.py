"""scikit-learn's own checks, for every solver, with early stopping and without, in both dtypes."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from chainrule.estimators import MLPClassifier, MLPRegressor
from chainrule.mlp import MLP

# Of 50 rows a score by 5 of them says when to stop: check_class_weight_classifiers needs a rate
# whose first epochs follow the weights of the classes, before chance decides between 5 rows.
FAST = 0.05

DEFAULT = [  # the others are run with the slow tests
    MLPClassifier(max_iter=60),
    MLPClassifier(max_iter=60, early_stopping=True, learning_rate_init=FAST),
    MLPClassifier(solver="lbfgs", max_iter=40),
    MLPRegressor(max_iter=60),
]


def every_setting() -> Iterator[MLP]:
    """The rest: solver × early stopping × dtype, each with a rate at which it learns."""
    for kind, solver, early_stopping, dtype in itertools.product(
        (MLPClassifier, MLPRegressor),
        ("sgd", "adam", "lbfgs"),
        (False, True),
        (None, "float32", "float64"),
    ):
        model = kind(solver=solver, early_stopping=early_stopping, dtype=dtype)
        model.set_params(max_iter=40 if solver == "lbfgs" else 60)
        if kind is MLPClassifier and (solver == "sgd" or early_stopping):
            model.set_params(learning_rate_init=FAST)
        if repr(model) not in map(repr, DEFAULT):
            yield model


WEIGHT_CHECKS = (
    "check_sample_weight_equivalence_on_dense_data",
    "check_sample_weight_equivalence_on_sparse_data",
)


def expected_failures(model: Any) -> dict[str, str]:
    """Return which checks a setting cannot pass → why."""
    reason = "a row given twice may be kept for validation once, a row of weight 2 may not"
    return dict.fromkeys(WEIGHT_CHECKS, reason) if model.early_stopping else {}


def run(estimator: Any, check: Any) -> None:
    try:
        check(estimator)
    except AssertionError:
        if estimator.dtype == "float32" and check.func.__name__ in WEIGHT_CHECKS:
            pytest.xfail(
                "the check compares to 1e-7: rounding in float32 decides whether it passes"
            )
        raise


@pytest.mark.filterwarnings("ignore")  # the checks train for a few epochs, on purpose
@parametrize_with_checks(DEFAULT, expected_failed_checks=expected_failures)
def test_scikit_learns_checks(estimator: Any, check: Any) -> None:
    run(estimator, check)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(list(every_setting()), expected_failed_checks=expected_failures)
def test_scikit_learns_checks_of_every_setting(estimator: Any, check: Any) -> None:
    run(estimator, check)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
def test_a_weight_is_a_row_so_often_in_float32_as_far_as_it_can_tell(solver: str) -> None:
    random = np.random.default_rng(0)
    X, y = random.random((15, 30), np.float32), random.integers(0, 3, 15)
    times = random.integers(0, 5, 15)
    # L-BFGS divides differences of gradients: what is rounded off grows with each iteration
    max_iter = 5 if solver == "lbfgs" else 30
    model = MLPClassifier((10,), solver=solver, dtype="float32", max_iter=max_iter, random_state=0)
    repeated = model.fit(np.repeat(X, times, axis=0), np.repeat(y, times)).predict_proba(X)
    weighted = model.fit(X, y, sample_weight=times).predict_proba(X)
    np.testing.assert_allclose(weighted, repeated, rtol=2e-4, atol=1e-6)
