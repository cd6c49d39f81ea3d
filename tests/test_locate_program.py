"""A traced program computes and prints what it does alone, and ends as it does alone."""

import os
import random
import sys
from pathlib import Path

import numpy as np
import pytest
from foreign import PROGRAMS, alone, traced, write

import chainrule.scratch
from chainrule.errors import InputError
from chainrule.locate.program import Limits, run
from chainrule.locate.replay import mismatches

SCRATCH = Path(chainrule.scratch.__file__)
BENCH = Path(os.environ.get("CHAINRULE_WHERE_BENCH", "absent"))
BENCH = BENCH / "programs" if (BENCH / "programs").is_dir() else BENCH


@pytest.mark.parametrize("script", [*PROGRAMS, SCRATCH], ids=lambda path: path.stem)
def test_the_output_is_the_same_to_the_byte_and_the_replay_to_the_bit(script: Path) -> None:
    result, output = traced(script)
    assert result.ended in ("end", "exit"), result.failure
    assert output == alone(script)
    assert len(result.graph.nodes) > 100
    assert mismatches(result.graph) == []


@pytest.mark.slow
@pytest.mark.skipif(not BENCH.is_dir(), reason="CHAINRULE_WHERE_BENCH names no folder")
def test_the_output_of_the_bench_programs_is_the_same() -> None:
    scripts = sorted(BENCH.glob("*.py"))
    assert scripts
    for script in scripts:
        result, output = traced(script)
        assert result.ended == "end", (script, result.failure)
        assert output == alone(script), script
        start = traced(script, limits=Limits(nodes=20_000)).run
        assert mismatches(start.graph) == [], script


def test_arguments_and_exit_code() -> None:
    script = next(path for path in PROGRAMS if path.stem == "local_package")
    result, output = traced(script, "3")
    assert output == alone(script, "3")
    assert (result.ended, result.code) == ("exit", 0)


ENDLESS = "x = 0.5\nwhile True:\n    {}\n"


@pytest.mark.parametrize("body", ["x = x * 0.99", "pass"])
def test_an_endless_loop_is_stopped_by_the_clock(tmp_path: Path, body: str) -> None:
    result, _ = traced(write(tmp_path, ENDLESS.format(body)), limits=Limits(seconds=0.2))
    assert (result.ended, result.limit) == ("stopped", "seconds")


def test_a_limit_of_nodes_ends_a_program_that_catches_everything(tmp_path: Path) -> None:
    body = "try:\n        x = x * 0.99\n    except BaseException:\n        pass"
    result, _ = traced(write(tmp_path, ENDLESS.format(body)), limits=Limits(nodes=1000, seconds=5))
    assert (result.ended, result.limit) == ("stopped", "steps")


def test_a_watcher_stops_the_program(tmp_path: Path) -> None:
    seen: list[int] = []

    def watch(graph: object) -> bool:
        seen.append(len(graph.nodes))  # type: ignore[attr-defined]
        return len(seen) == 3

    script = write(tmp_path, ENDLESS.format("x = x * 0.99"))
    result, _ = traced(script, limits=Limits(watch=watch, seconds=20))
    assert (result.ended, result.limit) == ("stopped", "watch")
    assert seen == sorted(seen)
    assert mismatches(result.graph) == []


FAILING = """
import numpy as np

def inner(a):
    return a @ np.ones(3)

print(inner(np.ones((2, 3))))
inner(np.ones((2, 2)))
"""


def test_its_own_exception_comes_with_its_own_line(tmp_path: Path) -> None:
    script = write(tmp_path, FAILING)
    result, output = traced(script)
    assert output == "[3. 3.]\n"
    assert result.failure is not None
    assert isinstance(result.failure.error, ValueError)
    assert (result.failure.file, result.failure.line) == (str(script), 5)
    assert mismatches(result.graph) == []


def test_the_line_is_that_of_a_local_module(tmp_path: Path) -> None:
    write(tmp_path, "def f(x):\n    return x['key']\n", "helper_of_mine.py")
    result, _ = traced(write(tmp_path, "from helper_of_mine import f\nf([1.0])\n"))
    assert result.failure is not None
    assert Path(result.failure.file).name == "helper_of_mine.py"
    assert result.failure.line == 2
    assert "helper_of_mine" not in sys.modules


@pytest.mark.parametrize(
    ("text", "message"),
    [("print 'x'\n", "is not Python 3, line 1"), ("x = (\n", "is not Python 3, line 1")],
)
def test_what_is_not_python_is_said(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        run(write(tmp_path, text))


def test_missing_files_and_folders_are_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        run(tmp_path / "none.py")
    with pytest.raises(InputError, match="is a folder"):
        run(tmp_path)


def test_the_process_is_put_back(tmp_path: Path) -> None:
    def state() -> object:
        numbers = (random.getstate(), np.random.get_state()[1].tolist())  # type: ignore[index]
        return (os.getcwd(), sys.argv, sys.path, sys.stdout, sys.modules["__main__"], numbers)

    before = state()
    text = "import random, numpy, os\nrandom.seed(1)\nnumpy.random.seed(2)\nos.chdir('/')\n"
    traced(write(tmp_path, text + "numpy.seterr(all='raise')\n1 / 0\n"))
    assert state() == before
    assert np.geterr()["over"] == "warn"


def test_plotting_libraries_do_nothing(tmp_path: Path) -> None:
    text = """
import matplotlib.pyplot as plt
from matplotlib import cm
fig, ax = plt.subplots(figsize=(3.0, 2.0))
line, = ax.plot([1.0, 2.0], lw=0.5)
counts, edges, patches = plt.hist([1.0])
with plt.style.context('x'):
    for spine in ax.spines.values():
        spine.set_visible(False)
ax[0] = cm.viridis(0.5)[0]
plt.show()
print(len(ax), 'done')
"""
    result, output = traced(write(tmp_path, text))
    assert (result.ended, output) == ("end", "0 done\n")
    assert not any(name.startswith("matplotlib") for name in sys.modules)
