"""Programs that hand their gradients to SciPy's minimisers: `tests/locate/told`."""

from pathlib import Path
from typing import Any

import pytest
from foreign import alone, traced
from judging import edited, line_of, report_of

from chainrule.locate.replay import mismatches

FOLDER = Path(__file__).resolve().parent / "locate" / "told"
RIGHT: dict[str, tuple[str, int, dict[str, tuple[int, ...]], list[str]]] = {
    # the loss, where it is computed, the parameters, what multiplies links
    "unrolled_network": (
        "binary_cross_entropy + l2", 29, {"Theta1": (5, 5), "Theta2": (3, 6)},
        ["delta2 = delta3.dot(Theta2)[:, 1:] * sigmoid_gradient(z2)"],
    ),
    "regularized_logistic": ("binary_cross_entropy + l2", 17, {"theta": (4,)}, []),
    "trainer_class": (
        "half_squared_error", 26, {"self.W1": (2, 3), "self.W2": (3, 1)},
        ["delta3 = np.multiply(", "delta2 = np.dot("],
    ),
    "softmax_columns": ("softmax_cross_entropy + l2", 25, {"W": (4, 6), "b": (4, 1)}, []),
    "collaborative_filter": ("half_squared_error + l2", 25, {"both": (36,)}, []),
}  # fmt: skip
FAULTS: list[tuple[str, str, str, str, tuple[str, ...]]] = [
    # the program, what is replaced by what, the kind of the fault, the parameters it spoils
    ("unrolled_network", "delta3 = a3 - Y", "delta3 = Y - a3", "wrong-sign",
     ("Theta1", "Theta2")),
    ("unrolled_network", "return g * (1 - g)", "return g * (1 + g)", "wrong-derivative",
     ("Theta1",)),
    ("unrolled_network", "Theta2_grad = 1 / m * delta3", "Theta2_grad = delta3", "wrong-scale",
     ("Theta2",)),
    ("unrolled_network", " * sigmoid_gradient(z2)", "", "missing-factor", ("Theta1",)),
    ("regularized_logistic", "(h - y) / len(y)", "(y - h) / len(y)", "wrong-sign", ("theta",)),
    ("regularized_logistic", "X.T.dot(h - y)", "X.T.dot((h - y) * h * (1 - h))", "extra-factor",
     ("theta",)),
    ("trainer_class", "* self.sigmoid_prime(self.z2)", "", "missing-factor", ("self.W1",)),
    ("trainer_class", "np.dot(self.a2.T, delta3)", "np.dot(self.z2.T, delta3)", "wrong-operand",
     ("self.W2",)),
    ("softmax_columns", "dz.sum(axis=1, keepdims=True)", "dz.mean(axis=1, keepdims=True)",
     "wrong-scale", ("b",)),
    ("softmax_columns", "np.r_[dW.ravel(order='F')", "np.r_[dW.ravel()", "wrong-operand", ("W",)),
    ("collaborative_filter", "error.T @ films", "2 * error.T @ films", "wrong-scale", ("both",)),
]  # fmt: skip


def source(name: str) -> str:
    return (FOLDER / f"{name}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_gradient_is_right(name: str) -> None:
    program = source(name)
    loss, stated, parameters, products = RIGHT[name]
    report = report_of(program)
    assert (report.verdict, report.faults) == ("correct", ())
    assert report.loss is not None
    assert (report.loss.name, report.loss.stated_at, report.loss.shown) == (loss, stated, "equal")
    assert {one.name: one.shape for one in report.parameters} == parameters
    assert all(one.gradient == "correct" and not one.updated_at for one in report.parameters)
    assert {one.line for one in report.lines if one.role == "chain_rule"} >= {
        line_of(program, text) for text in products
    }
    assert not [one for one in report.lines if one.role == "update"]


@pytest.mark.parametrize(("name", "old", "new", "kind", "parameters"), FAULTS)
def test_a_fault_is_found_at_its_line(
    name: str, old: str, new: str, kind: str, parameters: tuple[str, ...]
) -> None:
    program = source(name)
    report = report_of(edited(program, (old, new)))
    assert report.verdict == "wrong"
    first = report.faults[0]
    assert (first.line, first.kind, first.parameters) == (line_of(program, old), kind, parameters)


def test_a_gradient_of_another_function_than_the_one_minimised_is_wrong() -> None:
    """A training loop may show any loss; a minimiser needs value and gradient of one function."""
    program = edited(
        source("softmax_columns"), ("-np.sum(truth * np.log(p))", "np.sum((p-truth)**2)")
    )
    assert report_of(program).verdict == "wrong"


def test_a_minimiser_that_is_told_no_gradient_has_nothing_to_show() -> None:
    report = report_of(source("value_only"))
    assert report.verdict == "no-backprop"
    assert "no gradient" in (report.reason or "")


@pytest.mark.parametrize("script", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_a_program_computes_what_it_computes_alone(script: Path) -> None:
    run, output = traced(script)
    assert run.ended == "end", run.failure
    assert output == alone(script)
    assert mismatches(run.graph) == []


CALLS: dict[str, Any] = {
    "minimize, keywords": "opt.minimize(fun=cost, x0=w, jac=slope, args=(X, y), method='CG')",
    "minimize, one argument": "opt.minimize(lambda w, X: cost(w, X, y), w, X, "
    "jac=lambda w, X: slope(w, X, y))",
    "minimize, both in a list": "opt.minimize(lambda w: [cost(w, X, y), slope(w, X, y)], w, "
    "jac=True)",
    "fmin_cg": "opt.fmin_cg(cost, w, slope, (X, y), disp=0)",
    "fmin_ncg": "opt.fmin_ncg(cost, w, slope, args=(X, y), disp=0)",
    "fmin_tnc": "opt.fmin_tnc(lambda w, *data: (cost(w, *data), slope(w, *data)), w, None, (X, y))",
    "fmin_l_bfgs_b": "opt.fmin_l_bfgs_b(cost, w, slope, (X, y))",
    "check_grad": "opt.check_grad(cost, slope, w, X, y)",
    "a list of numbers": "opt.minimize(cost, w, (X, y), jac=lambda *one: list(slope(*one)))",
}


@pytest.mark.parametrize("which", CALLS)
def test_every_minimiser_is_followed(which: str) -> None:
    program = f"""\
import numpy as np
import scipy.optimize as opt
rng = np.random.default_rng(0)
X, y = rng.normal(size=(12, 3)), rng.normal(size=12)
w = rng.normal(size=3)
def cost(w, X, y):
    return 0.5 * np.sum((np.tanh(X @ w) - y) ** 2)
def slope(w, X, y):
    a = np.tanh(X @ w)
    return X.T @ ((a - y) * (1 - a ** 2))
{CALLS[which]}
"""
    report = report_of(program)
    assert report.verdict == "correct"
    assert [(one.name, one.shape) for one in report.parameters] == [
        ("one" if which == "a list of numbers" else "w", (3,))
    ]
    wrong = report_of(edited(program, ("1 - a ** 2", "1 + a ** 2")))
    assert wrong.verdict == "wrong"
    assert wrong.faults[0].line == line_of(program, "1 - a ** 2")
