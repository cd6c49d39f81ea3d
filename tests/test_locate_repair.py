"""Faults found by repair: the line whose values, put right, put most parameters right."""

import pytest
from handwritten import NET
from judging import edited, judged, line_of, only_fault, report_of

from chainrule.locate.counterfactual import Trials
from chainrule.locate.repair import Repair, search, signal_scale

HIDDEN = "(dz2 @ W2.T) * a1 * (1 - a1)"


def repairs(program: str) -> list[Repair]:
    one = judged(program)
    return search(Trials(one.reading, one.fits, set(one.bad)))


def repaired_at(program: str, found: Repair) -> int:
    """The line of a repair."""
    step = judged(program).reading.step
    return step.place(step.graph.nodes[found.changed[0]]).line


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("dW1 = X", "dW1 = -X", "dW1 ="),
        (HIDDEN, "dz2 @ W2.T", "dz1 ="),
        ("a1.T @ dz2", "z1.T @ dz2", "dW2 ="),
    ],
)
def test_the_best_repair_is_at_the_wrong_line_and_spoils_nothing(
    old: str, new: str, where: str
) -> None:
    program = edited(NET, (old, new))
    best = repairs(program)[0]
    assert repaired_at(program, best) == line_of(program, where)
    assert best.outcome.repaired == set(judged(program).bad)
    assert not best.outcome.spoilt


def test_the_better_repair_comes_first() -> None:
    """That of δ repairs weights and biases, those further down one of them each."""
    found = repairs(edited(NET, (HIDDEN, "dz2 @ W2.T")))
    counts = [len(one.outcome.repaired) for one in found]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == 2
    assert found == sorted(found, key=lambda one: one.rank)


def test_a_function_given_what_it_is_not_for_is_not_wrong_itself() -> None:
    slope = "def slope(a):\n    return a * (1 - a)\n\n\nfor epoch"
    right = edited(
        NET.replace("-= 0.1 *", "-= 0.01 *"),  # steps that the wrong one takes, too
        ("for epoch", slope),
        ("dz2 = (a2 - T) * a2 * (1 - a2)", "dz2 = (a2 - T) * slope(a2)"),
        (HIDDEN, "(dz2 @ W2.T) * slope(a1)"),
    )
    wrong = edited(right, ("slope(a1)", "slope(z1)"))
    assert report_of(right).verdict == "correct"
    fault = only_fault(report_of(wrong))
    assert fault.line == line_of(wrong, "slope(z1)")
    assert set(fault.parameters) == {"W1", "b1"}


def test_where_nothing_is_wrong_nothing_is_repaired() -> None:
    one = judged(NET)
    assert search(Trials(one.reading, one.fits, set())) == []


@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_cotangents_have_one_scale(scale: float) -> None:
    program = edited(NET, ("dz2 = (a2 - T)", f"dz2 = {scale} * (a2 - T)"))
    assert signal_scale(judged(program).reading) == pytest.approx(scale)
