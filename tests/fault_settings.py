"""Faults of settings (71 to 76 and 78)."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import called
from fault import Faults, refused
from sklearn.exceptions import ConvergenceWarning, NotFittedError

from chainrule.errors import InputError
from chainrule.estimators import MLPClassifier, MLPRegressor

FAULTS = Faults()

X = np.random.default_rng(0).normal(size=(24, 3))
y = (X[:, 0] > 0).astype(int)


def sentence(model: Any, X: Any = X, y: Any = y) -> str:
    """What `fit` refuses a model's settings with; nothing is fitted."""
    with pytest.raises(InputError) as refusal:
        model.fit(X, y)
    assert not hasattr(model, "parameters_")
    return str(refusal.value)


@FAULTS.add(71, "a misspelled setting or value")
def _(folder: Path) -> None:
    said = "MLPClassifier has no setting 'alhpa'. Did you mean 'alpha'?"
    with pytest.raises(TypeError) as refusal:
        MLPClassifier(alhpa=1)  # type: ignore[call-arg]
    assert str(refusal.value) == said
    with pytest.raises(InputError, match="no setting 'alhpa'"):
        MLPClassifier().set_params(alhpa=1)
    assert sentence(MLPClassifier(solver="adan")).endswith("got 'adan'. Did you mean 'adam'?")
    assert sentence(MLPClassifier(activation="rellu")).endswith("Did you mean 'relu'?")
    assert sentence(MLPRegressor((5,))) == (  # type: ignore[arg-type]
        "`loss` must be one name, or a Loss, got (5,). The regressor's first setting is its loss; "
        "sizes are given by hidden_layer_sizes=…"
    )
    option = called("train", "--hiden", "5", cwd=folder)
    assert option.returncode == 2
    assert "--hidden" in option.stderr
    value = called("train", "--activation", "rellu", cwd=folder)
    assert value.returncode == 2
    assert value.stderr.endswith("got 'rellu'. Did you mean 'relu'?\n")


RANGES: dict[str, tuple[Any, str]] = {
    "learning_rate_init": (np.nan, "a number greater than 0"),
    "alpha": (-1, "a number of at least 0"),
    "batch_size": (0, "a whole number of at least 1, or 'auto'"),
    "hidden_layer_sizes": (0, "whole numbers of at least 1, one a layer"),
    "random_state": (-1, "None, a whole number from 0 to 2³² − 1, or a RandomState"),
    "max_iter": (0, "a whole number of at least 1"),
    "momentum": (2, "a number from 0 to 1"),
    "beta_1": (1, "a number of at least 0 and less than 1"),
    "dropout": (1, "a number of at least 0 and less than 1"),
    "tol": (-1, "a number of at least 0"),
}


@FAULTS.add(72, "a setting out of its range")
def _(folder: Path) -> None:
    for name, (value, condition) in RANGES.items():
        said = sentence(MLPClassifier(**{name: value}))
        assert said.startswith(f"`{name}` must be {condition}")
        assert f"got {value!r}" in said
    for option, value in (("--learning-rate", "nan"), ("--alpha", "-1"), ("--batch-size", "0")):
        result = called("train", option, value, cwd=folder)
        assert result.returncode == 2
        assert option in result.stderr
        assert "Traceback" not in result.stderr


@FAULTS.add(73, "a batch of more rows than there are")
def _(folder: Path) -> None:
    said = "`batch_size`=1000 is more than the 24 rows: a step takes all."
    with (
        pytest.warns(UserWarning, match=said),
        pytest.warns(ConvergenceWarning),
    ):
        MLPClassifier(batch_size=1000, max_iter=2).fit(X, y)
    options = ("--batch-size", 1000, "--epochs", 1, "--folds", 2)
    result = called("train", *options, cwd=folder)
    assert (
        "chainrule: `--batch-size` 1000 is more than the 150 rows; each step takes all that it "
        "trains on."
    ) in result.stderr
    assert "batches of 150 rows" in result.stdout


@FAULTS.add(74, "a network that fits in no memory")
def _(folder: Path) -> None:
    wide = (10**7, 10**7)
    said = sentence(MLPClassifier(wide))
    assert said.startswith(
        "the network 3-10000000-10000000-1 with its 100,000,060,000,001 parameters needs at least "
    )
    assert said.endswith("Take smaller layers with `hidden_layer_sizes`.")
    assert refused(folder, "train", "--hidden", "10000000,10000000").endswith("with `--hidden`.")
    endless = np.broadcast_to(1.0, (10**11, 3))
    for call in (lambda: MLPRegressor().fit(endless, y), lambda: fitted().predict(endless)):
        with pytest.raises(InputError) as refusal:
            call()
        assert str(refusal.value).startswith(
            "`X` with 100,000,000,000 rows and 3 columns needs at least 2,400.0 GB of memory"
        )
    classes = np.arange(10**6) // 2
    with (
        warnings.catch_warnings(action="ignore"),  # scikit-learn's, of so many classes
        pytest.raises(InputError, match="each coded as 500,000 classes, needs at least 4,000"),
    ):
        MLPClassifier().fit(np.zeros((10**6, 1)), classes)


def fitted() -> MLPClassifier:
    return MLPClassifier().build(X, y)


@FAULTS.add(75, "early stopping with hardly any rows")
def _(_folder: Path) -> None:
    assert sentence(MLPClassifier(early_stopping=True), X[:2], [0, 1]) == (
        "`early_stopping` keeps rows to validate with, and `validation_fraction`=0.1 of 2 samples "
        "leaves 0 to train on and 2 to validate with; at least 1 and 2 are needed. Give `X_val` "
        "and `y_val`, or set early_stopping=False."
    )


@FAULTS.add(76, "predict before fit")
def _(_folder: Path) -> None:
    for model in (MLPClassifier(), MLPRegressor()):
        for call in (model.predict, lambda X: model.score(X, y)):  # noqa: B023
            with pytest.raises(NotFittedError, match=r"not fitted yet\. Call 'fit'"):
                call(X)


@FAULTS.add(78, "a training that has not converged")
def _(_folder: Path) -> None:
    settings: dict[str, Any] = {"random_state": 0, "max_iter": 20, "tol": 0.0}
    with pytest.warns(ConvergenceWarning) as caught:
        model = MLPClassifier(**settings).fit(X, y)
    first, last = model.loss_curve_[-10], model.loss_curve_[-1]
    assert str(caught[0].message) == (
        f"Training stopped at `max_iter`=20 before it converged; the loss still falls, from "
        f"{first:.4g} to {last:.4g} over the last 10 epochs: raise it."
    )
    with pytest.warns(ConvergenceWarning, match=r"hardly falls, .*: raise `tol`, or change the l"):
        MLPClassifier(**settings, learning_rate_init=1e-9).fit(X, y)
