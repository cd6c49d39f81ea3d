"""The benchmarks run, and what they time is equal work; how long it takes is not tested."""

import json
import math
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """What a quick run prints and what it writes."""
    path = tmp_path_factory.mktemp("benchmarks") / "numbers.json"
    command = [sys.executable, "-X", "utf8", "-m", "benchmarks", "--quick", "--json", str(path)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=600
    )
    assert done.stderr == ""
    assert done.returncode == 0
    return done.stdout, json.loads(path.read_text(encoding="utf-8"))


def test_the_report_names_the_machine(quick: tuple[str, dict[str, Any]]) -> None:
    text, report = quick
    assert list(report) == ["machine", "turns", "comparisons"]
    assert report["turns"] == 1
    machine = report["machine"]
    assert date.fromisoformat(machine["date"])
    assert machine["cores"] >= 1
    for name in ("processor", "python", "numpy", "scipy", "scikit-learn", "chainrule"):
        assert machine[name].split()[0] in text
    assert max(map(len, text.splitlines())) <= 80


def test_every_comparison_is_of_equal_work(quick: tuple[str, dict[str, Any]]) -> None:
    text, report = quick
    comparisons = report["comparisons"]
    peers = [comparison["peer"]["name"] for comparison in comparisons]
    assert peers == ["chainrule.scratch"] + 8 * ["scikit-learn"]
    assert [comparison["target"] for comparison in comparisons] == [4.0] + 8 * [1.0]
    for network in ("64-32-10", "784-128-10"):
        titles = [
            comparison["title"] for comparison in comparisons if network in comparison["title"]
        ]
        for solver in ("adam", "sgd", "lbfgs"):
            assert any(solver in title for title in titles), (network, solver)
    limits = {"weights": 1e-9, "losses": 1e-6}
    for comparison in comparisons:
        work = comparison["equal_work"]
        assert 0 <= work["difference"] <= work["tolerance"] == limits[work["result"]]
        assert comparison["title"] in text


def test_times_and_ratios_belong_together(quick: tuple[str, dict[str, Any]]) -> None:
    for comparison in quick[1]["comparisons"]:
        ours, peer = comparison["chainrule"], comparison["peer"]
        for times in (ours, peer):
            assert times["times"] == [times["min"]] == [times["median"]]
            assert 0 < times["min"] < math.inf
        assert comparison["ratio"]["of_minima"] == pytest.approx(ours["min"] / peer["min"])
        assert comparison["ratio"]["median"] == pytest.approx(ours["min"] / peer["min"])
        assert comparison["on_target"] == (comparison["ratio"]["median"] <= comparison["target"])


def test_at_least_one_turn(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks.__main__ import read_options

    monkeypatch.setattr(sys, "argv", ["benchmarks", "--repeat", "0"])
    with pytest.raises(SystemExit):
        read_options()
    assert "--repeat must be at least 1" in capsys.readouterr().err


@pytest.mark.parametrize("result", [[1.0, 2.1], [1.0, np.nan], [1.0], []])
def test_unequal_work_is_refused(result: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks.timing import Comparison, UnequalWorkError, measure

    def compare(peer_result: list[float]) -> Comparison:
        return Comparison(
            title="Two numbers",
            peer="a peer",
            unit="ns/sample",
            n_units=1,
            run_ours=lambda: np.array([1.0, 2.0]),
            run_peer=lambda: np.array(peer_result),
            result="numbers",
            tolerance=0.01,
            target=1.0,
        )

    assert measure(compare([1.0, 2.001]), n_turns=3).difference == pytest.approx(0.001)
    with pytest.raises(UnequalWorkError, match=r"^Two numbers: .*numbers"):
        measure(compare(result), n_turns=1)


def test_where_is_timed_with_its_memory_and_answer() -> None:
    command = [sys.executable, "-X", "utf8", "-m", "benchmarks.where", "--quick"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True, timeout=600
    )
    (line,) = [line for line in done.stdout.splitlines() if "MiB" in line]
    assert re.search(r"\d\.\d\d s +\d+ MiB  correct", line)
