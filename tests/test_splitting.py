import pytest

from chainrule.errors import InputError
from chainrule.splitting import Lines, declared_delimiter, find_delimiter, require_even, split


def test_rows_go_on_where_a_quoted_cell_does() -> None:
    lines = Lines(iter([b'a,"b\n', b'c",d\n', b"e,f,g\n"]))
    rows = list(split(lines, "comma", "t.csv"))
    assert [(row.line, row.cells) for row in rows] == [(1, ["a", "b\nc", "d"])]
    assert [(row.line, row.text) for row in split(lines, "comma", "t.csv")] == [(3, "e,f,g\n")]
    assert lines.block is None


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("1\t2\n3\t\t4\n", r"2 delimiters in a row: .* tabs; try `--delimiter whitespace`\.$"),
        ("1\t2\n3\t4\t\n", r"2 delimiters in a row"),
        ("1,2\n3,4,\n", r"'3,4,'. It ends in a delimiter: remove it\.$"),
        ("1,2\n3,4,5\n", r"Every row needs as many.*`--delimiter`\.$"),
    ],
)
def test_a_row_of_another_length_is_explained(rows: str, said: str) -> None:
    delimiter = "tab" if "\t" in rows else "comma"
    found = list(split(Lines(iter([rows.encode()])), delimiter, "t.csv"))
    with pytest.raises(InputError, match=said):
        require_even(found, found[0], delimiter, "t.csv")


def test_the_delimiter_is_found_or_declared() -> None:
    assert find_delimiter(["a;b\n", "1,5;2\n"]) == "semicolon"
    assert find_delimiter(["a\tb\n", "1\t\t2\n"]) == "whitespace"
    assert declared_delimiter('"sep=;"\n') == "semicolon"
    assert declared_delimiter("separator\n") is None
