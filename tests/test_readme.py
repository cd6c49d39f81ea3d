"""What the README shows is what happens."""

import re
from pathlib import Path

import pytest
from commands import called, run

from chainrule import chain

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:e-?\d+)?")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_output_shown_is_the_output_printed() -> None:
    """Words to the letter; numbers to 1 part in 1,000, as another CPU rounds otherwise."""
    (shown,) = blocks("text")
    result = run("train")
    printed = f"{result.stderr}\n{result.stdout}"
    assert NUMBER.sub("#", shown) == NUMBER.sub("#", printed)
    for found, expected in zip(NUMBER.findall(printed), NUMBER.findall(shown), strict=True):
        assert float(found) == pytest.approx(float(expected), rel=1e-3, abs=2e-6)


def test_the_gradient_shown_is_the_one_explained(tmp_path: Path) -> None:
    (shown,) = [block for block in blocks("console") if block.startswith("model.chain")]
    assert called("train", "-o", "model.chain", "--keep-rows", 20, cwd=tmp_path).returncode == 0
    asked = ("model.chain", "--row", 84, "--weight", "W1[1, 5]")
    printed = called("explain", *asked, cwd=tmp_path).stdout
    assert NUMBER.sub("#", shown) == NUMBER.sub("#", printed)
    for found, expected in zip(NUMBER.findall(printed), NUMBER.findall(shown), strict=True):
        assert float(found) == pytest.approx(float(expected), rel=1e-3, abs=2e-6)


@pytest.mark.parametrize("code", [b for b in blocks("python") if "import" in b], ids=len)
def test_the_python_shown_runs(code: str) -> None:
    names: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), names)
    if "check_gradients" in names:
        faults = names["check_gradients"](names["loss"], names["W"], names["mine"]).faults  # type: ignore[operator]
        assert [fault.verdict for fault in faults] == ["fault"]
        assert faults[0].ratio > 1  # without 1 − a², the gradient is too large


def test_the_loop_shown_is_the_loop_in_chain() -> None:
    (loop,) = [block for block in blocks("python") if "import" not in block]
    source = Path(chain.__file__).read_text(encoding="utf-8")
    for line in loop.strip().splitlines():
        assert line.strip() in source
