import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import mean_squared_error, r2_score

from chainrule.encoding import Target
from chainrule.errors import InputError
from chainrule.evaluation import baseline, evaluate, folds, score, split

CLASSES = Target("kind", 0, ("a", "b", "c"))
NUMBER = Target("size", 0, None)


@given(st.lists(st.sampled_from("abc"), min_size=30, max_size=80), st.integers(2, 5))
def test_folds_test_every_row_once_and_hold_every_class(labels: list[str], n_folds: int) -> None:
    y = np.array([*labels, *("abc" * n_folds)])
    tested = []
    for train, test in folds(y, CLASSES, n_folds, 1):
        assert not set(train) & set(test)
        assert len(train) + len(test) == len(y)
        assert set(y[train]) == set("abc")
        for label in "abc":
            share = np.sum(y == label) / n_folds
            assert abs(np.sum(y[test] == label) - share) < 1
        tested += test.tolist()
    assert sorted(tested) == list(range(len(y)))


def test_folds_of_numbers() -> None:
    tested = [row for _, test in folds(np.arange(11.0), NUMBER, 3, 0) for row in test]
    assert sorted(tested) == list(range(11))


@pytest.mark.parametrize(
    ("y", "target"), [(np.arange(20.0), NUMBER), (np.array(list("aaaaaaabbbbbbbcccccc")), CLASSES)]
)
def test_the_seed_decides(y: np.ndarray, target: Target) -> None:
    first, again, other = (
        [test.tolist() for _, test in folds(y, target, 4, seed)] for seed in (1, 1, 2)
    )
    assert first == again != other
    first, again, other = (
        [test.tolist() for _, test in split(y, target, 0.3, seed)] for seed in (1, 1, 2)
    )
    assert first == again != other


def test_a_split_holds_out_its_share() -> None:
    y = np.array(list("aaaaaaaabbbbbbbbcccc"))
    ((train, test),) = split(y, CLASSES, 0.2, 0)
    assert (len(train), len(test)) == (16, 4)
    ((train, test),) = split(np.arange(10.0), NUMBER, 0.25, 0)
    assert (len(train), len(test)) == (7, 3)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, 1.5, 0.05, 0.95, float("nan")])
def test_a_split_that_leaves_too_little(share: float) -> None:
    with pytest.raises(InputError, match="`--split` must be between 0 and 1"):
        split(np.array(list("aabbccaabb")), CLASSES, share, 0)


def test_classes_that_are_too_rare() -> None:
    with pytest.raises(
        InputError, match=r"class 'c' has 2 rows, fewer than the 5 folds.*--folds 2"
    ):
        folds(np.array(list("aaaaaabbbbbbcc")), CLASSES, 5, 0)
    with pytest.raises(InputError, match=r"class 'c' has 1 row, .*more rows of it"):
        folds(np.array(list("aaaaaabbbbbbc")), CLASSES, 5, 0)
    with pytest.raises(InputError, match="class 'c' has 1 row; a split needs 2"):
        split(np.array(list("aaaaaabbbbbbc")), CLASSES, 0.3, 0)
    with pytest.raises(InputError, match="at least 2, got 1"):
        folds(np.arange(3.0), NUMBER, 1, 0)


def test_r2_needs_two_rows() -> None:
    """Of one row the spread is 0, so that R² would be 0/0 or −∞."""
    for n_rows, n_folds, remedy in (
        (9, 5, "use `--folds 4`"),
        (3, 2, "take more rows"),
        (3, 5, "take more"),
    ):
        with pytest.raises(
            InputError,
            match=f"`--folds` {n_folds} of {n_rows} rows leaves fewer than 2 rows in a fold, .*"
            f"{remedy}",
        ):
            folds(np.arange(float(n_rows)), NUMBER, n_folds, 0)
    assert [len(test) for _, test in folds(np.arange(10.0), NUMBER, 5, 0)] == [2] * 5
    with pytest.raises(InputError, match=r"leave at least 2 rows on each side; got 0.1 of 10 rows"):
        split(np.arange(10.0), NUMBER, 0.1, 0)


def test_scores_are_scikit_learns() -> None:
    truth, predicted = np.array([1.0, 2.0, 4.0]), np.array([1.5, 2.0, 3.0])
    r2, error = score(truth, predicted, NUMBER)
    assert r2 == pytest.approx(r2_score(truth, predicted))
    assert error == pytest.approx(np.sqrt(mean_squared_error(truth, predicted)))
    assert score(np.array(list("abca")), np.array(list("abcc")), CLASSES) == (0.75, None)
    assert score(np.ones(3), np.zeros(3), NUMBER)[0] == 0.0
    assert score(np.ones(3), np.ones(3), NUMBER) == (1.0, 0.0)


def test_the_baseline_is_that_of_all_rows() -> None:
    assert baseline(np.array(list("aabbcc")), CLASSES) == pytest.approx(1 / 3)
    assert baseline(np.array(list("aaab")), CLASSES) == 0.75
    assert baseline(np.arange(4.0), NUMBER) == 0.0


def test_evaluate_hands_out_training_rows_only() -> None:
    y = np.array(list("aaaabbbbcccc"))
    seen = []

    def predict(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        seen.append(set(train) & set(test))
        return y[test]

    results = evaluate(folds(y, CLASSES, 4, 0), y, CLASSES, predict)
    assert [fold.score for fold in results] == [1.0] * 4
    assert [(fold.trained, fold.tested) for fold in results] == [(9, 3)] * 4
    assert seen == [set()] * 4
