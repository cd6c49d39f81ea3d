"""scikit-learn's own callbacks: what `set_callbacks` (since 1.9) is told of a training."""

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler, scale

from chainrule.errors import DivergenceError, InputError
from chainrule.estimators import MLPClassifier, MLPRegressor

callbacks = pytest.importorskip("sklearn.callback", reason="scikit-learn before 1.9 has none")

X, y = load_iris(return_X_y=True)
X = scale(X)
SOLVERS = ["sgd", "adam", "lbfgs"]
HEARD: dict[str, list[tuple[Any, ...]]] = {}  # by name: scikit-learn copies callbacks with models

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


class Witness:
    """Follows the protocol; asks to stop after so many epochs."""

    def __init__(self, name: str, stop_after: int = 10**9) -> None:
        self.name, self.stop_after = name, stop_after
        HEARD[name] = []

    def setup(self, estimator: Any, context: Any) -> None:
        self._hear("setup", estimator, context)

    def on_fit_task_begin(self, estimator: Any, context: Any) -> None:
        self._hear("begin", estimator, context)

    def on_fit_task_end(
        self,
        estimator: Any,
        context: Any,
        *,
        X: Any = None,
        y: Any = None,
        metadata: Any = None,
        fitted_estimator: Any = None,
    ) -> bool:
        score = fitted_estimator.score(X, y, **(metadata or {}))
        self._hear("end", estimator, context, score, fitted_estimator.coefs_[0].copy())
        return context.parent is not None and context.task_id + 1 >= self.stop_after

    def teardown(self, estimator: Any, context: Any) -> None:
        self._hear("teardown", estimator, context)

    def _hear(self, hook: str, _estimator: Any, context: Any, *said: Any) -> None:
        HEARD[self.name].append((hook, context.task_name, *said))


def network(kind: Any = MLPClassifier, **settings: Any) -> Any:
    usual: dict[str, Any] = {"hidden_layer_sizes": (4,), "max_iter": 3, "random_state": 0}
    return kind(**(usual | settings))


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_fit_is_a_task_and_each_epoch_one_of_its_parts(solver: str) -> None:
    model = network(solver=solver).set_callbacks(Witness("tasks"))
    model.fit(X, y)
    epochs = [(hook, f"epoch {n}") for n in (1, 2, 3) for hook in ("begin", "end")]
    heard = [event[:2] for event in HEARD["tasks"]]
    assert heard == [
        ("setup", "fit"),
        ("begin", "fit"),
        *epochs,
        ("end", "fit"),
        ("teardown", "fit"),
    ]


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_the_fitted_estimator_is_the_model_after_that_epoch(solver: str, kind: Any) -> None:
    own: list[tuple[float, Any]] = []
    weight = np.linspace(0.5, 1, 150)

    def told(epoch: Any) -> None:
        own.append((epoch.model.score(X, y, weight), epoch.model.coefs_[0].copy()))

    model = network(kind, solver=solver, callbacks=told).set_callbacks(Witness("fitted"))
    model.fit(X, y, sample_weight=weight)
    theirs = [event[2:] for event in HEARD["fitted"] if event[0] == "end" and event[1] != "fit"]
    assert len(own) == len(theirs) == 3
    for (score, W), (their_score, their_W) in zip(own, theirs, strict=True):
        assert their_score == pytest.approx(score)
        np.testing.assert_array_equal(their_W, W)
    last = next(event for event in HEARD["fitted"] if event[:2] == ("end", "fit"))
    np.testing.assert_array_equal(last[3], model.coefs_[0])


@pytest.mark.parametrize("solver", SOLVERS)
def test_it_stops_training_and_changes_no_number(solver: str) -> None:
    model = network(solver=solver, max_iter=50).set_callbacks(Witness("stop", stop_after=2))
    model.fit(X, y)
    assert (model.n_iter_, model.stop_reason_) == (2, "callback")
    alone = network(solver=solver, max_iter=2).fit(X, y)
    np.testing.assert_array_equal(model.parameters_.flat, alone.parameters_.flat)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of the score after a wild step
def test_callbacks_are_torn_down_where_a_fit_fails() -> None:
    model = network(solver="sgd", learning_rate_init=1e200).set_callbacks(Witness("fails"))
    with pytest.raises(DivergenceError):
        model.fit(X, y)
    assert [event[0] for event in HEARD["fails"]].count("teardown") == 1
    HEARD["fails"].clear()
    with pytest.raises(InputError):
        model.set_params(alpha=-1).fit(X, y)
    assert HEARD["fails"] == []  # nothing was set up

    def fail(_epoch: Any) -> None:
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        network(callbacks=fail).set_callbacks(Witness("raises")).fit(X, y)
    assert HEARD["raises"][-1][0] == "teardown"


def test_what_was_set_up_is_torn_down_where_another_cannot_be() -> None:
    first, second = Witness("first"), Witness("second")

    def refuse(estimator: Any, context: Any) -> None:
        raise RuntimeError(f"no room for {estimator} in {context}")

    second.setup = refuse  # type: ignore[method-assign]
    model = network().set_callbacks(first, second)
    with pytest.raises(RuntimeError, match="no room"):
        model.fit(X, y)
    assert [event[0] for event in HEARD["first"]] == ["setup", "teardown"]
    assert model.set_callbacks().fit(X, y).n_iter_ == 3


def test_scikit_learns_monitor_has_a_score_an_epoch() -> None:
    monitor = callbacks.ScoringMonitor(scoring=["accuracy", "neg_log_loss"])
    own: list[float] = []
    model = network(callbacks=lambda epoch: own.append(epoch.model.score(X, y)), max_iter=4)
    model.set_callbacks(monitor).fit(X, y)
    data = [row for row in monitor.get_logs().data if row["task_name"].startswith("epoch")]
    assert [row["accuracy"] for row in data] == own
    assert [row["task_id"] for row in data] == [0, 1, 2, 3]


def test_scikit_learns_progress_bar_goes_to_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    for solver in SOLVERS:
        model = network(solver=solver, max_iter=100, tol=0.05)
        model.set_callbacks(callbacks.ProgressBar()).fit(X, y)
        assert "MLPClassifier" in capsys.readouterr().out


def test_copies_pipelines_and_searches_keep_them() -> None:
    model = network().set_callbacks(Witness("pipeline"))
    assert np.isfinite(clone(model).fit(X, y).loss_)
    HEARD["pipeline"].clear()
    make_pipeline(StandardScaler(), model).fit(X, y)
    assert [event[0] for event in HEARD["pipeline"]].count("end") == 4
    HEARD["pipeline"].clear()
    search = GridSearchCV(model, {"alpha": [0.0, 0.1]}, cv=3).fit(X, y)
    assert search.best_estimator_.n_iter_ == 3
    assert [event[0] for event in HEARD["pipeline"]].count("setup") == 2 * 3 + 1
    assert [event[0] for event in HEARD["pipeline"]].count("teardown") == 2 * 3 + 1


def test_a_monitor_is_handed_down_by_a_search() -> None:
    monitor = callbacks.ScoringMonitor(scoring="accuracy")
    search = GridSearchCV(network().set_callbacks(monitor), {"alpha": [0.0, 0.1]}, cv=2)
    search.fit(X, y)
    assert len(monitor.get_logs(select="all")) >= 1
    assert search.predict(X).shape == y.shape


def test_what_does_not_follow_the_protocol_is_refused_with_the_way_out() -> None:
    with pytest.raises(TypeError, match="FitCallback protocol"):
        network().set_callbacks(lambda epoch: epoch.loss)
    with pytest.raises(InputError, match="One of scikit-learn's own is given to `set_callbacks`"):
        network(callbacks=[Witness("wrong place")]).fit(X, y)
