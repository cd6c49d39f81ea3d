from dataclasses import replace
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.activations import ACTIVATIONS, Activation, identity
from chainrule.cases import Case
from chainrule.chain import Array
from chainrule.explanation import explain_weight, explain_weights
from chainrule.factors import Explanation
from chainrule.links import Dropout
from chainrule.losses import FUSED, LOSSES
from chainrule.network import OUTPUT_ACTIVATIONS, Network, Objective
from chainrule.parameters import Parameters
from chainrule.weights import Weight


def network_of(
    sizes: tuple[int, ...], hidden: str, loss: str, output: str, alpha: float = 0.0
) -> Network:
    layers = (ACTIVATIONS[hidden],) * (len(sizes) - 2)
    return Network(sizes, layers, output, LOSSES[loss], alpha)


def parameters_of(sizes: tuple[int, ...], seed: int) -> Parameters:
    parameters = Parameters.zeros(sizes)
    parameters.flat[:] = np.random.default_rng(seed).normal(scale=0.8, size=parameters.flat.shape)
    return parameters


def case_of(network: Network, seed: int = 0, rows: int = 1, weight: Array | None = None) -> Case:
    """Random parameters and rows; the targets suit any loss: one class each, coded as 0 and 1."""
    random = np.random.default_rng(seed)
    sizes = network.layer_sizes
    target = np.eye(sizes[-1])[random.integers(sizes[-1], size=rows)]
    X = random.normal(size=(rows, sizes[0]))
    return Case(network, parameters_of(sizes, seed), X, target, weight)


def every_weight(network: Network) -> list[Weight]:
    arrays = Parameters.zeros(network.layer_sizes).named()
    return [
        Weight(name[0], int(name[1:]), indices)
        for name, array in arrays.items()
        for indices in np.ndindex(array.shape)
    ]


def holds(opened: Explanation, gradient: float) -> None:
    """The paths add up to the stored gradient, as the issue of this module is."""
    assert opened.gradient == gradient
    assert abs(opened.value - gradient) <= 1e-12 * opened.size
    assert (opened.agrees, opened.tolerance) == (True, 1e-12)
    penalty = [path for path in opened.paths if path.factors[0].name == "∂J/∂P"]
    bare = opened.value - sum(path.value for path in penalty)
    kinds = prod(layer.value for layer in opened.layers)
    assert kinds == pytest.approx(abs(bare), rel=1e-9, abs=1e-13 * opened.size)


def suits(output: str, loss: str) -> bool:
    return LOSSES[loss].name == loss and output in (LOSSES[loss].outputs or OUTPUT_ACTIVATIONS)


PAIRS = {(output, loss) for output in OUTPUT_ACTIVATIONS for loss in LOSSES if suits(output, loss)}
ENDS = sorted(PAIRS | set(FUSED))


@settings(deadline=None, max_examples=60)
@given(
    widths=st.lists(st.integers(1, 4), min_size=2, max_size=9),
    hidden=st.sampled_from(sorted(ACTIVATIONS)),
    end=st.sampled_from(ENDS),
    alpha=st.sampled_from([0.0, 0.2]),
    rows=st.integers(1, 4),
    weighted=st.booleans(),
    dropped=st.booleans(),
    top=st.integers(1, 12),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_sum_over_paths_is_the_stored_gradient_of_every_weight(
    widths: list[int],
    hidden: str,
    end: tuple[str, str],
    alpha: float,
    rows: int,
    weighted: bool,
    dropped: bool,
    top: int,
    seed: int,
) -> None:
    output, loss = end
    network = network_of(tuple(widths), hidden, loss, output, alpha)
    weight = np.random.default_rng(seed).uniform(0.1, 3, rows) if weighted else None
    case = case_of(network, seed, rows, weight)
    dropout = [Dropout(0.4, 7, layer, draws=3) for layer in range(1, len(widths) - 1)] * dropped
    masked = Objective(network, case.parameters, [replace(link) for link in dropout])
    stored = masked.value_and_gradients(case.X, case.target, weight)[1].named()
    weights = every_weight(network)
    weights = weights[seed % 7 :: 1 + len(weights) // 12]
    for one, opened in zip(weights, explain_weights(case, weights, top, dropout), strict=True):
        holds(opened, stored[one.array][one.indices])
        shown = [abs(path.value) for path in opened.paths]
        assert shown == sorted(shown, reverse=True)
        if opened.n_paths <= 60:
            every = explain_weight(case, one, 60, dropout)
            assert not every.folded.count
            holds(every, stored[one.array][one.indices])
        added = [row.value for row in opened.rows] or [0.0]
        assert rows == 1 or opened.n_rows == rows
        if rows > 1 and not alpha:
            whole = sum(added) + opened.folded_rows.value
            assert whole == pytest.approx(opened.value, abs=1e-12 * opened.size)


@pytest.mark.parametrize("hidden", sorted(ACTIVATIONS))
def test_every_activation(hidden: str) -> None:
    case = case_of(network_of((2, 3, 3, 1), hidden, "half_squared_error", "identity"), rows=2)
    holds(explain_weight(case, Weight("W", 1, (1, 2))), case.gradients().dW[0][1, 2])


@pytest.mark.parametrize("end", ENDS, ids=" ".join)
def test_every_output_activation_with_every_loss(end: tuple[str, str]) -> None:
    case = case_of(network_of((2, 3, 3), "tanh", end[1], end[0], 0.1), rows=2)
    holds(explain_weight(case, Weight("W", 1, (1, 2))), case.gradients().dW[0][1, 2])


def test_all_paths_listed_are_all_there_are_and_the_rest_is_folded_with_its_sum() -> None:
    case = case_of(network_of((3, 4, 5, 2), "tanh", "half_squared_error", "identity"), rows=3)
    weight = Weight("W", 1, (2, 1))
    every = explain_weight(case, weight, top=1000)
    assert (len(every.paths), every.folded.count, every.folded.value) == (3 * 5 * 2, 0, 0.0)
    assert {path.row for path in every.paths} == {"row 0", "row 1", "row 2"}
    for top in (1, 4, 29):
        some = explain_weight(case, weight, top)
        assert some.paths == every.paths[:top]
        assert some.folded.count == 30 - top
        rest = every.paths[top:]
        assert some.folded.value == pytest.approx(sum(path.value for path in rest), rel=1e-12)
        assert some.folded.size == pytest.approx(sum(abs(path.value) for path in rest), rel=1e-12)
        assert some.size == pytest.approx(every.size, rel=1e-14)


def test_the_rows_that_add_most_are_listed_and_the_rest_is_folded() -> None:
    case = case_of(network_of((3, 4, 2), "tanh", "half_squared_error", "identity"), rows=9)
    weight = Weight("W", 1, (2, 1))
    rows = {f"row {row}": explain_weight(case.one(row), weight) for row in range(9)}
    some = explain_weight(case, weight, top=4)
    largest = sorted(rows, key=lambda row: -abs(rows[row].value))
    assert [part.row for part in some.rows] == largest[:4]
    assert {part.value > 0 for part in some.rows} == {True, False}
    for part in some.rows:
        assert (9 * part.value, 9 * part.size) == pytest.approx(
            (rows[part.row].value, rows[part.row].size)
        )
    rest = [rows[row] for row in largest[4:]]
    assert some.folded_rows.count == 5
    assert 9 * some.folded_rows.value == pytest.approx(sum(one.value for one in rest))
    assert 9 * some.folded_rows.size == pytest.approx(sum(one.size for one in rest))


def test_a_deep_network_has_more_paths_than_could_be_listed() -> None:
    sizes = (3, *[50] * 7, 2)
    case = case_of(network_of(sizes, "tanh", "half_squared_error", "identity", 0.1))
    opened = explain_weight(case, Weight("W", 1, (0, 0)), top=5)
    assert opened.n_paths == 50**6 * 2 + 1
    assert len(opened.paths) == 6
    holds(opened, case.gradients().dW[0][0, 0])


def test_factors_by_hand() -> None:
    """2-1-2, logistic, squared error: the forward example of the classic code."""
    network = network_of((2, 1, 2), "logistic", "half_squared_error", "logistic")
    parameters = Parameters.joined(
        [np.array([[0.13], [0.85]]), np.array([[0.26, 0.45]])],
        [np.array([0.76]), np.array([0.5, 0.65])],
    )
    case = Case(network, parameters, np.array([[2.0, 0.0]]), np.array([[0.0, 1.0]]))
    opened = explain_weight(case, Weight("W", 1, (0, 0)))

    def sigma(z: float) -> float:
        return float(1 / (1 + np.exp(-z)))

    a1 = sigma(0.13 * 2 + 0.76)
    a2 = [sigma(0.26 * a1 + 0.5), sigma(0.45 * a1 + 0.65)]
    expected = [
        [a2[0] - 0.0, a2[0] * (1 - a2[0]), 0.26, a1 * (1 - a1), 2.0],
        [a2[1] - 1.0, a2[1] * (1 - a2[1]), 0.45, a1 * (1 - a1), 2.0],
    ]
    expected.sort(key=lambda factors: -abs(prod(factors)))  # the largest path comes first
    found = [[factor.value for factor in path.factors] for path in opened.paths]
    np.testing.assert_allclose(found, expected, rtol=1e-14)
    assert opened.weight == "W1[0, 0]"
    (second,) = [path for path in opened.paths if path.factors[0].name == "∂J/∂a2[1]"]
    assert [factor.name for factor in second.factors] == [
        "∂J/∂a2[1]",
        "∂a2[1]/∂z2[1]",
        "∂z2[1]/∂a1[0]",
        "∂a1[0]/∂z1[0]",
        "∂z1[0]/∂W1[0, 0]",
    ]
    assert [factor.formula for factor in second.factors] == [
        "a − y",
        "a(1 − a)",
        "W2[0, 1]",
        "a(1 − a)",
        "x[0]",
    ]


def test_a_bias_shows_its_invisible_factor_one() -> None:
    network = network_of((2, 3), "tanh", "categorical_cross_entropy", "softmax")
    opened = explain_weight(case_of(network), Weight("b", 1, (2,)))
    assert [factor.value for factor in opened.paths[0].factors][-1] == 1.0
    assert opened.weight == "b1[2]"
    assert opened.paths[0].factors[0].name == "∂J/∂z1[2]"  # softmax is part of this loss


def test_a_batch_shows_the_share_of_the_row() -> None:
    network = network_of((2, 3), "tanh", "half_squared_error", "identity", 0.5)
    equal = explain_weight(case_of(network, rows=4), Weight("W", 1, (0, 0)))
    first = next(path for path in equal.paths if path.row)
    assert [factor.name for factor in first.factors] == [
        "∂J/∂ℓ", "∂ℓ/∂a1[0]", "∂a1[0]/∂z1[0]", "∂z1[0]/∂W1[0, 0]",
    ]  # fmt: skip
    assert (first.factors[0].formula, first.factors[0].value) == ("1/4", 0.25)
    assert first.factors[0].source == f"share of {first.row}"
    heavy = explain_weight(case_of(network, rows=1, weight=np.array([2.0])), Weight("W", 1, (0, 0)))
    (penalty,) = [path for path in heavy.paths if path.factors[0].name == "∂J/∂P"]
    assert (penalty.factors[0].formula, penalty.factors[0].value) == ("α/Σw", 0.25)
    weighed = explain_weight(
        case_of(network, rows=2, weight=np.array([1.0, 3.0])), Weight("W", 1, (0, 0))
    )
    shares = {path.row: path.factors[0].value for path in weighed.paths if path.row}
    assert shares == {"row 0": 0.25, "row 1": 0.75}
    assert {path.factors[0].formula for path in weighed.paths if path.row} == {"w/Σw"}
    (penalty,) = [path for path in weighed.paths if not path.row]
    assert (penalty.factors[0].formula, penalty.factors[0].value) == ("α/Σw", 0.125)


def test_a_step_with_dropout_is_opened_with_its_masks() -> None:
    case = case_of(network_of((2, 6, 1), "tanh", "half_squared_error", "identity"))
    link = Dropout(0.5, seed=3, layer=1, draws=2)
    mask = replace(link).forward(np.ones((1, 6)))[1][0]
    for unit, kept in enumerate(mask):
        opened = explain_weight(case, Weight("W", 1, (0, unit)), dropout=[link])
        factors = {factor.name: factor for factor in opened.paths[0].factors}
        dropped = factors[f"∂d1[{unit}]/∂a1[{unit}]"]
        assert (dropped.value, dropped.source) == (kept, "dropout of 50 %")
        assert dropped.formula == "1/(1 − 0.5) if kept else 0"
        later = explain_weight(case, Weight("W", 2, (unit, 0)), dropout=[link])
        assert later.paths[0].factors[-1].formula == f"d1[{unit}]"
    assert link.draws == 2  # the links are as they were
    assert not explain_weight(case, Weight("W", 1, (0, int(mask.argmin()))), dropout=[link]).value


def test_a_wide_layer_costs_one_cotangent_a_row() -> None:
    widest = 0

    def note(a: Array) -> Array:
        nonlocal widest
        widest = max(widest, len(a))
        return np.ones_like(a)

    hidden = Activation("noted", identity, note, note, "z", "1")
    network = Network((1, 500, 1), (hidden,), "identity", LOSSES["half_squared_error"])
    assert explain_weight(case_of(network), Weight("W", 1, (0, 7))).n_paths == 1
    assert widest == 1


def test_softmax_without_its_own_loss_has_a_path_by_every_output() -> None:
    network = network_of((2, 3), "tanh", "half_squared_error", "softmax")
    opened = explain_weight(case_of(network), Weight("W", 1, (0, 1)))
    formulas = {path.factors[1].name: path.factors[1].formula for path in opened.paths}
    assert formulas == {
        "∂a1[0]/∂z1[1]": "−a a′", "∂a1[1]/∂z1[1]": "a(1 − a)", "∂a1[2]/∂z1[1]": "−a a′",
    }  # fmt: skip


def test_inputs_are_called_by_their_names() -> None:
    network = network_of((2, 3), "tanh", "categorical_cross_entropy", "softmax")
    case = replace(case_of(network), input_names=("height", "width"))
    opened = explain_weight(case, Weight("W", 1, (1, 0)))
    assert opened.paths[0].factors[-1].source == "input, width"
