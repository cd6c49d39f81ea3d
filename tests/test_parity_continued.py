"""Training that goes on over several calls: as scikit-learn's, call by call."""

from typing import Any

import numpy as np
import pytest
from parity import (
    ACTIVATIONS,
    SHORT,
    TASKS,
    WEIGHT,
    X,
    assert_same,
    assert_same_losses,
    assert_same_weights,
    both,
)

from chainrule.errors import InputError

pytestmark = SHORT
STEPS = ("sgd", "adam")
SCHEDULES = ("constant", "invscaling", "adaptive")


@pytest.mark.parametrize("solver", STEPS)
@pytest.mark.parametrize("name", TASKS)
def test_warm_starts(name: str, solver: str) -> None:
    task = TASKS[name]
    ours, peer = both(task, solver=solver, warm_start=True, max_iter=3)
    for epochs in (3, 6, 9):
        assert_same(task, ours.fit(X, task.y), peer.fit(X, task.y))
        assert (ours.n_iter_, len(ours.loss_curve_), ours.t_) == (3, epochs, epochs * len(X))


@pytest.mark.parametrize("name", ["binary", "regression", "poisson"])
def test_warm_starts_of_lbfgs(name: str) -> None:
    task = TASKS[name]
    ours, peer = both(task, solver="lbfgs", warm_start=True, max_iter=2, activation="tanh")
    for _ in range(3):
        assert_same(task, ours.fit(X, task.y), peer.fit(X, task.y), 1e-6)


@pytest.mark.parametrize("learning_rate", SCHEDULES)
def test_a_schedule_goes_on_with_a_warm_start(learning_rate: str) -> None:
    """The rate begins anew, the samples and the epochs without improvement are counted on."""
    task = TASKS["multiclass"]
    changed: dict[str, Any] = {"learning_rate": learning_rate, "tol": 0.02, "n_iter_no_change": 4}
    ours, peer = both(task, solver="sgd", warm_start=True, max_iter=3, **changed)
    rates: list[list[float]] = []
    ours.set_params(callbacks=[lambda epoch: rates[-1].append(epoch.learning_rate)])
    for _ in range(6):
        rates.append([])
        assert_same(task, ours.fit(X, task.y), peer.fit(X, task.y))
    assert {of_fit[0] for of_fit in rates} == {ours.learning_rate_init}
    if learning_rate != "invscaling":
        assert any(ours.n_iter_ < 3 or of_fit[0] > of_fit[-1] for of_fit in rates)


@pytest.mark.parametrize("name", ["binary", "regression"])
def test_a_better_score_of_a_later_fit_is_kept(name: str) -> None:
    """Each fit draws validation rows anew; the best score is that of all fits."""
    task = TASKS[name]
    stops: dict[str, Any] = {"early_stopping": True, "validation_fraction": 0.4}
    ours, peer = both(task, solver="sgd", warm_start=True, learning_rate_init=0.02, **stops)
    best: list[float] = [-np.inf]
    for _ in range(3):
        assert_same(task, ours.fit(X, task.y), peer.fit(X, task.y))
        best.append(ours.best_validation_score_)
        assert best[-1] > best[-2]


def test_without_warm_start_a_fit_begins_anew() -> None:
    task = TASKS["multiclass"]
    ours, peer = both(task, solver="adam")
    for rows in (X, X[:, :2]):
        for model in (ours, peer):
            model.fit(rows, task.y).fit(rows, task.y)
        assert_same(task, ours, peer, rows=rows)
    assert len(ours.loss_curve_) == ours.max_iter


@pytest.mark.parametrize("solver", STEPS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("name", TASKS)
def test_partial_fits(name: str, activation: str, solver: str) -> None:
    task = TASKS[name]
    ours, peer = both(task, solver=solver, activation=activation)
    named = np.arange(3) if name == "multilabel" else np.unique(task.y)
    classes = [named] if hasattr(peer, "predict_proba") else []
    for number, start in enumerate((0, 10, 20), start=1):
        part = slice(start, start + 23)
        for model in (ours, peer):
            model.partial_fit(X[part], task.y[part], WEIGHT[part] + 0.25, *classes)
        assert_same_weights(ours, peer)
        assert (ours.n_iter_, ours.t_, len(ours.loss_curve_)) == (1, peer.t_, number)
    if not task.counts:  # whose shift is that of the rows
        assert_same_losses(task, ours.loss_curve_, peer.loss_curve_)


@pytest.mark.parametrize("learning_rate", SCHEDULES)
def test_a_schedule_goes_on_over_partial_fits(learning_rate: str) -> None:
    task = TASKS["regression"]
    changed: dict[str, Any] = {"learning_rate": learning_rate, "tol": 0.2, "n_iter_no_change": 1}
    ours, peer = both(task, solver="sgd", **changed)
    for _ in range(7):
        assert_same(task, ours.partial_fit(X, task.y), peer.partial_fit(X, task.y))


@pytest.mark.parametrize("changed", [{"learning_rate_init": 1e-9}, {"solver": "adam"}])
def test_partial_fits_keep_their_solver_and_rate(changed: dict[str, Any]) -> None:
    task = TASKS["multiclass"]
    ours, peer = both(task, solver="sgd", learning_rate_init=0.1)
    for model in (ours, peer):
        model.partial_fit(X, task.y, classes=np.unique(task.y))
        model.set_params(**changed).partial_fit(X, task.y)
    assert_same(task, ours, peer)
    before = ours.compute_loss(X, task.y)
    ours.partial_fit(X, task.y)
    assert abs(ours.compute_loss(X, task.y) - before) > 1e-3


@pytest.mark.parametrize("solver", STEPS)
def test_classes_that_come_later(solver: str) -> None:
    task = TASKS["multiclass"]
    ours, peer = both(task, solver=solver)
    for wanted in ([0, 10], [20], [0, 20]):
        part = np.isin(task.y, wanted)
        for model in (ours, peer):
            model.partial_fit(X[part], task.y[part], classes=[20, 0, 10])
        assert_same(task, ours, peer)
    assert ours.classes_.tolist() == [0, 10, 20]


@pytest.mark.parametrize("solver", STEPS)
def test_labels_are_named_by_their_columns(solver: str) -> None:
    task = TASKS["multilabel"]
    ours, peer = both(task, solver=solver)
    for model in (ours, peer):
        with pytest.raises(ValueError, match="classes"):
            model.partial_fit(X, task.y, classes=[0, 1])
    with pytest.raises(InputError, match=r"has 3: \[0, 1, 2\]; got \[0, 1\]"):
        ours.partial_fit(X, task.y, classes=np.unique(task.y))


@pytest.mark.parametrize("solver", STEPS)
def test_fit_and_partial_fit_in_turns(solver: str) -> None:
    """After `fit` the optimizer goes on; a `fit` in between begins anew."""
    task = TASKS["multilabel"]
    ours, peer = both(task, solver=solver)
    classes: dict[str, Any] = {"classes": np.arange(3)}
    for model in (ours, peer):
        model.fit(X, task.y).partial_fit(X, task.y).partial_fit(X, task.y)
    assert_same(task, ours, peer)
    for model in (ours, peer):
        model.partial_fit(X, task.y, **classes).fit(X, task.y)
    assert_same(task, ours, peer)


def test_a_random_state_is_drawn_from_in_the_same_order() -> None:
    task = TASKS["binary"]
    states = [np.random.RandomState(5) for _ in range(2)]
    ours, peer = both(task, solver="sgd", early_stopping=True, warm_start=True)
    for model, state in zip((ours, peer), states, strict=True):
        model.set_params(random_state=state).fit(X, task.y)
    assert_same(task, ours, peer)
    assert states[0].random_sample() == states[1].random_sample()
