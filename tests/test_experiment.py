from typing import Any

import numpy as np
import pytest
from listening import Listener
from stuck import pixels

from chainrule.datasets import iris
from chainrule.encoding import Scaling
from chainrule.experiment import run
from chainrule.preparation import Options, prepare
from chainrule.recipes import CLASSIC, STANDARD, Recipe
from chainrule.tables import Table

QUICK: Recipe = STANDARD.changed(epochs=15)


def table_of(rows: list[list[str]], names: tuple[str, ...]) -> Table:
    return Table.of_rows("rows.csv", names, rows, list(range(2, len(rows) + 2)), True, "comma")


def test_a_classification_from_table_to_report() -> None:
    listener = Listener()
    outcome = run(prepare(iris(), Options(folds=3)), QUICK, Options(folds=3), listener)
    report = outcome.report
    assert report is not None
    assert outcome.divergence is None
    assert (report.task, report.metric, report.method) == ("classification", "accuracy", "k-fold")
    assert [(fold.trained, fold.tested) for fold in report.folds] == [(100, 50)] * 3
    assert report.mean == pytest.approx(np.mean([fold.score for fold in report.folds]))
    assert report.mean > 0.85
    assert report.baseline == pytest.approx(1 / 3)
    assert report.network.layer_sizes == (4, 16, 3)
    assert report.network.n_parameters == 4 * 16 + 16 + 16 * 3 + 3
    labels = [label for label, _ in listener.begun]
    assert labels == ["fold 1 of 3", "fold 2 of 3", "fold 3 of 3", "all rows"]
    assert len(listener.epochs) == 4 * 15


def test_the_opened_gradient_is_that_of_the_kept_network() -> None:
    table = iris()
    prepared = prepare(table, Options(folds=2))
    outcome = run(prepared, QUICK, Options(folds=2), Listener())
    assert outcome.report is not None
    report, model = outcome.report, outcome.model
    opened = report.opened
    assert opened.value == pytest.approx(opened.gradient, rel=1e-12)
    row = int(report.opened_place.removeprefix("row ")) - 1
    assert report.opened_target == table.rows[row][-1]
    X = model.scaling.apply(prepared.encoded)
    losses = [model.estimator.compute_loss(X[[i]], prepared.y[[i]]) for i in range(len(X))]
    assert row == int(np.argmax(losses))
    dW = model.estimator.gradients(X[[row]], prepared.y[[row]]).dW[0]
    assert abs(opened.gradient) == abs(dW).max()
    source = opened.paths[0].factors[-1].source
    place = int(opened.weight.partition("[")[2].partition(",")[0])
    assert source == f"input, {table.names[place]}"


def test_a_regression_by_split() -> None:
    rows = [[str(x), str(x % 7), str(3.5 * x - 2 * (x % 7))] for x in range(60)]
    options = Options(split=0.25)
    outcome = run(prepare(table_of(rows, ("a", "b", "y")), options), QUICK, options, Listener())
    report = outcome.report
    assert report is not None
    assert (report.task, report.metric, report.method) == ("regression", "r2", "split")
    assert (report.folds[0].trained, report.folds[0].tested) == (45, 15)
    assert report.baseline == 0.0
    assert report.folds[0].error is not None
    assert report.mean > 0.8


def test_scaling_is_learned_from_the_training_rows_only(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    fit = Scaling.fit

    def spy(X: np.ndarray, kind: str) -> Scaling:
        seen.append(len(X))
        return fit(X, kind)

    monkeypatch.setattr(Scaling, "fit", spy)
    run(prepare(iris(), Options()), QUICK.changed(epochs=1), Options(), Listener())
    assert seen == [120] * 5 + [150]


def test_the_same_seed_gives_the_same_scores() -> None:
    scores = []
    for seed in (1, 1, 2):
        options = Options(folds=2, seed=seed)
        report = run(prepare(iris(), options), QUICK, options, Listener()).report
        assert report is not None
        scores.append(([fold.score for fold in report.folds], report.opened.gradient))
    assert scores[0] == scores[1] != scores[2]


def test_divergence_in_a_fold_still_gives_a_finite_model() -> None:
    rows = [[str(x), str(x * 1.5)] for x in range(40)]
    recipe = STANDARD.changed(solver="sgd", activation="identity", learning_rate=1e4)
    outcome = run(prepare(table_of(rows, ("x", "y")), Options()), recipe, Options(), Listener())
    assert outcome.report is None
    assert outcome.divergence is not None
    assert np.isfinite(outcome.model.predict([[1]])).all()


def numbers_table(X: Any, y: Any) -> Table:
    rows = [
        [*map(repr, row), str(label)] for row, label in zip(X.tolist(), y.tolist(), strict=True)
    ]
    return table_of(rows, (*(f"x{column}" for column in range(X.shape[1])), "y"))


@pytest.mark.parametrize("regression", [False, True])
def test_rows_learned_by_heart_are_said_not_to_generalize(regression: bool) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 6))
    y = rng.normal(size=120) if regression else rng.integers(0, 2, 120)
    options = Options(folds=3)
    recipe = STANDARD.changed(epochs=60)
    report = run(prepare(numbers_table(X, y), options), recipe, options, Listener()).report
    assert report is not None
    assert report.diagnosis is not None
    (finding,) = report.diagnosis.findings
    assert (report.diagnosis.moves, finding.cause) == (True, "not-generalizing")
    assert finding.message.startswith("Gradients flow, but")


def test_rare_classes_that_the_columns_tell_raise_no_alarm() -> None:
    """The accuracy is the baseline's, the probabilities are not."""
    rng = np.random.default_rng(1)
    X = rng.normal(size=(300, 2))
    y = (rng.uniform(size=300) < 0.3 / (1 + np.exp(-3 * X[:, 0]))).astype(int)
    options = Options(folds=3)
    recipe = STANDARD.changed(epochs=30, hidden=(2,))
    report = run(prepare(numbers_table(X, y), options), recipe, options, Listener()).report
    assert report is not None
    assert report.mean == pytest.approx(report.baseline, abs=0.03)
    assert report.diagnosis is None


def test_a_training_that_does_not_move_is_diagnosed_in_its_columns() -> None:
    options = Options(folds=2)
    recipe = CLASSIC.changed(scale="none", hidden=(8,), epochs=8)
    report = run(prepare(numbers_table(*pixels(90)), options), recipe, options, Listener()).report
    assert report is not None
    assert report.diagnosis is not None
    assert report.diagnosis.findings[0].cause == "unscaled-inputs"
    assert " of x" in report.diagnosis.findings[0].message
