"""The report as Markdown tables: a row a network and batch, both solvers in a cell."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from statistics import median

from .measurement import Measurement
from .memory import Peak
from .peers import PEERS
from .report import three_digits
from .results import Results
from .starts import Starts
from .task import Task

COLUMNS = {
    "scikit-learn": ("scikit-learn",),
    "PyTorch": ("torch", "torch-compiled"),
    "JAX": ("jax",),
    "NumPy": ("numpy-by-hand",),
    "plain Python": ("scratch",),
}
"""Heads of columns, and the peers of each; the fastest of them is told of."""

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
        f"{machine['date']}. A peer's column: its time by chainrule's, in {results.n_turns} turns "
        "the median and the ratio of the fastest, the smaller first; above 1 chainrule is faster. "
        "Of PyTorch the faster of eager and compiled."
    )
    return "\n\n".join(blocks) + "\n"


def _ratios(measurements: Sequence[Measurement]) -> Iterator[str]:
    measured = {key for one in measurements for key in one.times}
    columns = {head: keys for head, keys in COLUMNS.items() if measured & {*keys}}
    heads = ["network, batch", "chainrule", "of sgemm", *columns]
    yield _row(heads)
    yield _row(["---", *("---:" for _ in heads[1:])])
    for _, group in groupby(measurements, _kind):
        same = list(group)
        task = same[0].task
        cells = [
            f"{task.network}, {_batch(task)}, {' / '.join(one.task.solver for one in same)}",
            f"{_joined(_time(one) for one in same)} {task.unit}",
            _joined(_share(one) for one in same),
            *(_joined(_ratio(one, keys) for one in same) for keys in columns.values()),
        ]
        yield _row(cells)


def _kind(one: Measurement) -> tuple[str, str]:
    """Return what tasks of a row have in common: all but the solver."""
    return one.task.name.rpartition("-")[0], one.task.unit


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
    if task.solver == "lbfgs":
        return "all rows"
    return f"{task.folds} folds" if task.folds > 1 else f"{task.batch}"


def _time(one: Measurement) -> str:
    if one.ours is None:
        return NOTHING
    time = median(one.times[one.ours])
    return f"{time:,.0f}" if time >= 100 else f"{time:.1f}"


def _share(one: Measurement) -> str:
    share = None if one.ours is None else one.share_of(one.ours)
    return NOTHING if share is None else f"{share:.0%}"


def _ratio(one: Measurement, keys: Sequence[str]) -> str:
    """Return the median ratio to the fastest of some peers, and that of the minima."""
    there = [key for key in keys if one.ours and key in one.times]
    if not there:
        return NOTHING
    fastest = min(there, key=one.median_ratio)
    ratios = sorted([one.ratio_of_minima(fastest), one.median_ratio(fastest)])
    return "–".join(three_digits(ratio) for ratio in ratios)


def _joined(cells: Iterator[str]) -> str:
    listed = list(cells)
    return NOTHING if set(listed) == {NOTHING} else " / ".join(listed)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
