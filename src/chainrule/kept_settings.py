"""An estimator's settings as JSON and back; what only a program can say is refused in words."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.random import RandomState

from .activations import ACTIVATIONS, Activation
from .errors import InputError
from .losses import LOSSES, Loss

FORMULA = 'activation="x*tanh(log(1+exp(x)))"'
START = "in the arrays"
"""What stands for start weights, which are kept as arrays."""

_GENERATOR = "MT19937"  # the only one that a RandomState of scikit-learn's kind is asked for


def described_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings as JSON can say them; start weights are named only.

    Raises:
        InputError: for a function, or an object with one: reading it would have to execute code.

    >>> described_settings({"activation": ["x*tanh(x)", "relu"], "n_iter_no_change": math.inf})
    {'activation': ['x*tanh(x)', 'relu'], 'n_iter_no_change': {'number': 'inf'}}
    """
    special: dict[str, Callable[[Any], Any]] = {
        "activation": _activations,
        "loss": _loss,
        "callbacks": _callbacks,
        "class_weight": described_weights,
        "random_state": _random_state,
        "start_weights": lambda value: None if value is None else START,
        "dtype": lambda value: None if value is None else np.dtype(value).name,
    }
    return {
        name: special[name](value) if name in special else _plain(name, value)
        for name, value in settings.items()
    }


def rebuilt_settings(described: Mapping[str, Any], start: Any = None) -> dict[str, Any]:
    """Undo `described_settings`; `start` are the start weights, if there are any."""
    settings = {name: _rebuilt(value) for name, value in described.items()}
    sizes = settings["hidden_layer_sizes"]
    settings["hidden_layer_sizes"] = tuple(sizes) if isinstance(sizes, list) else sizes
    if settings["start_weights"] == START:
        settings["start_weights"] = start
    return settings


def described_weights(value: Any) -> Any:
    """Return the weight of each class, whose labels JSON could not name as keys."""
    if isinstance(value, Mapping):
        pairs = [[_plain("class_weight", part) for part in pair] for pair in value.items()]
        return {"weights": pairs}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [described_weights(one) for one in value]
    return _plain("class_weight", value)


def rebuilt_weights(described: Any) -> Any:
    """Undo `described_weights`."""
    return _rebuilt(described)


def _rebuilt(value: Any) -> Any:
    if isinstance(value, list):
        return [_rebuilt(part) for part in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "number":
        return float(content)
    if kind == "weights":
        return dict(content)
    if kind != _GENERATOR:
        raise ValueError(f"a setting of the kind {kind!r}")
    keys, *rest = content
    random = RandomState()
    random.set_state((_GENERATOR, np.array(keys, np.uint32), *rest))
    return random


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(name, part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {"number": str(value)}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise InputError(
        f"`{name}` is {value!r}, which a model's file cannot hold; give it as numbers or text."
    )


def _activations(value: Any) -> Any:
    if isinstance(value, list) or (isinstance(value, tuple) and not _is_pair(value)):
        return [_activations(one) for one in value]
    if isinstance(value, str):
        return value
    if isinstance(value, Activation):
        of_formula = getattr(value.value, "text", None) == value.name
        if of_formula or ACTIVATIONS.get(value.name) == value:
            return value.name
        name = value.name
    else:
        function = value[0] if _is_pair(value) else value
        name = getattr(function, "__name__", type(function).__name__)
    raise InputError(
        f"`activation` {name} is a Python function, which a model's file cannot hold: reading it "
        f"would execute code. Give it as a formula, as in {FORMULA}; its derivative is found."
    )


def _is_pair(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(map(callable, value))


def _loss(value: Any) -> str:
    if isinstance(value, Loss) and LOSSES.get(value.name) == value:
        return value.name
    if isinstance(value, str):
        return value
    name = getattr(value, "name", type(value).__name__)
    raise InputError(
        f"`loss` {name} is a Python function, which a model's file cannot hold: reading it would "
        f"execute code. Take one of {', '.join(sorted(LOSSES))}; an activation may be a formula, "
        f"as in {FORMULA}."
    )


def _callbacks(value: Any) -> None:
    if value is not None and len(value):
        raise InputError(
            "`callbacks` are Python functions, which a model's file cannot hold: reading them "
            "would execute code. They are of the training only: leave them out by "
            "set_params(callbacks=None), then save."
        )


def _random_state(value: Any) -> Any:
    if isinstance(value, RandomState):
        _, keys, *rest = value.get_state(legacy=True)
        return {_GENERATOR: [np.asarray(keys).tolist(), *rest]}
    # NumPy's own generator, whatever it has been used for, is what None means too
    return None if value is np.random else _plain("random_state", value)
