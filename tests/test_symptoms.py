"""What keeps hand-written and configured networks from learning, symptom by symptom.

These are the real causes behind the commonest complaints of people who follow a from-scratch
tutorial: settings are named by `diagnose` and `chainrule train`, faults of code by `where`.
"""

import csv
import json
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from commands import called, run
from handwritten import NET, NEURONS
from judging import edited, line_of, only_fault, report_of
from stuck import EITHER, XOR, classic, diagnosed, pixels, scaled_groups

from chainrule.chain import Array

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

SYMPTOMS = {  # what people see, and why → the test that names it
    "error frozen, all outputs 1: start weights in [0, 1)": "start_in_zero_to_one",
    "the same with pixels 0..255: not scaled": "pixels_that_are_not_scaled",
    "error frozen at the row count: ReLU in the output layer": "relu_in_the_output_layer",
    "a third right after 'softmax': softmax of one number": "softmax_of_one_number",
    "the same after 'cross entropy': the loss's value as its derivative": "value_of_the_loss",
    "erratic folds after 'mini-batch': the last row's deltas only": "deltas_overwritten",
    "error rises smoothly: one of two signs flipped": "one_sign_flipped",
    "overflow: linear output with o(1 - o)": "linear_output_with_a_slope",
    "poor, erratic folds: tanh with the sigmoid's derivative": "tanh_with_the_sigmoids_slope",
    "XOR fails: rate 0.1, 500 epochs": "xor_with_too_few_steps",
    "XOR scores 0 %: whole rows given instead of labels": "rows_given_as_labels",
}


def test_every_symptom_has_its_test() -> None:
    names = set(dir(import_module(__name__)))
    assert {f"test_{name}" for name in SYMPTOMS.values()} <= names


def write(path: Path, X: Array, y: Array) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*(f"x{column}" for column in range(X.shape[1])), "kind"])
        writer.writerows([*row, label] for row, label in zip(X.tolist(), y.tolist(), strict=True))
    return path


def section(stdout: str) -> str:
    """What the report says of a training that does not move, in one line."""
    assert max(map(len, stdout.splitlines())) <= 80
    after = stdout.partition("Why training does not move\n")[2]
    return " ".join(after.partition("\nWhere the chain rule is")[0].split())


def test_start_in_zero_to_one(tmp_path: Path) -> None:
    data = write(tmp_path / "seeds.csv", *scaled_groups())
    options = ("--classic", "--hidden", 31, "--epochs", 20, "--folds", 2)
    said = section(run("train", data, *options).stdout)
    assert "went from 1 to 1; the best prediction that is the same for all rows has 0.33" in said
    assert "1. start-weights, layer 2 Layer 2 starts saturated: 100% of its slopes" in said
    assert "With --initializer glorot_logistic the loss after the same 20 epochs is 0.0" in said
    assert "2. saturated, layer 2" in said
    mended = called("train", data, *options, "--initializer", "glorot_logistic").stdout
    assert "Why" not in mended
    assert float(mended.partition("mean")[2].split()[0]) > 80


def test_pixels_that_are_not_scaled(tmp_path: Path) -> None:
    data = write(tmp_path / "pixels.csv", *pixels())
    options = ("--classic", "--hidden", 8, "--epochs", 12, "--folds", 2, "--format", "json")
    found = json.loads(called("train", data, *options, "--scale", "none").stdout)["diagnosis"]
    causes = [finding["cause"] for finding in found["findings"]]
    assert causes[0] == "unscaled-inputs"
    assert "constant-prediction" in causes
    assert found["findings"][0]["options"] == "--scale standard"
    mended = json.loads(called("train", data, *options, "--scale", "standard").stdout)
    assert mended["diagnosis"] is None
    assert mended["mean"] > 0.9


def test_relu_in_the_output_layer() -> None:
    found, (_, X, _) = diagnosed(
        classic((5,), *scaled_groups(), activation="relu", output_activation="relu")
    )
    assert found.loss == pytest.approx(0.5)  # a summed squared error of one a row
    assert found.findings[0].cause == "dead-output"
    assert f"on all {len(X)} rows they are 0" in found.findings[0].message
    assert found.findings[0].remedy == {"output_activation": "auto"}


def test_start_in_zero_to_one_of_a_program() -> None:
    """The classic tutorial's network with 31 hidden units instead of 5."""
    program = edited(
        NEURONS,
        ("random.uniform(-1, 1) for", "random.random() for"),
        ("layer(3, 2), layer(2, 3)", "layer(31, 2), layer(3, 31)"),
        ("[row[2], 1 - row[2]]", "[0, 1, 0]"),
    )
    report = report_of(program)
    assert report.verdict == "correct"
    (note,) = report.notes
    assert (note.kind, note.line) == ("saturated", line_of(program, "math.exp(-total)"))
    assert note.message.startswith("67% of neuron['output'] is saturated at the wrong end")


def test_xor_with_too_few_steps() -> None:
    found, _ = diagnosed(classic((4,), XOR, EITHER, learning_rate_init=0.1, max_iter=500))
    first = found.findings[0]
    assert first.cause == "too-few-steps"
    assert "500 epochs are 2000 steps" in first.message
    assert first.remedy["max_iter"] == 5000
    assert first.trial is not None
    assert first.trial.loss < 0.05 < 0.24 < first.trial.unchanged


def test_rows_given_as_labels() -> None:
    """The right labels give the score; whole rows are refused instead of scored 0."""
    _, (model, X, y) = diagnosed(classic((4,), XOR, EITHER, learning_rate_init=2.0, max_iter=1500,
                                         initializer="uniform"))  # fmt: skip
    assert model.score(X, y) == 1.0
    with pytest.raises(ValueError, match="mix of multilabel"):
        model.score(X, np.column_stack([X, y]))


LOSS_OF_ROW = """\
        outputs = forward(row[:2])
        loss = 0.0
        for o, t in zip(outputs, [row[2], 1 - row[2]]):
            loss -= t * math.log(o) + (1 - t) * math.log(1 - o)
        print(loss)
        backward"""
SIGMOID = 'neuron["output"] = 1 / (1 + math.exp(-total))'
VALUE = (
    'error = -(expected[j] * math.log(neuron["output"]) '
    '+ (1 - expected[j]) * math.log(1 - neuron["output"]))'
)


def test_value_of_the_loss() -> None:
    program = edited(
        NEURONS,
        ("        forward(row[:2])\n        backward", LOSS_OF_ROW),
        ('error = neuron["output"] - expected[j]', VALUE),
    )
    fault = only_fault(report_of(program))
    assert (fault.line, fault.kind) == (line_of(program, "error = -("), "loss-value-as-gradient")


def test_softmax_of_one_number() -> None:
    one = SIGMOID.replace(
        "= 1", "= math.exp(total) / sum([math.exp(total)]) if units is network[-1] else 1"
    )
    program = edited(NEURONS, (SIGMOID, one))
    report = report_of(program)
    assert report.verdict == "correct"  # the derivative of a constant is 0, and so is the gradient
    (note,) = report.notes
    assert (note.kind, note.line) == ("constant-prediction", line_of(program, "math.exp(total) /"))


BATCHES = """\
for epoch in range(10):
    for start in (0, 3):
        loss = 0.0
        for x, t in zip(X[start : start + 3], T[start : start + 3]):
            a1 = sigmoid(x @ W1 + b1)
            a2 = sigmoid(a1 @ W2 + b2)
            loss += 0.5 * np.sum((a2 - t) ** 2)
            dz2 = (a2 - t) * a2 * (1 - a2)
            dz1 = (W2 @ dz2) * a1 * (1 - a1)
            dW2, db2 = np.outer(a1, dz2), dz2
            dW1, db1 = np.outer(x, dz1), dz1
        print(loss)
"""


def test_deltas_overwritten() -> None:
    start, end = NET.index("for epoch"), NET.index("    W1 -=")
    steps = NET[end:].replace("    ", "        ")
    program = edited(NET[:start], ("np.zeros((1, 4))", "np.zeros(4)"), ("np.zeros((1, 2))",
                     "np.zeros(2)")) + BATCHES + steps  # fmt: skip
    report = report_of(program)
    assert report.verdict == "wrong"
    assert {fault.kind for fault in report.faults} == {"overwritten-gradient"}
    assert report.faults[0].line == line_of(program, "dz2 = ")


@pytest.mark.slow  # half a minute: no gradient descends what is updated here
def test_updates_of_a_batch_by_its_last_rows_deltas_are_not_called_right() -> None:
    """The same with neurons: rows go forward and backward, then each row updates."""
    program = edited(
        NEURONS,
        ("        update(row[:2], 0.5)", "    for row in rows:\n        update(row[:2], 0.5)"),
    )
    assert report_of(program).verdict != "correct"


def test_one_sign_flipped() -> None:
    program = edited(
        NEURONS,
        ('["weights"][i] -= rate', '["weights"][i] += rate'),
        ('["weights"][-1] -= rate', '["weights"][-1] += rate'),
    )
    fault = only_fault(report_of(program))
    assert (fault.line, fault.kind) == (line_of(program, "error = neuron"), "wrong-sign")


def test_linear_output_with_a_slope() -> None:
    linear = SIGMOID.replace("= 1", "= total if units is network[-1] else 1")
    program = edited(NEURONS, (SIGMOID, linear))
    fault = only_fault(report_of(program))
    assert (fault.line, fault.kind) == (line_of(program, "= error * slope"), "extra-factor")


def test_tanh_with_the_sigmoids_slope() -> None:
    program = edited(NEURONS, ("1 / (1 + math.exp(-total))", "math.tanh(total)"))
    fault = only_fault(report_of(program))
    assert (fault.line, fault.kind) == (line_of(program, "slope = "), "wrong-derivative")
