"""A fault that users hit: its number, its name, and what shows that it is met as it should be."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from commands import called

Check = Callable[[Path], None]
"""Meets the fault in an empty folder, and fails where it is not met as users expect."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`name` says what is wrong, in the words of a test's id."""

    number: int
    name: str
    check: Check

    @property
    def id(self) -> str:
        return f"{self.number:02d}-{self.name.replace(' ', '-')}"


class Faults(list[Fault]):
    """A list that functions are put into by `@FAULTS.add(7, "row with too few fields")`."""

    def add(self, number: int, name: str) -> Callable[[Check], Check]:
        def put(check: Check) -> Check:
            self.append(Fault(number, name, check))
            return check

        return put


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder with what is in them."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def refused(folder: Path, *arguments: object, stdin: str = "") -> str:
    """Return the sentence a command is refused with: status 2, nothing printed or written."""
    before = contents(folder)
    result = called(*arguments, cwd=folder, stdin=stdin)
    said = result.stderr.splitlines()
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stderr
    assert said[-1].startswith("chainrule: ")
    assert said[-1].endswith((".", "?")), said[-1]
    assert result.stdout == ""
    assert contents(folder) == before
    return said[-1].removeprefix("chainrule: ")


def noticed(folder: Path, *arguments: object, stdin: str = "") -> str:
    """Return what a command says beside its result where it goes on: status 0."""
    result = called(*arguments, "--epochs", "1", cwd=folder, stdin=stdin)
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    return result.stderr
