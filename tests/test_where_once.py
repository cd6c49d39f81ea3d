"""Gradients that are computed once: returned by a call, printed, or used for one step only."""

from pathlib import Path

import pytest
from foreign import alone, traced, write
from judging import edited, line_of

import chainrule
from chainrule.locate.record import Report

FOLDER = Path(__file__).resolve().parent / "locate" / "once"
CALLS = {
    "loss_and_gradients": "loss_and_grads(W1, b1, W2, b2, X, y)",
    "nabla_lists": "net.backprop(x, y)",
    "scalar_chain": "grads(w, b, 2.0, 0.5)",
}
RIGHT: dict[str, tuple[str, dict[str, tuple[int, ...]], list[str]]] = {
    # the loss, the parameters, what multiplies links
    "loss_and_gradients": (
        "softmax_cross_entropy", {"W1": (5, 5), "b1": (5,), "W2": (5, 3), "b2": (3,)},
        ["dh = dscores @ W2.T", "dz1 = dh * (z1 > 0)"],
    ),
    "nabla_lists": (
        "half_squared_error",
        {"net.weights[0]": (5, 4), "net.weights[1]": (3, 5),
         "net.biases[0]": (5, 1), "net.biases[1]": (3, 1)},
        ["* sigmoid_prime(zs[-1])", "delta) * sp"],
    ),
    "scalar_chain": ("half_squared_error", {"w": (), "b": ()}, ["dz = error * 2 * z"]),
    "prints_gradients": (
        "binary_cross_entropy", {"W1": (3, 4), "b1": (1, 4), "W2": (4, 2), "b2": (1, 2)},
        ["dA1 = dZ2.dot(W2.T)", "dZ1 = dA1 * (1 - A1 ** 2)"],
    ),
    "one_update": ("half_squared_error", {"W1": (4, 5), "W2": (5, 2)}, ["dW1 = X.T @"]),
    "worked_example": (
        "half_squared_error", {"w1": (), "w2": (), "w5": ()},
        ["dE_dh = ", "dE_dw1 = ", "dE_dw5 = "],
    ),
}  # fmt: skip
UPDATES = {
    "one_update": ["W1 = W1 -", "W2 = W2 -"],
    "worked_example": [f"{name} = {name} -" for name in ("w1", "w2", "w5")],
}
FAULTS: list[tuple[str, str, str, str, set[str]]] = [
    ("loss_and_gradients", "dh * (z1 > 0)", "dh", "missing-factor", {"W1", "b1"}),
    ("loss_and_gradients", "dscores @ W2.T", "-dscores @ W2.T", "wrong-sign", {"W1", "b1"}),
    ("loss_and_gradients", "h.T @ dscores", "z1.T @ dscores", "wrong-operand", {"W2"}),
    ("loss_and_gradients", "dz1.sum(axis=0)", "dz1.mean(axis=0)", "wrong-scale", {"b1"}),
    ("loss_and_gradients", "return loss, (dW1,", "return loss, (-dW1,", "wrong-sign", {"W1"}),
    ("nabla_lists", "activations[-2].transpose()", "np.ones((1, 5))", "wrong-operand",
     {"net.weights[1]"}),
    ("nabla_lists", "delta) * sp", "delta) * z", "missing-factor", {"net.weights[0]"}),
    ("scalar_chain", '"b": dz', '"b": -dz', "wrong-sign", {"b"}),
    ("prints_gradients", "dA1 * (1 - A1 ** 2)", "dA1", "missing-factor", {"W1", "b1"}),
    ("prints_gradients", "dZ1.sum(axis=0", "dZ1.mean(axis=0", "wrong-scale", {"b1"}),
    ("prints_gradients", "1 - A1 ** 2", "1 - Z1 ** 2", "wrong-derivative", {"W1", "b1"}),
    ("one_update", "* h * (1 - h))", "* h)", "missing-factor", {"W1"}),
    ("worked_example", "dh_dnet = h * (1 - h)", "dh_dnet = h * (1 + h)", "wrong-derivative",
     {"w1", "w2"}),
    ("worked_example", "w1 = w1 - rate", "w1 = w1 + rate", "wrong-sign", {"w1"}),
]  # fmt: skip


def source(name: str) -> str:
    return (FOLDER / f"{name}.py").read_text(encoding="utf-8")


def report_of(folder: Path, name: str, *edits: tuple[str, str]) -> Report:
    file = write(folder, edited(source(name), *edits))
    return chainrule.where(file, call=CALLS.get(name))


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_gradient_is_right(name: str, tmp_path: Path) -> None:
    program = source(name)
    loss, parameters, products = RIGHT[name]
    report = report_of(tmp_path, name)
    assert (report.verdict, report.faults) == ("correct", ())
    assert report.loss is not None
    assert report.loss.name == loss
    assert {one.name: one.shape for one in report.parameters} == parameters
    assert {one.gradient for one in report.parameters} == {"correct"}
    assert {one.line for one in report.lines if one.role == "chain_rule"} >= {
        line_of(program, text) for text in products
    }
    updates = {line_of(program, text) for text in UPDATES.get(name, ())}
    assert {one.line for one in report.lines if one.role == "update"} == updates
    assert {line for one in report.parameters for line in one.updated_at} == updates


@pytest.mark.parametrize(("name", "old", "new", "kind", "parameters"), FAULTS)
def test_a_fault_is_found_at_its_line(
    name: str, old: str, new: str, kind: str, parameters: set[str], tmp_path: Path
) -> None:
    report = report_of(tmp_path, name, (old, new))
    assert report.verdict == "wrong"
    first = report.faults[0]
    assert (first.line, first.kind) == (line_of(source(name), old), kind)
    assert set(first.parameters) == parameters


def test_layers_of_a_function_that_has_ended_are_named_as_they_were_assigned(
    tmp_path: Path,
) -> None:
    report = report_of(tmp_path, "layers_once")
    assert report.verdict == "correct"
    assert sorted((one.name, one.shape) for one in report.parameters) == [
        ("self.W", (3, 5)), ("self.W", (5, 2)), ("self.b", (2,)), ("self.b", (5,)),
    ]  # fmt: skip


def test_what_is_to_be_added_is_said(tmp_path: Path) -> None:
    report = report_of(tmp_path, "nabla_lists", ("(output - y)", "(y - output)"))
    assert report.verdict == "correct"
    assert [one.kind for one in report.notes] == ["negative"]


def test_a_value_that_is_the_gradient_of_none_leaves_the_answer_open(tmp_path: Path) -> None:
    """Both w and x are single numbers: whose gradient the value is meant to be is not told."""
    report = report_of(tmp_path, "scalar_chain", ("dz * x", "dz * z"))
    assert (report.verdict, report.faults) == ("unknown", ())


CONTROLS = {
    "difference quotients": (
        "def slopes(f, W):\n    g = np.zeros_like(W)\n    for k in np.ndindex(*W.shape):\n"
        "        kept = W[k]\n        W[k] = kept + 1e-5\n        up = f(W)\n"
        "        W[k] = kept - 1e-5\n        g[k] = (up - f(W)) / 2e-5\n        W[k] = kept\n"
        "    return g\n",
        "slopes(lambda W: np.sum((np.tanh(X @ W) - Y) ** 2), W)",
    ),
    "the forward pass": ("", "np.tanh(X @ W)"),
    "a square forward pass": ("A = rng.normal(size=(3, 3))", "np.tanh(A @ W[:, :1] @ W[:1])"),
    "normal equations": ("", "np.linalg.solve(X.T @ X, X.T @ Y)"),
    "means of groups": ("near = Y.argmax(axis=1)",
                        "[X[near == k].mean(axis=0) for k in range(2)]"),
    "a step of Newton": ("t = 3.0\nt = t - (t * t - 7.0) / (2.0 * t)", "t"),
    "a perceptron": ("v = rng.normal(size=3)\nfor x in X[:2]:\n"
                     "    v = v + 0.1 * (1.0 - (x @ v > 0)) * x", "v"),
    "a covariance": ("", "(X - X.mean(axis=0)).T @ (X - X.mean(axis=0)) / len(X)"),
    "a random direction": ("noise = rng.normal(size=W.shape)",
                           "W + 0.1 * noise * np.sum((X @ (W + noise) - Y) ** 2)"),
}  # fmt: skip


# a quotient of differences is the gradient, the perceptron's rule that of its own loss
RIGHT_WITHOUT_THE_RULE = ("difference quotients", "a perceptron")


@pytest.mark.parametrize("which", CONTROLS)
def test_what_is_no_gradient_is_not_called_wrong(which: str, tmp_path: Path) -> None:
    text, call = CONTROLS[which]
    program = (
        "import numpy as np\nrng = np.random.default_rng(1)\nX = rng.normal(size=(8, 3))\n"
        f"Y = rng.normal(size=(8, 2))\nW = rng.normal(size=(3, 2))\n{text}\n"
    )
    for report in (
        chainrule.where(write(tmp_path, program), call=call),
        chainrule.where(write(tmp_path, f"{program}print({call})\nresult = {call}\n")),
    ):
        assert report.verdict != "wrong"
        assert not report.uses_chain_rule
        assert report.verdict != "correct" or which in RIGHT_WITHOUT_THE_RULE


@pytest.mark.parametrize("script", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_a_program_computes_what_it_computes_alone(script: Path) -> None:
    run, output = traced(script)
    assert run.ended == "end", run.failure
    assert output == alone(script)
