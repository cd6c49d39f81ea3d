"""The benchmarks run, and what they time is equal work; how long it takes is not tested."""

import json
import math
import re
import subprocess
import sys
from argparse import Namespace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
PEERS = ("scikit-learn", "numpy-by-hand", "scratch")  # those that need nothing more installed
TASKS = (
    ["tiny", "tiny-folds", "small-momentum", "small-adam", "small-lbfgs"]
    + [f"{n}-{b}-{s}" for n in ("medium", "wide") for b in (32, 128, 1024) for s in ("sgd", "adam")]
    + ["medium-lbfgs", "large"]
)


def bench(*arguments: object, module: str = "benchmarks") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-X", "utf8", "-m", module, *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=600
    )


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("benchmarks")


@pytest.fixture(scope="module")
def quick(folder: Path) -> tuple[str, dict[str, Any]]:
    """What a quick run of all tasks prints and what it writes."""
    path = folder / "numbers.json"
    files = ("--json", path, "--markdown", folder / "table.md")
    done = bench("--quick", "--peer", *PEERS, *files)
    assert done.stderr == ""
    assert done.returncode == 0
    return done.stdout, json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.slow  # half a minute
def test_the_report_names_the_machine(quick: tuple[str, dict[str, Any]]) -> None:
    text, report = quick
    assert list(report) == ["machine", "turns", "tasks", "starts", "memory"]
    assert report["turns"] == 1
    machine = report["machine"]
    assert date.fromisoformat(machine["date"])
    assert machine["cores"] >= 1
    for name in ("processor", "python", "numpy", "scipy", "scikit-learn", "chainrule"):
        assert machine[name].split()[0] in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.slow  # half a minute
def test_every_comparison_is_of_equal_work(quick: tuple[str, dict[str, Any]]) -> None:
    text, report = quick
    assert {record["task"]["name"] for record in report["tasks"]} == set(TASKS)
    assert len(report["tasks"]) == len(TASKS)
    for record in report["tasks"]:
        task, peers, work = record["task"], set(record["peers"]), record["equal_work"]
        assert record["title"] in text
        assert record["failed"] == {}
        others = {"scratch", "numpy-by-hand"} if task["tiny"] else {"scikit-learn", "numpy-by-hand"}
        if task["folds"] > 1:  # only who trains several at once
            others = set()
        assert peers - {"numba", "numpy"} == others - (
            {"numpy-by-hand"} if task["solver"] == "lbfgs" else set()
        )
        assert record["ours"] == next(key for key in ("numba", "numpy") if key in peers)
        assert 0 <= work["difference"] <= work["tolerance"]
        assert work["tolerance"] == (1e-4 if task["dtype"] == "float32" else 1e-9)
        losses = [peer["loss"] for peer in record["peers"].values()]
        assert (max(losses) - min(losses)) / min(losses) == work["difference"]


@pytest.mark.slow  # half a minute
def test_times_and_ratios_belong_together(quick: tuple[str, dict[str, Any]]) -> None:
    for record in quick[1]["tasks"]:
        assert record["threads"] >= 1
        for peer in record["peers"].values():
            assert peer["times"] == [peer["min"]] == [peer["median"]]
            assert 0 < peer["min"] < math.inf
            ours = record["peers"][record["ours"]]
            assert peer["ratio"]["of_minima"] == pytest.approx(peer["min"] / ours["min"])
            assert peer["ratio"]["median"] == pytest.approx(peer["min"] / ours["min"])
            if peer["share_of_sgemm"] is not None:
                share = peer["gflops"] / record["sgemm_gflops"]
                assert peer["share_of_sgemm"] == pytest.approx(share)


@pytest.mark.slow  # half a minute
def test_targets_are_judged_by_the_medians(quick: tuple[str, dict[str, Any]]) -> None:
    by_name = {record["task"]["name"]: record for record in quick[1]["tasks"]}
    for name in ("small-adam", "medium-32-sgd", "large", "small-lbfgs"):
        record = by_name[name]
        wanted = {target["name"]: target for target in record["targets"]}
        least = record["task"]["at_least"]["scikit-learn"]
        assert wanted["scikit-learn"]["wanted"] == f"at least {least:g}"
        ratio = record["peers"]["scikit-learn"]["ratio"]["median"]
        assert wanted["scikit-learn"]["met"] == (ratio >= least)
    first = by_name["tiny"]["targets"][0]
    assert first["wanted"] == "at most 110 ns/sample"


@pytest.mark.slow  # half a minute
def test_starts_and_memory_are_told(quick: tuple[str, dict[str, Any]]) -> None:
    text, report = quick
    (start,) = report["starts"]
    assert start["title"] == "import chainrule"
    assert 0 < start["cold"][0] < math.inf
    assert 0 < start["warm"][0] < math.inf
    assert "import chainrule" in text
    if sys.platform == "linux":
        (peak,) = report["memory"]
        assert peak["rows"] == pytest.approx(2000 * 784 * 4 / 1e6)
        assert peak["beyond"] == pytest.approx(peak["peak"] - peak["imports"] - peak["rows"])
        assert peak["imports"] > 10


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_the_table_is_markdown_and_short(folder: Path) -> None:
    table = (folder / "table.md").read_text(encoding="utf-8")
    ratios, processes, note = table.strip().split("\n\n")
    head, _, *rows = ratios.splitlines()
    assert head.startswith("| network, batch | chainrule | of sgemm | scikit-learn |")
    assert len(rows) == 12
    assert {line.count("|") for line in ratios.splitlines()} == {head.count("|")}
    assert {line.count("|") for line in processes.splitlines()} == {4}
    assert rows[1].startswith("| 7-5-3, 8 folds")
    assert re.search(r"momentum / adam \| [\d.,]+ / [\d.,]+ µs/update \| \d+% / \d+%", rows[2])
    assert "-10, all rows, lbfgs |" in rows[3]
    spans = re.findall(r"([\d.,]+)–([\d.,]+)", rows[2])
    assert len(spans) == 4  # two solvers, two peers
    assert all(float(low) <= float(high) for low, high in spans)
    assert date.today().isoformat()[:4] in note


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_what_was_written_is_read_again(folder: Path) -> None:
    again, table = folder / "again.json", folder / "again.md"
    source = folder / "numbers.json"
    done = bench("--from", source, "--json", again, "--markdown", table)
    assert (done.returncode, done.stderr) == (0, "")
    assert again.read_text(encoding="utf-8") == source.read_text(encoding="utf-8")
    assert table.read_text(encoding="utf-8") == (folder / "table.md").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("name", ["ratios.svg", "ratios.png"])
def test_the_ratios_are_drawn(folder: Path, name: str) -> None:
    pytest.importorskip("matplotlib")
    from benchmarks.plot import plot
    from benchmarks.results import read

    plot(folder / name, read([folder / "numbers.json"]))
    assert (folder / name).stat().st_size > 10_000


@pytest.mark.parametrize("peer", ["torch", "torch-compiled", "jax"])
def test_a_framework_does_the_same(peer: str, tmp_path: Path) -> None:
    pytest.importorskip(peer.partition("-")[0])
    path = tmp_path / "numbers.json"
    tasks = ("tiny", "small-momentum", "medium-32-adam")
    done = bench("--quick", "--peer", peer, "--task", *tasks, "--json", path)
    assert (done.returncode, done.stderr) == (0, "")
    for record in json.loads(path.read_text(encoding="utf-8"))["tasks"]:
        task = record["task"]
        does_it = not task["tiny"] or peer == "jax"
        assert (peer in record["peers"]) == (does_it and not record["failed"])
        assert set(record["failed"]) <= {"torch-compiled"}  # it needs a compiler


def test_a_peer_that_is_not_installed_is_said_and_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from benchmarks.__main__ import run
    from benchmarks.peers import PEERS, Peer

    absent = Peer("absent", "Somebody", "absent:prepare", "a_package_that_nobody_has")
    monkeypatch.setitem(PEERS, "absent", absent)
    results = run(Namespace(quick=True, repeat=1, peer=["absent"], task=["tiny"]))
    assert "Left out, not installed: Somebody (a_package_that_nobody_has)." in (
        capsys.readouterr().out
    )
    assert [one.task.name for one in results.measurements] == ["tiny", "tiny-folds"]
    assert all("absent" not in {*one.times, *one.failed} for one in results.measurements)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--repeat", "0"], "--repeat must be at least 1"),
        (["--task", "nonsense"], "--task must be one of tiny, "),
        (["--peer", "nonsense"], "--peer must be one of numba, numpy, scikit-learn"),
        (["--json", "nowhere/a.json"], "nowhere/a.json cannot be written: there is no folder "),
        (["--from", "nothing.json"], "there is no nothing.json"),
    ],
)
def test_options_that_cannot_be_used_are_refused(
    arguments: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from benchmarks.__main__ import read_options

    monkeypatch.setattr(sys, "argv", ["benchmarks", *arguments])
    with pytest.raises(SystemExit):
        read_options()
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("losses", [(1.0, 1.001), (1.0, math.nan), (math.nan, math.nan)])
def test_unequal_work_is_refused(losses: tuple[float, float]) -> None:
    from benchmarks.tasks import TASKS
    from benchmarks.turns import UnequalWorkError, require_equal

    task = next(task for task in TASKS if task.name == "small-adam")
    require_equal(task, {"numpy": 1.0, "jax": 1.00009})
    with pytest.raises(UnequalWorkError, match=r"^small-adam: the losses differ .* jax"):
        require_equal(task, dict(zip(("numpy", "jax"), losses, strict=True)))


def test_peers_that_fail_are_left_out_with_the_reason() -> None:
    from benchmarks.crew import Crew
    from benchmarks.report import measurement_text
    from benchmarks.tasks import TASKS
    from benchmarks.turns import measure

    task = next(task for task in TASKS if task.name == "tiny").quick()
    with Crew(n_threads=1) as crew:
        measurement = measure(task, ["numpy", "unknown"], crew, n_turns=2)
    assert list(measurement.times) == ["numpy"]
    assert "KeyError" in measurement.failed["unknown"]
    assert "failed: unknown: KeyError" in measurement_text(measurement)


def test_start_weights_are_those_of_scikit_learn() -> None:
    from sklearn.neural_network import MLPClassifier

    from benchmarks.tasks import TASKS

    task = next(task for task in TASKS if task.name == "small-adam").quick()
    X, y = task.data()
    rate = 1e-30  # a step that moves nothing
    model = MLPClassifier(task.sizes[1:-1], random_state=0, learning_rate_init=rate)
    model.partial_fit(X, y, classes=np.arange(10))
    for (W, b), coefficients, biases in zip(
        task.start(), model.coefs_, model.intercepts_, strict=True
    ):
        np.testing.assert_array_equal(W, coefficients)
        np.testing.assert_array_equal(b, biases)


def test_growth_is_timed_beside_the_ideal(tmp_path: Path) -> None:
    path = tmp_path / "growth.json"
    done = bench("--quick", "--json", path, module="benchmarks.growth")
    assert (done.returncode, done.stderr) == (0, "")
    records = json.loads(path.read_text(encoding="utf-8"))["growth"]
    assert len(records) == 4
    for record in records:
        assert record["name"] in done.stdout
        times = [min(times) for times in record["times"]]
        ratios = [i / o for i, o in zip(record["ideal"], record["operations"], strict=True)]
        assert ratios == pytest.approx([ratios[0]] * len(ratios))
        assert all(i <= t * (1 + 1e-12) for i, t in zip(record["ideal"], times, strict=True))
        assert record["operations"] == sorted(record["operations"])


def test_where_is_timed_with_its_memory_and_answer() -> None:
    done = bench("--quick", module="benchmarks.where")
    assert done.returncode == 0
    (line,) = [line for line in done.stdout.splitlines() if "MiB" in line]
    assert re.search(r"\d\.\d\d s +\d+ MiB  correct", line)
