"""`chainrule where` on what cannot be run or followed: one sentence, no traceback, no hanging."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import Result, called, run
from contract import keep_the_contract
from foreign import write

import chainrule
from chainrule.errors import InputError

FAILURES = {
    "binary": (b"\x7fELF\x00\x01", ["is a binary file"]),
    "latin": (b'x = "\xff\xfe"\n', ["is not text in the encoding it declares"]),
    "python2": (b"a = 1\nprint a\n", ["line 2: this is Python 2 (`print a`)"]),
    "python2_not": (b"a = 1\nif a <> 2: pass\n", ["line 2: this is Python 2"]),
    "python2_name": (b"for i in xrange(3): pass\n", ["line 1: NameError", "`xrange` is Python 2"]),
    "python2_module": (b"import cPickle\n", ["line 1", "`cPickle` is Python 2"]),
    "syntax": (b"x = 1\ny = (\n", ["line 2: this is not Python 3 (`y = (`): '(' was never"]),
    "raises": (b"x = 0.5\nraise ValueError('bad\\nthing')\n", ["line 2: ValueError: bad thing."]),
    "says_nothing": (
        b"class A(Exception):\n    def __str__(self): 1 / 0\nraise A\n",
        ["line 3: A."],
    ),
    "base": (b"class A(BaseException): pass\nraise A('x')\n", ["line 2: A: x."]),
    "np_float": (
        b"import numpy as np\nx = np.ones(3)\ny = x.astype(np.float)\n",
        ["line 3: NumPy has removed `np.float`; write `float`."],
    ),
    "np_int": (
        b"import numpy\nx = numpy.zeros(3, dtype=numpy.int)\n",
        ["line 2: NumPy has removed `np.int`; write `int`."],
    ),
    "np_asfarray": (
        b"import numpy as np\nx = np.asfarray([1])\n",
        ["line 2: NumPy has removed `np.asfarray`; write `np.asarray(x, dtype=float)`."],
    ),
    "no_file": (b"open('data.csv')\n", ["line 1", "'data.csv'", "runs in its own folder"]),
    "no_module": (b"import cv2\n", ["line 1", "'cv2'", "install it, or add `--stub cv2`"]),
    "asks": (b"n = int(input('epochs? '))\n", ["line 1: ValueError", "standard input, which is"]),
    "exits": (b"import sys\nsys.exit(4)\n", ["ended itself with exit status 4; what it printed"]),
    "exits_saying": (b"import sys\nsys.exit('no data')\n", ["ended itself: no data."]),
    "recursion": (b"def f(): return f()\nf()\n", ["line 1: RecursionError: maximum recursion"]),
}


@pytest.mark.parametrize("name", FAILURES)
def test_what_cannot_be_run_is_said_in_one_sentence(name: str, tmp_path: Path) -> None:
    octets, words = FAILURES[name]
    script = tmp_path / "script.py"
    script.write_bytes(octets)
    with pytest.raises(InputError) as refused:
        chainrule.where(script)
    (sentence,) = str(refused.value).splitlines()
    assert sentence.startswith(f"`{script}`")
    assert sentence.endswith(".")
    for word in words:
        assert word in sentence


@pytest.mark.parametrize("name", ["binary", "syntax", "raises", "base", "exits", "recursion"])
def test_the_command_says_it_and_ends_with_status_two(name: str, tmp_path: Path) -> None:
    octets, words = FAILURES[name]
    (tmp_path / "script.py").write_bytes(octets)
    result = run("where", "script.py", "--format", "json", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    (sentence,) = result.stderr.splitlines()
    assert sentence.startswith("chainrule: `script.py`")
    assert all(word in sentence for word in words)


CALLS = [
    (["no.py"], "`no.py` does not exist"),
    (["."], "`.` is a folder"),
    (["text.ipynb"], "`text.ipynb` is not a Jupyter notebook"),
    (["list.ipynb"], "`list.ipynb` is not a Jupyter notebook"),
    (["r.ipynb"], "`r.ipynb` is a notebook in 'R'"),
    (["--fromat", "json", "good.py"], "no such option '--fromat'"),
    (["good.py", "--format", "yaml"], "'yaml'"),
    (["good.py", "--max-seconds", "0"], "`--max-seconds` must be greater than 0, got 0"),
    (["good.py", "--max-seconds", "nan"], "`--max-seconds` must be greater than 0, got nan"),
    (["good.py", "-o", "."], "`--output` . is a folder"),
    (["good.py", "-o", "no/x.html"], "`--output` no/x.html is a folder, or in one that does not"),
    (["good.py", "-o", "./good.py"], "`--output` good.py would replace a program"),
]
LATER = [  # said where the program would begin
    (["good.py", "--call", "train("], "`--call` must be a Python expression"),
    (["good.py", "--setup", "no.py"], "`no.py` does not exist"),
    (["bad.ipynb"], "`bad.ipynb`, cell 2, line 2: this is not Python 3"),
]


@pytest.mark.parametrize(
    ("command", "arguments", "words"),
    [*((called, *one) for one in CALLS), *((run, *one) for one in LATER)],
)
def test_a_mistaken_call_is_one_sentence(
    command: Callable[..., Result], arguments: list[str], words: str, tmp_path: Path
) -> None:
    write(tmp_path, "print('ran')\n", "good.py")
    write(tmp_path, "text", "text.ipynb")
    write(tmp_path, "[]", "list.ipynb")
    r = {"cells": [], "metadata": {"kernelspec": {"language": "R"}}}
    write(tmp_path, json.dumps(r), "r.ipynb")
    code = [{"cell_type": "code", "source": source} for source in ("a = 1", "b = 2\nx = (")]
    write(tmp_path, json.dumps({"cells": code}), "bad.ipynb")
    result = command("where", *arguments, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert words in result.stderr.splitlines()[-1]
    assert "ran" not in result.stderr


ENDLESS = {
    "nothing": "while True:\n    pass\n",
    "untracked": "import itertools\nsum(1 for _ in itertools.count())\n",
    "asleep": "import time\ntime.sleep(100)\n",
    "catching": "while True:\n    try:\n        x = 1\n    except BaseException:\n        pass\n",
    "asking": "while input('more? ') != 'no':\n    x = 0.5 * 2\n",
    "waiting": "import queue\nqueue.Queue().get()\n",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_program_that_never_ends_is_stopped(name: str, tmp_path: Path) -> None:
    script = write(tmp_path, ENDLESS[name])
    begin = time.monotonic()
    result = run("where", script, "--max-seconds", "0.5", "--format", "json")
    assert time.monotonic() - begin < 20
    if name == "asking":  # the answers come to an end
        assert result.returncode == 2
        assert "EOFError" in result.stderr
        return
    report = json.loads(result.stdout)
    keep_the_contract(report)
    assert result.returncode == 3
    assert [note["kind"] for note in report["notes"]] == ["stopped"]
    assert "was stopped after 0.5 s; `--max-seconds` allows more" in report["notes"][0]["message"]


def test_reading_standard_input_does_not_hang(tmp_path: Path) -> None:
    text = "import sys\nprint([*sys.stdin], sys.stdin.read(), open(0).read(), input('name? '))\n"
    result = run("where", write(tmp_path, text), stdin="not for the program\n")
    assert (result.returncode, result.stderr) == (3, "name? []   \n")


@pytest.mark.parametrize(
    "end", ["import sys\nsys.exit()\n", "raise SystemExit(0)\n", "import os\nos._exit(0)\n"]
)
def test_leaving_early_is_an_end(end: str, tmp_path: Path) -> None:
    result = run("where", write(tmp_path, f"x = 0.5\n{end}print('not')\n"), "--format", "json")
    keep_the_contract(json.loads(result.stdout))
    assert (result.returncode, result.stderr) == (3, "")


FRAMEWORKS = {
    "torch": "import torch\nx = torch.ones(3)\nx.sum().backward()\n",
    "jax": "from jax import grad\nprint(grad(abs)(1.0))\n",
    "tensorflow": "import tensorflow as tf\nwith tf.GradientTape() as tape: pass\n",
    "keras": "from tensorflow.keras.models import Sequential\nSequential().fit(1, 2)\n",
    "autograd": "from autograd import grad\nprint(grad(abs)(1.0))\n",
}


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_a_framework_is_no_backpropagation_by_hand(name: str, tmp_path: Path) -> None:
    script = write(tmp_path, FRAMEWORKS[name])
    result = run("where", script, "--format", "json", "--echo")
    report = json.loads(result.stdout)
    keep_the_contract(report)
    assert (result.returncode, result.stderr) == (3, "")
    assert report["verdict"] == "no-backprop"
    assert "differentiates by itself" in report["reason"]
    assert "in line 1," in report["reason"]


@pytest.mark.parametrize(
    "text",
    ["x = torch.ones(3)\n", "class Layer:\n    def backward(self): pass\nLayer().backward()\n"],
)
def test_a_framework_that_is_not_there_is_no_verdict(text: str, tmp_path: Path) -> None:
    script = write(tmp_path, f"import numpy as np\nimport torch\n{text}")
    result = run("where", script, "--format", "json")
    report = json.loads(result.stdout)
    keep_the_contract(report)
    assert (result.returncode, report["verdict"]) == (3, "unknown")
    assert "line 2: `torch` is not installed here" in report["reason"]


def test_a_stubbed_framework_is_looked_past(tmp_path: Path) -> None:
    script = write(tmp_path, FRAMEWORKS["torch"] + "print('end')\n")
    assert run("where", script, "--stub", "torch").stderr == "end\n"


def test_an_interrupt_ends_it(tmp_path: Path) -> None:
    result = run("where", write(tmp_path, "raise KeyboardInterrupt\n"))
    assert result.returncode == 130
    assert result.stderr == "chainrule: interrupted; nothing was written.\n"


def test_what_a_program_is_called_cannot_steer_the_terminal(tmp_path: Path) -> None:
    result = run("where", write(tmp_path, "raise ValueError('\\x1b[2J')\n", "a\x1b[2Jb.py"))
    assert result.returncode == 2
    assert "\x1b" not in result.stderr
