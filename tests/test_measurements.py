import numpy as np
import pytest
from scipy.special import expit
from stuck import three_groups

from chainrule import LOSSES, MLPClassifier, MLPRegressor
from chainrule.measurements import constant_loss, layer_states, mean_loss, network_loss
from chainrule.subject import case_of


def test_slopes_are_those_of_the_network() -> None:
    X, y = three_groups()
    model = MLPClassifier((5,), "logistic", loss="half_squared_error", random_state=0).build(X, y)
    hidden, output = layer_states(case_of(model, X, y))
    z = model.pre_activations(X)[0]
    assert hidden.slope == pytest.approx(np.mean(expit(z) * expit(-z)), rel=1e-12)
    assert hidden.steepest == pytest.approx(0.25)
    assert hidden.size == pytest.approx(np.sqrt(np.mean(z**2)))
    assert hidden.gradient == pytest.approx(np.linalg.norm(model.gradients(X, y).dW[0]))
    assert (hidden.layer, output.layer, output.counts) == (1, 2, True)


def test_an_output_fused_with_its_loss_never_stops_a_gradient() -> None:
    X, y = three_groups()
    model = MLPClassifier((5,), random_state=0).build(X, y)
    model.intercepts_[1] = [900.0, -900.0, 0.0]
    output = layer_states(case_of(model, X, y))[-1]
    assert output.flat == 1.0
    assert (output.counts, output.is_saturated, output.is_dead) == (False, False, False)


@pytest.mark.parametrize("activation", ["tanh", "logistic", "softsign", "tanh(3*x)"])
def test_units_far_from_their_slope_are_saturated(activation: str) -> None:
    X, y = three_groups()
    model = MLPClassifier((5,), activation, random_state=0).build(X, y)
    assert not layer_states(case_of(model, X, y))[0].is_saturated
    state = layer_states(case_of(model, 1e4 * X, y))[0]
    assert state.is_saturated
    assert not state.is_dead


def test_units_that_are_off_on_every_row_are_dead_and_others_not() -> None:
    X, y = three_groups()
    model = MLPClassifier((4,), "relu", random_state=0).build(X, y)
    state = layer_states(case_of(model, X, y))[0]
    assert 0.2 < state.flat < 0.8  # off on some rows: as it should be
    assert (state.dead, state.is_dead, state.is_saturated) == (0.0, False, False)
    model.intercepts_[0] = [-100.0, -100.0, -100.0, 0.0]
    state = layer_states(case_of(model, X, y))[0]
    assert (state.dead, state.is_dead) == (0.75, True)


@pytest.mark.parametrize("name", ["half_squared_error", "absolute_error", "huber", "poisson"])
def test_no_constant_of_a_grid_is_much_better_than_the_best(name: str) -> None:
    y = np.random.default_rng(0).gamma(2.0, size=(300, 1)).round(2)
    loss = LOSSES[name]
    grid = [mean_loss(loss, np.full_like(y, c), y) for c in np.linspace(0.1, 6, 300)]
    assert constant_loss(loss, y) <= 1.02 * min(grid)


def test_the_loss_is_the_objective_without_its_penalty() -> None:
    X, y = three_groups()
    weight = np.linspace(1, 2, len(y))
    model = MLPClassifier((5,), alpha=3.0, random_state=0).build(X, y)
    case = case_of(model, X, y, weight)
    penalty = 1.5 * sum((W**2).sum() for W in model.coefs_) / weight.sum()
    expected = model.compute_loss(X, y, weight) - penalty
    assert network_loss(case) == pytest.approx(expected, rel=1e-12)


def test_a_loss_that_is_no_number_is_infinite() -> None:
    X = np.array([[1.0], [2.0]])
    model = MLPRegressor("squared_error", (), random_state=0).build(X, [1.0, 2.0])
    model.coefs_[0] = [[1e200]]
    assert network_loss(case_of(model, X, [1.0, 2.0])) == np.inf
