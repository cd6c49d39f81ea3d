"""One fit: where the settings coincide, the results are scikit-learn's."""

import inspect
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parity import (
    ACTIVATIONS,
    CLASSIFIERS,
    EXACT,
    REGRESSORS,
    SHORT,
    SOLVERS,
    TASKS,
    WEIGHT,
    X,
    assert_same,
    assert_same_losses,
    both,
    fitted,
)
from scipy.sparse import coo_array, csc_array, csr_array, csr_matrix
from sklearn.exceptions import ConvergenceWarning

from chainrule.chain import Array

pytestmark = SHORT
STEPS = ("sgd", "adam")
ONE_LOSS = [name for name, task in TASKS.items() if task.outputs == 1]
LOOSE = 1e-7  # of many epochs, or settings that magnify a rounding
NEAR = 1e-6  # of a few iterations of lbfgs, whose parameters are in another order


def trained_alike(
    name: str, weight: Array | None = None, rtol: float = EXACT, **changed: Any
) -> tuple[Any, Any]:
    """Train both and compare them."""
    changed = {"learning_rate_init": 0.02} | changed
    ours, peer = fitted(TASKS[name], weight, **changed)
    rtol = NEAR if peer.solver == "lbfgs" else rtol
    assert_same(TASKS[name], ours, peer, rtol, weight=weight)
    return ours, peer


@pytest.mark.parametrize(("ours", "theirs"), [CLASSIFIERS, REGRESSORS])
def test_every_parameter_of_every_method(ours: Any, theirs: Any) -> None:
    public = [name for name in dir(theirs) if not name.startswith("_")]
    methods = [name for name in public if inspect.isfunction(getattr(theirs, name))]
    assert {"fit", "partial_fit", "predict", "score", "set_params"} <= set(methods)
    for name in ["__init__", *public]:
        if name in methods or name == "__init__":
            expected = inspect.signature(getattr(theirs, name)).parameters
            found = inspect.signature(getattr(ours, name)).parameters
            shared = [parameter for parameter in found if parameter in expected]
            assert shared == list(expected), name
            for parameter in expected.values():
                assert found[parameter.name].default == parameter.default, (name, parameter)
                assert found[parameter.name].kind == parameter.kind, (name, parameter)
            added = [found[parameter] for parameter in found if parameter not in expected]
            assert {parameter.kind for parameter in added} <= {inspect.Parameter.KEYWORD_ONLY}, name
        else:
            assert hasattr(ours, name), name
    assert ours().get_params().items() >= theirs().get_params().items()


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("name", ["binary", "regression"])
def test_every_fitted_attribute(name: str, early_stopping: bool, solver: str) -> None:
    task = TASKS[name]
    table = pd.DataFrame(X, columns=list("abcd"))
    ours, peer = both(task, solver=solver, early_stopping=early_stopping)
    ours.fit(table, task.y), peer.fit(table, task.y)
    attributes = [name for name in dir(peer) if name.endswith("_") and not name.startswith("_")]
    assert {"coefs_", "n_iter_", "t_", "feature_names_in_"} <= set(attributes)
    assert not [name for name in attributes if not hasattr(ours, name)]
    assert ours.feature_names_in_.tolist() == list("abcd")
    assert isinstance(ours.coefs_, list)
    assert isinstance(ours.intercepts_, list)
    assert type(ours.n_iter_) is int
    assert type(ours.t_) is int


@pytest.mark.parametrize(
    ("solver", "name"),
    [(solver, name) for solver in STEPS for name in TASKS] + [("lbfgs", name) for name in ONE_LOSS],
)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_solver_activation_and_task(solver: str, activation: str, name: str) -> None:
    trained_alike(name, solver=solver, activation=activation)


@pytest.mark.parametrize("name", ["binary", "multilabel", "regression", "poisson"])
def test_lbfgs_converges_to_as_low_a_loss(name: str) -> None:
    task = TASKS[name]
    smooth: dict[str, Any] = {"activation": "tanh", "alpha": 1.0, "hidden_layer_sizes": (3,)}
    ours, peer = fitted(task, solver="lbfgs", max_iter=400, tol=1e-3, **smooth)
    assert ours.stop_reason_ == "converged"
    assert peer.n_iter_ < 400
    assert_same_losses(task, [ours.loss_], [peer.loss_], 1e-4, task.shift())


@pytest.mark.parametrize("stop", [{"max_fun": 7}, {"tol": 0.05, "max_iter": 200}, {"max_iter": 1}])
def test_lbfgs_stops_where_scikit_learns_does(stop: dict[str, Any]) -> None:
    for name in ("binary", "regression"):
        trained_alike(name, solver="lbfgs", activation="tanh", **stop)


@pytest.mark.parametrize("name", ["multiclass", "regression", "several counts"])
@pytest.mark.parametrize("momentum", [0.0, 0.7])
@pytest.mark.parametrize("power_t", [0.0, 0.9])
def test_inverse_scaling(name: str, momentum: float, power_t: float) -> None:
    schedule: dict[str, Any] = {"learning_rate": "invscaling", "learning_rate_init": 0.05}
    trained_alike(name, solver="sgd", momentum=momentum, power_t=power_t, **schedule)


@pytest.mark.parametrize("name", ["binary", "poisson"])
@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("patience", [1, 3])
def test_an_adaptive_rate_is_lowered_until_training_stops(
    name: str, early_stopping: bool, patience: int
) -> None:
    rates: list[float] = []
    schedule: dict[str, Any] = {"learning_rate": "adaptive", "learning_rate_init": 0.05}
    schedule |= {"tol": 0.003, "n_iter_no_change": patience, "early_stopping": early_stopping}
    task = TASKS[name]
    ours, peer = both(task, solver="sgd", activation="tanh", max_iter=600, **schedule)
    ours.set_params(callbacks=[lambda epoch: rates.append(epoch.learning_rate)])
    assert_same(task, ours.fit(X, task.y), peer.fit(X, task.y), LOOSE)
    assert ours.stop_reason_ == "converged"
    np.testing.assert_allclose(np.unique(rates)[::-1], 0.05 / 5.0 ** np.arange(8))


@pytest.mark.parametrize("schedule", ["constant", "invscaling", "adaptive"])
def test_adam_keeps_its_rate_whatever_the_schedule(schedule: str) -> None:
    stops: dict[str, Any] = {"tol": 0.05, "n_iter_no_change": 2, "max_iter": 50}
    ours, _ = trained_alike("multiclass", solver="adam", learning_rate=schedule, **stops)
    assert ours.stop_reason_ == "converged"


@pytest.mark.parametrize("solver", STEPS)
@pytest.mark.parametrize("name", TASKS)
def test_early_stopping(name: str, solver: str) -> None:
    stops: dict[str, Any] = {"early_stopping": True, "validation_fraction": 0.2}
    stops |= {"solver": solver, "shuffle": not TASKS[name].counts}
    ours, _ = trained_alike(name, WEIGHT, max_iter=20, n_iter_no_change=3, tol=0.01, **stops)
    assert ours.t_ == ours.n_iter_ * 37  # of 47 rows
    trained_alike(name, max_iter=4, **stops)


def test_two_classes_keep_their_shares_in_the_validation_rows_and_more_do_not() -> None:
    """With half the rows to judge, the weights kept tell which these were."""
    stops: dict[str, Any] = {"early_stopping": True, "validation_fraction": 0.5, "max_iter": 12}
    for name in ("binary", "multiclass"):
        for seed in range(4):
            trained_alike(name, solver="adam", random_state=seed, **stops)


@pytest.mark.parametrize("name", ["multilabel", "regression"])
@pytest.mark.parametrize("patience", [1, 5, np.inf])
@pytest.mark.parametrize("tol", [0.0, 0.1])
def test_patience_and_tolerance(name: str, patience: float, tol: float) -> None:
    stops: dict[str, Any] = {"n_iter_no_change": patience, "tol": tol, "max_iter": 25}
    ours, _ = trained_alike(name, solver="sgd", **stops)
    assert ours.stop_reason_ == ("converged" if tol and patience < np.inf else "max_iter")


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("early_stopping", [False, True])
def test_both_warn_at_max_iter(solver: str, early_stopping: bool) -> None:
    task = TASKS["multiclass"]
    for model in both(task, solver=solver, early_stopping=early_stopping, max_iter=2):
        with pytest.warns(ConvergenceWarning):
            model.fit(X, task.y)
        assert model.n_iter_ == 2


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("name", ONE_LOSS)
def test_weighted_rows(name: str, solver: str) -> None:
    assert (WEIGHT == 0).any()
    assert (WEIGHT % 1 != 0).any()
    changed: dict[str, Any] = {"shuffle": False, "alpha": 0.1, "activation": "tanh"}
    trained_alike(name, WEIGHT, solver=solver, **changed)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("sparse", [csr_array, csr_matrix, csc_array, coo_array])
def test_sparse_rows(sparse: Any, solver: str) -> None:
    task, rows = TASKS["multiclass"], sparse(np.where(np.abs(X) > 0.6, X, 0))
    ours, peer = both(task, solver=solver, early_stopping=solver == "adam")
    ours.fit(rows, task.y), peer.fit(rows, task.y)
    assert_same(task, ours, peer, NEAR, rows)


@pytest.mark.parametrize("solver", STEPS)
@pytest.mark.parametrize("name", ONE_LOSS)
def test_rows_of_single_precision(name: str, solver: str) -> None:
    task, rows = TASKS[name], X.astype(np.float32)
    ours, peer = both(task, solver=solver, activation="tanh", max_iter=3)
    assert_same(task, ours.fit(rows, task.y), peer.fit(rows, task.y), 1e-4, rows)


@pytest.mark.parametrize("solver", STEPS)
@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("size", [1, 9, 46, 47, "auto"])
def test_batches(solver: str, shuffle: bool, size: Any) -> None:
    trained_alike("multiclass", solver=solver, shuffle=shuffle, batch_size=size, max_iter=3)


def test_a_minibatch_divides_the_penalty_by_its_own_rows() -> None:
    """Of B batches the epoch's loss has the penalty over n rows B times."""
    standing: dict[str, Any] = {"learning_rate_init": 1e-300, "max_iter": 1, "alpha": 0.5}
    ours, _ = trained_alike("multiclass", batch_size=12, **standing)
    penalty = 0.25 * sum((W**2).sum() for W in ours.coefs_) / len(X)
    loss = ours.compute_loss(X, TASKS["multiclass"].y)
    assert ours.loss_ == pytest.approx(loss + (4 - 1) * penalty, rel=1e-12)


@pytest.mark.parametrize("sizes", [(), 3, [4], np.array([3, 2]), (5, 4, 3, 2)])
@pytest.mark.parametrize("solver", SOLVERS)
def test_hidden_layers(sizes: Any, solver: str) -> None:
    for name in ("binary", "regression"):
        trained_alike(name, solver=solver, hidden_layer_sizes=sizes, activation="tanh", alpha=1.0)


@pytest.mark.parametrize("changed", [{"beta_1": 0.0}, {"beta_2": 0.5}, {"epsilon": 0.1}])
def test_settings_of_adam(changed: dict[str, Any]) -> None:
    trained_alike("multiclass", solver="adam", **changed)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("nesterov", [False, True])
def test_settings_of_sgd(momentum: float, nesterov: bool) -> None:
    trained_alike("multiclass", solver="sgd", momentum=momentum, nesterovs_momentum=nesterov)


@st.composite
def fits(draw: st.DrawFn) -> tuple[str, bool, dict[str, Any]]:
    """A task, whether its rows are weighted, and settings, none of which make it diverge."""
    name = draw(st.sampled_from(ONE_LOSS))
    # an exponential output grows out of bounds sooner than others
    a_rate = st.floats(1e-4, 0.002 if name == "poisson" else 0.03)
    chosen = {
        "solver": st.sampled_from(STEPS),
        "activation": st.sampled_from(ACTIVATIONS),
        "hidden_layer_sizes": st.lists(st.integers(1, 6), max_size=3),
        "batch_size": st.integers(10, 47),
        "learning_rate": st.sampled_from(["constant", "invscaling", "adaptive"]),
        "learning_rate_init": a_rate,
        "power_t": st.floats(0, 1),
        "momentum": st.floats(0, 0.9),
        "nesterovs_momentum": st.booleans(),
        "beta_1": st.floats(0, 0.95),
        "beta_2": st.floats(0.5, 0.999),
        "epsilon": st.floats(1e-8, 1e-3),
        "alpha": st.sampled_from([0.0, 1e-4, 0.1]),
        "tol": st.sampled_from([1e-4, 0.01, 0.3]),
        "n_iter_no_change": st.sampled_from([1, 2, np.inf]),
        "early_stopping": st.booleans(),
        "validation_fraction": st.floats(0.1, 0.4),
        "random_state": st.integers(0, 9),
    }
    return name, draw(st.booleans()), draw(st.fixed_dictionaries(chosen))


@settings(max_examples=30)
@given(fits())
def test_any_settings(fit: tuple[str, bool, dict[str, Any]]) -> None:
    name, weighted, chosen = fit
    weight = WEIGHT + 0.25 if weighted else None  # a last batch may be a single row
    chosen["shuffle"] = not weighted
    trained_alike(name, weight, max_iter=8, rtol=LOOSE, **chosen)
