"""A step computed again: as it was, and with parameters and data drawn anew."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from steps import NETWORK, program, step_of, within

from chainrule.locate.cut import find_step
from chainrule.locate.draws import Values, fill_in, record, replays
from chainrule.locate.graph import Node
from chainrule.locate.replay import replay
from chainrule.locate.step import Step

PLAIN = """
w, b = [0.5, -0.3], 0.25
rows = [([1.0, 2.0], 0.5), ([0.5, 0.25], 0.1), ([3.0, 1.0], 0.2)]
for x, y in rows:
    out = w[0] * x[0] + w[1] * x[1] + b
    e = out - y
    for k in range(2):
        w[k] -= 0.1 * e * x[k]
    b -= 0.1 * e
"""


@pytest.fixture
def network(tmp_path: Path) -> Step:
    return step_of(tmp_path, NETWORK)


def parameter(step: Step, name: str) -> Node:
    (found,) = (node for one in step.learned for node in one.old if one.name == name)
    return found


@pytest.mark.parametrize("source", [NETWORK, PLAIN], ids=["arrays", "scalars"])
def test_recorded_values_are_those_that_the_program_computed(source: str, tmp_path: Path) -> None:
    step = step_of(tmp_path, source)
    whole = replay(step.graph)
    assert set(step.moving) <= set(step.recorded)
    for number, value in step.recorded.items():
        np.testing.assert_array_equal(value, whole[number])
        assert type(value) is type(whole[number])


def test_values_that_nobody_reads_again_are_dropped(tmp_path: Path) -> None:
    before = "big = rng.normal(size=(50, 50))\nsmall = big[0, 0] * 2.0\n"
    source = NETWORK.replace("for _ in", f"{before}for _ in")
    step = step_of(tmp_path, source)
    assert max(np.size(value) for value in step.recorded.values()) < 2500


@pytest.mark.parametrize("name", ["a1", "slope", "dW1"])
def test_a_value_that_comes_out_otherwise_is_noticed(name: str, tmp_path: Path) -> None:
    step = find_step(program(tmp_path, NETWORK))
    assert step is not None
    node = within(step, name)
    shape, kind, checksum = step.graph.digests[node.number]
    step.graph.digests[node.number] = (shape, kind, checksum + 1)
    assert record(step) == [node]


def test_a_leaf_that_was_changed_is_noticed_in_all_that_follows(tmp_path: Path) -> None:
    step = find_step(program(tmp_path, NETWORK))
    assert step is not None
    (x,) = step.data
    step.graph.leaves[x].value = step.graph.leaves[x].value + 1e-9
    assert within(step, "a1") in record(step)


@pytest.mark.parametrize("source", [NETWORK, PLAIN], ids=["arrays", "scalars"])
def test_replays_are_the_same_each_time_and_unlike_each_other(source: str, tmp_path: Path) -> None:
    step = step_of(tmp_path, source)
    once, again = replays(step, 3), replays(step, 3)
    for one, other in zip(once, again, strict=True):
        assert one.keys() == other.keys()
        assert all(np.array_equal(one[number], other[number]) for number in one)
    drawn = [*step.old, *step.data]
    for one, other in zip(once[1:], once[:-1], strict=True):
        assert not any(np.array_equal(one[number], other[number]) for number in drawn)
        assert not any(np.array_equal(one[number], step.recorded[number]) for number in drawn)


def test_a_replay_computes_what_the_program_would(network: Step) -> None:
    """All that moves follows from the drawn values; the labels stay."""
    (x,) = network.data
    for values in replays(network, 4):
        X, W1, b1, W2, b2 = (
            values[x],
            *(values[parameter(network, name).number] for name in ("W1", "b1", "W2", "b2")),
        )
        a1 = np.tanh(X @ W1 + b1)
        np.testing.assert_allclose(values[within(network, "a1").number], a1)
        out = values[within(network, "out").number]
        np.testing.assert_allclose(out, a1 @ W2 + b2)
        label = out - values[within(network, "e").number]
        original = network.recorded[within(network, "out").number]
        original = original - network.recorded[within(network, "e").number]
        np.testing.assert_allclose(label, original)
        d1 = values[within(network, "e").number] @ W2.T * (1 - a1**2)
        new = {one.name: values[one.new[0].number] for one in network.learned}
        np.testing.assert_allclose(new["W1"], W1 - 0.1 * X.T @ d1)


def test_parts_of_the_data_change_with_it(tmp_path: Path) -> None:
    """The batches were cut before training."""
    step = step_of(
        tmp_path,
        """
        import numpy as np
        X = np.random.default_rng(0).normal(size=(4, 3))
        W, first = np.array([0.1, 0.2, -0.3]), X[:2]
        for _ in range(3):
            e = first @ W - 0.5
            W = W - 0.1 * (first.T @ e)
            total = (X @ W).sum()
        """,
    )
    view = within(step, "e").arguments[0].arguments[0]
    whole = view.arguments[0]
    assert whole.number in step.data
    for values in replays(step, 2):
        np.testing.assert_array_equal(values[view.number], values[whole.number][:2])
        assert not np.any(values[view.number] == step.recorded[view.number])


def test_a_column_of_ones_stays(tmp_path: Path) -> None:
    source = NETWORK.replace("W1, b1 =", "X[:, 1] = 1.0\nW1, b1 =")
    step = step_of(tmp_path, source)
    (x,) = step.data
    for values in replays(step, 3):
        np.testing.assert_array_equal(values[x][:, 1], 1.0)
        assert not np.any(values[x][:, [0, 2]] == step.recorded[x][:, [0, 2]])


def test_weights_keep_shape_and_type_and_no_layer_saturates(tmp_path: Path) -> None:
    step = step_of(
        tmp_path,
        """
        import numpy as np
        X, W = np.matrix([[0.5, -1.0], [2.0, 0.3]]), np.matrix([[50.0, 20.0], [-70.0, 10.0]])
        b = np.array([90.0, -80.0])
        for _ in range(3):
            e = X * W + b - 0.5
            W = W - 0.1 * X.T * e
            b = b - 0.1 * np.asarray(e).sum(axis=0)
        """,
    )
    assert {type(step.recorded[number]) for number in step.old} == {np.matrix, np.ndarray}
    for values in replays(step, 3):
        for node in (node for one in step.learned for node in one.old):
            recorded = step.recorded[node.number]
            assert type(values[node.number]) is type(recorded)
            assert np.shape(values[node.number]) == np.shape(recorded)
            assert np.max(np.abs(values[node.number])) < 5


def test_weights_that_are_all_near_one_stay_so(tmp_path: Path) -> None:
    """The gain of a normalization: drawn around 0 it would switch its layer off."""
    source = """
        import numpy as np
        x, gain = np.array([[0.5, -1.0, 2.0]]), np.array([1.0, 0.9, 1.1])
        for _ in range(3):
            e = gain * x - 0.5
            gain = gain - 0.1 * (e * x).sum(axis=0)
        """
    step = step_of(tmp_path, source)
    (gain,) = step.old
    drawn = np.array([values[gain] for values in replays(step, 20)])
    assert abs(drawn.mean() - 1) < 0.1


def test_scalars_are_drawn_as_floats(tmp_path: Path) -> None:
    step = step_of(tmp_path, PLAIN)
    for values in replays(step, 3):
        assert all(type(values[number]) is float for number in [*step.old, *step.data])


def test_integers_and_choices_stay_as_recorded(tmp_path: Path) -> None:
    source = NETWORK.replace("e = out - Y", "e = out - Y\n    best = np.argmax(Y, axis=1)")
    step = step_of(tmp_path, source)
    number = within(step, "best").number
    for values in replays(step, 2):
        np.testing.assert_array_equal(values[number], step.recorded[number])


def test_what_was_left_out_is_as_recorded_and_other_values_can_be_filled_in(network: Step) -> None:
    recorded: Any = network.recorded
    values = Values(recorded, {})
    out, e = within(network, "out"), within(network, "e")
    assert values[out.number] is recorded[out.number]
    values[out.number] = recorded[out.number] + 1.0
    fill_in(network, values, [out, e])
    np.testing.assert_allclose(values[e.number], recorded[e.number] + 1.0)


def test_what_cannot_be_computed_is_not_a_number(network: Step) -> None:
    values = Values(network.recorded, {within(network, "a1").number: np.ones((2, 2))})
    fill_in(network, values, [within(network, "out").arguments[0]])
    product = values[within(network, "out").arguments[0].number]
    assert product.shape == (5, 2)
    assert np.all(np.isnan(product))


def test_a_domain_that_is_left_warns_nobody(tmp_path: Path) -> None:
    source = "w = np.float64(0.5)\nfor _ in range(3):\n    w = w - 0.1 * (np.log(w) + 1.0)\n"
    step = step_of(tmp_path, f"import numpy as np\n{source}")
    (learned,) = step.learned
    found = replays(step, 10)
    negative = [float(learned.values(values)[0]) < 0 for values in found]
    assert 0 < sum(negative) < 10
    assert [bool(np.isnan(learned.values(values, "new")[0])) for values in found] == negative
