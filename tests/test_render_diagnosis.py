"""What is said of a training that does not move, at 80 columns, and for machines."""

import json
from typing import Any

import pytest

from chainrule.render.diagnosis_text import remedy, settings, title
from chainrule.render.machine import diagnosis_record
from chainrule.reports import Diagnosis, Finding, Trial

FOUND = Diagnosis(
    False,
    500,
    1.02,
    1.0,
    1 / 3,
    (
        Finding(
            "step-too-small",
            "The steps are too small: in 500 of them the weights moved by 1e-05.",
            None,
            {"learning_rate_init": 0.01},
            Trial({"learning_rate_init": 0.01}, 20, 20, 0.1234, 0.69),
        ),
        Finding("saturated", "Layer 1 is saturated.", 1),
    ),
)


def test_a_diagnosis_prints_as_text() -> None:
    text = str(FOUND)
    assert text.splitlines()[0] == (
        "Training does not move: over 500 epochs the loss went from 1.02 to 1; the best"
    )
    assert "  1. step-too-small\n" in text
    assert "  2. saturated, layer 1\n     Layer 1 is saturated." in text
    said = " ".join(text.split())
    assert (
        "With learning_rate_init=0.01 the loss after the same 20 epochs is 0.123 instead of 0.69."
        in said
    )
    assert max(map(len, text.splitlines())) <= 80
    assert all(line == line.rstrip() for line in text.splitlines())


def test_a_training_that_moves_says_so_in_a_sentence() -> None:
    text = str(Diagnosis(True, 60, 1.1, 0.02, 0.69))
    assert text.startswith("Training moves: over 60 epochs the loss went from 1.1 to 0.02;")
    assert len(text.splitlines()) == 2


@pytest.mark.parametrize(
    ("changes", "option", "setting"),
    [
        ({"learning_rate_init": 0.01}, "--learning-rate 0.01", "learning_rate_init=0.01"),
        ({"max_iter": 5000, "n_iter_no_change": 5000}, "--epochs 5000",
         "max_iter=5000 and n_iter_no_change=5000"),
        ({"hidden_layer_sizes": (16, 8)}, "--hidden 16,8", "hidden_layer_sizes=(16, 8)"),
        ({"scale": "standard"}, "--scale standard", "X scaled (StandardScaler)"),
        ({"initializer": "glorot", "start_weights": None}, "--initializer glorot",
         "initializer='glorot' and start_weights=None"),
        ({"alpha": 0.0001, "activation": "tanh"}, "--alpha 0.0001 --activation tanh",
         "alpha=0.0001 and activation='tanh'"),
    ],
)  # fmt: skip
def test_remedies_are_options_or_settings(
    changes: dict[str, Any], option: str, setting: str
) -> None:
    assert settings(changes, command=True) == option
    assert settings(changes, command=False) == setting


def test_trials_of_other_lengths_say_theirs() -> None:
    trial = Trial({"max_iter": 5000}, 5000, 500, 0.01, 0.25)
    finding = Finding("too-few-steps", "", None, {"max_iter": 5000}, trial)
    assert remedy(finding, command=True) == (
        "With --epochs 5000 the loss after 5000 epochs is 0.01 instead of 0.25 after 500."
    )
    untried = Finding("start-weights", "", 1, {"initializer": "glorot"})
    assert remedy(untried, command=True) == "Try --initializer glorot."
    assert remedy(Finding("saturated", "", 1), command=True) == ""


def test_the_title_asks_what_is_answered() -> None:
    assert title(FOUND) == "Why training does not move"
    assert title(Diagnosis(True, 1, 1, 1, 1)) == "Why the score is hardly better than the baseline"


def test_for_machines_a_remedy_is_settings_and_options() -> None:
    record = json.loads(json.dumps(diagnosis_record(FOUND)))
    assert record["moves"] is False
    first, second = record["findings"]
    assert first["remedy"] == {"learning_rate_init": 0.01}
    assert first["options"] == "--learning-rate 0.01"
    assert first["trial"]["unchanged"] == 0.69
    assert (second["layer"], second["options"], second["trial"]) == (1, "", None)
    assert diagnosis_record(None) is None
