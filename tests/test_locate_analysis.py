"""Whole reports: right programs are called right, whatever they are called and however laid out."""

import ast
import re
from pathlib import Path

import pytest
from foreign import write
from handwritten import DEEP, LAYERS, NET, NEURONS, PROGRAMS
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import edited, judged, line_of, reordered, report_of

import chainrule
from chainrule.render.where_words import answer

FUNCTION = ast.FunctionDef
LOSSES: dict[str, tuple[str, str | None, str]] = {
    "net": ("half_squared_error", "0.5 * np.sum", "equal"),
    "neurons": ("half_squared_error", None, "none"),
    "layers": ("softmax_cross_entropy", "-np.mean(np.log", "equal"),
    "rnn": ("softmax_cross_entropy", "loss += ", "equal"),
    "adam": ("binary_cross_entropy", "loss = -np.mean", "equal"),
    "deep": ("mean_squared_error", "cost = np.mean", "equal"),
}
PARAMETERS: dict[str, dict[str, tuple[int, ...]]] = {
    "net": {"W1": (3, 4), "b1": (1, 4), "W2": (4, 2), "b2": (1, 2)},
    "neurons": {"network[0]": (3, 3), "network[1]": (2, 4)},
    "layers": {
        "first.weights": (3, 6),
        "first.bias": (6,),
        "second.weights": (6, 3),
        "second.bias": (3,),
    },
    "rnn": {"Wxh": (5, 4), "Whh": (5, 5), "Why": (4, 5), "bh": (5, 1), "by": (4, 1)},
    "adam": {
        "params['w1']": (3, 5),
        "params['b1']": (5,),
        "params['w2']": (5, 1),
        "params['b2']": (1,),
    },
    "deep": {
        "weights[0]": (4, 6),
        "weights[1]": (6, 5),
        "weights[2]": (5, 2),
        "biases[0]": (6,),
        "biases[1]": (5,),
        "biases[2]": (2,),
    },
}
UPDATES: dict[str, dict[str, list[str]]] = {
    "net": {name: [f"{name} -= 0.1"] for name in ("W1", "b1", "W2", "b2")},
    "neurons": {
        f"network[{k}]": ['neuron["weights"][i] -=', 'neuron["weights"][-1] -='] for k in range(2)
    },
    "layers": {
        **{key: ["self.weights -="] for key in ("first.weights", "second.weights")},
        **{key: ["self.bias -="] for key in ("first.bias", "second.bias")},
    },
    "rnn": {key: ["param += -rate"] for key in PARAMETERS["rnn"]},
    "adam": {key: ["params[key] = "] for key in PARAMETERS["adam"]},
    "deep": {
        **{f"weights[{k}]": ["weights[k] += "] for k in range(3)},
        **{f"biases[{k}]": ["biases[k] -= "] for k in range(3)},
    },
}


@pytest.mark.parametrize("which", PROGRAMS)
def test_a_right_program_is_right(which: str) -> None:
    program = PROGRAMS[which]
    report = report_of(program)
    assert (report.verdict, report.reason, report.faults) == ("correct", None, ())
    assert report.uses_chain_rule
    name, statement, shown = LOSSES[which]
    assert report.loss is not None
    assert (report.loss.name, report.loss.shown) == (name, shown)
    assert report.loss.stated_at == (line_of(program, statement) if statement else None)
    assert report.loss.scale == pytest.approx(1)


@pytest.mark.parametrize("which", PROGRAMS)
def test_parameters_have_names_shapes_and_lines(which: str) -> None:
    program = PROGRAMS[which]
    found = report_of(program).parameters
    assert {one.name: one.shape for one in found} == PARAMETERS[which]
    assert {one.gradient for one in found} == {"correct"}
    for one in found:
        lines = [line_of(program, text) for text in UPDATES[which][one.name]]
        assert one.updated_at == tuple(lines), one.name


@pytest.mark.parametrize(
    ("edits", "shown"),
    [
        ((), "equal"),
        ((("0.5 * np.sum(", "np.sum("),), "scaled"),
        ((("0.5 * np.sum(", "np.mean("),), "scaled"),
        ((("(a2 - T) ** 2", "abs(a2 - T)"),), "different"),
        ((("print(epoch, 0.5 * np.sum((a2 - T) ** 2))", "print(epoch)"),), "none"),
    ],
)
def test_the_loss_that_is_printed_is_compared(
    edits: tuple[tuple[str, str], ...], shown: str
) -> None:
    report = report_of(edited(NET, *edits))
    assert report.verdict == "correct"
    assert report.loss is not None
    assert report.loss.shown == shown


def renamed(program: str) -> str:
    """A program with every name of its own replaced by one that says nothing."""
    tree = list(ast.walk(ast.parse(program)))
    classes = [node for node in tree if isinstance(node, ast.ClassDef)]
    methods = {one.name for node in classes for one in node.body if isinstance(one, FUNCTION)}
    names = {node.name for node in tree if isinstance(node, ast.ClassDef | FUNCTION)} - methods
    names |= {node.arg for node in tree if isinstance(node, ast.arg)} - {"self"}
    for node in tree:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            methods.add(node.attr)
    for k, name in enumerate(sorted(names)):
        program = re.sub(rf"(?<![\w\"'.]){name}(?![\w\"'])", f"q{k}", program)
    for k, name in enumerate(sorted(methods - {"__init__"})):
        program = re.sub(rf"((?<=\.)|(?<=def )){name}(?!\w)", f"p{k}", program)
    return program


def told(program: str) -> tuple[object, ...]:
    """What does not depend on names: verdict, loss, lines with their roles, faults."""
    report = report_of(program)
    assert report.loss is not None
    return (
        (report.verdict, report.loss.name, report.loss.shown, report.loss.stated_at),
        {(one.line, one.role, one.sign, one.temporary) for one in report.lines},
        [(one.line, one.kind) for one in report.faults],
        [(one.shape, one.updated_at, one.gradient) for one in report.parameters],
    )


FAULTS = {
    "a factor of net": (NET, ("(dz2 @ W2.T) * a1 * (1 - a1)", "dz2 @ W2.T")),
    "the sign of net": (NET, ("dW1 = X.T @ dz1", "dW1 = -X.T @ dz1")),
    "a sum of neurons": (NEURONS, ("error += after", "error = after")),
    "a factor of layers": (LAYERS, ("return grad * self.mask", "return grad")),
    "a mask of deep": (DEEP, ("* masks[k - 1] * (1 - before**2)", "* (1 - before**2)")),
}
BOTH = {
    **PROGRAMS,
    **{name: edited(program, edit) for name, (program, edit) in FAULTS.items()},
}


@pytest.mark.parametrize("which", sorted(BOTH.keys() - {"a sum of neurons"}))
def test_names_do_not_matter(which: str) -> None:
    other = renamed(BOTH[which])
    assert other != BOTH[which]
    assert told(other) == told(BOTH[which])


@pytest.mark.parametrize("order", ["kept", "reversed"])
@pytest.mark.parametrize("which", sorted(BOTH.keys() - {"a sum of neurons"}))
def test_layout_and_order_do_not_matter(which: str, order: str) -> None:
    """Printed again from its tree a program has other lines: the same texts are found there."""
    kept = ast.unparse(ast.parse(BOTH[which]))
    program = kept if order == "kept" else reordered(BOTH[which])
    before, after = report_of(BOTH[which]), report_of(program)
    assert after.verdict == before.verdict
    assert [one.kind for one in after.faults] == [one.kind for one in before.faults]
    old, new = BOTH[which].splitlines(), program.splitlines()
    for one, other in zip(before.faults, after.faults, strict=True):
        assert plain(new[other.line - 1]) == plain(old[one.line - 1])
    assert {(plain(new[one.line - 1]), one.role) for one in after.lines if one.end_line} >= {
        (plain(old[one.line - 1]), one.role) for one in before.lines if one.line == one.end_line
    }


def plain(line: str) -> str:
    return re.sub(r"[\s()]", "", line).replace('"', "'").replace("e-0", "e-")


@settings(max_examples=8, deadline=None, database=None)
@given(
    which=st.sampled_from(sorted(BOTH.keys() - {"a sum of neurons", "rnn"})),
    blank=st.integers(0, 5),
    every=st.integers(1, 9),
)
def test_blank_lines_and_comments_only_move_the_lines(which: str, blank: int, every: int) -> None:
    program = BOTH[which]
    moved, where = ["# header"] * blank, dict[int, int]()
    for k, line in enumerate(program.splitlines(), 1):
        if k % every == 0:
            moved.append("# a comment")
        moved.append(line)
        where[k] = len(moved)
    before, after = report_of(program), report_of("\n".join(moved) + "\n")
    assert after.verdict == before.verdict
    assert [(one.line, one.kind) for one in after.faults] == [
        (where[one.line], one.kind) for one in before.faults
    ]
    assert [(one.line, one.role, one.partial) for one in after.lines] == [
        (where[one.line], one.role, one.partial) for one in before.lines
    ]


@pytest.mark.parametrize("which", ["neurons", "a sum of neurons"])
def test_the_order_of_functions_does_not_matter(which: str) -> None:
    program = BOTH[which]
    parts = program.split("\n\n\n")
    functions = [
        part for part in parts if part.startswith(("def forward", "def backward", "def u"))
    ]
    assert len(functions) == 3
    before = parts[: parts.index(functions[0])]
    other = "\n\n\n".join([*before, *functions[::-1], parts[-1]])
    assert other != program

    def texts(program: str) -> tuple[object, ...]:
        report, lines = report_of(program), program.splitlines()
        return (
            report.verdict,
            [(lines[one.line - 1], one.kind) for one in report.faults],
            {(lines[one.line - 1], one.role, one.partial) for one in report.lines},
        )

    assert texts(other) == texts(program)


@pytest.mark.parametrize(
    ("program", "verdict"),
    [
        ("x = 0.5\nprint(x * 2.0)\n", "no-backprop"),
        ("import numpy as np\nW = np.ones((2, 2))\nfor k in range(5):\n    W @ W\n",
         "no-backprop"),
        ("total = 0.0\nfor k in range(9):\n    total += 0.5 * k\nprint(total)\n", "no-backprop"),
    ],
)  # fmt: skip
def test_a_program_that_trains_nothing_is_not_judged(program: str, verdict: str) -> None:
    report = report_of(program)
    assert report.verdict == verdict
    assert report.reason
    assert not report.faults


def test_one_layer_multiplies_error_and_input() -> None:
    program = (
        "import numpy as np\nrng = np.random.default_rng(0)\nx, t = rng.normal(size=(5, 3)), "
        "rng.normal(size=5)\nw = rng.normal(size=3)\nfor k in range(9):\n    e = x @ w - t\n"
        "    print(np.sum(e**2))\n    w -= 0.01 * 2 * x.T @ e\n"
    )
    report = report_of(program)
    assert report.verdict == "correct"
    assert report.uses_chain_rule
    assert answer(report)[0] == (
        "Yes. Two links are multiplied, an error signal and its input: line 8."
    )
    assert [(one.name, one.shape, one.updated_at) for one in report.parameters] == [
        ("w", (3,), (8,))
    ]


def test_arguments_and_the_end_of_the_run_do_not_matter(tmp_path: Path) -> None:
    script = write(tmp_path, NET)
    stopped, ended = chainrule.where(script), chainrule.where(script, stop=False)
    assert (stopped.verdict, stopped.lines) == (ended.verdict, ended.lines)
    assert stopped.parameters == ended.parameters


@pytest.mark.parametrize(
    ("edit", "gradient"),
    [
        (("dW1 = X.T @ dz1", "dW1 = -X.T @ dz1"), "scaled"),
        (("W1 -= 0.1 * dW1", "W1 += 0.1 * dW1"), "scaled"),
        (("dW1 = X.T @ dz1", "dW1 = X.T @ dz1 * z1.sum()"), "wrong"),
    ],
)
def test_a_wrong_gradient_is_told_of_its_parameter(edit: tuple[str, str], gradient: str) -> None:
    found = {one.name: one.gradient for one in report_of(edited(NET, edit)).parameters}
    assert found["W1"] == gradient


def test_what_does_not_descend_is_bad() -> None:
    wrong = judged(edited(NET, ("dW1 = X.T @ dz1", "dW1 = X.T @ (dz1 * z1)")))
    names = [one.name for one in wrong.reading.step.learned]
    assert [names[k] for k in wrong.bad] == ["W1"]
    assert judged(NET).bad == []
