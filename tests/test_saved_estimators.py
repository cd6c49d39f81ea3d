"""Fitted estimators without a table: saved, loaded, and as they were."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.random import RandomState
from sklearn.exceptions import NotFittedError

from chainrule import InputError, MLPClassifier, MLPRegressor, load, save
from chainrule.inspection import inspect
from chainrule.kept import read_kept
from chainrule.mlp import MLP

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X = RandomState(0).normal(size=(60, 3))
KINDS = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)
TWO = KINDS > 0
QUICK: dict[str, Any] = {"max_iter": 4, "n_iter_no_change": 9, "tol": 0.0, "random_state": 0}

FITTED: dict[str, Any] = {
    "whole numbers": lambda: MLPClassifier((4,), **QUICK).fit(X, KINDS),
    "text": lambda: MLPClassifier((4,), **QUICK).fit(X, np.array(["a", "bé", "c"])[KINDS]),
    "objects": lambda: MLPClassifier((4,), **QUICK).fit(X, np.array(["a", "b", "c"], "O")[KINDS]),
    "truth": lambda: MLPClassifier((4,), **QUICK).fit(X, TWO),
    "floats": lambda: MLPClassifier((4,), **QUICK).fit(X, KINDS.astype(float)),
    "small numbers": lambda: MLPClassifier((4,), **QUICK).fit(X, KINDS.astype(np.int8)),
    "two units": lambda: MLPClassifier((4,), output_activation="softmax", **QUICK).fit(
        X, KINDS > 0
    ),
    "a squared error": lambda: MLPClassifier((4,), loss="half_squared_error", **QUICK).fit(
        X, KINDS
    ),
    "several labels": lambda: MLPClassifier((4,), **QUICK).fit(X, np.eye(3, dtype=int)[KINDS]),
    "weights of classes": lambda: MLPClassifier((4,), class_weight="balanced", **QUICK).fit(
        X, KINDS
    ),
    "names": lambda: MLPClassifier((4,), **QUICK).fit(pd.DataFrame(X, columns=list("uvw")), KINDS),
    "float32": lambda: MLPClassifier((4,), dtype="float32", dropout=0.5, **QUICK).fit(X, KINDS),
    "stopped early": lambda: MLPClassifier((4,), early_stopping=True, **QUICK).fit(X, KINDS),
    "a number": lambda: MLPRegressor(hidden_layer_sizes=(4,), **QUICK).fit(X, X[:, 0]),
    "two numbers": lambda: MLPRegressor(hidden_layer_sizes=(4,), **QUICK).fit(X, X[:, :2]),
    "no hidden layer": lambda: MLPRegressor(hidden_layer_sizes=(), **QUICK).fit(X, X[:, 0]),
    "start weights": lambda: MLPRegressor(
        hidden_layer_sizes=(), start_weights=([np.ones((3, 1))], [np.zeros(1)]), **QUICK
    ).fit(X, X[:, 0]),
}


def given(model: MLP) -> Any:
    """The rows as the model saw them."""
    return pd.DataFrame(X, columns=list("uvw")) if hasattr(model, "feature_names_in_") else X


@pytest.mark.parametrize("name", FITTED)
def test_an_estimator_comes_back_as_it_was(name: str, tmp_path: Path) -> None:
    model: MLP = FITTED[name]()
    save(model, tmp_path / "m.chain")
    again = load(tmp_path / "m.chain")
    assert type(again) is type(model)
    rows = given(model)
    found, expected = again.predict(rows), model.predict(rows)
    np.testing.assert_array_equal(found, expected)
    assert found.dtype.kind == expected.dtype.kind
    fitted = ("n_iter_", "t_", "loss_", "best_loss_", "stop_reason_", "n_outputs_", "n_layers_")
    for attribute in (*fitted, "loss_curve_", "validation_scores_", "best_validation_score_"):
        assert getattr(again, attribute) == getattr(model, attribute), attribute
    for attribute in ("classes_", "feature_names_in_"):
        if hasattr(model, attribute):
            np.testing.assert_array_equal(getattr(again, attribute), getattr(model, attribute))
    y = expected
    assert again.compute_loss(rows, y) == model.compute_loss(rows, y)
    np.testing.assert_equal(again.get_params(), model.get_params())
    before = (tmp_path / "m.chain").read_bytes()
    save(again, tmp_path / "m.chain")
    assert (tmp_path / "m.chain").read_bytes() == before
    facts = inspect(tmp_path / "m.chain")
    assert (facts.holds, facts.estimator) == ("estimator", type(model).__name__)


def test_an_estimator_is_read_without_scikit_learn_alike(tmp_path: Path) -> None:
    for name in ("text", "a number", "names", "float32", "a squared error"):
        model: MLP = FITTED[name]()
        save(model, tmp_path / "m.chain")
        found = read_kept(tmp_path / "m.chain").predict_encoded(X)
        np.testing.assert_array_equal(found, model.predict(given(model)))


def test_training_goes_on_after_loading(tmp_path: Path) -> None:
    model = MLPRegressor(hidden_layer_sizes=(4,), warm_start=True, solver="sgd", momentum=0.0)
    model.set_params(**QUICK).fit(X, X[:, 0])
    save(model, tmp_path / "m.chain")
    again = load(tmp_path / "m.chain")
    for each in (model, again):
        each.fit(X, X[:, 0])
    np.testing.assert_array_equal(again.parameters_.flat, model.parameters_.flat)


def test_only_what_is_fitted_is_saved(tmp_path: Path) -> None:
    with pytest.raises(NotFittedError):
        save(MLPClassifier(), tmp_path / "m.chain")
    with pytest.raises(InputError, match=r"`model` must be a fitted MLPClassifier.*; got dict"):
        save({}, tmp_path / "m.chain")  # type: ignore[arg-type]
    model = FITTED["a number"]()
    model.parameters_.flat[3] = np.nan
    with pytest.raises(InputError, match="`model` has a weight that is no number: W1 holds nan"):
        save(model, tmp_path / "m.chain")
    assert not list(tmp_path.iterdir())
