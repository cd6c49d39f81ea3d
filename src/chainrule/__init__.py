"""Backpropagation in the open: every gradient, and the chain rule inside it.

`chain.py` is the chain rule; `MLPClassifier` and `MLPRegressor` train with it; `check_gradients`
says whether a gradient is right; `load` reads a model that `chainrule train -o` kept.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .activations import ACTIVATIONS, Activation
from .chain import Link, backward, forward
from .check import GradientCheck, ParameterCheck, check_gradients, check_pullback
from .errors import DivergenceError, InputError
from .losses import LOSSES, Loss
from .parameters import Gradients, Parameters

if TYPE_CHECKING:
    from .estimators import MLPClassifier, MLPRegressor
    from .model import Model
    from .modelfile import load, save

__version__ = "0.1.0"

__all__ = [
    "ACTIVATIONS",
    "LOSSES",
    "Activation",
    "DivergenceError",
    "GradientCheck",
    "Gradients",
    "InputError",
    "Link",
    "Loss",
    "MLPClassifier",
    "MLPRegressor",
    "Model",
    "ParameterCheck",
    "Parameters",
    "backward",
    "check_gradients",
    "check_pullback",
    "forward",
    "load",
    "save",
]

# Imported when first asked for: these need scikit-learn, whose import takes longer than ours.
_LATER = {
    "MLPClassifier": "estimators",
    "MLPRegressor": "estimators",
    "Model": "model",
    "load": "modelfile",
    "save": "modelfile",
}


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(f".{_LATER[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
