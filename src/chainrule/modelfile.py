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
from .encoding import Feature, Scaling, Target
from .estimators import MLPClassifier, MLPRegressor
from .model import Model
from .parameters import Parameters

_SCALING = ("fill", "center", "scale")


def save(model: Model, path: str | os.PathLike[str]) -> None:
    """Write a model; the file is complete or as it was before.

    Raises:
        InputError: if the file cannot be written.
    """
    arrays = dict(model.estimator.parameters_.named())
    arrays |= {f"inputs.{name}": getattr(model.scaling, name) for name in _SCALING}
    if model.target_scaling is not None:
        arrays |= {f"target.{name}": getattr(model.target_scaling, name) for name in _SCALING}
    archive.write(Path(path), arrays, _describe(model))


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
        "estimator": {
            "class": type(estimator).__name__,
            "settings": estimator.get_params(deep=False),
            "loss_curve": estimator.loss_curve_,
        },
    }


def _rebuild(arrays: dict[str, Array], description: dict[str, Any]) -> Model:
    features = tuple(
        Feature(entry["name"], None if entry["categories"] is None else tuple(entry["categories"]))
        for entry in description["features"]
    )
    kept = description["target"]
    classes = kept["classes"]
    target = Target(kept["name"], kept["place"], None if classes is None else tuple(classes))
    stored = description["estimator"]
    settings = dict(stored["settings"])
    settings["hidden_layer_sizes"] = tuple(np.atleast_1d(settings["hidden_layer_sizes"]).tolist())
    kinds = {"MLPClassifier": MLPClassifier, "MLPRegressor": MLPRegressor}
    estimator = kinds[stored["class"]](**settings)
    layers = {
        name: array for name, array in arrays.items() if not name.startswith(("inputs.", "target."))
    }
    # twice each: scikit-learn warns of a column of labels in which hardly any comes again
    targets = np.repeat(classes, 2) if classes is not None else np.zeros(1)
    estimator.restore(Parameters.from_named(layers), targets, stored["loss_curve"])
    scaling, inputs = _scaling(arrays, "inputs"), sum(len(feature.inputs) for feature in features)
    if {inputs} != {estimator.n_features_in_, scaling.fill.size}:
        raise ValueError(f"{inputs} inputs for a network of {estimator.n_features_in_}")
    scaled_target = "target.fill" in arrays
    return Model(
        features,
        scaling,
        target,
        _scaling(arrays, "target") if scaled_target else None,
        estimator,
    )


def _scaling(arrays: dict[str, Array], prefix: str) -> Scaling:
    return Scaling(*(arrays[f"{prefix}.{name}"] for name in _SCALING))
