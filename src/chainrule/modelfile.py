"""Keep a model in a file and load it again: its arrays, and what they are.

Schema `chainrule.model/1` (`archive` is how the file is written): the arrays W1, b1, …, and of the
scaling; everything else is the description.
"""

import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import sklearn

from . import __version__, archive
from .archive import SCHEMA
from .chain import Array
from .estimators import MLPClassifier, MLPRegressor
from .kept import (
    described_rows,
    described_scaling,
    rebuilt_columns,
    rebuilt_parameters,
    rebuilt_rows,
)
from .model import Model


def save(model: Model, path: str | os.PathLike[str]) -> None:
    """Write a model; the file is complete or as it was before.

    Raises:
        InputError: if the file cannot be written.
    """
    kept = model.kept
    arrays = dict(kept.parameters.named()) | described_scaling(kept.scaling, "inputs")
    if kept.target_scaling is not None:
        arrays |= described_scaling(kept.target_scaling, "target")
    description = _describe(model)
    if kept.rows is not None:
        of_rows, description["rows"] = described_rows(kept.rows)
        arrays |= of_rows
    archive.write(Path(path), arrays, description)


def load(path: str | os.PathLike[str]) -> Model:
    """Load a model that `chainrule train -o` or `save` wrote.

    >>> load("no-such.chain")
    Traceback (most recent call last):
    chainrule.errors.InputError: `no-such.chain` does not exist.

    Raises:
        InputError: if there is no such file, it is damaged, or of a schema not known here.
    """
    arrays, description = archive.read(path)
    try:
        return _rebuild(arrays, description)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise archive.not_a_model(str(path), error) from error


def _describe(model: Model) -> dict[str, Any]:
    estimator = model.estimator
    return {
        "schema": SCHEMA,
        "versions": {
            "chainrule": __version__,
            "numpy": np.__version__,
            "scikit-learn": sklearn.__version__,
        },
        "features": [asdict(feature) for feature in model.features],
        "target": asdict(model.target),
        "network": {
            "output_activation": estimator.network_.output_activation,
            "loss": estimator.network_.loss.name,
        },
        "estimator": {
            "class": type(estimator).__name__,
            "settings": estimator.get_params(deep=False),
            "loss_curve": estimator.loss_curve_,
        },
    }


def _rebuild(arrays: dict[str, Array], description: dict[str, Any]) -> Model:
    features, scaling, target, target_scaling = rebuilt_columns(arrays, description)
    classes = target.classes
    stored = description["estimator"]
    settings = dict(stored["settings"])
    settings["hidden_layer_sizes"] = tuple(np.atleast_1d(settings["hidden_layer_sizes"]).tolist())
    kinds = {"MLPClassifier": MLPClassifier, "MLPRegressor": MLPRegressor}
    estimator = kinds[stored["class"]](**settings)
    # twice each: scikit-learn warns of a column of labels in which hardly any comes again
    targets = np.repeat(classes, 2) if classes is not None else np.zeros(1)
    parameters = rebuilt_parameters(arrays)
    estimator.restore(parameters, targets, stored["loss_curve"])
    inputs = sum(len(feature.inputs) for feature in features)
    if {inputs} != {estimator.n_features_in_, scaling.fill.size}:
        raise ValueError(f"{inputs} inputs for a network of {estimator.n_features_in_}")
    rows = rebuilt_rows(arrays, description)
    return Model(features, scaling, target, target_scaling, estimator, rows)
