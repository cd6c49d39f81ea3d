"""`python -m benchmarks [--repeat N] [--json FILE] [--quick]`: run and print every comparison."""

import argparse
import json
import warnings
from pathlib import Path

from sklearn.exceptions import ConvergenceWarning

from . import classifiers, online
from .report import describe_machine, machine_text, measurement_record, measurement_text
from .timing import Comparison, measure


def read_options() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Time chainrule against others that do the same work, in turns.",
    )
    parser.add_argument("--repeat", type=int, default=7, metavar="N", help="turns (default 7)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the numbers here")
    parser.add_argument("--quick", action="store_true", help="one tiny turn: only shows it runs")
    options = parser.parse_args()
    if options.repeat < 1:
        parser.error("--repeat must be at least 1")
    return options


def comparisons(quick: bool) -> list[Comparison]:
    """Return all comparisons, in the order of the report."""
    return [
        online.compare(quick),
        *(classifiers.compare(task, quick) for task in classifiers.TASKS),
    ]


def main() -> None:
    """Time, print and, if asked to, write."""
    options = read_options()
    machine = describe_machine()
    n_turns = 1 if options.quick else options.repeat
    print(machine_text(machine))
    print(f"Turns: {n_turns}. Ratio: chainrule's time by the peer's; below 1 it is faster.")
    records = []
    with warnings.catch_warnings():
        # a fixed number of epochs is the point here
        warnings.simplefilter("ignore", ConvergenceWarning)
        for comparison in comparisons(options.quick):
            measurement = measure(comparison, n_turns)
            print(f"\n{measurement_text(measurement)}", flush=True)
            records.append(measurement_record(measurement))
    if options.json:
        report = {"machine": machine, "turns": n_turns, "comparisons": records}
        text = json.dumps(report, indent=2, ensure_ascii=False)
        options.json.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
