"""`chainrule train --report --plot --history --tensorboard`: what is written, what is refused."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from commands import called, run, started
from fault import refused

QUICK = ("--epochs", 3, "--folds", 2)


def train(folder: Path, *options: object, status: int = 0) -> str:
    result = called("train", *QUICK, *options, cwd=folder)
    assert result.returncode == status, result.stderr
    return result.stderr


def test_the_options_change_no_result(tmp_path: Path) -> None:
    plain = called("train", *QUICK, "--format", "json", "-o", "a.chain", cwd=tmp_path)
    asked = ("--report", "r.html", "--history", "h.jsonl", "--plot")
    seen = called("train", *QUICK, *asked, "--format", "json", "-o", "b.chain", cwd=tmp_path)
    first, second = json.loads(plain.stdout), json.loads(seen.stdout)
    for record in (first, second):
        del record["seconds"], record["model"]
    assert first == second
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "a.chain",
        "b.chain",
        "h.jsonl",
        "r.html",
    ]
    assert "the report is written: r.html." in seen.stderr
    assert "the history is written: h.jsonl." in seen.stderr
    assert "epoch 3" in seen.stderr  # the plot


def test_json_says_what_was_predicted_of_rows_not_seen(tmp_path: Path) -> None:
    record = json.loads(called("train", *QUICK, "--format", "json", cwd=tmp_path).stdout)
    held_out = record["held_out"]
    assert held_out["n_rows"] == 150
    assert sum(count["rows"] for count in held_out["counts"]) == 150
    assert {count["actual"] for count in held_out["counts"]} == set(record["classes"])
    right = sum(c["rows"] for c in held_out["counts"] if c["actual"] == c["predicted"])
    assert right / 150 == pytest.approx(record["mean"])
    assert [one["label"] for one in held_out["classes"]] == record["classes"]
    lines = "x,y\n" + "".join(f"{x},{x * 1.25}\n" for x in range(30))
    (tmp_path / "q.csv").write_text(lines)
    result = called("train", "q.csv", *QUICK, "--format", "json", cwd=tmp_path)
    held_out = json.loads(result.stdout)["held_out"]
    assert [fold["r2"] for fold in held_out["folds"]] == json.loads(result.stdout)["scores"]


def test_the_history_has_a_line_an_epoch_of_each_training(tmp_path: Path) -> None:
    train(tmp_path, "--history", "h.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "h.jsonl").read_text().splitlines()]
    labels = ["fold 1 of 2", "fold 2 of 2", "all rows"]
    assert [(line["training"], line["epoch"]) for line in lines] == [
        (label, epoch) for label in labels for epoch in (1, 2, 3)
    ]
    assert set(lines[0]) == {
        "training",
        "epoch",
        "loss",
        "learning_rate",
        "seconds",
        "training_loss",
        "training_score",
        "held_out_loss",
        "held_out_score",
        "gradient_norms",
        "update_ratios",
    }
    assert len(lines[0]["gradient_norms"]) == len(lines[0]["update_ratios"]) == 2
    assert all(line["held_out_loss"] > 0 for line in lines[:6])
    assert lines[-1]["held_out_loss"] is None


def test_files_of_the_same_kind_are_replaced(tmp_path: Path) -> None:
    for _ in range(2):
        train(tmp_path, "--history", "h.jsonl", "--report", "r.html")
    assert len((tmp_path / "h.jsonl").read_text().splitlines()) == 9
    (tmp_path / "h.jsonl").write_text("")  # as mktemp makes it
    (tmp_path / "r.html").write_text("")
    train(tmp_path, "--history", "h.jsonl", "--report", "r.html")
    assert (tmp_path / "r.html").stat().st_size > 10_000


@pytest.mark.parametrize("option", ["--report", "--history"])
def test_what_cannot_be_written_is_refused_before_training(tmp_path: Path, option: str) -> None:
    (tmp_path / "mine.html").write_text("<!doctype html><title>mine</title>")
    (tmp_path / "data.csv").write_text("x,y\n" + "".join(f"{x},{x}\n" for x in range(30)))
    said = refused(tmp_path, "train", option, "mine.html")
    kind = {"--report": "report", "--history": "history"}[option]
    assert said == (
        f"`{option}` mine.html exists and is no {kind} of chainrule; name another file, so that "
        "it is not replaced."
    )
    assert "folder that does not exist" in refused(tmp_path, "train", option, "none/a.html")
    assert "is a folder" in refused(tmp_path, "train", option, ".")
    said = refused(tmp_path, "train", "-o", "a.chain", option, "./a.chain")
    assert said == f"`--output` and `{option}` are both a.chain; name two files."
    assert "is no" in refused(tmp_path, "train", "data.csv", option, "data.csv")
    assert "is a file" in refused(tmp_path, "train", "--tensorboard", "mine.html")


def test_without_tensorboardx_nothing_is_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    said = refused(tmp_path, "train", "--tensorboard", "runs", "--history", "h.jsonl")
    assert 'pip install "chainrule[tensorboard]"' in said


def test_tensorboard_has_a_run_a_training(tmp_path: Path) -> None:
    pytest.importorskip("tensorboardX", reason="the extra tensorboard is not installed")
    assert "see `tensorboard --logdir 'my runs'`" in train(tmp_path, "--tensorboard", "my runs")
    runs = sorted(path.name for path in (tmp_path / "my runs").iterdir())
    assert runs == ["all-rows", "fold-1-of-2", "fold-2-of-2"]


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX")
def test_a_page_that_cannot_be_written_costs_no_result(tmp_path: Path) -> None:
    """The disk is full once the training is over: the scores are printed all the same."""
    (tmp_path / "r.html").write_text("")
    command = f"ulimit -f 8; {sys.executable} -m chainrule train --epochs 3 --report r.html"
    result = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
        check=False,
    )
    assert result.returncode == 2
    assert "5 folds: each network is scored" in result.stdout
    assert "`r.html` cannot be written" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["r.html"]
    assert (tmp_path / "r.html").read_text() == ""


@pytest.mark.slow
def test_an_interrupted_training_leaves_its_history(tmp_path: Path) -> None:
    history = tmp_path / "h.jsonl"
    command = [sys.executable, "-m", "chainrule", "train", "--epochs", "1000000"]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with started([*command, "--history", str(history)], cwd=tmp_path, **pipes) as process:
        while not history.exists() or history.stat().st_size < 2000:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130
    for line in history.read_text().splitlines():
        assert json.loads(line)["training"] == "fold 1 of 5"


@pytest.mark.parametrize("environ", [{}, {"NO_COLOR": "1"}])
def test_the_plot_is_printed_where_there_is_no_terminal(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    result = called("train", *QUICK, "--plot", cwd=tmp_path, **environ)
    assert result.returncode == 0
    lines = result.stderr.splitlines()
    (first,) = (place for place, line in enumerate(lines) if "held out" in line)
    assert lines[first].split()[:3] == ["loss", "t", "training"]
    assert lines[first + 14].split() == ["1", "epoch", "3"]
    assert max(map(len, lines[first : first + 15])) <= 80
    assert "\x1b" not in result.stderr


@pytest.mark.slow
def test_an_ascii_terminal_gets_its_plot(tmp_path: Path) -> None:
    result = run("train", *QUICK, "--plot", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert result.returncode == 0
    assert "t training" in result.stderr
    assert result.stderr.isascii()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("script") is None, reason="needs `script`, which has terminals")
def test_on_a_terminal_the_losses_are_drawn_while_it_goes_on(tmp_path: Path) -> None:
    command = f"{sys.executable} -m chainrule train --folds 2 --epochs 4000 --plot"
    terminal = {"TERM": "xterm-256color", "COLUMNS": "80", "LANG": "C.UTF-8"}
    result = subprocess.run(
        ["script", "-qec", command, "/dev/null"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=tmp_path,
        # slow enough for a picture of each fold
        env={**os.environ, **terminal, "CHAINRULE_ENGINE": "numpy"},
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert result.returncode == 0, result.stdout
    drawn = ("fold 1 of 2", "fold 2 of 2", "mean of 2 folds")
    places = [result.stdout.find(place) for place in drawn]
    assert -1 not in places
    assert places == sorted(places)
