"""Models fitted together: to the weights of one after the other, abreast or in turn."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from fitted_together import (
    COUNT,
    assert_as_one_by_one,
    classifiers,
    jobs_of,
    one_by_one,
    regressors,
)
from sklearn.base import clone

from chainrule import MLPRegressor, engines, threads
from chainrule.abreast import fit_together
from chainrule.mlp import MLP

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many went abreast each time."""
    sizes: list[int] = []

    def noted(begun: Sequence[engines.Begun]) -> engines.EpochsAbreast:
        sizes.append(len(begun))
        return lanes(begun)

    lanes = engines.lanes
    monkeypatch.setattr("chainrule.abreast.lanes", noted)
    return sizes


@pytest.mark.parametrize("solver", ["sgd", "adam"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("make", [classifiers, regressors])
def test_folds_abreast_are_as_one_by_one(
    solver: str, weighted: bool, make: Callable[..., list[MLP]], groups: list[int]
) -> None:
    jobs = jobs_of(make(8, solver=solver, alpha=0.1), weighted=weighted)
    models = fit_together(jobs)
    assert groups == [8]
    assert models == [model for model, *_ in jobs]
    assert [model.engine_ for model in models] == ["numba"] * 8
    assert_as_one_by_one(jobs, one_by_one(jobs))


@pytest.mark.parametrize(
    "settings",
    [
        {"tol": 0.01, "n_iter_no_change": 2, "max_iter": 60},
        {"early_stopping": True, "n_iter_no_change": 2, "max_iter": 40},
        {"early_stopping": "loss", "n_iter_no_change": 2, "max_iter": 40},
        {"learning_rate": "adaptive", "tol": 0.01, "n_iter_no_change": 1, "max_iter": 20},
        {"learning_rate": "invscaling", "momentum": 0.0},
    ],
    ids=str,
)
def test_each_ends_when_it_would(settings: dict[str, Any], groups: list[int]) -> None:
    jobs = jobs_of(classifiers(**settings))
    fit_together(jobs)
    assert groups == [COUNT]
    assert_as_one_by_one(jobs, one_by_one(jobs))
    if "n_iter_no_change" in settings and "learning_rate" not in settings:
        assert len({model.n_iter_ for model, *_ in jobs}) > 1


def test_settings_that_are_no_part_of_the_shape_may_differ(groups: list[int]) -> None:
    models = classifiers()
    for i, model in enumerate(models):
        model.set_params(max_iter=3 + i, learning_rate_init=0.01 * (1 + i), alpha=0.1 * (1 + i))
    jobs = jobs_of(models)
    fit_together(jobs)
    assert groups == [COUNT]
    assert_as_one_by_one(jobs, one_by_one(jobs))


def test_more_than_eight_go_in_turns_of_eight(groups: list[int]) -> None:
    jobs = jobs_of(classifiers(8, max_iter=2)) + jobs_of(classifiers(8, max_iter=2))
    fit_together(jobs[:-1])
    assert groups == [8, 7]
    assert_as_one_by_one(jobs[:-1], one_by_one(jobs[:-1]))


@pytest.mark.parametrize(
    "settings",
    [{"batch_size": 8}, {"dropout": 0.2}, {"solver": "lbfgs"}, {"dtype": "float32"}],
    ids=str,
)
def test_what_cannot_go_abreast_is_fitted_in_turn(
    settings: dict[str, Any], groups: list[int]
) -> None:
    jobs = jobs_of(classifiers(4, **settings))
    alone = [clone(model).fit(*rows) for model, *rows in jobs]
    for model, other in zip(fit_together(jobs), alone, strict=True):
        np.testing.assert_array_equal(model.parameters_.flat, other.parameters_.flat)
        assert (model.engine_, model.stop_reason_) == (other.engine_, other.stop_reason_)
    assert groups == []


def test_a_mixed_lot_is_fitted_group_by_group(groups: list[int]) -> None:
    models = classifiers(4) + regressors(2) + classifiers(2, engine="numpy")
    jobs = jobs_of(models)
    assert fit_together(jobs) == models
    assert groups == [4]
    assert [model.engine_ for model in models] == ["numba"] * 6 + ["numpy"] * 2
    assert_as_one_by_one(jobs, one_by_one(jobs))


def test_of_none_nothing_is_fitted() -> None:
    assert fit_together([]) == []


def test_auto_counts_what_all_of_them_save(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(engines.VARIABLE, raising=False)
    monkeypatch.setattr(engines._Missed, "by_sizes", {})
    jobs = jobs_of(classifiers(4, engine="auto"))
    monkeypatch.setattr(engines, "LEAST", 0.2)
    monkeypatch.setattr(engines, "COMPILING", 0.2)
    monkeypatch.setattr(engines, "LOADING", 0.2)
    alone = clone(jobs[0][0]).fit(*jobs[0][1:])
    assert alone.engine_ == "numpy"
    assert {model.engine_ for model in fit_together(jobs)} == {"numba"}


def test_callbacks_hear_of_their_own_training_and_stop_it(groups: list[int]) -> None:
    heard: list[list[tuple[int, float]]] = [[] for _ in range(COUNT)]

    def listener(i: int) -> Callable[[Any], bool]:
        def hear(epoch: Any) -> bool:
            heard[i].append((epoch.number, epoch.loss))
            assert epoch.model.loss_curve_[-1] == epoch.loss
            return bool(epoch.number == i + 2)

        return hear

    models = classifiers()
    for i, model in enumerate(models):
        model.set_params(callbacks=listener(i))
    jobs = jobs_of(models)
    fit_together(jobs)
    assert groups == [COUNT]
    assert [model.n_iter_ for model in models] == [2, 3, 4, 5, 6, 7]
    assert {model.stop_reason_ for model in models} == {"callback"}
    abreast, heard = heard, [[] for _ in range(COUNT)]
    expected = one_by_one(jobs)
    assert_as_one_by_one(jobs, expected)
    for one, other in zip(abreast, heard, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10)


def test_scikit_learns_callbacks_are_set_up_and_torn_down() -> None:
    pytest.importorskip("sklearn.callback", reason="scikit-learn before 1.9 has none")
    heard: list[str] = []

    class Witness:
        def setup(self, *_: Any, **_given: Any) -> None:
            heard.append("setup")

        def on_fit_task_begin(self, *_: Any, **_given: Any) -> None:
            heard.append("begin")

        def on_fit_task_end(self, *_: Any, **_given: Any) -> bool:
            heard.append("end")
            return False

        def teardown(self, *_: Any, **_given: Any) -> None:
            heard.append("teardown")

    models = classifiers(4, max_iter=2)
    models[1].set_callbacks(Witness())
    fit_together(jobs_of(models))
    assert heard == ["setup", "begin", "begin", "end", "begin", "end", "end", "teardown"]


def test_a_warm_start_goes_on(groups: list[int]) -> None:
    models = classifiers(4, warm_start=True, max_iter=3)
    jobs = jobs_of(models)
    alone = [clone(model) for model in models]
    for _ in range(2):
        fit_together(jobs)
        for model, (_, *rows) in zip(alone, jobs, strict=True):
            model.set_params(engine="numpy").fit(*rows)
    assert groups == [4, 4]
    assert_as_one_by_one(jobs, alone)
    assert len(models[0].loss_curve_) == 6


def test_one_of_several_large_networks_has_all_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Products are shared among threads as in `fit`: by no other training that goes on."""
    counts: list[int] = []

    def noted() -> int:
        counts.append(len(threads._trainings.works))
        return 1

    monkeypatch.setattr("chainrule._fast.layout.threads_to_share", noted)
    rows = np.random.default_rng(0).normal(size=(300, 100))
    model = MLPRegressor(hidden_layer_sizes=(50,), batch_size=200, max_iter=2, engine="numba")
    fit_together([(clone(model), rows, rows[:, 0]), (model, rows, rows[:, 0])])
    assert counts == [0, 0]
