"""Why a training stopped: limits, interrupts and divergence, none of them silent."""

import signal
import subprocess
import sys
import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from commands import started
from scipy.sparse import csr_array
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import scale

from chainrule.errors import DivergenceError
from chainrule.estimators import MLPClassifier, MLPRegressor
from chainrule.stops import warning_of

X, y = load_iris(return_X_y=True)
X = scale(X)
SOLVERS = ["sgd", "adam", "lbfgs"]

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def network(kind: Any = MLPClassifier, **settings: Any) -> Any:
    usual: dict[str, Any] = {"hidden_layer_sizes": (6,), "max_iter": 8, "random_state": 0}
    return kind(**(usual | {"learning_rate_init": 0.02} | settings))


@pytest.mark.parametrize("form", ["dense", "sparse", "weighted", "early stopping"])
@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_a_training_that_diverges_says_so_and_keeps_finite_weights(form: str, kind: Any) -> None:
    model = network(kind, solver="sgd", learning_rate_init=1e200, max_iter=50)
    model.set_params(early_stopping=form == "early stopping")
    weight = np.linspace(0.5, 2, 150) if form == "weighted" else None
    with pytest.raises(
        DivergenceError, match=r"diverged in epoch \d+: the loss became .*: "
    ) as said:
        model.fit(csr_array(X) if form == "sparse" else X, y, sample_weight=weight)
    assert said.value.epoch >= 1
    assert "lower the learning rate" in str(said.value)
    assert model.stop_reason_ == "diverged"
    assert np.isfinite(model.parameters_.flat).all()
    assert np.isfinite(model.compute_loss(X, y))
    assert len(model.predict(X)) == 150


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_a_partial_fit_that_diverges_goes_back_to_weights_with_a_loss(kind: Any) -> None:
    """A call's last step shows in the call after it, which may have to undo both."""
    model = network(kind, solver="sgd", learning_rate_init=0.01, batch_size=150).build(X, y)
    for _ in range(3):
        model.partial_fit(X, y)
    good, curve = model.parameters_.flat.copy(), list(model.loss_curve_)

    def ruin(epoch: Any) -> None:
        epoch.model.coefs_ = [1e200 * W for W in epoch.model.coefs_]

    model.set_params(callbacks=[ruin]).partial_fit(X, y)
    model.set_params(callbacks=None)
    with pytest.raises(DivergenceError, match="The weights are those that the call of partial_fit"):
        model.partial_fit(X, y)
    np.testing.assert_array_equal(model.parameters_.flat, good)
    assert model.loss_curve_ == curve
    assert np.isfinite(model.compute_loss(X, y))
    assert model.n_iter_ == 0
    assert model.stop_reason_ == "diverged"


def test_a_loss_that_becomes_nan_is_said_with_its_epoch() -> None:
    """Weights that a callback makes NaN in the third epoch: those after the second are kept."""
    kept: list[Any] = []

    def spoil(epoch: Any) -> None:
        kept.append(epoch.model.parameters_.flat.copy())
        if epoch.number == 3:
            epoch.model.coefs_[0][...] = np.nan

    model = network(callbacks=[spoil])
    with pytest.raises(DivergenceError, match="diverged in epoch 4: the loss became nan") as said:
        model.fit(X, y)
    assert said.value.epoch == 4
    assert "The weights are those after epoch 2." in str(said.value)
    np.testing.assert_array_equal(model.parameters_.flat, kept[1])
    assert model.n_iter_ == len(model.loss_curve_) == 2


def test_rows_are_counted_up_to_the_batch_that_passed_max_time() -> None:
    def wait(_: object) -> None:
        time.sleep(0.02)

    slow = SimpleNamespace(on_batch_end=wait)
    model = network(solver="sgd", batch_size=10, max_time=0.05, callbacks=[slow])
    with pytest.warns(ConvergenceWarning, match="max_time"):
        model.fit(X, y)
    assert model.n_iter_ == 1
    assert model.t_ in (10, 20, 30)  # a loaded machine may be slower, never faster


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_start_without_a_finite_loss_is_said(solver: str) -> None:
    start = ([np.full((4, 6), 1e200), np.full((6, 3), 1e200)], [np.zeros(6), np.zeros(3)])
    with pytest.raises(DivergenceError, match="diverged in epoch 1"):
        network(solver=solver, start_weights=start, activation="relu").fit(X, y)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("early_stopping", [False, True])
def test_max_time_stops_with_its_reason(solver: str, early_stopping: bool) -> None:
    model = network(solver=solver, max_time=1e-9, max_iter=10**6, early_stopping=early_stopping)
    model.set_params(tol=0, n_iter_no_change=np.inf)
    with pytest.warns(ConvergenceWarning, match="stopped at `max_time`=1e-09 before it conv"):
        model.fit(X, y)
    assert model.stop_reason_ == "max_time"
    assert model.n_iter_ == len(model.loss_curve_) == 1
    assert np.isfinite(model.compute_loss(X, y))


@pytest.mark.parametrize(
    ("solver", "limit"),
    [("sgd", "max_iter"), ("adam", "max_iter"), ("lbfgs", "max_iter"), ("lbfgs", "max_fun")],
)
def test_the_limit_that_was_reached_is_named(solver: str, limit: str) -> None:
    model = network(solver=solver, max_iter=99).set_params(**{limit: 3})
    with pytest.warns(ConvergenceWarning, match=f"stopped at `{limit}`=3 before it converged"):
        model.fit(X, y)
    assert model.stop_reason_ == limit


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_training_that_converges_warns_of_nothing(
    solver: str, recwarn: pytest.WarningsRecorder
) -> None:
    model = network(solver=solver, tol=0.01, max_iter=500).fit(X, y)
    assert model.stop_reason_ == "converged"
    assert len(recwarn) == 0


def test_every_reason_that_is_no_end_has_its_warning() -> None:
    settings = {"max_iter": 5, "max_fun": 6, "max_time": 7}
    for reason in ("max_iter", "max_fun", "max_time", "no lower point", "interrupted"):
        assert warning_of(reason, settings) is not None
    for reason in ("converged", "callback", ""):
        assert warning_of(reason, settings) is None


INTERRUPTED = """
import sys, warnings
import numpy as np
from sklearn.datasets import load_iris
from chainrule.estimators import MLPClassifier

solver, early_stopping = sys.argv[1], sys.argv[2] == "True"
X, y = load_iris(return_X_y=True)
X = np.tile((X - X.mean(axis=0)) / X.std(axis=0), (20, 1))
y = np.where(np.arange(3000) % 17 == 0, (np.tile(y, 20) + 1) % 3, np.tile(y, 20))

def told(epoch):
    if epoch.number == 5:
        print("five", flush=True)

model = MLPClassifier(
    (40,), "tanh", solver=solver, max_iter=10**9, max_fun=10**9, tol=0, n_iter_no_change=np.inf,
    random_state=0, batch_size=3000, shuffle=False, callbacks=told, early_stopping=early_stopping,
)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    model.fit(X, y, **({"X_val": X[::7], "y_val": y[::7]} if early_stopping else {}))
assert model.stop_reason_ == "interrupted", model.stop_reason_
assert [str(warning.message)[:20] for warning in caught] == ["Training interrupted"], caught
assert caught[0].filename == __file__, caught[0]
assert model.n_iter_ == len(model.loss_curve_) >= 5
losses = model.loss_curve_
if early_stopping:
    assert model.score(X[::7], y[::7]) == max(model.validation_scores_)
elif solver == "lbfgs":
    assert all(after <= before for before, after in zip(losses, losses[1:]))
    assert abs(model.compute_loss(X, y) / losses[-1] - 1) < 1e-12
else:  # an epoch's loss is that before its step, so the weights are one step further
    again = MLPClassifier(**model.get_params()).set_params(callbacks=None)
    steps, ends = len(losses), []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in (steps, steps + 1):  # the last step may have come before its epoch was told
            ends.append(again.set_params(max_iter=number).fit(X, y).compute_loss(X, y))
    assert model.compute_loss(X, y) in ends, ends
assert model.predict(X).shape == y.shape
print("fitted", flush=True)
"""


@pytest.mark.parametrize(
    ("solver", "early_stopping"),
    [("sgd", False), ("lbfgs", False), ("adam", True)],
)
def test_an_interrupted_fit_leaves_a_fitted_model(
    solver: str, early_stopping: bool, tmp_path: Any
) -> None:
    script = tmp_path / "interrupted.py"
    script.write_text(INTERRUPTED, encoding="utf-8")
    command = [sys.executable, str(script), solver, str(early_stopping)]
    with started(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"five\n"
        process.send_signal(signal.SIGINT)
        said = process.stdout.read(), process.stderr.read()
    assert said == (b"fitted\n", b"")
    assert process.returncode == 0


def test_an_interrupted_partial_fit_ends_the_loop_around_it() -> None:
    def interrupt(_epoch: Any) -> None:
        raise KeyboardInterrupt

    model = network(solver="adam").build(X, y).set_params(callbacks=interrupt)
    with pytest.raises(KeyboardInterrupt):
        model.partial_fit(X, y)
    assert model.stop_reason_ == "interrupted"
    assert model.n_iter_ == len(model.loss_curve_) == 1
    assert np.isfinite(model.compute_loss(X, y))
