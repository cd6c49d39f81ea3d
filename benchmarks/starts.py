"""Cold and warm starts: whole processes, with nothing compiled before and with all of it.

Both are timed in turns: one with an empty cache, one with the cache that it left.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter

from .crew import ROOT, cores, environment
from .first_fit import FIRST_FIT
from .peers import PEERS

SEEDS = "CHAINRULE_WHEAT_SEEDS"
MOST_TURNS = 3  # they take long
CACHES = ("NUMBA_CACHE_DIR", "TORCHINDUCTOR_CACHE_DIR")


@dataclass(frozen=True, slots=True)
class Starts:
    """A process, from its start to its end.

    Attributes:
        title: what it does; `command`: what Python is called with.
        limits: seconds, cold and warm, that it should not exceed; None: nothing is asked.
        cold, warm: seconds, one a turn, with an empty cache and with the one it left.
    """

    title: str
    command: Sequence[str]
    limits: Sequence[float] | None = None
    cold: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)


def processes(keys: Sequence[str]) -> list[Starts]:
    """Return all to be timed: the import, the command, the first fit of ours and of peers."""
    table = os.environ.get(SEEDS, "")
    data = (table,) if table and Path(table).is_file() else ()
    name = f"chainrule train {Path(table).name}" if data else "chainrule train"
    return [
        Starts("import chainrule", ("-c", "import chainrule")),
        Starts(name, ("-m", "chainrule", "train", *data), (4.0, 2.5)),
        *(
            Starts(f"first fit: {PEERS[key].name}", ("-m", f"{__package__}.first_fit", key))
            for key in keys
            if PEERS[key].takes(FIRST_FIT)
        ),
    ]


def measure_starts(keys: Sequence[str], n_turns: int, quick: bool) -> list[Starts]:
    """Time all of them in turns, at most MOST_TURNS, quickly the first; without those that fail."""
    measured = processes(keys)[: 1 if quick else None]
    for _ in range(min(n_turns, MOST_TURNS)):
        for one in [*measured]:
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                try:
                    one.cold.append(_seconds(one.command, folder))
                    one.warm.append(_seconds(one.command, folder))
                except subprocess.CalledProcessError:
                    measured.remove(one)
    return measured


def starts_text(measured: Sequence[Starts]) -> str:
    """Return a line for each."""
    lines = ["Start: a whole process, seconds      cold: min  median   warm: min  median"]
    for one in measured:
        numbers = (min(one.cold), median(one.cold), min(one.warm), median(one.warm))
        cold_min, cold, warm_min, warm = (f"{number:.2f}" for number in numbers)
        lines.append(f"  {one.title:<35}{cold_min:>9}{cold:>8}{warm_min:>12}{warm:>8}")
        if one.limits:
            cold_limit, warm_limit = one.limits
            met = numbers[1] <= cold_limit and numbers[3] <= warm_limit
            verdict = "met" if met else "missed"
            lines.append(f"    at most {cold_limit:g} cold, {warm_limit:g} warm: {verdict}")
    return "\n".join(lines)


def _seconds(command: Sequence[str], folder: str) -> float:
    variables = {**environment(cores()), **dict.fromkeys(CACHES, folder)}
    begun = perf_counter()
    subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return perf_counter() - begun
