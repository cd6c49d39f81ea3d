"""L-BFGS: iterations that never raise the loss, and the rows that may judge them."""

from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.datasets import load_iris
from sklearn.preprocessing import scale

from chainrule.estimators import MLPClassifier, MLPRegressor

X, y = load_iris(return_X_y=True)
X = scale(X)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def network(kind: Any = MLPClassifier, **settings: Any) -> Any:
    usual: dict[str, Any] = {"hidden_layer_sizes": (5,), "activation": "tanh", "max_iter": 40}
    return kind(**(usual | {"solver": "lbfgs", "random_state": 0} | settings))


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("weighted", [False, True])
def test_no_iteration_raises_the_loss_and_each_is_that_of_its_weights(
    kind: Any, dtype: str, weighted: bool
) -> None:
    weight = np.linspace(0.2, 2, 150) if weighted else None
    losses: list[float] = []
    model = network(kind, dtype=dtype, tol=1e-6)
    model.set_params(callbacks=lambda epoch: losses.append(epoch.model.compute_loss(X, y, weight)))
    model.fit(X, y, sample_weight=weight)
    assert (np.diff(model.loss_curve_) <= 0).all()
    rounding = 1e-5 if dtype == "float32" else 1e-12
    np.testing.assert_allclose(model.loss_curve_, losses, rtol=rounding)
    assert model.loss_ == model.best_loss_ == model.loss_curve_[-1]
    assert model.t_ == 150 * model.n_iter_


def test_it_is_scipys_minimum_from_the_same_start() -> None:
    model = network(max_iter=7).fit(X, y)
    start = network().build(X, y)

    def loss_and_slopes(flat: Any) -> Any:
        start.parameters_.flat[:] = flat
        return start.compute_loss(X, y), start.gradients(X, y).flat.copy()

    result = minimize(
        loss_and_slopes,
        start.parameters_.flat.copy(),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 7, "gtol": 1e-4},
    )
    np.testing.assert_allclose(model.parameters_.flat, result.x, rtol=1e-9)
    assert model.loss_ == pytest.approx(result.fun, rel=1e-12)


def test_patience_counts_iterations_that_validation_rows_do_not_reward() -> None:
    model = network(early_stopping="loss", n_iter_no_change=5, max_iter=400, tol=1e-9, alpha=0)
    noisy = np.where(np.arange(150) % 5 == 0, (y + 1) % 3, y)
    model.fit(X[::2], noisy[::2], X_val=X[1::2], y_val=noisy[1::2])
    curve = model.validation_loss_curve_
    assert model.stop_reason_ == "converged"
    assert len(curve) == curve.index(min(curve)) + 5 + 2
    assert model.compute_loss(X[1::2], noisy[1::2]) == pytest.approx(min(curve), rel=1e-12)
    longer = network(n_iter_no_change=5, max_iter=400, tol=1e-9, alpha=0).fit(X[::2], noisy[::2])
    assert longer.n_iter_ > model.n_iter_


def test_without_early_stopping_rows_to_validate_with_stop_nothing() -> None:
    alone = network().fit(X, y)
    judged = network().fit(X, y, X_val=X[:50], y_val=(y[:50] + 1) % 3)
    np.testing.assert_array_equal(judged.parameters_.flat, alone.parameters_.flat)
    assert len(judged.validation_loss_curve_) == judged.n_iter_ == alone.n_iter_
