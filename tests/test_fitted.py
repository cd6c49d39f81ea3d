"""What a fitted network shows: its weights, loss, gradients, and the values of every layer."""

from typing import Any

import numpy as np
import pytest
from scipy.sparse import coo_array, csr_array, csr_matrix
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.preprocessing import scale
from sklearn.utils.class_weight import compute_sample_weight

from chainrule.errors import InputError
from chainrule.estimators import MLPClassifier, MLPRegressor

X, y = load_iris(return_X_y=True)
X = scale(X)
WEIGHT = np.linspace(0.1, 3, 150)


def network(kind: Any = MLPClassifier, **settings: Any) -> Any:
    usual: dict[str, Any] = {"hidden_layer_sizes": (5, 4), "random_state": 0, "alpha": 0.3}
    return kind(**(usual | settings))


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
@pytest.mark.parametrize("hidden", [(), (5,), (5, 4)])
def test_the_values_of_every_layer_are_those_of_numpy(kind: Any, hidden: Any) -> None:
    model = network(kind, hidden_layer_sizes=hidden, activation="relu").build(X, y)
    a, pre_activations, activations = X, [], []
    for layer, (W, b) in enumerate(zip(model.coefs_, model.intercepts_, strict=True)):
        z = a @ W + b
        a = np.maximum(z, 0) if layer < len(hidden) else z
        if layer == len(hidden) and kind is MLPClassifier:
            a = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        pre_activations.append(z)
        activations.append(a)
    for found, expected in (
        (model.pre_activations(X), pre_activations),
        (model.activations(X), activations),
    ):
        assert isinstance(found, tuple)
        assert len(found) == len(hidden) + 1
        for array, wanted in zip(found, expected, strict=True):
            np.testing.assert_allclose(array, wanted, rtol=1e-12, atol=1e-14)
    outputs = model.predict_proba(X) if kind is MLPClassifier else model.predict(X)[:, None]
    np.testing.assert_allclose(model.activations(X)[-1], outputs, rtol=1e-12)


@pytest.mark.parametrize("form", [csr_array, csr_matrix, coo_array])
def test_sparse_rows_say_the_same(form: Any) -> None:
    model, sparse = network().build(X, y), form(np.where(X > 0, X, 0))
    dense = sparse.toarray()
    for method in (model.activations, model.pre_activations):
        for found, expected in zip(method(sparse), method(dense), strict=True):
            assert type(found) is np.ndarray
            np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert model.compute_loss(sparse, y) == pytest.approx(model.compute_loss(dense, y), rel=1e-14)
    np.testing.assert_allclose(model.gradients(sparse, y).flat, model.gradients(dense, y).flat)
    np.testing.assert_allclose(model.predict_proba(sparse), model.predict_proba(dense))


def test_rows_by_blocks_are_rows_at_once() -> None:
    """More rows than a block holds."""
    model, many = network().build(X, y), np.tile(X, (40, 1))
    for found, expected in zip(model.activations(many), model.activations(X), strict=True):
        np.testing.assert_allclose(found, np.tile(expected, (40, 1)), rtol=1e-12)


@pytest.mark.parametrize("class_weight", [None, "balanced", {0: 3.0, 2: 0.5}])
@pytest.mark.parametrize("weight", [None, WEIGHT])
def test_gradients_are_those_of_the_loss_by_the_complex_step(
    class_weight: Any, weight: Any
) -> None:
    uneven = np.where(np.arange(150) < 20, 0, y)
    model = network(activation="tanh", class_weight=class_weight).build(X, uneven)
    network_, parameters = model.network_, model.parameters_
    rows = model._known_rows(X, uneven, weight)
    given = (rows.X, rows.target, rows.weight)
    gradient = model.gradients(X, uneven, weight).flat
    assert model.compute_loss(X, uneven, weight) == network_.objective(parameters, *given)
    for place in range(0, len(gradient), 3):
        flat = parameters.flat.astype(complex)
        flat[place] += 1e-30j
        moved = type(parameters).of(flat, parameters.layer_sizes)
        loss: Any = network_.objective(moved, *given)
        assert gradient[place] == pytest.approx(loss.imag / 1e-30, rel=1e-9, abs=1e-14)


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
@pytest.mark.parametrize("weight", [None, WEIGHT])
def test_the_loss_is_its_definition(kind: Any, weight: Any) -> None:
    """J = (Σ w ℓ + ½ α Σ W²) / Σ w."""
    model = network(kind).build(X, y)
    a, w = model.activations(X)[-1], np.ones(150) if weight is None else weight
    rows = -np.log(a[np.arange(150), y]) if kind is MLPClassifier else 0.5 * (a[:, 0] - y) ** 2
    penalty = 0.15 * sum((W**2).sum() for W in model.coefs_)
    expected = ((w * rows).sum() + penalty) / w.sum()
    assert model.compute_loss(X, y, weight) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("choice", ["balanced", {0: 2.0, 1: 0.25}])
def test_weights_of_classes_are_weights_of_rows(choice: Any) -> None:
    uneven = np.where(np.arange(150) < 20, 0, y)
    of_rows = compute_sample_weight(choice, uneven)
    plain, weighed = network().build(X, uneven), network(class_weight=choice).build(X, uneven)
    assert weighed.compute_loss(X, uneven) == pytest.approx(
        plain.compute_loss(X, uneven, of_rows), rel=1e-12
    )
    both = weighed.gradients(X, uneven, WEIGHT).flat
    np.testing.assert_allclose(both, plain.gradients(X, uneven, WEIGHT * of_rows).flat, rtol=1e-10)


def test_weights_of_balanced_classes_stay_those_of_fit() -> None:
    model = network(class_weight="balanced").build(X[20:], y[20:])
    assert model.class_weight_[0] == pytest.approx(130 / (3 * 30))
    both = model.class_weight_[0] * 30 + model.class_weight_[1] * 50
    parts = [model.compute_loss(X[rows], y[rows]) for rows in (slice(20, 50), slice(50, 100))]
    penalty = 0.15 * sum((W**2).sum() for W in model.coefs_)
    sums = [parts[0] * model.class_weight_[0] * 30, parts[1] * model.class_weight_[1] * 50]
    expected = (sum(sums) - penalty) / both
    assert model.compute_loss(X[20:100], y[20:100]) == pytest.approx(expected, rel=1e-10)


def test_weights_are_set_layer_by_layer_or_at_once() -> None:
    model = network(kind=MLPRegressor, hidden_layer_sizes=(3,), activation="identity").build(X, y)
    first, last = np.ones((4, 3)), np.array([[1.0], [2.0], [3.0]])
    model.coefs_[0] = first
    model.coefs_[-1] = last.tolist()
    model.intercepts_ = [np.zeros(3), [10.0]]
    np.testing.assert_allclose(model.predict(X), 6 * X.sum(axis=1) + 10, rtol=1e-12)
    model.coefs_[0][:] *= 2
    np.testing.assert_allclose(model.predict(X), 12 * X.sum(axis=1) + 10, rtol=1e-12)
    model.coefs_[0] /= 2
    np.testing.assert_allclose(model.predict(X), 6 * X.sum(axis=1) + 10, rtol=1e-12)
    flat = np.concatenate([first.ravel(), np.zeros(3), last.ravel(), [10.0]])
    np.testing.assert_array_equal(model.parameters_.flat, flat)  # what an optimizer steps from


def test_training_goes_on_from_weights_that_are_set() -> None:
    one, other = network().build(X, y), network(random_state=9).build(X, y)
    one.coefs_, one.intercepts_ = other.coefs_, other.intercepts_
    for model in (one, other.set_params(random_state=0)):
        model.partial_fit(X, y)
    np.testing.assert_array_equal(one.parameters_.flat, other.parameters_.flat)


def test_weights_that_do_not_fit_change_none() -> None:
    model = network().build(X, y)
    before = model.parameters_.flat.copy()
    wrong = [np.zeros((4, 5)), np.zeros((5, 4)), np.zeros((4, 2))]
    with pytest.raises(InputError, match=r"`coefs_\[2\]` must have the shape \(4, 3\); got"):
        model.coefs_ = wrong
    with pytest.raises(InputError, match=r"`intercepts_\[1\]` must have the shape \(4,\)"):
        model.intercepts_ = [np.zeros(5), 0.0, np.zeros(3)]
    with pytest.raises(InputError, match="the network has 3 layers; got arrays for 1"):
        model.coefs_ = wrong[:1]
    np.testing.assert_array_equal(model.parameters_.flat, before)


def test_before_fit_nothing_is_shown() -> None:
    model = network()
    for method in (model.activations, model.pre_activations, model.predict, model.predict_proba):
        with pytest.raises(NotFittedError):
            method(X)
    for method in (model.compute_loss, model.gradients, model.score):
        with pytest.raises(NotFittedError):
            method(X, y)
    for name in ("coefs_", "intercepts_"):
        assert not hasattr(model, name)
        with pytest.raises(NotFittedError):
            setattr(model, name, [X])


@pytest.mark.parametrize("method", ["compute_loss", "gradients"])
def test_targets_that_the_network_does_not_know_are_refused(method: str) -> None:
    model = network().build(X, y)
    with pytest.raises(InputError, match=r"`y` must hold only the model's classes.*\[3\]"):
        getattr(model, method)(X, y + 1)
    with pytest.raises(ValueError, match="4 features"):
        getattr(model, method)(X[:, :2], y)
    # one class alone is nothing to learn from, but it has a loss
    assert np.isfinite(model.compute_loss(X[:50], y[:50]))
