"""What a training is of, in words that can be compared: settings, data, and what it runs on."""

import hashlib
import platform
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.random import RandomState

from . import __version__
from .errors import InputError
from .network import blocks_of
from .words import listed

FREE = {"callbacks", "verbose", "warm_start", "engine", "max_iter", "max_time", "max_fun"}
"""Settings of an estimator that may be others when its training goes on."""

Described = dict[str, Any]


def described_settings(settings: Mapping[str, Any]) -> Described:
    """Return the settings that must stay, each as JSON can hold it."""
    return {name: described(value) for name, value in settings.items() if name not in FREE}


def described(value: Any) -> Any:
    """Return a value as JSON can hold it; an array by its digest, a function by its name.

    >>> described((5, 4)), described(len), described(np.float64(0.5))
    ([5, 4], 'len', 0.5)
    """
    if isinstance(value, Mapping):
        return {str(key): described(inner) for key, inner in value.items()}
    if isinstance(value, np.ndarray):
        return f"{shape_of(value)}, digest {digest([value])}"
    if isinstance(value, list | tuple):
        return [described(inner) for inner in value]
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, RandomState):
        return "a RandomState"
    if value is None or isinstance(value, str | int | float):
        return value
    name = getattr(value, "name", None) or getattr(value, "__qualname__", None)
    return str(name or type(value).__name__)


def described_data(named: Mapping[str, Any]) -> Described:
    """Return shape and digest of arrays by name; None for those that are None."""
    return {
        name: None if array is None else {"shape": shape_of(array), "digest": digest([array])}
        for name, array in named.items()
    }


def shape_of(array: Any) -> str:
    """Return an array's shape and type, "150 × 4 float64"."""
    return f"{' × '.join(map(str, np.shape(array)))} {array.dtype}"


def digest(arrays: Sequence[Any]) -> str:
    """Return the first 16 digits of the SHA-256 of arrays, maybe sparse, by their rows."""
    found = hashlib.sha256()
    for array in arrays:
        if hasattr(array, "tocsr"):
            rows = array.tocsr()
            found.update(digest([rows.data, rows.indices, rows.indptr]).encode())
        elif array.dtype == object:
            found.update(repr(array.tolist()).encode())
        else:
            for rows in blocks_of(len(array)):
                found.update(np.ascontiguousarray(array[rows]).view(np.uint8).data)
    return found.hexdigest()[:16]


def platform_of(threads: int) -> Described:
    """Return what the last digits of a result may depend on."""
    import scipy

    return {
        "chainrule": __version__,
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "processor": platform.machine(),
        "threads": threads,
    }


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Say what differs, name by name: "`alpha` was 0.1 and is 0.2".

    >>> differences({"alpha": 0.1, "shape": "3 × 4"}, {"alpha": 0.2, "shape": "3 × 4"})
    ['`alpha` was 0.1 and is 0.2']
    """
    names = [*before, *(name for name in now if name not in before)]
    return [
        f"`{name}` was {_short(before.get(name))} and is {_short(now.get(name))}"
        for name in names
        if before.get(name) != now.get(name)
    ]


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def data_differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Say which arrays of `described_data` differ, and whether in shape or in numbers."""
    found = []
    for name in now:
        one, other = before.get(name), now[name]
        if one == other:
            continue
        if one is None or other is None:
            found.append(f"`{name}` {'was not' if one is None else 'was'} given before")
        elif one["shape"] != other["shape"]:
            found.append(f"`{name}` was {one['shape']} and is {other['shape']}")
        else:
            found.append(f"`{name}` holds other values")
    return found


def require_same(path: str, before: Mapping[str, Any], now: Mapping[str, Any], remedy: str) -> None:
    """Refuse a checkpoint of other settings or rows.

    Raises:
        InputError: if it is one; the message says what differs, and the remedy.
    """
    settings = differences(before["settings"], now["settings"])
    data = data_differences(before["data"], now["data"])
    if settings or data:
        raise InputError(sentence(path, settings, data, remedy))


def sentence(path: str, settings: Sequence[str], data: Sequence[str], remedy: str) -> str:
    """Say that a checkpoint is of another training, and what differs."""
    what = {"settings": settings, "data": data}
    kinds = " and ".join(f"other {kind}" for kind, found in what.items() if found)
    return f"`{path}` is of a training with {kinds}: {listed([*settings, *data])}. {remedy}"
