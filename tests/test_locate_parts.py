"""Arrays changed part by part: element by element, row by row, in slices of one vector."""

from pathlib import Path

import pytest
from judging import edited, report_of
from steps import program

from chainrule.locate.parameters import parameters

ELEMENTS = """
import numpy as np
rng = np.random.default_rng(0)
X, Y = rng.normal(size=(6, 3)), rng.uniform(0.2, 0.8, size=(6, 2))
W, b = rng.normal(size=(2, 3)), np.zeros(2)
rate = 0.3
for epoch in range(2):
    for x, y in zip(X, Y):
        out = np.zeros(2)
        for k in range(2):
            z = b[k]
            for j in range(3):
                z += W[k, j] * x[j]
            out[k] = 1 / (1 + np.exp(-z))
        for k in range(2):
            delta = (out[k] - y[k]) * out[k] * (1 - out[k])
            for j in range(3):
                W[k, j] -= rate * delta * x[j]
            b[k] -= rate * delta
"""
ROWS = """
import numpy as np
rng = np.random.default_rng(1)
A, B = rng.normal(size=(5, 3)), rng.normal(size=(4, 3))
rate = 0.1
for epoch in range(3):
    for i, j, y in [(0, 1, 0.5), (0, 2, -0.3), (3, 1, 1.2), (4, 2, 0.1), (3, 3, -0.7)]:
        e = A[i] @ B[j] - y
        a = A[i].copy()
        A[i] -= rate * e * B[j]
        B[j] -= rate * e * a
"""
SLICES = """
import numpy as np
rng = np.random.default_rng(2)
X, Y = rng.normal(size=(6, 3)), rng.uniform(0.2, 0.8, size=(6, 2))
p = 0.5 * rng.normal(size=20)
W1, W2 = p[:12].reshape(3, 4), p[12:].reshape(4, 2)
for epoch in range(4):
    h = np.tanh(X @ W1)
    e = h @ W2 - Y
    d2 = h.T @ e
    d1 = X.T @ (e @ W2.T * (1 - h ** 2))
    W1 -= 0.05 * d1
    W2 -= 0.05 * d2
"""
PICKED = """
import numpy as np
rng = np.random.default_rng(3)
E, w = rng.normal(size=(7, 3)), rng.normal(size=3)
for idx, y in 2 * [(np.array([0, 2]), 0.5), (np.array([2, 5]), -1.0), (np.array([1, 0]), 0.3)]:
    m = E[idx].sum(axis=0)
    e = m @ w - y
    g = e * m
    np.subtract.at(E, idx, 0.1 * e * w)
    w -= 0.1 * g
"""
RIGHT = {"elements": ELEMENTS, "rows": ROWS, "slices": SLICES, "picked": PICKED}


@pytest.mark.parametrize(
    ("source", "steps"),
    [(ELEMENTS, {"W": 6, "b": 2}), (ROWS, {"A": 1, "B": 1}), (PICKED, {"E": 1, "w": 1})],
    ids=["elements", "rows", "picked"],
)
def test_a_step_takes_all_parts_that_one_example_changes(
    source: str, steps: dict[str, int], tmp_path: Path
) -> None:
    """Of the second step; steps of rows that meet no earlier one are taken together."""
    run = program(tmp_path, source)
    counts = sorted(chain.count(1) - chain.count(0) for chain in parameters(run.graph))
    assert counts == sorted(steps.values())


@pytest.mark.parametrize("name", RIGHT)
def test_right_programs(name: str) -> None:
    report = report_of(RIGHT[name])
    assert report.verdict == "correct", report.faults
    assert report.loss is not None
    assert report.loss.name == "half_squared_error"


FAULTS = {
    "half a slope": (ELEMENTS, ("out[k] * (1 - out[k])", "out[k]"), 16),
    "another element": (ELEMENTS, ("delta * x[j]", "delta * x[0]"), 18),
    "the row moved before": (ROWS, ("A[i].copy()", "A[i]"), 11),
    "its own row": (ROWS, ("rate * e * B[j]", "rate * e * A[i]"), 10),
    "wrong sign": (ROWS, ("B[j] -= rate", "B[j] += rate"), 11),
    "one of two rows": (PICKED, ("E, idx, 0.1", "E, idx[:1], 0.1"), 9),
    "no slope in slices": (SLICES, (" * (1 - h ** 2)", ""), 11),
}


@pytest.mark.parametrize("name", FAULTS)
def test_wrong_programs(name: str) -> None:
    source, edit, line = FAULTS[name]
    report = report_of(edited(source, edit))
    assert report.verdict == "wrong"
    assert report.faults[0].line == line
