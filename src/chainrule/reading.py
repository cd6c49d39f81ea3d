"""Read a file of separated values: its delimiter, its header, its rows with their lines."""

import csv
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path

from .errors import InputError
from .formats import DELIMITERS, FOUND, TableFormat
from .tables import Table, holds_numbers, is_missing, parse_number
from .words import counted, listed

NO_TABLES = {
    rb"PK\x03\x04": "a spreadsheet (.xlsx, .ods) or another zip archive",
    rb"\xd0\xcf\x11\xe0": "a spreadsheet of the old kind (.xls)",
    rb"\x1f\x8b": "a gzip archive",
    rb"%PDF": "a PDF",
    rb"PAR1": "a Parquet file",
    rb"(\xef\xbb\xbf)?\s*<(!doctype html|html|\?xml)\b": "an HTML page or XML",
}
"""How a file begins that holds something else → what that is."""

_NAMES = {character: name for name, character in DELIMITERS.items()}
NEAR = 0.65  # of 1, by difflib: two letters swapped in a short name
_DECLARED = re.compile(r'"?sep=([,;:|\t])"?\s*', re.IGNORECASE)  # a spreadsheet's first line
_WORD = re.compile(r'"((?:[^"]|"")*)"(?![^ \t\r\n])|([^ \t\r\n]+)')


def read_table(path: str, written: TableFormat = FOUND) -> Table:
    """Read a file of separated values, or standard input for "-".

    What `written` does not say is found from the text: a header has no number and is above numbers,
    or above words that it does not repeat.  A first line "sep=;" names the delimiter and is no row.

    Raises:
        InputError: if there is no such file, no rows, or rows of different lengths.
    """
    source = "standard input" if path == "-" else Path(path).name
    data = _read_bytes(path)
    _refuse_what_is_no_table(data, source)
    text = _decode(data, source)
    lines = list(io.StringIO(text, newline=""))  # cut where csv does, not at a form feed
    declared, delimiter = _DECLARED.fullmatch(lines[0]) if lines else None, written.delimiter
    if declared:
        lines[0] = "\n"
        delimiter = delimiter or _NAMES.get(declared[1], declared[1])
    name = _find_delimiter(lines) if delimiter is None else delimiter
    cells = list(_split(lines, name, source))
    if not cells:
        raise InputError(f"`{source}` is empty ({len(text)} characters); a table needs rows.")
    _require_even(cells, name, source)
    header = written.header
    if header is None:
        header = _looks_like_header([row for _, row in cells])
    names = _names(cells[0][1] if header else [""] * len(cells[0][1]), source)
    body = cells[1:] if header else cells
    if not body:
        raise InputError(f"`{source}` holds a header and no rows; `--no-header` if it is a row.")
    rows, numbers = [row for _, row in body], [number for number, _ in body]
    return Table.of_rows(source, names, rows, numbers, header, name, first_line=cells[0][0])


def read_blocks(path: str, written: TableFormat, rows: int) -> Iterator[Table]:
    """Read as `read_table` does, at most so many rows at a time.

    Raises:
        InputError: as `read_table`.
    """
    table = read_table(path, written)
    for start in range(0, len(table), rows):
        yield table.keep(range(start, min(start + rows, len(table))))


def _refuse_what_is_no_table(data: bytes, source: str) -> None:
    """Name what the file holds instead of a table, where its beginning tells."""
    known = (kind for mark, kind in NO_TABLES.items() if re.match(mark, data[:1000], re.IGNORECASE))
    found = next(known, "JSON" if _is_json(data) else None)
    if found:
        raise InputError(
            f"`{source}` looks like {found}; a table of separated values (CSV) is needed. Export "
            "it as CSV."
        )


def _is_json(data: bytes) -> bool:
    """Say whether a file is an object or a list of JSON, or its first line an object."""
    if data.lstrip()[:1] not in (b"{", b"["):
        return False
    for text, kinds in ((data, dict | list), (data.lstrip().split(b"\n", 1)[0], dict)):
        with suppress(ValueError, RecursionError):
            return isinstance(json.loads(text), kinds)
    return False


def _require_even(cells: Sequence[tuple[int, list[str]]], delimiter: str, source: str) -> None:
    """Refuse rows of different lengths."""
    (first, row), *rest = cells
    width, widths = len(row), {len(row) for _, row in rest}
    if len(rest) > 1 and len(widths) == 1 and width not in widths:
        others = widths.pop()
        if others == width + 1 and not any(row[-1] for _, row in rest):
            why = "Each of those ends in a delimiter: remove it."
        else:
            why = "If it is a title, remove it; if it names the columns, it needs a name for each."
        raise InputError(
            f"`{source}`, line {first} has {counted(width, 'cell')}, each line below it {others} "
            f"(separated by {delimiter}). {why}"
        )
    for line, row in rest:
        if len(row) != width:
            raise InputError(
                f"`{source}`, line {line} has {counted(len(row), 'cell')}, line {first} has "
                f"{width} (separated by {delimiter}); every row needs as many. If another "
                "character separates them, name it with `--delimiter`."
            )


def _read_bytes(path: str) -> bytes:
    file = Path(path)
    try:
        if path != "-":
            return file.read_bytes()
        if sys.stdin is None:
            raise InputError("standard input is closed; name a file, or send the table to it.")
        return sys.stdin.buffer.read()
    except FileNotFoundError:
        near = _nearest(file)
        hint = f" Did you mean {str(file.with_name(near))!r}?" if near else ""
        raise InputError(f"`{path}` does not exist.{hint}") from None
    except IsADirectoryError:
        tables = sorted(name for name in _names_in(file) if name.lower().endswith(".csv"))
        hint = f" It holds {listed(tables)}." if tables else ""
        raise InputError(f"`{path}` is a folder; name a file.{hint}") from None
    except OSError as error:
        path = "standard input" if path == "-" else path
        raise InputError(f"`{path}` cannot be read: {error.strerror}.") from error


def _nearest(file: Path) -> str | None:
    """Return the name in a file's folder that is nearest to its own, endings apart."""

    def likely(name: str) -> tuple[bool, bool, str]:
        return Path(name).suffix == file.suffix, name.endswith(".csv"), name

    names = sorted(_names_in(file.parent), key=likely)
    stems = {Path(name).stem.lower(): name for name in names}  # the likeliest of equals
    near = get_close_matches(file.stem.lower(), stems, n=1, cutoff=NEAR)
    return stems[near[0]] if near else None


def _names_in(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir()]
    except OSError:
        return []


def _decode(data: bytes, source: str) -> str:
    try:
        text = data.decode("utf-8-sig")
        if "\0" not in text:
            return text
        before, byte = data[: data.index(0)], 0
    except UnicodeDecodeError as error:
        before, byte = error.object[: error.start], error.object[error.start]  # no mark in it
    line = len((before + b".").splitlines())
    raise InputError(
        f"`{source}`, line {line} is not UTF-8 text (byte 0x{byte:02x}); save it as UTF-8."
    )


def _find_delimiter(lines: Sequence[str]) -> str:
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
        rows = _split(lines, delimiter, "")
        widths = (sum(map(bool, row)) if filled else len(row) for _, row in rows)
        first = next(widths, 0)
        return first > 1 and all(width == first for width in widths)
    except InputError:  # the quotes do not fit
        return False


def _split(lines: Sequence[str], delimiter: str, source: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row's cells and the line on which it begins; blank lines are passed over."""
    character = DELIMITERS.get(delimiter, delimiter)
    if character is None:
        for number, line in enumerate(lines, 1):
            if words := _WORD.findall(line):
                yield number, [word or quoted.replace('""', '"').strip() for quoted, word in words]
        return
    if len(character) != 1 or character in '"\r\n':
        raise InputError(
            f"`--delimiter` must be one character or {', '.join(DELIMITERS)}; got {delimiter!r}."
        )
    reader = csv.reader(lines, delimiter=character, strict=True, skipinitialspace=True)
    begin = 1
    try:
        for row in reader:
            if not lines[begin - 1].isspace():
                yield begin, [cell.strip() for cell in row]
            begin = reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            f"`{source}`, line {begin} cannot be read: {error}. A cell that begins with a quote "
            "ends with one, and a quote inside it is written twice."
        ) from None


def _looks_like_header(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether the first row names the columns: it has no number in it and is above numbers.

    Above text alone it does if none of its cells comes again in its column, where others do.
    """
    first = rows[0]
    if any(parse_number(cell) is not None for cell in first):
        return False
    columns = list(zip(first, *rows[1:], strict=True))
    above = any(holds_numbers(cells[1:]) for cells in columns if not is_missing(cells[0]))
    if above or len(rows) == 1:
        return True
    again = any(name in cells for name, *cells in columns) or len(set(first)) < len(first)
    return not again and any(len(set(cells)) < len(cells) for cells in columns)


def _names(cells: Sequence[str], source: str) -> tuple[str, ...]:
    names = tuple(cell or f"column {index}" for index, cell in enumerate(cells))
    name, times = Counter(names).most_common(1)[0]
    if times > 1:
        raise InputError(f"`{source}` has {times} columns of the name {name!r}; rename them.")
    return names
