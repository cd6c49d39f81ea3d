"""Run the command in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

Result = subprocess.CompletedProcess[str]


def run(*arguments: object, cwd: Path | None = None, stdin: str = "", **environ: str) -> Result:
    return subprocess.run(
        [sys.executable, "-m", "chainrule", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        input=stdin,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environ},
        check=False,
        timeout=120,
    )
