"""What the estimators' settings must satisfy: one row a setting, whatever it is combined with."""

from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any

import numpy as np
from numpy.random import RandomState

from .errors import InputError
from .names import unknown

BALANCED = "balanced"
SOLVERS = ("adam", "lbfgs", "sgd")
ENGINES = ("auto", "numba", "numpy")
SCHEDULES = ("constant", "invscaling", "adaptive")
DTYPES = ("float32", "float64")


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def is_count(value: Any) -> bool:
    """Whether a value is a whole number of at least 1."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return whole and bool(value >= 1)


def _is_positive(value: Any) -> bool:
    return _is_number(value) and 0 < value < float("inf")


def _is_not_negative(value: Any) -> bool:
    return _is_number(value) and 0 <= value < float("inf")


def is_share(value: Any) -> bool:
    """Whether a value is a number of at least 0 and less than 1."""
    return _is_number(value) and 0 <= value < 1


def _is_up_to_one(value: Any) -> bool:
    return _is_number(value) and 0 <= value <= 1


def _is_batch_size(value: Any) -> bool:
    return value == "auto" if isinstance(value, str) else is_count(value)


def _is_patience(value: Any) -> bool:
    return is_count(value) or (_is_number(value) and value == float("inf"))


def _is_switch(value: Any) -> bool:
    return isinstance(value, bool | np.bool_)


def _is_switch_or_count(value: Any) -> bool:
    return _is_switch(value) or is_count(value) or (_is_number(value) and value == 0)


def _is_early_stopping(value: Any) -> bool:
    return value == "loss" if isinstance(value, str) else _is_switch(value)


def _is_positive_or_none(value: Any) -> bool:
    return value is None or _is_positive(value)


def _is_seed(value: Any) -> bool:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    seed = whole and 0 <= value < 2**32
    return seed or value is None or value is np.random or isinstance(value, RandomState)


def _is_one(value: Any) -> bool:
    return not isinstance(value, np.ndarray | list | tuple | set | int)


def _is_dtype(value: Any) -> bool:
    try:
        return value is None or np.dtype(value).name in DTYPES
    except TypeError:
        return False


_A_COUNT = (is_count, "a whole number of at least 1")
_POSITIVE = (_is_positive, "a number greater than 0")
_NOT_NEGATIVE = (_is_not_negative, "a number of at least 0")
_A_SHARE = (is_share, "a number of at least 0 and less than 1")
_A_SWITCH = (_is_switch, "True or False")
_POSITIVE_OR_NONE = (_is_positive_or_none, "a number greater than 0, or None")

_SIZES = " The regressor's first setting is its loss; sizes are given by hidden_layer_sizes=…"

CONDITIONS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "alpha": _NOT_NEGATIVE,
    "batch_size": (_is_batch_size, "a whole number of at least 1, or 'auto'"),
    "learning_rate_init": _POSITIVE,
    "power_t": _NOT_NEGATIVE,
    "max_iter": _A_COUNT,
    "shuffle": _A_SWITCH,
    "tol": _NOT_NEGATIVE,
    "verbose": (_is_switch_or_count, "True, False, or a whole number of at least 0"),
    "warm_start": _A_SWITCH,
    "momentum": (_is_up_to_one, "a number from 0 to 1"),
    "nesterovs_momentum": _A_SWITCH,
    "early_stopping": (_is_early_stopping, "True, False, or 'loss'"),
    "validation_fraction": _A_SHARE,
    "beta_1": _A_SHARE,
    "beta_2": _A_SHARE,
    "epsilon": _POSITIVE,
    "n_iter_no_change": (_is_patience, "a whole number of at least 1, or infinity"),
    "max_fun": _A_COUNT,
    "weight_decay": _NOT_NEGATIVE,
    "max_grad_norm": _POSITIVE_OR_NONE,
    "max_time": _POSITIVE_OR_NONE,
    "random_state": (_is_seed, "None, a whole number from 0 to 2³² − 1, or a RandomState"),
    "loss": (_is_one, "one name, or a Loss"),
    "output_activation": (_is_one, "one name"),
    "initializer": (_is_one, "one name"),
    "dtype": (_is_dtype, "None (float32 if X is, else float64), 'float32' or 'float64'"),
}

CHOICES: dict[str, tuple[str, ...]] = {
    "solver": SOLVERS,
    "learning_rate": SCHEDULES,
    "engine": ENGINES,
}

STOCHASTIC = {"dropout": 0.0, "weight_decay": 0.0, "max_grad_norm": None}
"""Settings that are part of a step of sgd or adam → the value that asks for nothing."""


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
            hint = _SIZES if name == "loss" and np.ndim(settings[name]) < 2 else ""
            raise InputError(f"`{name}` must be {condition}, got {settings[name]!r}.{hint}")
    for name, choices in CHOICES.items():
        value = settings.get(name, choices[0])
        if not (isinstance(value, str) and value in choices):
            raise InputError(unknown(settings[name], choices, name))
    if settings.get("solver") == "lbfgs":
        _check_lbfgs(settings)


def _check_lbfgs(settings: Mapping[str, Any]) -> None:
    for name, nothing in STOCHASTIC.items():
        value = settings.get(name, nothing)
        if np.any(np.asarray(value, dtype=object) != nothing):
            raise InputError(
                f"`{name}` must be {nothing} with the solver lbfgs, got {value!r}: it is part of "
                "a step of sgd or adam. Take one of these, or leave it out."
            )
