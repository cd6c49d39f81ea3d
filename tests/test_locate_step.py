"""The step that is cut out of a run: its parameters, its boundary, its data."""

from pathlib import Path

import numpy as np
import pytest
from foreign import traced, write
from steps import NETWORK, cut, program, step_of, within

from chainrule.locate.cut import find_step
from chainrule.locate.graph import inputs
from chainrule.locate.step import Learned, Step
from chainrule.locate.updates import chains


def named(step: Step) -> dict[str, tuple[int, ...]]:
    return {one.name: one.shape for one in step.learned}


@pytest.fixture
def network(tmp_path: Path) -> Step:
    return step_of(tmp_path, NETWORK)


def one(step: Step, name: str) -> Learned:
    (found,) = (learned for learned in step.learned if learned.name == name)
    return found


def test_parameters_have_names_and_shapes(network: Step) -> None:
    assert named(network) == {"W1": (3, 4), "b1": (4,), "W2": (4, 2), "b2": (2,)}


def test_the_second_step_is_taken(network: Step) -> None:
    """Its numbers are those that the program computes in its second turn."""
    space: dict[str, np.ndarray] = {}
    for turns, which in ((1, "old"), (2, "new")):
        exec(NETWORK.replace("range(3)", f"range({turns})"), space)
        for learned in network.learned:
            expected = np.ravel(space[learned.name])
            np.testing.assert_array_equal(learned.values(network.recorded, which), expected)
    np.testing.assert_array_equal(network.recorded[within(network, "e").number], space["e"])


def test_of_one_whole_step_and_a_half_it_is_the_first(tmp_path: Path) -> None:
    step = step_of(
        tmp_path,
        """
        w = 0.5
        for turn in range(2):
            w -= 0.1 * (w - 0.25)
            if turn:
                break
            w -= 0.1 * w
        """,
    )
    (w,) = step.learned
    assert (step.start, w.values(step.recorded)) == (-1, 0.5)
    assert w.values(step.recorded, "new") == pytest.approx((0.5 - 0.1 * 0.25) * 0.9)


def test_without_parameters_there_is_no_step(tmp_path: Path) -> None:
    assert find_step(program(tmp_path, "x = 0.5\nfor _ in range(5):\n    x = x * 0.5\n")) is None


def test_the_boundary_ends_with_the_versions_of_the_step_before(network: Step) -> None:
    assert max(network.old) == network.start
    assert max(node.number for one in network.learned for node in one.new) == network.end
    assert network.boundary == range(network.start + 1)
    assert [node.number for node in network.nodes] == list(
        range(network.start + 1, network.end + 1)
    )


def test_what_depends_on_parameters_moves_and_what_they_meet_is_data(network: Step) -> None:
    (x,) = network.data
    assert np.shape(network.recorded[x]) == (5, 3)
    for name in ("a1", "out", "e", "back", "slope", "d1", "dW1", "db2"):
        assert within(network, name).number in network.moving
    assert not network.data & network.moving


def test_data_taken_row_by_row_are_the_whole_array(tmp_path: Path) -> None:
    step = step_of(
        tmp_path,
        """
        import numpy as np
        X, y = np.random.default_rng(0).normal(size=(4, 3)), [0.5, 0.1, 0.3, 0.2]
        W = np.array([0.1, 0.2, -0.3])
        for k in range(4):
            e = X[k].dot(W) - y[k]
            W = W - 0.1 * e * X[k]
        """,
    )
    assert [np.shape(step.recorded[number]) for number in step.data] == [(4, 3)]


def test_millions_of_data_stay_as_they_are(tmp_path: Path) -> None:
    """Of these a step reads a few rows, and each replay would copy all."""
    source = """
    import numpy as np
    X, w = np.random.rand(2100, 1000), np.zeros(1000)
    for k in range(3):
        x = X[k : k + 2]
        w -= 0.1 * (x.T @ (x @ w - 1.0))
    """
    assert step_of(tmp_path, source).data == set()
    few = step_of(tmp_path, source.replace("2100", "21"))
    assert len(few.data) == 1


def test_rows_one_by_one_are_steps_of_their_own(tmp_path: Path) -> None:
    step = step_of(
        tmp_path,
        """
        w, rows = [0.5, -0.3], [([1.0, 2.0], 0.5), ([0.5, 0.25], 0.1), ([3.0, 1.0], 0.2)]
        for x, y in rows:
            e = w[0] * x[0] + w[1] * x[1] - y
            for k in range(2):
                w[k] -= 0.1 * e * x[k]
        """,
    )
    assert named(step) == {"w": (2,)}
    first = 0.5 - 0.3 * 2 - 0.5
    expected = [0.5 - 0.1 * first, -0.3 - 0.1 * first * 2]
    assert one(step, "w").values(step.recorded) == pytest.approx(expected)
    assert sorted(step.recorded[number] for number in step.data) == [0.25, 0.5]


def test_scalars_of_a_list_are_one_parameter_biases_another(tmp_path: Path) -> None:
    step = step_of(
        tmp_path,
        """
        class Net:
            def __init__(self):
                self.w, self.bias = [[0.5, -0.3], [0.2, 0.1]], 0.25
        net, x = Net(), [0.5, 1.0]
        for _ in range(3):
            for row in net.w:
                e = row[0] * x[0] + row[1] * x[1] + net.bias - 0.3
                row[0] -= 0.1 * e * x[0]
                row[1] -= 0.1 * e * x[1]
            net.bias = net.bias - 0.1 * e
        """,
    )
    assert named(step) == {"net.w": (2, 2), "net.bias": ()}
    assert len(one(step, "net.w").old) == 4


def test_parameters_of_a_function_are_named_though_it_returned(tmp_path: Path) -> None:
    step = step_of(
        tmp_path,
        """
        def train(w):
            for _ in range(3):
                w = w - 0.1 * (w * 0.5 - 0.2)
        train(0.5)
        """,
    )
    assert named(step) == {"w": ()}


def test_a_program_that_was_stopped_is_named_by_the_function_left(tmp_path: Path) -> None:
    text = """
def train(layers):
    for turn in range(5):
        layers["W"] = layers["W"] - 0.1 * (layers["W"] * 0.5 - 0.2)
    raise SystemExit
train({"W": 0.5})
"""
    run, _ = traced(write(tmp_path, text))
    assert named(cut(run)) == {"layers['W']": ()}


def test_the_loss_shown_after_the_update_is_of_the_step(tmp_path: Path) -> None:
    """The tail holds what comes of the old values; what comes of the new ones is the next step's"""
    text = NETWORK + "    shown = (e ** 2).sum()\n    later = (X @ W1).sum()\n"
    step = step_of(tmp_path, text)
    assert within(step, "shown") in step.tail
    assert within(step, "shown") not in step.nodes
    new = {node.number for learned in step.learned for node in learned.new}
    assert not [node for node in step.tail if new & {used.number for used in inputs(node)}]


def test_ancestors_are_of_the_step_and_moving(network: Step) -> None:
    found = network.ancestors([within(network, "e")])
    assert {within(network, name).number for name in ("a1", "out", "e")} <= found
    assert within(network, "slope").number not in found
    assert found <= network.moving
    assert min(found) > network.start


def test_a_nodes_line_is_that_of_its_expression(network: Step) -> None:
    lines = [text.split(" = ")[0].strip() for text in NETWORK.splitlines()]
    for name in ("out", "dW1"):
        assert network.place(within(network, name)).line == lines.index(name) + 1


def test_every_chain_of_a_parameter_is_kept(network: Step) -> None:
    kept = [chain for learned in network.learned for chain in learned.chains]
    assert len(kept) == len(network.learned) == len(chains(network.graph))
