"""The links of a network: each function's forward pass beside its pullback.

Rows are samples.  Shapes: x and a_prev (rows, n_in), W (n_in, n_out), b (n_out,), z and a
(rows, n_out).  Cotangents are named d + the value's name and have its shape.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .activations import Activation, softmax
from .chain import Array
from .losses import Loss


@dataclass(frozen=True, slots=True)
class Affine:
    """The pre-activation z = x @ W + b.

    Attributes:
        W: weights, (n_in, n_out).
        b: bias, (n_out,).
        dW: where the pullback writes W's cotangent; a new array if None.  `db` likewise for b.
        of_data: x is data that nobody differentiates by, so dx is not computed (None).

    >>> affine = Affine(W=np.array([[2.0], [3.0]]), b=np.array([1.0]))
    >>> z, saved = affine.forward(np.array([[1.0, 10.0]]))
    >>> z
    array([[33.]])
    """

    W: Array
    b: Array
    dW: Array | None = None
    db: Array | None = None
    of_data: bool = False

    def forward(self, x: Array) -> tuple[Array, Array]:
        """Return z = x @ W + b and x."""
        z = x @ self.W
        z += self.b
        return z, x

    def pullback(self, x: Array, dz: Array) -> tuple[Array | None, tuple[Array, ...]]:
        """dx = dz @ Wᵀ, dW = xᵀ @ dz, db = Σ_rows dz: every sum is a sum over paths."""
        dW = np.matmul(x.T, dz, out=self.dW)
        db = np.add.reduce(dz, axis=0, out=self.db)
        dx = None if self.of_data else dz @ self.W.T
        return dx, (dW, db)


@dataclass(frozen=True, slots=True)
class Elementwise:
    """The activation a = f(z), element by element."""

    activation: Activation

    def forward(self, z: Array) -> tuple[Array, Array]:
        """Return a = f(z) and what the derivative is written in: a, or z where it must be."""
        a = self.activation.value(z)
        return a, z if self.activation.derivative_by_a is None else a

    def pullback(self, saved: Array, da: Array) -> tuple[Array, tuple[()]]:
        """dz = da × ∂a/∂z."""
        derivative = self.activation.derivative_by_a or self.activation.derivative
        return da * derivative(saved), ()


@dataclass(frozen=True, slots=True)
class Softmax:
    """The shares a_j = e^{z_j} / Σ_k e^{z_k} of each row."""

    def forward(self, z: Array) -> tuple[Array, Array]:
        """Return a = softmax(z), twice: its derivative is written in a."""
        a = softmax(z)
        return a, a

    def pullback(self, a: Array, da: Array) -> tuple[Array, tuple[()]]:
        """dz_j = Σ_k da_k ∂a_k/∂z_j = a_j (da_j − Σ_k da_k a_k), as ∂a_k/∂z_j = a_k(δ_jk − a_j)."""
        return a * (da - (da * a).sum(axis=1, keepdims=True)), ()


@dataclass(frozen=True, slots=True)
class LossSum:
    """The last link: the loss of each row against its target, summed over the rows."""

    loss: Loss
    target: Array

    def forward(self, prediction: Array) -> tuple[Any, Array]:
        """Return Σ_rows ℓ(prediction, target) and the prediction."""
        return np.add.reduce(self.loss.value(prediction, self.target)), prediction

    def pullback(self, prediction: Array, cotangent: Any) -> tuple[Array, tuple[()]]:
        """The error signal: cotangent × ∂ℓ/∂prediction."""
        return cotangent * self.loss.derivative(prediction, self.target), ()
