"""The report: the machine and the measurements, as text and as what a JSON file holds."""

import os
import platform
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import median
from textwrap import fill
from typing import Any

from .timing import Measurement

WIDTH = 80
PACKAGES = ("chainrule", "numpy", "scipy", "scikit-learn")


def describe_machine() -> dict[str, Any]:
    """Return what the times depend on, and the date."""
    return {
        "date": date.today().isoformat(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
    }


def machine_text(machine: dict[str, Any]) -> str:
    """Return the machine in lines of at most WIDTH columns."""
    hardware = f"{machine['processor']}, cores: {machine['cores']}, {machine['system']}"
    versions = ", ".join(f"{name} {machine[name]}" for name in ("python", *PACKAGES))
    return "\n".join([machine["date"], fill(hardware, WIDTH), fill(versions, WIDTH)])


def measurement_text(measurement: Measurement) -> str:
    """Return a measurement as a small table, in lines of at most WIDTH columns."""
    comparison = measurement.comparison
    verdict = "met" if measurement.on_target else "missed"
    lines = [comparison.title, f"  {'':<18}{'min':>10}{'median':>10}"]
    for name, times in (("chainrule", measurement.ours), (comparison.peer, measurement.peer)):
        lines.append(
            f"  {name:<18}{_number(min(times))}{_number(median(times))}  {comparison.unit}"
        )
    lines.append(
        f"  {'ratio':<18}{measurement.ratio_of_minima:>10.2f}{measurement.median_ratio:>10.2f}"
        f"  target: at most {comparison.target:g}, {verdict}"
    )
    lines.append(
        f"  equal work: {comparison.result} differ by {measurement.difference:.1e} "
        f"(allowed: {comparison.tolerance:g})"
    )
    return "\n".join(lines)


def measurement_record(measurement: Measurement) -> dict[str, Any]:
    """Return a measurement as JSON holds it; times are in the unit named, one a turn."""
    comparison = measurement.comparison
    return {
        "title": comparison.title,
        "unit": comparison.unit,
        "n_units": comparison.n_units,
        "chainrule": _times(measurement.ours),
        "peer": {"name": comparison.peer, **_times(measurement.peer)},
        "ratio": {"of_minima": measurement.ratio_of_minima, "median": measurement.median_ratio},
        "target": comparison.target,
        "on_target": measurement.on_target,
        "equal_work": {
            "result": comparison.result,
            "difference": measurement.difference,
            "tolerance": comparison.tolerance,
        },
    }


def _times(times: list[float]) -> dict[str, Any]:
    return {"min": min(times), "median": median(times), "times": times}


def _number(time: float) -> str:
    return f"{time:>10,.0f}" if time >= 1000 else f"{time:>10.1f}"


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")  # on Linux, where Python does not know the name
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
