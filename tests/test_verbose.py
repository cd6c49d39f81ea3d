"""`verbose=True`: a line an epoch, and why training stopped."""

import warnings
from typing import Any

import pytest
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning

from chainrule.estimators import MLPClassifier


@pytest.mark.parametrize("solver", ["sgd", "lbfgs"])
def test_every_epoch_has_its_line(solver: str, capsys: Any) -> None:
    X, y = load_iris(return_X_y=True)
    model: Any = MLPClassifier((3,), solver=solver, max_iter=3, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(X, y)
        assert capsys.readouterr().out == ""
        model.set_params(verbose=True, early_stopping=True).fit(X, y)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    for number, line in enumerate(lines[:3], start=1):
        assert line == (
            f"epoch {number}: loss {model.loss_curve_[number - 1]:.6f}, validation loss "
            f"{model.validation_loss_curve_[number - 1]:.6f}, "
            f"score {model.validation_scores_[number - 1]:.4f}"
        )
    assert lines[3] == "stopped after 3 epochs: max_iter"


def test_a_partial_fit_has_one_line_and_no_end(capsys: Any) -> None:
    X, y = load_iris(return_X_y=True)
    model = MLPClassifier((3,), verbose=True, random_state=0)
    for _ in range(2):
        model.partial_fit(X, y, classes=[0, 1, 2])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["epoch 1", "epoch 1"]
    assert model.stop_reason_ == ""
