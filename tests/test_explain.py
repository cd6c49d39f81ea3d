"""`explain` on what its users have: a fitted estimator and rows as they write them."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule import Explanation, MLPClassifier, MLPRegressor, explain
from chainrule.errors import InputError


def agrees(opened: Explanation, gradient: float) -> None:
    assert opened.gradient == gradient
    assert abs(opened.value - gradient) <= 1e-12 * opened.size


ROWS = np.random.default_rng(5).normal(size=(40, 3))
CLASSES = np.array(["a", "b", "c"])[(ROWS[:, 0] > 0).astype(int) + (ROWS[:, 1] > 0.3)]


@pytest.fixture(scope="module")
def model() -> MLPClassifier:
    return MLPClassifier((4, 4), "relu", alpha=0.01, random_state=0).build(ROWS, CLASSES)


@pytest.mark.parametrize("row", [None, 0, 39])
@pytest.mark.parametrize("weight", ["W1[2, 3]", "b1[0]", "W2[3,1]", " W3 [ 0 , 2 ] ", "b3[2]"])
def test_a_fitted_estimator_is_explained_as_it_says_its_gradients(
    model: MLPClassifier, weight: str, row: int | None
) -> None:
    part = slice(None) if row is None else [row]
    gradients = model.gradients(ROWS[part], CLASSES[part]).named()
    opened = explain(model, ROWS, CLASSES, weight=weight, row=row)
    agrees(opened, eval(weight.strip(), gradients))
    assert opened.layer_sizes == (3, 4, 4, 3)


def test_weights_of_rows_and_classes_and_sparse_rows_are_those_of_gradients() -> None:
    sparse = pytest.importorskip("scipy.sparse").csr_matrix(np.where(abs(ROWS) > 1, ROWS, 0))
    weights = np.random.default_rng(0).uniform(size=40)
    model = MLPClassifier((4,), "tanh", random_state=0, class_weight="balanced")
    model.build(sparse, CLASSES)
    stored = model.gradients(sparse, CLASSES, weights)
    opened = explain(model, sparse, CLASSES, weight="W1[1, 2]", sample_weight=weights)
    agrees(opened, stored.dW[0][1, 2])
    one = explain(model, sparse, CLASSES, weight="W1[1, 2]", sample_weight=weights, row=7)
    agrees(one, model.gradients(sparse[[7]], CLASSES[[7]], weights[[7]]).dW[0][1, 2])


def test_numbers_are_explained_too() -> None:
    y = ROWS @ [[1.0, 2.0], [0.0, 1.0], [3.0, 0.5]]
    model = MLPRegressor("huber", (5,), "silu", random_state=1, max_iter=3, tol=0.0)
    with pytest.warns(UserWarning, match="max_iter"):
        model.fit(ROWS, y)
    agrees(explain(model, ROWS, y, weight="W1[0, 4]"), model.gradients(ROWS, y).dW[0][0, 4])


def test_the_largest_and_the_vanished_are_chosen(model: MLPClassifier) -> None:
    found = explain(model, ROWS, CLASSES, largest=3)
    every = np.sort(abs(model.gradients(ROWS, CLASSES).flat))
    assert [abs(one.gradient) for one in found] == every[:-4:-1].tolist()
    gone = MLPClassifier((4,), "relu", alpha=0.5, random_state=0).build(ROWS, CLASSES)
    gone.intercepts_[0] = [0.0, 0.0, -100.0, 0.0]
    for one in explain(gone, ROWS, CLASSES, vanished=4):
        assert one.weight in ("W1[0, 2]", "W1[1, 2]", "W1[2, 2]", "b1[2]")
        assert "dead" in [layer.cause for layer in one.layers]
    default = explain(model, ROWS, CLASSES)
    assert abs(default.gradient) == abs(model.gradients(ROWS, CLASSES).dW[1]).max()


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"weight": "W4[0, 0]"}, "must be one of W1, W2, W3, b1, b2, b3; got 'W4'"),
        ({"weight": "W1[3, 0]"}, r"does not exist: W1 has shape \(3, 4\).* W1\[0…2, 0…3\]"),
        ({"weight": "W1[0]"}, "does not exist"),
        ({"weight": "b1[-1]"}, r"b1\[0…3\]"),
        ({"weight": "nonsense"}, "must be written as"),
        ({"weight": "b1[0]", "row": 40}, "`row` must be 0 to 39, as there are 40 rows; got 40"),
        ({"weight": "b1[0]", "row": -1}, "got -1"),
        ({"weight": "b1[0]", "largest": 2}, "`weight` and `largest` exclude each other"),
        ({"largest": 0}, "`largest` must be at least 1, got 0"),
        ({"top": 0}, "`top` must be at least 1"),
        ({"X": None}, "`X` and `y` must both be given"),
    ],
)
def test_what_cannot_be_explained_is_said(
    model: MLPClassifier, choices: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        explain(model, **{"X": ROWS, "y": CLASSES, **choices})


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(InputError, match=r"`model` must be a fitted MLPClassifier.*got int"):
        explain(3, ROWS, CLASSES)


def test_float32_agrees_to_the_digits_it_has() -> None:
    X = np.random.default_rng(0).normal(size=(30, 3)).astype(np.float32)
    y = X[:, 0] > 0
    model = MLPClassifier((5,), "tanh", random_state=0, dtype="float32").build(X, y)
    opened = explain(model, X, y, weight="W1[0, 0]")
    assert opened.agrees
    assert opened.tolerance == pytest.approx(1e-12 * 2**29)
    assert opened.gradient == pytest.approx(opened.value, rel=1e-4)


def test_the_page_shows_what_runs() -> None:
    page = (Path(__file__).parent.parent / "docs" / "explain.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, "explain.md", "exec"), names)
    assert names["found"].agrees
    assert "147,210,241" in page
    assert 1797 * 32 * 16 * 16 * 10 + 1 == 147_210_241


def test_a_gradient_that_is_no_number_is_shown_as_that() -> None:
    model = MLPRegressor(hidden_layer_sizes=(3, 3), random_state=0).build(ROWS, ROWS[:, 0])
    for W in model.coefs_:
        W *= 1e200
    with np.errstate(all="ignore"):
        found = explain(model, ROWS, ROWS[:, 0], weight="W1[0, 0]")
    assert not found.agrees
    assert all(found._repr_mimebundle_().values())
