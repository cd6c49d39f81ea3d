"""`to_onnx` is equal to ours in onnxruntime: labels, probabilities, numbers."""

import builtins
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule import InputError, MLPClassifier, MLPRegressor, load, to_onnx
from chainrule.activations import ACTIVATIONS
from chainrule.chain import Array
from chainrule.formats import Spelling
from chainrule.mlp import MLP
from chainrule.model import Model, train_models
from chainrule.preparation import Options, prepare
from chainrule.recipes import STANDARD
from chainrule.tables import Table

onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X = np.random.default_rng(0).normal(size=(200, 3))
KINDS = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)
QUICK: dict[str, Any] = {"max_iter": 5, "n_iter_no_change": 9, "tol": 0.0, "random_state": 0}
NEAR = 1e-6
FORMULAS = ["x*tanh(log(1+exp(x)))", "where(x > 0, x, 0.1*x)", "max(0, x) + 0.1*min(x, 1)"]
MORE_FORMULAS = [
    "sin(x)^2 + x/(1 + abs(x))",
    "atan(x) + asinh(x) - log1p(x^2)",
    "erf(x) + exp(-x^2)",
    "x*normal_cdf(x) + 0.1*cos(x)",
    "sinh(tanh(x)) + cosh(tanh(x)) + softplus(x)",
    "expm1(-x^2)*sigmoid(x) + sqrt(1 + x^2)",
    "asin(tanh(x)/2) + acos(tanh(x)/3)",
    "atanh(tanh(x)/2) + tan(tanh(x))",
]


def run(proto: Any, rows: dict[str, Array]) -> dict[str, Any]:
    """What onnxruntime makes of it, by the outputs' names."""
    session = runtime.InferenceSession(proto.SerializeToString())
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(None, rows), strict=True))


def assert_equal(model: MLP, rows: Array = X) -> None:
    found = run(to_onnx(model), {"X": rows.astype(model.parameters_.flat.dtype)})
    expected = model.predict(rows)
    if isinstance(model, MLPClassifier):
        assert found["label"].tolist() == expected.tolist()
        shares = model.predict_proba(rows)
        np.testing.assert_allclose(found["probabilities"], shares, rtol=0, atol=NEAR)
    else:
        assert found["prediction"].shape == expected.shape
        np.testing.assert_allclose(found["prediction"], expected, rtol=NEAR, atol=NEAR)


@pytest.mark.slow
@pytest.mark.parametrize("activation", MORE_FORMULAS)
def test_each_function_of_formulas_is_the_same(activation: str) -> None:
    test_each_activation_is_the_same(activation, "float64")
    test_each_activation_is_the_same(activation, "float32")


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("activation", [*ACTIVATIONS, *FORMULAS])
def test_each_activation_is_the_same(activation: str, dtype: str) -> None:
    settings: dict[str, Any] = {"activation": activation, "dtype": dtype, "alpha": 0.0}
    model = MLPRegressor(hidden_layer_sizes=(5,), **settings, **QUICK).fit(X, X[:, 0] * X[:, 1])
    if dtype == "float64":
        assert_equal(model, np.vstack([X, 4 * X, 12 * X, 0 * X[:1]]))
    else:  # the last of 7 digits is another after a sum
        found = run(to_onnx(model), {"X": X.astype("f4")})["prediction"]
        np.testing.assert_allclose(found, model.predict(X.astype("f4")), rtol=1e-5, atol=1e-5)


CLASSIFIERS: dict[str, tuple[dict[str, Any], Any]] = {
    "three classes": ({}, KINDS),
    "text": ({}, np.array(["a", "bé", "c"])[KINDS]),
    "objects": ({}, np.array(["a", "b", "c"], dtype=object)[KINDS]),
    "two classes": ({}, KINDS > 0),
    "floats": ({}, KINDS * 2.0),
    "two units": ({"output_activation": "softmax"}, KINDS > 0),
    "a squared error": ({"loss": "half_squared_error"}, KINDS),
    "outputs of any sign": ({"loss": "huber", "output_activation": "tanh"}, KINDS),
    "several labels": ({}, np.eye(3, dtype=int)[KINDS]),
    "no hidden layer": ({"hidden_layer_sizes": ()}, KINDS),
    "a layer each": ({"hidden_layer_sizes": (4, 3), "activation": ["x*tanh(x)", "relu"]}, KINDS),
}


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_each_kind_of_classes_is_the_same(name: str) -> None:
    settings, y = CLASSIFIERS[name]
    assert_equal(MLPClassifier(**{"hidden_layer_sizes": (4,), **settings}, **QUICK).fit(X, y))


@pytest.mark.parametrize(
    ("settings", "y"),
    [
        ({}, X[:, 0]),
        ({}, X[:, :2]),
        ({"loss": "poisson"}, KINDS),
        ({"loss": "poisson", "output_activation": "softplus"}, KINDS),
    ],
)
def test_each_kind_of_numbers_is_the_same(settings: dict[str, Any], y: Array) -> None:
    assert_equal(MLPRegressor(hidden_layer_sizes=(4,), **settings, **QUICK).fit(X, y))


COLOURS = ["red, dark", 'the "é"', "blau"]


def table_model(label: Any, unseen: str = "error") -> tuple[Model, dict[str, Array]]:
    """A model of numbers with gaps and text with gaps, and its rows as onnxruntime takes them."""
    cells = [
        [str(k / 7) if k % 9 else "", COLOURS[k % 3] if k % 7 else "", str(1e6 + 1e4 * k)]
        for k in range(60)
    ]
    rows = [[*row, str(label(k))] for k, row in enumerate(cells)]
    names = ("size", "label", "more", "y")
    table = Table.of_rows("t.csv", names, rows, list(range(2, 62)), True, "comma")
    prepared = prepare(table, Options(missing="mean"))
    parts = [(prepared.encoded, prepared.y)]
    recipe = STANDARD.changed(hidden=(4,), epochs=10, scale="minmax")
    ((model, _),) = train_models(prepared.features, prepared.target, parts, recipe, seed=1)
    columns = list(zip(*cells, strict=True))
    given: dict[str, Array] = {
        "size": np.array([[float(cell or "nan")] for cell in columns[0]]),
        "label": np.array([[cell] for cell in columns[1]], dtype=object),
        "more": np.array([[float(cell)] for cell in columns[2]]),
    }
    kept = Model(
        model.features,
        model.scaling,
        model.target,
        model.target_scaling,
        model.estimator,
        missing="mean",
        unseen=unseen,
    )
    return kept, given


@pytest.mark.parametrize("label", [lambda k: "yes" if k % 3 else "no", lambda k: k * 1e3 + 0.5])
def test_a_model_of_a_table_takes_its_columns(label: Any, tmp_path: Path) -> None:
    model, given = table_model(label)
    rows = np.hstack([*given.values()])
    found = run(to_onnx(model, tmp_path / "m.onnx"), given)
    expected = model.predict(rows)
    assert onnx.load(tmp_path / "m.onnx").producer_name == "chainrule"
    if model.target.classes is None:
        np.testing.assert_allclose(found["prediction"], expected, rtol=NEAR)
    else:  # a column is named as the output would be
        assert found["label_"].tolist() == expected.tolist()
        np.testing.assert_allclose(found["probabilities"], model.probabilities(rows), atol=NEAR)


def test_an_unknown_category_fails_or_is_ignored_as_in_predict() -> None:
    model, given = table_model(lambda k: k * 1e3)
    given["label"][3] = "green"
    with pytest.raises(runtime.capi.onnxruntime_pybind11_state.InvalidArgument):
        run(to_onnx(model), given)
    mild, _ = table_model(lambda k: k * 1e3, unseen="ignore")
    rows = np.hstack([*given.values()])
    np.testing.assert_allclose(run(to_onnx(mild), given)["prediction"], mild.predict(rows), NEAR)


def test_words_that_mean_missing_do_so_in_onnx() -> None:
    model, given = table_model(lambda k: k * 1e3)
    model = replace(model, spelling=Spelling(missing_words=("-999", "grey")))
    given["size"][4], given["more"][5], given["label"][3] = -999, -999, "grey"
    rows = np.hstack([*given.values()])
    np.testing.assert_allclose(run(to_onnx(model), given)["prediction"], model.predict(rows), NEAR)
    bare = rows.copy()
    bare[4, 0] = bare[5, 2] = bare[3, 1] = None
    np.testing.assert_array_equal(model.predict(rows), model.predict(bare))


def test_a_loaded_file_is_exported() -> None:
    model = load(Path(__file__).parent / "models" / "classes-1.chain")
    proto = to_onnx(model)
    assert [one.name for one in proto.graph.input] == ["size", "kind"]
    assert [one.name for one in proto.graph.output] == ["label", "probabilities"]


def test_what_cannot_be_exported_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = MLPRegressor(hidden_layer_sizes=(3,), activation=(np.sin, np.cos), **QUICK)
    with pytest.raises(InputError, match="`model` must be a fitted MLPClassifier or"):
        to_onnx(model)
    with pytest.raises(InputError, match=r"`activation` sin is a Python function.*x\*tanh\(log"):
        to_onnx(model.fit(X, KINDS), tmp_path / "m.onnx")
    real = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name == "onnx":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(InputError) as refused:
        to_onnx(model)
    assert str(refused.value) == (
        'onnx is not installed, which `to_onnx` needs: pip install "chainrule[onnx]".'
    )
    assert not list(tmp_path.iterdir())
