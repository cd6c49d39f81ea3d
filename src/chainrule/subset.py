"""Some rows of an array, taken where they are used, so that the data are held once."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .chain import Array


@dataclass(frozen=True, slots=True, eq=False)
class Subset:
    """The rows of an array (n, n_features) at some places (m,), an array of their own for readers.

    >>> rows = Subset(np.arange(8).reshape(4, 2), np.array([3, 0, 1]))
    >>> rows[1:]
    array([[0, 1],
           [2, 3]])
    """

    whole: Array
    places: Array

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of an array of these rows."""
        return (len(self.places), *self.whole.shape[1:])

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the numbers."""
        return self.whole.dtype

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, rows: slice | Array) -> Array:
        return self.whole[self.places[rows]]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return self[:].astype(dtype or self.dtype, copy=False)

    def spread(self, values: Array) -> Array:
        """Return values of the rows (m, …) at their places in the whole (n, …), 0 elsewhere."""
        everywhere = np.zeros((len(self.whole), *values.shape[1:]), values.dtype)
        everywhere[self.places] = values
        return everywhere
