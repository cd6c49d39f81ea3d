"""Peak memory: 784-128-10 trained on 60,000 rows of float32, in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from .crew import ROOT, cores, environment
from .peers import PEERS

ROWS, QUICK_ROWS, COLUMNS = 60_000, 2_000, 784
MEGABYTE = 1e6
LIMIT = 150.0


@dataclass(frozen=True, slots=True)
class Peak:
    """What a process held at most, in megabytes: all of it, its imports, and the rows."""

    key: str
    peak: float
    imports: float
    rows: float

    @property
    def beyond(self) -> float:
        """Beyond the imports and the rows, held once."""
        return self.peak - self.imports - self.rows


def measure_memory(keys: Sequence[str], quick: bool) -> list[Peak]:
    """Return the peak of each peer, quickly of the first; none where the system does not say."""
    n_rows = QUICK_ROWS if quick else ROWS
    peaks = []
    for key in keys[:1] if quick else (key for key in keys if PEERS[key].others):
        command = [sys.executable, "-m", f"{__package__}.first_fit", key, str(n_rows)]
        done = subprocess.run(
            command, cwd=ROOT, env=environment(cores()), capture_output=True, check=False
        )
        said = json.loads(done.stdout) if done.returncode == 0 else {}
        if said.get("peak"):
            rows = 4 * n_rows * COLUMNS / MEGABYTE
            peaks.append(Peak(key, said["peak"] / MEGABYTE, said["imports"] / MEGABYTE, rows))
    return peaks


def memory_text(peaks: Sequence[Peak]) -> str:
    """Return a line for each."""
    if not peaks:
        return "Memory: this system does not say what a process held at most."
    lines = [
        f"Memory: fit of {peaks[0].rows:.0f} MB of rows, 784-128-10, float32; MB",
        f"  {'':<26}{'process':>9}{'imports':>9}{'rows':>8}{'beyond':>9}",
    ]
    for one in peaks:
        name = PEERS[one.key].name
        numbers = f"{one.peak:>9.0f}{one.imports:>9.0f}{one.rows:>8.0f}{one.beyond:>9.0f}"
        lines.append(f"  {name:<26}{numbers}")
    verdict = "met" if peaks[0].beyond <= LIMIT else "missed"
    return "\n".join([*lines, f"    {PEERS[peaks[0].key].name} at most {LIMIT:g}: {verdict}"])
