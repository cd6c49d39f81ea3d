from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning, NotFittedError

from chainrule.errors import InputError
from chainrule.estimators import MLPClassifier, MLPRegressor
from chainrule.mlp import MLP


@pytest.mark.parametrize("model", [MLPClassifier((3,)), MLPRegressor(hidden_layer_sizes=(3,))])
def test_a_restored_model_is_the_fitted_one(model: MLP) -> None:
    X, y = load_iris(return_X_y=True)
    model.set_params(solver="lbfgs", random_state=0, tol=0.01).fit(X, y)
    again = type(model)(**model.get_params())
    again.restore(model.parameters_.copy(), np.unique(y), model._history)
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    assert again.compute_loss(X, y) == model.compute_loss(X, y)
    assert again.loss_curve_ == model.loss_curve_
    assert (again.n_iter_, again.n_features_in_) == (model.n_iter_, model.n_features_in_)


def test_y_of_another_width_is_refused() -> None:
    X, _ = load_iris(return_X_y=True)
    one, two = (
        MLPRegressor(hidden_layer_sizes=(), solver="lbfgs").fit(X, y) for y in (X[:, 0], X[:, :2])
    )
    for model, y in ((one, X[:, :2]), (two, X[:, 0])):
        for method in (model.compute_loss, model.gradients):
            with pytest.raises(InputError, match="`y` must have as many columns as in fit"):
                method(X, y)


def test_softmax_on_one_output_is_refused() -> None:
    X, y = load_iris(return_X_y=True)
    with pytest.raises(InputError, match="must not be 'softmax' on one output"):
        MLPClassifier((3,), loss="binary_cross_entropy", output_activation="softmax").fit(X, y > 0)
    with pytest.raises(InputError, match="must not be 'softmax' on one output"):
        MLPRegressor(hidden_layer_sizes=(3,), output_activation="softmax").fit(X, X[:, 0])


def test_two_classes_have_one_logistic_unit_or_two_with_softmax() -> None:
    X, y = load_iris(return_X_y=True)
    one = MLPClassifier((3,), solver="lbfgs", tol=0.1, random_state=0).fit(X, y > 0)
    two = MLPClassifier((3,), solver="lbfgs", tol=0.1, output_activation="softmax", random_state=0)
    two.fit(X, y > 0)
    assert (one.n_outputs_, one.out_activation_) == (1, "logistic")
    assert (two.n_outputs_, two.out_activation_) == (2, "softmax")
    for model in (one, two):
        assert model.predict_proba(X).shape == (150, 2)
        assert model.score(X, y > 0) == 1.0


@pytest.mark.parametrize(
    "wrong",
    [
        {"solver": "adm"},
        {"activation": "rleu"},
        {"initializer": "xavier"},
        {"loss": "hubr"},
        {"output_activation": "sofmax"},
        {"random_state": "seven"},
        {"start_weights": ([], [])},
        {"hidden_layer_sizes": (0,)},
    ],
)
def test_a_fit_that_cannot_begin_changes_nothing(wrong: dict[str, Any]) -> None:
    X, y = load_iris(return_X_y=True)
    model = MLPClassifier((3,), solver="lbfgs", random_state=0, tol=0.1)
    right = model.get_params()
    with pytest.raises(ValueError, match=r"must (be|have|fit)|cannot be used"):
        model.set_params(**wrong).fit(X, y)
    with pytest.raises(NotFittedError):
        model.predict(X)
    assert not [name for name in vars(model) if name.endswith("_")]
    expected = model.set_params(**right).fit(X[:, :3], y + 5).predict(X[:, :3])
    with pytest.raises(ValueError, match=r"must (be|have|fit)|cannot be used"):
        model.set_params(**wrong).fit(X, y > 0)
    np.testing.assert_array_equal(model.predict(X[:, :3]), expected)


def test_a_start_at_the_optimum_has_a_loss() -> None:
    X, y = [[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0]
    model = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", alpha=0)
    model.set_params(start_weights=([[[2.0]]], [[1.0]])).fit(X, y)
    assert (model.loss_, model.best_loss_, model.n_iter_) == (0.0, 0.0, 1)
    assert model.loss_curve_ == [0.0]
    np.testing.assert_array_equal(model.predict(X), y)


def test_the_limit_that_stopped_lbfgs_is_named() -> None:
    X, y = load_iris(return_X_y=True)
    model = MLPClassifier((4,), solver="lbfgs", max_fun=3, random_state=0)
    with pytest.warns(ConvergenceWarning, match="stopped at `max_fun`=3 before"):
        model.fit(X, y)
    with pytest.warns(ConvergenceWarning, match="stopped at `max_iter`=3 before"):
        model.set_params(max_fun=15000, max_iter=3).fit(X, y)


def test_lbfgs_that_finds_no_lower_point_says_so() -> None:
    """At the kink of |a − y| every direction goes up, though the gradient is not 0."""
    model = MLPRegressor("absolute_error", (), solver="lbfgs", alpha=0)
    model.set_params(start_weights=([[[0.0]]], [[0.0]]))
    with pytest.warns(ConvergenceWarning, match="found no lower point"):
        model.fit([[1.0], [2.0], [3.0]], [0.0, 0.0, 1.0])
    assert np.isfinite(model.loss_)


def test_weights_that_are_set_are_the_networks() -> None:
    X, y = load_iris(return_X_y=True)
    model: Any = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", alpha=0).fit(X, y)
    assert len(model.coefs_) == len(list(model.intercepts_)) == 1
    model.coefs_[0][...] = 0.0
    model.intercepts_[0][...] = 7.0
    assert model.predict(X[:2]).tolist() == [7.0, 7.0]
    model.intercepts_[0] = [8.0]
    assert model.predict(X[:2]).tolist() == [8.0, 8.0]
    model.coefs_, model.intercepts_ = [np.eye(4)[:, :1]], [np.zeros(1)]
    np.testing.assert_array_equal(model.predict(X), X[:, 0])
    with pytest.raises(InputError, match=r"`coefs_\[0\]` must have the shape \(4, 1\); got \(4,\)"):
        model.coefs_[0] = np.zeros(4)
    with pytest.raises(InputError, match=r"`intercepts_\[0\]` must be finite numbers; got nan"):
        model.intercepts_[0] = [np.nan]
    with pytest.raises(InputError, match="the network has 1 layers; got arrays for 2"):
        model.coefs_ = [np.zeros((4, 1))] * 2
    np.testing.assert_array_equal(model.predict(X), X[:, 0])


@pytest.mark.parametrize("output", ["tanh", "identity", "softmax"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_class_predicted_is_the_most_probable(output: str, dtype: type) -> None:
    X, y = load_iris(return_X_y=True)
    X = (X - X.mean()).astype(dtype)
    model = MLPClassifier((), loss="squared_error", output_activation=output, solver="lbfgs")
    model.set_params(random_state=0, max_iter=1000).fit(X, y)
    model.intercepts_[0][...] -= 0.7  # so that many rows have no positive output
    shares = model.predict_proba(X)
    assert shares.dtype == dtype
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-6)
    np.testing.assert_array_equal(model.predict(X), shares.argmax(axis=1))
    outputs = model.network_.predict(model.parameters_, X)
    np.testing.assert_array_equal(model.predict(X), outputs.argmax(axis=1))


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_losses_are_python_numbers_in_float32_too(solver: str) -> None:
    X, y = load_iris(return_X_y=True)
    model = MLPClassifier((3,), solver=solver, tol=0.1, random_state=0, alpha=0.1)
    model.fit(X.astype(np.float32), y)
    assert {type(loss) for loss in (*model.loss_curve_, model.loss_)} == {float}
    assert type(model.compute_loss(X.astype(np.float32), y)) is float


def test_poisson_on_softplus_learns_from_an_output_that_underflows() -> None:
    X, y = np.linspace(0, 1, 20)[:, None], np.arange(20) // 4
    model = MLPRegressor("poisson", (), solver="lbfgs", output_activation="softplus", alpha=0)
    model.set_params(start_weights=([[[0.0]]], [[-2000.0]]), max_iter=500).fit(X, y)
    assert model.score(X, y) > 0.8


@pytest.mark.parametrize("loss", ["squared_error", "poisson"])
@pytest.mark.parametrize("y", [["a", "b"], np.array([1.0, "b"], dtype=object)])
def test_text_is_no_target_of_a_regression(loss: str, y: Any) -> None:
    model = MLPRegressor(loss, ())
    with pytest.raises(InputError, match=r"`y` must hold numbers; it has '[ab]'\. Use MLPClass"):
        model.fit([[0.0], [1.0]], y)
    model.set_params(solver="lbfgs").fit([[0.0], [1.0]], [1, 2])
    with pytest.raises(InputError, match="`y` must hold numbers"):
        model.compute_loss([[0.0], [1.0]], y)


def test_what_both_estimators_share_is_no_estimator() -> None:
    with pytest.raises(TypeError, match="abstract class MLP"):
        MLP()
