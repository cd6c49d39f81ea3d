"""Both engines train to the same weights, whatever the settings."""

from typing import Any

import numpy as np
import pytest

from chainrule import callbacks
from chainrule.errors import DivergenceError
from chainrule.estimators import MLPClassifier, MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

random = np.random.default_rng(0)
X = random.normal(size=(103, 6))
CLASSES = random.integers(3, size=103)
LABELS = random.integers(2, size=(103, 4))
NUMBERS = np.stack([np.exp(0.3 * X[:, 0]), np.abs(X[:, 1])], axis=1)
WEIGHT = random.integers(0, 4, size=103) / 4
BOUND = {None: 1e-11, "float32": 1e-4}

SETTINGS: list[dict[str, Any]] = [
    {"solver": "sgd"},
    {"solver": "sgd", "momentum": 0.0},
    {"solver": "sgd", "nesterovs_momentum": False, "shuffle": False},
    {"solver": "sgd", "learning_rate": "invscaling"},
    {"solver": "sgd", "learning_rate": "adaptive", "max_iter": 60, "learning_rate_init": 0.1},
    {"solver": "adam", "alpha": 0.5},
    {"solver": "lbfgs", "max_iter": 12},
    {"batch_size": 1},
    {"batch_size": 103},
    {"activation": ["gelu", "tanh"]},
    {"activation": "x*sin(x)"},
    {"dropout": [0.3, 0.1], "activation": "gelu"},
    {"dropout": [0.0, 0.5], "alpha": 0.1},
    {"weight_decay": 0.1},
    {"max_grad_norm": 0.01, "alpha": 0.2},
    {"early_stopping": True, "max_iter": 30, "n_iter_no_change": 3},
    {"early_stopping": "loss", "max_iter": 30, "n_iter_no_change": 3},
    {"tol": 0.01, "n_iter_no_change": 2, "max_iter": 60},
    {"initializer": "he", "hidden_layer_sizes": (3, 4, 5, 6)},
    {"hidden_layer_sizes": ()},
]


def trained(kind: Any, y: Any, engine: str, settings: dict[str, Any], weight: Any = None) -> Any:
    usual = {"hidden_layer_sizes": (7, 5), "activation": "tanh", "random_state": 1}
    usual |= {"max_iter": 4, "batch_size": 32, "engine": engine}
    dtype = settings.get("dtype")
    model = kind(**usual | settings).fit(X.astype(dtype or float), y, weight)
    assert model.engine_ == engine
    return model


def assert_same_training(kind: Any, y: Any, settings: dict[str, Any], weight: Any = None) -> None:
    expected, found = (trained(kind, y, e, settings, weight) for e in ("numpy", "numba"))
    bound = BOUND[settings.get("dtype")]
    assert found.parameters_.flat.dtype == expected.parameters_.flat.dtype
    np.testing.assert_allclose(
        found.parameters_.flat, expected.parameters_.flat, rtol=bound, atol=bound
    )
    np.testing.assert_allclose(found.loss_curve_, expected.loss_curve_, rtol=bound)
    assert (found.n_iter_, found.t_) == (expected.n_iter_, expected.t_)
    assert found.stop_reason_ == expected.stop_reason_
    if expected.validation_scores_ is not None:
        np.testing.assert_allclose(
            found.validation_loss_curve_, expected.validation_loss_curve_, rtol=bound
        )


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_a_classifier(settings: dict[str, Any]) -> None:
    assert_same_training(MLPClassifier, CLASSES, settings)


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_a_classifier_in_float32(settings: dict[str, Any]) -> None:
    if settings.get("early_stopping") is True or "tol" in settings:
        pytest.skip("a rounding may decide which epoch is the last")
    assert_same_training(MLPClassifier, CLASSES, settings | {"dtype": "float32"})


@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
def test_weights_of_rows_and_classes(solver: str) -> None:
    settings = {"class_weight": {0: 0.5, 1: 2.0, 2: 1.0}, "solver": solver, "batch_size": 5}
    assert_same_training(MLPClassifier, CLASSES, settings, WEIGHT)


def test_rows_of_no_weight_are_no_step() -> None:
    settings = {"batch_size": 1, "solver": "sgd"}
    assert_same_training(MLPClassifier, CLASSES, settings, WEIGHT)


def test_several_labels_a_row() -> None:
    assert_same_training(MLPClassifier, LABELS, {})


@pytest.mark.parametrize("loss", ["squared_error", "huber", "mean_squared_error", "poisson"])
def test_a_regressor(loss: str) -> None:
    assert_same_training(MLPRegressor, NUMBERS, {"loss": loss})


def test_rows_in_any_memory() -> None:
    """Columns first, every other column, read only: the same weights, and nothing is changed."""
    wide = np.repeat(X, 2, axis=1)
    frozen = X.copy()
    frozen.setflags(write=False)
    start = trained(MLPClassifier, CLASSES, "numba", {}).parameters_.flat
    for rows in (np.asfortranarray(X), wide[:, ::2], frozen):
        model = MLPClassifier(
            (7, 5), "tanh", random_state=1, max_iter=4, batch_size=32, engine="numba"
        ).fit(rows, CLASSES)
        np.testing.assert_array_equal(model.parameters_.flat, start)


def test_training_goes_on_where_it_ended() -> None:
    """Momentum, Adam's means and the masks of dropout are kept from call to call."""
    for solver in ("sgd", "adam"):
        models = [
            MLPClassifier((7,), solver=solver, dropout=0.2, random_state=1, engine=engine)
            for engine in ("numpy", "numba")
        ]
        for _ in range(5):
            for model in models:
                model.partial_fit(X, CLASSES, classes=[0, 1, 2])
        ours, theirs = (model.parameters_.flat for model in models)
        np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-11)
        models[0].set_params(engine="numba").partial_fit(X, CLASSES)
        models[1].set_params(engine="numpy").partial_fit(X, CLASSES)
        np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-11)


def test_callbacks_hear_every_batch() -> None:
    def heard(engine: str) -> list[tuple[Any, ...]]:
        events: list[tuple[Any, ...]] = []

        class Listener:
            def on_batch_end(self, batch: callbacks.Batch) -> bool:
                norm = float(np.linalg.norm(batch.gradients.flat))
                events.append((batch.epoch, batch.number, batch.loss, norm))
                return len(events) == 10

        settings = {"callbacks": [Listener()], "alpha": 0.3}
        assert trained(MLPClassifier, CLASSES, engine, settings).stop_reason_ == "callback"
        return events

    expected, found = heard("numpy"), heard("numba")
    assert [event[:2] for event in found] == [event[:2] for event in expected]
    np.testing.assert_allclose(found, expected, rtol=1e-11)


@pytest.mark.parametrize("settings", [{"max_iter": 3}, {"batch_size": 1, "max_iter": 1}], ids=str)
def test_divergence_is_the_same(settings: dict[str, Any]) -> None:
    wild = {"solver": "sgd", "learning_rate_init": 1e6, "activation": "identity"} | settings
    said = []
    for engine in ("numpy", "numba"):
        model = MLPRegressor(hidden_layer_sizes=(7,), random_state=1, engine=engine)
        model.set_params(**wild)
        with pytest.raises(DivergenceError) as error:
            model.fit(X, NUMBERS)
        said.append((str(error.value), model.n_iter_, model.parameters_.flat.tolist()))
    assert said[0][0] == said[1][0]
    assert said[0][1] == said[1][1]
    np.testing.assert_allclose(said[0][2], said[1][2], rtol=1e-10)
