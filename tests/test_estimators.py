import copy
import pickle
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris, make_regression
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.preprocessing import scale

from chainrule.activations import ACTIVATIONS
from chainrule.chain import Array
from chainrule.errors import InputError
from chainrule.estimators import MLPClassifier, MLPRegressor
from chainrule.losses import LOSSES


@pytest.fixture(autouse=True)
def _short_trainings_do_not_converge() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def iris() -> tuple[Array, Array]:
    X, y = load_iris(return_X_y=True)
    return scale(X), y


@pytest.mark.parametrize("loss", sorted({loss.name for loss in LOSSES.values()}))
@pytest.mark.parametrize("alpha", [0.0, 0.1])
def test_gradients_are_those_of_compute_loss(loss: str, alpha: float) -> None:
    X, y = iris()
    kind = MLPRegressor if LOSSES[loss].outputs == ("exponential", "softplus") else MLPClassifier
    model = kind(hidden_layer_sizes=(4,), loss=loss, alpha=alpha, max_iter=3, random_state=0)
    model.set_params(activation="tanh").fit(X, y)
    gradients = model.gradients(X, y)
    for array, cotangents in zip(
        (*model.coefs_, *model.intercepts_), (*gradients.dW, *gradients.db), strict=True
    ):
        assert array.shape == cotangents.shape
        place = tuple(0 for _ in array.shape)
        at, step, slopes = array[place], 1e-5, []
        for sign in (1, -1):
            array[place] = at + sign * step
            slopes.append(sign * model.compute_loss(X, y))
        array[place] = at
        assert cotangents[place] == pytest.approx(sum(slopes) / (2 * step), rel=1e-5, abs=1e-9)


def test_compute_loss_is_what_the_last_full_batch_epoch_saw() -> None:
    X, y = iris()
    model = MLPClassifier((5,), batch_size=150, max_iter=1, random_state=0, alpha=0.5).fit(X, y)
    start = MLPClassifier((5,), batch_size=150, max_iter=1, random_state=0, alpha=0.5)
    start.set_params(learning_rate_init=1e-300).fit(X, y)
    assert model.loss_ == pytest.approx(start.compute_loss(X, y), rel=1e-12)


@pytest.mark.parametrize("loss", ["half_squared_error", "mean_squared_error", "huber"])
def test_other_losses_have_one_unit_a_class_and_shares_that_sum_to_one(loss: str) -> None:
    X, y = iris()
    model = MLPClassifier((5,), "tanh", loss=loss, solver="lbfgs", random_state=1).fit(X, y > 0)
    assert model.n_outputs_ == 2
    assert model.out_activation_ == "logistic"
    np.testing.assert_allclose(model.predict_proba(X).sum(axis=1), 1.0)
    np.testing.assert_allclose(np.exp(model.predict_log_proba(X)), model.predict_proba(X))
    assert model.score(X, y > 0) == 1.0


def test_shares_where_no_output_is_positive_are_equal() -> None:
    X, y = iris()
    model = MLPClassifier((), loss="squared_error", output_activation="identity", max_iter=1)
    model.fit(X, y)
    for array in (*model.coefs_, *model.intercepts_):
        array[...] = -0.5 * (array.ndim == 1)
    np.testing.assert_array_equal(model.predict_proba(X), 1 / 3)
    model.intercepts_[0][...] = [-0.5, -0.1, -0.1]
    np.testing.assert_array_equal(model.predict_proba(X), [[0, 0.5, 0.5]] * len(X))
    np.testing.assert_array_equal(model.predict(X), 1)


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_every_activation_learns(activation: str) -> None:
    X, y = iris()
    model = MLPClassifier((8,), activation, solver="lbfgs", random_state=2, alpha=0.01)
    assert model.fit(X, y).score(X, y) > 0.95


@pytest.mark.parametrize("initializer", ["he", "lecun", "uniform", "normal", "classic"])
def test_start_weights_by_initializer(initializer: str) -> None:
    X, y = iris()
    model = MLPClassifier((8,), solver="lbfgs", initializer=initializer, random_state=2)
    assert model.fit(X, y).score(X, y) > 0.95


def test_several_outputs() -> None:
    X, _ = iris()
    y = np.column_stack([X[:, 0] + X[:, 1], X[:, 2]])
    model = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", alpha=0, random_state=0).fit(X, y)
    np.testing.assert_allclose(model.predict(X), y, atol=1e-3)
    assert model.compute_loss(X, y) == pytest.approx(
        0.5 * ((model.predict(X) - y) ** 2).sum() / len(X)
    )


@pytest.mark.parametrize("again", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_predict_the_same(again: Any) -> None:
    X, y = iris()
    model = MLPClassifier((4,), max_iter=5, random_state=0).fit(X, y)
    np.testing.assert_array_equal(again(model).predict_proba(X), model.predict_proba(X))
    assert clone(model).get_params() == model.get_params()


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_float32_stays_float32_where_an_activation_computes_in_float64(solver: str) -> None:
    def bent(z: Array) -> Array:
        return np.arctan(z.astype(float))

    def slope(z: Array) -> Array:
        return 1 / (1 + z.astype(float) ** 2)

    X, y = (part.astype(np.float32) for part in make_regression(40, 3, random_state=0))
    model = MLPRegressor(
        hidden_layer_sizes=(4,), activation=(bent, slope), solver=solver, max_iter=3, random_state=0
    ).fit(X, y)
    assert model.predict(X).dtype == np.float32
    assert {a.dtype for a in model.activations(X)} == {np.dtype(np.float32)}
    assert model.gradients(X, y).flat.dtype == np.float32


def test_float32_stays_float32() -> None:
    X, y = iris()
    model = MLPClassifier((4,), max_iter=5, random_state=0).fit(X.astype(np.float32), y)
    assert model.coefs_[0].dtype == np.float32
    assert model.predict_proba(X.astype(np.float32)).dtype == np.float32


def test_labels_of_any_kind() -> None:
    X, y = iris()
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    model = MLPClassifier((4,), solver="lbfgs", random_state=0).fit(X, names)
    assert model.classes_.tolist() == ["setosa", "versicolor", "virginica"]
    assert set(model.predict(X)) == set(names)
    with pytest.raises(InputError, match=r"only the model's classes.*\['rose'\]"):
        model.compute_loss(X[:1], ["rose"])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"activation": "rleu"}, "`activation` must be one of .*Did you mean 'relu'"),
        ({"loss": "squared_eror"}, "`loss` must be one of .*Did you mean 'squared_error'"),
        ({"solver": "adm"}, "`solver` must be one of adam, lbfgs, sgd.*'adam'"),
        ({"initializer": "xavier"}, "`initializer` must be one of"),
        ({"output_activation": "sofmax"}, "`output_activation` must be one of .*'softmax'"),
        ({"output_activation": "tanh"}, "must be softmax with the loss categorical"),
        ({"output_activation": "logistic"}, "must be softmax with the loss categorical"),
        ({"hidden_layer_sizes": (4, -1)}, "`hidden_layer_sizes` must be whole numbers"),
        ({"start_weights": ([np.zeros((4, 3))], [np.zeros(3)])}, r"sizes \(4, 100, 3\); got"),
    ],
)
def test_settings_that_cannot_be_used(settings: dict[str, Any], message: str) -> None:
    X, y = iris()
    with pytest.raises(InputError, match=message):
        MLPClassifier(**settings).fit(X, y)


def test_targets_that_cannot_be_used() -> None:
    X, y = iris()
    with pytest.raises(ValueError, match="continuous"):
        MLPClassifier().fit(X, X[:, 0])
    with pytest.raises(InputError, match="use MLPClassifier"):
        MLPRegressor(loss="categorical_cross_entropy").fit(X, y)
    with pytest.raises(InputError, match="must not be negative with the poisson loss"):
        MLPRegressor(loss="poisson").fit(X, -1.0 - y)
    with pytest.raises(NotFittedError):
        MLPClassifier().predict(X)


def test_a_function_hears_every_epoch() -> None:
    X, y = iris()
    heard: list[tuple[int, float]] = []
    model = MLPClassifier((4,), max_iter=5, random_state=0)
    model.set_params(callbacks=[lambda epoch: heard.append((epoch.number, epoch.loss))]).fit(X, y)
    assert heard == list(enumerate(model.loss_curve_, start=1))


def test_stopping_at_max_iter_is_said() -> None:
    X, y = iris()
    for solver in ("adam", "lbfgs"):
        with pytest.warns(ConvergenceWarning, match="`max_iter`=2"):
            MLPClassifier((4,), solver=solver, max_iter=2).fit(X, y)
