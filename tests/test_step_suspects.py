"""The numbers in what is said of a training's steps."""

import numpy as np
import pytest
from stuck import STUCK, Case, of_groups

from chainrule import step_suspects
from chainrule.evidence import Evidence, evidence_of

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def evidence(case: Case) -> Evidence:
    model, X, y = case
    model.fit(X, y)
    return evidence_of(model, model._known_rows(X, y, None))


def test_how_far_the_weights_moved_is_said() -> None:
    found = evidence(STUCK["step-too-small"]())
    suspect = step_suspects.step_too_small(found)
    assert suspect is not None
    assert f"in 60 with the rate 1e-08 the weights moved by {found.moved:.2g}" in suspect.message
    assert suspect.remedies[0] == {"learning_rate_init": 1e-7}
    assert suspect.remedies[-1] == {"learning_rate_init": 1.0}


def test_where_the_start_is_not_known_nothing_is_said_of_it() -> None:
    found = evidence(of_groups(learning_rate_init=1e-8, random_state=None))
    suspect = step_suspects.step_too_small(found)
    assert suspect is not None
    assert "the weights moved, and the loss went" in suspect.message


def test_a_rate_as_usual_is_neither_too_large_nor_too_small() -> None:
    found = evidence(of_groups(learning_rate_init=0.001))
    assert step_suspects.step_too_large(found) is None
    assert step_suspects.step_too_small(found) is None


def test_a_gradient_that_vanishes_is_measured_at_the_start() -> None:
    model, X, y = STUCK["vanishing-gradient"]()
    start = type(model)(**model.get_params()).build(X, y).gradients(X, y)
    suspect = step_suspects.vanishing(evidence((model, X, y)))
    assert suspect is not None
    first, last = (float(np.linalg.norm(dW)) for dW in (start.dW[0], start.dW[-1]))
    assert f"it is {last:.2g} in layer 8 and {first:.2g} in layer 1" in suspect.message
    assert "slope (logistic)" in suspect.message
    assert [remedy["activation"] for remedy in suspect.remedies] == ["tanh", "relu"]


def test_a_network_need_not_be_very_deep_for_it() -> None:
    deep = {"hidden_layer_sizes": (8,) * 5, "activation": "logistic"}
    suspect = step_suspects.vanishing(evidence(of_groups(**deep)))
    assert suspect is not None
    assert step_suspects.vanishing(evidence(of_groups(**deep | {"activation": "tanh"}))) is None


def test_penalties_by_their_setting() -> None:
    suspect = step_suspects.penalty(evidence(of_groups(alpha=1e4)))
    assert suspect is not None
    assert "`alpha` 10000" in suspect.message
    short = evidence(of_groups(alpha=1e4, max_iter=1, learning_rate_init=1e-5))  # not shrunk yet
    suspect = step_suspects.penalty(short)
    assert suspect is not None
    penalty = 0.5 * 1e4 * sum((W**2).sum() for W in short.start.W) / 90 if short.start else 0.0
    assert f"starts with {penalty / short.start_loss:.2g} times the loss" in suspect.message
    decayed = evidence(of_groups(alpha=0.0, weight_decay=40.0, learning_rate_init=0.02))
    suspect = step_suspects.penalty(decayed)
    assert suspect is not None
    assert suspect.remedies == ({"weight_decay": 0.0},)
    assert f"{decayed.shrunk:.2g} times" in suspect.message
    assert step_suspects.penalty(evidence(of_groups(alpha=0.01))) is None


def test_why_a_training_ended_tells_stopped_early_from_too_few_steps() -> None:
    stopped, short = evidence(STUCK["stopped-early"]()), evidence(of_groups(max_iter=2))
    assert step_suspects.too_few_steps(stopped) is None
    assert step_suspects.stopped_early(short) is None
    suspect = step_suspects.stopped_early(stopped)
    assert suspect is not None
    assert f"after {stopped.epochs} of 400 epochs" in suspect.message
    few = step_suspects.too_few_steps(short)
    assert few is not None
    assert few.message.startswith("2 epochs are 2 steps")
    assert few.remedies[0]["max_iter"] == 20


def test_a_clipped_gradient_says_how_long_it_was() -> None:
    suspect = step_suspects.clipped(evidence(of_groups(solver="sgd", max_grad_norm=1e-7)))
    assert suspect is not None
    assert "shortened to 1e-07" in suspect.message
    assert step_suspects.clipped(evidence(of_groups(max_grad_norm=1e3))) is None
