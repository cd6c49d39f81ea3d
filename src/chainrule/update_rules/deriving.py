"""`derive_network`: sizes, activations and a loss in, the derivation of the update rules out."""

from collections.abc import Sequence

from ..derivation.sums import summed
from .display import NetworkDerivation
from .elements import UNIT, at
from .layers import layer_rules
from .reading import architecture
from .softmax import jacobian


def derive_network(
    network: str | Sequence[int],
    activation: str | Sequence[str] = "logistic",
    loss: str = "squared_error",
    output_activation: str = "auto",
) -> NetworkDerivation:
    """Derive a network's update rules, from its loss to each delta and each weight.

    Args:
        network: the number of inputs and of each layer's units, as "7-5-3" or (7, 5, 3).
        activation: of the hidden layers, a name or a formula, or a list with one a layer.
        loss: a name of `LOSSES`.
        output_activation: a name; "auto" is what the loss asks for, and for a loss that takes any,
            logistic where `activation` is logistic, else identity.

    Returns:
        The derivation: `layers` are the rules, at one element and for all; `latex` sets them.

    Raises:
        InputError: if one of them cannot be used, or they do not suit each other.

    >>> derivation = derive_network((7, 5, 3), "tanh")
    >>> derivation.layers[0].dz.name, derivation.layers[0].dz.shape
    ('dz1', ('n', 5))
    """
    made = architecture(network, activation, loss, output_activation)
    last = made.n_layers
    return NetworkDerivation(
        architecture=made,
        layers=tuple(layer_rules(made, layer) for layer in range(1, last + 1)),
        loss=summed(at(made.loss.term, last, "j"), UNIT),
        jacobian=() if made.output else jacobian(last),
    )
