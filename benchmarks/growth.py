"""`python -m benchmarks.growth`: how the time of an update grows with width, depth, batch and rows.

Beside each lies the ideal: proportional to the multiply-adds, through the point where most of them
are done a second.  What lies above that line is work that does not grow with the products, such as
beginning them, and memory.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from .crew import Crew, cores
from .peers import OURS, PEERS
from .report import describe_machine, machine_text
from .task import Task

SECONDS = 0.1  # a training, about
GUESS = 3e10, 1e-5  # operations a second, and seconds of an update beside: for how many epochs


@dataclass(frozen=True, slots=True)
class Growth:
    """One quantity grows, all else stays.

    Attributes:
        name: the quantity; `unit`: what is timed, an update or an epoch.
        values: of the quantity; `tasks`: the training of each.
        times: of each in µs, one a turn.
    """

    name: str
    unit: str
    values: list[int]
    tasks: list[Task]
    times: list[list[float]] = field(default_factory=list)

    def operations(self) -> list[float]:
        """Return the operations of the products in what is timed, for each value."""
        return [float(task.operations * self.updates(task)) for task in self.tasks]

    def updates(self, task: Task) -> int:
        """Return the updates in what is timed."""
        return task.rows // task.batch if self.unit == "epoch" else 1

    def ideal(self) -> list[float]:
        """Return the times that are proportional to the operations, as fast as the best."""
        medians = [median(times) for times in self.times]
        return [
            operations * min(t / o for t, o in zip(medians, self.operations(), strict=True))
            for operations in self.operations()
        ]


def growths(quick: bool) -> list[Growth]:
    """Return all; a quick one has the smallest two values of each."""
    few = 2 if quick else None
    widths, depths = [16, 32, 64, 128, 256, 512, 1024, 2048][:few], [1, 2, 4, 8, 16, 32][:few]
    batches = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048][:few]
    rows = [128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536][:few]
    return [
        Growth(
            "width of two hidden layers, batch 128",
            "update",
            widths,
            [_task((64, width, width, 10), 128, 1024, quick) for width in widths],
        ),
        Growth(
            "hidden layers of 128 units, batch 128",
            "update",
            depths,
            [_task((64, *depth * (128,), 10), 128, 1024, quick) for depth in depths],
        ),
        Growth(
            "batch, 256-256-256-10",
            "update",
            batches,
            [_task((256, 256, 256, 10), batch, max(512, batch), quick) for batch in batches],
        ),
        Growth(
            "rows, 64-64-10, batch 128",
            "epoch",
            rows,
            [_task((64, 64, 10), 128, n_rows, quick) for n_rows in rows],
        ),
    ]


def _task(sizes: tuple[int, ...], batch: int, rows: int, quick: bool) -> Task:
    task = Task("growth", sizes, "adam", batch, rows, epochs=1)
    speed, beside = GUESS
    epoch = rows / batch * (task.operations / speed + beside)
    return task if quick else replace(task, epochs=max(1, round(SECONDS / epoch)))


def measure_growth(growth: Growth, key: str, crew: Crew, n_turns: int) -> None:
    """Time each value in turns."""
    growth.times[:] = [[] for _ in growth.tasks]
    for _ in range(n_turns):
        for task, times in zip(growth.tasks, growth.times, strict=True):
            crew.prepare(key, task)  # the first epoch of each training is not timed
            times.append(task.scale * growth.updates(task) * crew.run(key)["seconds"])


def growth_text(growth: Growth) -> str:
    """Return a line for each value."""
    lines = [
        f"{growth.name}: µs an {growth.unit}",
        f"{'':>9}{'min':>12}{'median':>12}{'ideal':>12}",
    ]
    for value, times, ideal in zip(growth.values, growth.times, growth.ideal(), strict=True):
        lines.append(f"{value:>9}{min(times):>12,.1f}{median(times):>12,.1f}{ideal:>12,.1f}")
    return "\n".join(lines)


def plot(path: Path, machine: dict[str, Any], name: str, all_growths: Sequence[Growth]) -> None:
    """Draw four plots into a picture, all axes logarithmic."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 7), layout="constrained")
    for axes, growth in zip(figure.subplots(2, 2).flat, all_growths, strict=True):
        medians = [median(times) for times in growth.times]
        axes.plot(
            growth.values,
            growth.ideal(),
            "--",
            color="#999999",
            label="ideal: as the multiply-adds",
        )
        axes.fill_between(growth.values, growth.ideal(), medians, color="#4c78a8", alpha=0.12)
        axes.plot(growth.values, medians, "o-", color="#4c78a8", markersize=4, label=name)
        axes.plot(growth.values, [min(times) for times in growth.times], "_", color="#1f3b57")
        axes.set(xscale="log", yscale="log", xlabel=growth.name, ylabel=f"µs an {growth.unit}")
        axes.set_xscale("log", base=2)
        axes.set_xticks(growth.values, [str(value) for value in growth.values], fontsize=7)
        axes.grid(alpha=0.25)
        axes.legend(fontsize=8, frameon=False)
    hardware = f"{machine['processor']}, {machine['cores']} cores, {machine['date']}"
    figure.suptitle(f"How the time of training grows: adam, float32\n{hardware}", fontsize=10)
    figure.savefig(path, dpi=150)


def main() -> None:
    """Time, print and, if asked to, write and draw."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="turns (default 5)")
    parser.add_argument("--quick", action="store_true", help="one tiny turn: only shows it runs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the numbers")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="also draw them, PNG or SVG")
    options = parser.parse_args()
    if options.plot and not find_spec("matplotlib"):
        parser.error("--plot needs matplotlib: pip install -e '.[bench]'")
    machine, key = describe_machine(), next(key for key in OURS if PEERS[key].is_installed)
    print(machine_text(machine))
    all_growths = growths(options.quick)
    with Crew(cores()) as crew:
        for growth in all_growths:
            measure_growth(growth, key, crew, 1 if options.quick else options.repeat)
            print(f"\n{growth_text(growth)}", flush=True)
    if options.json:
        records = [
            {
                "name": growth.name,
                "unit": f"µs an {growth.unit}",
                "values": growth.values,
                "operations": growth.operations(),
                "times": growth.times,
                "ideal": growth.ideal(),
            }
            for growth in all_growths
        ]
        report = {"machine": machine, "peer": PEERS[key].name, "growth": records}
        text = json.dumps(report, indent=2, ensure_ascii=False)
        options.json.write_text(f"{text}\n", encoding="utf-8")
    if options.plot:
        plot(options.plot, machine, PEERS[key].name, all_growths)


if __name__ == "__main__":
    main()
