"""Models to fit together, and what they are compared with."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import clone

from chainrule.abreast import Job
from chainrule.estimators import MLPClassifier, MLPRegressor
from chainrule.mlp import MLP

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(90, 4))
LABELS = X[:, :3].argmax(axis=1)
NUMBERS = np.tanh(X @ RANDOM.normal(size=(4, 2)))
SETTINGS: dict[str, Any] = {
    "hidden_layer_sizes": (5,),
    "activation": "tanh",
    "solver": "sgd",
    "batch_size": 1,
    "learning_rate_init": 0.02,
    "max_iter": 12,
    "engine": "numba",
}
COUNT = 6


def classifiers(count: int = COUNT, **settings: Any) -> list[Any]:
    return [MLPClassifier(**(SETTINGS | settings), random_state=seed) for seed in range(count)]


def regressors(count: int = COUNT, **settings: Any) -> list[Any]:
    return [MLPRegressor(**(SETTINGS | settings), random_state=seed) for seed in range(count)]


def jobs_of(models: Sequence[MLP], *, weighted: bool = False) -> list[Job]:
    """Of different rows, and different numbers of them."""
    weight = np.random.default_rng(1).integers(0, 4, size=len(X)) / 2
    jobs: list[Job] = []
    for i, model in enumerate(models):
        rows = np.arange(len(X)) % 10 != i
        rows[: 3 * i] = False
        y = LABELS if isinstance(model, MLPClassifier) else NUMBERS
        job = (model, X[rows], y[rows])
        jobs.append((*job, weight[rows]) if weighted else job)
    return jobs


def one_by_one(jobs: Sequence[Job]) -> list[Any]:
    """Fit copies of the models, one after the other, by the reference."""
    return [clone(model).set_params(engine="numpy").fit(*rows) for model, *rows in jobs]


def assert_as_one_by_one(jobs: Sequence[Job], expected: Sequence[MLP]) -> None:
    for (model, *_), other in zip(jobs, expected, strict=True):
        flat = other.parameters_.flat
        np.testing.assert_allclose(model.parameters_.flat, flat, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(model.loss_curve_, other.loss_curve_, rtol=1e-10)
        assert (model.validation_scores_ is None) is (other.validation_scores_ is None)
        if model.validation_loss_curve_ and other.validation_loss_curve_:
            assert model.validation_scores_ == other.validation_scores_
            losses = model.validation_loss_curve_, other.validation_loss_curve_
            np.testing.assert_allclose(*losses, rtol=1e-10)
        for name in ("n_iter_", "t_", "stop_reason_"):
            assert getattr(model, name) == getattr(other, name)
