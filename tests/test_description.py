"""`test_modelfile` and `test_saved_estimators` describe and rebuild whole models."""

import math
from typing import Any

import numpy as np
import pytest

from chainrule.description import (
    described_history,
    rebuilt_columns,
    rebuilt_history,
    rebuilt_parameters,
    upgraded,
)
from chainrule.history import History

SCALING = {f"inputs.{name}": np.ones(2) for name in ("fill", "center", "scale")}
COLUMNS: dict[str, Any] = {
    "features": [{"name": "x", "categories": None}, {"name": "k", "categories": ["a"]}],
    "target": {"name": "y", "place": 2, "classes": ["no", "yes"]},
}


def test_a_history_comes_back_with_what_is_no_number_in_it() -> None:
    history = History([1.0, math.nan, math.inf], [0.5], [0.25], 3, 60, stop_reason="diverged")
    again = rebuilt_history(described_history(history))
    assert np.isnan(again.loss_curve[1:]).all()
    assert (again.validation_losses, again.validation_scores) == ([0.5], [0.25])
    assert (again.n_iter, again.samples, again.stop_reason) == (3, 60, "diverged")
    assert (again.best_loss, again.best_score) == (math.inf, -math.inf)


@pytest.mark.parametrize(
    "change",
    [
        {"features": [{"name": "x", "categories": None}, {"name": "k", "categories": "ab"}]},
        {"features": [{"name": "x", "categories": None}, {"name": "k", "categories": ["a", "a"]}]},
        {"features": [{"name": 5, "categories": None}]},
        {"target": {"name": "y", "place": 2, "classes": ["no"]}},
        {"target": {"name": "y", "place": 2, "classes": ["yes", "no"]}},
        {"target": {"name": "y", "place": 2, "classes": ["no", 1]}},
    ],
)
def test_columns_that_cannot_be_are_refused(change: dict[str, Any]) -> None:
    assert rebuilt_columns(SCALING, COLUMNS)[2].classes == ("no", "yes")
    with pytest.raises((ValueError, TypeError)):
        rebuilt_columns(SCALING, COLUMNS | change)


def test_arrays_that_are_no_network_are_refused() -> None:
    arrays = {"W1": np.ones((2, 3)), "b1": np.ones(3), "start.W1": np.ones(1)}
    assert rebuilt_parameters(arrays).layer_sizes == (2, 3)
    for other in ({"W3": np.ones(1)}, {"b1": np.ones(3, np.float32)}, {"b2": np.ones(3)}):
        with pytest.raises((ValueError, LookupError)):
            rebuilt_parameters(arrays | other)


def test_an_older_description_says_what_was_done_then() -> None:
    old = {"schema": "chainrule.model/1", "estimator": {"loss_curve": [1.0, 0.5]}}
    found = upgraded(old)
    assert found["rules"] == {"missing": "mean", "unseen": "error"}
    assert found["estimator"]["history"] == {"loss_curve": [1.0, 0.5], "n_iter": 2}
    assert upgraded({**found, "schema": "chainrule.model/2"})["rules"] == found["rules"]
