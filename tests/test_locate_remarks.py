"""Notes on a step that is right: a gradient that nothing uses, an activation that is flat."""

import pytest
from handwritten import LAYERS, NET, NEURONS, RNN
from judging import edited, line_of, report_of

TANH = [
    ("a1 = sigmoid(z1)", "a1 = np.tanh(z1)"),
    ("(dz2 @ W2.T) * a1 * (1 - a1)", "(dz2 @ W2.T) * (1 - a1**2)"),
]


@pytest.mark.parametrize("program", [NET, NEURONS, RNN, LAYERS])
def test_a_healthy_program_has_no_remarks(program: str) -> None:
    kinds = {note.kind for note in report_of(program).notes}
    assert not kinds & {"unused-gradient", "saturated", "dead-units", "constant-prediction"}


def test_a_gradient_that_nothing_uses_is_noted() -> None:
    program = edited(NET, ("    dW1 =", "    da1 = dz2 @ W2.T\n    dW1 ="))
    report = report_of(program)
    assert report.verdict == "correct"
    (note,) = report.notes
    assert (note.kind, note.line) == ("unused-gradient", line_of(program, "da1 ="))
    assert note.message == "∂J/∂a1 is computed here, and nothing in the step uses it."


@pytest.mark.parametrize("edits", [[], TANH], ids=["sigmoid", "tanh"])
def test_hidden_units_far_from_their_slope_are_noted(edits: list[tuple[str, str]]) -> None:
    """With inputs of dozens; where the prediction is flat, nothing is said."""
    scaled = edited(NET, ("X = rng.normal(size=(6, 3))", "X = 60 * rng.normal(size=(6, 3))"))
    report = report_of(edited(scaled, *edits))
    assert report.verdict == "correct"
    assert [note.kind for note in report.notes] == ["saturated"]
    (note,) = report.notes
    activation = edits[0][1] if edits else "a1 = sigmoid(z1)"
    made = "1 / (1 + np.exp(-z))" if not edits else activation
    assert note.line == line_of(scaled if not edits else edited(scaled, *edits), made)
    assert "of the values of a1 are saturated" in note.message


def test_units_without_any_slope_are_noted_once() -> None:
    """There e^−z and 1 + e^−z have no slope either, but they are no activations."""
    program = edited(
        NET,
        ("X = rng.normal(size=(6, 3))", "X = rng.uniform(50, 90, size=(6, 3))"),
        ("rng.normal(size=(3, 4))", "rng.uniform(0.5, 1, size=(3, 4))"),
    )
    notes = [note for note in report_of(program).notes if note.kind == "saturated"]
    assert len(notes) == 1
    assert "of the values of a1 are saturated" in notes[0].message


def test_predictions_may_be_near_their_targets() -> None:
    flat = edited(NET, ("W2, b2 = rng", "W2, b2 = 90 * rng"))
    assert "saturated" not in {note.kind for note in report_of(flat).notes}


RELU = edited(
    NET,
    ("a1 = sigmoid(z1)", "a1 = np.maximum(z1, 0)"),
    ("(dz2 @ W2.T) * a1 * (1 - a1)", "(dz2 @ W2.T) * (z1 > 0)"),
)
RELU_OUT = edited(
    NET,
    ("a2 = sigmoid(z2)", "a2 = np.maximum(z2, 0)"),
    ("(a2 - T) * a2 * (1 - a2)", "(a2 - T) * (z2 > 0)"),
)


@pytest.mark.parametrize(
    ("program", "start", "where", "name"),
    [
        (RELU, ("np.zeros((1, 4))", "np.full((1, 4), -30.0)"), "a1 = np.max", "a1"),
        (RELU_OUT, ("np.zeros((1, 2))", "np.full((1, 2), -30.0)"), "a2 = np.max", "a2"),
    ],
    ids=["hidden", "output"],
)
def test_a_layer_that_starts_dead_is_noted(
    program: str, start: tuple[str, str], where: str, name: str
) -> None:
    assert report_of(program).notes == ()
    dead = edited(program, start)
    report = report_of(dead)
    assert report.verdict == "correct"
    (note,) = report.notes
    assert (note.kind, note.line) == ("dead-units", line_of(dead, where))
    assert note.message.startswith(f"100% of {name} is 0 throughout this step")


def test_units_of_a_batch_that_are_off_on_every_row_are_counted() -> None:
    wide = edited(RELU, ("size=(6, 3)", "size=(9, 3)"), ("size=(6, 2)", "size=(9, 2)"),
                  ("np.zeros((1, 4))", "np.array([[-30.0, -30.0, -30.0, 0.0]])"))  # fmt: skip
    (note,) = report_of(wide).notes
    assert (note.kind, note.message[:9]) == ("dead-units", "75% of a1")


def test_a_softmax_of_one_number_is_noted() -> None:
    one = edited(
        NEURONS,
        ("1 / (1 + math.exp(-total))", "squash(total, units is network[-1])"),
        ("def forward(row):", "def squash(total, last):\n    if last:\n"
         "        return math.exp(total) / sum(math.exp(one) for one in [total])\n"
         "    return 1 / (1 + math.exp(-total))\n\n\ndef forward(row):"),
    )  # fmt: skip
    report = report_of(one)
    (note,) = report.notes
    assert (note.kind, note.line) == ("constant-prediction", line_of(one, "sum(math.exp(one)"))
    assert " is 1 whatever the parameters are" in note.message


WIDE = edited(  # start weights in [0, 1), as in the classic tutorial, of many units
    NET,
    ("T = rng.uniform(0.1, 0.9, size=(6, 2))", "T = np.eye(3)[[0, 1, 2, 0, 1, 2]]"),
    ("X = rng.normal(size=(6, 3))", "X = rng.uniform(size=(6, 3))"),
    ("W1, b1 = rng.normal(size=(3, 4)), np.zeros((1, 4))",
     "W1, b1 = rng.uniform(size=(3, 31)), np.zeros((1, 31))"),
    ("W2, b2 = rng.normal(size=(4, 2)), np.zeros((1, 2))",
     "W2, b2 = rng.uniform(size=(31, 3)), np.zeros((1, 3))"),
)  # fmt: skip


def test_predictions_that_start_saturated_at_the_wrong_end_are_noted() -> None:
    report = report_of(WIDE)
    assert report.verdict == "correct"
    (note,) = report.notes
    assert (note.kind, note.line) == ("saturated", line_of(WIDE, "1 / (1 + np.exp(-z))"))
    assert note.message.startswith("67% of a2 is saturated at the wrong end")
    symmetric = edited(WIDE, ("rng.uniform(size=(31, 3))", "rng.uniform(-0.3, 0.3, size=(31, 3))"))
    assert report_of(symmetric).notes == ()


def test_a_loss_without_the_slope_is_not_held_up_by_it() -> None:
    fused = edited(
        WIDE,
        ("dz2 = (a2 - T) * a2 * (1 - a2)", "dz2 = a2 - T"),
        ("0.5 * np.sum((a2 - T) ** 2)", "-np.sum(T * np.log(a2) + (1 - T) * np.log(1 - a2))"),
        ("rng.uniform(size=(31, 3))", "1.2 * rng.uniform(size=(31, 3))"),
    )
    report = report_of(fused)
    assert (report.verdict, report.notes) == ("correct", ())


def test_neurons_one_row_at_a_time_are_noted_too() -> None:
    far = edited(
        NEURONS,
        ("random.uniform(-1, 1) for", "10 * random.random() for"),
        ("layer(3, 2), layer(2, 3)", "layer(5, 2), layer(3, 5)"),
        ("backward([row[2], 1 - row[2]])", "backward([0, 1, 0])"),
        ("0.4, -0.7", "0.4, 0.7"),
    )
    report = report_of(far)
    assert report.verdict == "correct"
    found = [note for note in report.notes if "wrong end" in note.message]
    assert [(note.kind, note.line) for note in found] == [
        ("saturated", line_of(far, "math.exp(-total)"))
    ]
    assert found[0].message.startswith("67% of neuron['output']")
