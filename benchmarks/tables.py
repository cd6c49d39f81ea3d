"""How long a table takes to be read and checked, beside pandas: `python -m benchmarks.tables`.

The table is made: 60,000 rows of a label and 784 whole numbers as pixels are, or of decimals.
"""

import argparse
import gc
import resource
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import pandas as pd

from chainrule.chain import Array
from chainrule.reading import read_table

ROWS, COLUMNS, TURNS = 60_000, 785, 3
AT_ONCE = 1000  # rows that are made and written


def pixels(random: np.random.Generator) -> Array:
    """A fifth of them lit, as in pictures of digits."""
    shape = AT_ONCE, COLUMNS - 1
    return (random.random(shape) < 0.2) * random.integers(1, 256, shape)


def decimals(random: np.random.Generator) -> Array:
    """Six digits after the point."""
    return random.normal(size=(AT_ONCE, COLUMNS - 1)).round(6)


def write(file: Path, rows: int, make: Callable[[np.random.Generator], Array]) -> None:
    """Write a table of so many rows."""
    random = np.random.default_rng(0)
    with file.open("w", encoding="utf-8") as out:
        out.write(",".join(["label", *(f"p{index}" for index in range(COLUMNS - 1))]) + "\n")
        for _ in range(rows // AT_ONCE):
            for label, row in zip(random.integers(0, 10, AT_ONCE), make(random), strict=True):
                out.write(f"{label},{','.join(map(str, row.tolist()))}\n")


def seconds(action: Callable[[], object]) -> float:
    """Return how long an action takes."""
    gc.collect()
    begin = perf_counter()
    action()
    return perf_counter() - begin


def measured(file: Path, turns: int) -> str:
    """Return a line about a file, read by both in turns."""
    ours, theirs = [], []
    for _ in range(turns):  # in turns, so that a busy machine is so for both
        ours.append(seconds(lambda: read_table(str(file))))
        theirs.append(seconds(lambda: pd.read_csv(file)))
    return (
        f"{file.stem}, {file.stat().st_size / 1e6:.0f} MB: chainrule {min(ours):.2f} s, pandas "
        f"{min(theirs):.2f} s, ratio of minima {min(ours) / min(theirs):.2f}, of medians "
        f"{median(ours) / median(theirs):.2f}"
    )


def main() -> None:
    """Print a line a table, and the most memory that reading the first took."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=ROWS)
    options.add_argument("--turns", type=int, default=TURNS)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for index, make in enumerate((pixels, decimals)):
            file = Path(folder) / f"{make.__name__}.csv"
            write(file, asked.rows, make)
            if index == 0:
                before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                table = read_table(str(file))
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
                floats = 8 * len(table) * len(table.names)
                print(
                    f"memory of {file.stem}: {peak * 1024 / 1e6:.0f} MB; the floats are "
                    f"{floats / 1e6:.0f} MB, the file {file.stat().st_size / 1e6:.0f} MB"
                )
                del table
            print(measured(file, asked.turns), flush=True)
            file.unlink()


if __name__ == "__main__":
    main()
