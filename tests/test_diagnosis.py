"""Why training does not move: the cause comes first, its remedy works, and no alarm is false."""

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import called
from scipy.sparse import csr_matrix
from scipy.special import expit
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from stuck import (
    CLASSIC,
    PLAIN,
    STUCK,
    classic,
    diagnosed,
    of_groups,
    pixels,
    remedied,
    slope_and_bend,
    three_groups,
)

from chainrule import DivergenceError, InputError, MLPClassifier, MLPRegressor, diagnose

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.mark.parametrize("cause", STUCK)
def test_the_cause_is_named_first_and_its_remedy_works(cause: str) -> None:
    found, case = diagnosed(STUCK[cause]())
    assert not found.moves
    first = found.findings[0]
    assert first.cause == cause
    assert first.trial is not None
    assert first.trial.loss < first.trial.unchanged
    again, _ = diagnosed(remedied(case, first))
    assert again.moves
    assert again.findings == ()


def test_one_story_from_the_unscaled_inputs_to_the_constant_prediction() -> None:
    found, (model, X, _) = diagnosed(classic((8,), *pixels()))
    causes = [finding.cause for finding in found.findings]
    assert causes[0] == "unscaled-inputs"
    assert causes[-2:] == ["saturated", "constant-prediction"]
    scale = float(np.sqrt((X**2).mean(axis=0)).max())
    assert f"{scale:.3g}" in found.findings[0].message
    saturated = found.findings[-2]
    z = model.pre_activations(X)[0]
    slopes = expit(z) * expit(-z)
    assert saturated.layer == 1
    assert f"{np.mean(slopes < 0.0025):.0%} of the slopes" in saturated.message
    assert f"mean is {slopes.mean():.2g}" in saturated.message
    assert not found.findings[-1].remedy  # it goes away with its cause


def test_causes_that_have_to_be_mended_together_are_named_together() -> None:
    X, y = three_groups()
    dead = ([np.full((4, 8), 0.1), np.full((8, 3), 0.1)], [np.full(8, -50.0), np.zeros(3)])
    settings = {**PLAIN, "activation": "relu", "start_weights": dead, "alpha": 3e4}
    found, case = diagnosed((MLPClassifier(**settings), X, y))
    causes = [finding.cause for finding in found.findings if finding.remedy]
    assert causes == ["symmetric-start", "penalty-too-heavy"]
    trial = found.findings[0].trial
    assert trial is not None
    assert set(trial.changes) == {"initializer", "start_weights", "alpha"}
    again, _ = diagnosed(remedied(case, *found.findings[:2]))
    assert again.moves


def test_noise_is_called_noise() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(800, 4))
    for model, y in (
        (MLPClassifier((8,), "tanh", max_iter=15, random_state=0), rng.integers(0, 2, 800)),
        (MLPRegressor("squared_error", (8,), "tanh", max_iter=15, random_state=0), X[:, 0] * 0
         + rng.normal(size=800)),
    ):  # fmt: skip
        found = diagnose(model.fit(X, y), X, y)
        assert [finding.cause for finding in found.findings] == ["no-signal"]
        assert "Gradients flow" in found.findings[0].message
        assert found.findings[0].remedy == {}


def test_what_no_trial_explains_is_not_called_noise() -> None:
    """A fast wave: neighbours tell it, a small network in few epochs does not."""
    X = np.linspace(-1.7, 1.7, 600)[:, None]
    found, _ = diagnosed((MLPRegressor(**{**PLAIN, "max_iter": 5}), X, np.sin(25 * X[:, 0])))
    assert found.findings[0].cause == "unexplained"
    assert "the inputs tell the target" in found.findings[0].message


def test_equal_rows_with_different_targets_tell_nothing() -> None:
    X, y = np.ones((100, 2)), np.tile([0, 1], 50)
    found, _ = diagnosed((MLPClassifier(**PLAIN), X, y))
    assert found.findings[0].cause == "no-signal"
    assert "a mean of the other rows with the same inputs leaves 102%" in found.findings[0].message
    assert "kept out" not in found.findings[0].message


@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
@pytest.mark.parametrize("load", [load_iris, load_wine, load_breast_cancer])
def test_a_classifier_that_works_raises_no_alarm(load: Callable[..., Any], solver: str) -> None:
    X, y = load(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    rate = 0.1 if solver == "sgd" else 0.01
    for seed in range(3):
        model = MLPClassifier((8,), "tanh", solver=solver, learning_rate_init=rate, max_iter=60,
                              random_state=seed)  # fmt: skip
        assert diagnose(model.fit(X, y), X, y).findings == ()


@pytest.mark.parametrize("activation", ["relu", "logistic", "x*tanh(softplus(x))"])
def test_a_regressor_that_works_raises_no_alarm(activation: str) -> None:
    X, y = load_diabetes(return_X_y=True)
    X, y = StandardScaler().fit_transform(X), (y - y.mean()) / y.std()
    model = MLPRegressor("squared_error", (8,), activation, learning_rate_init=0.01, max_iter=60,
                         random_state=0)  # fmt: skip
    found = diagnose(model.fit(X, y), X, y)
    assert (found.moves, found.findings) == (True, ())


def test_the_classic_network_raises_no_alarm_where_it_works() -> None:
    X, y = three_groups()
    settings = {**CLASSIC, "max_iter": 40}
    found, _ = diagnosed((MLPClassifier((5,), **settings), (X + 2) / 4, y))
    assert found.moves


def test_a_start_that_is_good_already_is_no_alarm() -> None:
    X, y = three_groups()
    trained = MLPClassifier(**PLAIN).fit(X, y)
    weights = (list(trained.coefs_), list(trained.intercepts_))
    again = MLPClassifier(**{**PLAIN, "start_weights": weights, "max_iter": 1}).fit(X, y)
    assert diagnose(again, X, y).moves


def test_weights_of_rows_names_of_columns_and_sparse_rows_are_understood() -> None:
    import pandas as pd

    X, y = pixels()
    frame = pd.DataFrame(X, columns=[f"p{column}" for column in range(25)])
    model, _, _ = classic((8,), X, y)
    model.fit(frame, y, np.linspace(1, 2, len(y)))
    found = diagnose(model, frame, y, np.linspace(1, 2, len(y)))
    assert found.findings[0].cause == "unscaled-inputs"
    assert " of p" in found.findings[0].message
    model, X, y = of_groups(learning_rate_init=1e-8)
    sparse = csr_matrix(X)
    assert diagnose(model.fit(sparse, y), sparse, y).findings[0].cause == "step-too-small"


def test_several_labels_and_several_outputs_are_understood() -> None:
    X, y = three_groups()
    labels = np.column_stack([y > 0, y > 1]).astype(int)
    found, _ = diagnosed((MLPClassifier(**{**PLAIN, "learning_rate_init": 1e-8}), X, labels))
    assert found.findings[0].cause == "step-too-small"
    X, y = slope_and_bend()
    both = 1e5 * np.column_stack([y, -y])
    found, _ = diagnosed((MLPRegressor(**PLAIN), X, both))
    assert found.findings[0].cause == "unscaled-targets"


def test_the_model_and_its_settings_stay_as_they_are() -> None:
    model, X, y = of_groups(learning_rate_init=1e-8)
    model.fit(X, y)
    before, weights = model.get_params(), model.parameters_.flat.copy()
    diagnose(model, X, y)
    assert model.get_params() == before
    np.testing.assert_array_equal(model.parameters_.flat, weights)


def test_trials_warn_of_nothing() -> None:
    model, X, y = of_groups(learning_rate_init=1e-8)
    model.fit(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        diagnose(model, X, y)


def test_the_same_is_found_again() -> None:
    model, X, y = STUCK["penalty-too-heavy"]()
    model.fit(X, y)
    assert diagnose(model, X, y) == diagnose(model, X, y)


def test_what_is_no_estimator_of_ours_is_refused() -> None:
    X, y = three_groups()
    with pytest.raises(InputError, match=r"got LogisticRegression\."):
        diagnose(LogisticRegression(), X, y)
    with pytest.raises(InputError, match="take the last step"):
        diagnose(make_pipeline(StandardScaler(), MLPClassifier()), X, y)
    with pytest.raises(NotFittedError):
        diagnose(MLPClassifier(), X, y)
    with pytest.raises(InputError, match="it has taken no step"):
        diagnose(MLPClassifier().build(X, y), X, y)


@pytest.mark.parametrize(
    ("factor", "rate", "cause"), [(1e4, 0.1, "unscaled-inputs"), (1.0, 50.0, "step-too-large")]
)
def test_a_training_that_diverged_is_diagnosed_too(factor: float, rate: float, cause: str) -> None:
    X, y = slope_and_bend()
    settings = {**PLAIN, "activation": "relu", "solver": "sgd", "learning_rate_init": rate}
    model = MLPRegressor(**settings)
    with pytest.raises(DivergenceError):
        model.fit(factor * X, y)
    assert diagnose(model, factor * X, y).findings[0].cause == cause


PAGE = Path(__file__).resolve().parent.parent / "docs" / "diagnosis.md"


def test_the_page_shows_what_happens() -> None:
    page = PAGE.read_text(encoding="utf-8")
    (command,) = re.findall(r"```\n(chainrule train .*)\n```", page)
    (shown,) = re.findall(r"```console\n(.*?)```", page, re.DOTALL)
    text = called(*command.split()[1:]).stdout
    rounded = re.compile(r"\d\.\d+e-\d+|0\.129")  # another CPU's last digits
    assert rounded.sub("#", shown) in rounded.sub("#", text)
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, PAGE.name, "exec"), names)
    assert names["found"].findings[0].cause == "unscaled-targets"


def test_the_page_lists_every_cause() -> None:
    page = PAGE.read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE))
    assert listed == {*STUCK, "no-signal", "unexplained"}
