"""Code from a formula and its derivative: both in one function that is safe for any float."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..chain import Array
from ..errors import InputError
from .accuracy import BOUND, Accuracy, places
from .building import replaced
from .canonical import canonical
from .evaluation import MAX_POWER, has_immense_power
from .expression import read_formula
from .forms import Form, best_form, run
from .grammar import symbol
from .lines import Lines
from .rules import differentiate
from .shorter import common_denominator
from .source import python_function, source
from .targets import COMPLEX, NUMPY, Target
from .writing import written


@dataclass(frozen=True)
class Code:
    """Value and derivative of a formula as code, and how exact it was found to be.

    Attributes:
        variable: the name that x had in the formula.
        formula, derivative_formula: what is computed, as text in x.
        lines: the operations; `value_line` and `derivative_line` are the results.
        value_form, derivative_form: how each is computed.
        value_accuracy, derivative_accuracy: the largest errors found between −1000 and 1000.
    """

    variable: str
    formula: str
    derivative_formula: str
    lines: Lines
    value_line: int
    derivative_line: int
    value_form: Form
    derivative_form: Form
    value_accuracy: Accuracy
    derivative_accuracy: Accuracy

    def source(self, language: str) -> str:
        """Return the source of `value_and_derivative`: numpy, numba, python or c."""
        outputs = (self.value_line, self.derivative_line)
        return source(self.lines, outputs, language, self._about)

    @property
    def is_exact(self) -> bool:
        """Whether value and derivative were within the bound wherever they were measured."""
        return max(self.value_accuracy.ulp, self.derivative_accuracy.ulp) <= BOUND

    @property
    def remark(self) -> str:
        """How exact the code was found to be in NumPy, in a sentence."""
        found = {"value": self.value_accuracy, "derivative": self.derivative_accuracy}
        said = [_fault(name, accuracy) for name, accuracy in found.items() if accuracy.failed]
        if said:
            return f"Not exact: {'; '.join(said)}. Measured in NumPy."
        ulp = max(accuracy.ulp for accuracy in found.values())
        points = self.derivative_accuracy.points
        where = f"at {points} points between -1000 and 1000"
        return f"At most {ulp:.2g} ulp off {where}, measured in NumPy."

    def remark_on(self, language: str) -> str:
        """Return how exact the source in a language is known to be: NumPy's was measured."""
        if language == "numpy":
            return self.remark
        return f"{self.remark} In {language} the functions are another library's: not measured."

    @cached_property
    def value(self) -> Callable[[Array], Array]:
        """f(x), for arrays of real numbers."""
        return self._function(NUMPY, self.value_line)

    @cached_property
    def derivative(self) -> Callable[[Array], Array]:
        """f′(x), for arrays of real numbers."""
        return self._function(NUMPY, self.derivative_line)

    @cached_property
    def value_and_derivative(self) -> Callable[[Array], tuple[Array, Array]]:
        """f(x) and f′(x), for arrays of real numbers."""
        return self._function(NUMPY, self.value_line, self.derivative_line)

    @cached_property
    def complex_value(self) -> Callable[[Array], Array]:
        """f(z) for complex z near the real line, as the complex step needs it."""
        return self._function(COMPLEX, self.value_line)

    @cached_property
    def complex_derivative(self) -> Callable[[Array], Array]:
        """f′(z) for complex z near the real line."""
        return self._function(COMPLEX, self.derivative_line)

    @property
    def _about(self) -> str:
        return f"f(x) = {self.formula} and f'(x) = {self.derivative_formula}."

    def _function(self, target: Target, *outputs: int) -> Callable[..., Any]:
        return run(python_function("f", self.lines, outputs, target, ""), "f")


def code(
    expression: Any, derivative: Any, variable: Any, texts: tuple[str, str] = ("", "")
) -> Code:
    """Return code for an expression and its derivative, of one variable.

    Both are computed in the first form that is exact at a grid of points, at and around roots and
    branch points; if none is, in the best, and `remark` says how far off that is.
    """
    lines, results = Lines(), []
    for tree in (_canonical(part) for part in (expression, derivative)):
        form, accuracy = best_form(tree, variable, places(tree, variable))
        if not accuracy.points:
            raise InputError("`formula` has a number at no point between -1000 and 1000.")
        results.append((form.lower(lines, variable), form, accuracy))
    (value, value_form, value_error), (slope_line, slope_form, slope_error) = results
    return Code(
        str(variable),
        *texts,
        lines,
        value,
        slope_line,
        value_form,
        slope_form,
        value_error,
        slope_error,
    )


def _fault(name: str, accuracy: Accuracy) -> str:
    """Say where the largest error is, and at how many points one is beyond the bound."""
    size = "no number" if math.isinf(accuracy.ulp) else f"{accuracy.ulp:.3g} ulp"
    count = f"{len(accuracy.failed)} of {accuracy.points} points"
    return (
        f"{name} off at {count} by more than {BOUND:g} ulp, most at x = {accuracy.at:.6g}: {size}"
    )


def _canonical(expression: Any) -> Any:
    try:
        return canonical(expression)
    except TypeError as error:  # SymPy's, for log(-1) > 0
        raise InputError("`formula` compares what is no real number.") from error


def code_for(text: str, by: str | None = None, **parameters: float | str) -> Code:
    """Return code for a formula of one variable and its derivative.

    Args:
        text: the formula; it is read, never executed.
        by: the variable; without it x, or the one name in the formula.
        **parameters: numbers for other names, as in alpha=0.1.

    Raises:
        InputError: if the formula cannot be read, or has other names than its variable.

    >>> square = code_for("x^2")
    >>> print(square.source("python").splitlines()[-1])
        return x * x, 2.0 * x
    >>> square.is_exact
    True
    """
    formula = read_formula(text, by, **parameters)
    expression, variable = formula.with_values, formula.variable
    if expression.free_symbols != {variable}:
        names = ", ".join(sorted(map(str, expression.free_symbols))) or "none"
        raise InputError(
            f"`formula` {text!r} must have one name, its variable; it has {names}. "
            "Write numbers for the others."
        )
    if has_immense_power(expression):
        raise InputError(f"`formula` {text!r} must have exponents of at most {MAX_POWER} for code.")
    derivative = common_denominator(differentiate(expression, variable).result)
    in_x = {variable: symbol("x")}  # the name that it has in code
    texts = (written(replaced(expression, in_x)), written(replaced(derivative, in_x)))
    return code(expression, derivative, variable, texts)
