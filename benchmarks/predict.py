"""How fast kept models predict: arrays in Python, and the command from file to file.

    python -m benchmarks.predict [--rows 200000] [--turns 5]

Turns are interleaved; the least and the median of each are shown.  The peer of the command is
pandas in a process of its own: `read_csv` of the table, `to_csv` of the same columns of results.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from chainrule import MLPClassifier, load, save
from chainrule.encoding import Feature, Scaling, Target
from chainrule.mlp import MLP
from chainrule.model import Model

INPUTS, ARRAY_ROWS = 7, 500_000

PANDAS = """
import sys
import pandas
table = pandas.read_csv(sys.argv[1])
wanted = ["id", *(name for name in sys.argv[3:])]
table[wanted].to_csv(sys.argv[2], index=False)
"""
"""Reads all columns, and writes as many as `predict` does: the id, and a column a result."""


def main() -> None:
    """Print rows a second, and the ratios to pandas."""
    parser = argparse.ArgumentParser(description="How fast kept models predict.")
    parser.add_argument("--rows", type=int, default=200_000, help="of the table")
    parser.add_argument("--turns", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _arrays(asked.turns)
        _files(Path(folder), asked.rows, asked.turns)


def _arrays(turns: int) -> None:
    estimator, model = _trained()
    X = np.random.default_rng(1).normal(size=(ARRAY_ROWS, INPUTS))
    calls: dict[str, Callable[[], object]] = {
        "estimator.predict": lambda: estimator.predict(X),
        "estimator.predict_proba": lambda: estimator.predict_proba(X),
        "model.predict": lambda: model.predict(X),
        "model.probabilities": lambda: model.probabilities(X),
    }
    print(f"{INPUTS}-5-3 on arrays of {ARRAY_ROWS:,} rows")
    for name, seconds in _in_turns(calls, turns).items():
        least, median = min(seconds), statistics.median(seconds)
        print(
            f"  {name:24} {ARRAY_ROWS / least:12,.0f} rows/s, median {ARRAY_ROWS / median:12,.0f}"
        )


def _files(folder: Path, rows: int, turns: int) -> None:
    _, model = _trained()
    save(model, folder / "m.chain")
    assert load(folder / "m.chain").target == model.target
    random = np.random.default_rng(2)
    columns = [f"x{k}" for k in range(INPUTS)]
    lines = (
        f"{number}," + ",".join(f"{value:.6g}" for value in row)
        for number, row in enumerate(random.normal(size=(rows, INPUTS)))
    )
    (folder / "t.csv").write_text("\n".join([",".join(["id", *columns]), *lines]) + "\n")
    command = [sys.executable, "-m", "chainrule", "predict", "m.chain", "t.csv", "--id", "id"]
    peer = [sys.executable, "-c", PANDAS, "t.csv", "p.csv"]
    shares = "--probabilities"

    def run(*arguments: str) -> Callable[[], object]:
        return lambda: subprocess.run(arguments, cwd=folder, check=True, capture_output=True)

    print(f"a file of {rows:,} rows and {INPUTS + 1} columns, read, predicted and written")
    seconds = _in_turns(
        {
            "labels": run(*command, "-o", "o.csv"),
            "pandas, 1 column": run(*peer, "x0"),
            "probabilities": run(*command, shares, "-o", "o.csv"),
            "pandas, 4 columns": run(*peer, *columns[:4]),
            "start": run(sys.executable, "-m", "chainrule", "inspect", "m.chain"),
        },
        turns,
    )
    for name, times in seconds.items():
        print(f"  {name:24} {min(times):6.2f} s, median {statistics.median(times):6.2f} s")
    for name, other in (("labels", "pandas, 1 column"), ("probabilities", "pandas, 4 columns")):
        ratio = min(seconds[name]) / min(seconds[other])
        median = statistics.median(seconds[name]) / statistics.median(seconds[other])
        print(f"  {name} against pandas: {ratio:.2f} times, of the medians {median:.2f}")


def _trained() -> tuple[MLP, Model]:
    random = np.random.default_rng(0)
    X = random.normal(size=(210, INPUTS))
    labels = np.array(["a", "b", "c"])[(X[:, :2] > 0).sum(axis=1)]
    estimator = MLPClassifier((5,), "tanh", solver="lbfgs", max_iter=50, random_state=0, tol=1e-1)
    estimator.fit(X, labels)
    return estimator, Model(
        tuple(Feature(f"x{k}", None) for k in range(INPUTS)),
        Scaling.fit(X, "standard"),
        Target("kind", INPUTS, ("a", "b", "c")),
        None,
        estimator,
    )


def _in_turns(calls: dict[str, Callable[[], object]], turns: int) -> dict[str, list[float]]:
    """Return the seconds of each call; the first turn is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(turns + 1):
        for name, call in calls.items():
            begun = time.perf_counter()
            call()
            seconds[name].append(time.perf_counter() - begun)
    return {name: times[1:] for name, times in seconds.items()}


if __name__ == "__main__":
    main()
