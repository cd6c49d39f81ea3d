import numpy as np
import pytest
from stuck import CLASSIC, EITHER, XOR, Model, of_groups

from chainrule import MLPClassifier
from chainrule.chain import Array
from chainrule.evidence import Evidence, evidence_of

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def evidence(model: Model, X: Array, y: Array) -> Evidence:
    return evidence_of(model.fit(X, y), model._known_rows(X, y, None))


def test_the_start_is_drawn_again() -> None:
    model, X, y = of_groups()
    start = MLPClassifier(**model.get_params()).build(X, y)
    found = evidence(model, X, y)
    assert found.start is not None
    np.testing.assert_array_equal(found.start.flat, start.parameters_.flat)
    moved = [
        np.linalg.norm(now - then) / np.linalg.norm(then)
        for now, then in zip(model.coefs_, start.coefs_, strict=True)
    ]
    assert found.moved == pytest.approx(max(moved))
    penalty = 0.5 * model.alpha * sum((W**2).sum() for W in start.coefs_) / len(y)
    assert found.start_loss == pytest.approx(start.compute_loss(X, y) - penalty)
    assert found.steps == 60


def test_without_a_seed_the_start_is_not_known_and_is_not_guessed() -> None:
    model, X, y = of_groups(random_state=np.random.RandomState(0))
    found = evidence(model, X, y)
    assert (found.start, found.before) == (None, ())
    assert np.isnan(found.moved)
    assert np.isnan(found.shrunk)
    assert found.start_loss == model.loss_curve_[0]
    assert found.moves


def test_a_start_that_is_better_than_a_constant_by_luck_has_not_moved() -> None:
    model, X, y = of_groups(learning_rate_init=1e-9)
    found = evidence(model, X, y)
    assert found.loss < 0.95 * found.constant
    assert not found.moves


def test_three_of_four_rows_right_by_luck_are_no_gain() -> None:
    settings = {**CLASSIC, "learning_rate_init": 0.1, "max_iter": 200, "random_state": 0}
    found = evidence(MLPClassifier((4,), **settings), XOR, EITHER)
    assert (found.gain, found.moves) == (0.0, False)
