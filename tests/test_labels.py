"""Classes, their codes and their weights, through the classifier that learns them."""

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.datasets import load_iris, make_multilabel_classification
from sklearn.preprocessing import scale
from sklearn.utils.class_weight import compute_sample_weight

from chainrule.chain import Array
from chainrule.encoding import codes
from chainrule.errors import InputError
from chainrule.estimators import MLPClassifier
from chainrule.labels import as_labels, class_weights, weights_of_rows

X, y = load_iris(return_X_y=True)
X = scale(X)
NAMES = np.array(["setosa", "versicolor", "virginica"])
MANY, LABELS = make_multilabel_classification(80, 5, n_classes=3, random_state=0)
MANY = scale(MANY)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def network(**settings: Any) -> Any:
    usual: dict[str, Any] = {"hidden_layer_sizes": (5,), "max_iter": 6, "random_state": 0}
    return MLPClassifier(**(usual | settings))


@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
@pytest.mark.parametrize("choice", ["balanced", {0: 4.0, 2: 0.5}])
def test_weights_of_classes_train_as_the_same_weights_of_rows(solver: str, choice: Any) -> None:
    uneven = np.where(np.arange(150) < 25, 0, y)
    of_rows = compute_sample_weight(choice, uneven)
    by_class = network(solver=solver, class_weight=choice).fit(X, uneven)
    by_row = network(solver=solver).fit(X, uneven, sample_weight=of_rows)
    np.testing.assert_allclose(by_class.parameters_.flat, by_row.parameters_.flat, rtol=1e-9)
    np.testing.assert_allclose(by_class.loss_curve_, by_row.loss_curve_, rtol=1e-9)


@pytest.mark.parametrize(
    "choice", ["balanced", [{0: 1, 1: 3.0}, {0: 2.0, 1: 1}, {0: 0.5, 1: 0.25}]]
)
def test_of_several_labels_a_row_the_weights_are_multiplied(choice: Any) -> None:
    of_rows = compute_sample_weight(choice, LABELS)
    by_class = network(class_weight=choice).fit(MANY, LABELS)
    by_row = network().fit(MANY, LABELS, sample_weight=of_rows)
    np.testing.assert_allclose(by_class.parameters_.flat, by_row.parameters_.flat, rtol=1e-9)
    assert by_class.compute_loss(MANY, LABELS) == pytest.approx(
        by_row.compute_loss(MANY, LABELS, of_rows), rel=1e-12
    )
    gradient = by_class.gradients(MANY, LABELS).flat
    expected = by_row.gradients(MANY, LABELS, of_rows).flat
    np.testing.assert_allclose(gradient, expected, rtol=1e-8, atol=1e-14)


@pytest.mark.parametrize("unit", ["D", "s", "ns"])
def test_days_are_classes_with_weights_too(unit: str) -> None:
    days = np.array(["2020-02-01", "2020-02-02", "2020-02-03"], f"datetime64[{unit}]")[y]
    by_number = network(class_weight={0: 4.0, 2: 0.5}).fit(X, y)
    by_day = network(
        class_weight={np.datetime64("2020-02-01"): 4.0, np.datetime64("2020-02-03"): 0.5}
    ).fit(X, days)
    np.testing.assert_array_equal(by_day.parameters_.flat, by_number.parameters_.flat)
    assert list(network(class_weight="balanced").fit(X, days).class_weight_.values()) == [1, 1, 1]
    with pytest.raises(InputError, match=r"`class_weight` must name classes of `y`.*'monday'"):
        network(class_weight={"monday": 4.0}).fit(X, days)


def test_balanced_weights_by_hand() -> None:
    labels = np.array(["a", "b", "b", "b"])
    weights = class_weights("balanced", labels, np.array(["a", "b"]))
    assert weights == {"a": 2.0, "b": pytest.approx(2 / 3)}
    np.testing.assert_allclose(weights_of_rows({"a": 2.0, "b": 0.5}, labels), [2, 0.5, 0.5, 0.5])


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ("balancd", "must be None, 'balanced' or a mapping .* got 'balancd'"),
        ([1.0, 2.0, 3.0], "must be None, 'balanced' or a mapping"),
        ({"rose": 1.0}, r"must name classes of `y`, \[0, 1, 2\]; got 'rose'"),
        ({0: -1.0}, "must be a number of at least 0 for each class, got -1.0 for the class 0"),
        ({0: np.nan}, "must be a number of at least 0 for each class, got nan"),
        ({0: "heavy"}, "must be a number of at least 0 for each class, got 'heavy'"),
    ],
)
def test_weights_of_classes_that_cannot_be_used(choice: Any, message: str) -> None:
    with pytest.raises(InputError, match=f"`class_weight` {message}"):
        network(class_weight=choice).fit(X, y)


def test_weights_of_labels_that_cannot_be_used() -> None:
    for choice in ({0: 1.0}, [{0: 1.0}], "balancd"):
        with pytest.raises(InputError, match=r"`class_weight` must be .* each of the 3 labels"):
            network(class_weight=choice).fit(MANY, LABELS)


def test_weights_that_are_set_for_a_warm_start_are_used() -> None:
    model = network(warm_start=True, learning_rate_init=1e-300, max_iter=1).fit(X, y)
    weighed = network(class_weight={0: 9.0}).build(X, y)
    model.set_params(class_weight={0: 9.0}).fit(X, y)
    assert model.loss_curve_[-1] == pytest.approx(weighed.compute_loss(X, y), rel=1e-9)
    model.set_params(class_weight=None).fit(X, y)
    assert model.loss_curve_[-1] == pytest.approx(model.loss_curve_[0], rel=1e-9)


def test_partial_fit_must_be_given_weights_not_asked_to_find_them() -> None:
    with pytest.raises(InputError, match="`class_weight` must not be 'balanced' with partial_fit"):
        network(class_weight="balanced").partial_fit(X, y, classes=[0, 1, 2])
    model = network(class_weight="balanced").fit(X[20:], y[20:])
    weights = dict(model.class_weight_)
    assert model.partial_fit(X, y).class_weight_ == weights  # those of all that fit saw


@pytest.mark.parametrize("names", [NAMES, np.array([-1, 7, 9]), np.array([0.0, 1.0, 2.0])])
def test_classes_not_seen_yet_have_their_columns(names: Any) -> None:
    model = network(learning_rate_init=0.05).partial_fit(X[:100], names[y[:100]], classes=names)
    assert model.classes_.tolist() == names.tolist()
    assert model.predict_proba(X).shape == (150, 3)
    for _ in range(150):
        model.partial_fit(X, names[y])
    assert model.score(X, names[y]) > 0.9
    with pytest.raises(InputError, match="`classes` must stay"):
        model.partial_fit(X, names[y], classes=names[:2])
    model.partial_fit(X[:10], names[y[:10]], classes=names[::-1])  # in any order


def test_the_first_partial_fit_needs_the_classes() -> None:
    with pytest.raises(InputError, match="`classes` must be given in the first call"):
        network().partial_fit(X, y)
    with pytest.raises(InputError, match=r"model's classes, \[0, 1\]; it also holds \[2\]"):
        network().partial_fit(X, y, classes=[0, 1])


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        (3, r"`classes` must be a list, \(n_classes,\); got 3"),
        ([[0, 1, 2]], r"`classes` must be a list, .* got \[\[0, 1, 2\]\]"),
        ([0, 1, 2, np.nan], "`classes` must not hold NaN"),
    ],
)
def test_what_names_no_classes(classes: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        network().partial_fit(X, y, classes=classes)


def test_several_labels_a_row_are_learned_call_by_call() -> None:
    """As by one fit: a logistic unit a label, not shares of one whole."""
    both = {"batch_size": 80, "shuffle": False}
    whole = network(max_iter=3, **both).fit(MANY, LABELS)
    parts = network(**both).partial_fit(MANY, LABELS, classes=[0, 1, 2])
    parts.partial_fit(MANY, LABELS).partial_fit(MANY, LABELS, classes=[0, 1, 2])
    np.testing.assert_allclose(parts.parameters_.flat, whole.parameters_.flat, rtol=1e-12)
    assert parts.out_activation_ == whole.out_activation_ == "logistic"
    assert parts.predict(MANY).shape == LABELS.shape


def test_labels_of_a_sparse_matrix_are_the_same() -> None:
    dense, sparse = network().fit(MANY, LABELS), network().fit(MANY, csr_array(LABELS))
    np.testing.assert_array_equal(sparse.parameters_.flat, dense.parameters_.flat)
    np.testing.assert_array_equal(as_labels(csr_array(LABELS)), LABELS)
    assert sparse.score(MANY, LABELS) == dense.score(MANY, LABELS)
    with pytest.raises(InputError, match="`y` must have as many labels a row as in fit, 3; got 2"):
        dense.compute_loss(MANY, LABELS[:, :2])


@pytest.mark.parametrize("values", [(-1, 1), (0, 2), (1, 2), (0.0, -1.0)])
def test_several_labels_a_row_are_0_and_1(values: Any) -> None:
    others = np.array(values)[LABELS]
    for labels in (others, csr_array(others)) if 0 in values else (others,):
        with pytest.raises(InputError, match=r"`y` with several labels a row must hold 0 and 1"):
            network().fit(MANY, labels)
    expected = network().fit(MANY, LABELS).predict(MANY)
    for right in (LABELS > 0, LABELS.astype(float), LABELS.astype(np.uint8)):
        np.testing.assert_array_equal(network().fit(MANY, right).predict(MANY), expected)


def test_one_class_a_row_and_several_labels_do_not_mix() -> None:
    several = np.eye(3, dtype=int)[y]
    one, many = network(warm_start=True).fit(X, y), network(warm_start=True).fit(X, several)
    for again in (one.fit, one.partial_fit, one.compute_loss):
        with pytest.raises(InputError, match=r"`y` must have one class a row, .* shape \(150, 3\)"):
            again(X, several)
    for again in (many.fit, many.partial_fit, many.gradients):
        with pytest.raises(InputError, match=r"`y` must have 3 labels a row, .* shape \(150,\)"):
            again(X, y)


@pytest.mark.parametrize("only", [np.zeros(150), np.full(150, "setosa"), np.ones(150, bool)])
@pytest.mark.parametrize("loss", ["log_loss", "binary_cross_entropy", "half_squared_error"])
def test_one_class_is_learned_with_a_warning(only: Array, loss: str) -> None:
    with pytest.warns(UserWarning, match="`y` holds one class only, .*: there is nothing to tell"):
        model = network(loss=loss, class_weight="balanced").fit(X, only)
    assert (model.predict(X) == only).all()
    assert (model.predict_proba(X) == np.ones((150, 1))).all()
    assert model.score(X, only) == 1
    assert model.compute_loss(X, only) < 1


def test_a_score_of_classes_never_seen() -> None:
    model = network().fit(X, y == 0)
    with pytest.warns(UserWarning, match=r"`y` also holds \[2\], which the model has never seen"):
        assert network().fit(X[:100], y[:100]).score(X[100:], y[100:]) == 0
    with pytest.raises(
        InputError, match=r"model's classes, \[False, True\]; it holds \['a', 'b'\], of another"
    ):
        model.score(X[:2], ["a", "b"])


def test_numbers_are_no_classes() -> None:
    with pytest.raises(
        InputError,
        match=r"^Unknown label type: `y` is continuous, it holds 0\.5, and .* Use MLPRegressor",
    ):
        network().fit(X[:3], [1.0, 0.5, 2.0])


@pytest.mark.parametrize(
    ("labels", "held"),
    [([0, 1, 2], "int"), ([0, "a", 1], "int"), (["a", True, 2.0], "bool, float")],
)
def test_objects_that_are_not_all_text_are_refused(labels: Any, held: str) -> None:
    objects = np.array(labels, dtype=object)[y]
    with pytest.raises(InputError, match=f"numbers or text, .* objects with {held}. Take"):
        network().fit(X, objects)
    assert network().fit(X, NAMES.astype(object)[y]).predict(X).dtype == object


def test_codes_are_1_for_the_class_of_the_row() -> None:
    np.testing.assert_array_equal(codes(NAMES[y], NAMES, one_unit=False), np.eye(3)[y])
    two = codes(NAMES[y[:100]], NAMES[:2], one_unit=True)
    np.testing.assert_array_equal(two, y[:100, None])
    np.testing.assert_array_equal(codes(LABELS, np.arange(3), one_unit=False), LABELS)
