"""The classifier: whatever the loss, the columns of its probabilities are its classes."""

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris, make_multilabel_classification
from sklearn.preprocessing import scale

from chainrule.errors import InputError
from chainrule.estimators import MLPClassifier

X, y = load_iris(return_X_y=True)
X = scale(X)
NAMES = np.array(["setosa", "versicolor", "virginica"])

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def network(**settings: Any) -> Any:
    usual: dict[str, Any] = {"hidden_layer_sizes": (5,), "max_iter": 30, "random_state": 0}
    return MLPClassifier(**(usual | {"solver": "lbfgs"} | settings))


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("names", [NAMES, np.array([5, -3, 2]), np.array([True, False, True])])
@pytest.mark.parametrize(
    ("loss", "output"),
    [
        ("log_loss", "auto"),
        ("log_loss", "softmax"),
        ("categorical_cross_entropy", "auto"),
        ("binary_cross_entropy", "auto"),
        ("squared_error", "auto"),
        ("squared_error", "softmax"),
        ("huber", "identity"),
        ("absolute_error", "tanh"),
    ],
)
def test_columns_are_the_classes(loss: str, output: str, names: Any, n_classes: int) -> None:
    rows = y < n_classes
    target = names[y[rows]]
    model = network(loss=loss, output_activation=output).fit(X[rows], target)
    shares = model.predict_proba(X)
    assert model.classes_.tolist() == sorted(set(target.tolist()))
    assert shares.shape == (150, len(model.classes_))
    assert ((shares >= 0) & (shares <= 1)).all()
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-12)
    np.testing.assert_array_equal(model.predict(X), model.classes_[shares.argmax(axis=1)])
    assert model.predict(X).dtype == target.dtype
    with np.errstate(divide="ignore"):
        np.testing.assert_array_equal(model.predict_log_proba(X), np.log(shares))
    for place, name in enumerate(model.classes_):
        of_class = target == name
        assert shares[rows][of_class, place].mean() > shares[rows][~of_class, place].mean()


def test_two_classes_have_one_unit_or_two_by_the_output_activation() -> None:
    two = y < 2
    one, both = (
        network(output_activation=name).fit(X[two], y[two]) for name in ("auto", "softmax")
    )
    assert (one.n_outputs_, one.out_activation_) == (1, "logistic")
    assert (both.n_outputs_, both.out_activation_) == (2, "softmax")
    assert one.score(X[two], y[two]) == both.score(X[two], y[two]) == 1.0


def test_two_units_by_softmax_are_one_logistic_unit_of_their_difference() -> None:
    two = y < 2
    both = network(output_activation="softmax", alpha=0).build(X[two], y[two])
    one = network(alpha=0).build(X[two], y[two])
    one.coefs_ = [both.coefs_[0], both.coefs_[1][:, 1:] - both.coefs_[1][:, :1]]
    one.intercepts_ = [both.intercepts_[0], both.intercepts_[1][1:] - both.intercepts_[1][:1]]
    np.testing.assert_allclose(one.predict_proba(X), both.predict_proba(X), rtol=1e-12)
    loss = one.compute_loss(X[two], y[two])
    assert loss == pytest.approx(both.compute_loss(X[two], y[two]), rel=1e-12)


@pytest.mark.parametrize("loss", ["log_loss", "binary_cross_entropy", "squared_error", "huber"])
def test_several_labels_a_row(loss: str) -> None:
    many, labels = make_multilabel_classification(80, 5, n_classes=3, random_state=0)
    model = network(loss=loss, max_iter=150).fit(scale(many), labels)
    shares, predicted = model.predict_proba(scale(many)), model.predict(scale(many))
    assert model.classes_.tolist() == [0, 1, 2]
    assert shares.shape == predicted.shape == (80, 3)
    assert ((shares >= 0) & (shares <= 1)).all()
    np.testing.assert_array_equal(predicted, shares > 0.5)
    assert (predicted == labels).mean() > 0.75
    expected = (predicted == labels).all(axis=1).mean()
    assert model.score(scale(many), labels) == pytest.approx(expected)


def test_a_loss_of_one_class_a_row_is_refused_for_several() -> None:
    many, labels = make_multilabel_classification(20, 5, n_classes=3, random_state=0)
    for loss in ("categorical_cross_entropy", "softmax_cross_entropy"):
        with pytest.raises(InputError, match="several labels a row need another"):
            network(loss=loss).fit(many, labels)


def test_partial_fit_is_there_only_where_it_means_something() -> None:
    assert hasattr(network(solver="adam"), "partial_fit")
    assert hasattr(network(solver="sgd"), "partial_fit")
    assert not hasattr(network(solver="lbfgs"), "partial_fit")
    assert not hasattr(network(solver="adam", early_stopping=True), "partial_fit")
    with pytest.raises(AttributeError, match="no attribute 'partial_fit'") as said:
        network().partial_fit(X, y)
    assert "needs the solver sgd or adam" in str(said.value.__cause__)


def test_an_unknown_loss_is_answered_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"`loss` must be one of .*Did you mean 'log_loss'"):
        network(loss="logloss").fit(X, y)
    with pytest.raises(InputError, match="Did you mean 'mean_squared_error'"):
        network(loss="mse").fit(X, y)
