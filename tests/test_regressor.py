"""The regressor: one number a row or several, and targets that are none."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes
from sklearn.exceptions import DataConversionWarning
from sklearn.metrics import r2_score
from sklearn.preprocessing import scale

from chainrule.errors import InputError
from chainrule.estimators import MLPRegressor
from chainrule.losses import LOSSES

X, y = load_diabetes(return_X_y=True)
X, y = scale(X), scale(y)
TWO = np.column_stack([y, X[:, 2] - y])

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def network(**settings: Any) -> Any:
    usual: dict[str, Any] = {"hidden_layer_sizes": (5,), "max_iter": 30, "random_state": 0}
    return MLPRegressor(**(usual | {"solver": "lbfgs"} | settings))


@pytest.mark.parametrize("target", [y, TWO])
def test_predictions_have_the_shape_of_the_targets(target: Any) -> None:
    model = network().fit(X, target)
    assert model.predict(X).shape == target.shape
    assert model.score(X, target) == pytest.approx(r2_score(target, model.predict(X)))
    weight = np.linspace(0, 1, len(X))
    expected = r2_score(target, model.predict(X), sample_weight=weight)
    assert model.score(X, target, weight) == pytest.approx(expected)
    assert not hasattr(model, "classes_")


def test_one_column_is_taken_as_numbers_with_a_warning() -> None:
    with pytest.warns(DataConversionWarning, match="column-vector"):
        model = network().fit(X, y[:, None])
    assert model.predict(X).shape == y.shape
    np.testing.assert_array_equal(model.parameters_.flat, network().fit(X, y).parameters_.flat)


@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
def test_what_is_descended_is_summed_over_the_outputs(solver: str) -> None:
    model = network(solver=solver, batch_size=len(X), alpha=0, max_iter=1)
    start = network(alpha=0).build(X, TWO)
    expected = 0.5 * ((start.predict(X) - TWO) ** 2).sum(axis=1).mean()
    assert start.compute_loss(X, TWO) == pytest.approx(expected, rel=1e-12)
    model.fit(X, TWO)
    if solver != "lbfgs":
        assert model.loss_ == pytest.approx(expected, rel=1e-12)
    else:
        assert model.loss_ == pytest.approx(model.compute_loss(X, TWO), rel=1e-12)


def test_partial_fit_goes_on() -> None:
    model = network(solver="adam", learning_rate_init=0.01)
    for _ in range(60):
        model.partial_fit(X, TWO)
    assert (model.t_, len(model.loss_curve_)) == (60 * len(X), 60)
    assert model.loss_curve_[-1] < 0.7 * model.loss_curve_[0]
    with pytest.raises(InputError, match="`y` must have as many columns as in fit, 2"):
        model.partial_fit(X, y)


@pytest.mark.parametrize(
    "target", [["low", "high"] * 221, np.array([1.0, None] * 221), [[1.0], [2.0, 3.0]] * 221]
)
def test_targets_that_are_no_numbers_are_refused(target: Any) -> None:
    with pytest.raises(ValueError, match=r"numbers|a value in each row|inhomogeneous|sequence"):
        network().fit(X, target)


@pytest.mark.parametrize("kind", ["datetime64[ns]", "timedelta64[s]"])
def test_times_are_no_numbers(kind: str) -> None:
    times = np.arange(442).astype(kind)
    times[1] = "NaT"
    for target in (times, pd.Series(times), np.column_stack([times, times])):
        with pytest.raises(InputError, match=r"`y` must hold numbers; it has .*, a time\. Give"):
            network().fit(X, target)


@pytest.mark.parametrize("loss", ["poisson", LOSSES["poisson"]])
def test_counts_below_0_are_refused_however_the_loss_is_given(loss: Any) -> None:
    with pytest.raises(InputError, match="`y` must not be negative with the poisson loss; it has"):
        network(loss=loss).fit(X, y)
    assert np.isfinite(network(loss=loss).fit(X, np.abs(y)).loss_)


def test_losses_of_classes_are_refused() -> None:
    for loss in ("log_loss", "binary_cross_entropy", LOSSES["categorical_cross_entropy"]):
        with pytest.raises(InputError, match="compares classes; use MLPClassifier"):
            network(loss=loss).fit(X, y)


def test_what_is_no_setting_of_a_regression_is_refused() -> None:
    assert "class_weight" not in network().get_params()
    with pytest.raises(TypeError, match="class_weight"):
        network(class_weight="balanced")
    with pytest.raises(ValueError, match="has no setting 'class_weight'"):
        network().set_params(class_weight="balanced")
