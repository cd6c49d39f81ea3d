"""What a program is warned of under the tracer, and what it is warned of alone."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from commands import SECONDS, run
from foreign import write

OVERFLOW = """\
import numpy as np
X = np.array([[900.0, -800.0], [-700.0, 950.0], [1.0, 2.0]])
Y = np.array([[0.0], [1.0], [1.0]])
W = np.array([[1.0], [-1.0]])
{setting}
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
for _ in range(4):
    out = sigmoid(X @ W)
    empty = np.log(out)
    W -= 0.001 * X.T @ ((out - Y) * out * (1 - out))
    print(np.exp(1000.0 * W[0, 0]))
"""
SETTINGS = ["pass", "import warnings; warnings.simplefilter('ignore')"]


def told(stderr: str) -> list[str]:
    """The warnings in a process's output: line and message."""
    return re.findall(r"program\.py:(\d+: \w+Warning: .+)", stderr)


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_program_is_warned_as_it_is_alone(setting: str, tmp_path: Path) -> None:
    script = write(tmp_path, OVERFLOW.format(setting=setting), "program.py")
    alone = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=SECONDS, check=True
    )
    traced = run("where", str(script), "--echo", "--no-stop", cwd=tmp_path)
    assert told(traced.stderr) == told(alone.stderr)
    assert bool(told(alone.stderr)) == (setting == "pass")
    others = [line for line in traced.stderr.splitlines() if "Warning" in line]
    assert len(others) == len(told(traced.stderr))  # no replay warns
