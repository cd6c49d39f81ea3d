"""Learning rates as callbacks see them, epoch by epoch."""

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.preprocessing import scale

from chainrule.errors import InputError
from chainrule.estimators import MLPClassifier
from chainrule.schedules import SCHEDULES

X, y = load_iris(return_X_y=True)
X = scale(X)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def rates(**settings: Any) -> tuple[list[float], Any]:
    """The learning rate of each epoch's steps, and the fitted model."""
    told: list[float] = []
    model: Any = MLPClassifier((4,), random_state=0, learning_rate_init=0.1, **settings)
    model.set_params(callbacks=lambda epoch: told.append(epoch.learning_rate)).fit(X, y)
    return told, model


def test_constant_is_constant() -> None:
    assert set(rates(solver="sgd", max_iter=5)[0]) == {0.1}


@pytest.mark.parametrize("power_t", [0.5, 0.25, 0.0])
def test_invscaling_falls_with_the_rows_seen(power_t: float) -> None:
    told, _ = rates(solver="sgd", learning_rate="invscaling", power_t=power_t, max_iter=4)
    expected = [0.1] + [0.1 / (150 * epochs + 1) ** power_t for epochs in (1, 2, 3)]
    np.testing.assert_allclose(told, expected, rtol=1e-12)


@pytest.mark.parametrize("power_t", [1000, 1000.0])
def test_invscaling_falls_to_0_where_the_power_has_no_number(power_t: float) -> None:
    assert rates(solver="sgd", learning_rate="invscaling", power_t=power_t, max_iter=3)[0] == [
        0.1,
        0.0,
        0.0,
    ]


def test_an_epoch_steps_with_the_rate_that_it_tells() -> None:
    moved: list[Any] = []
    model: Any = MLPClassifier((4,), solver="sgd", momentum=0, batch_size=150, max_iter=3)
    model.set_params(random_state=0, learning_rate="invscaling", learning_rate_init=0.1)
    before = MLPClassifier((4,), random_state=0).build(X, y)

    def told(epoch: Any) -> None:
        expected = before.parameters_.flat - epoch.learning_rate * before.gradients(X, y).flat
        np.testing.assert_allclose(epoch.model.parameters_.flat, expected, rtol=1e-9)
        before.parameters_.flat[:] = expected
        moved.append(epoch.number)

    model.set_params(callbacks=told).fit(X, y)
    assert moved == [1, 2, 3]


def test_adaptive_falls_to_a_fifth_where_training_would_have_stopped() -> None:
    settings: dict[str, Any] = {"solver": "sgd", "tol": 10.0, "n_iter_no_change": 2}
    told, model = rates(learning_rate="adaptive", max_iter=100, **settings)
    np.testing.assert_allclose(sorted(set(told), reverse=True), 0.1 / 5.0 ** np.arange(9))
    # the first epoch improves on nothing; after each three more the rate falls
    np.testing.assert_allclose(told[:10], [0.1] * 4 + [0.02] * 3 + [0.004] * 3)
    assert model.stop_reason_ == "converged"
    assert rates(max_iter=100, **settings)[1].n_iter_ == 4


@pytest.mark.parametrize("schedule", sorted(SCHEDULES))
def test_adam_keeps_its_rate(schedule: str) -> None:
    assert set(rates(solver="adam", learning_rate=schedule, max_iter=4)[0]) == {0.1}


def test_an_unknown_schedule_is_answered_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"`learning_rate` must be one of .*'invscaling'\?"):
        MLPClassifier(learning_rate="inverse scaling").fit(X, y)
