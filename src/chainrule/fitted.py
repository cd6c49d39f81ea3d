"""What a fitted network shows: weights, loss, gradients, and the values of every layer."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from .chain import Array
from .errors import InputError
from .frames import checked_inputs, checked_rows
from .labels import ClassWeight, weights_of_rows
from .network import Network, blocks_of
from .parameters import Gradients, Parameters
from .rows import Rows, checked_weight
from .scales import unscaled


class LayerArrays(list[Array]):
    """The weights, or the biases, of each layer; an array that is set is written into the network.

    >>> arrays = LayerArrays([np.zeros((2, 1))], "coefs_")
    >>> arrays[0] = [[1.0], [2.0]]
    >>> arrays
    [array([[1.],
           [2.]])]
    """

    def __init__(self, arrays: Sequence[Array], name: str) -> None:
        super().__init__(arrays)
        self._name = name

    def __setitem__(self, layer: Any, values: Any) -> None:
        given = self._checked(layer, values)
        self[layer][...] = given

    def set_all(self, values: Sequence[ArrayLike]) -> None:
        """Set the array of every layer; none, if one of them does not fit."""
        if len(values) != len(self):
            raise InputError(f"the network has {len(self)} layers; got arrays for {len(values)}.")
        every = [self._checked(layer, value) for layer, value in enumerate(values)]
        for array, given in zip(self, every, strict=True):
            array[...] = given

    def _checked(self, layer: Any, values: Any) -> Array:
        array, given = self[layer], np.asarray(values)
        if not isinstance(array, np.ndarray) or given.shape != array.shape:
            shape = getattr(array, "shape", "of one layer")
            raise InputError(
                f"`{self._name}[{layer}]` must have the shape {shape}; got {given.shape}."
            )
        if not np.isfinite(given).all():
            wrong = given[~np.isfinite(given)][0]
            raise InputError(f"`{self._name}[{layer}]` must be finite numbers; got {wrong}.")
        return given


class FittedNetwork(ABC):
    """A network with its parameters; the estimators say what rows and targets mean."""

    network_: Network
    parameters_: Parameters
    class_weight_: ClassWeight | None
    n_outputs_: int

    @abstractmethod
    def _clean_targets(self, y: Any) -> Array:
        """Return targets as users write them as an array, (rows,) or (rows, columns)."""

    @abstractmethod
    def encode_targets(self, y: Array) -> Array:
        """Turn targets as users write them into what the outputs are compared with."""

    def compute_loss(self, X: ArrayLike, y: ArrayLike, sample_weight: Any = None) -> float:
        """Return J(X, y) = (Σ_rows w ℓ + ½ α Σ W²) / Σ w: what one step over these rows descends.

        Summed over the outputs; w is the sample weight times the weight of the row's class.
        Nothing is dropped (`dropout` is of the training only).
        """
        rows = self._known_rows(X, y, sample_weight)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            return self.network_.objective(self.parameters_, rows.X, rows.target, rows.weight)

    def gradients(self, X: ArrayLike, y: ArrayLike, sample_weight: Any = None) -> Gradients:
        """Return ∂J/∂W and ∂J/∂b over these rows, each in its parameter's shape.

        `gradients.dW[0]` belongs to `coefs_[0]`, `gradients.db[0]` to `intercepts_[0]`.
        """
        rows = self._known_rows(X, y, sample_weight)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            return self.network_.gradients(self.parameters_, rows.X, rows.target, rows.weight)

    def activations(self, X: ArrayLike) -> tuple[Array, ...]:
        """Return a = f(z) of every layer, (rows, n_out) each; the last are the outputs."""
        return self._layer_values(X)[1]

    def pre_activations(self, X: ArrayLike) -> tuple[Array, ...]:
        """Return z = a_prev @ W + b of every layer, (rows, n_out) each."""
        return self._layer_values(X)[0]

    @property
    def coefs_(self) -> LayerArrays:
        """The weights of each layer, (n_in, n_out); `coefs_[0] = W` sets them."""
        return LayerArrays(self.parameters_.W, "coefs_")

    @coefs_.setter
    def coefs_(self, values: Sequence[ArrayLike]) -> None:
        check_is_fitted(self, "parameters_")
        self.coefs_.set_all(values)

    @property
    def intercepts_(self) -> LayerArrays:
        """The biases of each layer, (n_out,); `intercepts_[0] = b` sets them."""
        return LayerArrays(self.parameters_.b, "intercepts_")

    @intercepts_.setter
    def intercepts_(self, values: Sequence[ArrayLike]) -> None:
        check_is_fitted(self, "parameters_")
        self.intercepts_.set_all(values)

    @property
    def out_activation_(self) -> str:
        """The name of the output activation."""
        return self.network_.output_activation

    def _layer_values(self, X: ArrayLike) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
        rows = self._known_inputs(X)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            return self.network_.layer_values(self.parameters_, rows)

    def _outputs(self, X: ArrayLike) -> Array:
        return np.concatenate([*self._outputs_of_blocks(X)])

    def _outputs_of_blocks(self, X: ArrayLike) -> Iterator[Array]:
        """Yield the outputs of block after block: those of all may be many more than the rows."""
        rows = self._known_inputs(X)
        for block in blocks_of(rows.shape[0]):
            with np.errstate(over="ignore", invalid="ignore"):
                outputs = self.network_.predict(self.parameters_, rows[block])
            if np.isnan(outputs.min()):  # ∞ − ∞, on the way
                _refuse_overflow(rows[block], outputs, block.start)
            yield outputs

    def _known_inputs(self, X: ArrayLike) -> Array:
        check_is_fitted(self, "parameters_")
        dtype = self.parameters_.flat.dtype
        return checked_inputs(self, X, dtype, reset=False)

    def _known_rows(
        self, X: ArrayLike, y: ArrayLike, sample_weight: Any, name: str = "sample_weight"
    ) -> Rows:
        """Return rows of a fitted network's own features and targets."""
        check_is_fitted(self, "parameters_")
        dtype = self.parameters_.flat.dtype
        inputs, targets = checked_rows(self, X, y, dtype, reset=False)
        targets = self._clean_targets(targets)
        rows = self._as_rows(inputs, targets, checked_weight(sample_weight, inputs, name))
        if rows.target.shape[1] != self.n_outputs_:
            raise InputError(
                f"`y` must have as many columns as in fit, {self.n_outputs_}; "
                f"got the shape {targets.shape}."
            )
        return rows.require_weight(name)

    def _as_rows(self, X: Array, y: Array, sample_weight: Array | None) -> Rows:
        """Return rows with their targets encoded and their weights those of their classes too."""
        target = _of_type(X.dtype, self.encode_targets(y), "y")
        weight = sample_weight
        if self.class_weight_ is not None:
            of_classes = weights_of_rows(self.class_weight_, y).astype(X.dtype, copy=False)
            weight = of_classes if weight is None else weight * of_classes
        return Rows(X, y, target, sample_weight, weight)


def _refuse_overflow(X: Any, outputs: Array, start: int) -> None:
    """Refuse the row whose size is why it has no output; in training, it may be the weights'."""
    row = int(np.isnan(outputs).any(axis=1).argmax())
    far = unscaled("X", X[[row]])
    if far:
        raise InputError(
            f"`X` has no output in row {start + row}, which overflows: it reaches "
            f"{abs(X[[row]]).max():.3g}. Scale it as the rows in fit were."
        )


def _of_type(dtype: Any, values: Array, name: str) -> Array:
    """Return numbers in the type that is computed in, which must hold them."""
    with np.errstate(over="ignore"):
        converted = values.astype(dtype, copy=False)
    if converted is not values and not np.isfinite(converted).all():
        raise InputError(
            f"`{name}` reaches {abs(values).max():.3g}, which {np.dtype(dtype)} does not hold. "
            "Scale it, or set dtype='float64'."
        )
    return converted
