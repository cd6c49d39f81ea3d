"""Backpropagation in the open: every gradient, and the chain rule inside it.

`chain.py` is the chain rule; `MLPClassifier` and `MLPRegressor` train with it; `check_gradients`
says whether a gradient is right; `explain` opens one into its factors; `where` says where the
chain rule is in somebody else's code, and whether it is right there; `derive` differentiates a
formula step by step, `derive_network` a network's loss by each weight; `emit` writes a network as a
program from scratch; `diagnose` says why a training does not move; `load` reads a model that
`chainrule train -o` kept, `to_onnx` makes one for other programs.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .abreast import fit_together
    from .activations import ACTIVATIONS, Activation
    from .callbacks import Batch, Epoch
    from .chain import Link, backward, forward
    from .check import GradientCheck, ParameterCheck, check_gradients, check_pullback
    from .checkpoints import Checkpoint
    from .derivation.deriving import derive
    from .derivation.display import Derivation
    from .diagnosis import diagnose
    from .emitted.emitting import emit
    from .errors import DivergenceError, InputError
    from .estimators import MLPClassifier, MLPRegressor
    from .explanation import explain
    from .factors import Explanation
    from .journals import JsonLines, TensorBoard
    from .locate.inspection import where
    from .losses import LOSSES, Loss
    from .model import Model
    from .modelfile import load, save
    from .onnx_export import to_onnx
    from .parameters import Gradients, Parameters
    from .reports import Diagnosis, Finding
    from .step_trace import trace_step
    from .update_rules.deriving import derive_network
    from .update_rules.display import NetworkDerivation

__version__ = "0.1.0"

__all__ = [
    "ACTIVATIONS",
    "LOSSES",
    "Activation",
    "Batch",
    "Checkpoint",
    "Derivation",
    "Diagnosis",
    "DivergenceError",
    "Epoch",
    "Explanation",
    "Finding",
    "GradientCheck",
    "Gradients",
    "InputError",
    "JsonLines",
    "Link",
    "Loss",
    "MLPClassifier",
    "MLPRegressor",
    "Model",
    "NetworkDerivation",
    "ParameterCheck",
    "Parameters",
    "TensorBoard",
    "backward",
    "check_gradients",
    "check_pullback",
    "derive",
    "derive_network",
    "diagnose",
    "emit",
    "explain",
    "fit_together",
    "forward",
    "load",
    "save",
    "to_onnx",
    "trace_step",
    "where",
]

# Imported when first asked for: SciPy and scikit-learn take longer to load than many commands run.
_LATER = {
    "ACTIVATIONS": "activations",
    "LOSSES": "losses",
    "Activation": "activations",
    "Batch": "callbacks",
    "Checkpoint": "checkpoints",
    "Derivation": "derivation.display",
    "Diagnosis": "reports",
    "DivergenceError": "errors",
    "Epoch": "callbacks",
    "Explanation": "factors",
    "Finding": "reports",
    "GradientCheck": "check",
    "Gradients": "parameters",
    "InputError": "errors",
    "JsonLines": "journals",
    "Link": "chain",
    "Loss": "losses",
    "MLPClassifier": "estimators",
    "MLPRegressor": "estimators",
    "Model": "model",
    "NetworkDerivation": "update_rules.display",
    "ParameterCheck": "check",
    "Parameters": "parameters",
    "TensorBoard": "journals",
    "backward": "chain",
    "check_gradients": "check",
    "check_pullback": "check",
    "derive": "derivation.deriving",
    "derive_network": "update_rules.deriving",
    "diagnose": "diagnosis",
    "emit": "emitted.emitting",
    "explain": "explanation",
    "fit_together": "abreast",
    "forward": "chain",
    "load": "modelfile",
    "save": "modelfile",
    "to_onnx": "onnx_export",
    "trace_step": "step_trace",
    "where": "locate.inspection",
}


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(f".{_LATER[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
