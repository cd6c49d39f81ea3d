import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.activations import ACTIVATIONS, Activation, identity
from chainrule.chain import Array
from chainrule.errors import InputError
from chainrule.explanation import Weight, explain_weight, largest_weight
from chainrule.losses import LOSSES
from chainrule.network import Network
from chainrule.parameters import Parameters


def network_of(
    sizes: tuple[int, ...], hidden: str, loss: str, output: str, alpha: float = 0.0
) -> Network:
    layers = (ACTIVATIONS[hidden],) * (len(sizes) - 2)
    return Network(sizes, layers, output, LOSSES[loss], alpha)


def parameters_of(sizes: tuple[int, ...], seed: int) -> Parameters:
    parameters = Parameters.zeros(sizes)
    parameters.flat[:] = np.random.default_rng(seed).normal(scale=0.8, size=parameters.flat.shape)
    return parameters


@given(
    widths=st.lists(st.integers(1, 4), min_size=2, max_size=6),
    hidden=st.sampled_from(sorted(ACTIVATIONS)),
    end=st.sampled_from(
        [
            ("half_squared_error", "identity"),
            ("half_squared_error", "softmax"),
            ("sum_squared_error", "logistic"),
            ("categorical_cross_entropy", "softmax"),
            ("binary_cross_entropy", "logistic"),
            ("poisson", "exponential"),
            ("huber", "tanh"),
        ]
    ),
    alpha=st.sampled_from([0.0, 0.2]),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_sum_over_paths_is_the_stored_gradient_of_every_weight(
    widths: list[int], hidden: str, end: tuple[str, str], alpha: float, seed: int
) -> None:
    sizes = tuple(widths)
    network = network_of(sizes, hidden, *end, alpha)
    parameters = parameters_of(sizes, seed)
    random = np.random.default_rng(seed)
    x, target = random.normal(size=sizes[0]), np.eye(sizes[-1])[random.integers(sizes[-1])]
    stored = network.gradients(parameters, x[None], target[None]).named()
    for name, array in stored.items():
        for indices in np.ndindex(array.shape):
            weight = Weight(name[0], int(name[1:]), indices)
            opened = explain_weight(network, parameters, x, target, weight)
            assert opened.gradient == array[indices]
            scale = sum(abs(path.value) for path in opened.paths)
            assert abs(opened.value - opened.gradient) <= 1e-12 * scale


def test_factors_by_hand() -> None:
    """2-1-2, logistic, squared error: the forward example of the classic code."""
    network = network_of((2, 1, 2), "logistic", "half_squared_error", "logistic")
    parameters = Parameters.joined(
        [np.array([[0.13], [0.85]]), np.array([[0.26, 0.45]])],
        [np.array([0.76]), np.array([0.5, 0.65])],
    )
    opened = explain_weight(
        network, parameters, np.array([2.0, 0.0]), np.array([0.0, 1.0]), Weight("W", 1, (0, 0))
    )

    def sigma(z: float) -> float:
        return float(1 / (1 + np.exp(-z)))

    a1 = sigma(0.13 * 2 + 0.76)
    a2 = [sigma(0.26 * a1 + 0.5), sigma(0.45 * a1 + 0.65)]
    expected = [
        [a2[0] - 0.0, a2[0] * (1 - a2[0]), 0.26, a1 * (1 - a1), 2.0],
        [a2[1] - 1.0, a2[1] * (1 - a2[1]), 0.45, a1 * (1 - a1), 2.0],
    ]
    found = [[factor.value for factor in path.factors] for path in opened.paths]
    np.testing.assert_allclose(found, expected, rtol=1e-14)
    assert opened.weight == "W1[0, 0]"
    assert [factor.name for factor in opened.paths[1].factors] == [
        "∂J/∂a2[1]",
        "∂a2[1]/∂z2[1]",
        "∂z2[1]/∂a1[0]",
        "∂a1[0]/∂z1[0]",
        "∂z1[0]/∂W1[0, 0]",
    ]
    assert [factor.formula for factor in opened.paths[1].factors] == [
        "a − y",
        "a(1 − a)",
        "W2[0, 1]",
        "a(1 − a)",
        "x[0]",
    ]


def test_a_bias_shows_its_invisible_factor_one() -> None:
    network = network_of((2, 3), "tanh", "categorical_cross_entropy", "softmax")
    opened = explain_weight(
        network, parameters_of((2, 3), 0), np.ones(2), np.eye(3)[0], Weight("b", 1, (2,))
    )
    assert [factor.value for factor in opened.paths[0].factors][-1] == 1.0
    assert opened.weight == "b1[2]"


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (Weight("W", 3, (0, 0)), "must be in one of W1, b1, W2, b2; got W3"),
        (Weight("W", 1, (2, 0)), r"W1\[2, 0\] does not exist: W1 has shape \(2, 3\)"),
        (Weight("W", 1, (0,)), "does not exist"),
        (Weight("b", 1, (-1,)), "does not exist"),
    ],
)
def test_a_weight_that_does_not_exist(weight: Weight, message: str) -> None:
    network = network_of((2, 3, 1), "tanh", "half_squared_error", "identity")
    with pytest.raises(InputError, match=message):
        explain_weight(network, parameters_of((2, 3, 1), 0), np.ones(2), np.ones(1), weight)


def test_too_many_paths_are_counted_and_refused() -> None:
    for last, allowed in ((100, True), (101, False)):
        sizes = (1, 1, 100, last)
        network = network_of(sizes, "tanh", "half_squared_error", "identity")
        case = (network, parameters_of(sizes, 0), np.ones(1), np.ones(last), Weight("W", 1, (0, 0)))
        if allowed:
            assert len(explain_weight(*case).paths) == 10_000
        else:
            with pytest.raises(InputError, match="10100 paths, more than 10000"):
                explain_weight(*case)


def test_softmax_without_its_own_loss_multiplies_the_paths() -> None:
    for last, allowed in ((100, True), (101, False)):
        network = network_of((1, last), "tanh", "half_squared_error", "softmax")
        case = (network, parameters_of((1, last), 0), np.ones(1), np.eye(last)[0])
        assert len(explain_weight(*case, Weight("W", 1, (0, 0))).paths) == last
        sizes = (1, 1, last)
        network = network_of(sizes, "tanh", "half_squared_error", "softmax")
        case = (network, parameters_of(sizes, 0), np.ones(1), np.eye(last)[0])
        if allowed:
            assert len(explain_weight(*case, Weight("W", 1, (0, 0))).paths) == 10_000
        else:
            with pytest.raises(InputError, match="10201 paths, more than 10000"):
                explain_weight(*case, Weight("W", 1, (0, 0)))


def test_a_wide_layer_costs_one_cotangent_a_row() -> None:
    widest = 0

    def note(a: Array) -> Array:
        nonlocal widest
        widest = max(widest, len(a))
        return np.ones_like(a)

    hidden = Activation("noted", identity, note, note, "z", "1")
    network = Network((1, 500, 1), (hidden,), "identity", LOSSES["half_squared_error"])
    case = (network, parameters_of((1, 500, 1), 0), np.ones(1), np.ones(1))
    assert len(explain_weight(*case, Weight("W", 1, (0, 7))).paths) == 1
    assert widest == 1


def test_softmax_without_its_own_loss_has_a_path_by_every_output() -> None:
    network = network_of((2, 3), "tanh", "half_squared_error", "softmax")
    opened = explain_weight(
        network, parameters_of((2, 3), 0), np.ones(2), np.eye(3)[0], Weight("W", 1, (0, 1))
    )
    formulas = [path.factors[1].formula for path in opened.paths]
    assert formulas == ["−a a′", "a(1 − a)", "−a a′"]
    names = [path.factors[1].name for path in opened.paths]
    assert names == [f"∂a1[{output}]/∂z1[1]" for output in range(3)]


def test_inputs_are_called_by_their_names() -> None:
    network = network_of((2, 3), "tanh", "categorical_cross_entropy", "softmax")
    case = (network, parameters_of((2, 3), 0), np.ones(2), np.eye(3)[0])
    opened = explain_weight(*case, Weight("W", 1, (1, 0)), ["height", "width"])
    assert opened.paths[0].factors[-1].source == "input, width"


def test_the_largest_weight_is_taken_from_the_last_hidden_layer() -> None:
    sizes = (2, 3, 2, 2)
    network = network_of(sizes, "tanh", "half_squared_error", "identity")
    parameters = parameters_of(sizes, 0)
    gradients = network.gradients(parameters, np.ones((1, 2)), np.zeros((1, 2))).named()
    weight = largest_weight(network, gradients)
    assert weight.layer == 2
    assert abs(gradients["W2"][weight.indices]) == abs(gradients["W2"]).max()
    flat = network_of((2, 2), "tanh", "half_squared_error", "identity")
    gradients = flat.gradients(parameters_of((2, 2), 0), np.ones((1, 2)), np.zeros((1, 2))).named()
    assert largest_weight(flat, gradients).layer == 1
