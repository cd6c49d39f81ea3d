"""Faults of processes and disks while something is trained (77, 79 to 87, 91)."""

import re
import resource
import signal
import sys
from pathlib import Path
from subprocess import run as run_process

import numpy as np
import pytest
from commands import SECONDS, called
from fault import Faults, contents, refused
from interrupting import GOING, TABLE, called_and_ended_by, ended_by, training

import chainrule
from chainrule.checkpoint_file import read_checkpoint

FAULTS = Faults()

MODEL = "m.chain"
CHECKPOINT = f"{MODEL}.checkpoint"


PAGE = Path(__file__).resolve().parent.parent / "docs" / "when-something-goes-wrong.md"


def assert_explained(sentence: str) -> None:
    """The page has it, but for the numbers."""
    page, said = (
        re.sub(r"[\d.,:]*\d", "N", text).replace(" ".join(GOING) + " ", "")
        for text in (PAGE.read_text(encoding="utf-8"), sentence.replace(" ".join(GOING) + " ", ""))
    )
    assert said in page


def table_in(folder: Path) -> None:
    (folder / "a.csv").write_text(TABLE, encoding="utf-8")


@FAULTS.add(77, "resumed with other settings")
def _(folder: Path) -> None:
    table_in(folder)
    called_and_ended_by(signal.SIGINT, folder, *GOING, "-o", MODEL)
    said = refused(folder, "train", "a.csv", *GOING[:2], "-o", MODEL, "--resume", "--hidden", "5,4")
    assert said == (
        f"`{CHECKPOINT}` is of a training with other settings: `--hidden` was [16] and is [5, 4]. "
        "Say what was said then, or leave `--resume` out to begin anew."
    )
    assert_explained(said)
    (folder / "a.csv").write_text(TABLE.replace("3,9,x", "3,8,x"), encoding="utf-8")
    said = refused(folder, "train", "a.csv", *GOING[:2], "-o", MODEL, "--resume")
    assert said.startswith(
        f"`{CHECKPOINT}` is of a training with other data: `the inputs` holds other values. Say"
    )


def _assert_goes_on(folder: Path, said: str) -> None:
    """The last command of a sentence runs as it stands, but for its number of epochs."""
    assert said.endswith(
        f"; go on with: chainrule train a.csv {' '.join(GOING)} -o {MODEL} --resume"
    )
    assert sorted(contents(folder)) == ["a.csv", CHECKPOINT]
    assert read_checkpoint(folder / CHECKPOINT).why == "interrupted"
    assert_explained(said)


@FAULTS.add(79, "Ctrl-C")
def _(folder: Path) -> None:
    table_in(folder)
    status, said = called_and_ended_by(signal.SIGINT, folder, *GOING, "-o", MODEL)
    assert status == 130
    assert re.match(r"interrupted in fold 1 of 5, after epoch \d+; there is no model yet\. ", said)
    _assert_goes_on(folder, said)


@FAULTS.add(80, "Ctrl-C in lbfgs")
def _(_folder: Path) -> None:
    """In Python, where the model stays: `test_stops` interrupts the command in lbfgs."""
    X = np.random.default_rng(0).normal(size=(50, 3))

    def interrupts(epoch: chainrule.Epoch) -> None:
        if epoch.number == 4:
            signal.raise_signal(signal.SIGINT)

    file = _folder / "run.checkpoint"
    model = chainrule.MLPRegressor(solver="lbfgs", random_state=0, max_iter=30)
    model.set_params(callbacks=[chainrule.Checkpoint(file), interrupts])
    with pytest.warns(UserWarning, match="Training interrupted; the weights are those of the last"):
        model.fit(X, X[:, 0])
    assert (model.n_iter_, model.stop_reason_) == (4, "interrupted")
    assert model.predict(X).shape == (50,)
    assert sorted(contents(_folder)) == ["run.checkpoint"]


@FAULTS.add(81, "second Ctrl-C")
def _(folder: Path) -> None:
    table_in(folder)
    status, said = ended_by(signal.SIGINT, folder, *GOING, "-o", MODEL, times=3)
    assert status == 130
    assert said.startswith("interrupted")
    assert read_checkpoint(folder / CHECKPOINT).states
    assert sorted(contents(folder)) == ["a.csv", CHECKPOINT]


@FAULTS.add(82, "SIGTERM")
def _(folder: Path) -> None:
    table_in(folder)
    status, said = called_and_ended_by(signal.SIGTERM, folder, *GOING, "-o", MODEL)
    assert status == 143
    _assert_goes_on(folder, said)


@FAULTS.add(83, "SIGKILL or power loss")
def _(folder: Path) -> None:
    """`test_killed` does so at random moments, and compares the weights."""
    table_in(folder)
    options = ["--epochs", "1000", "-o", MODEL]
    with training(folder, *options, "--checkpoint-every", "20 epochs") as process:
        process.kill()
        assert process.wait(SECONDS) == -signal.SIGKILL
    assert "fold 1 of 5" in read_checkpoint(folder / CHECKPOINT).states
    result = called("train", "a.csv", *options, "--resume", cwd=folder)
    assert result.returncode == 0
    assert (
        "That run was ended from outside (killed, out of memory, or a power cut): what it did "
        "after that time is done again."
    ) in result.stderr
    assert sorted(contents(folder)) == ["a.csv", MODEL]


@FAULTS.add(84, "full disk")
def _(folder: Path) -> None:
    table_in(folder)
    assert called("train", "a.csv", "--epochs", "2", "-o", MODEL, cwd=folder).returncode == 0
    before = contents(folder)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        said = refused(folder, "train", "a.csv", "--epochs", "3", "-o", MODEL)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert re.fullmatch(
        rf"`{MODEL}` cannot be written: File too large \([\d.]+ (kB|bytes) are needed, more than "
        r"`ulimit -f` lets a file have\)\. The file is as it was before\.",
        said,
    )
    assert contents(folder) == before
    assert_explained(said.replace(" kB ", " bytes "))


@FAULTS.add(85, "read-only or vanished output folder")
def _(folder: Path) -> None:
    table_in(folder)
    said = refused(folder, "train", "a.csv", "--epochs", "1", "-o", "/proc/m.chain")
    assert said.startswith("`/proc/m.chain` cannot be written: ")
    said = refused(folder, "train", "a.csv", "-o", "none/m.chain")
    assert (
        said == "`--output` none/m.chain is in a folder that does not exist; name an existing one."
    )
    assert_explained(said)


@FAULTS.add(86, "two runs with the same output")
def _(folder: Path) -> None:
    table_in(folder)
    with training(folder, *GOING, "-o", MODEL) as process:
        second = called("train", "a.csv", "-o", MODEL, cwd=folder)
        process.kill()
    assert second.returncode == 2
    assert re.fullmatch(
        rf"chainrule: `{MODEL}` is being written by another run \(process {process.pid}, since "
        r"\d\d:\d\d\): wait until it is over, or name another file\.\n",
        second.stderr,
    )
    third = called("train", "a.csv", "--epochs", "1", "-o", MODEL, cwd=folder)
    assert third.returncode == 0, third.stderr  # the lock of a killed run is none
    assert_explained(second.stderr.removeprefix("chainrule: ").strip())


@FAULTS.add(87, "ended by the system for want of memory")
def _(folder: Path) -> None:
    """It is foreseen where it can be; what the system ends goes on as any killed run (83)."""
    table_in(folder)
    said = refused(folder, "train", "a.csv", "--hidden", "100000000,100000000")
    assert re.match(
        r"the network 2-100000000-100000000-1 with its [\d,]+ parameters needs at least "
        r"[\d,.]+ GB of memory, and there are [\d,.]+ GB\. Take smaller layers",
        said,
    )
    assert_explained(said)


KILLS_ITS_WORKER = """
import os, signal, sys
from pathlib import Path
import numpy as np
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from chainrule import MLPRegressor

def kills(_epoch):
    if not Path(sys.argv[1]).exists():
        Path(sys.argv[1]).touch()
        os.kill(os.getpid(), signal.SIGKILL)

X = np.random.default_rng(0).normal(size=(40, 2))
model = MLPRegressor(max_iter=3, random_state=0, callbacks=[kills])
model.set_params(tol=0.0)
import warnings; warnings.simplefilter("ignore")
try:
    cross_val_score(model, X, X[:, 0], n_jobs=2)
except Exception as error:
    print(type(error).__name__, "SIGKILL" in str(error))
again = cross_val_score(model, X, X[:, 0], n_jobs=2)
alone = cross_val_score(clone(model), X, X[:, 0])
print(np.array_equal(again, alone), hasattr(model, "parameters_"))
"""


@FAULTS.add(91, "killed worker of a parallel cross-validation")
def _(folder: Path) -> None:
    """joblib says it, the estimator is unharmed, and the run can be repeated."""
    program = folder / "program.py"
    program.write_text(KILLS_ITS_WORKER, encoding="utf-8")
    result = run_process(
        [sys.executable, str(program), str(folder / "killed")], capture_output=True, text=True,
        timeout=SECONDS, check=False,
    )  # fmt: skip
    assert result.stdout.split("\n")[:2] == ["TerminatedWorkerError True", "True False"], (
        result.stderr
    )
