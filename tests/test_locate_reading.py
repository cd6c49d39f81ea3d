"""A step read with a loss: looking up what a value is, the most telling label first."""

import numpy as np
import pytest
from handwritten import LAYERS, NET
from judging import judged
from steps import within

from chainrule.locate.operations import operation
from chainrule.locate.reading import Target


def vector(name: str) -> np.ndarray:
    """A value of the net at all replays."""
    reading = judged(NET).reading
    number = within(reading.step, name).number
    return np.concatenate([np.ravel(values[number]) for values in reading.replayed])


@pytest.mark.parametrize("scale", [1.0, -1.0, 0.25])
def test_a_multiple_of_a_gradient_is_looked_up_with_its_scale(scale: float) -> None:
    reading = judged(NET).reading
    (old,) = [one.old[0].number for one in reading.step.learned if one.name == "W1"]
    label = reading.look_up(scale * vector("dW1"))[0]
    assert label.target == Target("gradient", old)
    assert label.scale == pytest.approx(scale)


def test_what_is_no_partial_derivative_has_no_label() -> None:
    reading = judged(NET).reading
    assert reading.look_up(vector("dW1") + 0.01) == []
    assert reading.look_up(np.abs(vector("dz1"))) == []
    assert reading.best(-1) is None


def test_derivatives_come_before_values_and_named_ones_before_others() -> None:
    reading = judged(NET).reading
    number = within(reading.step, "dz1").number
    best = reading.best(number)
    assert best is not None
    assert best == reading.labels[number][0]
    assert (best.target.kind, best.target.of in reading.named) == ("gradient", True)
    kinds = ["gradient", "local", "part", "value"]
    for labels in reading.labels.values():
        order = [kinds.index(label.target.kind) for label in labels]
        assert order == sorted(order)


def test_passing_values_are_of_the_forward_pass() -> None:
    reading = judged(LAYERS).reading
    assert {operation(node) for node in reading.passing} <= {"getitem", "reshape", "transpose"}
    assert set(reading.passing) <= set(reading.forward)
