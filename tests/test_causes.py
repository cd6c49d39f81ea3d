"""Each cause of a small or large gradient, made on purpose, is named."""

from collections.abc import Callable

import numpy as np
import pytest

from chainrule import explain
from chainrule.activations import ACTIVATIONS
from chainrule.cases import Case
from chainrule.estimators import MLPRegressor
from chainrule.explanation import explain_weight
from chainrule.links import Dropout
from chainrule.losses import LOSSES
from chainrule.network import Network
from chainrule.parameters import Parameters
from chainrule.weights import Weight

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


@pytest.mark.parametrize(
    ("weight", "cause"),
    [(0.05, "small weights"), (0.15, None), (8.0, None), (12.0, "large weights"),
     (0.0, "zero weights")],
)  # fmt: skip
def test_a_factor_below_a_tenth_or_above_ten_is_a_cause(weight: float, cause: str | None) -> None:
    found = MLPRegressor(hidden_layer_sizes=(1,), random_state=0, alpha=0).build(X, Y)
    found.coefs_[1][:] = weight
    assert causes(found).get("∂z2/∂a1") == cause


def test_slopes_of_mostly_dead_units_are_dead_and_not_saturated() -> None:
    found = MLPRegressor(hidden_layer_sizes=(1,), activation="relu", random_state=0, alpha=0)
    found.build(X, Y)
    found.coefs_[0][:] = [[0.0], [1.0]]
    found.intercepts_[0] = [-np.sort(X[:, 1])[-2]]  # all rows but the last are at 0 or below
    assert causes(found, "b1[0]")["∂a1/∂z1"] == "dead"


def test_where_nothing_comes_in_the_rest_is_measured_all_the_same() -> None:
    found = model()
    for bias in found.intercepts_:
        bias[:] = 0.0
    layers = {layer.name: layer for layer in explain(found, 0 * X, Y, weight="W1[0, 0]").layers}
    slopes = [layers[name].value for name in ("∂a1/∂z1", "∂a2/∂z2", "∂a3/∂z3")]
    assert slopes == pytest.approx([1.0, 1.0, 1.0])  # tanh at 0
    assert layers["∂z2/∂a1"].value == pytest.approx(abs(found.coefs_[1][0]).sum())


def test_only_the_weights_that_something_comes_to_are_counted() -> None:
    found = model("relu")
    found.intercepts_[0][:] = [50.0, -50.0, 50.0, 50.0]
    layers = {layer.name: layer for layer in explain(found, X, Y, weight="b1[0]").layers}
    assert layers["∂z2/∂a1"].count == 3  # of unit 0 of 4, to each of 3


def test_only_the_errors_that_the_weight_leads_to_are_counted() -> None:
    found = MLPRegressor(hidden_layer_sizes=(2,), random_state=0).build(X, np.stack([Y, Y], 1))
    (error,) = [one for one in explain(found, X, np.stack([Y, Y], 1), weight="b2[1]").layers
                if one.source == "error signal"]  # fmt: skip
    assert error.count == len(X)


def test_a_unit_that_is_dropped_is_named() -> None:
    network = Network((1, 2, 1), (ACTIVATIONS["tanh"],), "identity", LOSSES["half_squared_error"])
    parameters = Parameters.zeros((1, 2, 1))
    parameters.flat[:] = 0.5
    case = Case(network, parameters, np.ones((1, 1)), np.zeros((1, 1)))
    link = Dropout(0.5, seed=9, layer=1, draws=0)  # drops one of the two units
    opened = [explain_weight(case, Weight("W", 1, (0, unit)), dropout=[link]) for unit in (0, 1)]
    for one in opened:
        cause = {layer.name: layer.cause for layer in one.layers}["∂d1/∂a1"]
        assert cause == ("" if one.value else "dropped")
    assert any(one.value for one in opened) != all(one.value for one in opened)
