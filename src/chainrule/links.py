"""The links of a network: each function's forward pass beside its pullback.

Rows are samples.  Shapes: x and a_prev (rows, n_in), W (n_in, n_out), b (n_out,), z and a
(rows, n_out).  Cotangents are named d + the value's name and have its shape.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator, Philox

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
        of_data: x is data that nobody differentiates by, so dx is not computed (None); it may be
            a sparse matrix.

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
        dW = _product(x.T, dz, self.dW)
        db = np.add.reduce(dz, axis=0, out=self.db)
        dx = None if self.of_data else dz @ self.W.T
        return dx, (dW, db)


def _product(left: Array, right: Array, out: Array | None) -> Array:
    if isinstance(left, np.ndarray):
        return np.matmul(left, right, out=out)
    product = left @ right  # sparse
    if out is None:
        return product
    out[...] = product
    return out


@dataclass(frozen=True, slots=True)
class Elementwise:
    """The activation a = f(z), element by element."""

    activation: Activation

    def forward(self, z: Array) -> tuple[Array, Array]:
        """Return a = f(z) and what the derivative is written in: a, or z where it must be."""
        # a function of the user's may compute in float64: the network keeps to its own type
        a = np.asarray(self.activation.value(z), z.dtype)
        return a, z if self.activation.derivative_by_a is None else a

    def pullback(self, saved: Array, da: Array) -> tuple[Array, tuple[()]]:
        """dz = da × ∂a/∂z."""
        derivative = self.activation.derivative_by_a or self.activation.derivative
        return da * derivative(saved), ()


@dataclass(slots=True)
class Dropout:
    """While training, each activation is 0 with probability `share`, else divided by 1 − share.

    So the mean of a stays what it is, and nothing is to be done where nothing is dropped.
    Srivastava et al., Dropout, JMLR 15, 2014.  The mask of a draw follows from the seed, the layer
    and the number of the draw alone (Philox, a counter-based generator), not from draws elsewhere.

    Attributes:
        share: the probability of 0, at least 0 and less than 1.
        seed: of the training.
        layer: of the hidden layer, counted from 1.
        draws: how many masks have been drawn.

    >>> Dropout(share=0.5, seed=1, layer=1).forward(np.ones((1, 6)))[0]
    array([[0., 0., 0., 2., 0., 2.]])
    """

    share: float
    seed: int
    layer: int
    draws: int = 0

    def forward(self, a: Array) -> tuple[Array, Array]:
        """Return a × mask and the mask, 0 or 1/(1 − share)."""
        counter = [0, 0, 0, self.draws]
        self.draws += 1
        random = Generator(Philox(key=[self.seed, self.layer], counter=counter))
        kept = random.random(a.shape, dtype=np.float32) >= self.share
        mask = kept * a.dtype.type(1 / (1 - self.share))
        return a * mask, mask

    def pullback(self, mask: Array, da: Array) -> tuple[Array, tuple[()]]:
        """da before = da × mask."""
        return da * mask, ()


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
    """The last link: the loss of each row against its target, weighted and summed over the rows.

    Attributes:
        loss: ℓ.
        target: y, (rows, n_out).
        weight: of each row, (rows,); None for 1 each.
    """

    loss: Loss
    target: Array
    weight: Array | None = None

    def forward(self, prediction: Array) -> tuple[Any, Array]:
        """Return Σ_rows w ℓ(prediction, target) and the prediction.

        Where one pass gives ∂ℓ/∂prediction as well, it is returned in the prediction's place.
        """
        if self.loss.both:
            losses, saved = self.loss.both(prediction, self.target)
        else:
            losses, saved = self.loss.value(prediction, self.target), prediction
        if self.weight is not None:
            losses = losses * self.weight
        return np.add.reduce(losses), saved

    def pullback(self, saved: Array, cotangent: Any) -> tuple[Array, tuple[()]]:
        """The error signal: cotangent × w × ∂ℓ/∂prediction."""
        if self.weight is not None:
            cotangent = cotangent * self.weight[:, None]
        derivative = saved if self.loss.both else self.loss.derivative(saved, self.target)
        return cotangent * derivative, ()
