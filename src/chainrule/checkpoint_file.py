"""The file of a checkpoint: safetensors with JSON metadata and a SHA-256, never pickle.

Schema `chainrule.checkpoint/1`.  The digest is that of the whole file with the digest zeroed; an
array's name begins with the number of the training it belongs to.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from .checkpoint_mark import MARK
from .errors import InputError
from .files import write_atomically
from .states import State

SCHEMA = "chainrule.checkpoint/1"
_NO_DIGEST = "0" * 64
_REMEDY = "Begin the training anew without it."


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """What a checkpoint holds.

    Attributes:
        states: of trainings, by name.
        identity: settings, data and platform of the training.
        why: "interrupted", "over", or "pace" where it was time for a checkpoint.
        written: when, in words.
    """

    states: Mapping[str, State]
    identity: Mapping[str, Any]
    why: str
    written: str


def write_checkpoint(path: str | os.PathLike[str], kept: Kept) -> None:
    """Write a checkpoint; the file is complete or as it was before.

    Raises:
        InputError: if the file cannot be written.
    """
    arrays = {
        f"{number}.{name}": np.ascontiguousarray(array)
        for number, state in enumerate(kept.states.values())
        for name, array in state.arrays.items()
    }
    facts = {name: state.facts for name, state in kept.states.items()}
    description = {"schema": SCHEMA, "sha256": _NO_DIGEST, "why": kept.why, "states": facts}
    description |= {"identity": kept.identity, "written": kept.written}
    text = json.dumps(description, default=np.generic.item)
    data = bytearray(save_tensors(arrays, metadata={"checkpoint": text}))
    place = data.index(_NO_DIGEST.encode())
    data[place : place + len(_NO_DIGEST)] = hashlib.sha256(data).hexdigest().encode()
    write_atomically(path, data)


def read_checkpoint(path: str | os.PathLike[str]) -> Kept:
    """Read a checkpoint.

    Raises:
        InputError: if there is none, or it is damaged or something else.
    """
    try:
        data = Path(path).read_bytes()
    except FileNotFoundError:
        raise InputError(f"`{path}` does not exist: no checkpoint to go on from.") from None
    except OSError as error:
        raise InputError(f"`{path}` cannot be read: {error.strerror}.") from error
    if data[8 : 8 + len(MARK)] != MARK:
        raise InputError(f"`{path}` is no chainrule checkpoint ({len(data)} bytes).")
    found = re.search(rb'sha256\\": \\"([0-9a-f]{64})\\"', data[:1000])
    blank = data.replace(found[1], _NO_DIGEST.encode(), 1) if found else data
    if found is None or hashlib.sha256(blank).hexdigest().encode() != found[1]:
        raise InputError(f"`{path}` is damaged: its content does not match its digest. {_REMEDY}")
    try:
        length = int.from_bytes(data[:8], "little")
        description = json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["checkpoint"])
        if description["schema"] != SCHEMA:
            raise InputError(
                f"`{path}` has the schema {description['schema']!r}, this version reads "
                f"{SCHEMA!r}; another version of chainrule has written it. {_REMEDY}"
            )
        return _kept(description, load_tensors(data))
    except (SafetensorError, ValueError, TypeError, LookupError, AttributeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"`{path}` describes no training ({type(error).__name__}: {error}). {_REMEDY}"
        ) from error


def _kept(description: Mapping[str, Any], tensors: Mapping[str, Any]) -> Kept:
    states = {}
    for number, (name, facts) in enumerate(description["states"].items()):
        prefix = f"{number}."
        arrays = {
            key.removeprefix(prefix): array
            for key, array in tensors.items()
            if key.startswith(prefix)
        }
        states[name] = State(arrays, facts)
    return Kept(states, description["identity"], description["why"], description["written"])
