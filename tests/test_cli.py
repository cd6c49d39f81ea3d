"""The commands as a user runs them, on real files."""

import json
import os
import re
import shlex
import sys
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from commands import called, run, started

import chainrule
from chainrule.cli import COMMANDS
from chainrule.datasets import iris


@pytest.fixture
def flowers(tmp_path: Path) -> Path:
    table = iris()
    path = tmp_path / "flowers.csv"
    lines = [",".join(table.names), *(",".join(row) for row in table.rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def plants(tmp_path: Path) -> Path:
    """Numbers to predict, from numbers and text, without a header."""
    random = np.random.default_rng(0)
    path = tmp_path / "plants.csv"
    rows = []
    for _ in range(60):
        water, soil = random.uniform(0, 10), random.choice(["clay", "sand", "loam"])
        rows.append(f"{water:.2f},{soil},{20 + 3 * water + 5 * (soil == 'loam'):.3f}")
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_version_and_help() -> None:
    assert run("--version").stdout == f"chainrule {chainrule.__version__}\n"
    assert "train" in called("--help").stdout
    shown = called("train", "--help", COLUMNS="80").stdout
    assert all(len(line) <= 80 for line in shown.splitlines())
    assert called().returncode == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_the_list_says_of_a_command_what_its_help_begins_with(command: str) -> None:
    """The list does not import the commands."""
    summary = " ".join(called("--help", COLUMNS="200").stdout.split())
    assert COMMANDS[command] in summary
    assert COMMANDS[command] in called(command, "--help", COLUMNS="200").stdout


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("command", COMMANDS)
def test_help_fills_its_lines(command: str, width: int) -> None:
    shown = called(command, "--help", COLUMNS=str(width)).stdout
    lines = [line.rstrip() for line in shown.partition("╭")[0].splitlines()]
    for line, after in pairwise(lines):
        if line and after:
            assert width - 2 < len(f"{line} {after.split()[0]}")
    assert max(map(len, lines)) <= width


def test_a_process_of_its_own_says_the_same(flowers: Path, tmp_path: Path) -> None:
    """What most tests of the command rely on, who call it in this one."""
    model = tmp_path / "iris.chain"
    arguments = ("train", flowers, "-o", model, "--epochs", 5, "--format", "json")
    alone, here = run(*arguments), called(*arguments)
    assert (alone.returncode, alone.stderr) == (here.returncode, here.stderr)
    assert {**json.loads(alone.stdout), "seconds": 0} == {**json.loads(here.stdout), "seconds": 0}
    for asked in (("predict", model, flowers), ("predict", flowers, flowers)):
        alone, here = run(*asked), called(*asked)
        assert alone.stdout == here.stdout
        assert (alone.returncode, alone.stderr) == (here.returncode, here.stderr)


def test_train_without_data_says_which_data_it_took() -> None:
    result = called("train", "--epochs", 20)
    assert result.returncode == 0
    assert "embedded iris data" in result.stderr
    assert "4-16-3, tanh, softmax output" in result.stdout
    assert "where the chain rule is" in result.stdout.lower()
    assert "chainrule train DATA.csv" in result.stdout
    assert "\x1b" not in result.stdout + result.stderr
    assert all(len(line) <= 80 for line in result.stdout.splitlines())


def test_train_as_json_is_nothing_but_json(flowers: Path) -> None:
    arguments = ("train", flowers, "--format", "json", "--epochs", 20, "--seed", 4)
    result = called(*arguments)
    record = json.loads(result.stdout)
    assert record["schema"] == "chainrule.train/1"
    assert (record["task"], record["metric"]) == ("classification", "accuracy")
    assert len(record["scores"]) == 5
    assert record["mean"] == pytest.approx(sum(record["scores"]) / 5)
    assert 0.8 < record["mean"] <= 1.0
    assert record["baseline"] == pytest.approx(1 / 3)
    assert record["seconds"] > 0
    assert record["settings"]["epochs"] == 20
    assert record["settings"]["seed"] == 4
    again = json.loads(called(*arguments).stdout)
    assert {**again, "seconds": 0} == {**record, "seconds": 0}


def test_every_option_reaches_the_network(flowers: Path) -> None:
    record = json.loads(
        called(
            *("train", flowers, "--target", "petal width (cm)", "--hidden", "5,4"),
            *("--activation", "elu", "--loss", "huber", "--solver", "sgd", "--batch-size", 10),
            *("--epochs", 3, "--learning-rate", 0.02, "--seed", 9, "--split", 0.2),
            *("--scale", "minmax", "--alpha", 0.5, "--initializer", "he", "--format", "json"),
        ).stdout
    )
    # four features stay: three numbers and the species, one input a category
    assert record["network"]["layer_sizes"] == [6, 5, 4, 1]
    assert record["network"]["activation"] == "elu"
    assert record["network"]["loss"] == "huber"
    assert record["task"] == "regression"
    expected = {"solver": "sgd", "batch_size": 10, "epochs": 3, "learning_rate": 0.02, "seed": 9}
    expected |= {"scale": "minmax", "alpha": 0.5, "initializer": "he"}
    assert expected.items() <= record["settings"].items()
    assert record["settings"]["split"] == 0.2
    assert len(record["scores"]) == 1


def test_each_hidden_layer_can_have_its_own_activation(flowers: Path, tmp_path: Path) -> None:
    model = tmp_path / "flowers.chain"
    options = ("--hidden", "4,3", "--activation", "relu, where(x > 0, x, x/10)", "--epochs", "3")
    shown = called("train", flowers, *options, "-o", model, COLUMNS="120")
    assert "4-4-3-3, relu, where(x > 0, x, x/10), softmax output" in shown.stdout
    assert called("predict", model, flowers).returncode == 0
    refused = called("train", flowers, "--hidden", "4", "--activation", "relu,tanh")
    assert refused.returncode == 2
    assert "`activation` must have one entry a hidden layer, 1; got 2" in refused.stderr


def test_classic_settings_can_be_changed(flowers: Path) -> None:
    arguments = ("train", flowers, "--classic", "--epochs", 5, "--folds", 2, "--format", "json")
    record = json.loads(called(*arguments).stdout)
    assert record["network"]["layer_sizes"] == [4, 5, 3]
    assert record["network"]["output_activation"] == "logistic"
    assert record["settings"]["initializer"] == "classic"
    assert record["settings"]["epochs"] == 5


def test_train_then_predict_with_and_without_the_target(flowers: Path, tmp_path: Path) -> None:
    model = tmp_path / "iris.chain"
    trained = called("train", flowers, "-o", model, "--epochs", 40)
    assert f"the model of epoch 40 is kept in {model}" in trained.stderr
    with_target = called("predict", model, flowers)
    assert with_target.returncode == 0
    lines = with_target.stdout.splitlines()
    assert lines[0] == "species"
    truth = [line.split(",")[-1] for line in flowers.read_text().splitlines()[1:]]
    assert np.mean([a == b for a, b in zip(lines[1:], truth, strict=True)]) > 0.9
    loaded = chainrule.load(model)
    cells = [line.split(",")[:-1] for line in flowers.read_text().splitlines()[1:]]
    assert loaded.predict(cells).tolist() == lines[1:]

    bare = tmp_path / "bare.csv"  # columns in another order, no target
    rows = [line.split(",") for line in flowers.read_text().splitlines()]
    bare.write_text("\n".join(",".join([r[2], r[0], r[3], r[1]]) for r in rows))
    assert called("predict", model, bare).stdout == with_target.stdout
    no_header = "\n".join(",".join(r[:-1]) for r in rows[1:])
    assert run("predict", model, "-", stdin=no_header).stdout == with_target.stdout
    with_label = "\n".join(",".join(r) for r in rows[1:])
    assert called("predict", model, "-", stdin=with_label).stdout == with_target.stdout


def test_the_command_suggested_runs_as_it_is_printed(flowers: Path, tmp_path: Path) -> None:
    (folder := tmp_path / "it's mine").mkdir()
    trained = called("train", flowers, "-o", folder / "m y.chain", "--epochs", 5, COLUMNS="200")
    (line,) = [line for line in trained.stdout.splitlines() if "chainrule predict" in line]
    command = line.partition("    use the model")[0].replace("DATA.csv", flowers.name)
    program, *arguments = shlex.split(command)
    assert (program, arguments[1]) == ("chainrule", str(folder / "m y.chain"))
    assert called(*arguments, cwd=tmp_path).returncode == 0


def test_the_command_suggested_runs_where_the_model_begins_with_a_dash(tmp_path: Path) -> None:
    trained = called("train", "-o", "-x y'.chain", "--epochs", 2, cwd=tmp_path, COLUMNS="200")
    (line,) = [line for line in trained.stdout.splitlines() if "chainrule predict" in line]
    (tmp_path / "DATA.csv").write_text("1,2,3,4\n5,6,7,8\n", encoding="utf-8")
    _, *arguments = shlex.split(line.partition("    use the model")[0])
    assert called(*arguments, cwd=tmp_path).returncode == 0


def test_labels_come_back_as_they_are_written(tmp_path: Path) -> None:
    path, model = tmp_path / "codes.csv", tmp_path / "codes.chain"
    codes = ["00", "01", "10"]
    rows = [f"{codes[i % 3]},{10 * (i % 3) + i / 40}" for i in range(30)]
    path.write_text("\n".join(["code,x", *rows]), encoding="utf-8")
    trained = called("train", path, "--target", "code", "-o", model)
    assert "the classes 00, 01, 10" in trained.stderr
    assert called("predict", model, path).stdout.splitlines() == ["code", *codes * 10]


def test_predict_as_json_and_with_probabilities(flowers: Path, tmp_path: Path) -> None:
    model = tmp_path / "iris.chain"
    called("train", flowers, "-o", model, "--epochs", 20)
    record = json.loads(
        called("predict", model, flowers, "--probabilities", "--format", "json").stdout
    )
    assert record["schema"] == "chainrule.predict/1"
    assert record["classes"] == ["setosa", "versicolor", "virginica"]
    np.testing.assert_allclose(np.sum(record["probabilities"], axis=1), 1.0)
    table = called("predict", model, flowers, "--probabilities").stdout.splitlines()
    assert table[0] == "species,p(setosa),p(versicolor),p(virginica)"
    assert len(table) == 151


def test_regression_on_numbers_and_text_without_a_header(plants: Path, tmp_path: Path) -> None:
    model = tmp_path / "plants.chain"
    result = called("train", plants, "-o", model, "--epochs", 200, "--format", "json")
    record = json.loads(result.stdout)
    assert "no header (line 1 holds data; say `--header` if it names the" in result.stderr
    assert "regression: the target 'column 2' is a quantity" in result.stderr
    assert (record["task"], record["metric"], record["baseline"]) == ("regression", "r2", 0.0)
    assert record["network"]["layer_sizes"] == [4, 16, 1]
    assert record["mean"] > 0.9
    predicted = called("predict", model, "-", stdin="5.0,loam\n").stdout.splitlines()
    assert float(predicted[1]) == pytest.approx(40.0, abs=3.0)
    filled = called("predict", model, "-", "--missing", "mean", stdin="5.0,loam\n,clay\n")
    assert "cells without a value in 1 row are filled in" in filled.stderr
    assert len(filled.stdout.splitlines()) == 3
    named = called("predict", model, "-", stdin="water,soil,height\n5.0,loam,1\n")
    assert named.stdout.splitlines() == predicted
    assert "standard input has a header, the model was trained without one: its col" in named.stderr
    other = called("predict", model, "-", stdin="soil\nloam\n")
    assert other.returncode == 2
    assert "has 1 column, taken in order; the model was trained on 2, or 3 with" in other.stderr
    refused = called("predict", model, plants, "--probabilities")
    assert refused.returncode == 2
    assert "`--probabilities` needs a model for classes" in refused.stderr


def test_without_python_unicode_the_report_still_comes() -> None:
    result = run("train", "--epochs", 2, PYTHONIOENCODING="ascii")
    assert result.returncode == 0
    assert "sum over the paths" in result.stdout


def on_a_terminal(*arguments: str, **environ: str) -> str:
    """Run the command with both streams on a terminal; return what it shows."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    kept = {key: value for key, value in os.environ.items() if "COLOR" not in key}
    command = [sys.executable, "-m", "chainrule", *arguments]
    with started(
        command, stdout=theirs, stderr=theirs, env={**kept, "TERM": "xterm-256color", **environ}
    ) as process:
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # Linux's way to say that the other end is closed
            while part := os.read(ours, 65536):
                shown += part
        os.close(ours)
        assert process.wait(60) == 0
    return shown.decode()


def test_colour_is_shown_on_a_terminal_and_no_color_is_honoured() -> None:
    colour = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-8]|9[0-7])[;m]")
    assert colour.search(on_a_terminal("train", "--epochs", "200"))
    plain = on_a_terminal("train", "--epochs", "200", NO_COLOR="1")
    assert "sum over the paths" in plain
    assert not colour.search(plain)
