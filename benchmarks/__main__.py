"""`python -m benchmarks [--task NAME …] [--peer NAME …] [--quick]`: time and print comparisons."""

import argparse
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from textwrap import fill
from typing import Any

from .crew import Crew, cores
from .measurement import Measurement
from .memory import measure_memory, memory_text
from .peers import OURS, PEERS
from .report import WIDTH, describe_machine, machine_text, measurement_text
from .results import Results, read
from .starts import measure_starts, starts_text
from .table import markdown
from .task import Task
from .tasks import TASKS, chosen
from .turns import UnequalWorkError, measure

EXTRA = ("start", "memory")
NAMES = (*(task.name for task in TASKS), *EXTRA)


def read_options() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Time chainrule against others that do the same work, in turns.",
        epilog=f"Tasks: {', '.join(NAMES)}. Peers: {', '.join(PEERS)}.",
    )
    add = parser.add_argument
    path: dict[str, Any] = {"type": Path, "metavar": "FILE"}
    add("--repeat", type=int, default=5, metavar="N", help="turns (default 5)")
    add("--task", nargs="+", default=[], metavar="NAME", help="only those that begin like this")
    add("--peer", nargs="+", default=[], metavar="NAME", help="chainrule and these only")
    add("--quick", action="store_true", help="one tiny turn: only shows it runs")
    add("--json", help="also write the numbers", **path)
    add("--markdown", help="also write them as tables", **path)
    add("--plot", help="also draw the ratios, as PNG or SVG", **path)
    add("--from", dest="files", nargs="+", help="time nothing; read what --json wrote", **path)
    options = parser.parse_args()
    if options.repeat < 1:
        parser.error("--repeat must be at least 1")
    for name in options.task:
        if not any(task.startswith(name) for task in NAMES):
            parser.error(f"--task must be one of {', '.join(NAMES)}, or begin one; got {name!r}")
    for name in options.peer:
        if name not in PEERS:
            parser.error(f"--peer must be one of {', '.join(PEERS)}; got {name!r}")
    if options.plot and not find_spec("matplotlib"):
        parser.error("--plot needs matplotlib: pip install -e '.[bench]'")
    _require_files(parser, options)
    return options


def _require_files(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Refuse what cannot be written or read before the work, not after it."""
    for file in (options.json, options.markdown, options.plot):
        if file and not file.absolute().parent.is_dir():
            parser.error(f"{file} cannot be written: there is no folder {file.absolute().parent}")
    for file in options.files or ():
        if not file.is_file():
            parser.error(f"--from needs files that --json wrote; there is no {file}")


def compare(tasks: Sequence[Task], keys: Sequence[str], n_turns: int) -> list[Measurement]:
    """Time and print each task; those whose losses differ are told of and left out."""
    measurements = []
    for n_threads in sorted({_threads(task) for task in tasks}):
        with Crew(n_threads) as crew:
            for task in (task for task in tasks if _threads(task) == n_threads):
                able = [key for key in keys if PEERS[key].takes(task)]
                try:
                    measurements.append(measure(task, able, crew, n_turns))
                except UnequalWorkError as error:
                    print(f"\n{error}", file=sys.stderr, flush=True)
                else:
                    print(f"\n{measurement_text(measurements[-1])}", flush=True)
    return measurements


def run(options: argparse.Namespace) -> Results:
    """Time and print what was asked for."""
    results = Results(describe_machine(), 1 if options.quick else options.repeat)
    print(machine_text(results.machine))
    print(f"Turns: {results.n_turns}. Ratio: the peer's time by ours; above 1 ours is faster.")
    asked = [key for key in PEERS if not options.peer or key in (*options.peer, *OURS)]
    keys = [key for key in asked if PEERS[key].is_installed]
    absent = [f"{PEERS[key].name} ({PEERS[key].needs})" for key in asked if key not in keys]
    if absent:
        print(fill(f"Left out, not installed: {', '.join(absent)}.", WIDTH))
    tasks = [task.quick() if options.quick else task for task in chosen(options.task)]
    results.measurements = compare(tasks, keys, results.n_turns)
    wanted = [name for name in EXTRA if not options.task or name.startswith(tuple(options.task))]
    if "start" in wanted:
        results.starts = measure_starts(keys, results.n_turns, options.quick)
        print(f"\n{starts_text(results.starts)}", flush=True)
    if "memory" in wanted:
        results.peaks = measure_memory(keys, options.quick)
        print(f"\n{memory_text(results.peaks)}", flush=True)
    return results


def main() -> None:
    """Time, print and, if asked to, write."""
    options = read_options()
    results = read(options.files) if options.files else run(options)
    if options.json:
        results.write(options.json)
    if options.markdown:
        options.markdown.write_text(markdown(results), encoding="utf-8")
    if options.plot:
        from .plot import plot  # matplotlib is loaded only where it is wanted

        plot(options.plot, results)
    if not options.files and len(results.measurements) < len(chosen(options.task)):
        sys.exit("Some of the work was not equal.")


def _threads(task: Task) -> int:
    return 1 if task.one_thread else cores()


if __name__ == "__main__":
    main()
