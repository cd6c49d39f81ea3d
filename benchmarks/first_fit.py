"""`python -m benchmarks.first_fit PEER [ROWS]`: import, make ready and train once, in this process.

Prints the bytes of memory that the imports and the whole took, as JSON.  With a number of rows the
network is 784-128-10.
"""

import json
import sys
import warnings
from dataclasses import replace
from pathlib import Path

from .peers import PEERS
from .task import Task
from .tasks import MEDIUM, SMALL

FIRST_FIT = Task("first-fit", SMALL, "adam", 32, 1792, epochs=1)


def status_bytes(name: str) -> int | None:
    """Return a number of /proc/self/status, which Linux has."""
    status = Path("/proc/self/status")
    if status.is_file():
        for line in status.read_text(encoding="utf-8").splitlines():
            if line.startswith(f"{name}:"):
                return 1024 * int(line.split()[1])
    return None


def main() -> None:
    """Train, and say what memory it took."""
    warnings.simplefilter("ignore")  # training is cut short
    task = FIRST_FIT
    if len(sys.argv) > 2:
        task = replace(task, sizes=MEDIUM, rows=int(sys.argv[2]), batch=200)
    prepare = PEERS[sys.argv[1]].load()
    imports = status_bytes("VmRSS")
    prepare(task)()
    print(json.dumps({"imports": imports, "peak": status_bytes("VmHWM")}))


if __name__ == "__main__":
    main()
