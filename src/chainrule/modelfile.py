"""Keep a model, or a fitted estimator, in a file and load it again.

Schema `chainrule.model/2` (`archive` is how the file is written): the arrays W1, b1, …, and of the
scaling; everything else is the description, of which `description` and `kept_settings` hold parts.
"""

import os
import platform
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from sklearn.utils.validation import check_is_fitted

from . import __version__, archive
from .archive import SCHEMA
from .chain import Array
from .description import (
    described_columns,
    described_history,
    described_rows,
    described_scaling,
    rebuilt_columns,
    rebuilt_history,
    rebuilt_parameters,
    rebuilt_rows,
    rebuilt_rules,
    upgraded,
)
from .encoding import Feature, Scaling, Target
from .errors import InputError
from .estimators import MLPClassifier, MLPRegressor
from .initializers import given
from .kept import require_fitting
from .kept_settings import (
    START,
    described_settings,
    described_weights,
    rebuilt_settings,
    rebuilt_weights,
)
from .mlp import MLP
from .model import Model
from .origin import Origin

_INTEGERS = [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
_LABEL_TYPES = (None, "bool", "float32", "float64", "object", *_INTEGERS)
_KINDS: dict[str, type[MLP]] = {"MLPClassifier": MLPClassifier, "MLPRegressor": MLPRegressor}


def save(model: Model | MLP, path: str | os.PathLike[str]) -> None:
    """Write a model, or a fitted MLPClassifier or MLPRegressor, without anything that executes.

    The file is complete or as it was before.

    Raises:
        InputError: if the file cannot be written, or a setting is a Python function.
        NotFittedError: if the estimator is not fitted.
    """
    estimator = model.estimator if isinstance(model, Model) else model
    if type(estimator).__name__ not in _KINDS or not isinstance(estimator, MLP):
        raise InputError(
            "`model` must be a fitted MLPClassifier or MLPRegressor, or a model that `load` "
            f"returned; got {type(estimator).__name__}."
        )
    check_is_fitted(estimator, "parameters_")
    _require_finite(estimator)
    holder = model if isinstance(model, Model) else _as_model(model)
    arrays = dict(estimator.parameters_.named()) | described_scaling(holder.scaling, "inputs")
    if holder.target_scaling is not None:
        arrays |= described_scaling(holder.target_scaling, "target")
    description = _describe(holder) | {"holds": "estimator" if holder is not model else "model"}
    if holder.rows is not None:
        of_rows, description["rows"] = described_rows(holder.rows)
        arrays |= of_rows
    if estimator.start_weights is not None:
        start = given(estimator.start_weights, estimator.parameters_.layer_sizes)
        arrays |= {f"start.{name}": array for name, array in start.named().items()}
    archive.write(Path(path), arrays, description)


def load(path: str | os.PathLike[str]) -> Any:
    """Load what `save` or `chainrule train -o` wrote: a Model, or the estimator.

    >>> load("no-such.chain")
    Traceback (most recent call last):
    chainrule.errors.InputError: `no-such.chain` does not exist.

    Raises:
        InputError: if there is no such file, it is something else, damaged, or of a newer schema.
    """
    arrays, description = archive.read(path)
    with archive.rebuilding(str(path)):
        return _rebuilt(arrays, upgraded(description))


def _describe(model: Model) -> dict[str, Any]:
    estimator = model.estimator
    classes = getattr(estimator, "classes_", None)
    names = getattr(estimator, "feature_names_in_", None)
    return described_columns(model.features, model.target) | {
        "schema": SCHEMA,
        "versions": {
            "chainrule": __version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scikit-learn": sklearn.__version__,
        },
        "rules": {
            "missing": model.missing,
            "unseen": model.unseen,
            **asdict(model.spelling),
        },
        "origin": None if model.origin is None else model.origin.described(),
        "network": {
            "output_activation": estimator.network_.output_activation,
            "loss": estimator.network_.loss.name,
        },
        "estimator": {
            "class": type(estimator).__name__,
            "settings": described_settings(estimator.get_params(deep=False)),
            "history": described_history(estimator._history),
            "feature_names": None if names is None else list(map(str, names)),
            "label_type": None if classes is None else _label_type(classes),
            "several": _predicts_several(estimator),
            "class_weight": described_weights(estimator.class_weight_),
        },
    }


def _rebuilt(arrays: Mapping[str, Array], description: Mapping[str, Any]) -> Model | MLP:
    features, scaling, target, target_scaling = rebuilt_columns(arrays, description)
    parameters, stored = rebuilt_parameters(arrays), description["estimator"]
    require_fitting(parameters.layer_sizes, scaling, target)
    start = None
    if stored["settings"].get("start_weights") == START:
        named = rebuilt_parameters(arrays, "start.")
        start = (list(named.W), list(named.b))
    estimator = _KINDS[stored["class"]](**rebuilt_settings(stored["settings"], start))
    several, label_type = stored.get("several", False), stored.get("label_type")
    targets = _targets(target, label_type, several, parameters.layer_sizes[-1])
    estimator.restore(parameters, targets, rebuilt_history(stored["history"]))
    if stored.get("class_weight") is not None:
        estimator.class_weight_ = rebuilt_weights(stored["class_weight"])
    if stored.get("feature_names") is not None:
        estimator.feature_names_in_ = np.array(stored["feature_names"], dtype=object)
    if description["holds"] == "estimator":
        return estimator
    rows, rules = rebuilt_rows(arrays, description), rebuilt_rules(description)
    origin = description["origin"]
    kept = None if origin is None else Origin.rebuilt(origin)
    return Model(features, scaling, target, target_scaling, estimator, rows, *rules, kept)


def _label_type(classes: Array) -> str | None:
    """Return the labels' type where it does not follow from them."""
    return None if classes.dtype.kind == "U" else classes.dtype.name


def _predicts_several(estimator: MLP) -> bool:
    """Whether it predicts several labels, or numbers, a row."""
    if isinstance(estimator, MLPClassifier):
        return estimator._multilabel
    return estimator.n_outputs_ > 1


def _targets(target: Target, label_type: str | None, several: bool, n_outputs: int) -> Array:
    """Return targets from which an estimator learns its classes, or that they are numbers."""
    if target.classes is not None:
        if label_type not in _LABEL_TYPES:
            raise ValueError(f"labels of the type {label_type!r}")
        # twice each: scikit-learn warns of a column of labels in which hardly any comes again
        return np.repeat(np.array(target.classes, label_type), 2)
    if several is True:
        return np.repeat([[0], [1]], n_outputs, axis=1)
    return np.zeros(1)


def _as_model(estimator: MLP) -> Model:
    """Return an estimator as a model of a table whose columns are numbers, not scaled."""
    n_inputs = estimator.n_features_in_
    names = getattr(estimator, "feature_names_in_", [f"column {k}" for k in range(n_inputs)])
    classes = None if _predicts_several(estimator) else getattr(estimator, "classes_", None)
    return Model(
        tuple(Feature(str(name), None) for name in names),
        Scaling(np.zeros(n_inputs), np.zeros(n_inputs), np.ones(n_inputs)),
        Target("y", n_inputs, None if classes is None else tuple(classes.tolist())),
        None,
        estimator,
        missing="refuse",
    )


def _require_finite(estimator: MLP) -> None:
    """Refuse weights that predict nothing."""
    for name, array in estimator.parameters_.named().items():
        if not np.isfinite(array).all():
            wrong = array[~np.isfinite(array)][0]
            raise InputError(f"`model` has a weight that is no number: {name} holds {wrong}.")
