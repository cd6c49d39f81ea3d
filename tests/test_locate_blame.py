"""Every kind of fault, planted in a program, is found at its line with its kind and parameters."""

from collections.abc import Iterable

import pytest
from handwritten import ADAM, DEEP, LAYERS, NET, NEURONS, RNN
from judging import edited, judged, line_of, only_fault, report_of

from chainrule.locate.blame import causes

SIGNAL = "dz2 = (a2 - T) * a2 * (1 - a2)"
HIDDEN = "(dz2 @ W2.T) * a1 * (1 - a1)"
LATE = "    W2 -= 0.1 * dW2\n"
EARLY = LATE + "    dz1 = (W2 @ dz2.T).T"
RECURRENT = {"Wxh", "Whh", "bh"}
LOWER = {"weights[0]", "weights[1]", "biases[0]", "biases[1]"}
FIRST = {"first.weights", "first.bias"}
Edits = list[tuple[str, str]]
# program, what is changed in it, a text of the line to be named, the kinds that may be given,
# the parameters that are spoilt
FAULTS: dict[str, tuple[str, Edits, str, str, Iterable[str]]] = {
    "net: no slope": (NET, [(HIDDEN, "dz2 @ W2.T")], "dz1 =", "missing-factor", {"W1", "b1"}),
    "net: tanh's slope": (NET, [(HIDDEN, "(dz2 @ W2.T) * (1 - a1**2)")],
        "dz1 =", "wrong-derivative", {"W1", "b1"}),
    "net: a factor twice": (NET, [(HIDDEN, HIDDEN + " * a1")],
        "dz1 =", "extra-factor", {"W1", "b1"}),
    "net: a sign": (NET, [("dW1 = X", "dW1 = -X")], "dW1 =", "wrong-sign", {"W1"}),
    "net: ascent": (NET, [("W1 -= 0.1", "W1 += 0.1")], "W1 +=", "wrong-sign", {"W1"}),
    "net: one mean": (NET, [("a1.T @ dz2", "a1.T @ dz2 / 6")], "dW2 =", "wrong-scale", {"W2"}),
    "net: mean and sum": (NET, [("dz2.sum(axis", "dz2.mean(axis")],
        "db2 =", "wrong-scale wrong-sum", {"b2"}),
    "net: sum of all": (NET, [("dz1.sum(axis=0, ", "dz1.sum(")], "db1 =", "wrong-sum", {"b1"}),
    "net: z for a": (NET, [("a1.T @ dz2", "z1.T @ dz2")], "dW2 =", "wrong-operand", {"W2"}),
    "net: too early": (NET, [(LATE, ""), ("    dz1 = (dz2 @ W2.T)", EARLY)],
        "dz1 =", "updated-too-early", {"W1", "b1"}),
    "net: no update": (NET, [(LATE, "")], "W1 -=", "missing-gradient", {"W2"}),
    "neurons: = for +=": (NEURONS, [("error += after", "error = after")],
        "error = after", "overwritten-gradient", {"network[0]"}),
    "neurons: ascent": (NEURONS, [('neuron["weights"][i] -=', 'neuron["weights"][i] +=')],
        'neuron["weights"][i] +=', "wrong-sign", {"network[0]", "network[1]"}),
    "layers: no mask": (LAYERS, [("return grad * self.mask", "return grad  # as it is")],
        "# as it is", "missing-factor", FIRST),
    "layers: sum of all": (LAYERS, [("grad.sum(axis=0)", "grad.sum()")],
        "self.d_bias =", "wrong-sum", {"first.bias", "second.bias"}),
    "layers: gradient for weights": (LAYERS, [("@ self.weights.T", "@ self.d_weights.T")],
        "return grad @", "wrong-operand", FIRST),
    "rnn: no way back": (RNN, [("dy) + dhnext", "dy)")], "dh =", "missing-path", RECURRENT),
    "rnn: h for its square": (RNN, [("(1 - hs[t] * hs[t])", "(1 - hs[t])")],
        "dhraw =", "wrong-derivative", RECURRENT),
    "rnn: no slope": (RNN, [("(1 - hs[t] * hs[t]) * dh", "dh")],
        "dhraw =", "missing-factor", RECURRENT),
    "rnn: this step's h": (RNN, [("dhraw, hs[t - 1].T", "dhraw, hs[t].T")],
        "dWhh +=", "wrong-operand", {"Whh"}),
    "rnn: = for +=": (RNN, [("dWxh += np", "dWxh = np")],
        "dWxh = np", "overwritten-gradient", {"Wxh"}),
    "rnn: not turned": (RNN, [("np.dot(Whh.T, dhraw)", "np.dot(Whh, dhraw)")],
        "dhnext = np.dot", "wrong-operand", RECURRENT),
    "rnn: dh for dhraw": (RNN, [("np.dot(Whh.T, dhraw)", "np.dot(Whh.T, dh)")],
        "dhnext = np.dot", "wrong-operand missing-factor", RECURRENT),
    "deep: no mask": (DEEP, [(" * masks[k - 1] * (1 - b", " * (1 - b")],
        "signal = (signal", "missing-factor", LOWER),
    "deep: slope of the masked": (DEEP, [("(1 - before**2)", "(1 - kept[k] ** 2)")],
        "signal = (signal", "wrong-derivative", LOWER),
    "deep: ascent": (DEEP, [("weights[k] += speeds", "weights[k] -= speeds")],
        "weights[k] -=", "wrong-sign", {f"weights[{k}]" for k in range(3)}),
    "deep: sum of all": (DEEP, [("np.sum(signal, axis=0)", "np.sum(signal)")],
        "d_b =", "wrong-sum", {f"biases[{k}]" for k in range(3)}),
}  # fmt: skip


@pytest.mark.parametrize(
    "which",
    [pytest.param(one, marks=pytest.mark.slow if one.startswith("rnn") else ()) for one in FAULTS],
)
def test_a_fault_is_found_at_its_line_with_its_kind(which: str) -> None:
    text, edits, where, kinds, parameters = FAULTS[which]
    program = edited(text, *edits)
    fault = only_fault(report_of(program))
    assert fault.line == line_of(program, where)
    assert fault.kind in kinds.split()
    if which != "neurons: ascent":
        assert set(fault.parameters) == set(parameters)
    gradients = {one.name: one.gradient for one in report_of(program).parameters}
    for name, gradient in gradients.items():
        assert (gradient == "correct") is (name not in fault.parameters), name


@pytest.mark.parametrize("which", ["net: no slope", "layers: no mask", "deep: no mask"])
def test_the_loss_is_the_same_behind_a_fault(which: str) -> None:
    text, edits, *_ = FAULTS[which]
    wrong, right = report_of(edited(text, *edits)).loss, report_of(text).loss
    assert wrong is not None
    assert right is not None
    assert (wrong.name, wrong.shown, wrong.stated_at) == (right.name, right.shown, right.stated_at)


def test_two_faults_are_two() -> None:
    program = edited(NET, (HIDDEN, "dz2 @ W2.T"), ("db2 = dz2", "db2 = -dz2"))
    report = report_of(program)
    assert {(one.line, one.kind) for one in report.faults} == {
        (line_of(program, "dz1 ="), "missing-factor"),
        (line_of(program, "db2 ="), "wrong-sign"),
    }
    assert {one.line: set(one.parameters) for one in report.faults} == {
        line_of(program, "dz1 ="): {"W1", "b1"},
        line_of(program, "db2 ="): {"b2"},
    }


@pytest.mark.parametrize("program", [NET, ADAM, LAYERS])
def test_without_a_wrong_parameter_there_is_no_cause(program: str) -> None:
    one = judged(program)
    assert causes(one.reading, one.fits) == one.causes == []


def test_a_step_of_its_own_is_no_fault_and_a_gradient_of_its_own_scale_is() -> None:
    step = edited(NET, ("W1 -= 0.1 *", "W1 -= 0.3 *"))
    stored = edited(NET, ("dW1 = X.T @ dz1", "dW1 = 3 * X.T @ dz1"))
    assert report_of(step).verdict == "correct"
    fault = only_fault(report_of(stored))
    assert (fault.kind, fault.line) == ("wrong-scale", line_of(stored, "dW1 ="))
