"""Faults of where the package runs, and of programs that are no backpropagation (92 and 96)."""

import json
import os
import subprocess
import sys
from pathlib import Path

from commands import SECONDS, Result, run
from fault import Faults, contents

import chainrule

FAULTS = Faults()

PACKAGE = Path(chainrule.__file__).parents[1]
BACKWARDS = """
import sys, time
clock = [2e9]
def earlier():
    clock[0] -= 3600
    return clock[0]
time.time = earlier
from chainrule.cli import main
main()
"""
QUICK = ("train", "--epochs", "2", "--folds", "2")


def bare(*arguments: str, **environ: str) -> Result:
    """What Python says with nothing in its environment: no HOME, no locale, no terminal."""
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        encoding="utf-8",
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PACKAGE), **environ},
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=SECONDS,
    )


@FAULTS.add(92, "no terminal, no HOME, ASCII, a narrow window, python -O, a clock that jumps")
def _(folder: Path) -> None:
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    model = folder / "m.chain"
    narrow = bare("-m", "chainrule", *QUICK, "-o", str(model), COLUMNS="40", **ascii_only)
    assert narrow.returncode == 0, narrow.stderr
    assert narrow.stdout.isascii()
    assert all(len(line) <= 40 for line in narrow.stdout.splitlines())
    assert chainrule.load(model).target.name == "species"
    jumped = bare("-O", "-c", BACKWARDS, *QUICK, NO_COLOR="1", PYTHONIOENCODING="utf-8")
    assert jumped.returncode == 0, jumped.stderr
    assert "\x1b" not in jumped.stdout + jumped.stderr
    scores = [line.split()[-2:] for line in jumped.stdout.splitlines() if " mean " in line]
    assert [line.split()[-2:] for line in narrow.stdout.splitlines() if " mean " in line] == scores


RANDOM = """
import random, sys
rows = [float(line) for line in open(sys.argv[1])]
total = 0.0
for row in rows:
    total = total + row * random.random()
open("written.txt", "w").write("by the script")
print("done")
"""
MINIFIED = """
import random as r,math as m,sys
class N:
 def __init__(s):s.w=[r.uniform(-1,1)for _ in range(3)];s.v=[r.uniform(-1,1)for _ in range(3)]
 def f(s,x):s.h=[m.tanh(w*x)for w in s.w];return sum(a*b for a,b in zip(s.v,s.h))
 def t(s,x,y,e):
  d=s.f(x)-y
  for i in range(3):
   g=d*s.v[i]*(1-s.h[i]**2)*x;s.v[i]-=e*d*s.h[i];s.w[i]-=e*g
D=[tuple(map(float,l.split()))for l in open(sys.argv[1])];n=N()
for _ in range(30):
 for x,y in D:n.t(x,y,.1)
"""
PROCESSES = """
from multiprocessing import Pool
def slope(given):
    w, x, y = given
    return (w * x - y) * x
if __name__ == "__main__":
    w = 0.1
    with Pool(2) as pool:
        for _ in range(9):
            w -= 0.5 * sum(pool.map(slope, [(w, 0.5, 1.0), (w, -0.5, 0.0)]))
"""


def looked_at(folder: Path, source: str, *arguments: str) -> tuple[Result, dict[str, object]]:
    (folder / "script.py").write_text(source)
    result = run("where", "--format", "json", "script.py", *arguments, cwd=folder)
    return result, json.loads(result.stdout)


@FAULTS.add(96, "scripts that are no backpropagation, or hard to read")
def _(folder: Path) -> None:
    (folder / "rows.txt").write_text("1\n2\n3\n")
    before = contents(folder)["rows.txt"]
    result, report = looked_at(folder, RANDOM, "rows.txt")
    assert (result.returncode, report["verdict"]) == (3, "no-backprop")
    mine = {"script.py": RANDOM.encode(), "written.txt": b"by the script"}
    after = {name: text for name, text in contents(folder).items() if "__pycache__" not in name}
    assert after == {"rows.txt": before, **mine}  # it is run as it is, and writes what it writes
    (folder / "rows.txt").write_text("0.1 0.2\n0.5 0.4\n-0.3 0.1\n")
    result, report = looked_at(folder, MINIFIED, "rows.txt")  # a class, in place, without a seed
    assert (result.returncode, report["verdict"]) == (0, "correct")
    result, report = looked_at(folder, PROCESSES)  # what another process computes is not followed
    assert (result.returncode, report["verdict"]) == (3, "no-backprop")
    result, report = looked_at(folder, "import torch\n\nw = torch.zeros(1)\nw.backward()\n")
    assert result.returncode == 3
    assert "torch" in str(report["reason"])
