"""Where the settings coincide, the results are scikit-learn's."""

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import sklearn.neural_network as peers
from sklearn.datasets import load_diabetes, load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import scale

from chainrule.chain import Array
from chainrule.estimators import MLPClassifier, MLPRegressor


@pytest.fixture(autouse=True)
def _short_trainings_do_not_converge() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def iris() -> tuple[Array, Array]:
    X, y = load_iris(return_X_y=True)
    return scale(X), y


def diabetes() -> tuple[Array, Array]:
    X, y = load_diabetes(return_X_y=True)
    return X, scale(y)


SETTINGS: dict[str, dict[str, Any]] = {
    "sgd": {"solver": "sgd", "learning_rate_init": 0.05},
    "plain sgd": {
        "solver": "sgd",
        "momentum": 0.0,
        "shuffle": False,
        "batch_size": 1,
        "max_iter": 6,  # of as many steps as there are rows
    },
    "polyak": {"solver": "sgd", "nesterovs_momentum": False, "alpha": 0.1},
    "adam": {"solver": "adam", "beta_1": 0.8},
    "full batch": {"solver": "adam", "batch_size": 150, "tol": 0.01},
}


def assert_same_fit(ours: Any, peer: Any) -> None:
    for found, expected in zip(ours.coefs_, peer.coefs_, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)
    for found, expected in zip(ours.intercepts_, peer.intercepts_, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)
    assert ours.loss_ == pytest.approx(peer.loss_, rel=1e-10)
    assert ours.n_iter_ == peer.n_iter_


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
@pytest.mark.parametrize("two_classes", [False, True])
def test_classifier_trains_as_scikit_learns(
    setting: str, activation: str, two_classes: bool
) -> None:
    X, y = iris()
    y = y > 0 if two_classes else y
    both: dict[str, Any] = {"batch_size": 32, "max_iter": 25, "random_state": 3}
    both |= {"activation": activation, "hidden_layer_sizes": (6, 5)} | SETTINGS[setting]
    ours, peer = MLPClassifier(**both).fit(X, y), peers.MLPClassifier(**both).fit(X, y)
    assert_same_fit(ours, peer)
    np.testing.assert_allclose(ours.loss_curve_, peer.loss_curve_, rtol=1e-10)
    np.testing.assert_allclose(ours.predict_proba(X), peer.predict_proba(X), atol=1e-10)
    np.testing.assert_array_equal(ours.predict(X), peer.predict(X))
    assert ours.score(X, y) == peer.score(X, y)
    assert ours.out_activation_ == peer.out_activation_


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("loss", ["squared_error", "poisson"])
def test_regressor_trains_as_scikit_learns(setting: str, loss: str) -> None:
    X, y = diabetes()
    both: dict[str, Any] = {"hidden_layer_sizes": (6,), "max_iter": 15, "random_state": 3}
    both |= SETTINGS[setting] | {"loss": loss}
    y = np.exp(y) if loss == "poisson" else y
    if loss == "poisson":
        both["learning_rate_init"] = 0.001
    ours, peer = MLPRegressor(**both).fit(X, y), peers.MLPRegressor(**both).fit(X, y)
    for found, expected in zip(ours.coefs_, peer.coefs_, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours.predict(X), peer.predict(X), rtol=1e-9)


@pytest.mark.parametrize("two_classes", [False, True])
def test_lbfgs_starts_where_scikit_learns_does_and_ends_as_low(two_classes: bool) -> None:
    X, y = iris()
    y = y > 0 if two_classes else y
    first: dict[str, Any] = {"solver": "lbfgs", "random_state": 3, "activation": "tanh"}
    first |= {"hidden_layer_sizes": (6,), "max_iter": 5}
    assert_same_fit(MLPClassifier(**first).fit(X, y), peers.MLPClassifier(**first).fit(X, y))
    last = first | {"max_iter": 500, "alpha": 0.1}
    ours, peer = MLPClassifier(**last).fit(X, y), peers.MLPClassifier(**last).fit(X, y)
    assert ours.loss_ == pytest.approx(peer.loss_, rel=1e-4)


def test_defaults_are_scikit_learns() -> None:
    for ours, peer in (
        (MLPClassifier(), peers.MLPClassifier()),
        (MLPRegressor(), peers.MLPRegressor()),
    ):
        settings = ours.get_params()
        for name, value in peer.get_params().items():
            assert settings[name] == value, name
    assert MLPRegressor().loss == peers.MLPRegressor().loss


def test_a_minibatch_divides_the_penalty_by_its_own_rows() -> None:
    """As scikit-learn's: of B batches the epoch's loss has the penalty over n rows B times."""
    X, y = iris()
    both: dict[str, Any] = {"batch_size": 40, "max_iter": 1, "random_state": 0, "alpha": 0.5}
    both |= {"hidden_layer_sizes": (5,), "learning_rate_init": 1e-300}
    ours, peer = MLPClassifier(**both).fit(X, y), peers.MLPClassifier(**both).fit(X, y)
    penalty = 0.25 * sum((W**2).sum() for W in ours.coefs_) / len(X)
    n_batches = 4  # 40, 40, 40 and 30 rows
    expected = ours.compute_loss(X, y) + (n_batches - 1) * penalty
    assert ours.loss_ == pytest.approx(expected, rel=1e-12)
    assert ours.loss_ == pytest.approx(peer.loss_, rel=1e-12)


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_several_outputs_train_as_scikit_learns_whose_loss_is_their_mean(solver: str) -> None:
    X, _ = iris()
    both: dict[str, Any] = {"hidden_layer_sizes": (5,), "solver": solver, "alpha": 0.0}
    both |= {"max_iter": 15, "random_state": 3, "batch_size": 32}
    ours, peer = MLPRegressor(**both).fit(X, X[:, :3]), peers.MLPRegressor(**both).fit(X, X[:, :3])
    for found, expected in zip(ours.coefs_, peer.coefs_, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours.loss_curve_, 3 * np.array(peer.loss_curve_), rtol=1e-10)
