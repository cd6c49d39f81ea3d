"""Training against the classic code: the same start weights and rows give the same weights."""

import random
import warnings
from itertools import chain

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from chainrule import scratch
from chainrule.errors import DivergenceError
from chainrule.estimators import MLPClassifier, MLPRegressor


def layers(network: scratch.Network) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The classic network's weights, (n_in, n_out) a layer, and its biases."""
    stacked = [np.array([neuron["weights"] for neuron in layer]).T for layer in network]
    return [weights[:-1] for weights in stacked], [weights[-1] for weights in stacked]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_online_training_equals_the_classic_code(seed: int) -> None:
    random.seed(seed)
    network = scratch.initialize_network(2, 2, 2)
    start = layers(network)
    rows = np.array([row[:-1] for row in scratch.DEMO_ROWS])
    labels = [row[-1] for row in scratch.DEMO_ROWS]
    errors = scratch.train_network(network, scratch.DEMO_ROWS, 0.5, 20, 2)

    model = MLPClassifier(
        hidden_layer_sizes=(2,),
        activation="logistic",
        loss="squared_error",
        output_activation="logistic",
        solver="sgd",
        learning_rate_init=0.5,
        batch_size=1,
        momentum=0,
        alpha=0,
        shuffle=False,
        tol=0,
        max_iter=20,
        n_iter_no_change=20,  # the error may rise for a while; the classic goes on
        start_weights=start,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(rows, labels)

    for found, expected in zip(
        (*model.coefs_, *model.intercepts_), chain.from_iterable(layers(network)), strict=True
    ):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    # the classic prints Σ (a − y)²; what both descend is ½ of it, here the mean over ten rows
    np.testing.assert_allclose(model.loss_curve_, np.array(errors) / 2 / 10, rtol=1e-12)
    assert model.predict(rows).tolist() == [
        scratch.predict(network, row) for row in scratch.DEMO_ROWS
    ]


def test_the_gradient_equals_the_classic_deltas_times_inputs() -> None:
    random.seed(1)
    network = scratch.initialize_network(2, 3, 2)
    row = scratch.DEMO_ROWS[0]
    scratch.forward_propagate(network, row)
    scratch.backward_propagate_error(network, [1, 0])
    model = MLPClassifier(
        (3,),
        "logistic",
        loss="squared_error",
        solver="sgd",
        learning_rate_init=1e-300,
        max_iter=1,
        alpha=0,
        start_weights=layers(network),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit([row[:-1], [0.0, 0.0]], [0, 1])
    gradients = model.gradients([row[:-1]], [0])
    inputs = [row[:-1], [neuron["output"] for neuron in network[0]]]
    for layer, (values, dW, db) in enumerate(zip(inputs, gradients.dW, gradients.db, strict=True)):
        delta = np.array([neuron["delta"] for neuron in network[layer]])
        np.testing.assert_allclose(db, delta, rtol=1e-12)
        np.testing.assert_allclose(dW, np.outer(values, delta), rtol=1e-12)


@pytest.mark.parametrize(("tol", "epochs"), [(0.0, 30), (1e-9, 4)])
def test_tol_0_asks_only_that_the_loss_does_not_rise(tol: float, epochs: int) -> None:
    """Steps too small to change a weight: the loss stays what it is."""
    X, y = np.linspace(-1, 1, 20)[:, None], np.linspace(-3, 3, 20)
    model = MLPRegressor(hidden_layer_sizes=(3,), solver="sgd", tol=tol, random_state=0)
    model.set_params(learning_rate_init=1e-300, max_iter=30, n_iter_no_change=2, shuffle=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(X, y)
    assert len(set(model.loss_curve_)) == 1
    assert model.n_iter_ == epochs


def test_a_step_too_far_is_taken_back_with_its_epoch() -> None:
    """One batch an epoch: the loss of epoch 1 is finite, its step is what ruins epoch 2."""
    X, y = np.linspace(-1, 1, 20)[:, None], np.linspace(-3, 3, 20)
    model = MLPRegressor(hidden_layer_sizes=(3,), solver="sgd", random_state=0, max_iter=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        start = model.set_params(learning_rate_init=1e-300).fit(X, y).parameters_.copy()
    with pytest.raises(DivergenceError, match="epoch 2"):
        model.set_params(learning_rate_init=1e300, max_iter=9).fit(X, y)
    np.testing.assert_array_equal(model.parameters_.flat, start.flat)
    assert model.n_iter_ == len(model.loss_curve_) == 0
    assert np.isfinite(model.compute_loss(X, y))
