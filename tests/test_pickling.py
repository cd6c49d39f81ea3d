"""Copies of a model are exact, and a training that is under way goes on in the copy as in it."""

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from sklearn.base import clone, is_classifier
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.preprocessing import scale

from chainrule.activations import ACTIVATIONS, Activation
from chainrule.chain import Array
from chainrule.estimators import MLPClassifier, MLPRegressor
from chainrule.losses import LOSSES, Loss
from chainrule.mlp import MLP

Y = load_iris().target
X = scale(load_iris().data)
pytestmark = pytest.mark.filterwarnings("ignore:Training stopped")


def through_a_file(model: Any, folder: Path) -> Any:
    joblib.dump(model, folder / "model.joblib")
    return joblib.load(folder / "model.joblib")


COPIES: dict[str, Callable[[Any, Path], Any]] = {
    "pickle": lambda model, _: pickle.loads(pickle.dumps(model)),
    "joblib": through_a_file,
    "deepcopy": lambda model, _: copy.deepcopy(model),
}
every_copy = pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)


def square(z: Array) -> Array:
    """a = z²."""
    return z**2


def slope_of_square(z: Array) -> Array:
    return 2 * z


def cubed_error(a: Array, y: Array) -> Array:
    return (abs(a - y) ** 3 / 3).sum(axis=1)


def slope_of_cubed_error(a: Array, y: Array) -> Array:
    return (a - y) * abs(a - y)


SQUARE = Activation("square", square, slope_of_square, None, "z²", "2z")
CUBED_ERROR = Loss(
    "cubed_error", cubed_error, slope_of_cubed_error, "Σ ⅓|a − y|³", "(a − y)|a − y|"
)

MODELS: dict[str, MLP] = {
    "sgd": MLPRegressor(solver="sgd"),
    "invscaling": MLPClassifier(solver="sgd", learning_rate="invscaling", nesterovs_momentum=False),
    "adaptive": MLPRegressor(solver="sgd", learning_rate="adaptive", n_iter_no_change=1, tol=0.5),
    "adam": MLPClassifier(batch_size=32),
    "dropout": MLPClassifier(dropout=[0.5, 0.2]),
    "numbers with dropout": MLPRegressor(dropout=[0.5, 0.2]),
    "everything": MLPClassifier(weight_decay=0.1, max_grad_norm=0.5, dtype="float32", alpha=0.1),
    "activations": MLPClassifier(activation=[SQUARE, (square, slope_of_square)]),
    "loss": MLPRegressor(loss=CUBED_ERROR, output_activation="tanh"),
}
every_model = pytest.mark.parametrize("name", MODELS)


def new(name: str, **settings: Any) -> Any:
    both: dict[str, Any] = {"hidden_layer_sizes": (4, 3), "max_iter": 3, "random_state": 7}
    return clone(MODELS[name]).set_params(**both | settings)


def assert_equal(one: Any, other: Any) -> None:
    """Whether two models have the same settings, weights and history, to the last bit."""
    assert repr(one) == repr(other)
    np.testing.assert_array_equal(one.parameters_.flat, other.parameters_.flat, strict=True)
    np.testing.assert_array_equal(one.predict(X), other.predict(X), strict=True)
    assert one.loss_curve_ == other.loss_curve_
    assert one.validation_scores_ == other.validation_scores_
    assert (one.n_iter_, one.t_, one.stop_reason_) == (other.n_iter_, other.t_, other.stop_reason_)
    assert one.compute_loss(X, Y) == other.compute_loss(X, Y)
    np.testing.assert_array_equal(one.gradients(X, Y).flat, other.gradients(X, Y).flat, strict=True)


@every_copy
@every_model
def test_a_copy_is_exact(copied: Any, name: str, tmp_path: Path) -> None:
    model = new(name).fit(X, Y)
    again = copied(model, tmp_path)
    assert_equal(again, model)
    assert not np.shares_memory(again.parameters_.flat, model.parameters_.flat)
    assert np.shares_memory(again.coefs_[0], again.parameters_.flat)  # views still, not copies
    assert_equal(again.fit(X, Y), model)


def go_on(model: Any, random_state: Any) -> Any:
    """Three epochs over different rows, one after a change of settings."""
    model.partial_fit(X[:90], Y[:90]).partial_fit(X[40:], Y[40:])
    return model.set_params(learning_rate_init=0.01, random_state=random_state).partial_fit(X, Y)


@every_copy
@every_model
def test_a_training_goes_on_in_the_copy(copied: Any, name: str, tmp_path: Path) -> None:
    """With its optimizer's moments, its dropout's draws, its learning rate and its curves."""
    model = new(name, random_state=np.random.RandomState(3))
    first: dict[str, Any] = {"classes": [0, 1, 2]} if is_classifier(model) else {}
    model.partial_fit(X, Y, **first).partial_fit(X[::2], Y[::2])
    again = copied(model, tmp_path)
    started = model.parameters_.flat.copy()
    assert_equal(go_on(again, 5), go_on(model, 5))
    assert (model.parameters_.flat != started).any()
    assert len(model.loss_curve_) == 5


@every_copy
@pytest.mark.parametrize("name", ["adaptive", "adam", "dropout", "activations"])
def test_a_warm_start_goes_on_in_the_copy(copied: Any, name: str, tmp_path: Path) -> None:
    model = new(name, warm_start=True, early_stopping=True, max_iter=12)
    again = copied(model.fit(X, Y), tmp_path)
    assert_equal(again.fit(X, Y), model.fit(X, Y))
    assert len(model.loss_curve_) > model.n_iter_


def test_a_copy_of_what_never_trained_is_a_new_model(tmp_path: Path) -> None:
    for copied in COPIES.values():
        model = copied(new("activations"), tmp_path)
        with pytest.raises(NotFittedError):
            model.predict(X)
        assert_equal(model.fit(X, Y), new("activations").fit(X, Y))
        built = copied(new("dropout").build(X, Y), tmp_path)
        assert built.stop_reason_ == ""
        assert built.predict(X).shape == (150,)


@every_model
def test_a_clone_has_the_settings_and_no_memory(name: str) -> None:
    model = new(name).fit(X, Y)
    fresh: Any = clone(model)
    assert fresh.get_params() == model.get_params()
    assert set(vars(fresh)) == set(vars(new(name)))
    with pytest.raises(NotFittedError):
        fresh.predict(X)
    assert_equal(fresh.fit(X, Y), model)


def test_a_copy_follows_what_is_set_afterwards(tmp_path: Path) -> None:
    for copied in COPIES.values():
        model = new("adam").fit(X, Y)
        model.coefs_[0] = np.ones((4, 4))
        model.set_params(alpha=0.5)
        again = copied(model, tmp_path)
        assert again.alpha == 0.5
        np.testing.assert_array_equal(again.coefs_[0], np.ones((4, 4)))
        again.coefs_[0] = np.zeros((4, 4))
        np.testing.assert_array_equal(model.coefs_[0], np.ones((4, 4)))


ARRAYS = {"lbfgs": 1, "sgd": 2, "adam": 3}  # the weights, and what the optimizer remembers


@pytest.mark.parametrize("solver", ARRAYS)
@pytest.mark.parametrize("early_stopping", [False, True])
def test_a_pickled_model_has_its_arrays_and_little_more(solver: str, early_stopping: bool) -> None:
    rows = np.random.default_rng(0).normal(size=(300, 200))
    model = MLPClassifier((100,), solver=solver, early_stopping=early_stopping, max_iter=2)
    model.set_params(random_state=0).fit(rows, rows[:, 0] > 0)
    arrays = ARRAYS[solver] + early_stopping  # the best weights so far
    assert len(pickle.dumps(model)) < arrays * model.parameters_.flat.nbytes + 8_000


def test_the_tables_records_stay_those_of_the_tables() -> None:
    """A fused pair is recognized by its record, in the copy too."""
    model = pickle.loads(pickle.dumps(new("adam").fit(X, Y)))
    assert model.network_.loss == LOSSES["categorical_cross_entropy"]
    assert model.network_.hidden == (ACTIVATIONS["relu"],) * 2
    assert model.network_.fused is not None
