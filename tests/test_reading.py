import csv
import io
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.errors import InputError
from chainrule.formats import DELIMITERS, TableFormat
from chainrule.reading import read_blocks, read_table
from chainrule.tables import Table

SPECIAL = st.sampled_from(list("\"'\n\r\t ,;.-+_019eEx?é×\u2028\x0b\x0c\x85"))
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff")
CELL = st.text(SPECIAL | CHARACTERS, max_size=6)
NUMBER = st.floats(-1e6, 1e6).map(repr)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


def read(
    folder: Path,
    text: str | bytes,
    delimiter: str | None = None,
    has_header: bool | None = None,
) -> Table:
    file = folder / "t.csv"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_table(str(file), TableFormat(delimiter, has_header))


def count_lines(text: str) -> int:
    return len(re.findall("\r\n|\r|\n", text))


@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(
            st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=6
        )
    ),
    st.sampled_from(["tab", "semicolon", "comma", ":", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.integers(0, 2),
    st.booleans(),
)
def test_what_csv_writes_is_read_back_with_its_lines(
    folder: Path, rows: list[list[str]], delimiter: str, ending: str, blank: int, mark: bool
) -> None:
    """Whatever the cells hold (delimiters, quotes, line ends), and blank lines or not."""
    out, lines = io.StringIO(newline=""), []
    writer = csv.writer(
        out,
        delimiter=DELIMITERS.get(delimiter) or delimiter,
        lineterminator=ending,
        quoting=csv.QUOTE_ALL,
    )
    for row in rows:
        out.write(ending * blank + (" " + ending) * blank)
        lines.append(count_lines(out.getvalue()) + 1)
        writer.writerow(row)
    data = out.getvalue().encode("utf-8-sig" if mark else "utf-8")
    table = read(folder, data, delimiter, has_header=False)
    assert list(table.rows) == [[cell.strip() for cell in row] for row in rows]
    assert table.lines == lines
    assert (table.source, table.delimiter, table.has_header) == ("t.csv", delimiter, False)


@pytest.mark.parametrize("delimiter", DELIMITERS)
@given(
    rows=st.integers(2, 5).flatmap(
        lambda width: st.lists(
            st.lists(NUMBER, min_size=width, max_size=width), min_size=1, max_size=8
        )
    ),
    header=st.booleans(),
    spaces=st.sampled_from([" ", "\t", "  ", " \t"]),
)
def test_delimiter_and_header_are_found(
    folder: Path, delimiter: str, rows: list[list[str]], header: bool, spaces: str
) -> None:
    names = tuple(f"name{index}" if header else f"column {index}" for index in range(len(rows[0])))
    between = DELIMITERS[delimiter] or spaces
    text = "\n".join(between.join(row) for row in ([names] if header else []) + rows)
    table = read(folder, text)
    assert (table.names, list(table.rows), table.has_header) == (names, rows, header)
    assert table.lines == [line + header for line in range(1, len(rows) + 1)]
    assert table.delimiter == ("tab" if "\t" in between else delimiter)


@given(
    st.text(SPECIAL | CHARACTERS | st.just("\0")).map(str.encode) | st.binary(max_size=40),
    st.sampled_from([None, "comma", "tab", "whitespace", ";", " ", "x"]),
    st.sampled_from([None, True, False]),
)
def test_any_file_is_a_table_or_one_sentence(
    folder: Path, data: bytes, delimiter: str | None, has_header: bool | None
) -> None:
    try:
        table = read(folder, data, delimiter, has_header)
    except InputError:
        return
    assert {len(row) for row in table.rows} == {len(table.names)}
    assert len(table.lines) == len(table.rows)
    assert all(line < after for line, after in zip(table.lines, table.lines[1:], strict=False))
    assert 1 <= table.lines[0] <= table.lines[-1] <= count_lines(data.decode()) + 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"`t.csv` is empty \(0 characters\)"),
        (" \n\t\r\n", r"`t.csv` is empty \(5 characters\)"),
        ("a,b\n", "`t.csv` holds a header and no rows"),
        ("a,b\n1,2\n\n3\n", "`t.csv`, line 4 has 1 cell, line 1 has 2 .separated by comma"),
        ("1,2\n3,4,5\n", "`t.csv`, line 2 has 3 cells, line 1 has 2"),
        ("a;b\n1;2,5\n3,5;4;\n", "line 3 has 3 cells, line 1 has 2 .separated by semicolon"),
        ("1 2,3\n4 5,6\n7 8,9,1\n", "line 3 has 3 cells, line 1 has 2 .separated by comma"),
        ("x y\t1\na\tb\tc\n", "line 2 has 3 cells, line 1 has 2 .separated by tab"),
        ('"x\ny",1\n\n2\n', "line 4 has 1 cell, line 1 has 2"),
        ("Fish\na,b\n1,2\n3,4\n", "line 1 has 1 cell, each line below it 2 .* title, remove it"),
        ("b,c\n1,2,3\n4,5,6\n", "line 1 has 2 cells, each line below it 3 .* a name for each"),
        ("b,c\n1,2,\n4,5,\n", "line 1 has 2 cells, .* ends in a delimiter: remove it"),
        ("a,b,a\n1,2,3\n", "`t.csv` has 2 columns of the name 'a'"),
        ("a,\n1,2\n", None),
        (
            'a,b\n1,2\n"3,4\n5,6\n',
            "`t.csv`, line 3 cannot be read: its quote is not closed before the end",
        ),
        ('a,b\n"1"x,2\n', "`t.csv`, line 2 cannot be read: ',' expected after"),
        (
            "1," + "9" * 200_000,
            r"line 1 cannot be read: it has a cell of more than 131072 characters",
        ),
        (
            b"1,2\r3,\xff\n",
            "`t.csv`, line 2, character 3: byte 0xff, which is no UTF-8 text; in Latin-1 it is 'ÿ'",
        ),
        (
            b"\xef\xbb\xbf1,2\n3,\xe9",
            "line 2, character 3: byte 0xe9, .* it is 'é': .* say `--encoding latin-1`",
        ),
        ("1,2\n\n3,\0\n", "line 3, character 3: byte 0x00, which no text has: .* in UTF-16"),
        ("1,2\n".encode("utf-16")[2:], "line 1, character 2: byte 0x00, .*`--encoding utf-16-le`"),
        ("1,2\n".encode("utf-16")[:-1], r"is not utf-16 text \(truncated data\)"),
    ],
)
def test_a_bad_file_is_refused_in_words(
    folder: Path, text: str | bytes, message: str | None
) -> None:
    if message is None:
        assert read(folder, text).names == ("a", "column 1")
    else:
        with pytest.raises(InputError, match=message):
            read(folder, text)


@pytest.mark.parametrize("delimiter", ["", ",,", '"', "\n", "\r", "commas"])
def test_a_bad_delimiter_is_refused(folder: Path, delimiter: str) -> None:
    with pytest.raises(InputError, match="`--delimiter` must be one character or tab, semicolon"):
        read(folder, "1,2\n", delimiter)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a,b\n1,2\n")))
    table = read_table("-")
    assert (list(table.rows), table.source) == ([["1", "2"]], "standard input")
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(InputError, match="standard input is closed"):
        read_table("-")


@pytest.mark.parametrize(
    ("text", "has_header"),
    [
        ("a,b\n1,2\n", True),
        ("a,2\n1,2\n", False),  # a name that is a number; `--header` says so
        ("?,a\n1,a\n2,b\n", False),  # a missing cell is no name
        (",a\n1,x\n2,y\n", False),  # nor is an empty one, unless others are
        (",a\n1,2\n2,3\n", True),
        ("RI,Na\n1.5,13\n", True),  # sodium
        ("Na,type\n1,a\n2,a\n", True),
        ("size,colour\nbig,red\nsmall,red\n", True),  # text alone: no name comes again
        ("big,red\nsmall,red\nbig,blue\n", False),
        ("a,b\nc,d\n", False),
        ("a,a\nb,c\nd,c\n", False),
    ],
)
def test_a_header_is_found(folder: Path, text: str, has_header: bool) -> None:
    assert read(folder, text).has_header is has_header
    for given_header in (True, False):
        if not (given_header and text.startswith("a,a")):
            table = read(folder, text, has_header=given_header)
            assert table.has_header is given_header
            assert len(table.rows) == text.count("\n") - given_header


def test_the_uci_form_is_read(folder: Path, wheat_seeds: Path) -> None:
    """As the archive keeps the wheat seeds: tabs, some of them doubled, wherever it happens."""
    expected = read_table(str(wheat_seeds))
    assert (len(expected.rows), len(expected.names), expected.delimiter) == (210, 8, "comma")
    assert not expected.has_header
    lines = ["\t".join(row) for row in expected.rows]
    for line in (7, 35, 150):
        lines[line] = lines[line].replace("\t", "\t\t", 2)
    table = read(folder, "\r\n".join(lines))
    assert (list(table.rows), table.lines) == (list(expected.rows), expected.lines)
    assert table.delimiter == "whitespace"


@pytest.mark.parametrize(
    ("line", "delimiter"),
    [("sep=;", "semicolon"), ('"sep=;"', "semicolon"), ("SEP=|", "|"), ("sep=\t", "tab")],
)
def test_a_line_that_declares_the_delimiter_is_no_row(
    folder: Path, line: str, delimiter: str
) -> None:
    between = DELIMITERS.get(delimiter) or delimiter
    text = f"{line}\r\na{between}b\r\n1{between}2\r\n"
    table = read(folder, text)
    assert (table.names, list(table.rows), table.lines) == (("a", "b"), [["1", "2"]], [3])
    assert (table.delimiter, table.first_line) == (delimiter, 2)
    assert list(read(folder, text, ":", has_header=True).rows) == [[f"1{between}2"]]


def test_quotes(folder: Path) -> None:
    table = read(folder, '"5"" pipe, long", "a,b"\n5" pipe,b\n"",""\n')
    assert list(table.rows) == [['5" pipe, long', "a,b"], ['5" pipe', "b"], ["", ""]]
    table = read(folder, '"New York"  "a ""b"""  1\n"" 5"  2\n')
    assert list(table.rows) == [["New York", 'a "b"', "1"], ["", '5"', "2"]]
    assert table.delimiter == "whitespace"
    assert list(read(folder, 'x;y\n"a;b";1\n"a,b";2\n').rows) == [["a;b", "1"], ["a,b", "2"]]


def test_one_column(folder: Path) -> None:
    table = read(folder, 'x\n1\n\n""\n3\n')
    assert (list(table.rows), table.lines, table.delimiter) == (
        [["1"], [""], ["3"]],
        [2, 4, 5],
        "comma",
    )


@pytest.mark.parametrize(
    ("beginning", "kind"),
    [
        (b"<!DOCTYPE html><html><body>a,b</body></html>\n", "an HTML page"),
        (b"\n<html>\n<body>\n", "an HTML page"),
        (b'{"a": [1, 2], "b": 3}\n', "JSON"),
        (b"[[1, 2], [3, 4]]", "JSON"),
        (b'{"a": 1, "b": 2}\n{"a": 3, "b": 4}\n', "JSON"),
        (b"PK\x03\x04\x14\x00\x06\x00,a", "a spreadsheet (.xlsx"),
    ],
)
def test_what_is_no_table_is_named(folder: Path, beginning: bytes, kind: str) -> None:
    with pytest.raises(InputError, match=rf"looks like {re.escape(kind)}.* Export it as CSV\.$"):
        read(folder, beginning)


def test_braces_and_brackets_may_begin_a_table(folder: Path) -> None:
    assert read(folder, "<DATE>,[x]\n1,2\n3,4\n").names == ("<DATE>", "[x]")
    assert read(folder, "{a},b\n1,2\n3,4\n").names == ("{a}", "b")
    assert read(folder, "[a],b\n1,2\n3,4\n").names == ("[a]", "b")


@given(st.integers(1, 30), st.integers(1, 12))
def test_blocks_are_the_rows_of_the_whole(folder: Path, n_rows: int, at_once: int) -> None:
    whole = read(folder, "x,y\n" + "".join(f"{row},{row % 2}\n\n" for row in range(n_rows)))
    blocks = list(read_blocks(str(folder / "t.csv"), TableFormat(), at_once))
    assert [row for block in blocks for row in block.rows] == list(whole.rows)
    assert [line for block in blocks for line in block.lines] == whole.lines
    assert {len(block) for block in blocks[:-1]} <= {at_once}
    assert {block.names for block in blocks} == {("x", "y")}
