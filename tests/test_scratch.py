"""The classic network: its published figures, its gradient, and the flaws its docs page lists."""

import copy
import doctest
import inspect
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import pytest
from commands import SECONDS, started

from chainrule import scratch
from chainrule.scratch import Network, Row

EXAMPLE_WEIGHTS = [
    [[0.13436424411240122, 0.8474337369372327, 0.763774618976614]],
    [[0.2550690257394217, 0.49543508709194095], [0.4494910647887381, 0.651592972722763]],
]
SUM_ERRORS = [
    *[6.350, 5.531, 5.221, 4.951, 4.519, 4.173, 3.835, 3.506, 3.192, 2.898],
    *[2.626, 2.377, 2.153, 1.953, 1.774, 1.614, 1.472, 1.346, 1.233, 1.132],
]
TRAINED: Network = [
    [
        {
            "weights": [-1.4688375095432327, 1.850887325439514, 1.0858178629550297],
            "output": 0.029980305604426185,
            "delta": 0.0059546604162323625,
        },
        {
            "weights": [0.37711098142462157, -0.0625909894552989, 0.2765123702642716],
            "output": 0.9456229000211323,
            "delta": -0.0026279652850863837,
        },
    ],
    [
        {
            "weights": [2.515394649397849, -0.3391927502445985, -0.9671565426390275],
            "output": 0.23648794202357587,
            "delta": 0.04270059278364587,
        },
        {
            "weights": [-2.5584149848484263, 1.0036422106209202, 0.42383086467582715],
            "output": 0.7790535202438367,
            "delta": -0.03803132596437354,
        },
    ],
]


def build(weights: Sequence[Sequence[list[float]]]) -> Network:
    return [[{"weights": list(of_neuron)} for of_neuron in layer] for layer in weights]


def train_demo() -> tuple[Network, list[float]]:
    random.seed(1)
    network = scratch.initialize_network(2, 2, 2)
    return network, scratch.train_network(network, scratch.DEMO_ROWS, 0.5, 20, 2)


# The published figures


def test_start_weights_are_drawn_in_the_classic_order() -> None:
    random.seed(1)
    assert scratch.initialize_network(2, 1, 2) == build(EXAMPLE_WEIGHTS)


def test_forward_example() -> None:
    outputs = scratch.forward_propagate(build(EXAMPLE_WEIGHTS), [1, 0, None])
    assert outputs == [0.6629970129852887, 0.7253160725279748]


def test_backward_example() -> None:
    network = build(EXAMPLE_WEIGHTS)
    # set by hand: these outputs do not belong to one forward pass
    network[0][0]["output"] = 0.7105668883115941
    network[1][0]["output"] = 0.6213859615555266
    network[1][1]["output"] = 0.6573693455986976
    scratch.backward_propagate_error(network, [0, 1])
    assert [neuron["delta"] for neuron in network[1]] == [0.14619064683582808, -0.0771723774346327]
    assert network[0][0]["delta"] == 0.0005348048046610517


def test_demo_errors_of_all_epochs() -> None:
    assert train_demo()[1] == pytest.approx(SUM_ERRORS, abs=5e-4)


def test_demo_network_to_the_last_digit() -> None:
    assert train_demo()[0] == TRAINED


def test_demo_rows_are_all_predicted_right() -> None:
    network, _ = train_demo()
    predicted = [scratch.predict(network, row) for row in scratch.DEMO_ROWS]
    assert predicted == [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]


def test_training_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    train_demo()
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


def test_demo_program() -> None:
    command = [sys.executable, "-m", "chainrule.scratch"]
    done = subprocess.run(
        command, capture_output=True, encoding="ascii", check=True, timeout=SECONDS
    )
    lines = done.stdout.splitlines()
    assert done.stderr == ""
    assert lines[0] == ">epoch=0, lrate=0.500, error=6.350"
    assert lines[19] == ">epoch=19, lrate=0.500, error=1.132"
    assert "  weight of input 2: 1.850887325439514" in lines
    assert "  bias: -0.9671565426390275" in lines
    assert lines[-10:] == [f"expected={c}, predicted={c}" for c in [0] * 5 + [1] * 5]
    assert max(map(len, lines)) <= 80


def test_the_demo_says_where_the_chain_rule_is(capsys: pytest.CaptureFixture[str]) -> None:
    scratch.main()
    said = [line for line in capsys.readouterr().out.splitlines() if "chain rule" in line]
    source = inspect.getsource(scratch).splitlines()
    names = ["backward_propagate_error", "update_weights"]
    for name, line in zip(names, said, strict=True):
        assert f": {name}, line " in line
        assert source[int(line.split()[-1]) - 1].startswith(f"def {name}(")


def test_a_reader_that_goes_away_ends_the_demo_without_a_word() -> None:
    command = [sys.executable, "-m", "chainrule.scratch"]
    with started(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait(60) == 0


def test_main_needs_no_seed_of_its_callers(capsys: pytest.CaptureFixture[str]) -> None:
    random.seed(99)
    scratch.main()
    assert capsys.readouterr().out.startswith(">epoch=0, lrate=0.500, error=6.350\n")


def test_examples_in_the_docstrings() -> None:
    result = doctest.testmod(scratch)
    assert result.attempted > 0
    assert result.failed == 0


# The gradient, against a central difference of E = ½ Σ (output − expected)²

DEEP_ROW: Row = [0.7, -1.2, "label"]
DEEP_EXPECTED = [1.0, 0.0]


def deep_network() -> Network:
    """Two hidden layers: 2 inputs, 3 and 2 hidden neurons, 2 outputs; 23 weights."""
    return build(
        [
            [[0.4, -0.3, 0.1], [-0.7, 0.5, -0.2], [0.9, 0.8, 0.3]],
            [[0.6, -0.4, 0.2, -0.1], [-0.5, 0.3, 0.7, 0.4]],
            [[0.8, -0.6, 0.2], [-0.9, 0.5, -0.3]],
        ]
    )


def half_squared_error(network: Network) -> float:
    outputs = scratch.forward_propagate(network, DEEP_ROW)
    return 0.5 * sum((o - t) ** 2 for o, t in zip(outputs, DEEP_EXPECTED, strict=True))


def flat_weights(network: Network) -> list[float]:
    return [weight for layer in network for neuron in layer for weight in neuron["weights"]]


def central_differences(network: Network, h: float = 1e-5) -> list[float]:
    slopes = []
    for neuron in [neuron for layer in network for neuron in layer]:
        for j, weight in enumerate(neuron["weights"]):
            neuron["weights"][j] = weight + h
            above = half_squared_error(network)
            neuron["weights"][j] = weight - h
            below = half_squared_error(network)
            neuron["weights"][j] = weight
            slopes.append((above - below) / (2 * h))
    return slopes


def descended_gradient(network: Network) -> list[float]:
    """What `update_weights` subtracts from each weight at rate 1."""
    stepped = copy.deepcopy(network)
    scratch.forward_propagate(stepped, DEEP_ROW)
    scratch.backward_propagate_error(stepped, DEEP_EXPECTED)
    scratch.update_weights(stepped, DEEP_ROW, 1.0)
    pairs = zip(flat_weights(network), flat_weights(stepped), strict=True)
    return [before - after for before, after in pairs]


def wrong_weights(network: Network) -> list[int]:
    """Return the positions of the weights whose step is not the slope of E."""
    pairs = zip(descended_gradient(network), central_differences(network), strict=True)
    return [i for i, (step, slope) in enumerate(pairs) if abs(step - slope) > 1e-9]


def test_every_step_is_the_slope_of_the_error() -> None:
    network = deep_network()
    assert len(flat_weights(network)) == 23
    assert min(map(abs, central_differences(network))) > 1e-5  # none is right by being zero
    assert wrong_weights(network) == []


def flip_sign(network: Network, expected: Sequence[float]) -> None:
    """Start from expected − output: reflect the target at the output."""
    last = zip(network[-1], expected, strict=True)
    BACKWARD(network, [2 * neuron["output"] - target for neuron, target in last])


def drop_derivative(_: float) -> float:
    return 1.0


def keep_one_path(network: Network, expected: Sequence[float]) -> None:
    """Overwrite where the paths onward are to be added: only the last neuron sends its delta."""
    BACKWARD(network, expected)
    for layer, following in reversed(list(pairwise(network))):
        for j, neuron in enumerate(layer):
            error = following[-1]["weights"][j] * following[-1]["delta"]
            neuron["delta"] = error * scratch.transfer_derivative(neuron["output"])


def drop_input(network: Network, _: Row, l_rate: float) -> None:
    for neuron in [neuron for layer in network for neuron in layer]:
        neuron["weights"] = [weight - l_rate * neuron["delta"] for weight in neuron["weights"]]


def stop_one_short(network: Network, row: Row, l_rate: float) -> None:
    """Forget the last weight before the bias in later layers, as old copies of the code do."""
    forgotten = [neuron["weights"][-2] for layer in network[1:] for neuron in layer]
    UPDATE(network, row, l_rate)
    for neuron, weight in zip([n for layer in network[1:] for n in layer], forgotten, strict=True):
        neuron["weights"][-2] = weight


ACTIVATE = scratch.activate
BACKWARD = scratch.backward_propagate_error
UPDATE = scratch.update_weights
BIASES = [2, 5, 8, 12, 16, 19, 22]
FIRST_LAYER = list(range(9))
LAST_LAYER = list(range(17, 23))


@pytest.mark.parametrize(
    ("function", "mistake", "still_right"),
    [
        ("backward_propagate_error", flip_sign, []),
        ("transfer_derivative", drop_derivative, []),
        ("backward_propagate_error", keep_one_path, LAST_LAYER),
        ("update_weights", drop_input, BIASES),
        ("update_weights", stop_one_short, [i for i in range(23) if i not in (11, 15, 18, 21)]),
    ],
)
def test_a_planted_mistake_is_caught(
    monkeypatch: pytest.MonkeyPatch,
    function: str,
    mistake: Callable[..., Any],
    still_right: list[int],
) -> None:
    monkeypatch.setattr(scratch, function, mistake)
    assert wrong_weights(deep_network()) == [i for i in range(23) if i not in still_right]


def read_one_short(weights: Sequence[float], inputs: Sequence[Any]) -> float:
    """Take the last input for a label in every layer, as old copies of the code do."""
    short = len(inputs) - 1
    return ACTIVATE([*weights[:short], weights[-1]], inputs)


def test_a_wrong_backward_pass_can_look_healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "activate", read_one_short)
    monkeypatch.setattr(scratch, "update_weights", stop_one_short)
    network, history = train_demo()
    assert history == sorted(history, reverse=True)
    assert [scratch.predict(network, row) for row in scratch.DEMO_ROWS] == [0] * 5 + [1] * 5
    assert wrong_weights(deep_network()) != []  # and only the difference tells


def test_the_reported_sum_is_twice_the_error_descended() -> None:
    network = deep_network()
    error = half_squared_error(network)
    row = [*DEEP_ROW[:-1], 0]  # class 0: DEEP_EXPECTED is its one-hot target
    assert scratch.train_network(network, [row], 0.1, 1, 2) == [pytest.approx(2 * error)]
