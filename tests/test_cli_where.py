"""`chainrule where` as a user runs it: real files, real processes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from answers import SOURCE
from commands import SECONDS, Result, called, run
from contract import STATUS, keep_the_contract
from foreign import PROGRAMS, alone, write

import chainrule
from chainrule.locate.record import Report

PLAIN = "x = 0.5\nprint('said', x * 2.0)\n"
TELLS = "import sys\nprint(sys.argv[1:])\n"
FORMATS = ("text", "json", "markdown", "github", "sarif", "html")
GIVES = """
import sys, answers, chainrule.locate.inspection as inspection
from chainrule.cli import main
inspection.inspect_script = lambda *_, **__: answers.{}
main()
"""


def gives(answer: str, *arguments: object, cwd: Path) -> Result:
    """What the command does with an answer made by hand."""
    write(cwd, SOURCE, "xor.py")
    command = [sys.executable, "-c", GIVES.format(answer), "where", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    environment["PYTHONIOENCODING"] = "utf-8"
    return subprocess.run(
        command,
        capture_output=True,
        encoding="utf-8",
        cwd=cwd,
        env=environment,
        check=False,
        timeout=SECONDS,
    )


@pytest.mark.parametrize(
    ("answer", "status", "form"),
    [
        ("RIGHT", 0, "text"),
        ("UNKNOWN", 3, "text"),
        ("CELLS", 1, "text"),
        *(("WRONG", 1, form) for form in FORMATS),
    ],
)
def test_the_exit_status_is_the_verdict(
    answer: str, status: int, form: str, tmp_path: Path
) -> None:
    result = gives(answer, "xor.py", "--format", form, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (status, "")
    assert result.stdout.strip()


def test_the_report_can_be_written_to_a_file(tmp_path: Path) -> None:
    shown = gives("WRONG", "xor.py", "--format", "json", cwd=tmp_path).stdout
    result = gives("WRONG", "xor.py", "--format", "json", "-o", "report.json", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "chainrule: the report is in report.json.\n"
    assert (tmp_path / "report.json").read_text(encoding="utf-8") == shown


def test_without_a_script_it_looks_at_our_own() -> None:
    result = run("where", "--format", "json")
    report = json.loads(result.stdout)
    keep_the_contract(report)
    assert result.returncode == STATUS[report["verdict"]]
    assert report["script"] == "chainrule/scratch.py"
    assert result.stderr == "chainrule: no SCRIPT given: looking at our own scratch.py.\n"


def test_help_says_that_the_program_is_run_and_fits() -> None:
    shown = called("where", "--help", COLUMNS="80").stdout
    assert "This RUNS the script" in shown
    assert "with your rights" in " ".join(shown.split())
    assert all(len(line) <= 80 for line in shown.splitlines())
    assert "where" in called("--help").stdout


@pytest.mark.parametrize(
    ("given", "got"),
    [
        (["a", "--epochs", "3", "-n", "--x=1"], ["a", "--epochs", "3", "-n", "--x=1"]),
        (["--format", "text", "b", "--no-stop"], ["b"]),
        (["--", "--format", "json", "--help"], ["--format", "json", "--help"]),
    ],
)
def test_what_follows_the_script_is_the_scripts(
    given: list[str], got: list[str], tmp_path: Path
) -> None:
    result = run("where", write(tmp_path, TELLS), *given)
    assert result.stderr == f"{got}\n"


@pytest.mark.parametrize("script", [p for p in PROGRAMS if p.stem in ("closures", "dict_rows")])
def test_text_leaves_the_programs_output_on_stderr_to_the_byte(script: Path) -> None:
    assert run("where", script, "--no-stop").stderr == alone(script)
    stopped = run("where", script).stderr
    assert alone(script).startswith(stopped)


def test_other_forms_drop_the_programs_output_unless_echoed(tmp_path: Path) -> None:
    text = (
        PLAIN + "import os, sys, atexit\nos.system('echo child')\nprint('bad', file=sys.stderr)\n"
    )
    script = write(tmp_path, text + "atexit.register(print, 'at exit')\n")
    silent = run("where", script, "--format", "json", "--no-stop")
    keep_the_contract(json.loads(silent.stdout))
    assert silent.stderr == ""
    echoed = run("where", script, "--format", "json", "--no-stop", "--echo")
    assert echoed.stdout == silent.stdout
    assert sorted(echoed.stderr.splitlines()) == ["bad", "child", "said 1.0"]


@pytest.mark.parametrize("end", ["", "raise ValueError\n"])
def test_what_a_program_prints_at_exit_is_not_in_the_report(end: str, tmp_path: Path) -> None:
    script = write(tmp_path, f"import atexit\natexit.register(print, 'at exit')\n{end}")
    assert "at exit" not in run("where", script).stdout
    assert run("where", script, "-o", tmp_path / "report").stdout == ""


def test_the_script_can_come_from_standard_input(tmp_path: Path) -> None:
    result = run("where", "-", "one", "two", stdin=TELLS + PLAIN, cwd=tmp_path)
    assert result.returncode == 3
    assert result.stderr == "['one', 'two']\nsaid 1.0\n"
    assert result.stdout.startswith("<stdin>\n")
    assert run("where", "-", stdin="x = (").returncode == 2


def test_a_call_and_its_setup_come_after_the_script(tmp_path: Path) -> None:
    script = write(tmp_path, "def train(a, b):\n    print('trained', a, b)\n")
    setup = write(tmp_path, "one = 1.5\n", "setup.py")
    result = run("where", script, "--setup", setup, "--call", "train(one, 2)")
    assert (result.returncode, result.stderr) == (3, "trained 1.5 2\n")
    failing = run("where", script, "--call", "train(one, 2)")
    assert failing.returncode == 2
    assert "`<call>`, line 1: NameError: name 'one' is not defined." in failing.stderr


def test_stubs_stand_for_what_is_missing(tmp_path: Path) -> None:
    script = write(tmp_path, "import cv2, keras\ncv2.imread('x').mean()\nprint('end')\n")
    assert run("where", script, "--stub", "cv2", "--stub", "keras.datasets").stderr == "end\n"


def test_a_notebook_counts_lines_by_cells(tmp_path: Path) -> None:
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "source": ["# title"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "!pip install x\n", "a = 1.5"]},
        {"cell_type": "code", "source": "%%bash\nls"},
        {"cell_type": "code", "source": ["display(a)\n", "b = a * 2.0\n", "print(b, c)\n"]},
    ]
    notebook = write(tmp_path, json.dumps({"cells": cells}), "book.ipynb")
    result = run("where", notebook)
    assert result.returncode == 2
    assert result.stderr.startswith(f"chainrule: `{notebook}`, cell 3, line 3: NameError: name 'c'")
    cells[3]["source"] = ["b = a * 2.0\n", "print(b)\n"]
    notebook = write(tmp_path, json.dumps({"cells": cells}), "book.ipynb")
    report = run("where", notebook, "--format", "json", "--echo")
    assert report.stderr == "3.0\n"
    assert json.loads(report.stdout)["cells"] == [2, 5, 6]


def test_in_python_it_is_a_function(tmp_path: Path) -> None:
    script = write(tmp_path, TELLS)
    with (tmp_path / "output").open("w+", encoding="utf-8") as output:
        report = chainrule.where(script, ["a"], output=output)
        output.seek(0)
        assert output.read() == "['a']\n"
    assert isinstance(report, Report)
    assert report.script == str(script)
    assert report.verdict in ("unknown", "no-backprop")


def test_threads_that_never_end_do_not_keep_it(tmp_path: Path) -> None:
    text = "import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()\n"
    assert run("where", write(tmp_path, text)).returncode == 3


def test_processes_that_never_end_do_not_keep_it(tmp_path: Path) -> None:
    text = "import multiprocessing, time\nmultiprocessing.Process(target=time.sleep, args=(600,))"
    assert run("where", write(tmp_path, text + ".start()\n")).returncode == 3


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_trouble(closed: str, tmp_path: Path) -> None:
    write(tmp_path, PLAIN + "open('own', 'w').write('text')\n")
    command = f"{sys.executable} -m chainrule where script.py {closed}"
    result = subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True, cwd=tmp_path, timeout=SECONDS
    )
    assert result.returncode == 3
    assert "Traceback" not in result.stderr
    assert (tmp_path / "own").read_text() == "text"


def test_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    name = os.fsdecode(b"a\xff.py")
    write(tmp_path, PLAIN, name)
    for form in FORMATS:
        assert run("where", name, "--format", form, "-o", "out", cwd=tmp_path).returncode == 3


def test_a_fork_reports_once(tmp_path: Path) -> None:
    text = "import os, sys\nprint('before', flush=True)\nchild = os.fork() == 0\nprint(child)\n"
    result = run("where", write(tmp_path, text), "--format", "json", "--echo")
    keep_the_contract(json.loads(result.stdout))
    assert sorted(result.stderr.splitlines()) == ["False", "True", "before"]


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_of_its_own_run_as_alone(method: str, tmp_path: Path) -> None:
    text = f"""
import multiprocessing
def double(x):
    return x * 2.0
if __name__ == "__main__":
    with multiprocessing.get_context({method!r}).Pool(1) as pool:
        print(pool.map(double, [0.5, 1.5]))
"""
    assert run("where", write(tmp_path, text), "--no-stop").stderr == "[1.0, 3.0]\n"
