"""Weights of rows, and the rows that are kept to validate with."""

from typing import Any

import numpy as np
import pytest
from numpy.random import RandomState
from scipy.sparse import csr_array
from sklearn.datasets import load_iris

from chainrule.errors import InputError
from chainrule.estimators import MLPClassifier, MLPRegressor
from chainrule.rows import Rows, checked_weight, split

X, y = load_iris(return_X_y=True)


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (np.where(np.arange(150) == 7, -2.0, 1.0), "must not be negative.* got -2 for row 7"),
        (np.where(np.arange(150) == 9, np.nan, 1.0), "must not be .* NaN.* got nan for row 9"),
        (np.full(150, np.inf), "must not be .* infinite; got inf for row 0"),
        (np.zeros(150), "must be above 0 for a row at least"),
        (np.full(150, 1e308), "must have a finite sum; got inf"),
        (np.ones(3), r".* of the shape \(150,\); got the shape \(3,\)"),
        (np.ones((150, 1)), r".* of the shape \(150,\); got the shape \(150, 1\)"),
        (["heavy"] * 150, r"must be numbers, one a row; got \['heavy'"),
    ],
)
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_weights_that_cannot_be_used(weight: Any, message: str, solver: str) -> None:
    model = MLPClassifier((3,), solver=solver)
    with pytest.raises(InputError, match=f"^`sample_weight` {message}"):
        model.fit(X, y, sample_weight=weight)
    with pytest.raises(InputError, match=f"`sample_weight_val` {message}"):
        model.fit(X, y, X_val=X, y_val=y, sample_weight_val=weight)
    model.build(X, y)
    for method in (model.compute_loss, model.gradients):
        with pytest.raises(InputError, match=f"^`sample_weight` {message}"):
            method(X, y, weight)


def test_classes_that_all_weigh_nothing_are_refused_by_that_name() -> None:
    with pytest.raises(InputError, match="`class_weight` must be above 0 for a row"):
        MLPClassifier((3,), class_weight={0: 0, 1: 0, 2: 0}).fit(X, y)
    only_last = np.where(y == 2, 1.0, 0.0)
    with pytest.raises(InputError, match="`class_weight` must be above 0 for a row"):
        MLPClassifier((3,), class_weight={2: 0}).fit(X, y, sample_weight=only_last)


def test_weights_have_the_dtype_of_the_rows_and_one_is_for_all() -> None:
    weight = checked_weight([1, 2], np.ones((2, 3), np.float32), "sample_weight")
    assert weight is not None
    assert weight.dtype == np.float32
    assert weight.tolist() == [1.0, 2.0]
    of_all = checked_weight(2.0, csr_array(np.ones((3, 1))), "sample_weight")
    assert of_all is not None
    assert of_all.tolist() == [2.0, 2.0, 2.0]
    assert checked_weight(None, X, "sample_weight") is None


@pytest.mark.parametrize("sparse", [False, True])
def test_a_split_has_every_row_once_with_its_weight(sparse: bool) -> None:
    number = np.arange(150.0)
    inputs: Any = np.column_stack([number, X])
    rows = Rows(csr_array(inputs) if sparse else inputs, y, np.eye(3)[y], number, 2 * number)
    parts = split(rows, 0.2, RandomState(0), strata=False)
    assert [len(part) for part in parts] == [120, 30]
    found = np.concatenate([np.asarray(part.sample_weight) for part in parts])
    np.testing.assert_array_equal(np.sort(found), number)
    for part in parts:
        inputs = part.X
        dense = inputs.toarray() if sparse else inputs
        np.testing.assert_array_equal(dense[:, 0], part.sample_weight)
        np.testing.assert_array_equal(part.weight, 2 * dense[:, 0])
        np.testing.assert_array_equal(part.y, y[dense[:, 0].astype(int)])
        np.testing.assert_array_equal(part.target, np.eye(3)[part.y])


def test_strata_keep_the_shares_of_two_classes() -> None:
    labels = (np.arange(200) < 20).astype(float)
    rows = Rows(labels[:, None], labels, labels[:, None])
    for part in split(rows, 0.1, RandomState(3), strata=True):
        assert part.y.mean() == 0.1


@pytest.mark.parametrize(
    ("n_rows", "fraction", "left"),
    [(10, 0.0, "leaves 10 to train on and 0"), (2, 0.5, "leaves 0 to train on and 2")],
)
def test_a_split_that_leaves_no_rows_is_refused(n_rows: int, fraction: float, left: str) -> None:
    model = MLPRegressor(early_stopping=True, validation_fraction=fraction)
    with pytest.raises(InputError, match=rf"`validation_fraction`={fraction:g}.*{left}"):
        model.fit(X[:n_rows], X[:n_rows, 0])


@pytest.mark.parametrize(("fraction", "use"), [(0.1, "15 .* to validate with"), (0.9, "to train")])
def test_a_split_that_leaves_no_weight_is_refused(fraction: float, use: str) -> None:
    one_row = (np.arange(150) == 3).astype(float)
    model = MLPRegressor(early_stopping=True, validation_fraction=fraction, random_state=0)
    with pytest.raises(InputError, match=f"`early_stopping` kept .*{use}.* have the weight 0"):
        model.fit(X, y, sample_weight=one_row)


def test_one_row_is_too_few_to_validate_with() -> None:
    with pytest.raises(InputError, match="`X_val` must have at least 2 rows, got 1"):
        MLPRegressor(hidden_layer_sizes=(3,)).fit(X, y, X_val=X[:1], y_val=y[:1])


@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_rows_of_weight_0_say_nothing(solver: str, sparse: bool) -> None:
    """Other numbers in them change no loss and no weight, also where they fill a batch."""
    weight = np.where(np.arange(150) < 100, 1.0, 0.0)
    losses = []
    for filled in (0.0, 5.0):
        inputs = np.where(weight[:, None] > 0, X, filled)
        model = MLPClassifier((3,), solver=solver, batch_size=25, shuffle=False, max_iter=4)
        model.set_params(random_state=0)
        model.fit(csr_array(inputs) if sparse else inputs, y, sample_weight=weight)
        losses.append((model.compute_loss(inputs, y, weight), *model.loss_curve_))
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-12)


def test_rows_are_spread_evenly() -> None:
    X, y = np.arange(10.0)[:, None], np.arange(10)
    rows = Rows(X, y, X, np.arange(10.0))
    some = rows.spread(4)
    assert some.y.tolist() == [0, 3, 6, 9]
    assert some.sample_weight is not None
    assert some.sample_weight.tolist() == [0.0, 3.0, 6.0, 9.0]
    assert rows.spread(20).y.tolist() == y.tolist()
