"""The losses a program may descend: written ones, and those that an error signal tells of."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from steps import NETWORK, step_of, targets, within

from chainrule.locate.draws import Values, replays
from chainrule.locate.graph import Node
from chainrule.locate.losses import (
    IMPLIED,
    Candidate,
    Contact,
    candidates,
    contacts,
    last_contacts,
)
from chainrule.locate.lossforms import form_of
from chainrule.locate.match import read
from chainrule.locate.step import Step

ERROR = "e = out - Y"
OUT = "out = a1 @ W2 + b2"
SIGMOID = NETWORK.replace(OUT, "out = 1 / (1 + np.exp(-(a1 @ W2 + b2)))")
SOFTMAX = NETWORK.replace(
    OUT, "ex = np.exp(a1 @ W2 + b2)\n    out = ex / ex.sum(axis=1, keepdims=True)"
)
LABELS = "y = np.array([0, 1, 1, 0, 1])\nW1, b1 ="


def found(step: Step) -> list[Contact]:
    return contacts(step, replays(step, 3))


def forms(step: Step) -> list[str]:
    return [candidate.form for candidate in candidates(step, replays(step, 3))]


@pytest.mark.parametrize(
    ("error", "sign"),
    [
        ("out - Y", 1),
        ("Y - out", -1),
        ("-(Y - out)", -1),
        ("np.subtract(out, Y)", 1),
        ("out + -Y", 1),
        ("2 * (out - Y) / 5", 1),
    ],
)
def test_a_difference_of_output_and_label_is_a_contact(
    error: str, sign: int, tmp_path: Path
) -> None:
    step = step_of(tmp_path, NETWORK.replace(ERROR, f"label = Y * 1.0; e = {error}"))
    (contact,) = found(step)
    assert contact.output is within(step, "out")
    assert contact.sign == sign
    label = step.recorded[within(step, "e").number]
    assert label.shape == (5, 2)
    for values in replays(step, 3):
        expected = step.recorded[contact.output.number] - sign * step.recorded[contact.error.number]
        np.testing.assert_allclose(contact.label(values), expected)


def test_a_label_over_the_output_is_a_contact(tmp_path: Path) -> None:
    step = step_of(tmp_path, SIGMOID.replace(ERROR, "q = Y / out\n    e = -q * out * (1 - out)"))
    (contact,) = found(step)
    assert (contact.output, contact.error) == (within(step, "out"), within(step, "q"))
    assert contact.sign == 0
    one, other = (contact.label(values) for values in replays(step, 2))
    np.testing.assert_allclose(one, other)
    assert np.all((one > 0.2) & (one < 0.8))


def test_one_taken_from_the_right_class_is_a_contact(tmp_path: Path) -> None:
    source = SOFTMAX.replace(ERROR, "e = out.copy()\n    e[range(5), y] -= 1")
    step = step_of(tmp_path, source.replace("W1, b1 =", LABELS, 1))
    (contact,) = (one for one in found(step) if one.output is within(step, "out"))
    assert contact.sign == 1
    for values in replays(step, 2):
        expected = np.eye(2)[[0, 1, 1, 0, 1]]
        np.testing.assert_allclose(contact.label(values), expected, atol=1e-12)


@pytest.mark.parametrize(
    "error",
    [
        "e = 1 - out",
        "e = out - 1.0",
        "e = out * Y",
        "e = Y + 0.5\n    e = out * e",
        "e = a1[:, :2] - out",
        "e = out * (X[:, :2] - Y)",
        "e = 1 / out",
        "e = out / Y",
        "e = out.copy()\n    e[0] *= 0.5",
    ],
)
def test_what_compares_no_output_with_a_label_is_no_contact(error: str, tmp_path: Path) -> None:
    step = step_of(tmp_path, NETWORK.replace(ERROR, error))
    assert found(step) == []


def test_sums_of_the_loss_are_no_contacts(tmp_path: Path) -> None:
    step = step_of(
        tmp_path,
        """
        w, b, rows = [0.5, -0.3], 0.25, [([1.0, 2.0], 0.5), ([0.5, 0.25], 0.1)]
        for _ in range(3):
            total, dw, db = 0.0, [0.0, 0.0], 0.0
            for x, y in rows:
                out = w[0] * x[0] + w[1] * x[1] + b
                e = out - y
                total += e ** 2
                for k in range(2):
                    dw[k] += e * x[k]
                db += e
            for k in range(2):
                w[k] -= 0.1 * dw[k]
            b -= 0.1 * db
        """,
    )
    every = found(step)
    assert [targets(step.graph, one.output) for one in every] == [["out"], ["out"]]
    assert [targets(step.graph, one.error) for one in every] == [["e"], ["e"]]
    written, *implied = candidates(step, replays(step, 3))
    assert written.value is not None
    assert step.place(written.value).line == 8
    assert written.value.number > every[-1].error.number
    assert {one.form for one in implied} == {"half_squared_error", "absolute_error"}
    assert all(len(one.contacts) == 2 for one in implied)


def test_a_sum_over_all_steps_is_no_contact(tmp_path: Path) -> None:
    source = NETWORK.replace("for _", "total = 0.0\nfor _")
    step = step_of(tmp_path, source + "    total = total + (e ** 2).sum()\n")
    assert [contact.output for contact in found(step)] == [within(step, "out")]


WRITTEN = {
    "before the update": NETWORK.replace("    W1 -=", "    loss = (e ** 2).mean()\n    W1 -="),
    "after it": NETWORK + "    loss = (e ** 2).mean()\n",
}


@pytest.mark.parametrize("where", WRITTEN)
def test_a_written_loss_comes_first(where: str, tmp_path: Path) -> None:
    step = step_of(tmp_path, WRITTEN[where])
    first = candidates(step, replays(step, 3))[0]
    assert first.form == "written"
    assert first.value is within(step, "loss")
    assert first.roots == [first.value]
    assert first.seeds(replays(step, 1)[0]) == {first.value.number: 1.0}


def test_a_number_that_the_update_uses_is_no_loss(tmp_path: Path) -> None:
    """The norm by which a gradient is clipped."""
    source = NETWORK.replace(
        "    W1 -=", "    n = np.sqrt((dW1 ** 2).sum())\n    dW1 /= n\n    W1 -="
    )
    assert "written" not in forms(step_of(tmp_path, source))


def test_probabilities_have_losses_that_other_outputs_have_not(tmp_path: Path) -> None:
    anywhere = {"half_squared_error", "absolute_error"}
    assert set(forms(step_of(tmp_path, NETWORK))) == anywhere
    sigmoid = anywhere | {"binary_cross_entropy", "poisson"}
    assert set(forms(step_of(tmp_path, SIGMOID))) == sigmoid
    assert set(forms(step_of(tmp_path, SOFTMAX))) == sigmoid | {"softmax_cross_entropy"}
    positive = NETWORK.replace(OUT, "out = np.exp(np.tanh(a1 @ W2 + b2)) + 1.0")
    assert set(forms(step_of(tmp_path, positive))) == anywhere | {"poisson"}


def test_single_outputs_that_add_up_to_one_are_a_distribution(tmp_path: Path) -> None:
    step = step_of(
        tmp_path,
        """
        import math
        w, x, y = [[0.5, -0.3], [0.1, 0.2]], [1.0, 2.0], [1.0, 0.0]
        for _ in range(3):
            ex = [math.exp(row[0] * x[0] + row[1] * x[1]) for row in w]
            out = [p / sum(ex) for p in ex]
            e = [out[k] - y[k] for k in range(2)]
            for k in range(2):
                for i in range(2):
                    w[k][i] -= 0.1 * e[k] * x[i]
        """,
    )
    assert "softmax_cross_entropy" in forms(step)


def test_an_element_read_again_is_the_same_prediction(tmp_path: Path) -> None:
    """Each time an element is read it is copied: for the loss, and for the gradient."""
    step = step_of(
        tmp_path,
        """
        import numpy as np
        w, x, t = [[0.5, -0.3], [0.1, 0.2]], [1.0, 2.0], np.array([1.0, 0.25])
        for _ in range(3):
            y, d, total = np.zeros(2), np.zeros(2), 0.0
            for k in range(2):
                y[k] = 1 / (1 + np.exp(-(w[k][0] * x[0] + w[k][1] * x[1])))
                total -= t[k] * np.log(y[k]) + (1 - t[k]) * np.log(1 - y[k])
            for k in range(2):
                d[k] = y[k] - t[k]
            for k in range(2):
                for i in range(2):
                    w[k][i] -= 0.1 * d[k] * x[i]
        """,
    )
    replayed = replays(step, 5)
    written = candidates(step, replayed)[0]
    outputs = {one.output.number for one in found(step) if step.place(one.error).line == 10}
    assert outputs <= step.ancestors(written.roots)
    assert len(outputs) == 2
    assert form_of(read(step, written, replayed), found(step)).name == "binary_cross_entropy"


def test_of_outputs_in_a_row_the_last_ones_count(tmp_path: Path) -> None:
    """A hidden layer that is compared too: its contact is before that of the output."""
    source = NETWORK.replace(ERROR, "hidden = a1 - 0.5 * np.arange(4.0)\n    e = out - Y")
    step = step_of(tmp_path, source.replace("dW1 = X.T @ d1", "dW1 = X.T @ (d1 + hidden)"))
    every = found(step)
    assert [one.output for one in every] == [within(step, "a1"), within(step, "out")]
    assert [one.output for one in last_contacts(step, every)] == [within(step, "out")]


def contact_of(sign: int) -> Contact:
    return Contact(Node(1, None, (), {}, 0), Node(0, None, (), {}, 0), sign)


@pytest.mark.parametrize(
    ("form", "seed"),
    [
        ("half_squared_error", 0.3),  # 0.8 − 0.5
        ("binary_cross_entropy", 1.875),  # 0.3 / (0.8 · 0.2)
        ("softmax_cross_entropy", -0.625),  # −0.5 / 0.8
        ("absolute_error", 1.0),
        ("poisson", 0.375),  # 1 − 0.5 / 0.8
    ],
)
@pytest.mark.parametrize(("sign", "error"), [(1, 0.3), (-1, -0.3), (0, 0.625)])
def test_derivatives_of_implied_losses(form: str, seed: float, sign: int, error: float) -> None:
    """Output 0.8, label 0.5, however they were compared."""
    candidate = Candidate(form, (contact_of(sign),))
    given: dict[int, Any] = {0: np.array([0.8, 0.8]), 1: np.array([error, error])}
    found = candidate.seeds(Values({}, given))
    assert list(found) == [0]
    np.testing.assert_allclose(found[0], [seed, seed])
    assert [root.number for root in candidate.roots] == [0]


LOSSES: dict[str, Any] = {
    "half_squared_error": lambda o, y: (o - y) ** 2 / 2,
    "binary_cross_entropy": lambda o, y: -y * np.log(o) - (1 - y) * np.log(1 - o),
    "softmax_cross_entropy": lambda o, y: -y * np.log(o),
    "absolute_error": lambda o, y: np.abs(o - y),
    "poisson": lambda o, y: o - y * np.log(o),
}


def test_every_implied_loss_has_the_derivative_of_its_formula() -> None:
    assert LOSSES.keys() == IMPLIED.keys()
    o, y, h = np.linspace(0.1, 0.9, 7), np.linspace(0.85, 0.05, 7), 1e-6
    for form, loss in LOSSES.items():
        slope = (loss(o + h, y) - loss(o - h, y)) / (2 * h)
        np.testing.assert_allclose(IMPLIED[form](o, y), slope, rtol=1e-6, err_msg=form)
