"""What a history keeps of the epochs that it is told of."""

import math

import numpy as np
import pytest

from chainrule.history import History, Judgement


def told(judge: str, losses: list[float], judged: list[Judgement], tol: float = 0.1) -> History:
    history = History()
    for number, loss in enumerate(losses):
        judgement = judged[number] if judged else None
        history.record(loss, judgement)
        history.weigh(judge, loss, judgement, tol, np.array([float(number)]))
    return history


@pytest.mark.parametrize(
    ("losses", "waiting"),
    [
        ([1.0, 0.9, 0.8], 0),  # each is lower by tol
        ([1.0, 0.95, 0.91], 2),  # lower, but not by tol
        ([1.0, 0.5, 0.6, 0.7], 2),
        ([1.0, 2.0, 0.9], 0),
    ],
)
def test_an_epoch_improves_by_tol_or_not_at_all(losses: list[float], waiting: int) -> None:
    history = told("training", losses, [])
    assert history.without_improvement == waiting
    assert history.best_loss == min(losses)
    assert history.best_weights is None
    assert (history.loss_curve, history.n_iter) == (losses, len(losses))
    assert history.validation_losses == history.validation_scores == []


@pytest.mark.parametrize(("judge", "best"), [("score", 1), ("loss", 2)])
def test_the_weights_kept_are_of_the_epoch_judged_best(judge: str, best: int) -> None:
    judged = [Judgement(3.0, 0.5), Judgement(2.0, 0.9), Judgement(1.0, 0.8), Judgement(1.5, 0.9)]
    history = told(judge, [1.0, 1.0, 1.0, 1.0], judged)
    assert history.best_weights == np.array([float(best)])
    assert (history.best_score, history.best_validation_loss) == (0.9, 1.0)
    assert history.validation_losses == [3.0, 2.0, 1.0, 1.5]
    assert history.validation_scores == [0.5, 0.9, 0.8, 0.9]


@pytest.mark.parametrize("loss", [math.inf, math.nan])
def test_a_loss_that_is_no_number_is_no_improvement(loss: float) -> None:
    judged = [Judgement(2.0, 0.5), *[Judgement(loss, 0.5)] * 3]
    assert told("loss", [1.0] * 4, judged).without_improvement == 3
    assert told("loss", [1.0] * 3, judged[1:]).without_improvement == 3


def test_a_judgement_without_early_stopping_is_recorded_only() -> None:
    history = told("training", [1.0, 0.5], [Judgement(1.0, 0.1), Judgement(9.0, 0.0)])
    assert history.best_weights is None
    assert history.without_improvement == 0


@pytest.mark.parametrize(("epochs", "left"), [(3, [1.0, 2.0, 3.0]), (1, [1.0]), (0, [])])
def test_epochs_are_taken_back_from_every_curve(epochs: int, left: list[float]) -> None:
    judged = [Judgement(loss, loss) for loss in (1.0, 2.0, 3.0)]
    history = told("training", [1.0, 2.0, 3.0], judged)
    history.cut(epochs)
    assert history.n_iter == epochs
    assert history.loss_curve == history.validation_losses == history.validation_scores == left
    assert history.best_loss == min(left, default=math.inf)


def test_the_call_before_is_taken_back_too() -> None:
    history = told("training", [1.0, 2.0], [])
    history.n_iter = 0  # another call of partial_fit
    history.cut(-1)
    assert (history.loss_curve, history.n_iter) == ([1.0], 0)


def test_before_the_first_epoch_nothing_is_best() -> None:
    history = History()
    assert (history.best_loss, history.best_score) == (math.inf, -math.inf)
    assert (history.start_loss, history.before, history.stop_reason) == (None, None, "")
