"""The report as a picture: a dot for each ratio, on a logarithmic axis."""

from pathlib import Path

from .peers import OURS, PEERS
from .results import Results

MARKERS = {
    "numpy": ("s", "#999999"),
    "scikit-learn": ("o", "#f58518"),
    "torch": ("^", "#e45756"),
    "torch-compiled": ("v", "#b279a2"),
    "jax": ("D", "#4c78a8"),
    "numpy-by-hand": ("P", "#54a24b"),
    "scratch": ("X", "#333333"),
}


def plot(path: Path, results: Results) -> None:
    """Draw the median ratios of all peers; a line from each to the ratio of the minima."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter

    shown = [one for one in results.measurements if one.ours and len(one.times) > 1]
    figure = Figure(figsize=(9, 1.8 + 0.34 * len(shown)), layout="constrained")
    axes = figure.subplots()
    axes.axvspan(1e-9, 1, color="#e45756", alpha=0.08, linewidth=0)
    axes.axvline(1, color="black", linewidth=1)
    ratios = [1.0]
    for key, (marker, color) in MARKERS.items():
        rows = [row for row, one in enumerate(shown) if key in one.times and key != one.ours]
        medians = [shown[row].median_ratio(key) for row in rows]
        minima = [shown[row].ratio_of_minima(key) for row in rows]
        ratios += medians + minima
        axes.hlines(rows, minima, medians, color=color, linewidth=1)
        if rows:
            axes.plot(medians, rows, marker, color=color, label=PEERS[key].name, alpha=0.85)
    axes.set_xscale("log")
    axes.set_xlim(0.8 * min(ratios), 1.3 * max(ratios))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda ratio, _: f"{ratio:g}×"))
    axes.set_yticks(range(len(shown)), [one.task.title for one in shown], fontsize=8)
    axes.invert_yaxis()
    axes.grid(axis="x", which="both", alpha=0.25)
    axes.set_xlabel("peer's time / chainrule's: to the right of 1 chainrule is faster")
    ours = " or ".join(
        dict.fromkeys(PEERS[k].name for k in OURS if any(o.ours == k for o in shown))
    )
    machine = results.machine
    hardware = f"{machine['processor']}, {machine['cores']} cores, {machine['date']}"
    axes.set_title(f"Training, beside {ours}\n{hardware}", fontsize=10, loc="left")
    if shown:
        figure.legend(loc="outside lower center", ncols=4, fontsize=8, frameon=False)
    figure.savefig(path, dpi=150)
