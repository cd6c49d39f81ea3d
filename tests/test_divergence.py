"""Trainings that leave their bounds: noticed, taken back, and the true reason given."""

import pickle
import re
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import cross_val_score
from sklearn.preprocessing import scale

from chainrule.chain import Array
from chainrule.divergence import RUNAWAY, Guard, all_finite
from chainrule.errors import DivergenceError
from chainrule.estimators import MLPClassifier, MLPRegressor
from chainrule.losses import LOSSES
from chainrule.network import Network
from chainrule.parameters import Parameters


@pytest.fixture(autouse=True)
def _short_trainings_do_not_converge() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", ".*steps suit numbers near 1|.*one value only")
        yield


def iris() -> tuple[Array, Array]:
    X, y = load_iris(return_X_y=True)
    return scale(X), y


@pytest.mark.parametrize("solver", ["sgd", "lbfgs"])
def test_divergence_keeps_the_last_finite_weights(solver: str) -> None:
    X, _ = iris()
    model = MLPRegressor(hidden_layer_sizes=(4,), activation="identity", solver=solver)
    model.set_params(learning_rate_init=10.0, random_state=0)
    huge = 1e170 if solver == "lbfgs" else 1.0
    reason = r"targets are unscaled \(they reach .*170\): scale them\."
    if solver == "sgd":
        reason = r"step is too large: lower the learning rate, 10, to 0\.01 or less\."
    with pytest.raises(DivergenceError, match=rf"diverged in epoch \d+.*{reason}") as caught:
        model.fit(X, huge * X[:, 0])
    assert caught.value.epoch >= 1
    assert all(np.isfinite(W).all() for W in model.coefs_)
    assert np.isfinite(model.predict(X)).all()


def test_divergence_names_unscaled_inputs() -> None:
    X, _ = iris()
    model = MLPRegressor(hidden_layer_sizes=(4,), solver="sgd", learning_rate_init=0.1)
    with pytest.raises(DivergenceError, match="inputs are unscaled"):
        model.fit(1000 * X, X[:, 0])


def test_a_loss_that_runs_away_without_becoming_infinite_is_divergence() -> None:
    X, y = iris()
    model = MLPClassifier((4,), "identity", solver="sgd", learning_rate_init=1e6, random_state=0)
    with pytest.raises(DivergenceError):
        model.fit(X, y)


def test_a_last_step_to_infinity_is_divergence_though_the_loss_was_finite() -> None:
    X, y = iris()
    model = MLPClassifier((4,), solver="sgd", learning_rate_init=1e308, max_iter=1)
    with pytest.raises(DivergenceError, match="epoch 1"):
        model.set_params(batch_size=150, alpha=1e10, random_state=0).fit(X, y)
    assert all(np.isfinite(W).all() for W in model.coefs_)


def test_a_blow_up_in_the_very_last_step_is_divergence() -> None:
    X, _ = iris()
    model = MLPRegressor(hidden_layer_sizes=(4,), activation="identity", solver="sgd")
    model.set_params(learning_rate_init=1e90, max_iter=1, batch_size=100, random_state=0)
    with pytest.raises(DivergenceError, match="epoch 1"):
        model.fit(X[:100], X[:100, 0])
    assert abs(model.predict(X)).max() < 10
    assert model.n_iter_ == len(model.loss_curve_) == 0


@pytest.mark.parametrize(
    "settings",
    [
        {"solver": "adam", "learning_rate_init": 1e8, "batch_size": 10, "max_iter": 3},
        {"solver": "sgd", "learning_rate_init": 30.0},
    ],
)
def test_the_weights_kept_are_in_bounds_of_the_loss_at_the_start(settings: dict[str, Any]) -> None:
    X, _ = iris()
    y = X[:, 0]
    model = MLPRegressor(hidden_layer_sizes=(4,), random_state=0)
    start = model.set_params(**settings | {"learning_rate_init": 1e-300, "max_iter": 1}).fit(X, y)
    bound = RUNAWAY * max(start.compute_loss(X, y), 1.0)
    model.set_params(**{"max_iter": 200} | settings)
    with pytest.raises(DivergenceError):
        model.fit(X, y)
    assert model.compute_loss(X, y) <= bound
    assert all(loss <= bound for loss in model.loss_curve_)
    assert model.n_iter_ == len(model.loss_curve_)


@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
def test_a_start_without_a_finite_loss_is_said_to_be_the_reason(solver: str) -> None:
    X, _ = iris()
    y = X[:, 0]
    start = ([np.full((4, 1), 1e200)], [np.zeros(1)])
    model = MLPRegressor(hidden_layer_sizes=(), solver=solver, start_weights=start)
    with pytest.raises(
        DivergenceError,
        match=r"the start weights are unscaled \(they reach 1e\+200\): scale them\.",
    ):
        model.fit(X, y)
    deep = MLPRegressor("poisson", (), solver=solver, start_weights=([[[40.0]]], [[0.0]]))
    with pytest.raises(DivergenceError, match=r"start weights give it already: .* smaller ones\."):
        deep.fit([[20.0], [0.0]], [1.0, 1.0])


def test_every_reason_is_named() -> None:
    X, _ = iris()
    model = MLPRegressor(hidden_layer_sizes=(4,), solver="sgd", learning_rate_init=1.0)
    with pytest.raises(
        DivergenceError,
        match=r"the inputs are unscaled .* and the targets are unscaled .*: scale them, or lower",
    ):
        model.fit(1000 * X, 1000 * X[:, 0])


def test_lbfgs_goes_round_points_whose_loss_overflows() -> None:
    """Of Poisson's e^z: the line search's first long steps overflow, shorter ones do not."""
    X = np.linspace(0, 30, 40)[:, None]
    y = np.exp(0.3 * X[:, 0])
    start = ([[[-20.0]]], [[0.0]])
    model = MLPRegressor("poisson", (), solver="lbfgs", alpha=0, start_weights=start)
    assert model.set_params(max_iter=500).fit(X, y).score(X, y) > 0.99


def test_the_error_goes_through_pickle_and_other_processes() -> None:
    again = pickle.loads(pickle.dumps(DivergenceError("the loss became inf.", 3, "Weights of 2.")))
    assert (type(again), again.epoch) == (DivergenceError, 3)
    assert str(again) == "the loss became inf. Weights of 2."
    X, _ = iris()
    model = MLPRegressor(hidden_layer_sizes=(4,), solver="sgd", learning_rate_init=1e6)
    with pytest.raises(DivergenceError, match="diverged in epoch") as caught:
        cross_val_score(model, X, X[:, 0], cv=2, n_jobs=2, error_score="raise")
    assert caught.value.epoch >= 1


def test_lbfgs_needs_a_finite_gradient_at_the_start_too() -> None:
    X, y = np.array([[1e200], [-1e200]]), np.array([1e150, -1e150])
    model = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", alpha=0)
    model.set_params(start_weights=([[[0.0]]], [[0.0]]))
    with pytest.raises(DivergenceError, match=r"inputs are unscaled .* and the targets are unsc"):
        model.fit(X, y)
    assert model.predict(X).tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("rate", "sentence"),
    [
        (0.4, "The weights are those after epoch {kept}."),
        (1e6, "The weights are those of the start: no epoch ended with a loss of at most {bound}."),
    ],
)
def test_the_error_says_which_weights_are_left(rate: float, sentence: str) -> None:
    X, _ = iris()
    model = MLPRegressor("squared_error", (4,), "identity", solver="sgd", random_state=0)
    model.set_params(learning_rate_init=rate, batch_size=50)
    with pytest.raises(DivergenceError) as caught:
        model.fit(X, X[:, 0])
    assert (model.n_iter_ > 0) == (rate < 1)
    bound = f"{RUNAWAY * max(model.compute_loss(X, X[:, 0]), 1.0):.3g}"
    assert str(caught.value).endswith(sentence.format(kept=model.n_iter_, bound=bound))


def test_weights_out_of_bounds_do_not_take_the_place_of_others() -> None:
    """Three epochs in a row end out of bounds before one is measured so; the first is kept."""
    network = Network((1, 1), (), "identity", LOSSES["half_squared_error"])
    parameters = Parameters.zeros((1, 1))
    guard = Guard(network, parameters, np.ones((1, 1)), np.ones((1, 1)))
    guard.remember(0, guard.start_loss)
    parameters.flat[:] = 0.1
    guard.remember(1, 0.5)
    for epochs in (2, 3, 4):
        parameters.flat[:] = 1e5
        guard.remember(epochs, 10.0)
    assert guard.go_back() == 1
    assert parameters.flat.tolist() == [0.1, 0.1]


def test_scaled_inputs_are_not_blamed_for_a_rare_category() -> None:
    X = np.zeros((16_000, 1))
    X[5] = 1
    X = scale(X)
    assert X.max() > 100
    model = MLPRegressor(hidden_layer_sizes=(4,), solver="sgd", learning_rate_init=1e8)
    with pytest.raises(DivergenceError, match=r"; the step is too large: lower the learning rate"):
        model.fit(X, X[:, 0])


def test_counts_are_not_to_be_scaled() -> None:
    X, _ = iris()
    y = np.round(np.exp(3 * X[:, 0] + 8))
    model = MLPRegressor("poisson", (4,), solver="sgd", learning_rate_init=1000, random_state=0)
    assert y.max() > 1e6
    with pytest.raises(DivergenceError, match=r"; the step is too large: lower the learning rate"):
        model.fit(X, y)


@pytest.mark.parametrize("alpha", [1e308, 1e9])
@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
def test_a_penalty_that_outweighs_the_loss_is_the_reason(alpha: float, solver: str) -> None:
    X, y = iris()
    model = MLPClassifier((4,), solver=solver, alpha=alpha, random_state=0, max_iter=50)
    model.set_params(learning_rate_init=1.0)
    if alpha == 1e9 and solver != "sgd":
        model.fit(X, y)  # their steps do not grow with it
        return
    reason = (
        rf"the penalty outweighs the rows' loss \(`alpha` is {re.escape(f'{alpha:g}')}\): lower it"
    )
    with pytest.raises(DivergenceError, match=reason) as caught:
        model.fit(X, y)
    assert "inf." not in str(caught.value)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("worst", [0.0, np.inf, -np.inf, np.nan])
def test_weights_are_finite_even_where_their_squares_are_not(dtype: str, worst: float) -> None:
    flat = np.array([np.finfo(dtype).max, worst, -1], dtype)
    assert all_finite(flat) == np.isfinite(worst)
