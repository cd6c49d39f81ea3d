"""Which partial derivative each value of a backward pass is; wrong values are none."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from steps import NETWORK, step_of, targets, within

from chainrule.locate.draws import replays
from chainrule.locate.fingerprints import over
from chainrule.locate.graph import Node, inputs
from chainrule.locate.losses import Candidate, contacts
from chainrule.locate.match import descendants, differentiate, read
from chainrule.locate.operations import operation
from chainrule.locate.reading import Label, Reading, flat
from chainrule.locate.step import Step


def reading_of(step: Step, written: str = "") -> Reading:
    """A step read with half the squared error at `out`, or with a loss that it writes."""
    replayed = replays(step, 5)
    candidate = Candidate("written", value=within(step, written) if written else None)
    if not written:
        some = tuple(c for c in contacts(step, replayed) if "out" in targets(step.graph, c.output))
        candidate = Candidate("half_squared_error", some)
    named = {store.node for store in step.graph.stores}
    outputs = [node for node in step.nodes if "out" in targets(step.graph, node)]
    return read(step, candidate, replayed, named, outputs)


def name(step: Step, number: int) -> str:
    """What a target is of: a parameter, a variable, or the operation on the net input."""
    for one in step.learned:
        if number in {node.number for node in one.old}:
            return one.name
    node = step.graph.nodes[number]
    return (targets(step.graph, node) or [operation(node)])[0]


def described(reading: Reading, node: Node) -> str:
    """A node's best label, as "−2 · ∂J/∂out"."""
    label = reading.best(node.number)
    if label is None:
        return ""
    target = label.target
    of = name(reading.step, target.of) + "ᵀ" * target.transposed
    if target.kind == "local":
        text = f"∂{of}/∂{name(reading.step, target.by)}"
    else:
        text = {"gradient": "∂J/∂", "part": "part of ∂J/∂", "value": ""}[target.kind] + of
    return text if np.isclose(label.scale, 1) else f"{label.scale:g} · {text}"


def labels(reading: Reading, *names: str) -> dict[str, str]:
    return {one: described(reading, within(reading.step, one)) for one in names}


RIGHT = {
    "e": "∂J/∂out",
    "dW2": "∂J/∂W2",
    "db2": "∂J/∂b2",
    "back": "∂J/∂a1",
    "slope": "∂a1/∂add",
    "d1": "∂J/∂add",
    "dW1": "∂J/∂W1",
    "db1": "∂J/∂b1",
}


def test_labels_of_a_two_layer_net(tmp_path: Path) -> None:
    assert labels(reading_of(step_of(tmp_path, NETWORK)), *RIGHT) == RIGHT


FAULTS = {  # what is planted, and what has no label then
    "slope = 1 - a1 ** 2": ("slope = 1 - a1", ["slope", "d1", "dW1", "db1"]),
    "d1 = back * slope": ("d1 = back * slope * a1", ["d1", "dW1", "db1"]),
    "back = e @ W2.T": ("back = e @ (1.01 * W2.T + 0.01)", ["back", "d1", "dW1", "db1"]),
    "dW1 = X.T @ d1": ("dW1 = X.T @ (d1 * 1.001 + 0.001)", ["dW1"]),
    "db2 = e.sum(axis=0)": ("db2 = e.max(axis=0)", ["db2"]),
}


@pytest.mark.parametrize("right", FAULTS)
def test_what_a_planted_fault_spoils_has_no_label(right: str, tmp_path: Path) -> None:
    wrong, spoiled = FAULTS[right]
    reading = reading_of(step_of(tmp_path, NETWORK.replace(right, wrong)))
    expected = {**RIGHT, **dict.fromkeys(spoiled, "")}
    assert labels(reading, *RIGHT) == expected


def test_a_missing_factor_leaves_the_label_of_what_is_there(tmp_path: Path) -> None:
    reading = reading_of(step_of(tmp_path, NETWORK.replace("back * slope", "back * 1.0")))
    found = labels(reading, "d1", "dW1", "db1")
    assert found == {"d1": "∂J/∂a1", "dW1": "", "db1": ""}


def test_signs_and_scales_are_in_the_label(tmp_path: Path) -> None:
    source = NETWORK.replace("e = out - Y", "e = Y - out").replace("-= 0.1 * d", "+= 0.1 * d")
    source = source.replace("dW2 = a1.T @ e", "dW2 = 2 * (a1.T @ e) / 5")
    found = labels(reading_of(step_of(tmp_path, source)), "e", "dW1", "dW2")
    assert found == {"e": "-1 · ∂J/∂out", "dW1": "-1 · ∂J/∂W1", "dW2": "-0.4 · ∂J/∂W2"}


def test_a_transposed_gradient_is_known_as_such(tmp_path: Path) -> None:
    source = NETWORK.replace("dW2 = a1.T @ e", "turned = e.T @ a1\n    dW2 = turned.T")
    found = labels(reading_of(step_of(tmp_path, source)), "turned", "dW2")
    assert found == {"turned": "∂J/∂W2ᵀ", "dW2": "∂J/∂W2"}


def test_with_a_written_loss_gradients_are_those_of_it(tmp_path: Path) -> None:
    source = NETWORK.replace("    W1 -=", "    loss = ((out - Y) ** 2).mean()\n    W1 -=")
    step = step_of(tmp_path, source)
    found = labels(reading_of(step, "loss"), "e", "dW1", "slope")
    assert found == {"e": "5 · ∂J/∂out", "dW1": "5 · ∂J/∂W1", "slope": "∂a1/∂add"}


ROWS = """
w, rows = [0.5, -0.3], [([1.5, 2.0], 0.5), ([0.5, 0.25], 0.1), ([3.0, 1.5], 0.2)]
for _ in range(3):
    dw = [0.0, 0.0]
    for x, y in rows:
        out = w[0] * x[0] + w[1] * x[1]
        e = out - y
        for k in range(2):
            part = e * x[k]
            dw[k] = dw[k] + part
    for k in range(2):
        w[k] -= 0.1 * dw[k]
"""


def test_sums_over_rows_are_parts_until_they_are_whole(tmp_path: Path) -> None:
    """Of three rows the first product, the sum of two, then the gradient."""
    reading = reading_of(step_of(tmp_path, ROWS))
    step = reading.step
    sums = [node for node in step.nodes if targets(step.graph, node) == ["dw[k]"]]
    assert len(sums) == 6
    for w in (0, 1):
        first, second, whole = (reading.best(node.number) for node in sums[w::2])
        assert first is not None
        assert second is not None
        assert whole is not None
        assert [one.target.kind for one in (first, second, whole)] == ["part", "part", "gradient"]
        assert {one.target.of for one in (first, second, whole)} == {step.learned[0].old[w].number}
        assert [one.scale for one in (first, second, whole)] == pytest.approx([1, 1, 1])


@pytest.mark.parametrize(("index", "belongs"), [("k", 1), ("1 - k", 0)])
def test_an_index_tells_which_weight_a_product_belongs_to(
    index: str, belongs: int, tmp_path: Path
) -> None:
    """The last product, of k = 1, is a part of the gradient by the weight of its input."""
    reading = reading_of(step_of(tmp_path, ROWS.replace("e * x[k]", f"e * x[{index}]")))
    label = reading.best(within(reading.step, "part").number)
    assert label is not None
    assert label.target.of == reading.step.learned[0].old[belongs].number


SIGMOID = """
import math
w, x, y = [0.5, -0.3, 0.1], [1.5, 2.0], {label}
for _ in range(3):
    out = 1 / (1 + math.exp(-(w[0] * x[0] + w[1] * x[1] + w[2])))
    e = out - y
    other = 1 - out
    d = e * (out * other)
    for k in range(2):
        w[k] -= 0.1 * d * x[k]
    w[2] -= 0.1 * d
"""


def kinds(found: list[Label]) -> set[str]:
    return {label.target.kind for label in found}


def test_by_coincidence_only_one_minus_out_is_no_error_signal(tmp_path: Path) -> None:
    """With a label of 1 it is −(out − y), number by number."""
    reading = reading_of(step_of(tmp_path, SIGMOID.format(label="1.0")))
    other = within(reading.step, "other").number
    assert "gradient" in kinds(reading.look_up(over(reading.replayed, other)))
    assert "gradient" not in kinds(reading.labels.get(other, []))
    assert described(reading, within(reading.step, "e")) == "∂J/∂out"
    assert "∂J/∂" in described(reading, within(reading.step, "d"))


def test_without_the_coincidence_there_is_nothing_to_drop(tmp_path: Path) -> None:
    reading = reading_of(step_of(tmp_path, SIGMOID.format(label="0.7")))
    other = within(reading.step, "other").number
    assert "gradient" not in kinds(reading.look_up(over(reading.replayed, other)))
    assert described(reading, within(reading.step, "e")) == "∂J/∂out"


def test_forward_and_backward_are_told_apart(tmp_path: Path) -> None:
    reading = reading_of(step_of(tmp_path, NETWORK + "    seen = np.abs(e).sum()\n"))
    step = reading.step
    forward, backward = set(reading.forward), set(reading.backward)
    assert not forward & backward
    assert {within(step, one) for one in ("a1", "out")} <= forward
    assert {within(step, one) for one in RIGHT} <= backward
    assert within(step, "seen") not in forward | backward


def test_gradients_are_those_computed_by_hand(tmp_path: Path) -> None:
    step = step_of(tmp_path, NETWORK)
    replayed = replays(step, 3)
    some = tuple(contacts(step, replayed))
    forward, found = differentiate(step, Candidate("half_squared_error", some), replayed)
    assert [node.number for node in forward] == sorted(node.number for node in forward)
    old = {one.name: one.old[0].number for one in step.learned}
    for values, one in zip(replayed, found, strict=True):
        e, a1 = (values[within(step, which).number] for which in ("e", "a1"))
        d1 = e @ values[old["W2"]].T * (1 - a1**2)
        (x,) = step.data
        expected: dict[str, Any] = {"W1": values[x].T @ d1, "b1": d1.sum(axis=0)}
        expected |= {"W2": a1.T @ e, "b2": e.sum(axis=0)}
        for parameter, gradient in expected.items():
            np.testing.assert_allclose(one[old[parameter]], gradient)
        assert x not in one


def test_what_lies_beyond_some_nodes(tmp_path: Path) -> None:
    reading = reading_of(step_of(tmp_path, NETWORK))
    step = reading.step
    out, e, back = (within(step, one) for one in ("out", "e", "back"))
    found = descendants(step.nodes, [out])
    assert {e.number, back.number} <= found
    assert not {out.number, within(step, "a1").number, within(step, "slope").number} & found


def test_views_and_copies_of_the_forward_pass_are_passing(tmp_path: Path) -> None:
    source = NETWORK.replace("a1 @ W2 + b2", "(W2.T @ a1.T).T.copy() + b2")
    reading = reading_of(step_of(tmp_path, source))
    assert [operation(node) for node in reading.passing] == ["transpose"] * 3 + ["copy"]
    assert all(len(inputs(node)) == 1 for node in reading.passing)
    assert labels(reading, *RIGHT)["dW2"] == "∂J/∂W2"


def test_arrays_of_all_replays_are_one_vector() -> None:
    np.testing.assert_array_equal(flat([np.eye(2), 3, [4.0]]), [1, 0, 0, 1, 3, 4])
