from typing import Any

import numpy as np
import pytest
from listening import Listener

from chainrule.datasets import iris
from chainrule.errors import DivergenceError
from chainrule.experiment import run
from chainrule.model import train_models
from chainrule.preparation import Options, prepare
from chainrule.recipes import CLASSIC, STANDARD, Recipe

QUICK: Recipe = STANDARD.changed(epochs=15)


def test_rows_are_trained_in_an_order_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    orders: list[list[Any]] = []

    def spy(features: Any, target: Any, parts: Any, *rest: Any) -> Any:
        orders.extend(y.tolist() for _, y in parts)
        return train_models(features, target, parts, *rest)

    monkeypatch.setattr("chainrule.trainings.train_models", spy)
    prepared = prepare(iris(), Options(folds=2))
    run(prepared, QUICK.changed(epochs=1, shuffle=False), Options(folds=2), Listener())
    assert all(order != sorted(order) for order in orders)
    assert sorted(orders[-1]) == prepared.y.tolist()


def test_a_fold_that_alone_diverges_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def only_parts(features: Any, target: Any, parts: Any, *rest: Any) -> Any:
        trained = train_models(features, target, parts, *rest)
        error = DivergenceError("It diverged.", 7, "Weights of its own.")
        return [
            (model, None if len(y) == 150 else error)
            for (model, _), (_, y) in zip(trained, parts, strict=True)
        ]

    monkeypatch.setattr("chainrule.trainings.train_models", only_parts)
    outcome = run(prepare(iris(), Options(folds=3)), QUICK, Options(folds=3), Listener())
    assert outcome.report is None
    assert str(outcome.divergence) == "fold 1 of 3: It diverged. The training on all rows did not."
    assert outcome.model.estimator.n_iter_ == 15


@pytest.mark.parametrize("recipe", [CLASSIC, STANDARD.changed(batch_size=1)], ids=["sgd", "adam"])
def test_online_all_are_trained_together_to_the_same(
    recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = recipe.changed(epochs=20)
    prepared, options = prepare(iris(), Options()), Options()
    parts: list[int] = []
    scores, weights = [], []

    def spy(features: Any, target: Any, some: Any, *rest: Any) -> Any:
        parts.append(len(some))
        return train_models(features, target, some, *rest)

    monkeypatch.setattr("chainrule.trainings.train_models", spy)
    for engine, few in (("numba", 10**6), ("numpy", 0)):
        monkeypatch.setenv("CHAINRULE_ENGINE", engine)
        monkeypatch.setattr("chainrule.trainings.FEW", few)
        listener = Listener()
        outcome = run(prepared, recipe, options, listener)
        assert outcome.report is not None
        assert outcome.model.estimator.engine_ == engine
        scores.append([fold.score for fold in outcome.report.folds])
        weights.append(outcome.model.estimator.parameters_.flat)
        assert [label for label, _ in listener.begun][-2:] == ["fold 5 of 5", "all rows"]
        assert len(listener.epochs) == 6 * 20
    assert parts == [6] + [1] * 6
    assert scores[0] == scores[1]
    np.testing.assert_allclose(weights[0], weights[1], rtol=1e-9, atol=1e-10)
