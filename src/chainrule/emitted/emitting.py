"""`emit`: a network in, the source of a program that trains it out."""

from collections.abc import Sequence

from ..errors import InputError
from ..update_rules.architecture import Architecture
from ..update_rules.reading import architecture
from .arrays import array_functions
from .functions import activation_functions
from .heading import heading
from .layout import Definitions
from .losses import SOFTMAX, loss_functions
from .neurons import neuron_functions, table
from .plan import Plan, plan
from .samples import sample_rows

LANGUAGES = ("python", "numpy")


def emit(
    network: str | Sequence[int],
    activation: str | Sequence[str] = "logistic",
    loss: str = "squared_error",
    output_activation: str = "auto",
    *,
    language: str = "python",
) -> str:
    """Return the source of a program that trains a network from scratch, by backpropagation.

    It needs nothing but Python, or NumPy, and invents rows to learn from; each line of its backward
    pass is commented with the partial derivative that it computes.

    Args:
        network: the number of inputs and of each layer's units, as "7-5-3" or (7, 5, 3).
        activation: of the hidden layers, a name or a formula, or a list with one a layer.
        loss: a name.
        output_activation: a name; "auto" is what the loss asks for.
        language: "python" or "numpy".

    Raises:
        InputError: if one of them cannot be used, or they do not suit each other.

    >>> program = emit("7-5-3", language="numpy")
    >>> print(next(line for line in program.splitlines() if "dz2 =" in line).strip())
    dz2 = da2 * logistic_derivative(a2)  # ∂J/∂z2 = ∂J/∂a2 · ∂a2/∂z2   (n, 3)
    """
    if language not in LANGUAGES:
        raise InputError(f"`language` must be python or numpy, got {language!r}.")
    return program(architecture(network, activation, loss, output_activation), language)


def program(network: Architecture, language: str) -> str:
    """Return the source of the program for a network that has been read."""
    made = plan(network, language)
    activations = _definitions(made)
    losses = {name: f for name, f in loss_functions(made).items() if name not in activations}
    tables = [table(made)] if made.has_table else []
    functions = [*activations.values(), *tables, *losses.values(), sample_rows(made)]
    functions += neuron_functions(made) if language == "python" else array_functions(made)
    functions.append('if __name__ == "__main__":\n    main()')
    text = "\n\n\n".join(functions)
    return "\n\n".join([heading(made), _imports(made, text)]) + "\n\n\n" + text + "\n"


def _definitions(made: Plan) -> Definitions:
    """The activations, what they call, and softmax."""
    found: Definitions = {}
    shown = {layer.activation: layer.by for layer in made.layers if layer.activation}
    for name, by in shown.items():
        if name in made.rules:
            is_fused = name == made.output.activation and made.is_fused
            needed = activation_functions(made.language, made.rules[name], name, by)
            if is_fused and all(layer.activation != name for layer in made.hidden):
                del needed[f"{name}_derivative"]
            found |= needed
    return found | ({"softmax": SOFTMAX[made.language]} if made.is_softmax else {})


def _imports(made: Plan, text: str) -> str:
    """The imports of what is used, and the sizes of a network of neurons."""
    modules = [name for name in ("math", "random", "sys") if f"{name}." in text]
    if made.language == "numpy":
        modules = [name for name in modules if name != "random"]
    lines = [f"import {name}" for name in modules]
    if made.language == "numpy":
        return "\n".join([*lines, "", "import numpy as np"])
    sizes = f"SIZES = {list(made.sizes)}  # inputs, then the neurons of each layer"
    return "\n".join([*lines, "", sizes])
