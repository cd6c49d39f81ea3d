"""How long checkpoints take: the same training with and without them, in turns.

At the usual pace one is written every 30 seconds, later where writing takes more than a hundredth
of that.  Beside the ratios of the wall clock stand those of the processor's time, which other
processes disturb less.
"""

import argparse
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import numpy as np

from chainrule import Checkpoint, MLPClassifier


@dataclass(frozen=True)
class Task:
    """A training: rows, columns, classes, and the settings of its network."""

    name: str
    shape: tuple[int, int, int]
    settings: dict[str, Any]
    epochs: int


CLOCKS = {"wall": perf_counter, "processor": process_time}
TASKS = [
    Task(
        "small, online",
        (210, 7, 3),
        {"hidden_layer_sizes": (5,), "solver": "sgd", "batch_size": 1},
        500_000,
    ),
    Task("large", (20_000, 784, 10), {"hidden_layer_sizes": (512,)}, 100),
]


def main() -> None:
    """Print a line a task."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--turns", type=int, default=3, help="of each; the median counts")
    parser.add_argument("--every", default=None, help="the pace; the usual one without it")
    parser.add_argument("--quick", action="store_true", help="a hundredth of the epochs")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    for task in TASKS:
        found = _measured(task, chosen.turns, chosen.every, 100 if chosen.quick else 1)
        words = []
        for name, seconds in found.items():
            ratio = median(b / a for a, b in zip(*seconds, strict=True))
            without, kept = map(min, seconds)
            words.append(f"{name} {without:.2f} s, kept {kept:.2f} s, median ratio {ratio:.4f}")
        print(f"{task.name}: {'; '.join(words)}")


def _measured(task: Task, turns: int, every: str | None, part: int) -> dict[str, list[list[float]]]:
    """Return the seconds of each turn, without checkpoints and with them, by two clocks."""
    rows, columns, classes = task.shape
    random = np.random.default_rng(0)
    X = random.normal(size=(rows, columns))
    y = (X @ random.normal(size=(columns, classes))).argmax(axis=1)
    found: dict[str, list[list[float]]] = {name: [[], []] for name in CLOCKS}
    model = MLPClassifier(random_state=0, engine="numba", tol=0.0, n_iter_no_change=10**9)
    model.set_params(**task.settings, max_iter=2).fit(X, y)  # compiles
    model.set_params(max_iter=max(1, task.epochs // part))
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(turns):
            for kept in (False, True):
                file = Path(folder) / f"{turn}.checkpoint"
                model.set_params(callbacks=[Checkpoint(file, every)] if kept else None)
                before = [clock() for clock in CLOCKS.values()]
                model.fit(X, y)
                for name, begun in zip(CLOCKS, before, strict=True):
                    found[name][kept].append(CLOCKS[name]() - begun)
    return found


if __name__ == "__main__":
    main()
