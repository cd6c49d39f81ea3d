"""Trainings that are killed at random moments: the checkpoint is whole, and goes on exactly."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import SECONDS, called, started
from interrupting import TABLE
from sklearn.base import clone

import chainrule
from chainrule import Checkpoint, MLPClassifier
from chainrule.checkpoint_file import read_checkpoint

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL"),
]

random = np.random.default_rng(0)
X = random.normal(size=(80, 3))
CLASSES = (X[:, 0] * X[:, 1] > 0).astype(int)
MODEL = MLPClassifier((6,), max_iter=400, random_state=0, tol=0.0, n_iter_no_change=500)


def train(model: Any, file: Path) -> None:
    """Train with a checkpoint after each epoch, and go on with what there is."""
    model.set_params(callbacks=[Checkpoint(file, every=1)])
    warnings.simplefilter("ignore")
    model.fit(X, CLASSES, resume=file if file.exists() else None)
    os._exit(0)


def killed(model: Any, file: Path, seconds: float) -> int | None:
    """Train in a process of its own, killed after so long; return its status."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking beside threads
        process = multiprocessing.get_context("fork").Process(target=train, args=(model, file))
        process.start()
    process.join(seconds)
    process.kill()
    process.join(SECONDS)
    return process.exitcode


@pytest.mark.parametrize("solver", ["sgd", "adam"])
@pytest.mark.parametrize("times", [6, pytest.param(60, marks=pytest.mark.slow)])
def test_a_training_that_is_killed_again_and_again_comes_to_the_same_weights(
    solver: str, times: int, tmp_path: Path
) -> None:
    """It goes on from each kill to the next."""
    model = clone(MODEL).set_params(solver=solver)
    expected = clone(model).fit(X, CLASSES)
    file = tmp_path / "run.checkpoint"
    moments = np.random.default_rng(times).uniform(0.0, 0.15, size=times)
    epochs, kills = 0, 0
    for seconds in moments:
        kills += killed(clone(model), file, seconds) == -signal.SIGKILL
        if file.exists():
            state = read_checkpoint(file).states["fit"]
            assert state.epoch >= epochs
            epochs = state.epoch
    assert kills
    found = clone(model).fit(X, CLASSES, resume=file) if file.exists() else expected
    assert np.array_equal(found.parameters_.flat, expected.parameters_.flat)
    assert found.loss_curve_ == expected.loss_curve_
    again = clone(model).set_params(callbacks=[Checkpoint(file, every=500)])
    again.fit(X, CLASSES)  # what the dead have left half-written is removed, their lock taken
    assert {path.name for path in tmp_path.iterdir()} <= {"run.checkpoint"}


@pytest.mark.slow
def test_a_hundred_runs_of_the_command_that_are_killed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(TABLE, encoding="utf-8")
    options = ["train", "a.csv", "--epochs", "400", "--folds", "2"]
    called(*options, "-o", "whole.chain", cwd=tmp_path)
    whole = chainrule.load(tmp_path / "whole.chain").estimator.parameters_.flat
    checkpoint, model = tmp_path / "m.chain.checkpoint", tmp_path / "m.chain"
    command = [sys.executable, "-m", "chainrule", *options, "-o", "m.chain", "--resume"]
    command += ["--checkpoint-every", "1 epochs"]
    kills = 0
    for seconds in np.random.default_rng(0).uniform(0, 1.5, size=400):
        with started(command, cwd=tmp_path, stderr=subprocess.PIPE) as process:
            assert process.stderr is not None
            process.stderr.readline()  # it has begun
            time.sleep(seconds)
            process.kill()
            kills += process.wait(SECONDS) == -signal.SIGKILL
        if checkpoint.exists():
            assert read_checkpoint(checkpoint).states
        if model.exists():
            assert np.array_equal(chainrule.load(model).estimator.parameters_.flat, whole)
            model.unlink()
        if kills == 100:
            break
    assert kills == 100
    last = called(*options, "-o", "m.chain", "--resume", cwd=tmp_path)
    assert last.returncode == 0, last.stderr
    assert np.array_equal(chainrule.load(model).estimator.parameters_.flat, whole)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"a.csv", "whole.chain", "m.chain"}
