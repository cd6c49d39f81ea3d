"""Look a name up in one of the package's tables; a wrong name is answered with the nearest."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar

from .errors import InputError

T = TypeVar("T")

SYNONYMS = {
    "bce": "binary_cross_entropy",
    "cross_entropy": "categorical_cross_entropy",
    "crossentropy": "categorical_cross_entropy",
    "exp": "exponential",
    "kaiming": "he",
    "l1": "absolute_error",
    "linear": "identity",
    "mae": "absolute_error",
    "mse": "mean_squared_error",
    "sigmoid": "logistic",
    "swish": "silu",
    "xavier": "glorot",
}
"""What other libraries and books call it → its name here; suggested, not accepted."""


def lookup(table: Mapping[str, T], name: object, parameter: str) -> T:
    """Return `table[name]`.

    Raises:
        InputError: if `name` is not in the table; the message lists the names and the nearest.

    >>> lookup({"tanh": 1, "relu": 2}, "relu", "activation")
    2
    """
    if isinstance(name, str) and name in table:
        return table[name]
    raise InputError(unknown(name, table, parameter))


def unknown(name: object, choices: Iterable[str], parameter: str) -> str:
    """Say that a name is none of the choices, and which choice is nearest.

    >>> unknown("tahn", ["relu", "tanh"], "activation")
    "`activation` must be one of relu, tanh; got 'tahn'. Did you mean 'tanh'?"
    """
    known = sorted(choices)
    asked = str(name).lower()
    if SYNONYMS.get(asked) in known:
        nearest = [SYNONYMS[asked]]
    else:
        nearest = get_close_matches(asked, known, n=1, cutoff=0.5)
    hint = f" Did you mean {nearest[0]!r}?" if nearest else ""
    return f"`{parameter}` must be one of {', '.join(known)}; got {name!r}.{hint}"
