"""The numbers in what is said of a network, its rows and its start weights."""

import numpy as np
import pytest
from stuck import Case, of_groups, of_numbers, three_groups

from chainrule import MLPRegressor, network_suspects
from chainrule.evidence import Evidence, evidence_of


def evidence(case: Case, names: tuple[str, ...] = ()) -> Evidence:
    model, X, y = case
    model.build(X, y)
    return evidence_of(model, model._known_rows(X, y, None), names)


def test_the_largest_column_is_named_with_its_root_mean_square() -> None:
    model, X, y = of_groups()
    X[:, 2] *= 300
    found = network_suspects.unscaled_inputs(evidence((model, X, y), ("a", "b", "c", "d")))
    assert found is not None
    assert f"of c is {np.sqrt((X[:, 2] ** 2).mean()):.3g}" in found.message
    found = network_suspects.unscaled_inputs(evidence((model, X, y)))
    assert found is not None
    assert "of column 2 is" in found.message


@pytest.mark.parametrize(("factor", "suspected"), [(1e-4, True), (1.0, False), (100.0, True)])
def test_columns_are_suspected_by_their_size(factor: float, suspected: bool) -> None:
    model, X, y = of_groups()
    found = network_suspects.unscaled_inputs(evidence((model, factor * X, y)))
    assert (found is not None) is suspected
    numbers = evidence(of_numbers(factor=factor))
    assert (network_suspects.unscaled_targets(numbers) is not None) is suspected


@pytest.mark.parametrize(
    ("activation", "reached"),
    [("logistic", "0 to 1"), ("tanh", "-1 to 1"), ("relu", "at least 0"), ("softsign", "-1 to 1")],
)
def test_targets_out_of_an_outputs_range(activation: str, reached: str) -> None:
    found = network_suspects.target_out_of_range(
        evidence(of_numbers(factor=10.0, output_activation=activation))
    )
    assert found is not None
    assert f"outputs of {activation} are {reached}" in found.message
    assert network_suspects.target_out_of_range(evidence(of_numbers())) is None


def test_targets_within_the_range_are_in_reach() -> None:
    X, y = three_groups()
    model = MLPRegressor("squared_error", (3,), output_activation="logistic", random_state=0)
    assert network_suspects.target_out_of_range(evidence((model, X, y / 2))) is None


def test_units_that_start_alike_but_are_used_differently_are_no_suspects() -> None:
    rng = np.random.default_rng(0)
    same = ([np.full((4, 8), 0.5), rng.normal(size=(8, 3))], [np.zeros(8), np.zeros(3)])
    assert network_suspects.symmetric_start(evidence(of_groups(start_weights=same))) is None
    same = ([np.full((4, 8), 0.5), np.full((8, 3), 0.5)], [np.zeros(8), np.zeros(3)])
    found = network_suspects.symmetric_start(evidence(of_groups(start_weights=same)))
    assert found is not None
    assert "All 8 units of layer 1" in found.message


def test_a_usual_start_is_never_blamed() -> None:
    model, X, y = of_groups()
    assert network_suspects.start_weights(evidence((model, 1e5 * X, y))) is None
    model.set_params(initializer="classic")
    found = network_suspects.start_weights(evidence((model, 1e5 * X, y)))
    assert found is not None
    assert "none of them negative" in found.message


@pytest.mark.parametrize(
    ("hidden", "activation", "said"),
    [
        ((), "tanh", "no hidden layer"),
        ((9,), "identity", "only identity"),
        ((9, 2), "tanh", "a hidden layer of 2 units"),
        ((9, 9), "tanh", None),
    ],
)
def test_small_networks(hidden: tuple[int, ...], activation: str, said: str | None) -> None:
    found = network_suspects.too_small(
        evidence(of_groups(hidden_layer_sizes=hidden, activation=activation))
    )
    assert (found is None) is (said is None)
    if found and said:
        assert said in found.message
