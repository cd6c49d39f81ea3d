"""A file of arrays and their description: safetensors with JSON metadata, never pickle.

The description is one JSON object under the metadata key "chainrule".  Its `sha256` is the digest
of the whole file with that field zeroed, so that a damaged file is noticed.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from .chain import Array
from .errors import InputError
from .files import write_atomically

SCHEMA = "chainrule.model/1"
_NO_DIGEST = "0" * 64


def write(path: Path, arrays: dict[str, Array], description: dict[str, Any]) -> None:
    """Write arrays and what they are; the file is complete or as it was before.

    Raises:
        InputError: if the file cannot be written.
    """
    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    blank = _serialized(contiguous, description | {"sha256": _NO_DIGEST})
    digest = hashlib.sha256(blank).hexdigest()
    write_atomically(path, _serialized(contiguous, description | {"sha256": digest}))


def read(path: str | os.PathLike[str]) -> tuple[dict[str, Array], dict[str, Any]]:
    """Return the arrays of a model's file and their description.

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
        return load_tensors(data), description
    except (SafetensorError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise not_a_model(name, error) from error


def not_a_model(name: str, error: Exception) -> InputError:
    """Return the refusal of a file that is whole as it was written, but not by `save`."""
    return InputError(
        f"`{name}` describes no model that can be rebuilt ({type(error).__name__}: {error})."
    )


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
