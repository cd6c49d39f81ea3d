"""The docstring at the head of a program: what it is, and where in it the chain rule is."""

from .layout import paragraph
from .losses import loss_formula
from .plan import Plan

_WHERE = {"python": "in plain Python", "numpy": "in NumPy"}
_CHAIN_RULE = {
    "python": (
        "The chain rule is in `backward`. ∂J/∂a of an output is the derivative of the loss. Times "
        "∂a/∂z, the derivative of the activation, it is ∂J/∂z. That times the value which a weight "
        "multiplies is ∂J/∂weight; and times the weight, added up over the neurons that an `a` "
        "goes into, it is ∂J/∂a in the layer before. A key that begins with d holds ∂J/∂ the rest "
        "of its name. The rows are learned one at a time."
    ),
    "numpy": (
        "The chain rule is in `backward`: each line is one partial derivative, which its comment "
        "names, as one that is known by then times a local one. Σ_units adds up what comes back "
        "from the units of the next layer, Σ_rows what all n rows say. A name that begins with d "
        "holds ∂J/∂ the rest of its name, and has its shape."
    ),
}
_CALLS = [
    ["python program.py", "train on rows drawn by a rule, print the mean loss"],
    ["python program.py --check", "compare gradients with difference quotients"],
]
_OWN_ROWS = "To learn from rows of your own, let `sample_rows` return them."
_POISSON = "log y!, which Poisson's loss also has, is left out: no weight changes it."


def heading(plan: Plan) -> str:
    """Return the program's docstring."""
    loss = f"J = {loss_formula(plan)}    ({plan.architecture.loss.name})"
    parts = [
        f'"""A {plan.architecture.text} network trained by backpropagation, from scratch '
        f"{_WHERE[plan.language]}.",
        "\n".join([*_aligned(_equations(plan)), f"    {loss}"]),
        paragraph(_CHAIN_RULE[plan.language]),
    ]
    if plan.architecture.loss.name == "poisson":
        parts.append(_POISSON)
    parts += [_OWN_ROWS, "\n".join(_aligned(_CALLS))]
    return "\n\n".join(parts) + '\n"""'


def _equations(plan: Plan) -> list[list[str]]:
    """What each layer computes, in columns."""
    rows = []
    for layer in plan.layers:
        number, before = layer.number, f"a{layer.number - 1}" if layer.number > 1 else "X"
        if plan.language == "numpy":
            cells = [f"z{number} = {before} W{number} + b{number}"]
            a, z = f"a{number}", f"z{number}"
        else:
            values = "input" if number == 1 else "a before"
            cells = [f"layer {number}", f"z = bias + Σ weight · {values}"]
            a, z = "a", "z"
        value = f"{layer.activation}({z})" if layer.activation else z
        units = "outputs" if layer is plan.output else "units"
        rows.append([*cells, f"{a} = {value}", f"{layer.n_out} {units}"])
    return rows


def _aligned(rows: list[list[str]]) -> list[str]:
    """Lines of cells in columns, moved in."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["    " + "    ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
