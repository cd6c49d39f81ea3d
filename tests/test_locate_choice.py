"""The loss that explains a program best, of those it may descend."""

from pathlib import Path

import pytest
from steps import NETWORK, step_of, within

from chainrule.locate.choice import Tried, choose
from chainrule.locate.draws import replays
from chainrule.locate.losses import candidates
from chainrule.locate.step import Step

OUT = "out = a1 @ W2 + b2"
ERROR = "e = out - Y"
SIGMOID = NETWORK.replace(OUT, "out = 1 / (1 + np.exp(-(a1 @ W2 + b2)))")
SOFTMAX = NETWORK.replace(
    OUT, "ex = np.exp(a1 @ W2 + b2)\n    out = ex / ex.sum(axis=1, keepdims=True)"
)
CLASSES = SOFTMAX.replace("W1, b1 =", "Y = np.eye(3)[[0, 1, 2, 0, 1]]\nW1, b1 =", 1)
CLASSES = CLASSES.replace("size=(4, 2)), np.zeros(2)", "size=(4, 3)), np.zeros(3)")


def tried(step: Step) -> list[Tried]:
    replayed = replays(step, 5)
    return choose(step, candidates(step, replayed), replayed)


PROGRAMS = {
    "linear outputs": (NETWORK, "half_squared_error"),
    "the factor of the sigmoid": (
        SIGMOID.replace(ERROR, "e = (out - Y) * out * (1 - out)"),
        "half_squared_error",
    ),
    "no factor of the sigmoid": (SIGMOID, "binary_cross_entropy"),
    "its derivative in full": (
        SIGMOID.replace(ERROR, "d = (out - Y) / (out * (1 - out))\n    e = d * out * (1 - out)"),
        "binary_cross_entropy",
    ),
    "softmax": (CLASSES, "softmax_cross_entropy"),
    "signs": (NETWORK.replace(ERROR, "e = np.sign(out - Y)"), "absolute_error"),
    "counts": (
        NETWORK.replace(OUT, "out = np.exp(np.tanh(a1 @ W2 + b2))").replace(
            ERROR, "e = (1 - Y / out) * out * (1 - np.log(out) ** 2)"
        ),
        "poisson",
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_implied_loss_is_told_by_the_error_signal(name: str, tmp_path: Path) -> None:
    source, form = PROGRAMS[name]
    first, *others = tried(step_of(tmp_path, source))
    assert first.candidate.form == form
    assert (first.right, first.held) == (1.0, 1.0)
    assert {fit.kind for fit in first.fits} == {"descends"}
    as_good = {one.candidate.form for one in others if one.right == 1}
    assert as_good == ({"poisson"} if name == "softmax" else set())  # as outputs add up to 1


def written(loss: str, source: str = NETWORK) -> str:
    return source.replace("    W1 -=", f"    loss = {loss}\n    W1 -=")


@pytest.mark.parametrize("loss", ["(e ** 2).sum() / 2", "((out - Y) ** 2).mean()"])
def test_a_written_loss_is_preferred_where_it_explains(loss: str, tmp_path: Path) -> None:
    step = step_of(tmp_path, written(loss))
    first, second, *_ = tried(step)
    assert first.candidate.value is within(step, "loss")
    assert (first.right, second.right) == (1.0, 1.0)
    assert second.candidate.form == "half_squared_error"


def test_a_loss_that_is_only_shown_is_not_taken(tmp_path: Path) -> None:
    """Cross-entropy's gradient, with the squared error for the display."""
    step = step_of(tmp_path, written("((out - Y) ** 2).mean()", SIGMOID))
    first = tried(step)[0]
    assert first.candidate.form == "binary_cross_entropy"
    accuracy = step_of(tmp_path, written("np.abs(out - Y).max()"))
    assert tried(accuracy)[0].candidate.form == "half_squared_error"


def test_of_two_written_losses_the_descended_one_is_taken(tmp_path: Path) -> None:
    step = step_of(tmp_path, written("(e ** 4).sum()\n    cost = (e ** 2).sum()"))
    assert tried(step)[0].candidate.value is within(step, "cost")


@pytest.mark.parametrize("source", [NETWORK, written("(e ** 2).sum() / 2")])
def test_with_a_fault_the_loss_is_still_known(source: str, tmp_path: Path) -> None:
    step = step_of(tmp_path, source.replace("slope = 1 - a1 ** 2", "slope = 1 - a1"))
    first = tried(step)[0]
    assert (first.candidate.value is not None) == ("loss" in source)
    assert first.candidate.form in ("written", "half_squared_error")
    assert first.right == first.held == 0.5
    assert 0 < first.known < 1
    spoiled = [one.name for one, fit in zip(step.learned, first.fits, strict=True)
               if fit.kind != "descends"]  # fmt: skip
    assert spoiled == ["W1", "b1"]


def test_a_penalty_in_the_written_loss_tells_which_weights_decay(tmp_path: Path) -> None:
    source = NETWORK.replace("dW1 = X.T @ d1", "dW1 = X.T @ d1 + 0.2 * W1")
    source = source.replace("dW2 = a1.T @ e", "dW2 = a1.T @ e + 0.2 * W2")
    plain = tried(step_of(tmp_path, source))[0]
    assert plain.candidate.form == "half_squared_error"
    assert [fit.decay > 0 for fit in plain.fits] == [True, False, True, False]
    loss = "(e ** 2).sum() / 2 + 0.1 * (W1 ** 2).sum() + 0.1 * (W2 ** 2).sum()"
    first = tried(step_of(tmp_path, written(loss, source)))[0]
    assert first.candidate.form == "written"
    assert [fit.decay for fit in first.fits] == [0.0] * 4
    half = "(e ** 2).sum() / 2 + 0.1 * (W1 ** 2).sum()"
    assert tried(step_of(tmp_path, written(half, source)))[0].candidate.form == "written"


def test_the_best_explanation_comes_first(tmp_path: Path) -> None:
    scores = [one.score for one in tried(step_of(tmp_path, written("(e ** 2).mean()", SIGMOID)))]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 5
