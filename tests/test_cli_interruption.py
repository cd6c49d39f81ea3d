"""`chainrule train` interrupted, ended, killed and gone on with."""

import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import called, run, started
from interrupting import GOING, TABLE, ended_by, training

import chainrule
from chainrule.checkpoint_file import read_checkpoint

WHILE_IT_IS_LOADED = """
import os, signal, sys
from chainrule.cli import main

class Interrupts:
    # a finder that is asked for a module in the midst of scikit-learn, and sends Ctrl-C then
    def find_spec(self, name, path=None, target=None):
        if name == "sklearn.metrics" and self in sys.meta_path:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupts())
sys.argv = ["chainrule", "train", "a.csv", "-o", "m.chain"]
main()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("number", "status"),
    [pytest.param(signal.SIGINT, 130, marks=pytest.mark.slow), (signal.SIGTERM, 143)],
    ids=["Ctrl-C", "SIGTERM"],
)
def test_a_signal_ends_it_with_a_checkpoint_and_the_command_that_goes_on(
    number: int, status: int, folder: Path
) -> None:
    found, said = ended_by(number, folder, *GOING, "-o", "m.chain")
    assert found == status
    assert said.startswith("interrupted in fold 1 of 5, after epoch ")
    assert "; there is no model yet. It is kept in m.chain.checkpoint; go on with: " in said
    command = shlex.split(said.partition("go on with: ")[2])
    assert command == ["chainrule", "train", "a.csv", *GOING, "-o", "m.chain", "--resume"]
    assert sorted(path.name for path in folder.iterdir()) == ["a.csv", "m.chain.checkpoint"]


def test_ctrl_c_while_scikit_learn_is_loaded_is_one_sentence(folder: Path) -> None:
    command = [sys.executable, "-c", WHILE_IT_IS_LOADED]
    with started(command, cwd=folder, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        said = process.stderr.read().decode().splitlines()
        assert process.wait(60) == 130
    assert said[-1] == "chainrule: interrupted; nothing was written."
    assert "Traceback" not in "".join(said)
    assert [path.name for path in folder.iterdir()] == ["a.csv"]


@pytest.mark.slow
def test_folds_together_are_ended_together_and_the_model_is_written(folder: Path) -> None:
    options = ["--classic", *GOING, "-o", "m.chain"]
    status, said = ended_by(signal.SIGTERM, folder, *options, CHAINRULE_ENGINE="numba")
    assert status == 143
    assert said.startswith("interrupted in 6 networks, after epoch ")
    model = chainrule.load(folder / "m.chain")
    assert f"after epoch {model.estimator.n_iter_}. It is kept in m.chain.checkpoint" in said


@pytest.mark.slow
def test_it_goes_on_to_the_same_report_and_model(folder: Path) -> None:
    options = ["train", "a.csv", "--epochs", "700", "--folds", "2", "--format", "json"]
    whole = run(*options, "-o", "whole.chain", cwd=folder)
    command = [sys.executable, "-m", "chainrule", *options, "-o", "m.chain"]
    command += ["--checkpoint-every", "50 epochs"]
    with started(command, cwd=folder, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None and not (folder / "m.chain.checkpoint").exists():
            time.sleep(0.01)
        process.kill()
    resumed = called(*options, "-o", "m.chain", "--resume", cwd=folder)
    assert resumed.returncode == 0
    assert "That run was ended from outside (killed, out of memory, or a power cut)" in (
        resumed.stderr
    )
    assert_same(folder / "whole.chain", folder / "m.chain")
    assert comparable(resumed.stdout) == comparable(whole.stdout)
    assert not (folder / "m.chain.checkpoint").exists()


def comparable(report: str) -> list[str]:
    return [
        line for line in report.splitlines() if '"seconds"' not in line and ".chain" not in line
    ]


def assert_same(one: Path, other: Path) -> None:
    first, second = (chainrule.load(path).estimator for path in (one, other))
    assert np.array_equal(first.parameters_.flat, second.parameters_.flat)
    assert first.loss_curve_ == second.loss_curve_


@pytest.mark.slow
def test_a_second_signal_ends_it_at_once_and_leaves_a_checkpoint_that_is_whole(
    folder: Path,
) -> None:
    status, said = ended_by(signal.SIGINT, folder, *GOING, "-o", "m.chain", times=3)
    assert status == 130
    assert said.startswith("interrupted")
    assert "go on with: chainrule train" in said
    assert read_checkpoint(folder / "m.chain.checkpoint").states


@pytest.mark.slow
@pytest.mark.parametrize("name", ["m.chain", "c.checkpoint"])
def test_two_runs_do_not_write_the_same_file(name: str, folder: Path) -> None:
    options = [*GOING, "-o", "m.chain", "--checkpoint", "c.checkpoint"]
    with training(folder, *options) as process:
        option = "-o" if name == "m.chain" else "--checkpoint"
        second = called("train", "a.csv", option, name, cwd=folder)
        process.kill()
    assert second.returncode == 2
    assert second.stderr.startswith(
        f"chainrule: `{name}` is being written by another run (process {process.pid}, since "
    )
    third = called("train", "a.csv", "--epochs", "1", option, name, cwd=folder)
    assert third.returncode == 0, third.stderr


@pytest.mark.slow
def test_a_checkpoint_that_is_there_is_put_aside_unless_it_is_gone_on_from(folder: Path) -> None:
    ended_by(signal.SIGTERM, folder, *GOING, "-o", "m.chain")
    kept = (folder / "m.chain.checkpoint").read_bytes()
    result = called("train", "a.csv", "--epochs", "2", "-o", "m.chain", cwd=folder)
    assert (
        "m.chain.checkpoint holds a training that was interrupted; this one begins anew "
        "(`--resume` goes on), and the checkpoint is now m.chain.checkpoint.before."
    ) in result.stderr
    assert (folder / "m.chain.checkpoint.before").read_bytes() == kept


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--resume"], "`--resume` needs a checkpoint: name it with `--checkpoint` or `-o`."),
        (["--checkpoint-every", "5"], "`--checkpoint-every` needs a checkpoint: name it with "),
        (
            ["-o", "m", "--checkpoint-every", "now"],
            "`--checkpoint-every` must say how many epochs or seconds, as in '10 epochs', '30s' or "
            "'5 min'; got 'now'.",
        ),
        (["-o", "m", "--checkpoint", "m"], "`--checkpoint` m is the model's file; name another"),
        (
            ["--checkpoint", "a.csv"],
            "`--checkpoint` a.csv exists and is no chainrule checkpoint; name another file, so "
            "that it is not replaced.",
        ),
        (["--checkpoint", "none/c"], "`none/c` cannot be written: No such file or directory"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_kept_is_refused(options: list[str], said: str, folder: Path) -> None:
    result = called("train", "a.csv", *options, cwd=folder)
    assert result.returncode == 2
    assert result.stderr.startswith(f"chainrule: {said}")
    assert [path.name for path in folder.iterdir()] == ["a.csv"]


def test_without_a_checkpoint_it_begins_anew_and_says_so(folder: Path) -> None:
    result = called("train", "a.csv", "--epochs", "2", "-o", "m", "--resume", cwd=folder)
    assert "m.checkpoint does not exist: training begins anew." in result.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["a.csv", "m"]


def test_a_model_that_cannot_be_written_is_kept_in_the_checkpoint(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its folder vanishes while it is trained."""
    (folder / "out").mkdir()
    gone: list[Any] = []

    saved = chainrule.save

    def vanish(*arguments: Any) -> Any:
        gone.append((folder / "out").rename(folder / "elsewhere"))
        return saved(*arguments)

    monkeypatch.setattr("chainrule.modelfile.save", vanish)
    options = ["train", "a.csv", "--epochs", "3", "-o", "out/m", "--checkpoint", "c"]
    result = called(*options, cwd=folder)
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1] == (
        f"chainrule: `out/m` cannot be written: No such file or directory: there is no folder "
        f"{folder / 'out'}. The networks are kept in c; go on with: chainrule train a.csv --epochs "
        "3 -o out/m --checkpoint c --resume"
    )
    monkeypatch.undo()
    (folder / "elsewhere").rename(folder / "out")
    again = called(*options, "--resume", cwd=folder)
    assert "6 networks trained." in again.stderr
    assert chainrule.load(folder / "out" / "m").estimator.n_iter_ == 3
    assert not (folder / "c").exists()
