"""Activations given as formulas, in estimators, model files and the command."""

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import called
from sklearn.base import clone
from sklearn.datasets import load_iris

from chainrule import InputError, MLPClassifier, MLPRegressor, load
from chainrule.formula_activation import formula_activation
from chainrule.hidden_layers import hidden_activations

MISH = "x*tanh(softplus(x))"
SECONDS = 60
pytestmark = pytest.mark.filterwarnings("ignore:Training stopped at `max_iter`")


def test_derived_and_built_in_mish_train_to_the_same_weights() -> None:
    X, y = load_iris(return_X_y=True)
    derived, built_in = (
        MLPClassifier(
            hidden_layer_sizes=(8, 6),
            activation=activation,
            random_state=0,
            max_iter=20,
            n_iter_no_change=np.inf,
        )
        for activation in (MISH, "mish")
    )
    derived.fit(X, y)
    built_in.fit(X, y)
    assert derived.n_iter_ == built_in.n_iter_ == 20
    parameters = [[*one.coefs_, *one.intercepts_] for one in (derived, built_in)]
    for ours, theirs in zip(*parameters, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9)


def test_the_record_is_pickled_as_its_formula() -> None:
    record = formula_activation(MISH)
    again = pickle.loads(pickle.dumps(record))
    assert again == record
    z = np.linspace(-3, 3, 7)
    np.testing.assert_array_equal(again.derivative(z), record.derivative(z))


def test_a_fitted_estimator_is_pickled_and_cloned() -> None:
    X, y = load_iris(return_X_y=True)
    settings: dict[str, Any] = {
        "hidden_layer_sizes": (4,),
        "max_iter": 5,
        "n_iter_no_change": np.inf,
    }
    model = MLPClassifier(activation="x*cos(x)", random_state=0, **settings).fit(X, y)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).predict(X), model.predict(X))
    assert clone(model).activation == "x*cos(x)"


def test_one_a_layer_mixed_with_names() -> None:
    names = [record.name for record in hidden_activations(["tanh", "z^3", "relu"], 3)]
    assert names == ["tanh", "z^3", "relu"]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_training_keeps_the_type_of_the_numbers(dtype: str) -> None:
    X, y = load_iris(return_X_y=True)
    settings: dict[str, Any] = {
        "hidden_layer_sizes": (4,),
        "max_iter": 3,
        "n_iter_no_change": np.inf,
    }
    model = MLPRegressor(activation="x*sigmoid(1.5*x)", dtype=dtype, **settings).fit(X, y)
    assert all(weights.dtype == dtype for weights in model.coefs_)
    assert np.isfinite(model.loss_)


def test_complex_numbers_let_the_complex_step_check_it() -> None:
    record = formula_activation(MISH)
    z = np.linspace(-4, 4, 33)
    step = record.value(z + 1e-30j).imag / 1e-30
    np.testing.assert_allclose(step, record.derivative(z), rtol=1e-12)


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("x*tanh(", "`formula`"),
        ("x + alpha", "must have one name"),
        ("2 + 3", "must have one name"),
        ("__import__('os').system('true')", "`formula`"),
        ("log(x) + 1", "no value at x = -8.9"),
        ("1/x + 1", "no value at x = 0"),
        ("abs(x)^0.5", "no derivative at x = 0"),
    ],
)
def test_formulas_that_cannot_be_used(formula: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        formula_activation(formula)


@pytest.mark.parametrize("name", ["tahn", "swish", "leaky-relu", ""])
def test_a_wrong_name_is_no_formula(name: str) -> None:
    with pytest.raises(InputError):
        hidden_activations(name, 1)


def test_code_that_is_not_exact_warns() -> None:
    with pytest.warns(UserWarning, match="Not exact"):
        formula_activation("where(x > 1.5, (x - 2.3 - sin(x - 2.3))/(x - 2.3)^3, 0)")


def test_the_command_trains_and_its_file_keeps_the_formula(tmp_path: Path) -> None:
    file = tmp_path / "iris.chain"
    arguments = ("--epochs", "3", "--split", "0.3", "-o", str(file))
    result = called("train", "--activation", MISH, *arguments)
    assert result.returncode == 0, result.stderr
    estimator = load(str(file)).estimator
    assert estimator.activation == MISH
    X = load_iris().data
    assert np.isfinite(estimator.predict_proba(X)).all()


def test_the_command_says_what_is_wrong_with_a_formula() -> None:
    result = called("train", "--activation", "x*tahn(x)")
    assert result.returncode == 2
    assert "tanh" in result.stderr


def test_names_need_no_sympy() -> None:
    code = "from chainrule import MLPClassifier as M; import sys; M((2,), 'tanh', max_iter=300)"
    code += ".fit([[0.0], [1.0]], [0, 1]); print('sympy' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=SECONDS,
    )
    assert result.stdout.strip() == "False"
