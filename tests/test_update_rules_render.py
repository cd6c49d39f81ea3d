"""Update rules shown: text of 80 columns, LaTeX, MathML, JSON, in a notebook."""

import json
import re
from xml.etree import ElementTree

import pytest

from chainrule import ACTIVATIONS, LOSSES, NetworkDerivation, derive_network
from chainrule.derivation.expression import read_formula
from chainrule.render.update_rules_html import page
from chainrule.render.update_rules_machine import as_json
from chainrule.render.update_rules_text import update_rules_text

NETWORKS = [
    ("7-5-3", "logistic", "squared_error", "auto"),
    ("7-3", "logistic", "log_loss", "auto"),
    ("1-1", "tanh", "squared_error", "auto"),
    ("4-3-1", "relu", "binary_cross_entropy", "auto"),
    ("784-128-64-10", ["relu", "gelu"], "log_loss", "auto"),
    ("5-4-3", "x*sigmoid(x)", "huber", "softmax"),
    ("-".join(["9"] * 12), "selu", "poisson", "softplus"),
    ("784-1000-10", "*".join(["tanh(x)"] * 40), "huber", "auto"),
    ("4-3-2", " +\n ".join(["x*tanh(sigmoid(x))"] * 9), "huber", "auto"),
]


def derived(*settings: object) -> NetworkDerivation:
    return derive_network(*settings)  # type: ignore[arg-type]


THE_DELTA = """\
4. The deltas of layer 1: back through the weights

  a1[j] is an input of every unit k of layer 2, with the weight W2[j, k]: one
  path for each of them. The chain rule of several variables multiplies along
  each path and adds up the paths:

 ×  ∂J/∂a1[j] = Σ_k ∂J/∂z2[k] · ∂z2[k]/∂a1[j]
                 k = 0…2
              = Σ_k ∂J/∂z2[k] · W2[j, k]
                 in z2[k] the factor of a1[j] is W2[j, k]

  This sum is over k, the second index of W2; the forward pass sums over the
  first. A matrix product adds up where the indices meet, the columns of its
  left factor with the rows of its right one, so W2 must stand with rows and
  columns exchanged. That is where the transpose comes from:

    da1 = dz2 W2ᵀ   (1, 3) × (3, 5) = (1, 5)

  From there to z1[j] there is one path, through the activation a1[j]:

 ×  ∂J/∂z1[j] = ∂J/∂a1[j] · ∂a1[j]/∂z1[j]
              = (Σ_k ∂J/∂z2[k] · W2[j, k]) · a1[j] · (1 − a1[j])
          dz1 = (dz2 W2ᵀ) ⊙ a1 ⊙ (1 − a1)                          (1, 5)
"""


def test_a_hidden_delta_is_explained_at_one_element() -> None:
    assert THE_DELTA in str(derive_network("7-5-3"))


@pytest.mark.parametrize("settings", NETWORKS, ids=lambda settings: str(settings[0]))
def test_every_form(settings: tuple[object, ...]) -> None:
    derivation = derived(*settings)
    shown = str(derivation)
    assert max(map(len, shown.splitlines())) <= 80
    assert "`" not in shown
    assert not re.search(r"\b1 (units|inputs|outputs|paths|rows)\b", shown)
    latex = derivation.latex
    assert latex.isascii()
    assert latex.count("{") == latex.count("}")
    assert len(re.findall(r"\\left(?!arrow)", latex)) == latex.count(r"\right")
    assert latex.count(r"\begin{") == latex.count(r"\end{")
    assert latex.count(r"\overset{\times}") == shown.count("\n ×  ")
    formulas = re.findall("<math>.*?</math>", page(derivation))
    for formula in formulas:
        ElementTree.fromstring(formula)
    assert page(derivation).count('class="multiplies"') == shown.count("\n ×  ")
    content = json.loads(as_json(derivation))
    assert content["schema"] == "chainrule.update_rules/1"
    assert [layer["layer"] for layer in content["layers"]] == list(
        range(1, len(derivation.layers) + 1)
    )
    for layer in content["layers"]:
        if layer["activation"]:
            read_formula(layer["activation"]["derivative"], "z")


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_text_of_each_activation(activation: str) -> None:
    """Every activation fits, and its kinks are named."""
    shown = str(derive_network("4-3-3-2", activation, "log_loss"))
    assert max(map(len, shown.splitlines())) <= 80
    kinks = ACTIVATIONS[activation].kinks
    assert shown.count("It has a kink at z = ") == len(kinks)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_text_of_each_loss(loss: str) -> None:
    shown = str(derive_network("4-3-2", "tanh", loss))
    assert "∂J/∂a2[j] = " in shown
    assert ("c is log y!" in shown) == (loss == "poisson")


def test_many_layers_of_one_kind_are_said_once() -> None:
    shown = str(derive_network("9-" * 11 + "2", "tanh"))
    assert len(shown.splitlines()) < len(str(derive_network("9-9-9-9-2", "tanh")).splitlines()) + 5
    assert "⋮ layers 3 to 9 likewise" in shown
    assert "dz10 = " in shown
    assert "1–10" in shown
    assert "The update rules of the network 9-9-9-…-9-2\n" in shown


def test_titles_and_the_chain_rule_stand_out_on_a_terminal() -> None:
    shown = update_rules_text(derive_network("2-1"), bold=True)
    strong = re.findall("\x1b\\[1m(.*?)\x1b\\[0m", shown, re.DOTALL)
    assert strong[0] == "The update rules of the network 2-1"
    assert " ×  ∂J/∂z1[j] = ∂J/∂a1[j] · ∂a1[j]/∂z1[j]" in strong


def test_a_raised_layer_is_no_power() -> None:
    """LaTeX refuses two superscripts in a row, and z⁽²⁾² would be misread."""
    derivation = derive_network("3-2-1", "gaussian")
    assert r"e^{-\left(z^{(1)}_{j}\right)^{2}}" in derivation.latex
    assert not re.search(r"\^\{\(\d+\)\}(_\{.+?\})?\^", derivation.latex)
    assert r"\odot a^{(1)} \odot" in derive_network("3-2-1").latex
    gelu = derive_network("3-2-1", "gelu")
    assert r"\sqrt{2 \cdot \pi}" in gelu.latex
    assert "<mi>π</mi>" in page(gelu)


def test_the_functions_of_an_activation_are_explained() -> None:
    assert "Here Φ(u) = (1 + erf(u/sqrt(2)))/2." in str(derive_network("3-2-1", "gelu"))
    mish = str(derive_network("3-2-1", "mish"))
    assert "Here σ(u) = 1/(1 + exp(−u)), softplus(u) = log(1 + exp(u))." in mish


def test_long_numbers_are_shown_by_their_first_digits_and_kept_in_json() -> None:
    selu = derive_network("3-2-1", "selu")
    assert "1.050700987355… if a1[j] > 0 else" in str(selu)
    assert "1.0507009873554804934193349852946*" in as_json(selu)


def test_a_notebook_gets_mathml_and_text() -> None:
    bundle = derive_network("3-2")._repr_mimebundle_()
    assert bundle["text/plain"].startswith("The update rules of the network 3-2")
    assert "<math>" in bundle["text/html"]
    assert "<html" not in bundle["text/html"]


def test_the_page_needs_nothing_else() -> None:
    shown = page(derive_network("3-2", activation="tanh"))
    assert shown.startswith("<!doctype html>")
    assert not re.search(r"https?:|src=|@import|<script", shown)


def test_a_formula_is_shown_as_it_is_and_not_as_markup() -> None:
    shown = page(derive_network("3-2-1", "where(x<1, x, 2*x - 1)"))
    assert "where(x&lt;1, x, 2*x - 1)" in shown
