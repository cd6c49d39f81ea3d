"""Each cause of a small or large gradient, made on purpose, is named."""

from collections.abc import Callable

import numpy as np
import pytest

from chainrule import explain
from chainrule.estimators import MLPRegressor

X = np.random.default_rng(0).normal(size=(20, 2))
Y = 10 * X[:, 0] + 5.0


def model(activation: str = "tanh", **changes: object) -> MLPRegressor:
    found = MLPRegressor(hidden_layer_sizes=(4, 3), activation=activation, random_state=0, alpha=0)
    return found.set_params(**changes).build(X, Y)


def causes(found: MLPRegressor, weight: str = "W1[0, 0]", scale: float = 1.0) -> dict[str, str]:
    layers = explain(found, scale * X, Y, weight=weight).layers
    return {layer.name: layer.cause for layer in layers if layer.cause}


def saturated(found: MLPRegressor) -> None:
    found.intercepts_[1][:] = 5.0


def dead(found: MLPRegressor) -> None:
    found.intercepts_[1][:] = -50.0


def small(found: MLPRegressor) -> None:
    found.coefs_[2][:] = 1e-3


def large(found: MLPRegressor) -> None:
    found.coefs_[2][:] = 20.0


def cancelling(found: MLPRegressor) -> None:
    found.coefs_[1][0] = [1.0, 1.0, 0.0]
    found.coefs_[1][1:] = 0.0
    found.intercepts_[1][:] = 0.0
    found.coefs_[2][:, 0] = [1.0, -1.001, 0.0]
    found.intercepts_[2] = [-100.0]


@pytest.mark.parametrize(
    ("activation", "break_it", "place", "cause"),
    [
        ("tanh", saturated, "∂a2/∂z2", "saturated"),
        ("relu", dead, "∂a2/∂z2", "dead"),
        ("tanh", small, "∂z3/∂a2", "small weights"),
        ("tanh", large, "∂z3/∂a2", "large weights"),
        ("tanh", cancelling, "|Σ|/Σ|·|", "paths cancel"),
    ],
)
def test_the_factor_that_is_to_blame_is_named(
    activation: str, break_it: Callable[[MLPRegressor], None], place: str, cause: str
) -> None:
    sound = model(activation)
    assert place not in causes(sound)
    break_it(sound)
    assert causes(sound)[place] == cause


def test_inputs_and_errors_of_an_unusual_size_are_named() -> None:
    assert causes(model(), scale=1000)["∂z1/∂W1"] == "large input"
    assert causes(model(), scale=1e-3)["∂z1/∂W1"] == "small input"
    assert causes(model(), scale=0)["∂z1/∂W1"] == "zero input"
    right = MLPRegressor(hidden_layer_sizes=(), random_state=0, alpha=0).build(X, Y)
    right.coefs_[0], right.intercepts_[0] = [[10.0], [0.0]], [5.01]
    assert causes(right, "b1[0]") == {"∂ℓ/∂a1": "small error"}


def test_dead_units_are_counted_where_something_comes_to_them() -> None:
    found = model("relu")
    found.intercepts_[1] = [-50.0, 50.0, 50.0]
    layers = {layer.name: layer for layer in explain(found, X, Y, weight="b1[0]").layers}
    slopes = layers["∂a2/∂z2"]
    alive = (found.pre_activations(X)[0][:, 0] > 0).sum()
    assert (slopes.count, slopes.zeros) == (3 * alive, alive)
    assert layers["∂z1/∂b1"].count == 20
