"""Faults in sentences and repairs in the program's own names."""

from typing import get_args

import pytest
from handwritten import LAYERS, NET, RNN
from judging import edited, judged, line_of, only_fault, report_of

from chainrule.locate.cause import Cause
from chainrule.locate.files import Place
from chainrule.locate.record import Fault, Kind
from chainrule.locate.words import derivative_text, fault

HIDDEN = "(dz2 @ W2.T) * a1 * (1 - a1)"
TANH = [("a1 = sigmoid(z1)", "a1 = np.tanh(z1)"), (HIDDEN, "(dz2 @ W2.T) * (1 - a1**2)")]
RELU = [("a1 = sigmoid(z1)", "a1 = np.maximum(0, z1)"), (HIDDEN, "(dz2 @ W2.T) * (z1 > 0)")]
TEXTS = ["a1 * (1 - a1)", "1 - a1 ** 2", "(z1 > 0)"]


def named(program: str) -> str:
    """A program with other names for the hidden layer."""
    return program.replace("a1", "hidden").replace("z1", "total")


@pytest.mark.parametrize(("edits", "text"), [*zip([[], TANH, RELU], TEXTS, strict=True)])
def test_a_missing_factor_is_written_in_the_program_s_names(
    edits: list[tuple[str, str]], text: str
) -> None:
    program = edited(NET, *edits)
    assert report_of(program).verdict == "correct"
    (line,) = [one for one in program.splitlines() if "dz1 = " in one]
    program = edited(program, (line, "    dz1 = dz2 @ W2.T"))
    for changed, expected in ((program, text), (named(program), named(text))):
        repair = only_fault(report_of(changed)).repair
        assert repair == f"multiply by {expected}"


def test_doing_what_is_said_puts_the_program_right() -> None:
    program = edited(NET, (HIDDEN, "dz2 @ W2.T"))
    repair = only_fault(report_of(program)).repair
    assert repair is not None
    factor = repair.removeprefix("multiply by ")
    assert report_of(edited(program, ("dz2 @ W2.T", f"(dz2 @ W2.T) * ({factor})"))) is not None
    assert (
        report_of(edited(program, ("dz2 @ W2.T", f"(dz2 @ W2.T) * ({factor})"))).verdict
        == "correct"
    )


@pytest.mark.parametrize(
    ("program", "edit", "repair"),
    [
        (NET, (HIDDEN, "(dz2 @ W2.T) * (1 - a1**2)"), "use a1 * (1 - a1)"),
        (NET, ("dW1 = X", "dW1 = -X"), "change the sign"),
        (RNN, ("dWxh += np", "dWxh = np"), "add up with += instead of ="),
    ],
)
def test_a_repair_says_what_to_do(program: str, edit: tuple[str, str], repair: str) -> None:
    assert only_fault(report_of(edited(program, edit))).repair == repair


@pytest.mark.parametrize(
    "edit", [("dW1 = X", "dW1 = -X"), (HIDDEN, "dz2 @ W2.T"), ("a1.T @ dz2", "z1.T @ dz2")]
)
def test_the_message_is_one_sentence_with_line_and_repair(edit: tuple[str, str]) -> None:
    found = only_fault(report_of(edited(NET, edit)))
    assert found.message.startswith(f"line {found.line} ")
    assert found.message.endswith(".")
    assert "\n" not in found.message
    if found.repair:
        assert found.repair in found.message


@pytest.mark.parametrize(
    ("edit", "held"),
    [
        (("dW1 = X", "dW1 = -X"), "it holds −∂J/∂W1;"),
        (("dW1 = X", "dW1 = 3 * X"), "it holds 3 times ∂J/∂W1."),
    ],
)
def test_how_many_times_the_gradient_is_held(edit: tuple[str, str], held: str) -> None:
    assert held in only_fault(report_of(edited(NET, edit))).message


def test_a_place_that_could_not_be_told_is_not_named() -> None:
    one = judged(NET)
    found = fault(one.reading, one.names, Cause("wrong-operand", Place("", 26), (0,)))
    assert found.message == (
        "line 26 changes W1 by what is not the loss's gradient; "
        "which line makes it wrong could not be told."
    )


def test_the_function_is_the_innermost_around_the_line() -> None:
    program = edited(LAYERS, ("return grad * self.mask", "return grad  # as it is"))
    assert only_fault(report_of(program)).function == "Relu.backward"
    assert only_fault(report_of(edited(NET, ("dW1 = X", "dW1 = -X")))).function is None


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_has_its_words(kind: Kind) -> None:
    one = judged(NET)
    line = line_of(NET, "dW1 =")
    made = fault(one.reading, one.names, Cause(kind, Place("", line), (0,), other="W2"))
    assert isinstance(made, Fault)
    assert (made.kind, made.line, made.parameters) == (kind, line, ("W1",))
    assert len(made.message) > 20
    assert made.message.endswith(".")


def test_known_derivatives_are_written_as_formulas() -> None:
    for edits, text in zip([[], TANH, RELU], TEXTS, strict=True):
        one = judged(edited(NET, *edits))
        texts = {
            derivative_text(one.reading, one.names, target)
            for target in one.reading.targets
            if target.kind == "local" and one.names.of(target.of) == "a1"
        }
        assert text in texts
