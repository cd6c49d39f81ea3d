"""What the tests of parity share: small rows for every task, and what must be equal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import sklearn.neural_network as peers
from scipy.special import gammaln, xlogy

from chainrule.chain import Array
from chainrule.estimators import MLPClassifier, MLPRegressor

SHORT = pytest.mark.filterwarnings(
    "ignore::sklearn.exceptions.ConvergenceWarning",
    "ignore:Got `batch_size`:UserWarning",  # of a batch of all rows
)
SOLVERS = ("sgd", "adam", "lbfgs")
ACTIVATIONS = ("identity", "logistic", "tanh", "relu")
ROWS, FEATURES = 47, 4  # a prime number of rows: no batch size divides it
EXACT = 1e-9  # what sums in another order may differ by after some epochs


@dataclass(frozen=True, slots=True)
class Task:
    """What is learned, and how its loss here is told from scikit-learn's.

    Attributes:
        ours, theirs: the estimators' classes.
        y: the targets of the rows X.
        settings: what asks for the task.
        outputs: what scikit-learn's loss is multiplied by to be ours.
    """

    ours: Any
    theirs: Any
    y: Array
    settings: dict[str, Any]
    outputs: int = 1

    @property
    def counts(self) -> bool:
        """Whether the loss is that of counts, which differs by what depends on y alone."""
        return self.settings.get("loss") == "poisson"

    def shift(self, weight: Array | None = None) -> float:
        """Return our mean loss of all rows less scikit-learn's: log y! here, y log y − y there."""
        if not self.counts:
            return 0.0
        of_rows = gammaln(self.y + 1) - xlogy(self.y, self.y) + self.y
        return float(np.average(of_rows, weights=weight, axis=0).sum())


def _signals() -> tuple[Array, Array]:
    random = np.random.RandomState(7)
    rows = random.normal(size=(ROWS, FEATURES))
    smooth = np.tanh(rows @ random.normal(size=(FEATURES, 3)))
    return rows, smooth + 0.2 * random.normal(size=(ROWS, 3))


pytest.importorskip("sklearn", "1.9", reason="the peer is that of scikit-learn 1.9")
X, SIGNALS = _signals()
COUNTS = np.random.RandomState(8).poisson(np.exp(SIGNALS[:, :2])).astype(float)
# quarters, exact in float32: some rows weigh nothing, no batch of ten in their order does
WEIGHT = np.random.RandomState(9).randint(0, 9, ROWS) / 4
CLASSIFIERS = (MLPClassifier, peers.MLPClassifier)
REGRESSORS = (MLPRegressor, peers.MLPRegressor)
TASKS = {
    "binary": Task(*CLASSIFIERS, np.where(SIGNALS[:, 0] > 0.3, "yes", "no"), {}),
    "multiclass": Task(*CLASSIFIERS, SIGNALS.argmax(axis=1) * 10, {}),
    "multilabel": Task(*CLASSIFIERS, (SIGNALS > 0).astype(int), {}),
    "regression": Task(*REGRESSORS, SIGNALS[:, 0], {}),
    "several outputs": Task(*REGRESSORS, SIGNALS, {"alpha": 0.0}, outputs=3),
    "poisson": Task(*REGRESSORS, COUNTS[:, 0], {"loss": "poisson"}),
    "several counts": Task(*REGRESSORS, COUNTS, {"loss": "poisson"}),
}


def both(task: Task, **settings: Any) -> tuple[Any, Any]:
    """Return our estimator and scikit-learn's, of equal settings."""
    small = {"hidden_layer_sizes": (5, 4), "random_state": 3, "batch_size": 10, "max_iter": 6}
    settings = small | task.settings | settings
    if settings.get("solver") == "lbfgs":
        del settings["batch_size"]
    return task.ours(**settings), task.theirs(**settings)


def fitted(task: Task, weight: Array | None = None, **settings: Any) -> tuple[Any, Any]:
    """Return both, trained on the rows X."""
    ours, peer = both(task, **settings)
    return ours.fit(X, task.y, weight), peer.fit(X, task.y, weight)


def assert_same(
    task: Task,
    ours: Any,
    peer: Any,
    rtol: float = EXACT,
    rows: Array = X,
    weight: Array | None = None,
) -> None:
    """Compare all that a training leaves."""
    assert_same_weights(ours, peer, rtol)
    assert_same_predictions(ours, peer, rtol, rows)
    score = ours.score(rows, task.y, weight)
    assert score == pytest.approx(peer.score(rows, task.y, weight), rel=rtol, abs=rtol)
    assert ours.n_iter_ == peer.n_iter_
    assert ours.loss_ == ours.loss_curve_[-1]
    if peer.solver == "lbfgs":  # which keeps no curve there
        assert_same_losses(task, [ours.loss_], [peer.loss_], rtol, task.shift(weight))
    else:
        assert ours.t_ == peer.t_
        known = weight is None and not peer.early_stopping
        shift = task.shift() if known or not task.counts else None
        assert_same_losses(task, ours.loss_curve_, peer.loss_curve_, rtol, shift)
        assert_same_best(ours, peer, rtol)


def assert_same_weights(ours: Any, peer: Any, rtol: float = EXACT) -> None:
    """Compare weights, biases, and what says how many there are."""
    for found, expected in zip(
        (*ours.coefs_, *ours.intercepts_), (*peer.coefs_, *peer.intercepts_), strict=True
    ):
        np.testing.assert_allclose(found, expected, rtol=rtol, atol=rtol)
        assert found.dtype == expected.dtype
    for name in ("n_layers_", "n_outputs_", "n_features_in_"):
        assert getattr(ours, name) == getattr(peer, name)
    words = {"exp": "exponential"}
    assert ours.out_activation_ == words.get(peer.out_activation_, peer.out_activation_)


def assert_same_predictions(ours: Any, peer: Any, rtol: float = EXACT, rows: Array = X) -> None:
    """Compare predictions and, of classes, probabilities."""
    found, expected = ours.predict(rows), peer.predict(rows)
    assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
    if not hasattr(peer, "classes_"):
        np.testing.assert_allclose(found, expected, rtol=10 * rtol, atol=10 * rtol)
        return
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(ours.classes_, peer.classes_)
    for method in ("predict_proba", "predict_log_proba"):
        with np.errstate(divide="ignore"):  # theirs warns of a probability of 0
            found, expected = getattr(ours, method)(rows), getattr(peer, method)(rows)
        assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
        np.testing.assert_allclose(found, expected, rtol=10 * rtol, atol=10 * rtol)


def assert_same_losses(
    task: Task,
    ours: Sequence[float],
    theirs: Sequence[float],
    rtol: float = EXACT,
    shift: float | None = 0.0,
) -> None:
    """Compare losses; where the shift is None, of unknown rows, only how they change."""
    expected = task.outputs * np.array(theirs)
    expected += ours[0] - expected[0] if shift is None else shift
    np.testing.assert_allclose(ours, expected, rtol=rtol, atol=rtol)


def assert_same_best(ours: Any, peer: Any, rtol: float = EXACT) -> None:
    """Compare the best loss, which early stopping does not keep, and the validation scores."""
    if peer.best_loss_ is None:
        assert ours.best_loss_ is None
    else:
        places = [model.loss_curve_.index(model.best_loss_) for model in (ours, peer)]
        assert places[0] == places[1]
    if peer.validation_scores_ is None:
        assert (ours.validation_scores_, ours.best_validation_score_) == (None, None)
    else:
        found, expected = ours.validation_scores_, peer.validation_scores_
        np.testing.assert_allclose(found, expected, rtol=10 * rtol, atol=10 * rtol)
        best = peer.best_validation_score_
        assert ours.best_validation_score_ == pytest.approx(best, rel=10 * rtol, abs=10 * rtol)
