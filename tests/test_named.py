"""A setting that an estimator does not have is answered with the nearest."""

import inspect
from typing import Any

import pytest
from sklearn.base import clone

from chainrule.errors import InputError
from chainrule.estimators import MLPClassifier, MLPRegressor
from chainrule.named import no_such_setting

BOTH = [MLPClassifier, MLPRegressor]


@pytest.mark.parametrize("kind", BOTH)
def test_the_nearest_is_suggested(kind: Any) -> None:
    said = f"{kind.__name__} has no setting 'alhpa'. Did you mean 'alpha'?"
    with pytest.raises(TypeError, match=said.replace("?", r"\?")):
        kind(alhpa=1)
    with pytest.raises(InputError, match=said.replace("?", r"\?")):
        kind().set_params(alhpa=1)


def test_where_none_is_near_all_are_listed() -> None:
    assert no_such_setting("q", ["b", "a"], "It") == "It has no setting 'q'. It has a, b."


@pytest.mark.parametrize("kind", BOTH)
def test_the_signature_stays_what_tools_read(kind: Any) -> None:
    names = [*inspect.signature(kind).parameters]
    assert {"hidden_layer_sizes", "loss", "engine"} <= {*names}
    assert sorted(names) == sorted(kind().get_params())
    assert clone(kind(alpha=3)).alpha == 3


def test_sizes_in_the_place_of_the_regressors_loss() -> None:
    for sizes in ((5,), [5, 4], 5):
        with pytest.raises(InputError, match=r"sizes are given by hidden_layer_sizes=…"):
            MLPRegressor(sizes).fit([[0.0], [1.0]], [0.0, 1.0])  # type: ignore[arg-type]
