"""What the estimators' numeric settings must satisfy: one row a setting."""

from collections.abc import Callable, Mapping, Sequence
from numbers import Real
from typing import Any

import numpy as np

from .errors import InputError


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def _is_count(value: Any) -> bool:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return whole and bool(value >= 1)


def _is_positive(value: Any) -> bool:
    return _is_number(value) and 0 < value < float("inf")


def _is_not_negative(value: Any) -> bool:
    return _is_number(value) and 0 <= value < float("inf")


def _is_share(value: Any) -> bool:
    return _is_number(value) and 0 <= value < 1


def _is_batch_size(value: Any) -> bool:
    return value == "auto" if isinstance(value, str) else _is_count(value)


def _is_switch(value: Any) -> bool:
    return isinstance(value, bool | np.bool_)


_A_COUNT = (_is_count, "a whole number of at least 1")
_POSITIVE = (_is_positive, "a number greater than 0")
_NOT_NEGATIVE = (_is_not_negative, "a number of at least 0")
_A_SHARE = (_is_share, "a number of at least 0 and less than 1")
_A_SWITCH = (_is_switch, "True or False")

CONDITIONS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "alpha": _NOT_NEGATIVE,
    "batch_size": (_is_batch_size, "a whole number of at least 1, or 'auto'"),
    "learning_rate_init": _POSITIVE,
    "max_iter": _A_COUNT,
    "shuffle": _A_SWITCH,
    "tol": _NOT_NEGATIVE,
    "momentum": _A_SHARE,
    "nesterovs_momentum": _A_SWITCH,
    "beta_1": _A_SHARE,
    "beta_2": _A_SHARE,
    "epsilon": _POSITIVE,
    "n_iter_no_change": _A_COUNT,
    "max_fun": _A_COUNT,
}


def check_settings(settings: Mapping[str, Any]) -> None:
    """Check each setting against its row.

    Raises:
        InputError: for the first that fails; the message says the condition and the value.

    >>> check_settings({"alpha": -1})
    Traceback (most recent call last):
    chainrule.errors.InputError: `alpha` must be a number of at least 0, got -1.
    """
    for name, (satisfied, condition) in CONDITIONS.items():
        if name in settings and not satisfied(settings[name]):
            raise InputError(f"`{name}` must be {condition}, got {settings[name]!r}.")


def hidden_sizes(value: int | Sequence[int]) -> tuple[int, ...]:
    """Return the hidden layers' sizes; a single number means one layer.

    Raises:
        InputError: if one of them is not a whole number of at least 1.

    >>> hidden_sizes(5), hidden_sizes((5, 4)), hidden_sizes(())
    ((5,), (5, 4), ())
    """
    sizes = tuple(np.atleast_1d(np.asarray(value, dtype=object)))
    if not all(_is_count(size) for size in sizes):
        raise InputError(
            "`hidden_layer_sizes` must be whole numbers of at least 1, one a layer; "
            f"got {value!r}. For no hidden layer give ()."
        )
    return tuple(int(size) for size in sizes)
