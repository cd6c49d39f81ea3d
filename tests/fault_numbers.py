"""Faults of numbers and classes that estimators meet (45, 47, 48, 51, 54 to 64, 69 and 70)."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import called
from fault import Faults, refused
from sklearn.exceptions import ConvergenceWarning, DataConversionWarning, UndefinedMetricWarning
from sklearn.model_selection import KFold, cross_val_predict

from chainrule.chain import Array
from chainrule.errors import DivergenceError, InputError
from chainrule.estimators import MLPClassifier, MLPRegressor

FAULTS = Faults()

random = np.random.default_rng(0)
X = random.normal(size=(60, 3))
kind, quantity = (X[:, 0] > 0).astype(int), X[:, 0] - X[:, 1]
SHORT = ("--epochs", 3, "--folds", 2)


def classifier(**settings: Any) -> MLPClassifier:
    return MLPClassifier((4,), random_state=0, **{"max_iter": 5, "tol": 0.0} | settings)


def regressor(**settings: Any) -> MLPRegressor:
    settings = {"max_iter": 5, "tol": 0.0, "random_state": 0} | settings
    return MLPRegressor(hidden_layer_sizes=(4,), **settings)


def said(action: Any, kind: type[Warning] = UserWarning) -> list[str]:
    """What is warned of beside that five epochs are few."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        action()
    others = [one for one in caught if not issubclass(one.category, ConvergenceWarning)]
    assert {one.category for one in others} <= {kind}
    return [str(one.message) for one in others]


def table(folder: Path, columns: Array, target: Any, name: str = "a.csv") -> None:
    rows = [",".join([*map(str, row), str(y)]) for row, y in zip(columns, target, strict=True)]
    names = [f"x{number}" for number in range(columns.shape[1])]
    (folder / name).write_text("\n".join([",".join([*names, "y"]), *rows]) + "\n")


@FAULTS.add(45, "one class only")
def _(folder: Path) -> None:
    table(folder, X, ["yes"] * 60)
    assert refused(folder, "train", "a.csv") == (
        "the target 'y' holds one class only, 'yes' (60 rows); at least two are needed. Name "
        "another column with `--target`."
    )
    model = classifier()
    assert said(lambda: model.fit(X, ["yes"] * 60)) == [
        "`y` holds one class only, 'yes': there is nothing to tell apart."
    ]
    assert (model.predict_proba(X) == np.ones((60, 1))).all()


@FAULTS.add(47, "a fold without a class")
def _(folder: Path) -> None:
    table(folder, X, ["a"] * 40 + ["b"] * 17 + ["c"] * 3)
    assert refused(folder, "train", "a.csv") == (
        "the class 'c' has 3 rows, fewer than the 5 folds; use `--folds 3`, or `--split 0.2`, or "
        "`--drop-rare`."
    )
    three = np.repeat([0, 1, 2], [40, 17, 3])
    part = classifier().partial_fit(X[:50], three[:50], classes=[0, 1, 2])
    assert part.predict_proba(X).shape == (60, 3)
    with warnings.catch_warnings(action="ignore"):  # scikit-learn's, of the fold
        every = cross_val_predict(classifier(), X, three, cv=KFold(3), method="predict_proba")
    assert every.shape == (60, 3)


@FAULTS.add(48, "an unseen class at partial_fit or score")
def _(_folder: Path) -> None:
    model = classifier().partial_fit(X, kind, classes=[0, 1])
    for again in (model.partial_fit, model.compute_loss):
        with pytest.raises(InputError) as refusal:
            again(X, kind + 1)
        assert str(refusal.value) == (
            "`y` must hold only the model's classes, [0, 1]; it also holds [2]."
        )
    assert said(lambda: model.score(X, kind + 1)) == [
        "`y` also holds [2], which the model has never seen: its classes are [0, 1]. Such rows "
        "count as wrong."
    ]
    with pytest.raises(InputError, match=r"classes, \[0, 1\]; it holds \['a'\], of another kind"):
        model.score(X[:1], ["a"])


@FAULTS.add(51, "numbers given to a classifier")
def _(folder: Path) -> None:
    with pytest.raises(InputError) as refusal:
        classifier().fit(X, quantity)
    assert str(refusal.value) == (
        f"Unknown label type: `y` is continuous, it holds {quantity[0]:.6g}, and classes are whole "
        "numbers or text. Use MLPRegressor for numbers, or make classes of ranges with np.digitize."
    )
    table(folder, X, quantity)
    assert refused(folder, "train", "a.csv", "--task", "classification") == (
        f"`a.csv`, line 2, column 'y': '{quantity[0]}' is no class, and `--task classification` "
        "needs a target of text, or of whole numbers up to 2^53. Use `--task regression`."
    )


@FAULTS.add(54, "one cell of 1e300")
def _(folder: Path) -> None:
    far = X.copy()
    far[7, 1] = 1e300
    table(folder, far, quantity)
    sentence = refused(folder, "train", "a.csv")
    assert "line 9, column 'x1'" in sentence
    assert "1e+300" in sentence
    for model, y in ((classifier(), kind), (regressor(), quantity)):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            with pytest.raises(DivergenceError) if y is quantity else warnings.catch_warnings():
                model.fit(far, y)
        assert "`X` reaches 1e+300, in row 7 of column 1" in str(caught[0].message)
        assert all(np.isfinite(W).all() for W in model.coefs_)


def diverged(model: Any, X: Array, y: Array) -> str:
    """What a training that cannot succeed is ended with, its weights finite."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*steps suit numbers near 1")
        with pytest.raises(DivergenceError) as error:
            model.fit(X, y)
    assert all(np.isfinite(W).all() for W in model.coefs_)
    return str(error.value)


@FAULTS.add(55, "inputs of 1e200 with sgd")
def _(_folder: Path) -> None:
    sentence = diverged(regressor(solver="sgd"), X * 1e200, quantity)
    reach = f"{abs(X * 1e200).max():.3g} in column {abs(X).max(axis=0).argmax()}"
    assert sentence == (
        f"Training diverged in epoch 1: the loss became inf; the inputs are unscaled (they reach "
        f"{reach}): scale them. The weights are those of the start."
    )


@FAULTS.add(56, "inputs of 1e150 with lbfgs")
def _(_folder: Path) -> None:
    model = regressor(solver="lbfgs", max_iter=200)
    with warnings.catch_warnings(action="ignore"):
        model.fit(X * 1e150, quantity)
    assert np.isfinite(model.loss_)
    assert np.isfinite(model.predict(X * 1e150)).all()
    sentence = diverged(regressor(solver="lbfgs"), X * 1e160, quantity)
    assert "the inputs are unscaled (they reach" in sentence


@FAULTS.add(57, "a learning rate of a million")
def _(folder: Path) -> None:
    model = classifier(solver="sgd", learning_rate_init=1e6, batch_size=10, max_iter=50)
    sentence = diverged(model, X, kind)
    assert sentence.startswith("Training diverged in epoch ")
    assert "the step is too large: lower the learning rate, 1e+06, to 0.01 or less" in sentence
    table(folder, X, kind)
    result = called("train", "a.csv", *SHORT, "--solver", "sgd", "--learning-rate", 1e6, cwd=folder)
    assert result.returncode == 1
    assert "lower the learning rate, 1e+06, to 0.01 or less" in result.stderr
    assert result.stdout == ""


@FAULTS.add(58, "targets of 1e12 or 1e-12")
def _(folder: Path) -> None:
    errors = []
    for unit in (1.0, 1e12, 1e-12):
        table(folder, X, quantity * unit)
        result = called("train", "a.csv", *SHORT, cwd=folder)
        assert result.returncode == 0, result.stderr
        line = next(line for line in result.stdout.splitlines() if line.startswith("     1 "))
        score, error = map(float, line.split()[-2:])
        errors.append((score, float(f"{error / unit:.2g}")))
    assert len({score for score, _ in errors}) == 1
    assert len({error for _, error in errors}) == 1
    assert said(lambda: regressor().fit(X, quantity * 1e12))[0].startswith("`y` reaches ")


@FAULTS.add(59, "inputs of 1e-300")
def _(folder: Path) -> None:
    table(folder, X * 1e-300, kind)
    result = called("train", "a.csv", "--epochs", 40, "--folds", 2, cwd=folder)
    assert result.returncode == 0
    assert "Why training does not move" not in result.stdout
    (sentence,) = said(lambda: classifier().fit(X * 1e-300, kind))
    assert "e-300 only, in column " in sentence


@FAULTS.add(60, "a constant target")
def _(folder: Path) -> None:
    table(folder, X, [1.5] * 60)
    assert refused(folder, "train", "a.csv") == (
        "the target 'y' holds one value only, '1.5'; there is nothing to learn. Name another "
        "column with `--target`."
    )
    model = regressor()
    assert said(lambda: model.fit(X, np.full(60, 1.5))) == [
        "`y` holds one value only, 1.5: there is nothing to tell apart."
    ]
    assert model.score(X, np.full(60, 1.5)) == 0


@FAULTS.add(61, "R² on one row")
def _(folder: Path) -> None:
    model = regressor().build(X, quantity)
    with pytest.warns(UndefinedMetricWarning, match="less than two samples"):
        assert np.isnan(model.score(X[:1], quantity[:1]))
    table(folder, X[:3], quantity[:3])
    assert refused(folder, "train", "a.csv", "--folds", 3) == (
        "`--folds` 3 of 3 rows leaves fewer than 2 rows in a fold, and R² needs as many; take "
        "more rows."
    )


@FAULTS.add(62, "negative weights")
def _(_folder: Path) -> None:
    for model, y in ((classifier(), kind), (regressor(), quantity)):
        with pytest.raises(InputError) as refusal:
            model.fit(X, y, sample_weight=np.where(np.arange(60) == 4, -1.0, 1.0))
        assert str(refusal.value) == (
            "`sample_weight` must not be negative, nor NaN or infinite; got -1 for row 4. To leave "
            "a row out give it the weight 0."
        )


@FAULTS.add(63, "weights that are all zero or NaN, or overflow")
def _(_folder: Path) -> None:
    for weight, sentence in (
        (0.0, "`sample_weight` must be above 0 for a row at least; the weights of all are zero."),
        (np.nan, "`sample_weight` must not be negative, nor NaN or infinite; got nan for row 0."),
        (1e308, "`sample_weight` must have a finite sum; got inf."),
    ):
        with pytest.raises(InputError) as refusal:
            regressor().fit(X, quantity, sample_weight=np.full(60, weight))
        assert str(refusal.value).startswith(sentence)
    with pytest.raises(InputError, match="must have a finite sum"):
        regressor().fit(X.astype("float32"), quantity, sample_weight=np.full(60, 1e300))


@FAULTS.add(64, "a class of hardly any row")
def _(folder: Path) -> None:
    many = random.normal(size=(600, 1)).round(2)
    table(folder, many, ["rare" if row % 200 == 0 else "often" for row in range(600)])
    result = called("train", "a.csv", "--epochs", 1, "--folds", 2, cwd=folder)
    assert (
        "chainrule: the class 'rare' has 3 of 600 rows (0.50%): a network that never predicts "
        "it is right on 99.50% of the rows; say `--class-weight balanced` if it matters more."
    ) in result.stderr
    weighed = called(
        "train", "a.csv", "--epochs", 1, "--folds", 2, "--class-weight", "balanced", cwd=folder
    )
    assert weighed.returncode == 0
    assert weighed.stdout != result.stdout


@FAULTS.add(69, "arrays of the wrong shape")
def _(_folder: Path) -> None:
    for rows, y, sentence in (
        (X[:, 0], kind, "Expected 2D array, got 1D array instead"),
        (X[None], kind, "Found array with dim 3"),
        (X, kind[:4], "inconsistent numbers of samples"),
        (X[:0], kind[:0], "Found array with 0 sample"),
        (X[:, :0], kind, "Found array with 0 feature"),
    ):
        for model in (classifier(), regressor()):
            with pytest.raises(ValueError, match=sentence):
                model.fit(rows, y)
            assert not hasattr(model, "parameters_")
    for model in (classifier(), regressor()):
        (sentence,) = said(lambda: model.fit(X, kind[:, None]), DataConversionWarning)  # noqa: B023
        assert "column-vector y was passed" in sentence
        assert model.predict(X).shape == (60,)


@FAULTS.add(70, "arrays of the wrong type")
def _(_folder: Path) -> None:
    for rows, y in ((X + 1j, quantity), (X, quantity + 1j)):
        with pytest.raises(InputError) as refusal:
            regressor().fit(rows, y)
        assert str(refusal.value).startswith("Complex data not supported: `")
        assert "\n" not in str(refusal.value)
    with pytest.raises(InputError, match="its column 0 has 'a' in row 0"):
        regressor().fit([["a", 1.0], ["b", 2.0]], [1.0, 2.0])
    for dtype in (object, np.float16, np.longdouble):
        model = regressor()
        assert said(lambda: model.fit(X.astype(dtype), quantity)) == []  # noqa: B023
        assert model.coefs_[0].dtype == np.float64
    with pytest.raises(InputError, match=r"`y` reaches .*e\+100, which float32 does not hold"):
        regressor(dtype="float32").fit(X, quantity * 1e100)
