import numpy as np
import pytest
from sklearn.metrics import (
    confusion_matrix,
    mean_absolute_error,
    precision_recall_fscore_support,
    r2_score,
    root_mean_squared_error,
)

from chainrule.encoding import Target
from chainrule.held_out import judged_held_out, summarized_columns
from chainrule.observed import HeldOutClasses, HeldOutNumbers
from chainrule.preparation import Options, prepare
from chainrule.tables import Table


@pytest.mark.parametrize("n_classes", [2, 5, 60])
def test_classes_are_judged_as_scikit_learn_judges_them(n_classes: int) -> None:
    rng = np.random.default_rng(n_classes)
    classes = tuple(f"class {place:03}" for place in range(n_classes))
    y = np.array(classes)[rng.integers(0, n_classes, 400)]
    said = np.where(rng.uniform(size=400) < 0.7, y, np.array(classes)[rng.integers(0, 2, 400)])
    rows = rng.permutation(400)
    parts = [(part, said[part]) for part in np.array_split(rows, 4)]
    found = judged_held_out(y, Target("kind", 0, classes), parts)
    assert isinstance(found, HeldOutClasses)
    wanted = precision_recall_fscore_support(y, said, labels=classes, zero_division=0.0)
    for one, p, r, f, n in zip(found.classes, *wanted, strict=True):
        assert (one.precision, one.recall, one.f1, one.support) == pytest.approx((p, r, f, n))
    for mean, kind in ((found.macro, "macro"), (found.weighted, "weighted")):
        of_all = precision_recall_fscore_support(
            y, said, labels=classes, average=kind, zero_division=0.0
        )
        assert (mean.precision, mean.recall, mean.f1) == pytest.approx(of_all[:3])
    matrix = np.zeros((n_classes, n_classes), dtype=int)
    for actual, predicted, count in found.counts:
        matrix[actual, predicted] = count
    np.testing.assert_array_equal(matrix, confusion_matrix(y, said, labels=classes))


def test_of_many_classes_the_largest_confusions_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chainrule.held_out.MOST_COUNTS", 2)
    y = np.array([0, 0, 0, 1, 1, 2, 2, 2])
    said = np.array([0, 0, 1, 2, 2, 2, 2, 2])
    found = judged_held_out(y, Target("kind", 0, (0, 1, 2)), [(np.arange(8), said)])
    assert isinstance(found, HeldOutClasses)
    assert found.counts == ((1, 2, 2), (0, 1, 1))


def test_quantities_are_judged_fold_by_fold() -> None:
    rng = np.random.default_rng(0)
    y = rng.normal(size=90)
    said = y + rng.normal(size=90) / 3
    parts = [(part, said[part]) for part in np.array_split(rng.permutation(90), 3)]
    found = judged_held_out(y, Target("y", 0, None), parts)
    assert isinstance(found, HeldOutNumbers)
    for fold, (rows, predicted) in zip(found.folds, parts, strict=True):
        wanted = [f(y[rows], predicted) for f in (r2_score, mean_absolute_error)]
        assert [fold.r2, fold.mae] == pytest.approx(wanted)
        assert fold.rmse == pytest.approx(root_mean_squared_error(y[rows], predicted))
    assert found.mean.r2 == pytest.approx(np.mean([fold.r2 for fold in found.folds]))
    assert found.mean.mae == pytest.approx(np.mean([fold.mae for fold in found.folds]))
    np.testing.assert_array_equal(sorted(found.points), sorted(zip(said, y, strict=True)))


def test_columns_say_what_is_in_them() -> None:
    rows = [["1", "red", "yes"], ["", "blue", "no"], ["3", "red", "no"], ["5", "red", "yes"]]
    table = Table.of_rows("t.csv", ("n", "colour", "y"), rows, [2, 3, 4, 5], True, "comma")
    prepared = prepare(table, Options(missing="mean"))
    n, colour, y = summarized_columns(prepared)
    assert (n.name, n.missing, n.low, n.mean, n.high) == ("n", 1, 1.0, 3.0, 5.0)
    assert n.deviation == pytest.approx(np.std([1, 3, 5]))
    assert colour.categories == (("red", 3), ("blue", 1))
    assert y.categories == (("no", 2), ("yes", 2))
