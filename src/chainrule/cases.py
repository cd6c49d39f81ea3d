"""A case to explain: a network with its parameters, on rows that are ready for it."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from .chain import Array
from .errors import InputError
from .network import Network, total_weight
from .parameters import Gradients, Parameters
from .words import counted


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """What a gradient is a gradient of: J of this network over these rows.

    Attributes:
        X: (rows, n_inputs), maybe sparse; target: (rows, n_outputs).
        weight: of each row, (rows,); None for 1 each.
        input_names: of the inputs, () if they have none.
        row_names: of the rows, "line 7"; () for "row 0", ….
    """

    network: Network
    parameters: Parameters
    X: Array
    target: Array
    weight: Array | None = None
    input_names: tuple[str, ...] = ()
    row_names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.target)

    @property
    def total_weight(self) -> float:
        """Σ w of the rows, which J is divided by."""
        return total_weight(self.target, self.weight)

    @property
    def shares(self) -> Array:
        """w / Σ w of each row, (rows,)."""
        weight = np.ones(len(self)) if self.weight is None else self.weight
        shares: Array = weight.astype(np.float64) / self.total_weight
        return shares

    def row_name(self, row: int) -> str:
        """Return what a row is called."""
        return self.row_names[row] if self.row_names else f"row {row}"

    def one(self, row: int) -> Self:
        """Return the case of one row alone.

        Raises:
            InputError: if there is no such row, or it weighs nothing.
        """
        if not 0 <= row < len(self):
            raise InputError(
                f"`row` must be 0 to {len(self) - 1}, as there are {counted(len(self), 'row')}; "
                f"got {row}."
            )
        weight = None if self.weight is None else self.weight[[row]]
        if weight is not None and not weight[0]:
            raise InputError(f"`row` {row} weighs 0, so it has no part in the loss; take another.")
        return replace(
            self,
            X=self.X[[row]],
            target=self.target[[row]],
            weight=weight,
            row_names=(self.row_name(row),),
        )

    def gradients(self) -> Gradients:
        """Return ∂J/∂W and ∂J/∂b as the backward pass computes them."""
        return self.network.gradients(self.parameters, self.X, self.target, self.weight)
