"""Frames of pandas and Polars in: their names, their types, what they hold that is no number."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from sklearn.datasets import load_iris
from sklearn.exceptions import DataConversionWarning
from sklearn.preprocessing import scale
from sklearn.utils.fixes import parse_version

from chainrule.chain import Array
from chainrule.errors import InputError
from chainrule.estimators import MLPClassifier, MLPRegressor

NAMES = ["sepal length", "sepal width", "petal length", "petal width"]
Y = load_iris().target
X = scale(load_iris().data)

pandas = pytest.param(pd, id="pandas")
# Polars 2 has no interchange protocol, by which scikit-learn reads names before 1.9
names_are_read = parse_version(sklearn.__version__) >= parse_version("1.9")
polars = pytest.param(pl, id="polars")
named_polars = pytest.param(
    pl,
    id="polars",
    marks=pytest.mark.skipif(not names_are_read, reason="scikit-learn 1.9 reads names of Polars"),
)


def frame(library: Any, columns: dict[str, Any]) -> Any:
    return library.DataFrame(columns)


def features(library: Any, names: list[str] = NAMES) -> Any:
    return frame(library, {name: X[:, NAMES.index(name)] for name in names})


def classifier() -> MLPClassifier:
    return MLPClassifier((3,), "tanh", solver="lbfgs", tol=0.1, random_state=0)


def regressor() -> MLPRegressor:
    return MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", tol=0.1, random_state=0)


EXPECTED = classifier().fit(X, Y).predict_proba(X)


@pytest.mark.parametrize("library", [pandas, named_polars])
def test_a_frame_gives_the_network_of_its_array_and_names(library: Any) -> None:
    model = classifier().fit(features(library), library.Series(Y))
    assert model.feature_names_in_.tolist() == NAMES
    assert model.n_features_in_ == 4
    np.testing.assert_array_equal(model.predict_proba(features(library)), EXPECTED)
    assert type(model.predict(features(library))) is np.ndarray
    assert not hasattr(model.fit(X, Y), "feature_names_in_")


METHODS: list[Callable[[Any, Any], Any]] = [
    lambda model, rows: model.predict(rows),
    lambda model, rows: model.predict_proba(rows),
    lambda model, rows: model.score(rows, Y),
    lambda model, rows: model.compute_loss(rows, Y),
    lambda model, rows: model.gradients(rows, Y),
    lambda model, rows: model.activations(rows),
    lambda model, rows: model.pre_activations(rows),
    lambda model, rows: model.fit(features(pd), Y, X_val=rows, y_val=Y),
    lambda model, rows: model.set_params(solver="adam").partial_fit(rows, Y),
    lambda model, rows: model.set_params(warm_start=True).fit(rows, Y),
]


@pytest.mark.parametrize("library", [pandas, named_polars])
@pytest.mark.parametrize("method", METHODS)
def test_other_names_or_another_order_are_refused(library: Any, method: Any) -> None:
    model = classifier().fit(features(library), Y)
    with pytest.raises(ValueError, match="must be in the same order as they were in fit"):
        method(model, features(library, NAMES[::-1]))
    others = frame(library, dict(zip(["a", *NAMES[1:]], X.T, strict=True)))
    with pytest.raises(ValueError, match="unseen at fit time"):
        method(model, others)


@pytest.mark.parametrize("library", [pandas, named_polars])
def test_a_frame_where_an_array_was_and_the_reverse_are_warned_of(library: Any) -> None:
    with pytest.warns(UserWarning, match="fitted with feature names"):
        classifier().fit(features(library), Y).predict(X)
    with pytest.warns(UserWarning, match="fitted without feature names"):
        classifier().fit(X, Y).predict(features(library))


@pytest.mark.parametrize("library", [pandas, polars])
def test_targets_weights_and_validation_rows_as_frames_and_series(library: Any) -> None:
    rows, weight = features(library), np.arange(150) % 3
    model = classifier().fit(X, Y, weight, X_val=X[:60], y_val=Y[:60])
    other = classifier().fit(
        rows,
        library.Series(Y),
        library.Series(weight),
        X_val=rows[:60],
        y_val=library.Series(Y)[:60],
    )
    np.testing.assert_array_equal(other.parameters_.flat, model.parameters_.flat)
    assert other.validation_loss_curve_ == model.validation_loss_curve_
    two = frame(library, {"a": X[:, 0], "b": X[:, 1]})
    assert regressor().fit(rows, two).predict(rows).shape == (150, 2)
    labels = frame(library, {"a": (Y > 0).astype(int), "b": (Y > 1).astype(int)})
    assert classifier().fit(rows, labels).predict(rows).shape == (150, 2)
    assert regressor().fit(rows, library.Series(X[:, 0])).score(rows, library.Series(X[:, 0])) > 0.9


@pytest.mark.parametrize("library", [pandas, polars])
@pytest.mark.parametrize("make", [classifier, regressor])
def test_a_frame_of_one_column_is_taken_as_its_series_with_a_warning(
    library: Any, make: Any
) -> None:
    with pytest.warns(DataConversionWarning, match="column-vector y was passed"):
        model = make().fit(features(library), frame(library, {"y": Y}))
    assert model.predict(features(library)).shape == (150,)


NUMBERS: dict[str, Callable[[], Any]] = {
    "Float64": lambda: features(pd).astype("Float64"),
    "Int64": lambda: (10 * features(pd)).round().astype("Int64"),
    "boolean": lambda: (features(pd) > 0).astype("boolean"),
    "sparse": lambda: features(pd).astype(pd.SparseDtype(float, 0.0)),
    "Polars' Int32": lambda: (10 * features(pl)).cast(pl.Int32),
    "Polars' Boolean": lambda: features(pl).cast(pl.Int32).cast(pl.Boolean),
}


@pytest.mark.parametrize("kind", NUMBERS)
def test_numbers_of_every_type_are_taken(kind: str) -> None:
    rows = NUMBERS[kind]()
    array = np.asarray(rows.to_numpy(), dtype=np.float64)
    expected = classifier().fit(array, Y).predict_proba(array)
    found = classifier().fit(rows, Y).predict_proba(rows)
    np.testing.assert_allclose(found, expected, rtol=1e-12 if kind == "sparse" else 0)


LABELS: dict[str, Callable[[Array], Any]] = {
    "text": lambda names: pd.Series(names),
    "category": lambda names: pd.Series(names, dtype="category"),
    "string": lambda names: pd.Series(names, dtype="string"),
    "Polars' String": lambda names: pl.Series(names),
    "Polars' Categorical": lambda names: pl.Series(names).cast(pl.Categorical),
}


@pytest.mark.parametrize("kind", LABELS)
def test_labels_of_every_type_are_taken(kind: str) -> None:
    labels = LABELS[kind](np.array(["a", "b", "c"])[Y])
    model = classifier().fit(X, labels)
    assert model.classes_.tolist() == ["a", "b", "c"]
    np.testing.assert_array_equal(model.predict_proba(X), EXPECTED)
    assert model.score(X, labels) == classifier().fit(X, Y).score(X, Y)
    np.testing.assert_array_equal(
        classifier().fit(X, pd.Series(Y, dtype="Int64")).classes_, [0, 1, 2]
    )


NO_NUMBERS: dict[str, tuple[Callable[[], Any], str]] = {
    "text": (lambda: features(pd).assign(colour="red"), "'colour' has 'red' in row 0"),
    "category": (
        lambda: features(pd).assign(colour=pd.Categorical(["1"] + 149 * ["red"])),
        "'colour' has 'red' in row 1",
    ),
    "date": (lambda: features(pd).assign(day=pd.Timestamp("2020-02-01")), "'day' has '2020-02-01"),
    "Polars' text": (
        lambda: features(pl).with_columns(pl.lit("red").alias("colour")),
        "'colour' has 'red' in row 0",
    ),
    "Polars' category": (
        lambda: features(pl).with_columns(pl.lit("red").cast(pl.Categorical).alias("colour")),
        "'colour' has 'red' in row 0",
    ),
    "Polars' date": (
        lambda: features(pl).with_columns(pl.date(2020, 2, 1).alias("day")),
        "'day' has '2020-02-01' in row 0",
    ),
    "times alone": (
        lambda: pd.DataFrame({"day": pd.date_range("2020-02-01", periods=150)}),
        "'day' has '2020-02-01",
    ),
    "an array of days": (
        lambda: np.full((150, 5), np.datetime64("2020-02-01")),
        "0 has '2020-02-01' in row 0",
    ),
    "an array": (lambda: np.column_stack([X.astype(str), 150 * ["red"]]), "4 has 'red' in row 0"),
}


@pytest.mark.parametrize("kind", NO_NUMBERS)
@pytest.mark.parametrize("make", [classifier, regressor])
def test_what_is_no_number_is_named(kind: str, make: Any) -> None:
    rows, message = NO_NUMBERS[kind][0](), NO_NUMBERS[kind][1]
    with pytest.raises(InputError, match=f"`X` must hold numbers; its column {message}"):
        make().fit(rows, Y)
    model = make().fit(np.zeros((2, 5)), [0, 1])
    if kind.startswith("an array"):  # a frame's names come first
        with pytest.raises(InputError, match=f"`X` must hold numbers; its column {message}"):
            model.predict(rows)


def test_text_that_reads_as_a_number_is_one() -> None:
    model = classifier().fit(features(pd).astype(str), Y)
    np.testing.assert_array_equal(model.predict_proba(features(pd)), EXPECTED)


GAPS: dict[str, Callable[[], Any]] = {
    "NaN": lambda: features(pd).where(X < 2),
    "NA": lambda: features(pd).astype("Float64").where(X < 2),
    "null": lambda: pl.DataFrame({"a": [None, *X[1:, 0]], "b": X[:, 1]}),
    "Polars' NaN": lambda: pl.DataFrame({"a": [np.nan, *X[1:, 0]], "b": X[:, 1]}),
    "None among text": lambda: features(pd).assign(colour=["red", None] * 75),
}


@pytest.mark.parametrize("kind", GAPS)
def test_missing_values_of_rows_are_refused(kind: str) -> None:
    said = "`X` must hold numbers" if "text" in kind else "Input X contains NaN"
    with pytest.raises(ValueError, match=said):
        classifier().fit(GAPS[kind](), Y)


TEXTS = [*np.array(["a", "b", "c"])[Y[:-1]], None]
MISSING: dict[str, Any] = {
    "text": pd.Series(TEXTS),
    "objects": pd.Series(TEXTS, dtype=object),
    "string": pd.Series(TEXTS, dtype="string"),
    "NA among objects": pd.Series([*TEXTS[:-1], pd.NA], dtype=object),
    "category": pd.Series(TEXTS, dtype="category"),
    "Polars' text": pl.Series(TEXTS),
    "a list": TEXTS,
    "several labels": pd.DataFrame({"a": [*(Y[:-1] > 0), None], "b": Y > 1}, dtype=object),
}


@pytest.mark.parametrize("kind", MISSING)
def test_missing_labels_are_refused(kind: str) -> None:
    with pytest.raises(
        InputError, match="`y` must have a value in each row; it has none in row 149"
    ):
        classifier().fit(X, MISSING[kind])


@pytest.mark.parametrize(
    "y",
    [
        [*X[:-1, 0], None],
        np.array([*X[:-1, 0], None], dtype=object),
        pd.Series([*X[:-1, 0], None], dtype="Float64"),
        pl.Series([*X[:-1, 0], None]),
    ],
    ids=["list", "objects", "pandas", "polars"],
)
def test_missing_numbers_to_predict_are_refused(y: Any) -> None:
    with pytest.raises(ValueError, match=r"Input y contains NaN|it has none in row 149"):
        regressor().fit(X, y)
    with pytest.raises(ValueError, match=r"Input y contains NaN|it has none in row 149"):
        regressor().fit(X, X[:, 0]).compute_loss(X, y)


def test_masked_values_are_refused() -> None:
    rows, targets = np.ma.array(X, mask=X > 2.4), np.ma.array(X[:, 0], mask=X[:, 0] < -1.7)
    model = regressor()
    with pytest.raises(InputError, match="`X` must have a value everywhere; 4 are masked"):
        model.fit(rows, X[:, 0])
    with pytest.raises(InputError, match="`y` must have a value everywhere; 4 are masked"):
        model.fit(X, targets)
    model.fit(np.ma.array(X), np.ma.array(X[:, 0]))  # nothing is masked
    with pytest.raises(InputError, match="`X` must have a value everywhere"):
        model.predict(rows)


@pytest.mark.parametrize("make", [classifier, regressor])
def test_no_targets_at_all_are_refused(make: Any) -> None:
    with pytest.raises(ValueError, match="requires y to be passed, but the target y is None"):
        make().fit(X, None)


def test_an_array_of_pandas_with_gaps_is_refused() -> None:
    gaps = pd.array([1, None] * (len(X) // 2), dtype="Int64")
    with pytest.raises(ValueError, match=r"NaN|a value in each row"):
        MLPClassifier(max_iter=2).fit(X[: len(gaps)], gaps)
