import dataclasses

import numpy as np
import pytest

from chainrule.activations import ACTIVATIONS
from chainrule.estimators import MLPClassifier
from chainrule.losses import LOSSES
from chainrule.network import Network
from chainrule.parameters import Parameters, count
from chainrule.summary import summarize

TANH, RELU = ACTIVATIONS["tanh"], ACTIVATIONS["relu"]
DEEP = Network((5, 4, 3, 2), (TANH, RELU), "softmax", LOSSES["categorical_cross_entropy"], 0.01)
SHALLOW = Network((2, 1), (), "identity", LOSSES["huber"])


@pytest.mark.parametrize("network", [DEEP, SHALLOW])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sizes_are_those_of_the_arrays(network: Network, dtype: str) -> None:
    parameters = Parameters.of(np.zeros(count(network.layer_sizes), dtype), network.layer_sizes)
    summary = summarize(network, dtype)
    for layer, W, b in zip(summary.layers, parameters.W, parameters.b, strict=True):
        assert (layer.n_inputs, layer.n_outputs) == W.shape
        assert layer.n_parameters == W.size + b.size
        assert layer.n_parameters * summary.itemsize == W.nbytes + b.nbytes
    assert summary.n_parameters == parameters.flat.size
    assert summary.n_parameters * summary.itemsize == parameters.flat.nbytes
    assert summary.dtype == parameters.flat.dtype.name


def test_of_a_trained_network() -> None:
    X = np.arange(12.0).reshape(6, 2)
    model = MLPClassifier((3,), solver="lbfgs", tol=100.0).fit(X, [0, 1, 2] * 2)
    summary = summarize(model.network_, model.parameters_.flat.dtype)
    assert summary.n_parameters == sum(array.size for array in model.coefs_ + model.intercepts_)
    assert [layer.activation for layer in summary.layers] == ["relu", model.out_activation_]


def test_each_layer_has_its_activation_and_dropout() -> None:
    first, second, last = summarize(DEEP, dropout=(0.5, 0.0)).layers
    assert (first.activation, first.formula, first.derivative_formula) == (
        "tanh",
        TANH.formula,
        TANH.derivative_formula,
    )
    assert (second.activation, second.formula) == ("relu", RELU.formula)
    assert (last.activation, last.formula) == ("softmax", "e^z/Σ e^z")
    assert (first.dropout, second.dropout, last.dropout) == (0.5, 0.0, 0.0)


@pytest.mark.parametrize(
    ("output", "loss", "fused", "error"),
    [
        ("softmax", "categorical_cross_entropy", True, "a − y"),
        ("softmax", "binary_cross_entropy", False, "(a − y)/(a(1 − a))"),
        ("softplus", "poisson", True, "(1 − y/a) σ(z)"),
        ("tanh", "mean_squared_error", False, "2(a − y)/k"),
    ],
)
def test_the_error_signal_is_the_one_of_the_backward_pass(
    output: str, loss: str, fused: bool, error: str
) -> None:
    summary = summarize(Network((4, 2), (), output, LOSSES[loss]))
    assert (summary.fused, summary.error_formula) == (fused, error)
    assert summary.loss_formula == LOSSES[loss].formula


def test_a_share_for_each_hidden_layer_is_needed() -> None:
    with pytest.raises(ValueError, match="zip"):
        summarize(DEEP, dropout=(0.5,))


def test_the_record_is_frozen_and_equal_to_its_equal() -> None:
    summary = summarize(DEEP)
    assert summary == summarize(DEEP)
    with pytest.raises(dataclasses.FrozenInstanceError):
        summary.alpha = 1.0  # type: ignore[misc]
