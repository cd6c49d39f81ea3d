"""What is said of a judged step: parameters, faults, notes and scales."""

import pytest
from handwritten import NET, NEURONS
from judging import edited, holding, line_of, only_fault, report_of

PRINT = "print(epoch, 0.5 * np.sum((a2 - T) ** 2))"
SIGNAL = "dz2 = (a2 - T) * a2 * (1 - a2)"


def test_parameters_have_shapes_and_the_lines_that_change_them() -> None:
    found = {one.name: (one.shape, one.updated_at) for one in report_of(NET).parameters}
    assert found == {
        "W1": ((3, 4), (line_of(NET, "W1 -="),)),
        "b1": ((1, 4), (line_of(NET, "b1 -="),)),
        "W2": ((4, 2), (line_of(NET, "W2 -="),)),
        "b2": ((1, 2), (line_of(NET, "b2 -="),)),
    }
    lines = {line for one in report_of(NEURONS).parameters for line in one.updated_at}
    assert lines == {k for k, text in enumerate(NEURONS.splitlines(), 1) if " -= rate" in text}


@pytest.mark.parametrize(
    ("printed", "kinds"),
    [
        (PRINT, []),
        ("print(epoch, np.mean((a2 - T) ** 2))", ["scaled"]),
        ("print(epoch, np.sum(np.abs(a2 - T)))", ["shown-loss-differs"]),
    ],
)
def test_a_note_says_that_another_loss_is_shown(printed: str, kinds: list[str]) -> None:
    program = edited(NET, (PRINT, printed))
    report = report_of(program)
    assert report.verdict == "correct"
    assert [(one.kind, one.line) for one in report.notes] == [
        (kind, line_of(program, "print(epoch")) for kind in kinds
    ]


def test_one_line_is_one_fault_of_all_parameters_that_it_spoils() -> None:
    fault = only_fault(report_of(edited(NET, (SIGNAL, "dz2 = -(a2 - T) * a2 * (1 - a2)"))))
    assert set(fault.parameters) == {"W1", "b1", "W2", "b2"}


def test_lines_hold_multiples_of_the_named_loss() -> None:
    """Three times ½ Σ (a − y)² is descended, so every cotangent is three times that loss's."""
    program = edited(
        NET, (PRINT, "print(epoch)"), (SIGNAL, SIGNAL.replace("(a2 - T)", "3 * (a2 - T)"))
    )
    report = report_of(program)
    assert report.loss is not None
    assert report.loss.name == "half_squared_error"
    assert report.loss.scale == pytest.approx(3)
    (line,) = holding(report, line_of(program, "dW1 ="), "parameter_gradient")
    assert line.sign == 1
    assert line.scale == pytest.approx(3)


def test_a_line_of_the_backward_pass_without_a_name_is_listed() -> None:
    program = edited(
        NET, ("dW1 = X.T @ dz1", "odd = np.abs(dz1)\n    dW1 = X.T @ dz1 + 0 * X.T @ odd")
    )
    report = report_of(program)
    assert [one.line for one in report.unlabelled] == [line_of(program, "odd =")]
    assert report.unlabelled[0].reason
    assert report_of(NET).unlabelled == ()


@pytest.mark.parametrize(
    ("edits", "factors"),
    [
        ([], {}),
        ([("dW1 = X.T", "dW1 = 3 * X.T")], {"W1": 3.0}),
        ([("dW1 = X.T", "dW1 = 3 * X.T"), ("W2 -= 0.1", "W2 -= 0.7")], {"W1": 3.0}),
        ([("db1 = dz1", "db1 = -dz1")], {"b1": -1.0}),
        ([("W2 -=", "W2 +=")], {"W2": -1.0}),
        ([("    dz2 = (a2", "    dz2 = 2 * (a2")], {}),
    ],
)
def test_the_factor_of_a_gradient_is_its_own(
    edits: list[tuple[str, str]], factors: dict[str, float]
) -> None:
    """A step size is no factor of the gradient, and one that all share is the loss's."""
    parameters = report_of(edited(NET, *edits)).parameters
    assert {one.name: one.scale for one in parameters if one.gradient == "scaled"} == factors
    assert all(one.scale == 1 for one in parameters if one.gradient != "scaled")
