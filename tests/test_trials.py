import numpy as np
import pytest
from stuck import EITHER, PLAIN, XOR, Model, of_groups, of_numbers, three_groups

from chainrule import MLPClassifier
from chainrule.chain import Array
from chainrule.measurements import MOST_ROWS
from chainrule.rows import Rows
from chainrule.trials import Trials

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def trials_of(model: Model, X: Array, y: Array) -> Trials:
    model.fit(X, y)
    return Trials(model, model._known_rows(X, y, None))


def test_rows_kept_out_have_all_classes_and_none_twice() -> None:
    trials = trials_of(*of_groups())
    assert len(trials.trained) + len(trials.held) == 90
    assert trials.n_held == len(trials.held) == pytest.approx(90 / 4, abs=1)
    assert np.bincount(trials.held.y).min() >= 7
    seen = {tuple(row) for row in trials.trained.X.tolist()}
    assert not seen & {tuple(row) for row in trials.held.X.tolist()}


def test_few_different_rows_are_all_trained_on() -> None:
    X, y = np.tile(XOR, (30, 1)), np.tile(EITHER, 30)
    trials = trials_of(MLPClassifier(**PLAIN), X, y)
    assert (len(trials.trained), trials.n_held) == (120, 0)


def test_of_few_different_rows_their_equals_tell_the_target() -> None:
    once = trials_of(MLPClassifier(**PLAIN), XOR, EITHER)
    assert np.isnan(once.of_neighbours())
    X, y = np.tile(XOR, (30, 1)), np.tile(EITHER, 30)
    assert trials_of(MLPClassifier(**PLAIN), X, y).of_neighbours() == 0
    y = np.repeat([0, 1], 60)  # half of each kind of row: its 29 others have 14 or 15 of 1
    contradicted = trials_of(MLPClassifier(**PLAIN), X, y).of_neighbours()
    assert contradicted == pytest.approx((30 / 29) ** 2)


def test_a_class_of_one_row_stays_with_those_trained_on() -> None:
    X, y = three_groups(60)
    y[:] = np.arange(60) % 2
    for place in (0, 17, 30, 41):
        labels = y.copy()
        labels[place] = 9
        trials = trials_of(MLPClassifier(**{**PLAIN, "max_iter": 1}), X, labels)
        assert 9 in trials.trained.y
        assert trials.result({"max_iter": 1}) is not None


def test_the_same_settings_on_all_rows_are_the_same_training() -> None:
    model, X, y = of_groups()
    model.fit(X, y)
    trials = Trials(model, model._known_rows(X, y, None))
    trials.stay_stuck({"max_iter": 60})  # it is not stuck: no rows are kept out
    assert trials.n_held == 0
    result = trials.result({"max_iter": 60})
    assert result is not None
    bare = MLPClassifier(**PLAIN).fit(X, y)
    penalty = 0.5 * bare.alpha * sum((W**2).sum() for W in bare.coefs_) / len(y)
    assert result.loss == pytest.approx(bare.compute_loss(X, y) - penalty, rel=1e-12)


def test_scaled_targets_are_compared_in_their_own_units() -> None:
    model, X, y = of_numbers(factor=1e3)
    model.fit(X, y)
    result = Trials(model, model._known_rows(X, y, None)).result({"target_scale": "standard"})
    assert result is not None
    assert result.loss == pytest.approx(result.fitted * y.var() / 2, rel=0.2)
    assert result.fitted < 0.3


def test_what_cannot_be_trained_is_no_result_and_what_diverges_is_one() -> None:
    trials = trials_of(*of_groups())
    assert trials.result({"output_activation": "relu"}) is None
    model, X, y = of_numbers(solver="sgd", learning_rate_init=0.01)
    trials = trials_of(model, X, y)
    result = trials.result({"learning_rate_init": 1e6})
    assert result is not None
    assert result.fitted > 1


def test_trials_are_bounded_in_rows_and_epochs() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(6000, 50)), rng.integers(0, 2, 6000)
    model = MLPClassifier((100,), max_iter=1).fit(X, y)
    trials = Trials(model, Rows(X, y, model.encode_targets(y)))
    assert len(trials.trained) + len(trials.held) == MOST_ROWS
    assert 10 < trials.epochs() < 200
    assert trials.epochs(4.0) == pytest.approx(4 * trials.epochs(), abs=4)


def test_neighbours_tell_what_inputs_tell() -> None:
    model, X, y = of_groups()
    assert trials_of(model, X, y).of_neighbours() < 0.2
    shuffled = np.random.default_rng(0).permutation(y)
    assert trials_of(model, X, shuffled).of_neighbours() > 0.9
