"""A trained model: from cells of a table to labels or numbers, scaling and names included."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .abreast import train_together
from .chain import Array
from .description import KeptRows
from .encoding import Feature, Scaling, Target
from .errors import DivergenceError, InputError
from .estimators import MLPClassifier, MLPRegressor
from .formats import USUAL, Spelling
from .given_rows import encoded_rows
from .kept import KeptNetwork
from .mlp import MLP
from .origin import Origin
from .recipes import Recipe


@dataclass(frozen=True, slots=True)
class Model:
    """What `chainrule train` keeps: columns, scaling, target and the network.

    Attributes:
        features: the columns, in the order of the file.
        scaling: how the network's inputs are scaled.
        target: what is predicted.
        target_scaling: how a regression's target is scaled; None for classification.
        estimator: the fitted MLPClassifier or MLPRegressor, on scaled inputs.
        rows: rows of the table that are kept with the model, to be explained.
        missing: what is done about a cell without a value, as in training: "refuse", "drop" (no
            prediction for its row) or "mean".
        unseen: what is done about a category that no row of the training had: "error" or "ignore".
        spelling: how cells were written in training.
        origin: the table the model comes from, and how it scored there, where that is known.
    """

    features: tuple[Feature, ...]
    scaling: Scaling
    target: Target
    target_scaling: Scaling | None
    estimator: MLP
    rows: KeptRows | None = None
    missing: str = "mean"
    unseen: str = "error"
    spelling: Spelling = USUAL
    origin: Origin | None = None

    @property
    def kept(self) -> KeptNetwork:
        """The network with its columns and rows, without the estimator."""
        return KeptNetwork(
            self.features,
            self.scaling,
            self.target,
            self.target_scaling,
            self.estimator.network_,
            self.estimator.parameters_,
            self.estimator.get_params(deep=False),
            self.rows,
            self.missing,
            self.unseen,
            self.spelling,
            self.origin,
        )

    def predict(self, X: ArrayLike | Sequence[Sequence[object]]) -> Array:
        """Return the label or the number of each row, (rows,), for X as in the file.

        X is (rows, columns) with the feature columns in the order of `features`, numbers or text;
        a frame with the names of the training's columns may have them in any order, and others.

        Raises:
            InputError: if the columns are not those of the training, or a cell has no value and
                the training had none such (`missing`).
        """
        return self.predict_encoded(self.encode(X))

    def probabilities(self, X: ArrayLike | Sequence[Sequence[object]]) -> Array:
        """Return the classes' probabilities, (rows, classes), in the order of the target's.

        X is as for `predict`.

        Raises:
            InputError: if the columns are not those of the training, or the model predicts numbers.
        """
        return self.probabilities_encoded(self.encode(X))

    def predict_encoded(self, encoded: Array) -> Array:
        """Do as `predict` for inputs that are encoded but not scaled yet, (rows, n_inputs)."""
        return self.kept.predict_encoded(encoded)

    def probabilities_encoded(self, encoded: Array) -> Array:
        """Do as `probabilities` for inputs that are encoded but not scaled yet."""
        return self.kept.probabilities_encoded(encoded)

    def encode(self, X: ArrayLike | Sequence[Sequence[object]]) -> Array:
        """Return the inputs before scaling, (rows, n_inputs), of X as for `predict`."""
        encoded = encoded_rows(X, self.features, self.unseen, self.spelling.missing_words)
        if self.missing != "mean" and np.isnan(encoded).any():
            row, column = np.argwhere(np.isnan(encoded))[0]
            names = [feature.name for feature in self.features for _ in feature.inputs]
            raise InputError(
                f"`X`, row {row}, column {names[column]!r} has no value, and the training had no "
                "such cell; fill it in, or train with `--missing mean`."
            )
        return encoded


class Interruption(KeyboardInterrupt):
    """Ctrl-C in a training.

    Attributes:
        trained: the models, as they are now.
        models: the same by the names of their parts, once these are known.
    """

    def __init__(self, trained: list[Model]) -> None:
        super().__init__()
        self.trained = trained
        self.models: dict[str, Model] = {}


def train_models(
    features: tuple[Feature, ...],
    target: Target,
    parts: Sequence[tuple[Array, Array]],
    recipe: Recipe,
    seed: int,
    callbacks: Sequence[Callable[["Model"], Sequence[Any]]] = (),
) -> list[tuple[Model, DivergenceError | None]]:
    """Train a model on each part: encoded rows (n, n_inputs), targets (n,).

    `callbacks` are functions, one a part or none, that make the callbacks of the part's model.
    A training that diverges gives the model of its last epoch in bounds, and the error beside it.

    Raises:
        InputError: if a setting of the recipe cannot be used.
    """
    models, jobs = [], []
    for encoded, y in parts:
        scaling, target_scaling = Scaling.fit(encoded, recipe.scale), None
        if target.classes is None and not _needs_raw_target(recipe):
            target_scaling = Scaling.fit(y[:, None], "standard")
            y = target_scaling.apply(y[:, None])[:, 0]
        fitting = recipe.changed(batch_size=min(recipe.batch_size, len(y)))
        estimator = make_estimator(fitting, target, seed)
        models.append(Model(features, scaling, target, target_scaling, estimator))
        jobs.append((estimator, scaling.apply(encoded), y))
    for model, callbacks_of in zip(models, callbacks, strict=False):
        model.estimator.set_params(callbacks=[*callbacks_of(model)])
    try:
        with warnings.catch_warnings():
            # of rows in another order than the table's; where it matters, training diverges
            warnings.filterwarnings("ignore", message=".*steps suit numbers near 1")
            errors = train_together(jobs)
    finally:
        for model in models:
            model.estimator.set_params(callbacks=None)
    if any(model.estimator.stop_reason_ == "interrupted" for model in models):
        raise Interruption(models)  # the command ends; estimators would go on with what they have
    return [(model, errors.get(index)) for index, model in enumerate(models)]


def make_estimator(recipe: Recipe, target: Target, seed: int) -> MLP:
    """Return the estimator that a recipe describes, not fitted."""
    settings: dict[str, Any] = {
        "hidden_layer_sizes": recipe.hidden,
        "activation": recipe.activation,
        "solver": recipe.solver,
        "alpha": recipe.alpha,
        "batch_size": recipe.batch_size,
        "learning_rate_init": recipe.learning_rate,
        "max_iter": recipe.epochs,
        "n_iter_no_change": recipe.epochs,
        "shuffle": recipe.shuffle,
        "random_state": seed,
        "momentum": recipe.momentum,
        "output_activation": recipe.output_activation,
        "initializer": recipe.initializer,
    }
    if recipe.loss != "auto":
        settings["loss"] = recipe.loss
    if target.classes is None:
        return MLPRegressor(**settings)
    return MLPClassifier(**settings, class_weight=recipe.class_weight)


def _needs_raw_target(recipe: Recipe) -> bool:
    return recipe.loss == "poisson"  # counts stay counts
