"""What docs/coming-from-scikit-learn.md says of silent failures, row by row."""

import warnings
from typing import Any

import numpy as np
import pytest
import sklearn
from page_rows import PageRows
from sklearn import neural_network as theirs
from sklearn.datasets import load_diabetes, load_iris

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

TABLE = PageRows("coming-from-scikit-learn.md", "What fails silently there and loudly here")
row = TABLE.row


@row("a learning rate far too large")
def test_rate() -> None:
    settings: dict[str, Any] = {
        "solver": "sgd",
        "learning_rate_init": 1e6,
        "max_iter": 20,
        "random_state": 0,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        silent = theirs.MLPClassifier(**settings).fit(X, y)
    assert 1e59 < silent.loss_ < 1e61
    assert len(set(silent.predict(X))) == 1
    loud = ours.MLPClassifier(**settings)
    with pytest.raises(DivergenceError, match=r"in epoch 2: .* the step is too large"):
        loud.fit(X, y)
    assert np.isfinite(loud.compute_loss(X, y))


@row("unscaled inputs, with early stopping")
def test_unscaled() -> None:
    settings: dict[str, Any] = {"solver": "sgd", "early_stopping": True, "random_state": 0}
    silent = theirs.MLPRegressor(**settings, max_iter=50).fit(X_number * 1e5, number)
    assert np.isnan(silent.loss_)
    assert 1e14 < abs(silent.coefs_[0]).max() < 1e18
    with pytest.raises(DivergenceError, match="the inputs are unscaled"):
        ours.MLPRegressor(**settings).fit(X_number * 1e5, number)


@row("inputs of 10¹⁶⁰, with lbfgs")
def test_huge() -> None:
    settings: dict[str, Any] = {"solver": "lbfgs", "random_state": 0}
    assert np.isnan(theirs.MLPRegressor(**settings).fit(X_number * 1e160, number).loss_)
    with pytest.raises(DivergenceError, match="the inputs are unscaled"):
        ours.MLPRegressor(**settings).fit(X_number * 1e160, number)


@row("negative targets, with the poisson loss")
def test_negative_targets() -> None:
    settings: dict[str, Any] = {"loss": "poisson", "solver": "lbfgs", "random_state": 0}
    assert np.isnan(theirs.MLPRegressor(**settings).fit(X_number, number - 200).loss_)
    with pytest.raises(InputError, match="must not be negative with the poisson loss"):
        ours.MLPRegressor(**settings).fit(X_number, number - 200)


@row("Ctrl-C, with lbfgs")
def test_interrupted() -> None:
    class Interrupted(theirs.MLPClassifier):  # type: ignore[misc]
        evaluations = 0

        def _loss_grad_lbfgs(self, *given: Any) -> Any:
            self.evaluations += 1
            if self.evaluations == 9:
                raise KeyboardInterrupt
            return super()._loss_grad_lbfgs(*given)

    lost = Interrupted(solver="lbfgs", random_state=0)
    with pytest.raises(KeyboardInterrupt):
        lost.fit(X, y)
    assert not hasattr(lost, "loss_")

    def press(epoch: ours.Epoch) -> None:
        if epoch.number == 7:
            raise KeyboardInterrupt

    kept = ours.MLPClassifier(solver="lbfgs", random_state=0, callbacks=[press])
    with pytest.warns(UserWarning, match="interrupted"):
        kept.fit(X, y)
    assert kept.stop_reason_ == "interrupted"
    assert kept.compute_loss(X, y) == pytest.approx(kept.loss_curve_[6])


@row("a masked array")
def test_masked() -> None:
    masked = np.ma.array(X, mask=X > 7)
    settings: dict[str, Any] = {"max_iter": 5, "random_state": 0}
    silent = theirs.MLPClassifier(**settings).fit(masked, y)
    np.testing.assert_array_equal(
        silent.coefs_[0], theirs.MLPClassifier(**settings).fit(X, y).coefs_[0]
    )
    with pytest.raises(InputError, match="`X` must have a value everywhere; 12 are masked"):
        ours.MLPClassifier(**settings).fit(masked, y)


@row("negative sample weights")
def test_negative_weights() -> None:
    settings: dict[str, Any] = {"solver": "lbfgs", "max_iter": 30, "random_state": 0}
    weight = np.where(y == 0, -1.0, 1.0)
    silent = theirs.MLPClassifier(**settings).fit(X, y, sample_weight=weight)
    assert silent.loss_ < -10
    with pytest.raises(InputError, match=r"must not be negative.*got -1 for row 0"):
        ours.MLPClassifier(**settings).fit(X, y, sample_weight=weight)


@row("several labels a row, written −1 and 1")
def test_signs() -> None:
    signs = np.where(np.eye(3)[y] > 0, 1, -1)
    silent = theirs.MLPClassifier((5,), solver="lbfgs", random_state=0).fit(X, signs)
    assert (silent.predict(X) == 1).all()
    with pytest.raises(InputError, match="must hold 0 and 1, for without and with a label; it"):
        ours.MLPClassifier((5,)).fit(X, signs)


@row("one class")
def test_one_class() -> None:
    silent = theirs.MLPClassifier(max_iter=3).fit(X[:50], y[:50])
    assert silent.predict_proba(X).shape[1] == 2 > len(silent.classes_)
    with pytest.warns(UserWarning, match="`y` holds one class only, 0: there is nothing to tell"):
        loud = ours.MLPClassifier(max_iter=3).fit(X[:50], y[:50])
    assert (loud.predict_proba(X) == np.ones((150, 1))).all()


@row("`early_stopping=True`, with lbfgs")
def test_stopped() -> None:
    settings: dict[str, Any] = {
        "solver": "lbfgs",
        "early_stopping": True,
        "max_iter": 60,
        "random_state": 0,
    }
    ignored = theirs.MLPClassifier(**settings).fit(X, y)
    whole = theirs.MLPClassifier(**settings | {"early_stopping": False}).fit(X, y)
    np.testing.assert_array_equal(ignored.coefs_[0], whole.coefs_[0])
    assert ours.MLPClassifier(**settings).fit(X, y).n_iter_ < whole.n_iter_


@row("`warm_start=True`, and other `hidden_layer_sizes`")
def test_other_sizes() -> None:
    settings: dict[str, Any] = {"warm_start": True, "max_iter": 2}
    silent = theirs.MLPClassifier(9, **settings).fit(X, y).set_params(hidden_layer_sizes=7)
    assert silent.fit(X, y).coefs_[0].shape == (4, 9)
    model = ours.MLPClassifier(9, **settings).fit(X, y).set_params(hidden_layer_sizes=7)
    with pytest.raises(InputError, match=r"must stay \(9,\)"):
        model.fit(X, y)


@row("`coefs_[0] = W`, of a wrong shape")
def test_wrong_shape() -> None:
    silent = theirs.MLPClassifier(9, max_iter=2).fit(X, y)
    silent.coefs_[0] = np.zeros((2, 2))
    with pytest.raises(ValueError, match="matmul"):
        silent.predict(X)
    with pytest.raises(InputError, match=r"must have the shape \(4, 9\)"):
        ours.MLPClassifier(9).build(X, y).coefs_[0] = np.zeros((2, 2))


def test_every_row_of_the_page_has_its_test() -> None:
    assert TABLE.unchecked == set()
