"""The examples run as they are, and show chainrule's results equal to scikit-learn's or better."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from commands import SECONDS

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
SCRIPTS = sorted(path.stem for path in EXAMPLES.glob("*.py"))
INSTALLED = {"chainrule", "numpy", "sklearn", "threadpoolctl"}  # what `pip install` brings
NUMBER = r"(-?\d+\.\d+)"

LOSS = 0.01  # the share by which a loss may be higher: another CPU rounds otherwise


def shown(name: str, folder: Path) -> str:
    """What an example prints, run from elsewhere."""
    result = subprocess.run(
        [sys.executable, str(EXAMPLES / f"{name}.py")],
        check=True,
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
        timeout=SECONDS,
        env={"PYTHONIOENCODING": "utf-8"},
    )
    assert not result.stderr
    assert max(map(len, result.stdout.splitlines())) <= 80
    return result.stdout


def rows_of_numbers(text: str, count: int) -> list[list[float]]:
    """The last so many numbers of each line that ends with as many."""
    numbers = r"\s+".join([NUMBER] * count)
    found = re.findall(rf"^.*?{numbers}$", text, re.MULTILINE)
    return [[float(number) for number in row] for row in found]


@pytest.mark.slow
def test_digits_have_the_same_scores_and_weights(tmp_path: Path) -> None:
    text = shown("digit_weights", tmp_path)
    training, test, loss = rows_of_numbers(text, 2)[:3]
    assert training[1] >= training[0] - 0.1
    assert test[1] >= test[0] - 0.2  # one picture of 540
    assert loss[1] <= loss[0] * (1 + LOSS)
    theirs, ours = (
        text.split(f"hidden units, {name}:\n")[1].split("\n\n")[0]
        for name in ("scikit-learn", "chainrule")
    )
    assert ours == theirs
    validated = [float(loss) for loss in re.findall(NUMBER, text.split("  test    ")[1])[:8]]
    assert validated[-1] < validated[0]
    assert "δ +" in text or "δ -" in text


@pytest.mark.slow
def test_penalties_give_the_same_losses_or_lower_ones(tmp_path: Path) -> None:
    rows = rows_of_numbers(shown("regularization", tmp_path), 8)
    assert len(rows) == 15
    for _, their_score, our_score, stopped, their_loss, our_loss, data, penalty in rows:
        assert our_score >= their_score - 2.6  # one row of 40
        assert our_loss <= their_loss * (1 + LOSS)
        assert stopped >= our_score - 2.6
        assert data == pytest.approx(penalty, abs=0.003)


@pytest.mark.slow
def test_strategies_learn_as_well_and_the_step_that_vanishes_is_seen(tmp_path: Path) -> None:
    text = shown("learning_strategies", tmp_path)
    rows = rows_of_numbers(text, 7)
    assert len(rows) == 4 * 7
    for their_score, our_score, their_loss, our_loss, *_ in rows:
        assert our_score >= their_score - 1.0
        assert our_loss <= their_loss * (1 + LOSS)
    constant, falling = (
        rows_of_numbers("\n".join(re.findall(rf"^{name} .*$", text, re.MULTILINE)), 7)
        for name in ("constant rate", "falling rate")
    )
    for steady, stalled in zip(constant, falling, strict=True):
        assert stalled[4] < steady[4] / 30  # the rate is gone,
        assert stalled[5] > 2 * steady[5]  # the slope is not


@pytest.mark.parametrize("name", SCRIPTS)
def test_an_example_needs_the_package_only(name: str) -> None:
    tree = ast.parse((EXAMPLES / f"{name}.py").read_text(encoding="utf-8"))
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else alias.name or "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    packages = {str(module).partition(".")[0] for module in imported}
    assert packages <= INSTALLED | set(sys.stdlib_module_names)


def test_the_list_of_examples_is_complete() -> None:
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| \[(\w+)\.py\]\(\1\.py\)", text, re.MULTILINE)) == SCRIPTS
