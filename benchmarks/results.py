"""The results of a run, and the JSON file that keeps them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from .measurement import Measurement
from .memory import Peak
from .peers import PEERS
from .starts import Starts
from .task import Task


@dataclass(slots=True)
class Results:
    """The machine, and what was measured on it in so many turns."""

    machine: dict[str, Any]
    n_turns: int
    measurements: list[Measurement] = field(default_factory=list)
    starts: list[Starts] = field(default_factory=list)
    peaks: list[Peak] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Write all numbers as JSON."""
        report = {
            "machine": self.machine,
            "turns": self.n_turns,
            "tasks": [_record(one) for one in self.measurements],
            "starts": [asdict(one) for one in self.starts],
            "memory": [{**asdict(one), "beyond": one.beyond} for one in self.peaks],
        }
        text = json.dumps(report, indent=2, ensure_ascii=False)
        path.write_text(f"{text}\n", encoding="utf-8")


def read(paths: Sequence[Path]) -> Results:
    """Return what was written by several runs, each of other tasks, as of one."""
    reports = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    results = Results(reports[0]["machine"], min(report["turns"] for report in reports))
    for report in reports:
        results.measurements += [_measurement(record) for record in report["tasks"]]
        results.starts += [Starts(**record) for record in report["starts"]]
        for record in report["memory"]:
            results.peaks.append(Peak(*(record[name] for name in Peak.__slots__)))
    return results


def _record(one: Measurement) -> dict[str, Any]:
    """Return a measurement as JSON holds it; times are in the unit named, one a turn."""
    task = one.task
    return {
        "task": {**asdict(task), "at_least": dict(task.at_least)},
        "title": task.title,
        "unit": task.unit,
        "n_units": task.n_units,
        "threads": one.n_threads,
        "ours": one.ours,
        "peers": {key: _peer_record(one, key) for key in one.times},
        "failed": one.failed,
        "set_up_seconds": one.set_up,
        "sgemm_gflops": one.gflops,
        "targets": [asdict(target) for target in one.targets],
        "equal_work": {
            "result": "loss",
            "difference": one.difference,
            "tolerance": task.tolerance,
        },
    }


def _peer_record(one: Measurement, key: str) -> dict[str, Any]:
    times = one.times[key]
    return {
        "name": PEERS[key].name,
        "min": min(times),
        "median": median(times),
        "times": times,
        "ratio": {"of_minima": one.ratio_of_minima(key), "median": one.median_ratio(key)},
        "gflops": one.gflops_of(key),
        "share_of_sgemm": one.share_of(key),
        "loss": one.losses[key],
    }


def _measurement(record: dict[str, Any]) -> Measurement:
    peers = record["peers"]
    return Measurement(
        Task(**{**record["task"], "sizes": tuple(record["task"]["sizes"])}),
        {key: peer["times"] for key, peer in peers.items()},
        {key: peer["loss"] for key, peer in peers.items()},
        record["set_up_seconds"],
        record["failed"],
        record["sgemm_gflops"],
        record["threads"],
    )
