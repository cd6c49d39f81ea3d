from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError

from chainrule.errors import InputError
from chainrule.estimators import MLPClassifier, MLPRegressor
from chainrule.mlp import MLP


@pytest.mark.parametrize("model", [MLPClassifier((3,)), MLPRegressor(hidden_layer_sizes=(3,))])
def test_a_restored_model_is_the_fitted_one(model: MLP) -> None:
    X, y = load_iris(return_X_y=True)
    model.set_params(solver="lbfgs", random_state=0, tol=0.01).fit(X, y)
    again = type(model)(**model.get_params())
    again.restore(model.parameters_.copy(), np.unique(y), model.loss_curve_)
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
    for loss in ("log_loss", "binary_cross_entropy"):
        with pytest.raises(InputError, match="must not be 'softmax' on one output"):
            MLPClassifier((3,), loss=loss, output_activation="softmax").fit(X, y > 0)
    with pytest.raises(InputError, match="must not be 'softmax' on one output"):
        MLPRegressor(hidden_layer_sizes=(3,), output_activation="softmax").fit(X, X[:, 0])


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
