"""Trainings that do not move, each for one known reason, and what a remedy makes of them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.preprocessing import StandardScaler

from chainrule import MLPClassifier, MLPRegressor, diagnose
from chainrule.chain import Array
from chainrule.reports import Diagnosis, Finding

Model = MLPClassifier | MLPRegressor
Case = tuple[Model, Array, Array]

XOR = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
EITHER = np.array([0, 1, 1, 0])

# the classic from-scratch tutorial's settings
CLASSIC: dict[str, Any] = {
    "activation": "logistic", "loss": "half_squared_error", "solver": "sgd", "shuffle": False,
    "learning_rate_init": 0.3, "momentum": 0.0, "batch_size": 1, "alpha": 0.0,
    "initializer": "classic", "max_iter": 30, "n_iter_no_change": 10**6, "random_state": 0,
}  # fmt: skip
PLAIN: dict[str, Any] = {
    "hidden_layer_sizes": (8,), "activation": "tanh", "learning_rate_init": 0.02, "max_iter": 60,
    "n_iter_no_change": 10**6, "random_state": 0,
}  # fmt: skip


def three_groups(n_rows: int = 90, seed: int = 0) -> tuple[Array, Array]:
    """Rows around three places, with their places as classes."""
    rng = np.random.default_rng(seed)
    y = np.arange(n_rows) % 3
    centers = np.array([[-1.0, 0.0, 1.0, 0.5], [1.0, 1.0, 0.0, -0.5], [0.0, -1.0, -1.0, 0.0]])
    return centers[y] + 0.3 * rng.normal(size=(n_rows, 4)), y


def pixels(n_rows: int = 150) -> tuple[Array, Array]:
    """Blurred pictures of three signs, 5 × 5 points of 0 to 255."""
    rng = np.random.default_rng(1)
    y = np.arange(n_rows) % 3
    signs = np.array([np.eye(5), np.eye(5)[::-1], np.ones((5, 5)) - np.pad(np.ones((3, 3)), 1)])
    noisy = signs[y].reshape(n_rows, 25) + 0.15 * rng.normal(size=(n_rows, 25))
    return 255 * noisy.clip(0, 1), y


def slope_and_bend(n_rows: int = 80) -> tuple[Array, Array]:
    """Rows with a number that two columns determine."""
    rng = np.random.default_rng(2)
    X = rng.normal(size=(n_rows, 3))
    return X, X[:, 0] - 0.5 * X[:, 1] ** 2


def of_groups(**settings: Any) -> Case:
    return MLPClassifier(**{**PLAIN, **settings}), *three_groups()


def of_numbers(factor: float = 1.0, **settings: Any) -> Case:
    X, y = slope_and_bend()
    return MLPRegressor(**{**PLAIN, **settings}), X, factor * y


def classic(hidden: tuple[int, ...], X: Array, y: Array, **settings: Any) -> Case:
    return MLPClassifier(hidden, **{**CLASSIC, **settings}), X, y


def _zeros() -> tuple[list[Array], list[Array]]:
    return [np.zeros((4, 8)), np.zeros((8, 3))], [np.zeros(8), np.zeros(3)]


def scaled_groups() -> tuple[Array, Array]:
    X, y = three_groups()
    return (X - X.min(axis=0)) / np.ptp(X, axis=0), y


STUCK: dict[str, Callable[[], Case]] = {  # cause → a training that has it
    "unscaled-inputs": lambda: classic((8,), *pixels()),
    "start-weights": lambda: classic((31,), *scaled_groups()),
    "dead-output": lambda: classic(
        (5,), *scaled_groups(), activation="relu", output_activation="relu"
    ),
    "target-out-of-range": lambda: of_numbers(output_activation="logistic"),
    "unscaled-targets": lambda: of_numbers(factor=1e5),
    "symmetric-start": lambda: of_groups(start_weights=_zeros(), solver="sgd"),
    "penalty-too-heavy": lambda: of_groups(alpha=1e4),
    "clipped-gradient": lambda: of_groups(solver="sgd", max_grad_norm=1e-7),
    "step-too-large": lambda: of_groups(hidden_layer_sizes=(8, 8), learning_rate_init=30.0),
    "vanishing-gradient": lambda: of_groups(
        hidden_layer_sizes=(6,) * 7, activation="logistic", solver="sgd", learning_rate_init=0.1
    ),
    "step-too-small": lambda: of_groups(learning_rate_init=1e-8),
    "network-too-small": lambda: (
        MLPClassifier(**{**PLAIN, "hidden_layer_sizes": (), "max_iter": 200}),
        XOR,
        EITHER,
    ),
    "stopped-early": lambda: of_groups(
        solver="sgd",
        learning_rate_init=0.01,
        momentum=0.0,
        tol=2.0,
        n_iter_no_change=1,
        max_iter=400,
    ),
    "too-few-steps": lambda: classic(
        (4,), XOR, EITHER, learning_rate_init=0.1, max_iter=500, random_state=1
    ),
}


def diagnosed(case: Case) -> tuple[Diagnosis, Case]:
    """What is found of a training, and its parts, trained."""
    model, X, y = case
    model.fit(X, y)
    return diagnose(model, X, y), case


def remedied(case: Case, *findings: Finding) -> Case:
    """The same training with the remedies of findings, not trained yet."""
    model, X, y = case
    changes = {name: value for one in findings for name, value in one.remedy.items()}
    if changes.pop("scale", None):
        X = StandardScaler().fit_transform(X)
    if changes.pop("target_scale", None):
        y = StandardScaler().fit_transform(y[:, None])[:, 0]
    return clone(model).set_params(**changes), X, y
