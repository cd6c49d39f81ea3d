"""The gradient that a program holds before an update."""

import pytest
from handwritten import LAYERS, NET
from judging import edited, judged, line_of

from chainrule.locate.held import held, own_values


@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2"])
def test_the_assigned_gradient_is_held_apart_from_the_step(name: str) -> None:
    reading = judged(NET).reading
    (one,) = [one for one in reading.step.learned if one.name == name]
    found = held(reading, one)
    assert found is not None
    assert (reading.step.place(found.node).line, found.fused) == (line_of(NET, f"d{name} ="), False)
    assert found.label.scale == pytest.approx(1)
    assert one.old[0].number in own_values(reading, one.old[0])


def test_a_gradient_within_the_update_is_fused() -> None:
    program = edited(NET, ("    dW1 = X.T @ dz1\n", ""), ("0.1 * dW1", "0.1 * (X.T @ dz1)"))
    reading = judged(program).reading
    (one,) = [one for one in reading.step.learned if one.name == "W1"]
    found = held(reading, one)
    assert found is not None
    assert found.fused


def test_layers_hold_theirs() -> None:
    reading = judged(LAYERS).reading
    assert all(held(reading, one) is not None for one in reading.step.learned)
