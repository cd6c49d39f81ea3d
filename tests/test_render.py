import io
import json
import math
from typing import Any

import pytest
from rich.console import Console

from chainrule.factors import Explanation, Factor, Path
from chainrule.render import machine, terminal
from chainrule.render.progress import TrainingProgress
from chainrule.reports import Fold, NetworkFacts, TrainReport


def report(**changes: Any) -> TrainReport:
    factors = (
        Factor("∂J/∂z2[0]", "a − y", 0.5, "error signal"),
        Factor("∂z1[0]/∂W1[2, 0]", "x[2]", -4.0, "input, width"),
    )
    paths = (Path(factors[:1]), Path(factors), *(Path(factors[:1]) for _ in range(5)))
    values: dict[str, Any] = {
        "data": "a.csv",
        "n_rows": 30,
        "n_features": 3,
        "task": "classification",
        "metric": "accuracy",
        "target": "kind",
        "classes": ("x", "y"),
        "network": NetworkFacts((3, 2, 1), "tanh", "logistic", "binary_cross_entropy", "−Σ y", 11),
        "method": "k-fold",
        "folds": (Fold(20, 10, 0.9, None), Fold(20, 10, 0.8, None)),
        "mean": 0.85,
        "baseline": 0.5,
        "seconds": 1.5,
        "settings": {"solver": "adam", "learning_rate": 0.01, "batch_size": 32, "epochs": 100},
        "opened": Explanation("W1[2, 0]", paths, 1.0),
        "opened_place": "line 7",
        "opened_target": "x",
    }
    return TrainReport(**(values | changes))


def text(given: TrainReport, width: int = 80, **console: Any) -> str:
    return terminal.train_report(given, [("chainrule x", "do x")], Console(width=width, **console))


def test_the_report_as_text() -> None:
    lines = text(report()).splitlines()
    assert lines[0] == "a.csv: 30 rows"
    assert "  network     3-2-1, tanh, logistic output, 11 parameters" in lines
    assert "  training    adam, learning rate 0.01, batches of 32 rows, 100 epochs" in lines
    assert "2 folds: each network is scored on the fold it has not seen" in lines
    assert "  mean                                 85.0 %" in lines
    assert "  Baseline, always the most frequent value of kind: 50.0 %" in lines
    assert any("0.5 × -4" in line and "-2.000000" in line for line in lines)
    assert any(line.split() == ["2", "paths", "more", "+1.000000"] for line in lines)
    assert any(line.split()[-1:] == ["+1.000000"] and "sum over" in line for line in lines)
    assert "  chainrule x    do x" in lines


def test_nothing_is_wider_than_eighty_columns_or_ends_in_blanks() -> None:
    for given in (
        report(),
        report(target="a target with quite a long name " * 3),
        report(task="regression", metric="r2", classes=None, opened_target=3.25),
    ):
        for line in text(given).splitlines():
            assert len(line) <= 80
            assert line == line.rstrip()


def test_colour_only_on_a_terminal() -> None:
    assert "\x1b" not in text(report(), file=io.StringIO())
    assert "\x1b" in text(report(), force_terminal=True, color_system="standard", no_color=False)


def test_one_row_is_said_of_one() -> None:
    lines = text(report(n_rows=1, folds=(Fold(20, 1, 1.0, None),))).splitlines()
    assert lines[0] == "a.csv: 1 row"
    assert "     1       20 rows        1 row     100.0 %" in lines


def test_regression_and_split_in_words() -> None:
    folds = (Fold(20, 10, 0.4321, 12.5),)
    shown = text(
        report(
            task="regression", metric="r2", classes=None, folds=folds, mean=0.4321, method="split"
        )
    )
    assert "Split: the network is scored on rows that it has not seen in training" in shown
    assert "0.432" in shown
    assert "12.5" in shown
    assert "always the mean of kind" in shown


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"solver": "lbfgs", "epochs": 9}, "lbfgs, at most 9 iterations"),
        (
            {"solver": "sgd", "epochs": 5, "batch_size": 1, "learning_rate": 0.3},
            "batches of 1 row,",
        ),
    ],
)
def test_training_in_words(settings: dict[str, Any], words: str) -> None:
    assert words in text(report(settings=settings))


def test_the_report_as_json() -> None:
    record = json.loads(machine.train_report(report(), "m.chain"))
    assert record["schema"] == "chainrule.train/1"
    assert record["scores"] == [0.9, 0.8]
    assert record["mean"] == 0.85
    assert record["baseline"] == 0.5
    assert record["seconds"] == 1.5
    assert record["task"] == "classification"
    assert record["metric"] == "accuracy"
    assert record["settings"]["solver"] == "adam"
    assert record["model"] == "m.chain"
    assert record["opened"]["weight"] == "W1[2, 0]"
    assert record["opened"]["paths"][1]["factors"][1]["value"] == -4.0


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_null(number: float) -> None:
    """In every place: JSON has no other spelling for it, and readers refuse NaN."""
    shown = report(
        mean=number,
        folds=(Fold(20, 10, number, number), Fold(20, 10, 0.5, 1.5)),
        opened=Explanation("W1[0, 0]", (Path((Factor("a", "b", number, "c"),)),), number),
        opened_target=number,
    )
    record = json.loads(machine.train_report(shown, None), parse_constant=pytest.fail)
    assert (record["mean"], record["scores"]) == (None, [None, 0.5])
    assert record["folds"][0] == {"trained": 20, "tested": 10, "score": None, "error": None}
    assert (record["opened"]["gradient"], record["opened"]["target"]) == (None, None)
    assert record["opened"]["paths"] == [
        {"value": None, "factors": [{"name": "a", "formula": "b", "value": None, "source": "c"}]}
    ]


def test_a_notice_is_one_line_in_a_log() -> None:
    out = io.StringIO()
    terminal.notice(f"{'many words ' * 20}\x1b[2J [red]", Console(file=out, width=40))
    assert out.getvalue() == f"chainrule: {'many words ' * 20}\\x1b[2J [red]\n"


def test_progress_shows_epoch_and_loss_on_a_terminal_and_nothing_elsewhere() -> None:
    for terminal_like in (True, False):
        out = io.StringIO()
        console = Console(file=out, force_terminal=terminal_like, width=80)
        with TrainingProgress(console) as progress:
            assert "None" not in out.getvalue()
            progress.begin("fold 1 of 2", 3)
            progress.epoch(3, 0.25)
        assert ("epoch 3/3  loss 0.25000" in out.getvalue()) is terminal_like
        assert (out.getvalue() == "") is not terminal_like


def test_progress_is_a_line_now_and_then_in_a_log() -> None:
    out = io.StringIO()
    with TrainingProgress(Console(file=out, width=40), seconds=0) as progress:
        progress.begin("fold 1 of 2", 10**20)
        progress.epoch(3, 0.25)
    assert out.getvalue() == (
        "chainrule: fold 1 of 2, epoch 3 of 100000000000000000000, loss 0.25000.\n"
    )
