"""Parameters that no step changes: a forgotten bias is found, data and memories are not taken."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from steps import NETWORK, cut, program, within

from chainrule.locate.frozen import drawn, frozen, wasted
from chainrule.locate.program import Run
from chainrule.locate.step import Learned, Step
from chainrule.locate.updates import chains

HEAD = """
import numpy as np
rng = np.random.default_rng(0)
X, Y = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
"""
LOOP = """
for _ in range(3):
    e = X @ {W} + {b} - Y
    {W} = {W} - 0.1 * (X.T @ e)
    db = e.sum(axis=0)
"""
HOMES = {
    "list": ("p = [rng.normal(size=(3, 2)), np.zeros(2)]", "p[0]", "p[1]"),
    "dict": ("p = {'W': rng.normal(size=(3, 2)), 'b': np.zeros(2)}", "p['W']", "p['b']"),
    "list of dicts": (
        "p = [{'W': rng.normal(size=(3, 2)), 'b': np.zeros(2)}]",
        "p[0]['W']",
        "p[0]['b']",
    ),
    "object": (
        "class Net: pass\nnet = Net()\nnet.W, net.b = rng.normal(size=(3, 2)), np.zeros(2)",
        "net.W",
        "net.b",
    ),
}


def found(run: Run) -> tuple[Step, Sequence[Learned]]:
    step = cut(run)
    return step, frozen(run, step, chains(step.graph))


def names(learned: Sequence[Learned]) -> list[str]:
    return [one.name for one in learned]


@pytest.mark.parametrize("first", ["np.zeros(2)", "rng.normal(size=2)", "rng.random(2) - 0.5"])
def test_a_forgotten_bias_is_found_by_itself(first: str, tmp_path: Path) -> None:
    """It is added to a product; so are labels' offsets and means, which are no such arrays."""
    start = f"W, b, c = rng.normal(size=(3, 2)), {first}, X.mean() + np.array([0.1, 0.2])"
    source = f"{HEAD}{start}\n{LOOP.format(W='W', b='b + c')}"
    _, learned = found(program(tmp_path, source))
    assert names(learned) == ["b"]


def test_an_input_that_is_added_is_no_bias(tmp_path: Path) -> None:
    source = f"""{HEAD}W, kept = rng.normal(size=(3, 3)), X
for _ in range(3):
    e = kept + kept @ W - 1
    W = W - 0.1 * (kept.T @ e)
"""
    _, learned = found(program(tmp_path, source))
    assert learned == []


@pytest.mark.parametrize("home", HOMES)
def test_a_forgotten_bias_is_found_beside_its_weights(home: str, tmp_path: Path) -> None:
    start, W, b = HOMES[home]
    source = f"{HEAD}{start}\n{LOOP.format(W=W, b=b)}"
    step, learned = found(program(tmp_path, source))
    assert [one.name for one in step.learned] == [W]
    (bias,) = learned
    assert (bias.name, bias.shape) == (b, (2,))
    assert bias.old == bias.new
    assert bias.chains == ()


@pytest.mark.parametrize("home", HOMES)
def test_a_bias_that_is_stepped_is_not_frozen(home: str, tmp_path: Path) -> None:
    start, W, b = HOMES[home]
    source = f"{HEAD}{start}\n{LOOP.format(W=W, b=b)}    {b} = {b} - 0.1 * db\n"
    assert found(program(tmp_path, source))[1] == []


def test_an_update_that_adds_nothing_freezes_a_plain_variable(tmp_path: Path) -> None:
    run = program(tmp_path, NETWORK.replace("db1 = d1.sum(axis=0)", "db1 = np.zeros(4)"))
    step, learned = found(run)
    assert names(step.learned) == ["W1", "W2", "b2"]
    (bias,) = learned
    assert (bias.name, bias.shape) == ("b1", (4,))


def test_scalars_beside_those_that_move_are_one_parameter(tmp_path: Path) -> None:
    source = """
        net = [{"w": [0.5, -0.2, 0.1]}, {"w": [0.3, 0.4, 0.2]}]
        rows = [([0.5, 1.0], 0.2), ([0.1, -0.3], 0.7), ([0.6, 0.3], 0.4)]
        for x, y in rows:
            for neuron in net:
                w = neuron["w"]
                e = w[0] * x[0] + w[1] * x[1] + w[2] - y
                for k in range(2):
                    w[k] -= 0.1 * e * x[k]
    """
    learned = found(program(tmp_path, source))[1]
    assert sum(len(one.old) for one in learned) == 2
    assert all(one.name.endswith("[2]") for one in learned)


MEMORIES = {
    "momentum": ("p['v'] = 0.9 * p['v'] - 0.1 * dW", "p['v']"),
    "Adagrad": ("p['v'] = p['v'] + dW ** 2", "-0.1 * dW / (np.sqrt(p['v']) + 1e-8)"),
    "a mean of squares": (
        "p['v'] = 0.9 * p['v'] + 0.1 * dW ** 2",
        "-0.1 * dW / (np.sqrt(p['v']) + 1e-8)",
    ),
}


@pytest.mark.parametrize("kind", MEMORIES)
def test_an_optimizers_memory_is_no_parameter(kind: str, tmp_path: Path) -> None:
    memory, change = MEMORIES[kind]
    source = f"""{HEAD}
p = {{"W": rng.normal(size=(3, 2)), "v": np.zeros((3, 2))}}
for _ in range(3):
    dW = X.T @ (X @ p["W"] - Y)
    {memory}
    p["W"] = p["W"] + {change}
"""
    step, learned = found(program(tmp_path, source))
    assert names(step.learned) == ["p['W']"]
    assert learned == []


def test_data_kept_beside_the_parameters_is_not_taken(tmp_path: Path) -> None:
    source = HEAD + "p = {'W': rng.normal(size=(3, 2)), 'X': X, 'b': np.zeros(2)}\n"
    source += (
        LOOP.format(W="p['W']", b="p['b']").replace("X @", "p['X'] @").replace("X.T", "p['X'].T")
    )
    assert names(found(program(tmp_path, source))[1]) == ["p['b']"]


def test_a_network_that_learns_has_nothing_frozen(tmp_path: Path) -> None:
    run = program(tmp_path, NETWORK)
    step, learned = found(run)
    assert learned == []
    assert drawn(run, step) == []
    assert not wasted(step, None)


def test_the_loss_is_not_computed_in_vain(tmp_path: Path) -> None:
    source = NETWORK.replace("    dW2 =", "    loss = (e ** 2).sum()\n    dW2 =")
    step, _ = found(program(tmp_path, source))
    assert wasted(step, None)
    assert not wasted(step, within(step, "loss"))


def test_plain_variables_are_frozen_if_drawn_as_weights_are(tmp_path: Path) -> None:
    """W1 is never updated: its gradient is computed in vain."""
    written = NETWORK.replace("rng.normal(size=(5, 3))", "np.arange(15.0).reshape(5, 3) / 9")
    run = program(tmp_path, written.replace("    W1 -= 0.1 * dW1\n", ""))
    step, learned = found(run)
    assert names(step.learned) == ["b1", "W2", "b2"]
    assert learned == []
    assert wasted(step, None)
    assert names(drawn(run, step)) == ["W1"]


def test_numbers_that_were_written_or_read_are_not_drawn(tmp_path: Path) -> None:
    source = NETWORK.replace("    W1 -= 0.1 * dW1\n", "")
    source = source.replace("W1, b1 = rng.normal(size=(3, 4))", "W1, b1 = np.ones((3, 4)) * 0.1")
    run = program(tmp_path, source)
    step, _ = found(run)
    assert "W1" not in names(drawn(run, step))
