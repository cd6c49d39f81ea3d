"""`python -m benchmarks.where [--quick]`: how long `chainrule where` takes, and how much memory.

Each program is answered in a process of its own, start-up included.  No test asserts these figures;
they belong to the machine that they are measured on.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from .report import describe_machine, machine_text

PROGRAMS = Path(__file__).parent / "programs"
ANSWERS = {0: "correct", 1: "wrong", 3: "no verdict"}
MIB = 2**20 if sys.platform == "darwin" else 2**10  # in units of ru_maxrss


@dataclass(frozen=True, slots=True)
class Case:
    """A call of the command, and what it should not exceed; None: nothing is asked of it."""

    title: str
    arguments: tuple[str, ...]
    seconds: float
    mebibytes: float | None = None


STARTING = Case("start-up (`--help`)", ("--help",), 0.4)
CASES = (
    STARTING,
    Case("the classic network, `scratch.py`", (), 2.0),
    Case("plain Python, 64-30-10", (str(PROGRAMS / "plain_python.py"),), 20.0),
    Case("minibatches, 60,000 × 784", (str(PROGRAMS / "minibatches.py"),), 5.0, 600.0),
)


def answered(case: Case) -> tuple[float, float, str]:
    """Return the seconds and mebibytes of one call, and its answer."""
    command = [sys.executable, "-m", "chainrule", "where", *case.arguments]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    return seconds, usage.ru_maxrss / MIB, ANSWERS.get(process.returncode, "failed")


def measured(case: Case, n_turns: int) -> str:
    """Return a line on a case: the median time, the peak of memory, the answer, the targets."""
    times, peaks, answers = zip(*(answered(case) for _ in range(n_turns)), strict=True)
    target = f"at most {case.seconds:g} s"
    if case.mebibytes is not None:
        target += f", {case.mebibytes:g} MiB"
    return (
        f"{case.title:<36}{statistics.median(times):6.2f} s {max(peaks):7.0f} MiB  "
        f"{answers[0]:<8}  ({target})"
    )


def main() -> None:
    """Print the machine and a line for each case."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.where", description=__doc__)
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="turns (default 3)")
    parser.add_argument("--quick", action="store_true", help="start-up only, once: that it runs")
    options = parser.parse_args()
    print(machine_text(describe_machine()))
    for case in (STARTING,) if options.quick else CASES:
        print(measured(case, 1 if options.quick else options.repeat), flush=True)


if __name__ == "__main__":
    main()
