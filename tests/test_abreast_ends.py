"""Models fitted together that do not come to their end, or cannot begin."""

import warnings
from typing import Any

import numpy as np
import pytest
from fitted_together import (
    LABELS,
    X,
    assert_as_one_by_one,
    classifiers,
    jobs_of,
    one_by_one,
    regressors,
)
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from chainrule.abreast import fit_together, train_together
from chainrule.errors import DivergenceError, InputError

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.mark.parametrize("batch_size", [1, 8])
def test_max_time_is_that_of_each(batch_size: int) -> None:
    fit_together(jobs_of(classifiers(4, batch_size=batch_size, max_iter=1)))  # compiled by now
    models = classifiers(4, batch_size=batch_size, max_iter=10**6, n_iter_no_change=np.inf)
    models[0].set_params(max_time=0.1)
    models[1].set_params(max_time=0.1)
    models[2].set_params(max_iter=2)
    models[3].set_params(max_iter=3)
    jobs = jobs_of(models)
    with pytest.warns(ConvergenceWarning, match="`max_time`=0.1"):
        fit_together(jobs)
    assert [model.stop_reason_ for model in models] == ["max_time"] * 2 + ["max_iter"] * 2
    assert [model.n_iter_ for model in models[2:]] == [2, 3]
    assert min(model.n_iter_ for model in models[:2]) > 1
    for model, *rows in jobs[:2]:
        again = clone(model).set_params(max_time=None, max_iter=min(20, model.n_iter_ - 1))
        curve = again.fit(*rows).loss_curve_
        np.testing.assert_allclose(model.loss_curve_[: len(curve)], curve, rtol=1e-10)


@pytest.mark.parametrize("batch_size", [1, 8])
def test_one_that_diverges_ends_after_the_others(batch_size: int) -> None:
    models = regressors(batch_size=batch_size)
    models[4].set_params(learning_rate_init=1e9)
    jobs = jobs_of(models)
    with pytest.raises(DivergenceError, match="the loss became") as raised:
        fit_together(jobs)
    assert models[4].stop_reason_ == "diverged"
    with pytest.raises(DivergenceError) as alone:
        clone(models[4]).fit(*jobs[4][1:])
    assert str(raised.value) == str(alone.value)
    others = [job for i, job in enumerate(jobs) if i != 4]
    assert_as_one_by_one(others, one_by_one(others))
    assert np.isfinite(models[4].parameters_.flat).all()


def test_the_errors_of_all_that_diverge_are_told_apart() -> None:
    models = regressors()
    for i in (1, 3):
        models[i].set_params(learning_rate_init=10.0**i * 1e6)
    errors = train_together(jobs_of(models))
    assert [*errors] == [1, 3]
    assert {model.stop_reason_ for model in models} == {"diverged", "max_iter"}


@pytest.mark.parametrize("batch_size", [1, 8])
@pytest.mark.parametrize("early_stopping", [False, "loss"])
def test_an_interrupt_ends_all_and_keeps_what_each_has(
    batch_size: int, early_stopping: bool | str
) -> None:
    def press(epoch: Any) -> None:
        if epoch.number == 3:
            raise KeyboardInterrupt

    settings: dict[str, Any] = {"batch_size": batch_size, "early_stopping": early_stopping}
    models = classifiers(**settings)
    models[0].set_params(max_iter=2)
    models[2].set_params(callbacks=press)
    jobs = jobs_of(models)
    with pytest.warns(UserWarning, match="Training interrupted"):
        fit_together(jobs)
    reasons = [model.stop_reason_ for model in models]
    in_turn = ["max_iter", "max_iter", *["interrupted"] * 4]
    abreast = ["max_iter", *["interrupted"] * 5]
    assert reasons == (abreast if batch_size == 1 else in_turn)
    epochs = [model.n_iter_ for model in models]
    assert epochs == ([2, 3, 3, 2, 2, 2] if batch_size == 1 else [2, 12, 3, 0, 0, 0])
    for (model, *rows), ended in zip(jobs, epochs, strict=True):
        again = clone(model).set_params(callbacks=None, max_iter=max(ended, 1)).fit(*rows)
        if ended == 0:
            np.testing.assert_array_equal(model.loss_curve_, [])
        elif early_stopping or model.stop_reason_ == "max_iter" or ended == 3:
            # of the best epoch, or nothing had begun after the last
            np.testing.assert_allclose(model.compute_loss(X, LABELS), again.compute_loss(X, LABELS))


def test_if_one_cannot_begin_none_is_touched() -> None:
    models = classifiers(4)
    models[0].fit(X, LABELS)
    before = [dict(vars(model)) for model in models]
    start = models[0].parameters_.flat.copy()
    jobs = jobs_of(models)
    jobs[3] = (models[3], X, LABELS[:-1])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        fit_together(jobs)
    assert [vars(model) for model in models] == before
    np.testing.assert_array_equal(models[0].parameters_.flat, start)
    jobs[3] = (models[3].set_params(loss="nonsense"), X, LABELS)
    with pytest.raises(InputError, match="`loss`"):
        fit_together(jobs)
    assert models[0].n_iter_ == 12
    assert not hasattr(models[1], "parameters_")


def test_what_is_no_model_or_there_twice_is_refused() -> None:
    model = classifiers(1)[0]
    with pytest.raises(InputError, match="must name each model once"):
        fit_together([(model, X, LABELS), (model, X, LABELS)])
    for wrong in [("MLP", X, LABELS)], [(model, X)], [model], model:
        with pytest.raises(InputError, match=r"`jobs` must hold tuples .* got .*MLP"):
            fit_together(wrong)


def test_jobs_may_come_one_by_one() -> None:
    jobs = jobs_of(classifiers(2))
    models = fit_together(job for job in jobs)
    assert models == [model for model, *_ in jobs]
    assert all(hasattr(model, "n_iter_") for model in models)


def test_an_error_names_the_job() -> None:
    one, other = classifiers(2)
    with pytest.raises(ValueError, match="inconsistent") as caught:
        fit_together([(one, X, LABELS), (other, X, LABELS[:-1])])
    assert caught.value.__notes__ == ["This is the job of index 1."]


def test_what_has_not_begun_is_as_before_when_a_callback_fails() -> None:
    def fail(_epoch: Any) -> None:
        raise OSError("a disk is full")

    models = classifiers(3, engine="numpy")
    jobs = jobs_of(models)
    models[2].fit(*jobs[2][1:])
    before = models[2].parameters_.flat.copy()
    models[0].set_params(callbacks=[fail])
    with pytest.raises(OSError, match="a disk is full"):
        fit_together(jobs)
    assert not hasattr(models[1], "parameters_")
    np.testing.assert_array_equal(models[2].parameters_.flat, before)
    assert models[2].score(*jobs[2][1:]) > 0


def test_a_limit_is_warned_of_at_the_callers_line() -> None:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        fit_together(jobs_of(classifiers(4, max_iter=2)))
    assert [warning.category for warning in said] == [ConvergenceWarning] * 4
    assert {warning.filename for warning in said} == {__file__}
