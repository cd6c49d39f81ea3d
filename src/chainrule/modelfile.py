"""Keep a model in a file and load it again: safetensors with JSON metadata, never pickle.

Schema `chainrule.model/1`: the arrays W1, b1, …, and of the scaling; everything else is one JSON
object under the metadata key "chainrule".  Its `sha256` is the digest of the whole file with that
field zeroed, so that a damaged file is noticed.
"""

import hashlib
import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from . import __version__
from .chain import Array
from .encoding import Feature, Scaling, Target
from .errors import InputError
from .estimators import MLPClassifier, MLPRegressor
from .model import Model
from .parameters import Parameters

SCHEMA = "chainrule.model/1"
_NO_DIGEST = "0" * 64
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
    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    description = _describe(model)
    blank = _serialized(contiguous, description | {"sha256": _NO_DIGEST})
    digest = hashlib.sha256(blank).hexdigest()
    _write_atomically(Path(path), _serialized(contiguous, description | {"sha256": digest}))


def load(path: str | os.PathLike[str]) -> Model:
    """Load a model that `chainrule train -o` or `save` wrote.

    >>> load("no-such.chain")
    Traceback (most recent call last):
    chainrule.errors.InputError: `no-such.chain` does not exist.

    Raises:
        InputError: if there is no such file, it is damaged, or of a schema not known here.
    """
    name = str(path)
    try:
        data = Path(path).read_bytes()
    except FileNotFoundError:
        raise InputError(f"`{name}` does not exist.") from None
    except OSError as error:
        raise InputError(f"`{name}` cannot be read: {error.strerror}.") from error
    description = _description_of(name, data)
    if description.get("schema") != SCHEMA:
        raise InputError(
            f"`{name}` has the schema {description.get('schema')!r}, this version reads "
            f"{SCHEMA!r}; a newer chainrule may have written it."
        )
    digest = str(description.get("sha256"))
    blank = data.replace(digest.encode(errors="replace"), _NO_DIGEST.encode(), 1)
    if hashlib.sha256(blank).hexdigest() != digest:
        raise InputError(
            f"`{name}` is damaged: its content does not match its digest. Restore it from a copy, "
            "or train again."
        )
    try:
        return _rebuild(load_tensors(data), description)
    except (SafetensorError, ValueError, TypeError, LookupError, AttributeError) as error:
        # whole as it was written, but not by `save`
        raise InputError(
            f"`{name}` describes no model that can be rebuilt ({type(error).__name__}: {error})."
        ) from error


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


def _serialized(arrays: dict[str, Array], description: dict[str, Any]) -> bytes:
    # settings may be NumPy's numbers, such as a seed
    text = json.dumps(description, ensure_ascii=False, sort_keys=True, default=np.generic.item)
    return save_tensors(arrays, metadata={"chainrule": text})


def _description_of(name: str, data: bytes) -> dict[str, Any]:
    """Read the metadata of safetensors: a length of 8 bytes, then JSON of that length."""
    try:
        length = int.from_bytes(data[:8], "little")
        metadata = json.loads(data[8 : 8 + length])["__metadata__"]
        description = json.loads(metadata["chainrule"])
        if isinstance(description, dict):
            return description
    except (ValueError, TypeError, LookupError, RecursionError):
        pass  # other JSON, or none
    raise InputError(
        f"`{name}` is not a chainrule model, or a damaged one ({len(data)} bytes); "
        "`chainrule train DATA -o FILE` writes one."
    )


def _write_atomically(path: Path, data: bytes) -> None:
    """Write beside the file, flush to the disk, rename: whoever looks sees the old or the new."""
    target = Path(os.path.realpath(path))  # a link stays a link
    temporary = target.parent / f".chainrule-{secrets.token_hex(8)}"
    try:
        if target.exists() and not target.is_file():
            raise InputError(f"`{path}` is a folder or a device; name a file.")
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        raise InputError(f"`{path}` cannot be written: {error.strerror}.") from error
    finally:
        with suppress(OSError):  # there only if something failed, an interrupt included
            temporary.unlink()
