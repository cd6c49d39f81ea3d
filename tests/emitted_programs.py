"""What the tests of emitted programs share: networks, and a program as a module with weights."""

import subprocess
import sys
import types
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from chainrule import emit
from chainrule.chain import Array
from chainrule.hidden_layers import hidden_activations
from chainrule.losses import LOSSES
from chainrule.network import Network
from chainrule.parameters import Parameters
from chainrule.update_rules.reading import architecture

LANGUAGES = ("python", "numpy")
Case = tuple[str, str | tuple[str, ...], str, str]
"""Sizes, activation of the hidden layers, loss, output activation."""

CASES: list[Case] = [
    ("7-5-3", "logistic", "squared_error", "auto"),
    ("4-8-3", "relu", "softmax_cross_entropy", "auto"),
    ("2-4-4-1", "tanh", "binary_cross_entropy", "auto"),
    ("3-4-2", "softplus", "poisson", "auto"),
    ("5-6-4-3", ("relu", "tanh"), "mean_squared_error", "auto"),
]
WIDE: list[Case] = [
    *((f"3-5-{k}", name, "squared_error", "auto") for k, name in (
        (2, "elu"), (3, "selu"), (2, "gelu"), (2, "silu"), (2, "mish"), (3, "softsign"),
        (2, "hard_tanh"), (2, "gaussian"), (2, "leaky_relu"), (2, "identity"), (2, "softplus"),
    )),
    ("4-5-2", "silu", "absolute_error", "auto"),
    ("4-5-3", "tanh", "sum_squared_error", "logistic"),
    ("3-5-2", "tanh", "huber", "auto"),
    ("3-4-2", "tanh", "poisson", "softplus"),
    ("3-6-1", "tanh", "poisson", "auto"),
    ("3-4-3", "elu", "binary_cross_entropy", "softmax"),
    ("3-4-3", "tanh", "squared_error", "softmax"),
    ("3-5-2", "tanh", "squared_error", "softsign"),
    ("3-5-2", "gelu", "squared_error", "gelu"),
    ("3-5-4-2", ("logistic", "silu"), "sum_squared_error", "logistic"),
    ("3-5-5-2", ("identity", "tanh"), "log_loss", "auto"),
    ("3-4-2", "x*tanh(log(1 + exp(x)))", "squared_error", "auto"),
    ("3-4-4-2", ("sin(x)", "x*tanh(x)"), "squared_error", "auto"),
    ("3-4-2", "(exp(x) - exp(-x))/(exp(x) + exp(-x))", "squared_error", "auto"),
    ("3-4-4-4-2", ("2*x", "log(1 + exp(x))", "tanh(x)"), "squared_error", "auto"),
    ("3-4-4-4-4-4-4-2", "tanh", "squared_error", "auto"),
    ("4-3", "tanh", "log_loss", "auto"),
    ("3-1", "tanh", "binary_cross_entropy", "auto"),
    ("3-2", "tanh", "squared_error", "auto"),
    ("3-5-2", "softplus", "binary_cross_entropy", "auto"),
    ("5-6-6-2", "hard_tanh", "squared_error", "auto"),
    ("3-4-2", "tanh", "squared_error", "exponential"),
]  # fmt: skip


@cache
def program(case: Case, language: str) -> str:
    sizes, activation, loss, output = case
    chosen = activation if isinstance(activation, str) else list(activation)
    return emit(sizes, chosen, loss, output, language=language)


def ran(text: str, folder: Path, *arguments: str, alone: bool) -> str:
    """What a program prints; `alone`: no package is within its reach."""
    path = folder / "program.py"
    path.write_text(text, encoding="utf-8")
    options = ["-I", "-S"] if alone else ["-W", "error"]
    result = subprocess.run(
        [sys.executable, *options, str(path), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    return result.stdout


def module_of(text: str) -> Any:
    """The functions of a program, not yet called."""
    module = types.ModuleType("emitted_program")
    exec(compile(text, "program.py", "exec"), module.__dict__)
    return module


def network_of(case: Case) -> Network:
    """The package's own network for a case."""
    sizes, activation, loss, output = case
    read = architecture(sizes, activation, loss, output)
    hidden = hidden_activations(
        activation if isinstance(activation, str) else list(activation), len(read.sizes) - 2
    )
    return Network(read.sizes, hidden, read.output_activation, LOSSES[loss])


def gradients_of(
    module: Any, language: str, parameters: Parameters, X: Array, y: Array
) -> list[Array]:
    """∂J/∂W1, ∂J/∂b1, … summed over the rows, as the program computes them."""
    if language == "numpy":
        both = [part for pair in zip(parameters.W, parameters.b, strict=True) for part in pair]
        values = module.forward(X, *both)
        values = values if isinstance(values, tuple) else (values,)
        found = module.backward(X, y, *parameters.W[1:], *values)
        return [np.asarray(one) for one in found]
    network = [
        [{"weights": W[:, j].tolist(), "bias": float(b[j])} for j in range(len(b))]
        for W, b in zip(parameters.W, parameters.b, strict=True)
    ]
    totals = [np.zeros_like(p) for W, b in zip(parameters.W, parameters.b, strict=True)
              for p in (W, b)]  # fmt: skip
    for row, target in zip(X.tolist(), y.tolist(), strict=True):
        module.forward(network, row)
        module.backward(network, row, target)
        for depth, layer in enumerate(network):
            for j, neuron in enumerate(layer):
                totals[2 * depth][:, j] += neuron["dweights"]
                totals[2 * depth + 1][j] += neuron["dbias"]
    return totals
