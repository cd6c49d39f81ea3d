"""How a fit begins, goes on and fails: validation rows, early stopping, warm starts."""

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.datasets import load_iris
from sklearn.preprocessing import scale

from chainrule.errors import InputError
from chainrule.estimators import MLPClassifier, MLPRegressor

X, y = load_iris(return_X_y=True)
X = scale(X)
TRAIN, HELD = np.arange(150) % 3 != 0, np.arange(150) % 3 == 0
SOLVERS = ["sgd", "adam", "lbfgs"]

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def network(kind: Any = MLPClassifier, **settings: Any) -> Any:
    usual: dict[str, Any] = {"hidden_layer_sizes": (6,), "max_iter": 8, "random_state": 0}
    return kind(**(usual | {"learning_rate_init": 0.02} | settings))


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
@pytest.mark.parametrize("sparse", [False, True])
def test_rows_given_to_validate_with_are_judged_and_not_trained_on(
    solver: str, kind: Any, sparse: bool
) -> None:
    rows = csr_array(X) if sparse else X
    weight = np.linspace(1, 2, 150)
    losses, scores = [], []

    def judge(epoch: Any) -> None:
        model = epoch.model
        outputs = model.activations(X[HELD])[-1]
        target = np.eye(3)[y[HELD]] if kind is MLPClassifier else y[HELD][:, None]
        of_rows = model.network_.loss.value(outputs, target)  # no penalty
        losses.append((weight[HELD] * of_rows).sum() / weight[HELD].sum())
        scores.append(model.score(X[HELD], y[HELD], weight[HELD]))

    model = network(kind, solver=solver, alpha=0.5, callbacks=[judge])
    validation = {"X_val": rows[HELD], "y_val": y[HELD], "sample_weight_val": weight[HELD]}
    model.fit(rows[TRAIN], y[TRAIN], **validation)
    assert len(losses) == model.n_iter_
    np.testing.assert_allclose(model.validation_loss_curve_, losses, rtol=1e-9)
    np.testing.assert_allclose(model.validation_scores_, scores, rtol=1e-9)
    assert model.best_validation_score_ == max(model.validation_scores_)
    alone = network(kind, solver=solver, alpha=0.5).fit(rows[TRAIN], y[TRAIN])
    np.testing.assert_array_equal(model.parameters_.flat, alone.parameters_.flat)
    assert alone.validation_scores_ is alone.validation_loss_curve_ is None


@pytest.mark.parametrize(
    ("validation", "message"),
    [
        ({"X_val": X}, "`y_val` must be given too"),
        ({"y_val": y}, "`X_val` must be given too"),
        ({"sample_weight_val": np.ones(150)}, "`X_val` must be given too"),
        ({"X_val": X, "y_val": y + 1}, r"`y_val` must hold only the model's classes.*\[3\]"),
        (
            {"X_val": X.astype(str).astype(object) + "?", "y_val": y},
            r"`X_val` must hold numbers; its column 0 has '[\d.-]+\?' in row 0",
        ),
        ({"X_val": X[:, :2], "y_val": y}, "`X_val` and `y_val` cannot be used: .*4 features"),
        ({"X_val": X, "y_val": y[:9]}, "`X_val` and `y_val` cannot be used: .*inconsistent"),
        ({"X_val": X * np.nan, "y_val": y}, "`X_val` and `y_val` cannot be used: .*NaN"),
        ({"X_val": X[:0], "y_val": y[:0]}, "`X_val` and `y_val` cannot be used: .*0 sample"),
    ],
)
def test_rows_that_cannot_be_validated_with_are_refused(validation: Any, message: str) -> None:
    model = network()
    with pytest.raises(InputError, match=message):
        model.fit(X, y, **validation)
    assert not hasattr(model, "coefs_")


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("judge", [True, "loss"])
@pytest.mark.parametrize("batch_size", [20, 100])
@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_early_stopping_keeps_the_best_weights(
    solver: str, judge: Any, batch_size: int, kind: Any
) -> None:
    model = network(kind, solver=solver, early_stopping=judge, batch_size=batch_size)
    model.set_params(alpha=0, max_iter=60, n_iter_no_change=4, tol=1e-5)
    noisy = np.where(np.arange(150) % 7 == 0, (y + 1) % 3, y)  # so that it can be fitted too well
    model.fit(X[TRAIN], noisy[TRAIN], X_val=X[HELD], y_val=noisy[HELD])
    score, loss = model.score(X[HELD], noisy[HELD]), model.compute_loss(X[HELD], noisy[HELD])
    if judge is True:
        assert score == pytest.approx(max(model.validation_scores_), rel=1e-12)
        place = model.validation_scores_.index(max(model.validation_scores_))
    else:
        assert loss == pytest.approx(min(model.validation_loss_curve_), rel=1e-12)
        place = model.validation_loss_curve_.index(min(model.validation_loss_curve_))
    again = network(kind, **(model.get_params() | {"max_iter": place + 1, "early_stopping": False}))
    again.fit(X[TRAIN], noisy[TRAIN])
    np.testing.assert_array_equal(model.parameters_.flat, again.parameters_.flat)
    assert model.best_loss_ is None


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("judge", [True, "loss"])
def test_early_stopping_stops(solver: str, judge: Any) -> None:
    """Validation rows with shuffled targets get worse from the start."""
    model = network(solver=solver, early_stopping=judge, max_iter=500, n_iter_no_change=3)
    wrong = (y[HELD] + 1) % 3
    model.fit(X[TRAIN], y[TRAIN], X_val=X[HELD], y_val=wrong)
    assert model.stop_reason_ == "converged"
    assert model.n_iter_ < 500
    kept = "validation_scores_" if judge is True else "validation_loss_curve_"
    best = max if judge is True else min
    place = getattr(model, kept).index(best(getattr(model, kept)))
    assert len(getattr(model, kept)) - 1 - place >= 3


@pytest.mark.parametrize("solver", SOLVERS)
def test_rows_kept_by_early_stopping_are_not_trained_on(solver: str) -> None:
    model = network(solver=solver, early_stopping=True, validation_fraction=0.2)
    seen: list[int] = []
    model.set_params(callbacks=[lambda epoch: seen.append(epoch.model.t_)]).fit(X, y)
    assert seen[0] == 120
    assert len(model.validation_scores_) == model.n_iter_


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_build_draws_the_start_that_fit_goes_on_from(solver: str, kind: Any) -> None:
    start: list[Any] = []
    model = network(kind, solver=solver, dropout=0)
    model.set_params(callbacks=[_AtBegin(start)]).fit(X, y)
    built = network(kind, solver=solver).build(X, y)
    np.testing.assert_array_equal(built.parameters_.flat, start[0])
    assert (built.n_iter_, built.t_, built.loss_curve_) == (0, 0, [])
    assert np.isnan(built.loss_)
    assert built.predict(X).shape == (150,)
    if solver == "lbfgs":
        warm = built.set_params(warm_start=True).fit(X, y)
        np.testing.assert_array_equal(warm.parameters_.flat, model.parameters_.flat)


class _AtBegin:
    def __init__(self, weights: list[Any]) -> None:
        self.weights = weights

    def __deepcopy__(self, _memo: Any) -> "_AtBegin":
        return self

    def on_fit_begin(self, model: Any) -> None:
        self.weights.append(model.parameters_.flat.copy())


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_training_goes_on_where_it_was(solver: str) -> None:
    """Full batches in order: so many calls of partial_fit are so many epochs of fit."""
    both = {"solver": solver, "shuffle": False, "batch_size": 150}
    whole = network(max_iter=6, **both).fit(X, y)
    built, fresh = network(**both).build(X, y), network(**both)
    for number in range(6):
        built.partial_fit(X, y)
        fresh.partial_fit(X, y, classes=[0, 1, 2])
        assert fresh.t_ == 150 * (number + 1)
        assert fresh.n_iter_ == 1
    for parts in (built, fresh):
        np.testing.assert_allclose(parts.parameters_.flat, whole.parameters_.flat, rtol=1e-12)
        np.testing.assert_allclose(parts.loss_curve_, whole.loss_curve_, rtol=1e-12)


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_warm_start_goes_on_and_a_cold_one_does_not(solver: str) -> None:
    model = network(solver=solver, max_iter=3).fit(X, y)
    first, loss = model.parameters_.flat.copy(), model.compute_loss(X, y)
    np.testing.assert_array_equal(model.fit(X, y).parameters_.flat, first)
    model.set_params(warm_start=True).fit(X, y)
    assert model.compute_loss(X, y) < loss
    assert (model.n_iter_, len(model.loss_curve_)) == (3, 6)
    with pytest.raises(InputError, match=r"`hidden_layer_sizes` must stay \(6,\) while"):
        model.set_params(hidden_layer_sizes=(7,)).fit(X, y)
    with pytest.raises(InputError, match="`dtype` must stay float64 while training goes on, got"):
        model.set_params(hidden_layer_sizes=(6,), dtype="float32").fit(X, y)
    for same in ("float64", np.float64, None):
        model.set_params(dtype=same).fit(X.astype(np.float32), y)


WRONG: list[dict[str, Any]] = [
    {"activation": "rleu"},
    {"alpha": -1},
    {"batch_size": 0},
    {"callbacks": [3]},
    {"class_weight": {7: 1.0}},
    {"dropout": [0.5, 0.5]},
    {"early_stopping": True, "validation_fraction": 0.0},
    {"hidden_layer_sizes": (3, 0)},
    {"initializer": "hee"},
    {"loss": "hubr"},
    {"output_activation": "tanh"},
    {"random_state": -1},
    {"solver": "lbfgs", "dropout": 0.5},
    {"start_weights": ([], [])},
]


@pytest.mark.parametrize(
    ("wrong", "warm"),
    # a warm start draws no weights
    [
        (wrong, warm)
        for wrong in WRONG
        for warm in (False, True)
        if not (warm and wrong.keys() & {"initializer", "start_weights"})
    ],
)
def test_a_wrong_setting_is_refused_at_fit_and_changes_nothing(
    wrong: dict[str, Any], warm: bool
) -> None:
    model = network(warm_start=warm, random_state=1).fit(X, y)
    right = {name: model.get_params()[name] for name in wrong}
    before = {name: value for name, value in vars(model).items() if name.endswith("_")}
    flat = model.parameters_.flat.copy()
    model.set_params(**wrong)  # a constructor, as scikit-learn demands, refuses nothing
    with pytest.raises(InputError, match=f"`{list(wrong)[-1]}`"):
        model.fit(X, y)
    model.set_params(**right)
    assert {name: vars(model)[name] for name in before} == before
    assert vars(model).keys() >= before.keys()
    np.testing.assert_array_equal(model.parameters_.flat, flat)
    if not warm:
        np.testing.assert_array_equal(model.fit(X, y).parameters_.flat, flat)


def test_rows_that_are_refused_change_nothing() -> None:
    model = network().fit(X, y)
    flat, curve = model.parameters_.flat.copy(), list(model.loss_curve_)
    for rows, targets in ((X * np.nan, y), (X, y * 0j), (X[:, :2], y[:9]), (X, X[:, 0])):
        with pytest.raises(ValueError, match=r"."):
            model.fit(rows, targets)
    for rows, targets in ((X[:, :2], y), (X, y + 1)):
        with pytest.raises(ValueError, match=r"."):
            model.partial_fit(rows, targets)
    np.testing.assert_array_equal(model.parameters_.flat, flat)
    assert (model.n_features_in_, model.loss_curve_) == (4, curve)
    assert model.classes_.tolist() == [0, 1, 2]


def test_ctrl_c_before_the_first_batch_is_what_it_is() -> None:
    """Not a RuntimeError of what was about to begin."""
    model = MLPClassifier(callbacks=[Interrupting()])
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, y)
    assert model.n_iter_ == 0
    assert model.set_params(callbacks=None, max_iter=1).fit(X, y).n_iter_ == 1


class Interrupting:
    """A callback at which Ctrl-C comes when training is about to begin."""

    def on_fit_begin(self, _model: Any) -> None:
        raise KeyboardInterrupt
