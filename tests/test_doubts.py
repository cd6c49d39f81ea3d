"""What is said before a training begins that will come to little."""

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

from chainrule.estimators import MLPClassifier, MLPRegressor

random = np.random.default_rng(0)
X = random.normal(size=(24, 3))
y, quantity = (X[:, 0] > 0).astype(int), X[:, 0] - X[:, 1]


def said(model: Any, X: Any, y: Any) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.set_params(max_iter=1, random_state=0).fit(X, y)
    assert {warning.filename for warning in caught} <= {__file__}
    sentences = [str(warning.message) for warning in caught]
    return [sentence for sentence in sentences if "before it converged" not in sentence]


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_usual_rows_raise_no_doubt(kind: Any) -> None:
    assert said(kind(), X, y) == []


def test_a_cell_is_named_with_its_columns_name() -> None:
    frame = pd.DataFrame(X.copy(), columns=["a", "b", "c"])
    frame.loc[3, "b"] = 1e300
    assert said(MLPClassifier(), frame, y) == [
        "`X` reaches 1e+300, in row 3 of column 'b': steps suit numbers near 1. Scale the "
        "columns; correct what is a mistake."
    ]


def test_next_to_nothing() -> None:
    (sentence,) = said(MLPClassifier(), X * 1e-300, y)
    assert sentence.startswith("`X` reaches ")
    assert "e-300 only, in column " in sentence


@pytest.mark.parametrize("unit", [1e12, 1e-12])
def test_targets_of_a_far_unit(unit: float) -> None:
    (sentence,) = said(MLPRegressor(engine="numpy"), X, quantity * unit)
    assert sentence.startswith("`y` reaches ")
    assert sentence.endswith("Scale it, as TransformedTargetRegressor does.")


def test_one_value_or_one_class() -> None:
    assert said(MLPRegressor(), X, np.ones(24)) == [
        "`y` holds one value only, 1.0: there is nothing to tell apart."
    ]
    assert said(MLPClassifier(), X, ["a"] * 24) == [
        "`y` holds one class only, 'a': there is nothing to tell apart."
    ]


def test_a_batch_of_more_rows_than_there_are() -> None:
    sentence = "`batch_size`=1000 is more than the 24 rows: a step takes all."
    assert said(MLPClassifier(batch_size=1000), X, y) == [sentence]
    assert said(MLPClassifier(batch_size=1000, solver="lbfgs"), X, y) == []


def test_of_a_part_only_what_holds_for_all() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        MLPClassifier(batch_size=1000).partial_fit(X[:1], y[:1], classes=[0, 1])
    with pytest.warns(UserWarning, match="steps suit numbers near 1"):
        MLPClassifier().partial_fit(X * 1e9, y, classes=[0, 1])
