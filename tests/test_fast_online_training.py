"""Estimators trained one row an update, by programs: as by NumPy, whatever is set, and stopped."""

import signal
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from commands import started
from sklearn.exceptions import ConvergenceWarning

from chainrule._fast.online.rows import program_of
from chainrule.callbacks import Batch, Epoch
from chainrule.errors import DivergenceError
from chainrule.estimators import MLPClassifier, MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

random = np.random.default_rng(0)
X = random.normal(size=(60, 4))
CLASSES = np.digitize(X[:, 0] + random.normal(size=60), [-0.5, 0.5])
NUMBERS = np.stack([X[:, 0] * X[:, 1], X[:, 2]], axis=1)
WEIGHT = random.integers(0, 4, size=60) / 4

SETTINGS: list[dict[str, Any]] = [
    {"solver": "sgd", "momentum": 0.0},
    {"solver": "sgd", "shuffle": False},
    {"solver": "sgd", "nesterovs_momentum": False, "learning_rate": "invscaling"},
    {"solver": "sgd", "learning_rate": "adaptive", "tol": 0.2, "n_iter_no_change": 1},
    {"solver": "adam", "alpha": 0.1},
    {"class_weight": {0: 0.0, 1: 2.0, 2: 1.0}},
    {"early_stopping": True, "n_iter_no_change": 2, "max_iter": 30},
    {"early_stopping": "loss", "n_iter_no_change": 2, "max_iter": 30},
    {"tol": 0.01, "n_iter_no_change": 2, "max_iter": 30},
    {"hidden_layer_sizes": ()},
]


def online(kind: Any, engine: str, **settings: Any) -> Any:
    usual = {"hidden_layer_sizes": (5,), "activation": "tanh", "random_state": 1, "max_iter": 6}
    return kind(**usual | settings, batch_size=1, engine=engine)


def programs_taken() -> int:
    known = program_of.cache_info()
    return known.hits + known.misses


def both(kind: Any = MLPClassifier, **settings: Any) -> tuple[Any, Any]:
    return online(kind, "numpy", **settings), online(kind, "numba", **settings)


def assert_same(expected: Any, found: Any) -> None:
    flat = found.parameters_.flat
    np.testing.assert_allclose(flat, expected.parameters_.flat, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(found.loss_curve_, expected.loss_curve_, rtol=1e-11)
    for name in ("n_iter_", "t_", "stop_reason_"):
        assert getattr(found, name) == getattr(expected, name), name
    if expected.validation_scores_ is not None:
        scores = found.validation_scores_, expected.validation_scores_
        np.testing.assert_allclose(*scores, rtol=1e-9)


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["alike", "weighted"])
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_a_fit(settings: dict[str, Any], weight: Any) -> None:
    expected, found = both(**settings)
    expected.fit(X, CLASSES, weight)
    taken = programs_taken()
    assert_same(expected, found.fit(X, CLASSES, weight))
    assert programs_taken() == taken + 1


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_a_fit_that_goes_on(solver: str) -> None:
    """By `partial_fit` and from a warm start, with other rows and another rate."""
    expected, found = both(MLPRegressor, solver=solver, warm_start=True)
    for model in (expected, found):
        for rate, n in ((0.01, 60), (0.003, 40), (0.003, 50)):
            model.set_params(learning_rate_init=rate).partial_fit(X[:n], NUMBERS[:n])
        model.fit(X[20:], NUMBERS[20:]).fit(X, NUMBERS)
    assert_same(expected, found)


def test_epochs_are_told_of_and_stopped() -> None:
    told: dict[str, list[Any]] = {}

    def hear(epoch: Epoch) -> bool:
        model = epoch.model
        told.setdefault(model.engine_, []).append((epoch.number, epoch.learning_rate))
        np.testing.assert_allclose(model.loss_curve_[-1], epoch.loss)
        model.coefs_[0][0, 0] = 0.5  # what a callback changes, the program goes on with
        return epoch.number == 3

    models = both(solver="sgd", learning_rate="invscaling", max_iter=9, callbacks=[hear])
    taken = programs_taken()
    assert_same(*(model.fit(X, CLASSES) for model in models))
    assert programs_taken() == taken + 1
    assert models[1].stop_reason_ == "callback"
    assert told["numpy"] == told["numba"]
    assert len(told["numba"]) == 3


def test_who_listens_to_batches_hears_every_row() -> None:
    class Listener:
        def __init__(self) -> None:
            self.losses: list[float] = []

        def on_batch_end(self, batch: Batch) -> bool:
            self.losses.append(batch.loss)
            return len(self.losses) == 70

    listeners, taken = (Listener(), Listener()), programs_taken()
    models = both()
    for model, listener in zip(models, listeners, strict=True):
        model.set_params(callbacks=[listener]).fit(X, CLASSES)
    assert_same(*models)
    assert programs_taken() == taken  # programs do not stop after a row
    np.testing.assert_allclose(listeners[1].losses, listeners[0].losses, rtol=1e-11)
    assert (models[1].t_, models[1].stop_reason_) == (70, "callback")


@pytest.mark.parametrize("settings", [{}, {"early_stopping": True}, {"solver": "sgd"}], ids=str)
def test_a_training_that_diverges(settings: dict[str, Any]) -> None:
    models, said = both(MLPRegressor, activation="identity", **settings), []

    def ruin(epoch: Epoch) -> None:
        if epoch.number == 3:
            epoch.model.coefs_ = [1e160 * W for W in epoch.model.coefs_]

    for model in models:
        model.set_params(callbacks=[ruin])
        with pytest.raises(DivergenceError) as error:
            model.fit(X, NUMBERS)
        said.append(str(error.value))
    assert said[0] == said[1]
    assert_same(*models)
    assert models[1].n_iter_ == 2


def test_a_partial_fit_that_diverges_takes_the_call_before_it_back() -> None:
    models = both(MLPRegressor, solver="sgd", activation="identity")

    def ruin(epoch: Epoch) -> None:
        epoch.model.coefs_ = [1e200 * W for W in epoch.model.coefs_]

    for model in models:
        model.partial_fit(X, NUMBERS).set_params(callbacks=[ruin]).partial_fit(X, NUMBERS)
        model.set_params(callbacks=None)
        with pytest.raises(DivergenceError, match="those that the call of partial_fit before"):
            model.partial_fit(X, NUMBERS)
    assert_same(*models)


def test_time_that_is_up_stops_within_an_epoch() -> None:
    rows, y = np.tile(X, (200, 1)), np.tile(CLASSES, 200)
    model = online(MLPClassifier, "numba", max_time=1e-9, max_iter=10**6)
    with pytest.warns(ConvergenceWarning, match="stopped at `max_time`=1e-09 before it conv"):
        model.fit(rows, y)
    assert (model.stop_reason_, model.n_iter_) == ("max_time", 1)
    assert model.t_ < len(rows)
    assert np.isfinite(model.compute_loss(rows, y))


INTERRUPTED = """
import sys, warnings
import numpy as np
from chainrule import MLPRegressor

judged = sys.argv[1] == "True"
X = np.random.default_rng(0).normal(size=(2_000_000, 2))  # an epoch takes several calls
y = np.tanh(X[:, 0] - X[:, 1])
validation = {"X_val": X[:50], "y_val": y[:50]} if judged else {}
model = MLPRegressor(
    hidden_layer_sizes=(2,), activation="tanh", solver="sgd", batch_size=1,
    max_iter=10**9, tol=0, n_iter_no_change=np.inf, shuffle=False, random_state=0,
    early_stopping=judged, engine="numba",
    callbacks=lambda epoch: print(epoch.number, flush=True),
)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    model.fit(X, y, **validation)
assert "chainrule._fast.online.shaped" in sys.modules
assert model.stop_reason_ == "interrupted", model.stop_reason_
assert [str(warning.message)[:20] for warning in caught] == ["Training interrupted"], caught
assert model.n_iter_ == len(model.loss_curve_) >= 1
if judged:
    assert model.score(X[:50], y[:50]) == max(model.validation_scores_)
assert np.isfinite(model.compute_loss(X, y))
print("fitted", flush=True)
"""


@pytest.mark.parametrize("judged", [False, True])
def test_an_interrupted_program_leaves_a_fitted_model(judged: bool, tmp_path: Any) -> None:
    script = tmp_path / "interrupted.py"
    script.write_text(INTERRUPTED, encoding="utf-8")
    command = [sys.executable, str(script), str(judged)]
    with started(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"1\n"
        process.send_signal(signal.SIGINT)
        said = process.stdout.read().split(), process.stderr.read()
    assert (said[0][-1], said[1]) == (b"fitted", b"")
    assert process.returncode == 0
