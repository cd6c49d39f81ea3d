"""Settings become the parts of a training: what each changes, by hand where that is short."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from scipy.special import expit
from sklearn.datasets import load_iris
from sklearn.preprocessing import scale

from chainrule.activations import ACTIVATIONS, Activation
from chainrule.chain import Array
from chainrule.errors import InputError
from chainrule.estimators import MLPClassifier, MLPRegressor
from chainrule.losses import LOSSES, Loss

X, y = load_iris(return_X_y=True)
X = scale(X)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def network(kind: Any = MLPClassifier, **settings: Any) -> Any:
    usual: dict[str, Any] = {"hidden_layer_sizes": (5, 4), "max_iter": 3, "random_state": 0}
    return kind(**(usual | settings))


def assert_gradients_are_differences(model: Any, y: Any, weight: Any = None) -> None:
    """Along three directions, by central differences of `compute_loss`."""
    flat = model.parameters_.flat
    gradient, at = model.gradients(X, y, weight).flat.copy(), flat.copy()
    for seed in range(3):
        direction = np.random.default_rng(seed).normal(size=len(flat))
        losses = []
        for step in (1e-6, -1e-6):
            flat[:] = at + step * direction
            losses.append(model.compute_loss(X, y, weight))
        flat[:] = at
        expected = (losses[0] - losses[1]) / 2e-6
        assert gradient @ direction == pytest.approx(expected, rel=2e-6, abs=1e-8)


def cauchy(a: Array, y: Array) -> Array:
    return np.log1p((a - y) ** 2).sum(axis=1)


def cauchy_derivative(a: Array, y: Array) -> Array:
    return 2 * (a - y) / (1 + (a - y) ** 2)


CAUCHY = Loss("cauchy", cauchy, cauchy_derivative, "Σ log(1 + (a − y)²)", "2(a − y)/(1 + (a − y)²)")
SOFT = Activation("soft", np.arctan, lambda z: 1 / (1 + z * z), None, "arctan z", "1/(1 + z²)")


@pytest.mark.parametrize(
    ("activation", "functions"),
    [
        (["tanh", "logistic"], (np.tanh, expit)),
        (("logistic", "tanh"), (expit, np.tanh)),
        (SOFT, (np.arctan, np.arctan)),
        ((np.sin, np.cos), (np.sin, np.sin)),
        ([(np.sin, np.cos), SOFT], (np.sin, np.arctan)),
    ],
)
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_each_hidden_layer_has_its_activation(activation: Any, functions: Any, solver: str) -> None:
    model = network(activation=activation, solver=solver).fit(X, y)
    a = X
    for function, W, b in zip(functions, model.coefs_, model.intercepts_, strict=False):
        a = function(a @ W + b)
    np.testing.assert_allclose(model.activations(X)[1], a, rtol=1e-12)
    assert_gradients_are_differences(model, y)


def test_a_pair_trains_as_the_name_does() -> None:
    of_table = ACTIVATIONS["tanh"]
    by_name = network(activation="tanh").fit(X, y)
    by_pair = network(activation=(of_table.value, of_table.derivative)).fit(X, y)
    np.testing.assert_allclose(by_pair.parameters_.flat, by_name.parameters_.flat, rtol=1e-9)


def test_an_activation_whose_derivative_is_wrong_is_refused_and_nothing_changes() -> None:
    model = network().fit(X, y)
    before = model.predict_proba(X)
    with pytest.raises(InputError, match=r"`activation` sin has another derivative: at z = .* it"):
        model.set_params(activation=(np.sin, np.sin)).fit(X, y > 0)
    np.testing.assert_array_equal(model.predict_proba(X), before)


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_every_loss_is_descended_where_it_suits(loss: str, solver: str) -> None:
    both = {"loss": loss, "solver": solver, "activation": "tanh", "max_iter": 25}
    both["learning_rate_init"] = 0.01
    models = []
    if LOSSES[loss].outputs != ("exponential", "softplus"):
        models.append((network(**both), y))
    if "cross_entropy" not in LOSSES[loss].name:
        models.append((network(MLPRegressor, **both), y.astype(float)))
    assert models
    for model, target in models:
        start = model.build(X, target).compute_loss(X, target)
        assert model.fit(X, target).compute_loss(X, target) < start
        assert_gradients_are_differences(model, target)


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_a_loss_of_ones_own(kind: Any) -> None:
    model = network(kind, loss=CAUCHY, alpha=0, solver="lbfgs", activation="tanh", max_iter=40)
    model.fit(X, y)
    outputs = model.activations(X)[-1]
    target = np.eye(3)[y] if kind is MLPClassifier else y[:, None]
    expected = cauchy(outputs, target).mean()
    assert model.compute_loss(X, y) == pytest.approx(expected, rel=1e-12)
    assert model.score(X, y) > 0.8
    assert_gradients_are_differences(model, y)


@pytest.mark.parametrize(
    ("value", "derivative", "shapes"),
    [
        (lambda a, y: (a - y) ** 4, lambda a, y: 4 * (a - y) ** 3, r"\(2, 3\) and \(2, 3\)"),
        (lambda a, y: np.sum((a - y) ** 4), lambda a, y: 4 * (a - y) ** 3, r"\(\) and \(2, 3\)"),
        (cauchy, cauchy, r"\(2,\) and \(2,\)"),
    ],
)
def test_a_loss_of_other_shapes_is_refused(value: Any, derivative: Any, shapes: str) -> None:
    own = Loss("own", value, derivative, "", "")
    with pytest.raises(InputError, match=f"`loss` own must give one number a row.* {shapes}"):
        network(MLPClassifier, loss=own).fit(X, y)


def test_a_loss_of_a_known_name_but_ones_own_is_used_as_it_is() -> None:
    twice = dataclasses.replace(
        LOSSES["poisson"],
        value=lambda a, y: 2 * LOSSES["poisson"].value(a, y),
        derivative=lambda a, y: 2 * LOSSES["poisson"].derivative(a, y),
    )
    own, table = (
        network(MLPRegressor, loss=loss, alpha=0).build(X, y) for loss in (twice, "poisson")
    )
    assert own.compute_loss(X, y) == pytest.approx(2 * table.compute_loss(X, y), rel=1e-12)
    assert_gradients_are_differences(own, y)


@pytest.mark.parametrize("output", ["identity", "tanh", "softplus", "exponential", "softmax"])
def test_the_output_activation_that_is_asked_for(output: str) -> None:
    model = network(loss="squared_error", output_activation=output).fit(X, y)
    assert model.out_activation_ == output
    z = model.pre_activations(X)[-1]
    shares = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    functions: dict[str, Any] = {
        "tanh": np.tanh,
        "exponential": np.exp,
        "softplus": lambda z: np.log1p(np.exp(z)),
    }
    expected = shares if output == "softmax" else functions.get(output, lambda z: z)(z)
    np.testing.assert_allclose(model.activations(X)[-1], expected, rtol=1e-9)
    assert_gradients_are_differences(model, y)


def test_an_output_that_the_loss_cannot_take_is_refused() -> None:
    with pytest.raises(InputError, match="must be exponential or softplus with the loss poisson"):
        network(MLPRegressor, loss="poisson", output_activation="identity").fit(X, y)


@pytest.mark.parametrize("solver", ["sgd", "adam"])
@pytest.mark.parametrize("dropout", [0.5, [0.5, 0.0], [0.0, 0.3]])
def test_dropout_is_of_the_training_only(solver: str, dropout: Any) -> None:
    both = {"solver": solver, "max_iter": 5, "learning_rate_init": 0.01}
    plain, dropped = network(**both).fit(X, y), network(dropout=dropout, **both).fit(X, y)
    again = network(dropout=dropout, **both).fit(X, y)
    assert not np.array_equal(dropped.coefs_[0], plain.coefs_[0])
    np.testing.assert_array_equal(dropped.parameters_.flat, again.parameters_.flat)
    plain.coefs_, plain.intercepts_ = dropped.coefs_, dropped.intercepts_
    for method in ("predict_proba", "predict", "activations"):
        np.testing.assert_equal(getattr(dropped, method)(X), getattr(plain, method)(X))
    assert dropped.compute_loss(X, y) == plain.compute_loss(X, y)
    np.testing.assert_array_equal(dropped.gradients(X, y).flat, plain.gradients(X, y).flat)


def test_no_dropout_is_no_dropout() -> None:
    plain, zero = network().fit(X, y), network(dropout=[0.0, 0]).fit(X, y)
    np.testing.assert_array_equal(zero.parameters_.flat, plain.parameters_.flat)


def test_dropout_goes_on_drawing_over_calls_of_partial_fit() -> None:
    """Another mask each call; where rates are tiny the losses tell masks apart."""
    model = network(dropout=0.5, learning_rate_init=1e-300, shuffle=False)
    for _ in range(4):
        model.partial_fit(X, y, classes=[0, 1, 2])
    assert len(set(model.loss_curve_)) == 4


@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
@pytest.mark.parametrize("given", [np.float32, np.float64])
@pytest.mark.parametrize("dtype", [None, "float32", "float64", np.float32])
def test_everything_has_the_dtype_that_is_asked_for(solver: str, given: Any, dtype: Any) -> None:
    wanted = given if dtype is None else np.dtype(dtype)
    model = network(solver=solver, dtype=dtype, dropout=0.0 if solver == "lbfgs" else 0.1)
    model.fit(X.astype(given), y, sample_weight=np.ones(150))
    arrays = (*model.coefs_, *model.intercepts_, model.gradients(X, y).flat, *model.activations(X))
    assert {array.dtype for array in (*arrays, model.predict_proba(X))} == {np.dtype(wanted)}


def test_weight_decay_takes_its_share_of_the_weights_only() -> None:
    """One step of plain descent: W ← (1 − ηλ) W − η ∂J/∂W, b ← b − η ∂J/∂b."""
    step = {"solver": "sgd", "momentum": 0, "batch_size": 150, "max_iter": 1, "shuffle": False}
    start = network().build(X, y)
    slopes = start.gradients(X, y)
    model = network(weight_decay=0.25, learning_rate_init=0.1, **step).fit(X, y)
    for W, before, dW in zip(model.coefs_, start.coefs_, slopes.dW, strict=True):
        np.testing.assert_allclose(W, (1 - 0.025) * before - 0.1 * dW, rtol=1e-10)
    for b, before, db in zip(model.intercepts_, start.intercepts_, slopes.db, strict=True):
        np.testing.assert_allclose(b, before - 0.1 * db, rtol=1e-10)


@pytest.mark.parametrize(("longest", "shortened"), [(1e-3, True), (1e3, False)])
def test_a_gradient_longer_than_allowed_is_shortened(longest: float, shortened: bool) -> None:
    step = {"solver": "sgd", "momentum": 0, "batch_size": 150, "max_iter": 1, "shuffle": False}
    start = network().build(X, y)
    slopes = start.gradients(X, y).flat
    norm = np.sqrt((slopes**2).sum())
    model = network(max_grad_norm=longest, learning_rate_init=0.1, **step).fit(X, y)
    moved = start.parameters_.flat - model.parameters_.flat
    expected = 0.1 * slopes * (longest / norm if shortened else 1)
    np.testing.assert_allclose(moved, expected, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
def test_training_starts_from_the_weights_that_are_given(solver: str) -> None:
    start = network(random_state=5, initializer="he").build(X, y)
    given = (start.coefs_, start.intercepts_)
    drawn = network(solver=solver, initializer="he", random_state=5, shuffle=False).fit(X, y)
    model = network(solver=solver, start_weights=given, random_state=5, shuffle=False)
    assert model.build(X, y).compute_loss(X, y) == start.compute_loss(X, y)
    np.testing.assert_array_equal(model.fit(X, y).parameters_.flat, drawn.parameters_.flat)
    again = network(random_state=5, initializer="he").build(X, y)
    np.testing.assert_array_equal(start.parameters_.flat, again.parameters_.flat)
