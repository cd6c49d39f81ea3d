"""Lines to rows of cells, exactly: quotes, line ends in quotes, runs of blanks.

What is regular and large is read faster, by `scanning`; this is what it is held to.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .errors import InputError
from .formats import DELIMITERS
from .words import counted

BLANKS = " \t\r\n\v\f"
"""A line of nothing else is passed over."""

MOST_COLUMNS = 100_000
_NAMES = {character: name for name, character in DELIMITERS.items()}
_DECLARED = re.compile(r'"?sep=([,;:|\t])"?\s*', re.IGNORECASE)  # a spreadsheet's first line
_WORD = re.compile(r'"((?:[^"]|"")*)"(?![^ \t\r\n])|([^ \t\r\n]+)')


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the line on which it begins, its text and its cells, without blanks around them."""

    line: int
    text: str
    cells: list[str]


class Lines(Iterator[str]):
    """The lines of blocks of text, one after the other, and how many there were."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = filter(None, blocks)
        self._here: list[str] = []
        self._place = 0
        self._ahead: bytes | None = None
        self.count = 0
        self.blank = 0  # lines above a row, those at the end do not matter
        self.blank_before = 0

    @property
    def block(self) -> bytes | None:
        """The block that comes next, if the one before is gone through; None at the end."""
        if self._ahead is None:
            self._ahead = next(self._blocks, None)
        return self._ahead

    @property
    def at_end_of_block(self) -> bool:
        """Whether the next line is the first of a block, or there is none."""
        return self._place == len(self._here)

    def head(self) -> list[str]:
        """Return the lines of the block that is next, without going on."""
        return lines_of(self.block or b"")

    def pass_block(self, lines: int) -> None:
        """Go on by a block of so many lines, which was read otherwise."""
        self._ahead = None
        self.count += lines

    def __next__(self) -> str:
        if self.at_end_of_block:
            if self.block is None:
                raise StopIteration
            self._here, self._place, self._ahead = lines_of(self.block), 0, None
        self._place += 1
        self.count += 1
        return self._here[self._place - 1]


def lines_of(block: bytes) -> list[str]:
    """Cut text where csv does, not at a form feed."""
    return list(io.StringIO(block.decode(), newline=""))


def declared_delimiter(line: str) -> str | None:
    """Return what a first line "sep=;" names."""
    declared = _DECLARED.fullmatch(line)
    return _NAMES.get(declared[1], declared[1]) if declared else None


def find_delimiter(lines: Sequence[str]) -> str:
    """Take the first delimiter that cuts every row into the same number of cells, above one."""
    single = {name: character for name, character in DELIMITERS.items() if character}
    for name in single:
        if _is_even(lines, name):
            return name
    # doubled tabs, runs of spaces, one column; or a ragged row, which spaces must not smooth over
    filled = [line for line in lines if not line.isspace()]
    cuts = {name: sum(character in line for line in filled) for name, character in single.items()}
    most = max(cuts, key=cuts.__getitem__)
    doubled = most == "tab" and _is_even(lines, "tab", filled=True)
    if (doubled or 2 * cuts[most] <= len(filled)) and _is_even(lines, "whitespace"):
        return "whitespace"
    return most if cuts[most] else "comma"


def _is_even(lines: Sequence[str], delimiter: str, filled: bool = False) -> bool:
    """Say whether all rows have the same number of cells (of filled cells), above one."""
    try:
        rows = split(Lines(iter(["".join(lines).encode()])), delimiter, "")
        widths = (sum(map(bool, row.cells)) if filled else len(row.cells) for row in rows)
        first = next(widths, 0)
        return first > 1 and all(width == first for width in widths)
    except InputError:  # the quotes do not fit
        return False


def split(lines: Lines, delimiter: str, source: str) -> Iterator[Row]:
    """Yield the rows of a block of lines, and of the next where a quoted cell goes on there.

    Blank lines are passed over.
    """
    character = character_of(delimiter)
    cut = _by_blanks(lines) if character is None else _by_character(lines, character, source)
    for row in cut:
        if row.text.strip(BLANKS):
            lines.blank, lines.blank_before = lines.blank + lines.blank_before, 0
            yield row
        else:
            lines.blank_before += 1
        if lines.at_end_of_block:
            return


def _by_blanks(lines: Lines) -> Iterator[Row]:
    for line in lines:
        yield Row(lines.count, line, [_bare(*word) for word in _WORD.findall(line)])


def _bare(quoted: str, word: str) -> str:
    return word or quoted.replace('""', '"').strip()


def _by_character(lines: Lines, character: str, source: str) -> Iterator[Row]:
    kept: list[str] = []

    def keeping() -> Iterator[str]:
        for line in lines:
            kept.append(line)
            yield line

    reader = csv.reader(keeping(), delimiter=character, strict=True, skipinitialspace=True)
    begin = lines.count + 1
    try:
        for cells in reader:
            yield Row(begin, "".join(kept), [cell.strip() for cell in cells])
            kept.clear()
            begin = lines.count + 1
    except csv.Error as error:
        raise InputError(f"`{source}`, line {begin} cannot be read: {_why(str(error))}") from None


def _why(error: str) -> str:
    if "field limit" in error:
        return (
            f"it has a cell of more than {csv.field_size_limit()} characters. Perhaps a quote "
            "before it is not closed."
        )
    if "unexpected end" in error:
        return "its quote is not closed before the end of the file. Close it, or remove it."
    return (
        f"{error}. A cell that begins with a quote ends with one, and a quote inside it is "
        "written twice."
    )


def character_of(delimiter: str) -> str | None:
    """Return the character that a delimiter's name stands for, None for runs of blanks."""
    character = DELIMITERS.get(delimiter, delimiter)
    if character is not None and (len(character) != 1 or character in '"\r\n'):
        raise InputError(
            f"`--delimiter` must be one character or {', '.join(DELIMITERS)}; got {delimiter!r}."
        )
    return character


def require_even(rows: Sequence[Row], first: Row, delimiter: str, source: str) -> None:
    """Refuse rows that are not as long as the first of the file."""
    width, widths = len(first.cells), {len(row.cells) for row in rows}
    if width > MOST_COLUMNS:
        raise InputError(
            f"`{source}`, line {first.line} has {width} cells (separated by {delimiter}); at most "
            f"{MOST_COLUMNS} are read."
        )
    if (
        len(rows) > 1
        and first is rows[0]
        and len(rest := {len(row.cells) for row in rows[1:]}) == 1
    ):
        others = rest.pop()
        if others != width and len(rows) > 2:
            raise InputError(_first_is_other(rows, others, delimiter, source))
    if widths <= {width}:
        return
    wrong = next(row for row in rows if len(row.cells) != width)
    shown = wrong.text.strip() if len(wrong.text) < 60 else f"{wrong.text[:57].strip()}…"
    raise InputError(
        f"`{source}`, line {wrong.line} has {counted(len(wrong.cells), 'cell')}, line "
        f"{first.line} has {width} (separated by {delimiter}): {shown!r}. "
        f"{_remedy(wrong, width, delimiter)}"
    )


def _remedy(wrong: Row, width: int, delimiter: str) -> str:
    filled = sum(map(bool, wrong.cells))
    if delimiter == "tab" and len(wrong.cells) > width >= filled:
        return (
            "2 delimiters in a row: the file separates by one or more tabs; try `--delimiter "
            "whitespace`."
        )
    if len(wrong.cells) == width + 1 and not wrong.cells[-1]:
        return "It ends in a delimiter: remove it."
    return (
        "Every row needs as many. If another character separates them, name it with `--delimiter`."
    )


def _first_is_other(rows: Sequence[Row], others: int, delimiter: str, source: str) -> str:
    first, width = rows[0], len(rows[0].cells)
    if others == width + 1 and not any(row.cells[-1] for row in rows[1:]):
        why = "Each of those ends in a delimiter: remove it."
    else:
        why = "If it is a title, remove it; if it names the columns, it needs a name for each."
    return (
        f"`{source}`, line {first.line} has {counted(width, 'cell')}, each line below it {others} "
        f"(separated by {delimiter}). {why}"
    )
