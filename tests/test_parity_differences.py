"""Where results differ from scikit-learn's on purpose, and by how much."""

from typing import Any

import numpy as np
import pytest
from parity import (
    CLASSIFIERS,
    REGRESSORS,
    SHORT,
    TASKS,
    X,
    assert_same,
    assert_same_predictions,
    assert_same_weights,
    both,
    fitted,
)
from scipy.sparse import csr_matrix

pytestmark = SHORT


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_the_loss_sums_over_outputs_and_scikit_learns_is_their_mean(solver: str) -> None:
    """The gradient is that of the sum in both, penalty and all: the weights are equal."""
    task = TASKS["several outputs"]
    assert_same_weights(*fitted(task, solver=solver, alpha=0.5))
    standing: dict[str, Any] = {"batch_size": len(X), "learning_rate_init": 1e-300, "max_iter": 1}
    ours, peer = fitted(task, solver=solver, alpha=0.5, **standing)
    penalty = 0.25 * sum((W**2).sum() for W in peer.coefs_) / len(X)
    assert ours.loss_ - penalty == pytest.approx(3 * (peer.loss_ - penalty))


def test_tol_is_of_the_sum_over_outputs() -> None:
    task = TASKS["several outputs"]
    stops: dict[str, Any] = {"max_iter": 60, "n_iter_no_change": 1, "random_state": 0}
    ours, peer = both(task, solver="sgd", **stops)
    ours.set_params(tol=0.3).fit(X, task.y)
    peer.set_params(tol=0.1).fit(X, task.y)
    assert 1 < ours.n_iter_ < 60
    assert_same(task, ours, peer)


def test_lbfgs_descends_the_sum_over_outputs() -> None:
    """scikit-learn's gets the mean with the gradient of the sum, and stops above its lowest."""
    task = TASKS["several outputs"]
    ours, peer = fitted(task, solver="lbfgs", activation="tanh", max_iter=500, alpha=2.0)
    assert ours.stop_reason_ == "converged"
    assert ours.loss_ == pytest.approx(ours.compute_loss(X, task.y), rel=1e-12)
    ours.set_params(start_weights=(peer.coefs_, peer.intercepts_))
    assert ours.loss_ < ours.build(X, task.y).compute_loss(X, task.y)


def test_lbfgs_stops_early_by_validation_rows() -> None:
    """scikit-learn's ignores `early_stopping`."""
    stops: dict[str, Any] = {"early_stopping": True, "validation_fraction": 0.3}
    ours, peer = fitted(TASKS["binary"], solver="lbfgs", max_iter=20, **stops)
    assert len(ours.validation_scores_) == ours.n_iter_
    assert not hasattr(peer, "validation_scores_")
    all_rows = fitted(TASKS["binary"], solver="lbfgs", max_iter=20)[1]
    np.testing.assert_array_equal(peer.coefs_[0], all_rows.coefs_[0])


def test_lbfgs_keeps_the_precision_of_the_rows() -> None:
    """scikit-learn's weights become float64, and its predictions of float32 rows."""
    task, rows = TASKS["multiclass"], X.astype(np.float32)
    ours, peer = both(task, solver="lbfgs", activation="tanh", max_iter=3)
    ours.fit(rows, task.y), peer.fit(rows, task.y)
    assert {array.dtype for array in ours.coefs_} == {np.dtype(np.float32)}
    assert {array.dtype for array in peer.coefs_} == {np.dtype(np.float64)}
    assert ours.predict_proba(rows).dtype == np.float32
    assert peer.predict_proba(rows).dtype == np.float64
    for found, expected in zip(ours.coefs_, peer.coefs_, strict=True):
        np.testing.assert_allclose(found, expected, atol=0.001)


@pytest.mark.parametrize("name", ["binary", "multiclass", "multilabel"])
def test_a_probability_of_0_has_its_own_loss(name: str) -> None:
    """scikit-learn's cuts it off at ε, 36 a row; a line search of lbfgs may then go elsewhere."""
    task = TASKS[name]
    ours, peer = both(task, hidden_layer_sizes=(), batch_size=len(X), alpha=0.0, max_iter=1)
    ours.fit(1000 * X, task.y), peer.fit(1000 * X, task.y)
    assert_same_weights(ours, peer)
    assert peer.loss_ < 3 * 36.1
    assert ours.loss_ > 2 * peer.loss_


def test_lbfgs_counts_the_rows_seen_and_keeps_a_curve() -> None:
    """`t_` is n_iter_ × rows, as scikit-learn's documentation has it; its lbfgs leaves 0."""
    ours, peer = fitted(TASKS["binary"], solver="lbfgs", max_iter=4)
    assert (ours.t_, peer.t_) == (4 * len(X), 0)
    assert len(ours.loss_curve_) == 4
    assert ours.best_loss_ == min(ours.loss_curve_)
    assert not hasattr(peer, "loss_curve_")


def test_a_later_fit_without_a_better_score_leaves_the_best_weights() -> None:
    """In scikit-learn's the weights kept are those being trained: the last ones remain."""
    task = TASKS["binary"]
    stops: dict[str, Any] = {"early_stopping": True, "validation_fraction": 0.4, "max_iter": 8}
    ours, peer = both(task, warm_start=True, learning_rate_init=0.05, **stops)
    ours.fit(X, task.y), peer.fit(X, task.y)
    assert_same(task, ours, peer)
    kept, best = ours.parameters_.copy(), ours.best_validation_score_
    ours.fit(X, task.y), peer.fit(X, task.y)
    assert ours.best_validation_score_ == peer.best_validation_score_ == best
    np.testing.assert_array_equal(ours.parameters_.flat, kept.flat)
    assert np.abs(peer.coefs_[0] - kept.W[0]).max() > 0.01


@pytest.mark.parametrize("name", ["binary", "regression"])
def test_partial_fit_is_of_steps_that_nothing_judges(name: str) -> None:
    """scikit-learn's raises too; but of a regression with lbfgs, which it trains to the end."""
    task = TASKS[name]
    ours, peer = both(task, early_stopping=True)
    assert not hasattr(ours, "partial_fit")
    with pytest.raises(AttributeError, match="partial_fit"):
        ours.partial_fit(X, task.y)
    with pytest.raises(ValueError, match="does not support early_stopping"):
        peer.partial_fit(X, task.y, **({"classes": ["no", "yes"]} if name == "binary" else {}))
    ours, peer = both(task, solver="lbfgs")
    assert not hasattr(ours, "partial_fit")
    assert hasattr(peer, "partial_fit") == (name == "regression")


def test_poisson_outputs_are_exponential_by_name() -> None:
    ours, peer = fitted(TASKS["poisson"])
    assert (ours.out_activation_, peer.out_activation_) == ("exponential", "exp")
    assert ours.loss_ == pytest.approx(peer.loss_ + TASKS["poisson"].shift())


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_batches_of_rows_that_weigh_nothing_are_passed_over(solver: str) -> None:
    """scikit-learn's divides by their weight: those rows must be left out to train it."""
    task, weight = TASKS["regression"], np.ones(len(X))
    weight[10:20] = 0
    ours, peer = both(task, solver=solver, shuffle=False)
    with pytest.raises(ZeroDivisionError):
        peer.fit(X, task.y, weight)
    rest = weight > 0
    ours.fit(X, task.y, weight), peer.fit(X[rest], task.y[rest])
    assert_same_weights(ours, peer)
    np.testing.assert_allclose(ours.loss_curve_, peer.loss_curve_)


def test_a_first_batch_of_part_of_the_classes_goes_on_with_warm_start() -> None:
    """scikit-learn's demands all classes in each call of `partial_fit` where `warm_start` is on."""
    task = TASKS["multiclass"]
    part = task.y < 20
    ours, peer = both(task, solver="sgd", warm_start=True)
    ours.partial_fit(X[part], task.y[part], classes=[0, 10, 20])
    with pytest.raises(ValueError, match="warm_start can only be used"):
        peer.partial_fit(X[part], task.y[part], classes=[0, 10, 20])
    peer = both(task, solver="sgd")[1].partial_fit(X[part], task.y[part], classes=[0, 10, 20])
    assert_same_weights(ours, peer)
    assert_same_predictions(ours, peer)


def test_labels_predicted_are_an_array() -> None:
    """scikit-learn's are a sparse matrix where those in `fit` were."""
    task = TASKS["multilabel"]
    ours, peer = (model.fit(X, csr_matrix(task.y)) for model in both(task))
    np.testing.assert_array_equal(ours.predict(X), peer.predict(X).toarray())


def test_a_batch_of_more_rows_than_there_are_is_one_of_all() -> None:
    task = TASKS["multiclass"]
    ours, peer = both(task, solver="sgd", batch_size=1000)
    with pytest.warns(UserWarning, match="`batch_size`=1000 is more than"):
        ours.fit(X, task.y)
    with pytest.warns(UserWarning, match="clipped"):
        peer.fit(X, task.y)
    assert_same(task, ours, peer)


def test_one_class_has_one_column() -> None:
    ours, peer = CLASSIFIERS[0](max_iter=1), CLASSIFIERS[1](max_iter=1)
    peer.fit(X, np.zeros(len(X)))
    with pytest.warns(UserWarning, match="one class only"):
        ours.fit(X, np.zeros(len(X)))
    assert peer.predict_proba(X).shape == (len(X), 2)
    assert ours.predict_proba(X).tolist() == [[1.0]] * len(X)


@pytest.mark.parametrize("both_kinds", [CLASSIFIERS, REGRESSORS])
def test_a_wrong_setting_is_a_value_error_in_both(both_kinds: tuple[Any, Any]) -> None:
    for kind in both_kinds:
        with pytest.raises(ValueError, match="alpha"):
            kind(alpha=-1.0).fit(X, np.arange(len(X)) % 2)
