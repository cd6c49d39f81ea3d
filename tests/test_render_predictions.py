import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.facts import Predicted
from chainrule.render.predictions import cell, csv_lines, json_lines, json_object


def lines_of(
    blocks: list[Predicted],
    names: Sequence[str] = (),
    target: str = "y",
    classes: Sequence[Any] | None = None,
) -> list[str]:
    """What `csv_lines` writes; it says nothing."""
    text = "".join(csv_lines(blocks, names, target, classes, pytest.fail))
    assert text.endswith("\n")
    return text[:-1].split("\n")


def test_numbers_and_classes_as_separated_values() -> None:
    shares = np.array([[0.25, 0.75], [1.0, 0.0]])
    labels = Predicted([], np.array(["x", "y"]), shares)
    assert lines_of([labels], target="a,b", classes=["x", "y"]) == [
        '"a,b",p(x),p(y)',
        "x,0.25,0.75",
        "y,1.0,0.0",
    ]
    numbers = Predicted([["a b", "c,d"]], np.array([1.5, -2.0]))
    again = Predicted([["e", ""]], np.array([0.1, 1e-300]))
    expected = ["id,size", "a b,1.5", '"c,d",-2.0', "e,0.1", ",1e-300"]
    assert lines_of([numbers, again], ["id"], "size") == expected
    assert lines_of([Predicted([], np.zeros(0))]) == ["y"]


def test_a_row_without_a_prediction_keeps_its_line() -> None:
    gone = np.array([False, True])
    shares = np.array([[0.25, 0.75], [0.5, 0.5]])
    block = Predicted([["a", "b"]], np.array([3, 4]), shares, gone)
    assert lines_of([block], ["id"], classes=[3, 4])[1:] == ["a,3,0.25,0.75", "b,,,"]
    alone = Predicted([], np.array([1.0, 2.0]), None, gone)
    assert lines_of([alone]) == ["y", "1.0", '""']
    record = json.loads("".join(json_object([block], ["id"], [3, 4])))
    assert record["predictions"] == [3, None]
    assert record["probabilities"] == [[0.25, 0.75], None]
    objects = [
        json.loads(line) for line in "".join(json_lines([block], ["id"], [3, 4])).splitlines()
    ]
    assert objects[1] == {"id": {"id": "b"}, "prediction": None, "probabilities": None}


def test_json_has_no_nan() -> None:
    block = Predicted([], np.array([np.nan, 2.5]))
    text = "".join(json_object([block], [], None))
    record = json.loads(text, parse_constant=pytest.fail)
    assert record["schema"] == "chainrule.predict/1"
    assert record["predictions"] == [None, 2.5]
    lines = "".join(json_lines([block], [], None)).splitlines()
    assert json.loads(lines[0], parse_constant=pytest.fail)["prediction"] is None


FORMULAS = ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-1+2", "\t=1", "-"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    said: list[str] = []
    block = Predicted([["-1.5", text]], np.array([text, "b"]))
    lines = "".join(csv_lines([block], ["id"], "y", [text, "b"], said.append))
    rows = list(csv.reader(io.StringIO(lines)))
    assert rows == [["id", "y"], ["-1.5", f"'{text}"], [f"'{text}", "b"]]
    assert len(said) == 1
    assert repr(text) in said[0]
    record = json.loads("".join(json_object([block], ["id"], [text, "b"])))
    assert record["ids"] == {"id": ["-1.5", text]}


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\0")), min_size=1))
def test_cells_are_read_again_as_they_are(cells: list[str]) -> None:
    block = Predicted([cells], np.arange(len(cells)) * 0.5)
    lines = "".join(csv_lines([block], ["id"], "y", None, lambda _: None))
    rows = list(csv.reader(io.StringIO(lines, newline=""), strict=True))[1:]
    for text, (found, number) in zip(cells, rows, strict=True):
        assert found in (text, f"'{text}")
        assert float(number) == rows.index([found, number]) * 0.5 or cells.count(text) > 1
    assert [cell(text) for text in ("-1.5", "+3e4")] == ["-1.5", "+3e4"]
