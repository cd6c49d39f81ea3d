import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from listening import Listener
from sklearn.metrics import r2_score

from chainrule.datasets import iris
from chainrule.experiment import Outcome, run
from chainrule.mlp import MLP
from chainrule.observation import Observer
from chainrule.observed import SeenEpoch
from chainrule.preparation import Options, Prepared, prepare
from chainrule.recipes import CLASSIC, STANDARD, Recipe
from chainrule.tables import Table

QUICK: Recipe = STANDARD.changed(epochs=12)


class Journal:
    def __init__(self) -> None:
        self.told: list[tuple[str, Any]] = []

    def begin(self, label: str) -> None:
        self.told.append((label, "begin"))

    def epoch(self, label: str, seen: SeenEpoch) -> None:
        self.told.append((label, seen))

    def end(self, label: str) -> None:
        self.told.append((label, "end"))


def numbers(n_rows: int = 60, task: str | None = None) -> Prepared:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_rows, 3))
    y = X @ [1.0, -2.0, 0.5] + rng.normal(size=n_rows) / 4
    rows = [[*map(repr, row), repr(z)] for row, z in zip(X.tolist(), y.tolist(), strict=True)]
    lines = list(range(2, n_rows + 2))
    table = Table.of_rows("rows.csv", ("a", "b", "c", "y"), rows, lines, True, "comma")
    return prepare(table, Options(task=task))


def observed(
    prepared: Prepared, recipe: Recipe, options: Options, observer: Observer | None = None
) -> tuple[Outcome, Observer]:
    observer = observer or Observer()
    return run(prepared, recipe, options, Listener(), observer=observer), observer


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize(
    "recipe",
    [QUICK, CLASSIC.changed(epochs=12), STANDARD.changed(epochs=12, solver="lbfgs")],
    ids=["adam", "online, together", "lbfgs"],
)
def test_looking_changes_no_weight(
    engine: str, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHAINRULE_ENGINE", engine)
    prepared, options = prepare(iris(), Options(folds=3)), Options(folds=3)
    alone = run(prepared, recipe, options, Listener())
    outcome, observer = observed(prepared, recipe, options)
    assert outcome.model.estimator.engine_ == engine
    np.testing.assert_array_equal(
        outcome.model.estimator.parameters_.flat, alone.model.estimator.parameters_.flat
    )
    assert outcome.report is not None
    assert alone.report is not None
    assert outcome.report.folds == alone.report.folds
    assert [curve.label for curve in observer.curves][-1] == "all rows"
    assert len(observer.curves) == 4


@pytest.mark.parametrize("recipe", [QUICK, CLASSIC.changed(epochs=12)], ids=["in turn", "together"])
def test_the_last_epoch_is_what_the_model_says(recipe: Recipe) -> None:
    prepared, options = prepare(iris(), Options(folds=3)), Options(folds=3)
    outcome, observer = observed(prepared, recipe, options)
    model, last = outcome.model, observer.curves[-1].epochs[-1]
    X = model.scaling.apply(prepared.encoded)
    bare: MLP = model.estimator  # without the penalty
    bare.network_ = replace(bare.network_, alpha=0.0)
    assert last.number == 12
    assert last.training_loss == pytest.approx(bare.compute_loss(X, prepared.y), rel=1e-12)
    assert last.training_score == bare.score(X, prepared.y)
    norms = [np.linalg.norm(dW) for dW in bare.gradients(X, prepared.y).dW]
    assert last.gradient_norms == pytest.approx(norms, rel=1e-12)
    assert last.held_out_loss is None
    assert outcome.report is not None
    scores = [curve.epochs[-1].held_out_score for curve in observer.curves[:-1]]
    assert scores == pytest.approx([fold.score for fold in outcome.report.folds])


def test_scores_of_a_quantity_are_r2() -> None:
    prepared, options = numbers(), Options(folds=2)
    outcome, observer = observed(prepared, QUICK, options)
    assert outcome.report is not None
    ends = [curve.epochs[-1] for curve in observer.curves]
    assert [end.held_out_score for end in ends[:-1]] == pytest.approx(
        [fold.score for fold in outcome.report.folds]
    )
    said = outcome.model.predict_encoded(prepared.encoded)
    assert ends[-1].training_score == pytest.approx(r2_score(prepared.y, said))


def test_update_ratios_are_of_one_epoch() -> None:
    weights: list[np.ndarray] = []

    class Weights(Journal):
        def epoch(self, label: str, seen: SeenEpoch) -> None:
            super().epoch(label, seen)
            weights.append(observer._watches[-1]._model.estimator.parameters_.W[0].copy())

    journal = Weights()
    observer = Observer([journal])
    observed(prepare(iris(), Options(folds=2)), QUICK, Options(folds=2), observer)
    last = observer.curves[-1].epochs[-1]
    change = np.linalg.norm(weights[-1] - weights[-2]) / np.linalg.norm(weights[-1])
    assert last.update_ratios[0] == pytest.approx(change)


def test_journals_hear_each_epoch_in_order() -> None:
    journal = Journal()
    observed(prepare(iris(), Options(split=0.2)), QUICK, Options(split=0.2), Observer([journal]))
    labels = [label for label, _ in journal.told]
    assert labels == ["the split"] * 14 + ["all rows"] * 14
    assert [told for _, told in journal.told][0::13][:2] == ["begin", "end"]
    assert [told.number for _, told in journal.told[1:13]] == list(range(1, 13))


def test_of_many_rows_and_epochs_some_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chainrule.observation.MOST_ROWS", 20)
    monkeypatch.setattr("chainrule.observation.MOST_EPOCHS", 4)
    _, observer = observed(numbers(), QUICK.changed(epochs=14), Options(folds=2))
    for curve in observer.curves:
        assert curve.n_looked_at == 20
        looked = [epoch.number for epoch in curve.epochs if epoch.looked_at]
        assert looked == [1, 5, 9, 13, 14]
        assert [epoch.number for epoch in curve.epochs] == list(range(1, 15))
    assert observer.curves[-1].n_rows == 60
    assert observer.curves[0].n_held_out_looked_at == 20
    ratio = observer.curves[-1].epochs[-1].update_ratios[0]
    assert 0 < ratio < 0.2  # of one epoch, not of those since the last look


def test_a_training_that_diverges_is_seen_as_far_as_it_goes() -> None:
    recipe = STANDARD.changed(solver="sgd", activation="identity", learning_rate=1.5, epochs=50)
    outcome, observer = observed(numbers(), recipe, Options(folds=2))
    assert outcome.report is None
    epochs = observer.curves[-1].epochs
    assert len(epochs) < 50
    assert all(epoch.looked_at for epoch in epochs)


def test_scores_of_outputs_that_are_no_numbers_are_none() -> None:
    outcome, observer = observed(numbers(), QUICK, Options(folds=2))
    watch = observer._watches[-1]
    case = outcome.model.kept.case(np.full((4, 3), 1e308), np.arange(4.0))
    case.parameters.flat[:] = math.nan
    with np.errstate(all="ignore"):
        _, score = watch._judged(case, np.arange(4.0))
    assert score is None
