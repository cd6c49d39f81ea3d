"""What a model's file keeps of a network, without the estimator: enough to explain a gradient.

scikit-learn takes longer to load than a gradient takes to explain, and is not needed for it.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import archive
from .cases import Case
from .chain import Array
from .encoding import Feature, Scaling, Target, codes
from .errors import InputError
from .hidden_layers import hidden_activations
from .losses import LOSSES
from .names import lookup
from .network import Network
from .parameters import Parameters
from .words import listed

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


@dataclass(frozen=True, slots=True, eq=False)
class KeptNetwork:
    """A trained network with its columns, as in `Model`.

    Attributes:
        features, scaling, target, target_scaling: as in `Model`.
        settings: of the estimator, by name.
        rows: rows of the table, if any are kept.
    """

    features: tuple[Feature, ...]
    scaling: Scaling
    target: Target
    target_scaling: Scaling | None
    network: Network
    parameters: Parameters
    settings: Mapping[str, Any]
    rows: KeptRows | None = None

    def case(self, encoded: Array, y: Array, places: Sequence[str] = ()) -> Case:
        """Return the case of rows that are encoded but not scaled yet, and their targets.

        Raises:
            InputError: if a label is none of the training's.
        """
        if self.target.classes is not None:
            classes = np.array(self.target.classes)
            strangers = np.setdiff1d(y, classes)
            if len(strangers):
                raise InputError(
                    f"the target {self.target.name!r} must be one of the training's classes, "
                    f"{listed(list(map(str, classes)))}; got {strangers[0].item()!r}."
                )
            target = codes(y, classes, one_unit=self.network.layer_sizes[-1] == 1)
        else:
            target = np.asarray(y, dtype=np.float64)[:, None]
            if self.target_scaling is not None:
                target = self.target_scaling.apply(target)
        X = self.scaling.apply(encoded)
        names = tuple(name for feature in self.features for name in feature.inputs)
        return Case(self.network, self.parameters, X, target, None, names, tuple(places))

    def case_of_rows(self) -> Case | None:
        """Return the case of the rows that are kept; None if there are none."""
        rows = self.rows
        return None if rows is None else self.case(rows.encoded, rows.y, rows.places)


def read_kept(path: str | os.PathLike[str]) -> KeptNetwork:
    """Read the network of a model's file.

    Raises:
        InputError: as `load`.
    """
    arrays, description = archive.read(path)
    if "network" not in description:
        raise InputError(
            f"`{path}` was written by a version without `explain`; train again, or `load` and "
            "`save` it in Python."
        )
    try:
        return _kept(arrays, description)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise archive.not_a_model(str(path), error) from error


def described_rows(rows: KeptRows) -> tuple[dict[str, Array], dict[str, Any]]:
    """Return the array, and the description, of rows to be kept."""
    return {"rows.encoded": rows.encoded}, {"y": rows.y.tolist(), "places": list(rows.places)}


def rebuilt_rows(arrays: Mapping[str, Array], description: Mapping[str, Any]) -> KeptRows | None:
    """Return the rows that a file keeps."""
    kept = description.get("rows")
    if kept is None:
        return None
    rows = KeptRows(arrays["rows.encoded"], np.array(kept["y"]), tuple(kept["places"]))
    if not len(rows.encoded) == len(rows.y) == len(rows.places):
        raise ValueError("rows, targets and places of different numbers")
    return rows


def rebuilt_columns(
    arrays: Mapping[str, Array], description: Mapping[str, Any]
) -> tuple[tuple[Feature, ...], Scaling, Target, Scaling | None]:
    """Return features, scaling, target and target scaling of a file."""
    features = tuple(
        Feature(entry["name"], None if entry["categories"] is None else tuple(entry["categories"]))
        for entry in description["features"]
    )
    kept = description["target"]
    classes = kept["classes"]
    target = Target(kept["name"], kept["place"], None if classes is None else tuple(classes))
    of_target = _scaling(arrays, "target") if "target.fill" in arrays else None
    return features, _scaling(arrays, "inputs"), target, of_target


def rebuilt_parameters(arrays: Mapping[str, Array]) -> Parameters:
    """Return the parameters of a file."""
    return Parameters.from_named({name: array for name, array in arrays.items() if "." not in name})


def described_scaling(scaling: Scaling, prefix: str) -> dict[str, Array]:
    """Return the arrays of a scaling by name."""
    return {f"{prefix}.{name}": getattr(scaling, name) for name in _SCALING}


def _scaling(arrays: Mapping[str, Array], prefix: str) -> Scaling:
    return Scaling(*(arrays[f"{prefix}.{name}"] for name in _SCALING))


def _kept(arrays: Mapping[str, Array], description: Mapping[str, Any]) -> KeptNetwork:
    columns = rebuilt_columns(arrays, description)
    parameters = rebuilt_parameters(arrays)
    settings, ends = description["estimator"]["settings"], description["network"]
    sizes = parameters.layer_sizes
    network = Network(
        sizes,
        hidden_activations(settings["activation"], len(sizes) - 2),
        ends["output_activation"],
        lookup(LOSSES, ends["loss"], "loss"),
        settings["alpha"],
    )
    network.output_link()  # refuses a name that is none
    return KeptNetwork(*columns, network, parameters, settings, rebuilt_rows(arrays, description))
