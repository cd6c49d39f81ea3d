"""The parts of a model as a file describes them, and back; each is looked at before it is used."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from itertools import chain
from math import isfinite, nan
from typing import Any

import numpy as np

from .chain import Array
from .encoding import UNSEEN, Feature, Scaling, Target
from .formats import DECIMALS, THOUSANDS, Spelling
from .history import History
from .missing import POLICIES
from .parameters import Parameters

FIRST = "chainrule.model/1"
"""The schema of files that say less."""

_SCALING = ("fill", "center", "scale")


@dataclass(frozen=True, slots=True, eq=False)
class KeptRows:
    """Rows of the training's table.

    Attributes:
        encoded: the inputs before scaling, (rows, n_inputs).
        y: the labels or numbers, (rows,).
        places: where each row stands in the table, "line 7".
    """

    encoded: Array
    y: Array
    places: tuple[str, ...]


def upgraded(description: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a description of schema 1 as one of today's, which says more."""
    if description["schema"] != FIRST:
        return description
    estimator = dict(description["estimator"])
    curve = estimator.pop("loss_curve")
    estimator["history"] = {"loss_curve": curve, "n_iter": len(curve)}
    rules = {"missing": "mean", "unseen": "error"}  # as `predict` did then
    return {**description, "estimator": estimator, "rules": rules, "holds": "model", "origin": None}


def described_rows(rows: KeptRows) -> tuple[dict[str, Array], dict[str, Any]]:
    """Return the array, and the description, of rows to be kept."""
    return {"rows.encoded": rows.encoded}, {"y": rows.y.tolist(), "places": list(rows.places)}


def rebuilt_rows(arrays: Mapping[str, Array], description: Mapping[str, Any]) -> KeptRows | None:
    """Return the rows that a file keeps."""
    kept = description.get("rows")
    if kept is None:
        return None
    encoded, places = arrays["rows.encoded"], tuple(map(_text, kept["places"]))
    rows = KeptRows(encoded, np.array(kept["y"]), places)
    if encoded.ndim != 2 or rows.y.shape != (len(encoded),) or len(places) != len(encoded):
        raise ValueError("rows, targets and places of different numbers")
    return rows


def described_columns(features: tuple[Feature, ...], target: Target) -> dict[str, Any]:
    """Return what is said of the columns."""
    return {"features": [asdict(feature) for feature in features], "target": asdict(target)}


def rebuilt_columns(
    arrays: Mapping[str, Array], description: Mapping[str, Any]
) -> tuple[tuple[Feature, ...], Scaling, Target, Scaling | None]:
    """Return features, scaling, target and target scaling of a file."""
    features = tuple(map(_feature, description["features"]))
    kept = description["target"]
    classes = kept["classes"]
    if classes is not None and (len(classes) < 2 or sorted(set(classes)) != classes):
        raise ValueError("classes that are not two or more in sorted order")
    target = Target(
        _text(kept["name"]), int(kept["place"]), None if classes is None else tuple(classes)
    )
    n_inputs = len(tuple(chain.from_iterable(feature.inputs for feature in features)))
    of_target = _scaling(arrays, "target", 1) if "target.fill" in arrays else None
    return features, _scaling(arrays, "inputs", n_inputs), target, of_target


def rebuilt_rules(description: Mapping[str, Any]) -> tuple[str, str, Spelling]:
    """Return what is done about missing and unknown cells, and how cells are written."""
    rules = description["rules"]
    missing, unseen = rules["missing"], rules["unseen"]
    if missing not in POLICIES or unseen not in UNSEEN:
        raise ValueError(f"the rules {missing!r} and {unseen!r}")
    decimal, thousands = rules.get("decimal", "."), rules.get("thousands")
    if decimal not in DECIMALS or thousands not in {None, *THOUSANDS} - {decimal}:
        raise ValueError(f"numbers written with {decimal!r} and {thousands!r}")
    words = tuple(map(_text, rules.get("missing_words", ())))
    return missing, unseen, Spelling(decimal, thousands, words)


def rebuilt_parameters(arrays: Mapping[str, Array], prefix: str = "") -> Parameters:
    """Return the parameters of a file, or those whose names begin so."""
    mine = {
        name.removeprefix(prefix): array
        for name, array in arrays.items()
        if name.startswith(prefix) and "." not in name.removeprefix(prefix)
    }
    parameters = Parameters.from_named(mine)
    if set(parameters.named()) != set(mine) or len({array.dtype for array in mine.values()}) != 1:
        raise ValueError("weights and biases of no network")
    return parameters


def described_scaling(scaling: Scaling, prefix: str) -> dict[str, Array]:
    """Return the arrays of a scaling by name."""
    return {f"{prefix}.{name}": getattr(scaling, name) for name in _SCALING}


def described_history(history: History) -> dict[str, Any]:
    """Return the curves and where they stand; null is a number that is none."""
    described: dict[str, Any] = {}
    for field in fields(history):
        value = getattr(history, field.name)
        if isinstance(value, list):
            described[field.name] = [number if isfinite(number) else None for number in value]
        elif isinstance(value, int | str) or (isinstance(value, float) and isfinite(value)):
            described[field.name] = value  # of a best score, there may be none
    return described


def rebuilt_history(described: Mapping[str, Any]) -> History:
    """Undo `described_history`."""
    return History(**{name: _numbers(value) for name, value in described.items()})


def _numbers(value: Any) -> Any:
    """Return a curve with NaN for null; anything else that a history has, as it is."""
    if isinstance(value, list):
        return [nan if number is None else number + 0.0 for number in value]
    if not isinstance(value, int | float | str):
        raise TypeError(f"{value!r} in a history")
    return value


def _scaling(arrays: Mapping[str, Array], prefix: str, size: int) -> Scaling:
    parts = [arrays[f"{prefix}.{name}"] for name in _SCALING]
    if any(part.shape != (size,) for part in parts) or not parts[2].all():
        raise ValueError(f"the scaling of {prefix} for other than {size} columns, or by 0")
    return Scaling(*parts)


def _feature(described: Mapping[str, Any]) -> Feature:
    name, categories = _text(described["name"]), described["categories"]
    if categories is None:
        return Feature(name, None)
    if not isinstance(categories, list) or len(set(map(_text, categories))) != len(categories):
        raise ValueError(f"the categories of {name!r}")
    return Feature(name, tuple(categories))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} where text is due")
    return value
