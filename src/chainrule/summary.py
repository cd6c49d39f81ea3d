"""What a network consists of, as a record to be shown."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike

from .activations import Activation
from .links import Elementwise
from .network import Network
from .reports import LayerSummary, NetworkSummary

_SOFTMAX = ("softmax", "e^z/Σ e^z", "a_j(δ_jk − a_k)")


def summarize(
    network: Network, dtype: DTypeLike = np.float64, dropout: Sequence[float] = ()
) -> NetworkSummary:
    """Return the network's layers, loss and size, its parameters of this dtype.

    `dropout` holds the share left out of each hidden layer; () where none is.

    >>> from chainrule.activations import ACTIVATIONS
    >>> from chainrule.losses import LOSSES
    >>> network = Network((4, 16, 3), (ACTIVATIONS["tanh"],), "identity", LOSSES["huber"])
    >>> summary = summarize(network)
    >>> [layer.n_parameters for layer in summary.layers], summary.n_parameters
    ([80, 51], 131)
    """
    sizes = network.layer_sizes
    functions = [*map(_formulas, network.hidden), _output_formulas(network)]
    shares = [*(dropout or [0.0] * len(network.hidden)), 0.0]
    layers = zip(sizes[:-1], sizes[1:], functions, shares, strict=True)
    return NetworkSummary(
        layers=tuple(LayerSummary(n, m, *texts, share) for n, m, texts, share in layers),
        loss=network.loss.name,
        loss_formula=network.loss.formula,
        error_formula=(network.fused or network.loss).derivative_formula,
        fused=network.fused is not None,
        alpha=network.alpha,
        dtype=np.dtype(dtype).name,
        itemsize=np.dtype(dtype).itemsize,
    )


def _formulas(activation: Activation) -> tuple[str, str, str]:
    return activation.name, activation.formula, activation.derivative_formula


def _output_formulas(network: Network) -> tuple[str, str, str]:
    link = network.output_link()
    return _formulas(link.activation) if isinstance(link, Elementwise) else _SOFTMAX
