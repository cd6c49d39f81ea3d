"""Parameters and their gradient: one flat vector, seen as the arrays W[l], b[l] of each layer.

Optimizers, checks and files work on `flat`; people read the layers.  Both are the same memory.
Order in `flat`: W1, b1, W2, b2, …; layer l has W (n_in, n_out) and b (n_out,).  Layers count from 1
in names ("W1") and from 0 as Python indices (`W[0]`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike

from .chain import Array
from .errors import InputError


def count(layer_sizes: Sequence[int]) -> int:
    """Return how many parameters a network of these sizes has: Σ (n_in + 1) n_out.

    >>> count((7, 5, 3))
    58
    """
    return sum((n_in + 1) * n_out for n_in, n_out in pairwise(layer_sizes))


def _views(flat: Array, layer_sizes: Sequence[int]) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    weights, biases, at = [], [], 0
    for n_in, n_out in pairwise(layer_sizes):
        weights.append(flat[at : at + n_in * n_out].reshape(n_in, n_out))
        at += n_in * n_out
        biases.append(flat[at : at + n_out])
        at += n_out
    return tuple(weights), tuple(biases)


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """The weights and biases of a network.

    >>> parameters = Parameters.zeros((2, 3, 1))
    >>> parameters.W[1][0, 0] = 5.0
    >>> parameters.flat
    array([0., 0., 0., 0., 0., 0., 0., 0., 0., 5., 0., 0., 0.])
    """

    layer_sizes: tuple[int, ...]
    flat: Array
    W: tuple[Array, ...]
    b: tuple[Array, ...]

    @classmethod
    def of(cls, flat: Array, layer_sizes: Sequence[int]) -> Self:
        """See a flat vector as the parameters of a network; nothing is copied.

        Raises:
            InputError: if the vector's length is not the number of parameters.
        """
        if flat.shape != (count(layer_sizes),):
            raise InputError(
                f"`flat` must hold the {count(layer_sizes)} parameters of a network of sizes "
                f"{tuple(layer_sizes)}; its shape is {flat.shape}."
            )
        return cls(tuple(layer_sizes), flat, *_views(flat, layer_sizes))

    @classmethod
    def zeros(cls, layer_sizes: Sequence[int], dtype: DTypeLike = np.float64) -> Self:
        """Return parameters that are all 0."""
        return cls.of(np.zeros(count(layer_sizes), dtype=dtype), layer_sizes)

    @classmethod
    def joined(cls, weights: Iterable[Array], biases: Iterable[Array]) -> Self:
        """Copy weight matrices and bias vectors into one flat vector.

        Raises:
            InputError: if their shapes do not follow one another.
        """
        layers = [(np.asarray(W), np.asarray(b)) for W, b in zip(weights, biases, strict=True)]
        shapes = [(W.shape, b.shape) for W, b in layers]
        if not layers or any(W.ndim != 2 or b.shape != W.shape[1:] for W, b in layers):
            raise InputError(f"each layer must have W (n_in, n_out) and b (n_out,); got {shapes}.")
        if any(left.shape[1] != right.shape[0] for (left, _), (right, _) in pairwise(layers)):
            raise InputError(f"each layer's n_out must be the next layer's n_in; got {shapes}.")
        sizes = (layers[0][0].shape[0], *(W.shape[1] for W, _ in layers))
        return cls.of(np.concatenate([part.ravel() for layer in layers for part in layer]), sizes)

    def named(self) -> dict[str, Array]:
        """Return the arrays by name: "W1", "b1", "W2", …."""
        return {
            f"{letter}{layer}": array
            for layer, pair in enumerate(zip(self.W, self.b, strict=True), start=1)
            for letter, array in zip("Wb", pair, strict=True)
        }

    @classmethod
    def from_named(cls, arrays: Mapping[str, Array]) -> Self:
        """Undo `named`; the arrays are copied."""
        n_layers = len(arrays) // 2
        return cls.joined(
            [arrays[f"W{layer}"] for layer in range(1, n_layers + 1)],
            [arrays[f"b{layer}"] for layer in range(1, n_layers + 1)],
        )

    def copy(self) -> Self:
        """Return parameters of their own memory."""
        return self.of(self.flat.copy(), self.layer_sizes)

    # pickle and deepcopy rebuild the views, which would otherwise become arrays of their own
    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return type(self).of, (self.flat, self.layer_sizes)


@dataclass(frozen=True, slots=True, eq=False)
class Gradients:
    """The cotangents of the parameters, same shapes and order: dW[l] = ∂J/∂W[l], db[l] = ∂J/∂b[l].

    Gradients of two blocks of rows add: the derivative of a sum is the sum of the derivatives.
    """

    layer_sizes: tuple[int, ...]
    flat: Array
    dW: tuple[Array, ...]
    db: tuple[Array, ...]

    @classmethod
    def zeros(cls, layer_sizes: Sequence[int], dtype: DTypeLike = np.float64) -> Self:
        """Return a gradient that is 0."""
        return cls.of(np.zeros(count(layer_sizes), dtype=dtype), layer_sizes)

    @classmethod
    def of(cls, flat: Array, layer_sizes: Sequence[int]) -> Self:
        """See a flat vector as the gradient of a network's parameters; nothing is copied."""
        return cls(tuple(layer_sizes), flat, *_views(flat, layer_sizes))

    def __iadd__(self, other: Self) -> Self:
        np.add(self.flat, other.flat, out=self.flat)
        return self

    def named(self) -> dict[str, Array]:
        """Return the cotangents by the name of their parameter: "W1", "b1", "W2", …."""
        return Parameters(self.layer_sizes, self.flat, self.dW, self.db).named()
