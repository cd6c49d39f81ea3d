"""What docs/coming-from-scikit-learn.md says of differences, row by row."""

from typing import Any

import numpy as np
import pytest
import sklearn
from page_rows import PageRows
from scipy.sparse import csr_matrix, issparse
from scipy.special import gammaln, xlogy
from sklearn import neural_network as theirs
from sklearn.datasets import load_diabetes, load_iris
from sklearn.metrics import accuracy_score
from sklearn.utils._param_validation import InvalidParameterError

import chainrule as ours
from chainrule import DivergenceError, InputError

pytestmark = [
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(
        not sklearn.__version__.startswith("1.9."), reason="the page compares with scikit-learn 1.9"
    ),
]

X, y = load_iris(return_X_y=True)
X_number, number = load_diabetes(return_X_y=True)

TABLE = PageRows("coming-from-scikit-learn.md", "What differs")
row = TABLE.row


def two_outputs(kind: Any, **settings: Any) -> Any:
    targets = np.column_stack([number, number[::-1]]) / 100
    model = kind(hidden_layer_sizes=(5,), activation="tanh", alpha=0, random_state=0, **settings)
    return model.fit(X_number, targets)


@row("`loss_` of several outputs")
def test_sum_of_outputs() -> None:
    mine, its = (
        two_outputs(kind, max_iter=5, tol=0) for kind in (ours.MLPRegressor, theirs.MLPRegressor)
    )
    np.testing.assert_allclose(mine.coefs_[0], its.coefs_[0])
    assert mine.loss_ == pytest.approx(2 * its.loss_)


@row("lbfgs, several outputs")
def test_lbfgs_of_outputs() -> None:
    def apart(steps: int) -> float:
        mine, its = (
            two_outputs(kind, solver="lbfgs", max_iter=steps)
            for kind in (ours.MLPRegressor, theirs.MLPRegressor)
        )
        return float(abs(mine.coefs_[0] - its.coefs_[0]).max())

    assert apart(5) < 1e-9
    assert apart(20) > 1e-3


@row("lbfgs, history")
def test_lbfgs_history() -> None:
    settings: dict[str, Any] = {"solver": "lbfgs", "max_iter": 8, "random_state": 0}
    its, mine = theirs.MLPClassifier(**settings).fit(X, y), ours.MLPClassifier(**settings).fit(X, y)
    for name in ("loss_curve_", "best_loss_", "validation_scores_"):
        assert not hasattr(its, name)
        assert hasattr(mine, name)
    assert (its.t_, mine.t_, len(mine.loss_curve_)) == (0, 8 * 150, 8)


@row("lbfgs, float32")
def test_lbfgs_float32() -> None:
    settings: dict[str, Any] = {"solver": "lbfgs", "max_iter": 3}
    rows = X.astype(np.float32)
    assert theirs.MLPClassifier(**settings).fit(rows, y).coefs_[0].dtype == np.float64
    assert ours.MLPClassifier(**settings).fit(rows, y).coefs_[0].dtype == np.float32


@row("`partial_fit` with `early_stopping`, or with lbfgs")
def test_partial_fit() -> None:
    with pytest.raises(ValueError, match="partial_fit does not support"):
        theirs.MLPRegressor(early_stopping=True).partial_fit(X_number, number)
    its = theirs.MLPRegressor(solver="lbfgs", max_iter=7)
    assert its.partial_fit(X_number, number).n_iter_ == 7
    assert not hasattr(theirs.MLPClassifier(solver="lbfgs"), "partial_fit")
    for kind in (ours.MLPClassifier, ours.MLPRegressor):
        assert not hasattr(kind(early_stopping=True), "partial_fit")
        assert not hasattr(kind(solver="lbfgs"), "partial_fit")


@row("`out_activation_` of poisson")
def test_output_of_poisson() -> None:
    settings: dict[str, Any] = {"loss": "poisson", "max_iter": 1}
    assert theirs.MLPRegressor(**settings).fit(X_number, number).out_activation_ == "exp"
    assert ours.MLPRegressor(**settings).fit(X_number, number).out_activation_ == "exponential"


@row("`loss_` where a probability is 0")
def test_loss_of_probability_0() -> None:
    settings: dict[str, Any] = {"hidden_layer_sizes": (), "max_iter": 1, "random_state": 0}
    its = theirs.MLPClassifier(**settings).fit(1000 * X, y)
    mine = ours.MLPClassifier(**settings).fit(1000 * X, y)
    np.testing.assert_allclose(mine.coefs_[0], its.coefs_[0])
    assert its.loss_ < 36.1 < 1000 < mine.loss_


@row("`loss_` of poisson")
def test_loss_of_poisson() -> None:
    settings: dict[str, Any] = {"loss": "poisson", "max_iter": 3, "random_state": 0}
    mine, its = (
        kind(**settings).fit(X_number, number) for kind in (ours.MLPRegressor, theirs.MLPRegressor)
    )
    np.testing.assert_allclose(mine.coefs_[0], its.coefs_[0])
    constants = gammaln(number + 1) - (xlogy(number, number) - number)
    assert mine.loss_ - its.loss_ == pytest.approx(constants.mean())


@row("`coefs_`, `intercepts_`")
def test_views() -> None:
    model = ours.MLPClassifier(9).build(X, y)
    assert isinstance(model.coefs_, list)
    model.coefs_[0] = np.zeros((4, 9))
    assert not model.parameters_.W[0].any()


@row("early stopping, few rows")
def test_few_rows() -> None:
    settings: dict[str, Any] = {"early_stopping": True, "max_iter": 2}
    few, labels = X[::15], y[::15]
    with pytest.raises(ValueError, match="validation set is too small"):
        theirs.MLPClassifier(**settings).fit(few, labels)
    ours.MLPClassifier(**settings).fit(few, labels)
    two_classes = (np.arange(150) == 0).astype(int)  # one row of class 1
    with pytest.raises(ValueError, match="least populated class"):
        theirs.MLPClassifier(**settings).fit(X, two_classes)
    ours.MLPClassifier(**settings).fit(X, two_classes)


@row("early stopping, the score")
def test_weighted_score() -> None:
    weights = {0: 1.0, 1: 5.0, 2: 1.0}
    model = ours.MLPClassifier(max_iter=3, class_weight=weights, random_state=0)
    model.fit(X[::2], y[::2], X_val=X[1::2], y_val=y[1::2])
    of_rows = [weights[label] for label in y[1::2]]
    score = accuracy_score(y[1::2], model.predict(X[1::2]), sample_weight=of_rows)
    assert (model.validation_scores_ or [])[-1] == pytest.approx(score)
    assert model.score(X[1::2], y[1::2]) != pytest.approx(score)


@row("early stopping, `warm_start`")
def test_best_of_all() -> None:
    settings: dict[str, Any] = {"early_stopping": True, "warm_start": True, "random_state": 0}
    for kind in (theirs.MLPClassifier, ours.MLPClassifier):
        model = kind(**settings, learning_rate_init=0.05).fit(X, y)
        first, best = model.coefs_[0].copy(), model.best_validation_score_
        assert model.fit(X, y).best_validation_score_ == best
        assert np.array_equal(model.coefs_[0], first) == (kind is ours.MLPClassifier)


@row("`warm_start`, fewer classes than before")
def test_fewer_classes() -> None:
    settings: dict[str, Any] = {"warm_start": True, "max_iter": 2}
    with pytest.raises(ValueError, match="same classes"):
        theirs.MLPClassifier(**settings).fit(X, y).fit(X[:100], y[:100])
    model = ours.MLPClassifier(**settings).fit(X, y).fit(X[:100], y[:100])
    assert model.classes_.tolist() == [0, 1, 2]


@row("`predict` after a sparse y of several labels")
def test_sparse_labels() -> None:
    labels = csr_matrix(np.column_stack([y == 0, y > 0]).astype(int))
    assert issparse(theirs.MLPClassifier(max_iter=2).fit(X, labels).predict(X))
    assert isinstance(ours.MLPClassifier(max_iter=2).fit(X, labels).predict(X), np.ndarray)


@row("a batch whose rows all weigh 0")
def test_batch_of_no_weight() -> None:
    settings: dict[str, Any] = {"batch_size": 1, "max_iter": 1}
    weight = np.ones(150)
    weight[::10] = 0
    with pytest.raises(ZeroDivisionError):
        theirs.MLPClassifier(**settings).fit(X, y, sample_weight=weight)
    ours.MLPClassifier(**settings).fit(X, y, sample_weight=weight)


@row("errors")
def test_errors() -> None:
    with pytest.raises(InvalidParameterError):
        theirs.MLPClassifier(solver="sdg").fit(X, y)
    with pytest.raises(InputError, match="Did you mean 'sgd'"):
        ours.MLPClassifier(solver="sdg").fit(X, y)
    assert issubclass(InputError, ValueError)
    assert issubclass(DivergenceError, ArithmeticError)


@row("`verbose=True`")
def test_verbose(capsys: pytest.CaptureFixture[str]) -> None:
    settings: dict[str, Any] = {"max_iter": 2, "verbose": True, "random_state": 0}
    theirs.MLPClassifier(**settings).fit(X, y)
    assert capsys.readouterr().out.startswith("Iteration 1, loss = ")
    ours.MLPClassifier(**settings).fit(X, y)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("epoch 1: loss ")
    assert lines[-1] == "stopped after 2 epochs: max_iter"


@row("pickles, private attributes")
def test_start_weights() -> None:
    its = theirs.MLPClassifier(9, max_iter=2, random_state=0).fit(X, y)
    again = ours.MLPClassifier(9, start_weights=(its.coefs_, its.intercepts_)).build(X, y)
    np.testing.assert_allclose(again.predict_proba(X), its.predict_proba(X))


def test_every_row_of_the_page_has_its_test() -> None:
    assert TABLE.unchecked == set()
