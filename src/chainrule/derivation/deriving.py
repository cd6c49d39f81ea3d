"""`derive`: a formula in, its derivation out; a loss together with an output activation too."""

import sympy

from ..errors import InputError
from ..names import lookup
from . import building as build
from .building import Expr
from .by_output import by_output
from .display import Derivation
from .evaluation import has_values
from .expression import Formula, filled, read_formula
from .functions import NAMES
from .grammar import symbol
from .kinks import kinks
from .record import Kink, Step
from .rules import differentiate
from .shorter import common_denominator, error_times_slope
from .simplify import tidy
from .unfolding import lines

OUTPUTS = {
    name: row
    for name, row in NAMES.items()
    if name.isascii() and row.by_output and len(row.parameters) == 1
}
"""Output activations: functions whose derivative their value determines."""
_OUTPUT_NAMES = ("a", "s", "h", "f", "q")


def derive(
    text: str,
    by: str | None = None,
    *,
    output_activation: str | None = None,
    **parameters: float | str,
) -> Derivation:
    """Differentiate a formula step by step: text to d/dx text.

    Args:
        text: the formula, as in "x*tanh(log(1 + exp(x)))"; it is read, never executed.
        by: the variable; without it x, or the one name in the formula.
        output_activation: for a loss of the prediction `by`: the function of the net input z that
            makes the prediction; the derivative is then by z.
        **parameters: numbers for other names, as in alpha=0.1.

    Returns:
        The derivation: `derivative` is a formula, `steps` are the rules applied, `latex` sets them.

    Raises:
        InputError: if the formula cannot be read, or another argument cannot be used.

    >>> derive("exp(-x**2)").derivative
    '-2*x*exp(-x**2)'
    >>> loss = derive("-(y*log(a) + (1 - y)*log(1 - a))", by="a", output_activation="logistic")
    >>> loss.derivative
    'sigmoid(z) - y'
    """
    formula = read_formula(text, by, **parameters)
    if output_activation is not None:
        return _fused(formula, output_activation)
    step = differentiate(formula.expression, formula.variable)
    answer = common_denominator(step.result)
    output = _unused(formula)
    return Derivation(
        text=formula.text,
        expression=formula.expression,
        variable=formula.variable,
        values=formula.values,
        first=step,
        lines=lines(step, (step.result, "in short"), (answer, "over one denominator")),
        answer=answer,
        output=output,
        output_is=formula.expression,
        by_output=by_output(formula.with_values, formula.variable, output),
        kinks=_kinks(formula, answer),
        has_values=has_values(formula.with_values, formula.variable),
    )


def _kinks(formula: Formula, slope: Expr) -> tuple[Kink, ...]:
    return tuple(kinks(formula.expression, slope, formula.variable, dict(formula.values)))


def _unused(formula: Formula) -> Expr:
    """A name for the function's value that the formula does not have."""
    taken = {*formula.symbols, formula.variable}
    return next(name for name in map(symbol, _OUTPUT_NAMES) if name not in taken)


def _fused(formula: Formula, activation: str) -> Derivation:
    """∂ℓ/∂z = ∂ℓ/∂a · ∂a/∂z, in a and in z."""
    if activation == "softmax":
        raise InputError(
            "`output_activation` softmax takes a whole row at once, a formula is of one number; "
            "with −Σ y log a its derivative by z is a − y, which `chainrule derive --network 4-3 "
            "--loss log_loss` derives."
        )
    row = lookup(OUTPUTS, activation, "output_activation")
    prediction, net_input = formula.variable, symbol("z")
    if net_input in formula.symbols:
        raise InputError("`formula` has the name z, which is the net input of the activation.")
    made = build.root(net_input) if row.name == "sqrt" else row.symbol(net_input, evaluate=False)
    first = _multiplied_through(formula, made, filled(row.by_output, a=prediction), net_input)
    slope = common_denominator(first.steps[0].result)
    whole = build.product(slope, first.steps[1].result)
    return Derivation(
        text=formula.text,
        expression=formula.expression,
        variable=net_input,
        values=formula.values,
        first=first,
        lines=lines(first, (whole, "the loss in short"), (first.result, "in short")),
        answer=tidy(build.replaced(first.result, {prediction: made})),
        output=prediction,
        output_is=made,
        by_output=first.result,
        kinks=_kinks(formula, first.steps[0].result),
        activation=made,
    )


def _multiplied_through(formula: Formula, made: Expr, rate: Expr, net_input: Expr) -> Step:
    """The chain rule from the loss through the output activation."""
    prediction = formula.variable
    loss = differentiate(formula.expression, prediction)
    slopes = [sympy.Derivative(formula.expression, prediction), sympy.Derivative(made, net_input)]
    means = ((str(prediction), made),)
    says = "by the function's own value"
    of_activation = Step("known derivative", says, made, net_input, means, rate, (), rate)
    return Step(
        "chain rule",
        f"∂ℓ/∂z = ∂ℓ/∂{prediction} · ∂{prediction}/∂z",
        formula.expression,
        net_input,
        means,
        build.product(*slopes),
        (loss, of_activation),
        error_times_slope(common_denominator(loss.result), rate),
        inner=made,
    )
