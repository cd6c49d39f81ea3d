"""Faults that show by themselves: nothing moved, moved up, exchanged, not set back, too early."""

import pytest
from handwritten import DEEP, LAYERS, NET, NEURONS
from judging import edited, line_of, only_fault, report_of

LOOP = "for epoch in range(20):\n"
BIAS = '        neuron["weights"][-1] -= rate * neuron["delta"]\n'
SQUARE = edited(
    NET,
    ("size=(6, 2))", "size=(6, 4))"),
    ("np.zeros((1, 4))", "rng.normal(size=(1, 4))"),
    ("size=(4, 2)), np.zeros((1, 2))", "size=(4, 4)), rng.normal(size=(1, 4))"),
)
EARLY = [("    W2 -= 0.1 * dW2\n", ""), ("    dz1 = (dz2 @ W2.T)",
         "    W2 -= 0.1 * dW2\n    dz1 = (W2 @ dz2.T).T")]  # fmt: skip


def test_weights_that_do_not_move_are_missed_where_others_move() -> None:
    program = edited(NET, ("    W2 -= 0.1 * dW2\n", ""))
    report = report_of(program)
    fault = only_fault(report)
    assert (fault.kind, fault.parameters) == ("missing-gradient", ("W2",))
    assert fault.line == line_of(program, "W1 -= ")
    assert {one.name: one.gradient for one in report.parameters}["W2"] == "missing"
    assert "W2" in fault.message
    assert fault.repair is not None
    assert "∂J/∂W2" in fault.repair


def test_single_weights_that_do_not_move_are_missed() -> None:
    program = edited(
        NEURONS, ('        neuron["weights"][-1] -= rate * neuron["delta"]\n', "pass\n")
    )
    fault = only_fault(report_of(program))
    assert fault.kind == "missing-gradient"
    assert fault.line == line_of(program, 'neuron["weights"][i] -=')
    assert len(fault.parameters) == 5
    assert all(name.startswith("network[") for name in fault.parameters)


@pytest.mark.parametrize(
    ("program", "edit", "where", "parameters"),
    [
        (NET, ("W1 -= 0.1", "W1 += 0.1"), "W1 +=", {"W1"}),
        (NET, ("b2 -= 0.1", "b2 += 0.1"), "b2 +=", {"b2"}),
        (LAYERS, ("self.bias -=", "self.bias +="), "self.bias +=", {"first.bias", "second.bias"}),
        (DEEP, ("biases[k] -=", "biases[k] +="), "biases[k] +=",
         {"biases[0]", "biases[1]", "biases[2]"}),
    ],
)  # fmt: skip
def test_some_moved_up_are_wrong_where_they_are_moved(
    program: str, edit: tuple[str, str], where: str, parameters: set[str]
) -> None:
    changed = edited(program, edit)
    fault = only_fault(report_of(changed))
    assert (fault.kind, fault.line) == ("wrong-sign", line_of(changed, where))
    assert set(fault.parameters) == parameters


def test_all_moved_up_are_wrong_at_the_error_signal() -> None:
    program = edited(NET, ("dz2 = (a2 - T)", "dz2 = (T - a2)"))
    fault = only_fault(report_of(program))
    assert (fault.kind, fault.line) == ("wrong-sign", line_of(program, "dz2 ="))
    assert set(fault.parameters) == {"W1", "b1", "W2", "b2"}


def test_a_difference_turned_round_is_right_where_it_is_added() -> None:
    program = edited(NET, ("dz2 = (a2 - T)", "dz2 = (T - a2)"))
    for name in ("W1", "b1", "W2", "b2"):
        program = edited(program, (f"{name} -= ", f"{name} += "))
    assert report_of(program).verdict == "correct"


def test_exchanged_gradients_are_two_faults() -> None:
    program = edited(SQUARE, ("    db2 = ", "    db1 = "), ("    db1 = dz1", "    db2 = dz1"))
    report = report_of(program)
    assert report_of(SQUARE).verdict == "correct"
    assert {(one.kind, one.line, one.parameters) for one in report.faults} == {
        ("swapped-parameters", line_of(program, "db1 = dz2"), ("b1",)),
        ("swapped-parameters", line_of(program, "db2 = dz1"), ("b2",)),
    }


def test_a_sum_that_is_never_set_back_is_stale() -> None:
    program = edited(
        NET, (LOOP, "dW1 = np.zeros_like(W1)\n" + LOOP), ("dW1 = X.T @ dz1", "dW1 += X.T @ dz1")
    )
    fault = only_fault(report_of(program))
    assert (fault.kind, fault.line) == ("stale-value", line_of(program, "dW1 += "))
    assert fault.parameters == ("W1",)


def test_a_sum_that_decays_is_momentum() -> None:
    program = edited(
        NET,
        (LOOP, "dW1 = np.zeros_like(W1)\n" + LOOP),
        ("dW1 = X.T @ dz1", "dW1 = 0.9 * dW1 + X.T @ dz1"),
    )
    assert report_of(program).verdict == "correct"


def test_a_sum_that_is_set_back_in_each_step_is_right() -> None:
    program = edited(NET, ("dW1 = X.T @ dz1", "dW1 = np.zeros_like(W1)\n    dW1 += X.T @ dz1"))
    assert report_of(program).verdict == "correct"


def test_a_weight_read_after_its_update_is_read_too_early() -> None:
    program = edited(NET, *EARLY)
    fault = only_fault(report_of(program))
    assert (fault.kind, fault.line) == ("updated-too-early", line_of(program, "dz1 ="))
    assert set(fault.parameters) == {"W1", "b1"}
    assert "W2" in fault.message
    kept = edited(program, (LOOP, LOOP + "    before = W2.copy()\n"), ("(W2 @ dz2.T).T",
                  "(before @ dz2.T).T"))  # fmt: skip
    assert report_of(kept).verdict == "correct"
