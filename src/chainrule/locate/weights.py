"""Which number of which parameter a user names: W1[0, 2], or the program's own net[0]['w'][2]."""

import re
from collections.abc import Mapping, Sequence
from math import prod

import numpy as np

from ..errors import InputError
from .places import Path, text
from .step import Learned

_INDICES = re.compile(r"(\[-?\d+(,-?\d+)*\])*")


def find_weight(
    learned: Sequence[Learned], places: Sequence[Mapping[int, Path]], name: str
) -> tuple[int, int, int]:
    """Return a parameter, the scalar of it if it is many, and the place in its flattened array.

    Raises:
        InputError: if there is no such number; the message says which parameters there are.
    """
    wanted = _plain(name)
    for k, one in enumerate(learned):
        for own, member, shape in _names(one, places):
            rest = wanted[len(own) :] if wanted.startswith(own) else None
            if rest is None or not _INDICES.fullmatch(rest):
                continue
            indices = tuple(int(index) for index in re.findall(r"-?\d+", rest))
            if len(indices) == len(shape) and _inside(indices, shape):
                place = _place(indices, shape)
                if member is not None:
                    return k, member, place
                return (k, place, 0) if len(one.old) > 1 else (k, 0, place)
    every = ", ".join(f"{one.name}{_shape(one.shape)}" for one in learned)
    example = next(
        (f", as in {one.name}{[0] * len(one.shape)}" for one in learned if one.shape), ""
    )
    raise InputError(
        f"`--weight` {name!r} names no number of a parameter; the parameters are {every}, and "
        f"indices count from 0{example}."
    )


def _names(
    one: Learned, places: Sequence[Mapping[int, Path]]
) -> list[tuple[str, int | None, tuple[int, ...]]]:
    """Return what a parameter, and each scalar of it, may be called, with its shape."""
    found: list[tuple[str, int | None, tuple[int, ...]]] = [(_plain(one.name), None, one.shape)]
    shape = one.shape if len(one.old) == 1 else ()
    versions = {old.number: member for member, old in enumerate(one.old)}
    for member, chain in enumerate(one.chains):
        versions |= {change.new.number: member for change in chain.changes}
    for variable in places:
        for number, path in variable.items():
            if number in versions:
                found.append((_plain(text(path)), versions[number], shape))
    return found


def _plain(name: str) -> str:
    return re.sub(r"\s", "", name).replace('"', "'")


def _inside(indices: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    return all(-size <= index < size for index, size in zip(indices, shape, strict=True))


def _place(indices: tuple[int, ...], shape: tuple[int, ...]) -> int:
    return int(np.arange(prod(shape)).reshape(shape)[indices])


def _shape(shape: tuple[int, ...]) -> str:
    return f" ({' × '.join(map(str, shape))})" if shape else ""
