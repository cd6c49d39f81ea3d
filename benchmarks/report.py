"""The report as text and as what a JSON file holds: the machine and the measurements."""

import os
import platform
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from textwrap import fill
from typing import Any

from .measurement import Measurement
from .peers import PEERS

WIDTH = 80
PACKAGES = ("chainrule", "numpy", "scipy", "scikit-learn")
OPTIONAL = ("numba", "torch", "jax")


def describe_machine() -> dict[str, Any]:
    """Return what the times depend on, and the date."""
    versions = {name: _version(name) for name in (*PACKAGES, *OPTIONAL)}
    return {
        "date": date.today().isoformat(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: number for name, number in versions.items() if number},
    }


def machine_text(machine: dict[str, Any]) -> str:
    """Return the machine in lines of at most WIDTH columns."""
    hardware = f"{machine['processor']}, cores: {machine['cores']}, {machine['system']}"
    names = [name for name in ("python", *PACKAGES, *OPTIONAL) if name in machine]
    versions = ", ".join(f"{name} {machine[name]}" for name in names)
    return "\n".join([machine["date"], fill(hardware, WIDTH), fill(versions, WIDTH)])


def measurement_text(measurement: Measurement) -> str:
    """Return a measurement as a small table, in lines of at most WIDTH columns."""
    task = measurement.task
    lines = [f"{task.name}: {task.title}, threads: {measurement.n_threads}"]
    if measurement.times:
        lines.append(f"  {task.unit:<24}{'min':>9}{'median':>9}   ratio median    GF/s of sgemm")
    lines += [_peer_line(measurement, key) for key in measurement.times]
    if not measurement.times:
        lines.append("  nobody does it")
    lines += [fill(f"  failed: {key}: {why}", WIDTH) for key, why in measurement.failed.items()]
    lines += [
        f"  {one.name}: {one.wanted}, {'met' if one.met else 'missed'}"
        for one in measurement.targets
    ]
    for key, seconds in measurement.set_up.items():
        if key == measurement.ours:
            lines.append(f"  beside the loop timed, `fit` took {1e3 * seconds:.1f} ms")
    if len(measurement.times) > 1:
        lines.append(
            f"  equal work: losses differ by {measurement.difference:.1e} "
            f"(allowed: {task.tolerance:g})"
        )
    return "\n".join(lines)


def _peer_line(measurement: Measurement, key: str) -> str:
    times = measurement.times[key]
    line = f"  {PEERS[key].name:<24}{_number(min(times))}{_number(median(times))}"
    if key == measurement.ours:
        line += f"{'':16}"
    else:
        ratios = measurement.ratio_of_minima(key), measurement.median_ratio(key)
        line += "".join(f"{three_digits(ratio):>8}" for ratio in ratios)
    gflops, share = measurement.gflops_of(key), measurement.share_of(key)
    line += "" if gflops is None else f"{gflops:>8.1f}"
    return line + ("" if share is None else f"{share:>9.0%}")


def three_digits(number: float) -> str:
    """Return a ratio with as many digits as say something."""
    return (
        f"{number:,.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"
    )


def _number(time: float) -> str:
    return f"{time:>9,.0f}" if time >= 1000 else f"{time:>9.1f}"


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")  # on Linux, where Python does not know the name
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
