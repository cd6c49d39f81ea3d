"""What the lines of right programs hold."""

import pytest
from handwritten import ADAM, LAYERS, NET, NEURONS, RNN
from judging import edited, holding, line_of, report_of

ROLES = [
    (NET, "dz2 =", "error_signal", "∂J/∂a2"),
    (NET, "dz2 =", "chain_rule", "∂J/∂z2"),
    (NET, "dz2 =", "local_derivative", "∂a2/∂z2"),
    (NET, "dW2 =", "parameter_gradient", "∂J/∂W2"),
    (NET, "dz1 =", "chain_rule", "∂J/∂z1"),
    (NET, "db1 =", "parameter_gradient", "∂J/∂b1"),
    (NET, "b1 -=", "update", "b1 − step · ∂J/∂b1"),
    (NEURONS, "error = neuron", "error_signal", "∂J/∂neuron['output']"),
    (NEURONS, "error += after", "chain_rule", "∂J/∂neuron['output']"),
    (LAYERS, "self.d_bias =", "parameter_gradient", "∂J/∂second.bias"),
    (LAYERS, "self.weights -=", "update", "first.weights − step · ∂J/∂first.weights"),
    (RNN, "dhnext = np.dot", "chain_rule", "part of ∂J/∂hs[t]"),
    (RNN, "dWhh +=", "parameter_gradient", "∂J/∂Whh"),
    (ADAM, "dh = ", "chain_rule", "∂J/∂h"),
]


@pytest.mark.parametrize(("program", "text", "role", "partial"), ROLES)
def test_a_line_holds_its_partial_derivative(
    program: str, text: str, role: str, partial: str
) -> None:
    found = holding(report_of(program), line_of(program, text), role)
    assert partial in [one.partial for one in found]
    assert all(one.temporary is (role not in ("parameter_gradient", "update")) for one in found)


def test_the_sign_of_a_difference_turned_round() -> None:
    program = edited(NET, ("dz2 = (a2 - T)", "dz2 = (T - a2)"))
    for name in ("W1", "b1", "W2", "b2"):
        program = edited(program, (f"{name} -= ", f"{name} += "))
    (found,) = holding(report_of(program), line_of(program, "dz2 ="), "error_signal")
    assert (found.sign, found.partial) == (-1, "∂J/∂a2")
    assert found.scale == pytest.approx(1)


def test_factors_have_their_lines() -> None:
    (found,) = holding(report_of(NET), line_of(NET, "db1 ="), "parameter_gradient")
    assert [(one.partial, one.line) for one in found.factors] == [("∂J/∂z1", line_of(NET, "dz1 ="))]
    assert found.sum_over == "rows"


@pytest.mark.parametrize(
    ("program", "text", "role", "times"),
    [
        (NET, "dz2 =", "error_signal", 1),
        (NEURONS, "error = neuron", "error_signal", 2),
        (NEURONS, "slope = ", "local_derivative", 5),
    ],
)
def test_a_line_is_counted_as_often_as_it_is_computed(
    program: str, text: str, role: str, times: int
) -> None:
    (found,) = holding(report_of(program), line_of(program, text), role)
    assert found.times == times
