"""The text of a script: encodings, notebooks of every version, magics."""

import json
from pathlib import Path
from typing import Any

import pytest
from foreign import write

from chainrule.errors import InputError
from chainrule.locate.script import demonstration, read_script


def notebook(folder: Path, *sources: Any, **more: Any) -> Path:
    cells = [{"cell_type": "code", "source": source} for source in sources]
    return write(folder, json.dumps({"cells": cells, **more}), "book.ipynb")


def cells(folder: Path, *sources: Any) -> list[str]:
    """The text of each cell as it will be run."""
    script = read_script(notebook(folder, *sources))
    ends = [*(begin - 1 for begin in script.cells[1:]), len(script.lines) - 1]
    return [
        "\n".join(script.lines[begin - 1 : end])
        for begin, end in zip(script.cells, ends, strict=True)
    ]


def test_our_own_example_is_there() -> None:
    script = demonstration()
    assert script.path.is_file()
    assert "def backward_propagate_error" in script.text
    assert not script.is_notebook


@pytest.mark.parametrize(
    "octets",
    [
        "größe = 'δ'\n".encode(),
        b"\xef\xbb\xbf" + "größe = 'δ'\n".encode(),
        "größe = 1\r\n".encode(),
        "# coding: latin-1\ngröße = 1\n".encode("latin-1"),
    ],
)
def test_encodings_as_python_reads_them(octets: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(octets)
    script = read_script(tmp_path / "a.py")
    assert any(line.startswith("größe = ") for line in script.lines)
    assert script.place(1) == "line 1"


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("%matplotlib inline\na = 1", "pass\na = 1"),
        (["!pip install x\n", "a = 1\n"], "pass\na = 1"),
        ("if True:\n    !ls\n    %cd x\nb = 2", "if True:\n    pass\n    pass\nb = 2"),
        ("%%time\na = 1", "pass\na = 1"),
        ("files = !ls\nnp.sum?\n?np\na = 1", "pass\npass\npass\na = 1"),
        ("%time\nprint('%s'\n  % 3)", "pass\nprint('%s'\n  % 3)"),
        ("s = '''\n%not\n!magic\n'''", "s = '''\n%not\n!magic\n'''"),
    ],
)
def test_magics_become_pass(source: Any, kept: str, tmp_path: Path) -> None:
    assert cells(tmp_path, source) == [kept]


@pytest.mark.parametrize("magic", ["%%bash", "%%html", "%%writefile x.py", "%%R"])
def test_cells_in_other_languages_are_empty(magic: str, tmp_path: Path) -> None:
    kept = cells(tmp_path, "a = 1", f"{magic}\nfor x in $y; do\ndone", "b = 2")
    assert [text.strip() for text in kept] == ["a = 1", "", "b = 2"]


def test_a_notebook_says_where_in_cells(tmp_path: Path) -> None:
    script = read_script(notebook(tmp_path, "a = 1\nb = 2", "c = 3"))
    assert script.is_notebook
    assert [script.place(line) for line in (2, 3, 4)] == [
        "cell 1, line 1",
        "cell 1, line 2",
        "cell 2, line 1",
    ]
    with pytest.raises(InputError, match="cell 2, line 1: this is Python 2"):
        read_script(notebook(tmp_path, "a = 1", "print a"))


def test_an_old_notebook_has_sheets(tmp_path: Path) -> None:
    sheet = {"cells": [{"cell_type": "code", "input": ["a = 1\n"]}, {"cell_type": "heading"}]}
    file = write(tmp_path, json.dumps({"worksheets": [sheet], "nbformat": 3}), "old.ipynb")
    assert read_script(file).lines[1] == "a = 1"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"cells": 3}', '{"cells": [{}]}', "1"])
def test_what_is_no_notebook_is_said(text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"bad\.ipynb` is not a Jupyter notebook"):
        read_script(write(tmp_path, text, "bad.ipynb"))


@pytest.mark.parametrize(
    "text",
    ["print >>f, 3 if", "exec 'x'", "x = 10L", "x = 0777", "a <> b", "try: 1\nexcept A, b: 2"],
)
def test_python_2_is_told_from_nonsense(text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="this is Python 2"):
        read_script(write(tmp_path, text))
    with pytest.raises(InputError, match="this is not Python 3"):
        read_script(write(tmp_path, f"x = ]\n{text}"))


def test_a_script_nested_too_deeply_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not "):
        read_script(write(tmp_path, "(" * 5000 + ")" * 5000))
