"""Read what a network is: sizes, names and formulas, as users give them, to an `Architecture`."""

import re
from collections.abc import Sequence
from typing import Any

from ..activations import ACTIVATIONS
from ..derivation.building import Expr, negative, replaced, total
from ..derivation.deriving import derive
from ..derivation.evaluation import NoValueError, value
from ..derivation.expression import read_formula
from ..derivation.named_formulas import activation_formula, loss_term
from ..derivation.shorter import error_times_slope
from ..derivation.simplify import tidy
from ..derivation.writing import written
from ..errors import InputError
from ..hidden_layers import is_formula, one_each
from ..losses import FUSED, LOSSES, Loss
from ..names import lookup
from ..network import require_suitable
from ..settings import is_count
from ..words import listed
from .architecture import A, ActivationRule, Architecture, LossRule, Y, Z

MOST_LAYERS = 100
LARGEST = 10_000_000  # units of a layer
_SIZES = re.compile(r"\s*[0-9]+(\s*-\s*[0-9]+)+\s*")
_TRIED = [k / 4 for k in range(-40, 41)]  # z at which an activation must have a value


def architecture(
    network: str | Sequence[int],
    activation: str | Sequence[str] = "logistic",
    loss: str = "squared_error",
    output_activation: str = "auto",
) -> Architecture:
    """Return what a network is made of, each part with its derivative.

    Args:
        network: the number of inputs and of each layer's units, as "7-5-3" or (7, 5, 3).
        activation: of the hidden layers, a name or a formula, or a list with one a layer.
        loss: a name.
        output_activation: a name; "auto" is what the loss asks for, for a loss that takes any
            logistic where `activation` is logistic, else identity.

    Raises:
        InputError: if one of them cannot be used, or they do not suit each other.

    >>> found = architecture("7-5-3")
    >>> found.sizes, found.output_activation, written(found.delta)
    ((7, 5, 3), 'logistic', '(a - y)*a*(1 - a)')
    """
    sizes = _sizes(network)
    n_hidden = len(sizes) - 2
    names: Sequence[str] = (
        [activation] * n_hidden
        if isinstance(activation, str)
        else one_each(activation, n_hidden, "activation")
    )
    row = lookup(LOSSES, loss, "loss")
    if output_activation == "auto":
        hidden = {activation} if isinstance(activation, str) else set(names)
        output_activation = _usual_output(row, hidden, sizes[-1])
    require_suitable(output_activation, row, sizes[-1])
    output = None if output_activation == "softmax" else _activation(output_activation)
    rule = LossRule(row.name, derive(loss_term(row.name, sizes[-1]), "a"))
    return Architecture(
        sizes=sizes,
        hidden=tuple(_hidden(name) for name in names),
        output_activation=output_activation,
        output=output,
        loss=rule,
        delta=_delta(rule, output),
        fused=(output_activation, row.name) in FUSED,
    )


def _sizes(network: str | Sequence[int]) -> tuple[int, ...]:
    if isinstance(network, str):
        if not _SIZES.fullmatch(network):
            raise InputError(
                "`network` must be the number of inputs and of each layer's units, joined by "
                f"dashes, as in 7-5-3; got {network!r}."
            )
        network = [int(size) for size in network.split("-")]
    sizes: tuple[Any, ...] = tuple(network) if isinstance(network, Sequence) else (network,)
    if not 2 <= len(sizes) <= MOST_LAYERS + 1:
        raise InputError(
            f"`network` must be 2 to {MOST_LAYERS + 1} sizes, the inputs first; got {len(sizes)}."
        )
    wrong = [size for size in sizes if not (is_count(size) and size <= LARGEST)]
    if wrong:
        raise InputError(
            f"`network` must be whole numbers from 1 to {LARGEST:,}; got {wrong[0]!r}."
        )
    return tuple(map(int, sizes))


def _usual_output(loss: Loss, hidden: set[str], n_outputs: int) -> str:
    usual = loss.outputs[0] if loss.outputs else "identity"
    if usual == "softmax" and n_outputs == 1:
        raise InputError(
            f"`loss` {loss.name} needs one output a class, 2 at least, for softmax to share among; "
            "for a single output take binary_cross_entropy."
        )
    return "logistic" if hidden == {"logistic"} and not loss.outputs else usual


def _hidden(name: str) -> ActivationRule:
    if isinstance(name, str) and is_formula(name):
        return _of_formula(name)
    lookup(ACTIVATIONS, name, "activation")
    return _activation(name)


def _activation(name: str) -> ActivationRule:
    return ActivationRule(name, derive(activation_formula(name), "z"))


def _of_formula(text: str) -> ActivationRule:
    """An activation given by its formula, the variable of which may have any name."""
    formula = read_formula(text)
    if formula.expression.free_symbols != {formula.variable}:
        names = listed([str(name) for name in formula.symbols]) or "none"
        raise InputError(
            f"`activation` {text!r} must have one name, that of the pre-activation; it has {names}."
        )
    derivation = derive(written(replaced(formula.expression, {formula.variable: Z})), "z")
    for what, of_z in (("value", derivation.expression), ("derivative", derivation.answer)):
        for z in _TRIED:
            try:
                value(of_z, {Z: z}, digits=20)
            except NoValueError:
                raise InputError(
                    f"`activation` {text!r} has no {what} at {formula.variable} = {z:g}; an "
                    "activation needs one everywhere. Use where(condition, formula, otherwise)."
                ) from None
    return ActivationRule(" ".join(text.split()), derivation)


def _delta(loss: LossRule, output: ActivationRule | None) -> Expr | None:
    """∂ℓ/∂z of one output: ∂ℓ/∂a times ∂a/∂z, or what softmax makes of the sum over the outputs."""
    if output is None:
        # −y[j]/a[j] · a[j] (δ − a[k]), summed: a[k] Σ y − y[k], and the targets sum to 1
        return total(A, negative(Y)) if loss.name == "categorical_cross_entropy" else None
    return error_times_slope(loss.by_a, tidy(output.slope))
