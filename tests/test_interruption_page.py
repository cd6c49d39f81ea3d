"""What docs/interruption.md shows; its sentences are in `fault_interruption`."""

import doctest
from pathlib import Path

from chainrule.cli import checkpoint_options

DOCS = Path(__file__).resolve().parent.parent / "docs"


def test_its_example_is_true() -> None:
    failed, tried = doctest.testfile(str(DOCS / "interruption.md"), module_relative=False)
    assert (failed, tried > 5) == (0, True)


def test_it_has_every_option() -> None:
    page = (DOCS / "interruption.md").read_text(encoding="utf-8")
    for name in ("CheckpointFile", "CheckpointEvery", "Resume"):
        assert hasattr(checkpoint_options, name)
    for option in ("--checkpoint FILE", "--checkpoint-every PACE", "--resume"):
        assert f"| `{option}` |" in page
