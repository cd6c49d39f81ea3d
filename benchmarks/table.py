"""The report as a Markdown table: a row a network and batch, both solvers in a cell."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from statistics import median

from .measurement import Measurement
from .memory import Peak
from .peers import OURS, PEERS
from .report import three_digits
from .results import Results
from .starts import Starts
from .task import Task

SHORT = {
    "numpy": "NumPy engine",
    "numpy-by-hand": "NumPy",
    "torch-compiled": "compiled",
    "scratch": "plain Python",
}
NOTHING = "–"


def markdown(results: Results) -> str:
    """Return the tables, with machine and date."""
    blocks, machine = [], results.machine
    if results.measurements:
        blocks.append("\n".join(_ratios(results.measurements)))
    if results.starts or results.peaks:
        blocks.append("\n".join(_processes(results.starts, results.peaks)))
    blocks.append(
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, "
        f"{machine['date']}. A peer's column: its time by chainrule's, median of "
        f"{results.n_turns} turns; above 1 chainrule is faster. A cell for each solver."
    )
    return "\n\n".join(blocks) + "\n"


def _ratios(measurements: Sequence[Measurement]) -> Iterator[str]:
    trained = [one for one in measurements if one.task.solver != "lbfgs"]
    keys = [key for key in PEERS if key not in OURS and any(key in one.times for one in trained)]
    heads = [
        "network, batch",
        "chainrule",
        "of sgemm",
        *(SHORT.get(k, PEERS[k].name) for k in keys),
    ]
    yield _row(heads)
    yield _row(["---", *("---:" for _ in heads[1:])])
    for _, group in groupby(trained, lambda one: one.task.name.rpartition("-")[0]):
        same = list(group)
        task = same[0].task
        cells = [
            f"{task.network}, {_batch(task)}" + _solvers(same),
            f"{_joined(_time(one) for one in same)} {task.unit}",
            _joined(_share(one) for one in same),
            *(_joined(_ratio(one, key) for one in same) for key in keys),
        ]
        yield _row(cells)


def _processes(started: Sequence[Starts], peaks: Sequence[Peak]) -> Iterator[str]:
    yield _row(["a process", "first time", "then"])
    yield _row(["---", "---:", "---:"])
    for one in started:
        title, _, peer = one.title.partition(": ")
        name = f"{title}, {peer}" if peer else f"`{title}`"
        yield _row([name, f"{median(one.cold):.2f} s", f"{median(one.warm):.2f} s"])
    for peak in peaks:
        name = f"memory beyond {peak.rows:.0f} MB of rows, {PEERS[peak.key].name}"
        yield _row([name, f"{peak.beyond:.0f} MB", ""])


def _batch(task: Task) -> str:
    return f"{task.folds} folds" if task.folds > 1 else f"{task.batch}"


def _solvers(same: Sequence[Measurement]) -> str:
    return f", {' / '.join(one.task.solver for one in same)}"


def _time(one: Measurement) -> str:
    if one.ours is None:
        return NOTHING
    time = median(one.times[one.ours])
    return f"{time:,.0f}" if time >= 100 else f"{time:.1f}"


def _share(one: Measurement) -> str:
    share = None if one.ours is None else one.share_of(one.ours)
    return NOTHING if share is None else f"{share:.0%}"


def _ratio(one: Measurement, key: str) -> str:
    return three_digits(one.median_ratio(key)) if one.ours and key in one.times else NOTHING


def _joined(cells: Iterator[str]) -> str:
    listed = list(cells)
    return NOTHING if set(listed) == {NOTHING} else " / ".join(listed)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
