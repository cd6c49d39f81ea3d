"""docs/estimators.md names every setting, method and fitted attribute, with its true default."""

import inspect
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn import neural_network

from chainrule import MLPClassifier, MLPRegressor
from chainrule.initializers import INITIALIZERS

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "estimators.md").read_text(encoding="utf-8")
KINDS = [MLPClassifier, MLPRegressor]
ADDED = "**+**"

X = pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0], "b": [1.0, 0.0, 1.0, 0.0]})
y = [0, 1, 0, 1]

on_1_9 = pytest.mark.skipif(
    not sklearn.__version__.startswith("1.9."), reason="the page is that of scikit-learn 1.9"
)


def rows(heading: str) -> dict[str, list[str]]:
    """The tables whose heading begins with this: the name in a row → its other cells."""
    sections = re.findall(rf"^## {heading}.*?(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    lines = [line for text in sections for line in text.splitlines() if line.startswith("| `")]
    cells = [line.strip("| ").split(" | ") for line in lines]
    return {first.strip("`"): others for first, *others in cells}


SETTINGS, METHODS, FITTED = rows("Settings"), rows("Methods"), rows("Fitted attributes")
SIGNATURES = {call.partition("(")[0]: call.partition("(")[2][:-1] for call in METHODS}


def fitted(kind: Any) -> Any:
    return kind(solver="lbfgs", max_iter=200, alpha=1.0).fit(X, y)


def public(model: Any) -> set[str]:
    return {name for name in dir(model) if not name.startswith("_")}


def of_classifier_only(cell: str) -> bool:
    return "(classifier)" in cell


@pytest.mark.parametrize("kind", KINDS)
def test_every_setting_has_its_row_and_default(kind: Any) -> None:
    parameters = inspect.signature(kind).parameters
    shown = {
        name: default
        for name, (default, meaning) in SETTINGS.items()
        if kind is MLPClassifier or not of_classifier_only(meaning)
    }
    assert set(shown) == set(parameters)
    for name, parameter in parameters.items():
        defaults = re.findall(r"`([^`]*)`", shown[name])
        default = defaults[KINDS.index(kind) if name == "loss" else 0]
        assert default == repr(parameter.default), name


@pytest.mark.parametrize("kind", KINDS)
def test_every_method_and_fitted_attribute_has_its_row(kind: Any) -> None:
    model = fitted(kind)
    names = public(model) - set(model.get_params())
    if not hasattr(sklearn, "callback"):
        names |= {"set_callbacks"}
    shown = {
        name
        for name, cells in [*zip(SIGNATURES, METHODS.values(), strict=True), *FITTED.items()]
        if kind is MLPClassifier or not of_classifier_only(cells[0])
    }
    assert names | {"partial_fit"} == shown
    assert hasattr(kind(), "partial_fit")


@pytest.mark.parametrize("kind", KINDS)
def test_the_arguments_of_methods_are_those_shown(kind: Any) -> None:
    for name, shown in SIGNATURES.items():
        if shown == "…" or not hasattr(kind(), name):
            continue
        signature = inspect.signature(getattr(kind(), name))
        bare = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
        found = signature.replace(parameters=bare, return_annotation=signature.empty)
        expected = shown if kind is MLPClassifier else shown.replace(", classes=None", "")
        assert str(found) == f"({expected})", name


@on_1_9
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_marked_as_added_is_added(kind: Any) -> None:
    original: Any = getattr(neural_network, kind.__name__)
    its = public(original(max_iter=2000, early_stopping=False).fit(X, y))
    its |= set(inspect.signature(original).parameters)
    for name, cells in [*SETTINGS.items(), *zip(SIGNATURES, METHODS.values(), strict=True)]:
        if cells[-1].startswith(ADDED):
            assert name not in its, name
        elif not of_classifier_only(cells[-1]) and (name, kind) != ("loss", MLPClassifier):
            assert name in its, name
    for name, cells in FITTED.items():
        added = cells[0].startswith(ADDED)
        assert added != (name in its or of_classifier_only(cells[0])), name


def test_the_initializers_and_reasons_named_are_those_of_the_code() -> None:
    named = set(re.findall(r"`'(\w+)'`", SETTINGS["initializer"][1]))
    assert named - {"auto"} == set(INITIALIZERS)
    model = MLPClassifier(max_iter=1)
    with pytest.warns(Warning, match="max_iter"):
        model.fit(X, y)
    assert f"`'{model.stop_reason_}'`" in FITTED["stop_reason_"][0]
    assert model.build(X, y).stop_reason_ == ""


def test_the_conditions_of_numbers_are_those_that_are_checked() -> None:
    for name, (_, meaning) in SETTINGS.items():
        wrong: Any = None
        if "above 0" in meaning:
            wrong = 0.0
        elif "at least 0" in meaning:
            wrong = -1.0
        elif "0 to below 1" in meaning:
            wrong = 1.0
        if wrong is not None:
            with pytest.raises(ValueError, match=f"`{name}` must be"):
                MLPClassifier(**{name: wrong}).fit(np.asarray(X), y)


def test_links_lead_somewhere() -> None:
    assert "(estimators.md)" in (ROOT / "docs/coming-from-scikit-learn.md").read_text("utf-8")
