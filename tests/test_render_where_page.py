"""The page of `where`: well formed, linked both ways, and without a reference to anywhere else."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from answers import CELLS, HOSTILE, LINES, RIGHT, UNKNOWN, WRONG

from chainrule.factors import Explanation, Path
from chainrule.locate.record import OpenedWeight, TracedFactor
from chainrule.render.mathml import math
from chainrule.render.where_html import page

ALL = {"right": RIGHT, "wrong": WRONG, "unknown": UNKNOWN, "hostile": HOSTILE, "cells": CELLS}
EMPTY = {"meta"}


class Reader(HTMLParser):
    """Checks that tags are closed in order; collects ids, links and the text of elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.text: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in EMPTY:
            self.open.append(tag)
        self.tags.add(tag)
        given = dict(attrs)
        assert not any(name.startswith("on") for name in given)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] not in (["style"], ["script"]):
            self.text.append(data)


@pytest.mark.parametrize("name", ALL)
def test_the_page_is_well_formed_and_needs_nothing_else(name: str) -> None:
    shown = page(ALL[name], LINES)
    reader = Reader(shown)
    assert shown.startswith("<!doctype html>")
    assert not re.search(r"https?:|//\w+\.|@import|url\(", shown)
    assert len(set(reader.ids)) == len(reader.ids)
    assert all(link[0] == "#" and link[1:] in reader.ids for link in reader.links)
    assert reader.tags & {"link", "iframe", "img", "base", "object"} == set()
    assert shown.count("<script>") == 1
    assert all(c.isprintable() or c in "\n\t" for c in shown)


def test_the_source_is_whole_and_each_factor_links_to_its_line() -> None:
    shown = page(WRONG, LINES)
    for number in range(1, 26):
        assert f'<tr id="L{number}"' in shown
    row = shown[shown.index('<tr id="L18"') : shown.index('<tr id="L19"')]
    assert row.startswith('<tr id="L18" class="labelled multiplies">')
    assert '<td class="sign">×</td>' in row
    assert "delta2 = error * out * (1 - out)" in row
    assert re.findall(r'href="#L(\d+)"', row) == ["18", "17", "18"]
    assert math("∂J/∂out") in row
    assert "delta2 holds its negative" in row
    faulty = shown[shown.index('<tr id="L19"') : shown.index('<tr id="L20"')]
    assert '<a href="#fault-1">fault: a local derivative is left out</a>' in faulty
    assert '<article class="fault" id="fault-1"><h3><a href="#L19">line 19 in step' in shown


def test_the_answer_and_the_lists_are_there() -> None:
    text = " ".join("".join(Reader(page(WRONG, LINES)).text).split())
    for words in (
        "xor.py wrong Yes, but not rightly. Two lines multiply",
        "Faults line 19 in step",
        "expected∂J/∂hidden · ∂hidden/∂z1",
        "Notes line 17: the error that is printed",
        "Not labelled line 16: value",
        "W12 × 4updated in line 21gradient wrong",
    ):
        assert words.replace(" ", "") in text.replace(" ", "")


def test_hostile_text_is_text() -> None:
    shown = page(HOSTILE, ["</code><script>alert(1)</script>", *LINES[1:]])
    assert "&lt;/code&gt;&lt;script&gt;alert(1)" in shown
    assert "<b>&" not in shown
    assert "pro be/naïve|名前&lt;b&gt;" in shown
    assert "{css}" not in page(RIGHT, ["{css}"]).replace('<td class="code">{css}', "")


def test_a_notebook_is_shown_cell_by_cell() -> None:
    shown = page(CELLS, LINES)
    for number in (1, 2, 3):
        assert f'<th colspan="4">cell {number}</th>' in shown
    assert '<a href="#L19">7</a>' in shown
    assert "<small>cell 3, line 5</small>" in shown


def test_what_the_notebook_begins_with_is_not_shown() -> None:
    assert 'id="L1"' not in page(replace(CELLS, cells=(2, 9, 13)), LINES)


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        (
            "∂J/∂z1",
            "<mfrac><mrow><mo>∂</mo><mi>J</mi></mrow>"
            "<mrow><mo>∂</mo><msub><mi>z</mi><mn>1</mn></msub></mrow></mfrac>",
        ),
        ("hidden", "<mi>hidden</mi>"),
        ("größe_2", "<msub><mi>größe</mi><mn>2</mn></msub>"),
        ("neuron['<δ>']", "<mtext>neuron[&#x27;&lt;δ&gt;&#x27;]</mtext>"),
    ],
)
def test_partial_derivatives_as_formulas(text: str, formula: str) -> None:
    assert math(text) == f"<math>{formula}</math>"


def test_an_opened_gradient_is_shown_with_the_lines_of_its_factors() -> None:
    factors = (
        TracedFactor("∂J/∂a", "a - <y>", 0.5, "error signal", 7),
        TracedFactor("X[0, 0]", "", -4.0, "input"),
    )
    explanation = Explanation("net['<w>'][0]", (Path(factors),), -2.0)
    shown = page(replace(RIGHT, weight=OpenedWeight(explanation, 9, -2.0)), LINES)
    text = " ".join(Reader(shown).text)
    assert "One weight: net['<w>'][0]" in text
    assert "<code>a - &lt;y&gt;</code>" in shown
    assert "error signal, line 7" in text
    for words in ("held by the program", "the derivative of the loss", "-2.000000"):
        assert words in text
    assert "One weight" not in page(RIGHT, LINES)
