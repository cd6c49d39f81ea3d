"""The hidden layers as users describe them: sizes, activations, dropout; one value is for all."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .activations import ACTIVATIONS, Activation
from .chain import Array
from .errors import InputError
from .names import lookup
from .settings import is_count, is_share

NAME = re.compile(r"[^\W\d]\w*(-\w\w+)*")  # one word, right or wrong: no formula

ActivationChoice = str | Activation | tuple[Callable[[Array], Array], Callable[[Array], Array]]
"""A name of the table, a formula of x, a record, or a function a = f(z) with its ∂a/∂z."""

PROBES = np.linspace(-3.05, 2.95, 25)  # z at which a pair is tried; no likely kink among them
STEP = 1e-6  # of a difference quotient: its error, about 1e-10, is far below what is refused
TOLERANCE = 1e-4


def hidden_sizes(value: int | Sequence[int]) -> tuple[int, ...]:
    """Return the hidden layers' sizes; a single number means one layer.

    Raises:
        InputError: if one of them is not a whole number of at least 1.

    >>> hidden_sizes(5), hidden_sizes((5, 4)), hidden_sizes(())
    ((5,), (5, 4), ())
    """
    sizes = tuple(np.atleast_1d(np.asarray(value, dtype=object)))
    if not all(is_count(size) for size in sizes):
        raise InputError(
            "`hidden_layer_sizes` must be whole numbers of at least 1, one a layer; "
            f"got {value!r}. For no hidden layer give ()."
        )
    return tuple(int(size) for size in sizes)


def hidden_activations(
    value: ActivationChoice | Sequence[ActivationChoice], n_hidden: int
) -> tuple[Activation, ...]:
    """Return the activation of each of so many hidden layers.

    A list has one choice a layer.  The derivative of a pair is compared with difference quotients
    of its function; a record is taken as it is.  Text that is no name is a formula, as in
    "x*tanh(x)", whose derivative is found.

    Raises:
        InputError: for an unknown name, a formula that cannot be read, a list of another length,
            or a wrong derivative.

    >>> [record.name for record in hidden_activations(["relu", "tanh"], 2)]
    ['relu', 'tanh']
    >>> [record.name for record in hidden_activations((np.sin, np.cos), 3)]
    ['sin', 'sin', 'sin']
    """
    if isinstance(value, str | Activation) or callable(value) or _is_pair(value):
        return (_activation(value),) * n_hidden
    return tuple(_activation(choice) for choice in one_each(value, n_hidden, "activation"))


def dropout_shares(value: float | Sequence[float] | Array, n_hidden: int) -> tuple[float, ...]:
    """Return the share of activations that each of so many hidden layers drops while training.

    Raises:
        InputError: for a share outside [0, 1), or a list of another length.

    >>> dropout_shares(0.5, 2), dropout_shares([0.2, 0], 2)
    ((0.5, 0.5), (0.2, 0.0))
    """
    given: Sequence[Any] = [value] if np.ndim(value) == 0 else one_each(value, n_hidden, "dropout")
    for share in given:
        if not is_share(share):
            raise InputError(
                f"`dropout` must be a number of at least 0 and less than 1, got {share!r}."
            )
    shares = tuple(float(share) for share in given)
    return shares * n_hidden if np.ndim(value) == 0 else shares


def one_each(values: Any, n_hidden: int, parameter: str) -> Sequence[Any]:
    """Return a list that must have one entry a hidden layer.

    Raises:
        InputError: if it is no list, or of another length.
    """
    if not isinstance(values, Sequence | np.ndarray):
        raise InputError(
            f"`{parameter}` must be one choice or a list with one a hidden layer; got {values!r}."
        )
    if len(values) != n_hidden:
        raise InputError(
            f"`{parameter}` must have one entry a hidden layer, {n_hidden}; got {len(values)} in "
            f"{values!r}. The output's is `output_activation`."
        )
    return list(values)


def _is_pair(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(callable(part) for part in value)


def _activation(choice: Any) -> Activation:
    if isinstance(choice, Activation):
        return choice
    if _is_pair(choice):
        return _verified(*choice)
    if callable(choice):
        raise InputError(
            f"`activation` needs the derivative too: give the pair ({_name(choice)}, derivative), "
            "both functions of z."
        )
    if isinstance(choice, str) and is_formula(choice):
        from .formula_activation import formula_activation  # it loads SymPy

        return formula_activation(choice)
    return lookup(ACTIVATIONS, choice, "activation")


def is_formula(choice: str) -> bool:
    """Whether text is no name, right or wrong, but computes something.

    >>> is_formula("x*tanh(x)"), is_formula("tahn")
    (True, False)
    """
    return choice not in ACTIVATIONS and not NAME.fullmatch(choice.strip())


def _verified(value: Callable[[Array], Array], derivative: Callable[[Array], Array]) -> Activation:
    """Return the record of a pair whose derivative agrees with its function."""
    name = _name(value)
    below, at, above = (_values(value, name, PROBES + shift) for shift in (-STEP, 0.0, STEP))
    claimed = _values(derivative, name, PROBES.copy())
    if at.shape != PROBES.shape or claimed.shape not in (PROBES.shape, ()):
        raise InputError(
            f"`activation` {name} and its derivative must give one number for each z; for z of "
            f"the shape {PROBES.shape} they give {at.shape} and {claimed.shape}."
        )
    quotients = (above - below) / (2 * STEP)
    apart = abs(claimed - quotients) > TOLERANCE * np.maximum(1.0, abs(quotients))
    if apart.any():
        worst = int(np.argmax(apart))
        raise InputError(
            f"`activation` {name} has another derivative: at z = {PROBES[worst]:.3g} it changes by "
            f"{quotients[worst]:.6g} a unit of z, and the derivative given says "
            f"{np.broadcast_to(claimed, PROBES.shape)[worst]:.6g}. It must be a function of z."
        )
    return Activation(name, value, derivative, None, f"{name}(z)", f"{name}′(z)")


def _values(function: Callable[[Array], Array], name: str, z: Array) -> Array:
    """Return what a function of a user's gives for z, (n,)."""
    given = z.copy()
    try:
        with np.errstate(all="ignore"):
            values = np.asarray(function(z), np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"`activation` {name} and its derivative must take an array of z; {_name(function)} "
            f"says of one of the shape {z.shape}: {error}."
        ) from error
    if not np.array_equal(z, given):
        raise InputError(
            f"`activation` {name} and its derivative must leave z as it is; {_name(function)} "
            "writes into it, and backpropagation needs it again. Return new values."
        )
    if not np.isfinite(values).all():
        place = int(np.argmin(np.isfinite(values)))
        raise InputError(
            f"`activation` {name} and its derivative must be finite for every z; "
            f"{_name(function)} gives {values.flat[place]} at z = {z[place % len(z)]:.3g}."
        )
    return values


def _name(function: Callable[..., Any]) -> str:
    name = getattr(function, "__name__", type(function).__name__)
    return "custom" if name == "<lambda>" else name
