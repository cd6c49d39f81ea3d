"""A program that goes round without a descent is stopped; one that only adds up is waited for."""

from pathlib import Path

import pytest
from foreign import trace, write
from steps import NETWORK

import chainrule
from chainrule.locate import idle as module
from chainrule.locate.idle import idle

ROUND = "import math\nx = 0.5\nfor k in range(2000):\n    x = math.sin(x) + 0.1\n"
SUM = "x, rows = 0.5, [0.25] * 2000\nfor row in rows:\n    x = x + row\n"


@pytest.fixture(autouse=True)
def early(monkeypatch: pytest.MonkeyPatch) -> None:
    """After so few rounds that the tests are fast."""
    monkeypatch.setattr(module, "_ROUNDS", 1000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ROUND, True),
        (ROUND.replace("2000", "900"), False),
        (SUM, False),
        (NETWORK.replace("range(3)", "range(200)"), False),
    ],
)
def test_what_is_computed_from_itself_for_long_descends_or_is_idle(
    text: str, expected: bool, tmp_path: Path
) -> None:
    assert idle(trace(tmp_path, text)) == expected


def test_an_idle_program_is_stopped_and_the_report_says_so(tmp_path: Path) -> None:
    script = write(tmp_path, ROUND.replace("2000", "10**9"))
    report = chainrule.where(script, max_seconds=None)
    assert report.verdict == "no-backprop"
    (note,) = report.notes
    assert note.kind == "stopped"
    assert "went round and round with nothing that descends; `--no-stop`" in note.message
