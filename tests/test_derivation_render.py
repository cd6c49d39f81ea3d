"""Derivations shown: text of 80 columns, LaTeX, MathML, JSON, in a notebook."""

import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from formulas import EXAMPLES

from chainrule import derive
from chainrule.derivation.expression import read_formula
from chainrule.render.derivation_html import page
from chainrule.render.derivation_latex import formula
from chainrule.render.derivation_machine import as_json
from chainrule.render.derivation_text import derivation_text
from chainrule.render.derivation_words import plain

BCE = "-(y*log(a) + (1 - y)*log(1 - a))"

MISH = """\
f(x) = x·tanh(log(1 + exp(x)))
f′(x) = tanh(softplus(x)) + x·(1 − tanh(softplus(x))²)·σ(x)
  with σ(u) = 1/(1 + exp(−u)), softplus(u) = log(1 + exp(u))

Step by step (× the chain rule)
      d/dx[x·tanh(log(1 + exp(x)))]
   1  = tanh(log(1 + exp(x))) + x·d/dx[tanh(log(1 + exp(x)))]
        product rule: (u·v)′ = u′·v + u·v′ with u = x, v = tanh(log(1 + exp(x)))
×  2  = tanh(log(1 + exp(x))) + x·(1 − tanh(log(1 + exp(x)))²)·
        d/dx[log(1 + exp(x))]
        chain rule: outer tanh(u), derivative 1 − tanh(u)²; inner u =
        log(1 + exp(x))
×  3  = tanh(log(1 + exp(x))) + x·(1 − tanh(log(1 + exp(x)))²)·
        d/dx[1 + exp(x)]/(1 + exp(x))
        chain rule: outer log(u), derivative 1/u; inner u = 1 + exp(x)
   4  = tanh(log(1 + exp(x))) + x·(1 − tanh(log(1 + exp(x)))²)·
        d/dx[exp(x)]/(1 + exp(x))
        sum rule: (u + v)′ = u′ + v′
   5  = tanh(log(1 + exp(x))) + x·(1 − tanh(log(1 + exp(x)))²)·
        exp(x)/(1 + exp(x))
        known derivative: exp(u)′ = exp(u)
   6  = tanh(softplus(x)) + x·(1 − tanh(softplus(x))²)·σ(x)
        in short"""


def test_text() -> None:
    assert str(derive("x*tanh(log(1 + exp(x)))")) == MISH


def test_the_answer_and_the_chain_rule_stand_out_on_a_terminal() -> None:
    shown = derivation_text(derive("exp(2*x)"), bold=True)
    strong = re.findall("\x1b\\[1m(.*?)\x1b\\[0m", shown, re.DOTALL)
    assert strong == [
        "f′(x) = 2·exp(2·x)",
        "Step by step (× the chain rule)",
        "×  1  = exp(2·x)·d/dx[2·x]",
    ]


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (("relu(x)",), ["f′(x) = 1 if x > 0 else 0", "      = 1 if a > 0 else 0,  a = f(x)",
          "It has a kink at x = 0: the slope is 0 to the left and 1 to the right; used",
          "there: 0, the left slope."]),
        (("where(x > 1, x, 2)",),
         ["It jumps at x = 1 and has no derivative there; used there: 0."]),
        (("abs(sin(x))",),
         ["There may be a kink where sin(x) = 0; used there is what the derivative says."]),
        (("3", "x"), ["The formula is without x: its derivative is 0."]),
        (("sign(x)",),
         ["The derivative is 0 wherever there is one: no gradient passes through this"]),
    ],
)  # fmt: skip
def test_what_is_to_be_known_is_said(arguments: tuple[str, ...], lines: list[str]) -> None:
    shown = str(derive(*arguments)).splitlines()
    for line in lines:
        assert line in shown


def test_a_fused_loss_is_shown_by_the_prediction_and_by_the_net_input() -> None:
    shown = str(derive(BCE, by="a", output_activation="logistic"))
    assert shown.startswith(
        "ℓ = −(y·log(a) + (1 − y)·log(1 − a)),  a = σ(z)\n∂ℓ/∂z = a − y\n      = σ(z) − y\n"
    )
    assert "×  1  = d/da[−(y·log(a) + (1 − y)·log(1 − a))]·d/dz[σ(z)]" in shown
    assert "= (a − y)·a·(1 − a)/(a·(1 − a))" in shown


@pytest.mark.parametrize("text", ["1/0", "x/(x - x)", "log(-1 - x^2)", "asin(2 + y^2)*x"])
def test_a_formula_without_a_number_anywhere_is_said_to_be_so(text: str) -> None:
    assert "The formula has a number at no point" in derivation_text(derive(text, by="x"))
    assert "at no point" not in derivation_text(derive("sqrt(x - 100)"))


def test_a_slope_that_no_float_holds_is_no_number_in_json() -> None:
    (kink,) = json.loads(as_json(derive("1e300*1e300*abs(x)")))["kinks"]
    assert (kink["left"], kink["right"], kink["used"]) == (None, None, 0)


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_form_holds_every_line(text: str) -> None:
    derivation = derive(text)
    shown = derivation_text(derivation)
    assert max(map(len, shown.splitlines())) <= 80
    record = json.loads(as_json(derivation))
    assert record["schema"] == "chainrule.derivation/1"
    assert len(record["steps"]) == len(derivation.lines) - 1
    read_formula(record["derivative"])
    read_formula(record["steps"][-1]["line"])
    latex = derivation.latex
    assert latex.count("{") == latex.count("}")
    assert latex.count(r"\left") == latex.count(r"\right")
    chained = sum(step.is_chain_rule for step in derivation.steps)
    assert latex.count(r"\overset{\times}") == shown.count("\n× ") == chained
    for formula_ in re.findall("<math>.*?</math>", page(derivation)):
        ElementTree.fromstring(formula_)


@pytest.mark.parametrize(
    ("text", "shown", "latex"),
    [
        ("x^2/(1 + exp(-x))", "x²/(1 + exp(−x))", r"\frac{x^{2}}{1 + e^{-x}}"),
        ("alpha*sqrt(abs(x))", "α·sqrt(|x|)", r"\alpha \cdot \sqrt{\left|x\right|}"),
        ("w1^-x", "w1^(−x)", "w_{1}^{-x}"),
        ("(1/x)^2", "(1/x)²", r"\left(\frac{1}{x}\right)^{2}"),
        ("exp(x)^2", "exp(x)²", r"\left(e^{x}\right)^{2}"),
        ("1e-20*x", "1e-20·x", r"1 \cdot 10^{-20} \cdot x"),
        (
            "2*where(x >= 1, x, y)",
            "2·(x if x ≥ 1 else y)",
            r"2 \cdot \left(\begin{cases} x & \text{if } x \ge 1 \\ y & \text{else} "
            r"\end{cases}\right)",
        ),
    ],
)
def test_formulas(text: str, shown: str, latex: str) -> None:
    expression = read_formula(text).expression
    assert plain(expression) == shown
    assert formula(expression) == latex


def test_towers_of_powers_are_written_in_time() -> None:
    assert len(plain(read_formula("^".join(["x"] * 35)).expression)) < 200


def test_a_notebook_gets_mathml_and_text() -> None:
    bundle = derive("tanh(x)")._repr_mimebundle_()
    assert bundle["text/plain"].startswith("f(x) = tanh(x)")
    assert "<math>" in bundle["text/html"]
    assert "<html" not in bundle["text/html"]


def test_the_page_needs_nothing_else() -> None:
    shown = page(derive(BCE, by="a", output_activation="logistic"))
    assert shown.startswith("<!doctype html>")
    assert "color-scheme: light dark" in shown
    assert not re.search(r"https?:|src=|@import|<script", shown)


@pytest.mark.parametrize(
    ("formula", "settings", "said"),
    [
        ("alpha", {}, "variable: α′ = 1"),
        ("2*alpha + 1", {}, "(c·α + d)′ = c"),
        ("-alpha^2", {"by": "alpha", "output_activation": "tanh"}, "∂ℓ/∂α · ∂α/∂z with α ="),
        ("max(0, x)", {}, "max(u, v)′ = v′ if v > u else u′ with u = 0, v = x"),
        ("min(x, 1)", {}, "min(u, v)′ = v′ if v < u else u′ with u = 1, v = x"),
        ("a^2", {"by": "a", "output_activation": "tanh"}, "own value with a = tanh(z)"),
    ],
)
def test_a_rule_names_what_the_formula_shows(
    formula: str, settings: dict[str, Any], said: str
) -> None:
    assert said in " ".join(str(derive(formula, **settings)).split())
