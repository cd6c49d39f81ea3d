"""One tree, every form: the same names and numbers as text, LaTeX, MathML, JSON and SVG."""

import json
import math
import re
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from chainrule import MLPClassifier, MLPRegressor, explain
from chainrule.activations import ACTIVATIONS
from chainrule.factors import Explanation, Explanations
from chainrule.losses import FUSED, LOSSES
from chainrule.render.explanation_html import explanations_html, page
from chainrule.render.explanation_latex import explanations_latex
from chainrule.render.explanation_machine import explain_report
from chainrule.render.explanation_text import explanations_text
from chainrule.render.notation import latex, mathml
from chainrule.render.path_drawing import path_drawing
from chainrule.reports import ExplainReport
from chainrule.summary import summarize

X = np.random.default_rng(1).normal(size=(20, 3))
Y = np.array(["a", "b", "c", "d"])[np.arange(20) % 4]
MODEL = MLPClassifier((5, 30), "tanh", random_state=0, alpha=0.1).build(X, Y)
ONE = explain(MODEL, X, Y, weight="W1[2, 4]", row=3)
BATCH = explain(MODEL, X, Y, weight="b2[29]")
REPORT = ExplainReport("m.chain", "t.csv", "", 20, summarize(MODEL.network_), (ONE, BATCH))


def trees(html: str, tag: str) -> list[ElementTree.Element]:
    """Each element of a kind, read by a strict parser."""
    found = re.findall(rf"<{tag}[ >].*?</{tag}>", html, re.DOTALL)
    return [ElementTree.fromstring(text.replace("&#160;", " ")) for text in found]


def test_text_holds_the_paths_the_rows_and_the_kinds_of_factors() -> None:
    lines = explanations_text([ONE, BATCH]).splitlines()
    assert all(len(line) <= 80 and line == line.rstrip() for line in lines)
    text = "\n".join(lines)
    assert f"∂J/∂W1[2, 4] = {ONE.gradient:.6g}" in text
    assert "A sum over 121 paths," in text  # 30 × 4 and the penalty's
    assert "A sum over 80 paths of 20 rows" in text
    assert "116 paths more" in text
    assert "15 rows more" in text
    assert len(re.findall(r"^  (?:sum over the paths|by the backward pass) ", text, re.M)) == 4
    for layer in ONE.layers:
        assert f"{layer.value:.4g}" in text


def test_the_penalty_is_no_path_through_the_network() -> None:
    strong = MLPClassifier((5,), "tanh", random_state=0, alpha=1e4).build(X, Y)
    opened = explain(strong, X, Y, weight="W1[2, 4]", row=3)
    assert max(opened.paths, key=lambda path: abs(path.value)).factors[0].name == "∂J/∂P"
    said = " ".join(explanations_text([opened]).split())
    assert "The largest through the network, factor by factor" in said
    assert "The largest, factor by factor" in " ".join(explanations_text([BATCH]).split())


def test_no_number_is_cut_short_where_paths_are_long() -> None:
    deep = MLPClassifier((4,) * 12, "logistic", random_state=0, alpha=0.1).build(X, Y)
    opened = explain(deep, X, Y, weight="W1[0, 0]")
    text = explanations_text([opened])
    assert "…" not in text
    assert all(len(line) <= 80 for line in text.splitlines())
    sums = re.findall(r"^  (?:sum over the paths|by the backward pass) +(\S+)$", text, re.M)
    assert [float(number) for number in sums] == pytest.approx([opened.gradient] * 2, rel=1e-4)


def test_json_holds_everything() -> None:
    record = json.loads(explain_report(REPORT), parse_constant=pytest.fail)
    assert record["schema"] == "chainrule.explanation/1"
    assert (record["model"], record["data"], record["place"]) == ("m.chain", "t.csv", None)
    first, batch = record["explanations"]
    values = [math.prod(f["value"] for f in path["factors"]) for path in first["paths"]]
    total = sum(values) + first["folded"]["value"]
    assert total == pytest.approx(first["gradient"], abs=1e-12 * first["size"])
    assert first["agrees"] is True
    assert first["folded"]["count"] + len(values) == 121
    assert len(batch["rows"]) + batch["folded_rows"]["count"] == 20
    assert [layer["name"] for layer in first["layers"]][0] == "∂z1/∂W1"  # noqa: RUF015


def test_latex_is_balanced_and_shows_each_number() -> None:
    shown = explanations_latex([ONE, BATCH], 3)
    assert shown.isascii()
    for left, right in ("{}", "()"):
        assert shown.count(left) == shown.count(right)
    assert shown.count(r"\begin{align*}") == shown.count(r"\end{align*}") == 4
    assert r"\frac{\partial J}{\partial W^{(1)}_{2,4}} &= p_{1} + p_{2} + p_{3} + r" in shown
    assert r"\text{118 paths more}" in shown
    assert rf"\text{{{BATCH.paths[0].row}}}" in shown


FORMULAS = [activation.derivative_formula for activation in ACTIVATIONS.values()]
FORMULAS += [loss.derivative_formula for loss in (*LOSSES.values(), *FUSED.values())]


@pytest.mark.parametrize("formula", [*dict.fromkeys(FORMULAS), "x[0]", "1/(1 − 0.5) if kept else 0",
                                     "|Σ|/Σ|·|", "α/Σw", "∂z2[1]/∂d1[0]", "−a a′"])  # fmt: skip
def test_every_formula_is_set_in_both_notations(formula: str) -> None:
    assert latex(formula).isascii()
    assert latex(formula).count("{") == latex(formula).count("}")
    assert "²" not in mathml(formula)
    plain = "".join(ElementTree.fromstring(mathml(formula).replace("&#160;", " ")).itertext())
    kept = re.sub(r"[\s^∂/,\[\]()]", "", formula.replace("²", "2"))
    assert sorted(re.sub(r"[\s^∂/,\[\]()]", "", plain)) == sorted(kept)


def test_a_power_is_raised_and_indices_are_set_low() -> None:
    assert latex("(1 − |a|)²") == "(1-|a|)^{2}"
    assert latex("−2z e^−z²") == "-2ze^{-z^{2}}"
    assert latex("W2[3, 1]") == "W^{(2)}_{3,1}"
    assert "<msub><mi>x</mi><mn>0</mn></msub>" in mathml("x[0]")


def test_html_is_well_formed_and_refers_to_nothing_outside_it() -> None:
    shown = page(REPORT, 3)
    assert not re.search(r"(?:src|href)=|url\(|@import", shown)
    sections = trees(shown, "section")
    assert len(sections) == 2
    values = [cell.text for cell in sections[0].iter("td") if cell.get("class") == "number"]
    first = next(path for path in ONE.paths if path.factors[0].name != "∂J/∂P")
    assert f"{first.factors[0].value:.4f}" in values
    assert len(trees(explanations_html([ONE], 3), "math")) >= 2 * len(ONE.paths[0].factors)


def test_names_of_the_user_are_escaped_everywhere() -> None:
    evil = "<b>&\x1b[2J_%$"
    named = pd.DataFrame(X, columns=[evil, "b", "c"])
    model = MLPClassifier((2,), random_state=0).build(named, Y)
    found = explain(model, named, Y, weight="W1[0, 0]", row=0)
    assert "<b>&amp;" not in explanations_html([found], 3).replace("&lt;b&gt;&amp;", "")
    assert "\x1b" not in explanations_html([found], 3) + explanations_text([found])
    assert r"\&" in explanations_latex([found], 3)
    trees(explanations_html([found], 3), "section")


def drawn(opened: Explanation, **choices: Any) -> ElementTree.Element:
    return ElementTree.fromstring(path_drawing(opened, **choices))


def marked_paths(svg: ElementTree.Element) -> list[ElementTree.Element]:
    paths = svg.iter("{http://www.w3.org/2000/svg}path")
    return [path for path in paths if path.get("stroke-width")]


def test_the_drawing_marks_the_weight_and_its_paths() -> None:
    svg = drawn(ONE, alone=True)
    texts = [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert "W1[2, 4]" in texts
    assert {"inputs", "layer 1", "layer 2", "layer 3"} <= set(texts)
    assert any(re.fullmatch(r"30, \d+ not drawn", str(text)) for text in texts)
    assert "svg { color:" in path_drawing(ONE, alone=True)
    assert "<style>" not in path_drawing(ONE)
    edges = {
        tuple(factor.name for factor in path.factors if factor.source == "weight on the way")
        for path in ONE.paths
    }
    hops = {name for names in edges for name in names}
    assert len(marked_paths(svg)) == len(hops) + 1 + 2  # the weight's own edge; the legend's two


def test_a_bias_is_drawn_from_its_one_and_any_size_of_network() -> None:
    assert "1" in [t.text for t in drawn(BATCH).iter("{http://www.w3.org/2000/svg}text")]
    for hidden in ((), (1,), (200,) * 8):
        y = X @ [1.0, 2.0, 0.0]
        model = MLPRegressor(hidden_layer_sizes=hidden, random_state=0).build(X, y)
        svg = drawn(explain(model, X, y, weight="W1[0, 0]", row=0))
        assert len(marked_paths(svg)) >= 3
        assert len(path_drawing(explain(model, X, y, weight="W1[0, 0]", row=0))) < 60_000
    assert path_drawing(Explanation("W1[0, 0]", (), 0.0)) == ""
    assert path_drawing(Explanation("net[0]['w']", (), 0.0, layer_sizes=(2, 1))) == ""


def test_a_notebook_gets_every_form() -> None:
    for shown in (ONE, Explanations([ONE, BATCH])):
        bundle = shown._repr_mimebundle_()
        assert set(bundle) == {"text/plain", "text/html", "text/latex"}
        assert bundle["text/html"].startswith('<div class="chainrule-explanation">')
        assert "W1[2, 4]" in bundle["text/plain"]
        assert str(shown) == bundle["text/plain"]


def test_nothing_to_list_is_shown_too() -> None:
    empty = Explanation("b1[0]", (), 0.0)
    assert "∂J/∂b1[0] = 0" in explanations_text([empty])
    assert "∂J" not in explanations_html([empty], 3).partition("</h2>")[2]
    assert r"\end{align*}" in explanations_latex([empty], 3)
