"""The estimators inside scikit-learn's own: pipelines, searches, ensembles, in every process."""

import pickle
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.datasets import load_iris
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.exceptions import FitFailedWarning
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    cross_val_predict,
    cross_val_score,
    learning_curve,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler, scale

from chainrule.errors import DivergenceError, InputError
from chainrule.estimators import MLPClassifier, MLPRegressor

Y = load_iris().target
X = scale(load_iris().data)
pytestmark = pytest.mark.filterwarnings("ignore:Training stopped")


def classifier(**settings: Any) -> MLPClassifier:
    both: dict[str, Any] = {"hidden_layer_sizes": (4,), "learning_rate_init": 0.05, "max_iter": 10}
    return MLPClassifier(**both | {"random_state": 0} | settings)


def regressor(**settings: Any) -> MLPRegressor:
    both: dict[str, Any] = {"hidden_layer_sizes": (4,), "solver": "lbfgs", "max_iter": 30}
    return MLPRegressor(**both | {"random_state": 0} | settings)


def mixed() -> pd.DataFrame:
    """Numbers of one size, numbers of another, and text."""
    colours = np.array(["red", "green", "blue"])[(Y + (np.arange(150) % 5 == 0)) % 3]
    return pd.DataFrame({"length": X[:, 0], "area": 1e6 * X[:, 3], "colour": colours})


def steps(model: Any) -> Pipeline:
    """What turns the mixed columns into sparse rows, and a network."""
    columns = ColumnTransformer(
        [
            ("numbers", StandardScaler(), ["length", "area"]),
            ("classes", OneHotEncoder(handle_unknown="ignore"), ["colour"]),
        ],
        sparse_threshold=1.0,
    )
    return Pipeline([("columns", columns), ("net", model)])


def test_a_pipeline_of_mixed_columns_gives_it_sparse_rows() -> None:
    pipeline = steps(classifier(max_iter=100)).fit(mixed(), Y)
    rows = pipeline[:-1].transform(mixed())
    assert rows.format == "csr"
    assert pipeline.score(mixed(), Y) > 0.9
    dense = classifier(max_iter=100).fit(rows.toarray(), Y)
    np.testing.assert_allclose(dense.coefs_[0], pipeline["net"].coefs_[0], rtol=1e-9, atol=1e-12)
    others = mixed().assign(colour="violet")  # of a colour that fit has not seen
    assert pipeline.predict_proba(others).shape == (150, 3)


def test_a_pipeline_of_texts() -> None:
    texts = [f"{'good' if y else 'bad'} film {number % 7}" for number, y in enumerate(Y > 0)]
    pipeline = make_pipeline(TfidfVectorizer(), classifier(max_iter=100)).fit(texts, Y > 0)
    assert pipeline.score(texts, Y > 0) == 1.0


GRID = {
    "hidden_layer_sizes": [(3, 2)],
    "activation": ["tanh", ["relu", "tanh"], (np.sin, np.cos), [(np.sin, np.cos), "elu"]],
    "dropout": [0.0, [0.5, 0.0]],
}
BACKENDS = {"processes": "loky", "threads": "threading"}


def searched(grid: Any, **settings: Any) -> GridSearchCV:
    return GridSearchCV(classifier(), grid, cv=3, **settings).fit(X, Y)


@pytest.fixture(scope="module")
def alone() -> GridSearchCV:
    return searched(GRID)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_search_has_the_same_result_however_many_work_at_it(
    backend: str, alone: GridSearchCV
) -> None:
    with joblib.parallel_config(backend=BACKENDS[backend]):
        search = searched(GRID, n_jobs=2)
    for name, found in alone.cv_results_.items():
        if name.startswith("split"):
            np.testing.assert_array_equal(search.cv_results_[name], found)
    assert search.best_params_ == alone.best_params_
    found, expected = search.best_estimator_.parameters_, alone.best_estimator_.parameters_
    np.testing.assert_array_equal(found.flat, expected.flat)
    assert np.isfinite(alone.cv_results_["mean_test_score"]).all()


def test_functions_without_a_name_go_to_other_processes() -> None:
    model = classifier(activation=(lambda z: z**2, lambda z: 2 * z))
    there = cross_val_score(model, X, Y, cv=3, n_jobs=2)
    np.testing.assert_array_equal(there, cross_val_score(model, X, Y, cv=3))


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_setting_that_diverges_is_scored_as_failed(n_jobs: int) -> None:
    grid = {"solver": ["sgd"], "learning_rate_init": [0.05, 1e9]}
    with pytest.warns(FitFailedWarning, match=r"DivergenceError: Training diverged in epoch \d"):
        search = searched(grid, n_jobs=n_jobs, error_score=-1.0)
    scores = search.cv_results_["mean_test_score"]
    assert scores[0] > 0.5
    assert scores[1] == -1.0
    assert search.best_params_["learning_rate_init"] == 0.05


def test_a_search_over_what_cannot_be_used_says_so() -> None:
    message = r"hidden layer, 1; got 3.*(.|\n)*Did you mean 'relu'"
    with pytest.raises(ValueError, match=message):
        searched({"activation": [["tanh"] * 3, "rleu"]})
    error = InputError("`alpha` must be a number of at least 0, got -1.")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again)) == (InputError, str(error))


def test_halving_gives_the_best_more_epochs() -> None:
    grid = {"learning_rate_init": [1e-5, 0.05, 1e-4, 1e-3]}
    search = HalvingGridSearchCV(
        classifier(), grid, resource="max_iter", min_resources=5, max_resources=40, factor=2, cv=3
    ).fit(X, Y)
    assert search.best_params_["learning_rate_init"] == 0.05
    assert search.best_estimator_.max_iter == 20


def test_cross_validation_trains_on_each_fold_anew() -> None:
    model = steps(classifier(early_stopping=True))
    scores = cross_val_score(model, mixed(), Y, cv=3)
    np.testing.assert_array_equal(cross_val_score(model, mixed(), Y, cv=3, n_jobs=2), scores)
    assert scores.min() > 0.4
    shares = cross_val_predict(classifier(), X, Y, cv=3, method="predict_proba")
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    assert (shares.argmax(axis=1) == Y).mean() > 0.8
    lone = cross_val_predict(classifier(), X, Y, cv=3, method="predict_log_proba")
    np.testing.assert_allclose(np.exp(lone), shares)


def test_a_curve_over_the_number_of_rows() -> None:
    sizes, training, validation = learning_curve(
        classifier(), X, Y, train_sizes=[30, 100], cv=3, shuffle=True, random_state=0
    )
    assert sizes.tolist() == [30, 100]
    assert training.shape == validation.shape == (2, 3)
    _, increments, _ = learning_curve(
        classifier(),
        X,
        Y,
        train_sizes=[30, 100],
        cv=3,
        shuffle=True,
        random_state=0,
        exploit_incremental_learning=True,
    )
    assert np.isfinite(increments).all()


def test_importances_follow_what_the_network_uses() -> None:
    model = regressor().fit(X, X[:, 2])
    found = permutation_importance(model, X, X[:, 2], n_repeats=3, random_state=0, n_jobs=2)
    assert found.importances_mean.argmax() == 2
    np.testing.assert_array_equal(
        permutation_importance(model, X, X[:, 2], n_repeats=3, random_state=0).importances,
        found.importances,
    )


@pytest.mark.parametrize("ensemble", [True, False])
def test_calibrated_shares_sum_to_one(ensemble: bool) -> None:
    model = CalibratedClassifierCV(classifier(), ensemble=ensemble, cv=3).fit(X, Y)
    np.testing.assert_allclose(model.predict_proba(X).sum(axis=1), 1.0)
    assert model.score(X, Y) > 0.8


def test_in_ensembles_of_classifiers() -> None:
    models = [("deep", classifier(hidden_layer_sizes=(4, 4))), ("line", LogisticRegression())]
    assert StackingClassifier(models, cv=3).fit(X, Y).score(X, Y) > 0.85
    assert VotingClassifier(models, voting="soft").fit(X, Y).score(X, Y) > 0.8
    many = OneVsRestClassifier(classifier(max_iter=40), n_jobs=2).fit(X, Y)
    assert many.score(X, Y) > 0.8
    assert [part.classes_.tolist() for part in many.estimators_] == [[0, 1]] * 3


def test_in_what_makes_several_of_a_regressor() -> None:
    one_each = MultiOutputRegressor(regressor()).fit(X, X[:, :2])
    assert [part.n_outputs_ for part in one_each.estimators_] == [1, 1]
    assert one_each.score(X, X[:, :2]) > 0.9
    y = np.exp(X[:, 0])
    scaled = TransformedTargetRegressor(regressor(), func=np.log, inverse_func=np.exp).fit(X, y)
    assert scaled.score(X, y) > 0.9


def test_weights_go_through_a_pipeline_by_name() -> None:
    weight = np.where(Y == 2, 0.0, 1.0)
    pipeline = make_pipeline(StandardScaler(), classifier(max_iter=60))
    pipeline.fit(X, Y, mlpclassifier__sample_weight=weight)
    assert 2 not in pipeline.predict(X)
    rows = StandardScaler().fit_transform(X)
    expected = classifier(max_iter=60).fit(rows, Y, sample_weight=weight)
    np.testing.assert_array_equal(pipeline[-1].parameters_.flat, expected.parameters_.flat)


def test_weights_and_validation_rows_are_routed() -> None:
    weight = np.where(Y == 2, 0.0, 1.0)
    with config_context(enable_metadata_routing=True):
        net = classifier().set_fit_request(sample_weight=True, X_val=True, y_val=True)
        pipeline = Pipeline(
            [("scale", StandardScaler().set_fit_request(sample_weight=False)), ("net", net)],
            transform_input=["X_val"],
        )
        pipeline.fit(5 + X, Y, sample_weight=weight, X_val=5 + X[::3], y_val=Y[::3])
        rows = StandardScaler().fit_transform(5 + X)
        expected = classifier().fit(rows, Y, weight, X_val=rows[::3], y_val=Y[::3])
        np.testing.assert_array_equal(pipeline["net"].parameters_.flat, expected.parameters_.flat)
        assert pipeline["net"].validation_loss_curve_ == expected.validation_loss_curve_
        weighed = classifier().set_fit_request(sample_weight=True)
        weighed.set_score_request(sample_weight=True)
        search = GridSearchCV(weighed, {"alpha": [0.0, 1.0]}, cv=3)
        search.fit(X, Y, sample_weight=weight)
        assert 2 not in search.predict(X)


def test_the_output_container_of_transformers_changes_nothing() -> None:
    model = classifier().fit(X, Y)
    with config_context(transform_output="pandas"):
        again = classifier().fit(X, Y)
        for method in ("predict", "predict_proba", "predict_log_proba"):
            found = getattr(again, method)(X)
            assert type(found) is np.ndarray
            np.testing.assert_array_equal(found, getattr(model, method)(X))
        pipeline = make_pipeline(StandardScaler(), classifier())
        pipeline.fit(mixed()[["length", "area"]], Y)
        assert pipeline[-1].feature_names_in_.tolist() == ["length", "area"]
    assert not hasattr(model, "set_output")


def test_a_step_in_the_middle_gives_activations_on() -> None:
    """The hidden layer of one network as the columns of another model."""
    net = classifier().fit(X, Y)
    hidden = FunctionTransformer(lambda rows: net.activations(rows)[0])
    assert make_pipeline(hidden, LogisticRegression()).fit(X, Y).score(X, Y) > 0.9


def test_a_fit_does_not_change_what_it_is_given() -> None:
    rows, labels, weight = X.copy(), Y.copy(), np.ones(150)
    for model in (classifier(early_stopping=True), classifier(solver="lbfgs"), regressor()):
        clone(model).fit(rows, labels, sample_weight=weight)
    np.testing.assert_array_equal(rows, X)
    np.testing.assert_array_equal(labels, Y)
    np.testing.assert_array_equal(weight, 1.0)


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_error_comes_back_from_another_process_as_it_is(backend: str) -> None:
    """The last test here, as joblib ends the processes when one fails."""
    parallel = joblib.Parallel(n_jobs=2, backend=BACKENDS[backend])
    runaway = classifier(solver="sgd", learning_rate_init=1e9)
    with pytest.raises(DivergenceError, match="Training diverged") as diverged:
        parallel([joblib.delayed(runaway.fit)(X, Y)] * 2)
    assert diverged.value.epoch >= 1
    assert diverged.value.weights.startswith("The weights are those")
