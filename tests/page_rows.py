"""Tables of a page whose every row is held by a test of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


class PageRows:
    """The table below a heading of docs/`page`; `row` marks the test of a row by its first cell.

    `unchecked` are the cells with no test, and the tests with no row.
    """

    def __init__(self, page: str, heading: str) -> None:
        text = (ROOT / "docs" / page).read_text(encoding="utf-8")
        section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
        lines = section.split("|---|\n", 1)[1].split("\n\n", 1)[0].splitlines()
        self.said = {line.strip("| ").split(" | ")[0] for line in lines}
        self.checked: set[str] = set()

    def row(self, first_cell: str) -> Callable[[Any], Any]:
        def mark(test: Any) -> Any:
            self.checked.add(first_cell)
            return test

        return mark

    @property
    def unchecked(self) -> set[str]:
        return self.said ^ self.checked
