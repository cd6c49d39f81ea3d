"""Steps that are more than a multiple of the gradient: none makes a right one wrong."""

import pytest
from handwritten import ADAM, NET, RNN
from judging import edited, judged, line_of, only_fault, report_of

from chainrule.locate.optimizer import of_parameters

LOOP = "for epoch in range(20):\n"
UPDATES = NET[NET.index("    W1 -= 0.1 * dW1") :]
EACH = "    for k, (p, g) in enumerate(zip([W1, b1, W2, b2], [dW1, db1, dW2, db2])):\n"
STEPS = {
    "momentum": ("        v[k] = 0.9 * v[k] - 0.1 * g\n        p += v[k]\n"),
    "heavy ball": ("        v[k] = 0.9 * v[k] + g\n        p -= 0.1 * v[k]\n"),
    "average": ("        v[k] = 0.9 * v[k] + 0.1 * g\n"
                "        p -= v[k] / (1 - 0.9 ** (epoch + 1))\n"),
    "adagrad": ("        v[k] = v[k] + g * g\n        p -= 0.1 * g / (np.sqrt(v[k]) + 1e-8)\n"),
    "rmsprop": ("        v[k] = 0.9 * v[k] + 0.1 * g**2\n"
                "        p -= 0.01 * g / np.sqrt(v[k] + 1e-8)\n"),
    "adam": ("        m[k] = 0.9 * m[k] + 0.1 * g\n        v[k] = 0.99 * v[k] + 0.01 * g**2\n"
             "        p -= 0.01 * m[k] / (1 - 0.9 ** (epoch + 1)) / "
             "(np.sqrt(v[k] / (1 - 0.99 ** (epoch + 1))) + 1e-8)\n"),
    "clipped": "        p -= 0.1 * np.clip(g, -0.2, 0.2)\n",
    "clipped norm": "        p -= 0.1 * g * min(1, 0.3 / np.sqrt(np.sum(g**2)))\n",
    "signs": "        p -= 0.01 * np.sign(g)\n",
    "decay": "        p -= 0.1 * (g + 0.01 * p)\n",
    "a rate each": "        p -= [0.1, 0.2, 0.3, 0.4][k] * g\n",
    "falling": "        p -= 0.5 / (2 + epoch) * g\n",
}  # fmt: skip


def stepping(step: str) -> str:
    program = edited(NET, (LOOP, "m, v = [0.0] * 4, [0.0] * 4\n" + LOOP))
    return edited(program, (UPDATES, EACH + step))


@pytest.mark.parametrize("which", STEPS)
def test_no_step_makes_a_right_gradient_wrong(which: str) -> None:
    report = report_of(stepping(STEPS[which]))
    assert (report.verdict, report.faults) == ("correct", ())
    assert report.loss is not None
    assert (report.loss.name, report.loss.shown) == ("half_squared_error", "equal")
    assert [one.name for one in report.parameters] == ["W1", "b1", "W2", "b2"]
    assert {one.gradient for one in report.parameters} == {"correct"}


@pytest.mark.parametrize("which", sorted(STEPS.keys() - {"a rate each", "falling", "signs"}))
def test_a_wrong_gradient_stays_wrong_behind_every_step(which: str) -> None:
    program = edited(stepping(STEPS[which]), ("(dz2 @ W2.T) * a1 * (1 - a1)", "dz2 @ W2.T"))
    fault = only_fault(report_of(program))
    assert (fault.line, fault.kind) == (line_of(program, "dz1 = "), "missing-factor")
    assert set(fault.parameters) == {"W1", "b1"}


@pytest.mark.parametrize("which", ["momentum", "adagrad", "adam", "clipped", "signs"])
def test_a_step_up_the_slope_is_noticed(which: str) -> None:
    flipped = {"p -= ": "p += ", "p += ": "p -= "}
    (old,) = [text for text in flipped if text in STEPS[which]]
    report = report_of(stepping(STEPS[which].replace(old, flipped[old])))
    assert report.verdict == "wrong"
    assert {fault.kind for fault in report.faults} == {"wrong-sign"}
    assert {name for fault in report.faults for name in fault.parameters} == {
        "W1", "b1", "W2", "b2"
    }  # fmt: skip


@pytest.mark.parametrize("program", [RNN, ADAM, stepping(STEPS["adam"])])
def test_such_steps_descend(program: str) -> None:
    assert {fit.kind for fit in judged(program).fits} == {"descends"}


def test_values_and_parts_of_parameters_are_theirs() -> None:
    reading = judged(RNN).reading
    own = {node.number for one in reading.step.learned for node in one.old}
    found = of_parameters(reading)
    assert own <= found
    assert not found & {output.number for output in reading.outputs}
