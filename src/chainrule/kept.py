"""What a model's file keeps of a network, without the estimator: enough to predict and to explain.

scikit-learn takes longer to load than either takes, and is not needed for it.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import archive
from .cases import Case
from .chain import Array, forward
from .description import (
    FIRST,
    KeptRows,
    rebuilt_columns,
    rebuilt_parameters,
    rebuilt_rows,
    rebuilt_rules,
    upgraded,
)
from .encoding import Feature, Scaling, Target, codes
from .errors import InputError
from .formats import USUAL, Spelling
from .hidden_layers import hidden_activations
from .kept_settings import rebuilt_settings
from .losses import LOSSES
from .names import lookup
from .network import Network, blocks_of, require_suitable
from .origin import Origin
from .parameters import Parameters
from .shares import shares_of
from .words import listed


@dataclass(frozen=True, slots=True, eq=False)
class KeptNetwork:
    """A trained network with its columns, as in `Model`.

    Attributes:
        features, scaling, target, target_scaling, missing, unseen, spelling, origin: as in
            `Model`.
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
    missing: str = "mean"
    unseen: str = "error"
    spelling: Spelling = USUAL
    origin: Origin | None = None

    def predict_encoded(self, encoded: Array) -> Array:
        """Return the label or number of each row, (rows,), encoded but not scaled, (rows, n)."""
        return self.decide(self.outputs(encoded))

    def probabilities_encoded(self, encoded: Array) -> Array:
        """Return the classes' probabilities, (rows, classes), of rows as `predict_encoded` takes.

        Raises:
            InputError: if the model predicts numbers.
        """
        return self.shares(self.outputs(encoded))

    def outputs(self, encoded: Array) -> Array:
        """Return the network's outputs, (rows, n_outputs); no row depends on those beside it."""
        links = [*self.network.layers(self.parameters), self.network.output_link()]
        dtype = self.parameters.flat.dtype
        found = np.empty((len(encoded), self.network.layer_sizes[-1]), dtype)
        for rows in blocks_of(len(encoded)):
            scaled = self.scaling.apply(encoded[rows]).astype(dtype, copy=False)
            found[rows] = forward(links, scaled)[0]
        return found

    def shares(self, outputs: Array) -> Array:
        """Return the probabilities, (rows, classes), that outputs mean."""
        if self.target.classes is None:
            raise InputError(
                f"probabilities need a model for classes; this one predicts {self.target.name!r}, "
                "a number. Use `predict`."
            )
        return shares_of(outputs, one_unit=outputs.shape[1] == 1)

    def decide(self, outputs: Array) -> Array:
        """Return the labels or numbers, (rows,), that outputs mean."""
        if self.target.classes is not None:
            return np.array(self.target.classes)[self.shares(outputs).argmax(axis=1)]
        numbers = outputs[:, 0] if outputs.shape[1] == 1 else outputs
        return numbers if self.target_scaling is None else self.target_scaling.undo(numbers)

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
    return rebuilt_network(str(path), *archive.read(path))


def rebuilt_network(
    path: str, arrays: Mapping[str, Array], description: Mapping[str, Any]
) -> KeptNetwork:
    """Return the network of a file that was read.

    Raises:
        InputError: if its parts do not fit together.
    """
    if "network" not in description and description["schema"] == FIRST:
        raise InputError(
            f"`{path}` was written by a version without `explain`; train again, or `load` and "
            "`save` it in Python."
        )
    with archive.rebuilding(path):
        return _rebuilt(arrays, upgraded(description))


def _rebuilt(arrays: Mapping[str, Array], description: Mapping[str, Any]) -> KeptNetwork:
    columns = rebuilt_columns(arrays, description)
    parameters = rebuilt_parameters(arrays)
    stored, ends, sizes = description["estimator"], description["network"], parameters.layer_sizes
    settings = rebuilt_settings(stored["settings"])
    loss = lookup(LOSSES, ends["loss"], "loss")
    network = Network(
        sizes,
        hidden_activations(settings["activation"], len(sizes) - 2),
        ends["output_activation"],
        loss,
        settings["alpha"],
    )
    require_suitable(network.output_activation, loss, sizes[-1])
    require_fitting(sizes, columns[1], columns[2])
    rows = rebuilt_rows(arrays, description)
    if rows is not None and rows.encoded.shape[1] != sizes[0]:
        raise ValueError("rows of another number of inputs")
    origin = description["origin"]
    return KeptNetwork(
        *columns,
        network,
        parameters,
        settings,
        rows,
        *rebuilt_rules(description),
        None if origin is None else Origin.rebuilt(origin),
    )


def require_fitting(sizes: Sequence[int], scaling: Scaling, target: Target) -> None:
    """Refuse a network of other inputs than the columns, or of other outputs than the classes."""
    outputs = 1 if target.classes is None else len(target.classes)
    if sizes[0] != scaling.fill.size:
        raise ValueError(f"{scaling.fill.size} inputs for a network of {sizes[0]}")
    if target.classes is not None and sizes[-1] not in ((1, 2) if outputs == 2 else (outputs,)):
        raise ValueError(f"{outputs} classes for a network of {sizes[-1]} outputs")
