"""What a training tells, in which order, and how it is told to stop."""

import copy
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import scale

from chainrule.callbacks import HOOKS, Batch, Epoch
from chainrule.errors import DivergenceError, InputError
from chainrule.estimators import MLPClassifier

X, y = load_iris(return_X_y=True)
X = scale(X)
SOLVERS = ["sgd", "adam", "lbfgs"]

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


class Diary:
    """Writes down every hook; asks to stop where `stop` says so, raises where `fail` does."""

    def __init__(self, stop: str = "", fail: str = "", at: int = 2) -> None:
        self.stop, self.fail, self.at = stop, fail, at
        self.heard: list[str] = []
        self.events: list[Any] = []

    def _write(self, hook: str, event: Any, number: int = 0) -> bool:
        self.heard.append(hook)
        self.events.append(event)
        there = number in (0, self.at)
        if there and self.fail == hook:
            raise RuntimeError(f"the callback failed at {hook}")
        return there and self.stop == hook

    def on_fit_begin(self, model: Any) -> None:
        self._write("on_fit_begin", model)

    def on_epoch_begin(self, number: int) -> None:
        self._write("on_epoch_begin", number, number)

    def on_batch_end(self, batch: Batch) -> bool:
        return self._write("on_batch_end", batch, batch.epoch if batch.number == 2 else -1)

    def on_epoch_end(self, epoch: Epoch) -> bool:
        return self._write("on_epoch_end", epoch, epoch.number)

    def on_fit_end(self, model: Any) -> None:
        self._write("on_fit_end", model)

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if type(event) is kind]


def network(**settings: Any) -> Any:
    usual: dict[str, Any] = {"hidden_layer_sizes": (4,), "max_iter": 3, "batch_size": 50}
    return MLPClassifier(**(usual | {"random_state": 0} | settings))


def test_hooks_come_in_their_order() -> None:
    diary = Diary()
    network(callbacks=[diary]).fit(X, y)
    epoch = ["on_epoch_begin", *3 * ["on_batch_end"], "on_epoch_end"]
    assert diary.heard == ["on_fit_begin", *3 * epoch, "on_fit_end"]


@pytest.mark.parametrize("ends", [{"max_iter": 4}, {"max_iter": 500, "tol": 0.05}])
def test_lbfgs_begins_an_iteration_only_if_it_ends_it(ends: dict[str, Any]) -> None:
    diary = Diary()
    model = network(solver="lbfgs", callbacks=[diary], **ends).fit(X, y)
    assert model.stop_reason_ == ("max_iter" if model.n_iter_ == 4 else "converged")
    iteration = ["on_epoch_begin", "on_epoch_end"]
    assert diary.heard == ["on_fit_begin", *model.n_iter_ * iteration, "on_fit_end"]
    assert [event for event in diary.events if type(event) is int] == [*range(1, model.n_iter_ + 1)]


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("validated", [False, True])
def test_an_epoch_says_what_the_curves_say(solver: str, validated: bool) -> None:
    losses: list[float] = []
    diary = Diary()
    rows: dict[str, Any] = {"X_val": X[::3], "y_val": y[::3]} if validated else {}
    heard = [diary, lambda epoch: losses.append(epoch.model.compute_loss(X[::3], y[::3]))]
    model = network(solver=solver, callbacks=heard, alpha=0, learning_rate_init=0.02)
    model.fit(X, y, **rows)
    epochs = diary.of(Epoch)
    assert [epoch.number for epoch in epochs] == [1, 2, 3]
    assert [epoch.loss for epoch in epochs] == model.loss_curve_
    assert {epoch.learning_rate for epoch in epochs} == {None if solver == "lbfgs" else 0.02}
    assert all(epoch.model is model for epoch in epochs)
    seconds = [epoch.seconds for epoch in epochs]
    assert 0 <= seconds[0] <= seconds[1] <= seconds[2]
    told = [(epoch.validation_loss, epoch.validation_score) for epoch in epochs]
    if validated:
        assert told == list(
            zip(model.validation_loss_curve_, model.validation_scores_, strict=True)
        )
        np.testing.assert_allclose(model.validation_loss_curve_, losses, rtol=1e-12)
    else:
        assert told == 3 * [(None, None)]


@pytest.mark.parametrize("weighted", [False, True])
def test_a_batch_has_the_gradient_that_its_step_took(weighted: bool) -> None:
    """Plain gradient descent: from the weights before, which the callback keeps, to those after."""
    weight = np.linspace(0.5, 2, 150) if weighted else None
    model = network(solver="sgd", momentum=0, shuffle=False, learning_rate_init=0.1, max_iter=2)
    before = copy.deepcopy(model.build(X, y))
    numbers = []

    def on_batch_end(batch: Batch) -> None:
        rows = slice(50 * (batch.number - 1), 50 * batch.number)
        given = (X[rows], y[rows], None if weight is None else weight[rows])
        assert batch.loss == pytest.approx(before.compute_loss(*given), rel=1e-12)
        expected = before.gradients(*given)
        np.testing.assert_allclose(batch.gradients.flat, expected.flat, rtol=1e-9, atol=1e-15)
        before.parameters_.flat[:] -= 0.1 * expected.flat
        np.testing.assert_allclose(
            batch.model.parameters_.flat, before.parameters_.flat, rtol=1e-12, atol=1e-15
        )
        numbers.append((batch.epoch, batch.number))

    listener = Diary()
    listener.on_batch_end = on_batch_end  # type: ignore[method-assign, assignment]
    model.set_params(callbacks=[listener]).fit(X, y, sample_weight=weight)
    assert numbers == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)]


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_true_return_after_an_epoch_stops_without_a_warning(
    solver: str, recwarn: pytest.WarningsRecorder
) -> None:
    model = network(solver=solver, max_iter=50, callbacks=[lambda epoch: epoch.number == 2])
    model.fit(X, y)
    assert (model.n_iter_, model.stop_reason_) == (2, "callback")
    assert len(recwarn) == 0
    two = network(solver=solver, max_iter=2).fit(X, y)
    np.testing.assert_array_equal(model.parameters_.flat, two.parameters_.flat)


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_a_true_return_after_a_batch_stops_at_once(solver: str) -> None:
    diary = Diary(stop="on_batch_end")
    model = network(solver=solver, max_iter=50, callbacks=[diary]).fit(X, y)
    assert [(batch.epoch, batch.number) for batch in diary.of(Batch)][-1] == (2, 2)
    assert diary.heard[-3:] == ["on_batch_end", "on_epoch_end", "on_fit_end"]
    assert (model.n_iter_, len(model.loss_curve_)) == (2, 2)
    assert model.stop_reason_ == "callback"


def test_a_stop_asked_for_still_keeps_the_best_epoch() -> None:
    def has_risen(epoch: Epoch) -> bool:
        return bool(epoch.validation_loss != min(epoch.model.validation_loss_curve_))

    rows = {"X_val": X[::2], "y_val": y[::2]}
    model = network(alpha=0, early_stopping="loss", learning_rate_init=0.5, max_iter=50)
    model.set_params(callbacks=[has_risen]).fit(X[1::2], y[1::2], **rows)
    assert model.stop_reason_ == "callback"
    best = min(model.validation_loss_curve_)
    assert model.validation_loss_curve_[-1] > best
    assert model.compute_loss(X[::2], y[::2]) == pytest.approx(best, rel=1e-12)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("hook", ["on_fit_begin", "on_epoch_begin", "on_epoch_end"])
def test_an_error_of_a_callback_goes_on_and_the_fit_is_ended(solver: str, hook: str) -> None:
    diary, other = Diary(fail=hook), Diary()
    model = network(solver=solver, callbacks=[other, diary])
    with pytest.raises(RuntimeError, match=f"failed at {hook}"):
        model.fit(X, y)
    assert diary.heard[-1] == other.heard[-1] == "on_fit_end"
    assert diary.heard.count("on_fit_end") == 1
    assert model.stop_reason_ == ""
    assert np.isfinite(model.compute_loss(X, y))


def test_callbacks_hear_the_end_of_a_training_that_diverges() -> None:
    diary = Diary()
    model = network(solver="sgd", learning_rate_init=1e300, callbacks=[diary])
    with pytest.raises(DivergenceError):
        model.fit(X, y)
    assert diary.heard[-1] == "on_fit_end"
    assert model.stop_reason_ == "diverged"


def test_each_is_told_once_and_all_before_training_stops() -> None:
    first, second = Diary(stop="on_epoch_end", at=1), Diary()
    network(callbacks=(first, second, first)).fit(X, y)
    assert second.heard.count("on_epoch_end") == 1
    assert second.heard.count("on_fit_begin") == second.heard.count("on_fit_end") == 1
    assert first.heard.count("on_epoch_end") == 2  # it is there twice


def test_one_callback_needs_no_list_and_partial_fit_tells_too() -> None:
    numbers: list[int] = []
    model = network(callbacks=lambda epoch: numbers.append(epoch.number))
    model.fit(X, y).partial_fit(X, y).partial_fit(X, y)
    assert numbers == [1, 2, 3, 1, 1]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ([3], "must hold functions or objects with one of on_fit_begin.* got 3"),
        ("verbose", "must hold functions or objects .* got 'verbose'"),
        ([object()], "must hold functions or objects"),
        ([Diary], r"must hold objects; got the class Diary. Call it: Diary\(\)"),
        ([Diary(), None], "must hold functions or objects .* got None"),
    ],
)
def test_what_cannot_listen_is_refused_before_training(wrong: Any, message: str) -> None:
    model = network().fit(X, y)
    before = model.predict_proba(X)
    with pytest.raises(InputError, match=f"`callbacks` {message}"):
        model.set_params(callbacks=wrong).fit(X, y > 0)
    np.testing.assert_array_equal(model.predict_proba(X), before)


def test_copies_have_callbacks_of_their_own() -> None:
    diary = Diary()
    model = network(callbacks=[diary]).fit(X, y)
    for again in (clone(model), copy.deepcopy(model)):
        heard = len(diary.heard)
        again.fit(X, y)
        assert len(diary.heard) == heard
        np.testing.assert_array_equal(again.coefs_[0], model.coefs_[0])


def test_listening_changes_no_number() -> None:
    silent, told = network().fit(X, y), network(callbacks=[Diary()]).fit(X, y)
    np.testing.assert_array_equal(told.parameters_.flat, silent.parameters_.flat)
    assert told.loss_curve_ == silent.loss_curve_


def test_every_hook_alone_is_enough() -> None:
    for hook in HOOKS:
        heard: list[Any] = []
        listener = type("Listener", (), {hook: lambda _self, event, to=heard: to.append(event)})()
        with pytest.warns(ConvergenceWarning):
            network(callbacks=[listener], max_iter=1).fit(X, y)
        assert heard
