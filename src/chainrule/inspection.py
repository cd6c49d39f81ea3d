"""What a model's file holds, as a record; scikit-learn is not needed for it."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from . import archive
from .description import rebuilt_history, upgraded
from .facts import ColumnFacts, ModelFacts
from .hidden_layers import dropout_shares
from .kept import KeptNetwork, rebuilt_network
from .summary import summarize


def inspect(path: str | os.PathLike[str]) -> ModelFacts:
    """Return what a model's file holds.

    Raises:
        InputError: as `load`.
    """
    arrays, description = archive.read(path)
    kept = rebuilt_network(str(path), arrays, description)
    with archive.rebuilding(str(path)):
        return _facts(str(path), kept, upgraded(description), description["sha256"])


def _facts(path: str, kept: KeptNetwork, description: Mapping[str, Any], sha256: str) -> ModelFacts:
    stored, target = description["estimator"], kept.target
    scaling = kept.target_scaling
    shares = dropout_shares(kept.settings["dropout"], len(kept.network.hidden))
    dtype = kept.parameters.flat.dtype
    return ModelFacts(
        path=path,
        schema=description["schema"],
        sha256=sha256,
        holds=str(description["holds"]),
        estimator=str(stored["class"]),
        versions={str(name): str(version) for name, version in description["versions"].items()},
        network=summarize(kept.network, dtype, shares),
        columns=tuple(_columns(kept)),
        target=target.name,
        task=target.task,
        classes=target.classes,
        target_scaling=None
        if scaling is None
        else {"center": scaling.center.item(), "scale": scaling.scale.item()},
        missing=kept.missing,
        unseen=kept.unseen,
        settings=dict(stored["settings"]),
        history=_history(stored["history"]),
        origin=None if kept.origin is None else asdict(kept.origin),
        kept_rows=0 if kept.rows is None else len(kept.rows.y),
    )


def _columns(kept: KeptNetwork) -> Iterator[ColumnFacts]:
    place, scaling = 0, kept.scaling
    for feature in kept.features:
        if feature.categories is None:
            numbers = (part[place].item() for part in (scaling.fill, scaling.center, scaling.scale))
            yield ColumnFacts(feature.name, None, *numbers)
        else:
            yield ColumnFacts(feature.name, feature.categories)
        place += len(feature.inputs)


def _history(described: Mapping[str, Any]) -> dict[str, Any]:
    history = rebuilt_history(described)
    return {
        "epochs": len(history.loss_curve),
        "loss": history.loss_curve[-1] if history.loss_curve else None,
        "stop_reason": history.stop_reason,
    }
