"""What the updates would be if some values of the backward pass were others."""

import numpy as np
import pytest
from handwritten import NET
from judging import edited, judged
from steps import within

from chainrule.locate.counterfactual import Trials, scaled
from chainrule.locate.graph import Node
from chainrule.locate.reading import Target

WRONG = edited(NET, ("X.T @ dz1", "X.T @ (dz1 * z1)"))


@pytest.fixture(scope="module")
def trials() -> Trials:
    one = judged(WRONG)
    return Trials(one.reading, one.fits, set(one.bad))


def names(trials: Trials, indices: frozenset[int]) -> list[str]:
    return [trials.step.learned[k].name for k in sorted(indices)]


def values(trials: Trials, node: Node) -> list[np.ndarray]:
    return [np.asarray(one[node.number]) for one in trials.few.replayed]


def test_the_same_values_repair_nothing(trials: Trials) -> None:
    same = {node.number: values(trials, node) for node in trials.few.backward}
    outcome = trials.outcome(same)
    assert not outcome.repaired
    assert not outcome.spoilt


def test_the_right_values_repair_what_is_computed_from_them(trials: Trials) -> None:
    node = within(trials.step, "dW1")
    (one,) = [one for one in trials.step.learned if one.name == "W1"]
    right = {node.number: trials.few.targets[Target("gradient", one.old[0].number)]}
    outcome = trials.outcome(right)
    assert names(trials, outcome.repaired) == ["W1"]
    assert not outcome.spoilt
    assert outcome.ratio == pytest.approx(1)
    assert trials.outcome(scaled(right, 2)).ratio == pytest.approx(2)
    assert trials.outcome(scaled(right, -1)).ratio == pytest.approx(-1)


def test_wrong_values_spoil_what_was_right(trials: Trials) -> None:
    node = within(trials.step, "dW2")
    outcome = trials.outcome({node.number: [value**2 for value in values(trials, node)]})
    assert not outcome.repaired
    assert names(trials, outcome.spoilt) == ["W2"]


def test_all_after_a_changed_value_is_computed_again(trials: Trials) -> None:
    step = trials.step
    dz1, db1, dz2 = (within(step, name) for name in ("dz1", "db1", "dz2"))
    replayed, affected = trials.replay(scaled({dz1.number: values(trials, dz1)}, 3))
    assert {dz1.number, db1.number} <= affected
    assert dz2.number not in affected
    for before, after in zip(trials.few.replayed, replayed, strict=True):
        np.testing.assert_allclose(after[db1.number], 3 * before[db1.number])
        assert after[dz2.number] is before[dz2.number]


def test_a_value_computed_from_another_one(trials: Trials) -> None:
    step = trials.step
    db2, dz2, a2 = (within(step, name) for name in ("db2", "dz2", "a2"))
    found = trials.with_others([db2], {dz2.number: a2})[db2.number]
    for other, value in zip(found, values(trials, a2), strict=True):
        np.testing.assert_allclose(other, value.sum(axis=0, keepdims=True))
