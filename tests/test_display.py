"""scikit-learn's diagram with the network below it, wherever scikit-learn shows an estimator."""

import pickle
from typing import Any

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from chainrule.estimators import MLPClassifier
from chainrule.render.network_html import network_html
from chainrule.render.network_text import network_text
from chainrule.summary import summarize

X = np.arange(12.0).reshape(6, 2)
Y = [0, 1, 2] * 2
OURS = 'class="chainrule-network"'


def fitted() -> Any:
    return MLPClassifier((3,), solver="lbfgs", tol=100.0).fit(X, Y)  # converged at once


def test_a_fitted_estimator_shows_its_network_after_the_diagram() -> None:
    page = fitted()._repr_html_()
    assert 0 < page.index("sk-top-container") < page.index(OURS)
    assert "Network 2-3-3: 2 layers, 21 parameters (float64, 168 bytes)" in page
    assert page.count(OURS) == 1


def test_an_estimator_that_is_not_fitted_shows_the_diagram_only() -> None:
    for model in (MLPClassifier((3,)), clone(fitted())):
        assert "sk-top-container" in model._repr_html_()
        assert OURS not in model._repr_html_()


def test_the_summary_is_text() -> None:
    assert fitted().summary() == network_text(summarize(fitted().network_))
    with pytest.raises(NotFittedError):
        MLPClassifier().summary()


def test_jupyter_is_given_the_same() -> None:
    bundle = fitted()._repr_mimebundle_(include=None, exclude=None)
    assert OURS in bundle["text/html"]
    assert (
        bundle["text/plain"] == "MLPClassifier(hidden_layer_sizes=(3,), solver='lbfgs', tol=100.0)"
    )


def test_scikit_learns_display_option_is_obeyed() -> None:
    with config_context(display="text"):
        assert not hasattr(fitted(), "_repr_html_")
        assert set(fitted()._repr_mimebundle_()) == {"text/plain"}


def test_the_diagrams_of_what_holds_it_stay_scikit_learns() -> None:
    pipeline = make_pipeline(StandardScaler(), MLPClassifier((3,), solver="lbfgs", tol=100.0))
    search = GridSearchCV(pipeline, {"mlpclassifier__alpha": [0.1]}, cv=2)
    for model in (pipeline, pipeline.fit(X, Y), search, search.fit(X, Y)):
        page = model._repr_html_()
        assert "MLPClassifier" in page
        assert "StandardScaler" in page
        assert OURS not in page


def test_it_shows_what_was_fitted_not_what_is_set_since() -> None:
    model = fitted().set_params(hidden_layer_sizes=(7, 7), activation="tanh")
    assert "Network 2-3-3" in model._repr_html_()


def test_the_dropout_of_the_fit_is_shown() -> None:
    model: Any = MLPClassifier((4, 3), dropout=[0.0, 0.25], tol=100.0, random_state=0).fit(X, Y)
    model.set_params(dropout=0.9)  # of the next fit
    assert model._repr_html_().count("dropout 0.25") == 1
    assert "dropout 0.25" in model.summary()


def test_a_pickled_estimator_shows_the_same() -> None:
    page = pickle.loads(pickle.dumps(fitted()))._repr_html_()
    assert page.endswith(network_html(summarize(fitted().network_)))
