"""Which number of a network is meant: named, "W2[3, 1]", or chosen by the size of its gradient."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .chain import Array
from .errors import InputError
from .names import unknown
from .parameters import Parameters

_NAMED = re.compile(r"\s*([A-Za-z]+)(\d+)\s*\[\s*([-\d\s,]*)\]\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Weight:
    """Which parameter: Weight("W", 1, (3, 2)) is W1[3, 2], from input 3 to unit 2 of layer 1."""

    letter: str
    layer: int
    indices: tuple[int, ...]

    @property
    def array(self) -> str:
        """The name of the array it stands in: "W1"."""
        return f"{self.letter}{self.layer}"

    def __str__(self) -> str:
        return f"{self.array}[{', '.join(map(str, self.indices))}]"


def parse_weight(text: str, parameter: str = "weight") -> Weight:
    """Return the weight that a text such as "W2[3, 1]" or "b1[0]" names.

    Raises:
        InputError: if it is not written so.

    >>> parse_weight("W2[3,1]")
    Weight(letter='W', layer=2, indices=(3, 1))
    """
    found = _NAMED.fullmatch(text)
    indices = [part.strip() for part in found[3].split(",")] if found else []
    if not found or not all(re.fullmatch(r"-?[0-9]{1,18}", index) for index in indices):
        raise InputError(
            f"`{parameter}` must be written as W2[3, 1] or b1[0]: the array of a layer, then "
            f"where in it, counted from 0; got {text!r}."
        )
    letter = {"w": "W", "B": "b"}.get(found[1], found[1])
    return Weight(letter, int(found[2]), tuple(map(int, indices)))


def require_weight(parameters: Parameters, weight: Weight, parameter: str = "weight") -> None:
    """Refuse a weight that is not there.

    Raises:
        InputError: the message says which there are.
    """
    arrays = parameters.named()
    if weight.array not in arrays:
        there = ", ".join(_ranges(name, array.shape) for name, array in arrays.items())
        raise InputError(f"{unknown(weight.array, arrays, parameter)} There are {there}.")
    shape = arrays[weight.array].shape
    inside = len(weight.indices) == len(shape) and all(
        0 <= index < size for index, size in zip(weight.indices, shape, strict=True)
    )
    if not inside:
        raise InputError(
            f"`{parameter}` {weight} does not exist: {weight.array} has shape {shape}, and its "
            f"indices are {_ranges(weight.array, shape)}."
        )


def _ranges(name: str, shape: tuple[int, ...]) -> str:
    ranges = ", ".join(f"0…{size - 1}" if size > 1 else "0" for size in shape)
    return f"{name}[{ranges}]"


def largest_weight(gradients: Mapping[str, Array]) -> Weight:
    """Return the weight with the largest gradient in the last hidden layer.

    That layer is near enough to the loss to be read at a glance, and far enough to show a sum
    over paths; without a hidden layer it is the only one.
    """
    layer = max(1, len(gradients) // 2 - 1)
    sizes = abs(gradients[f"W{layer}"])
    row, column = np.unravel_index(int(sizes.argmax()), sizes.shape)
    return Weight("W", layer, (int(row), int(column)))


def ranked_weights(gradients: Mapping[str, Array], most: int, largest: bool) -> list[Weight]:
    """Return the `most` weights and biases with the largest gradients, or with the smallest.

    Equals keep their order: W1, b1, W2, ….

    >>> gradients = {"W1": np.array([[0.5, -3.0]]), "b1": np.array([0.0, 1.0])}
    >>> [str(weight) for weight in ranked_weights(gradients, 2, largest=True)]
    ['W1[0, 1]', 'b1[1]']
    """
    flat = np.concatenate([abs(array).ravel() for array in gradients.values()])
    order = np.argsort(-flat if largest else flat, kind="stable")[:most]
    ends = np.cumsum([array.size for array in gradients.values()])
    found = []
    for place in order:
        which = int(np.searchsorted(ends, place, side="right"))
        name = list(gradients)[which]
        array = gradients[name]
        within = np.unravel_index(int(place - ends[which] + array.size), array.shape)
        found.append(Weight(name[0], int(name[1:]), tuple(int(index) for index in within)))
    return found
