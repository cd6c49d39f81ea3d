"""The forms in which an expression may be computed, tried in this order until one is exact enough.

Most are exact as they stand, in σ, softplus and the differences that `offsets` knows; the rest
overflow unless exponentials are kept apart, or cancel unless brought to one denominator.  What
still cancels close to a point gets a polynomial there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy
from scipy import special

from ..chain import Array
from .accuracy import BOUND, Accuracy, measure
from .functions import sigmoid
from .lines import Lines
from .lowering import Lowering
from .patch import Patch, patch_at
from .source import python_function
from .targets import NUMPY

RADII = (2.0, 1.0, 0.5, 0.25)  # of a polynomial; outside it the formula must be exact enough
CENTRE = 0.0


def one_fraction(e: Any) -> Any:
    """Over one denominator, in factors: 1/r − x²/r³ is 1/r³ for r² = 1 + x²."""
    return sympy.factor(sympy.together(e))


def in_exponentials(e: Any) -> Any:
    """σ and tanh as the quotients of exponentials that they are."""
    written = e.replace(sigmoid, lambda u: 1 / (1 + sympy.exp(-u)))
    return written.replace(sympy.tanh, lambda u: (1 - sympy.exp(-2 * u)) / (1 + sympy.exp(-2 * u)))


@dataclass(frozen=True, slots=True)
class Form:
    """A way to compute an expression.

    Attributes:
        name: what was done to the expression.
        original: the expression.
        expression: the expression as it is computed.
        scaling: whether exponentials are kept apart, so that no part overflows.
        patch: a polynomial that is used instead near a point.
    """

    name: str
    original: Any
    expression: Any
    scaling: bool
    patch: Patch | None = None

    def lower(self, lines: Lines, variable: Any) -> int:
        """Return the line that computes it."""
        x = lines.add("x")
        if self.patch is None:
            return Lowering(lines, variable, x, scaling=self.scaling).lower(self.expression)
        patch = self.patch
        away = lines.total([x, lines.number(-patch.centre)]) if patch.centre else x
        near = lines.add("less", lines.add("absolute", away), lines.number(patch.radius))
        beside = lines.number(patch.centre + patch.radius)
        outside = lines.add("where", near, beside, x)
        inside = lines.add("where", near, away, lines.number(0))
        t = lines.power(inside, 2) if patch.even else inside
        polynomial = lines.polynomial(list(patch.coefficients), t)
        series = lines.times(lines.power(inside, patch.power), polynomial)
        formula = Lowering(lines, variable, outside, scaling=self.scaling).lower(self.expression)
        return lines.add("where", near, series, formula)


def best_form(expression: Any, variable: Any, points: Array) -> tuple[Form, Accuracy]:
    """Return the first form within the bound, or else the most exact one, and how exact it is."""
    tried: list[tuple[Form, Accuracy]] = []
    for form in _forms(expression, variable, tried):
        accuracy = measure(computed(form, variable, points), expression, variable, points)
        if accuracy.ulp <= BOUND:
            return form, accuracy
        tried.append((form, accuracy))
    return min(tried, key=lambda pair: [ulp for ulp, _ in pair[1].failed])


def _forms(expression: Any, variable: Any, tried: list[tuple[Form, Accuracy]]) -> Iterator[Form]:
    """Yield the forms; a polynomial only for those that were tried and failed where it would be."""
    rewritten: list[tuple[str, Callable[[Any], Any], bool]] = [
        ("as it stands", lambda e: e, False),
        ("exponentials apart", lambda e: e, True),
        ("one fraction", one_fraction, True),
        ("in exponentials", in_exponentials, True),
        ("one fraction of exponentials", lambda e: one_fraction(in_exponentials(e)), True),
    ]
    for name, rewrite, scaling in rewritten:
        try:
            form = Form(name, expression, rewrite(expression), scaling)
        except (sympy.PolynomialError, NotImplementedError):
            continue  # SymPy knows no factors of it
        yield form
    failed = list(tried)
    for radius in RADII:
        forms = [
            form
            for form, accuracy in failed
            if any(abs(x - CENTRE) < radius for _, x in accuracy.failed)
        ]
        patch = patch_at(expression, variable, CENTRE, radius) if forms else None
        if patch is not None:
            for form in forms:
                name = f"{form.name}, a polynomial near {CENTRE:g}"
                yield replace(form, name=name, patch=patch)


def computed(form: Form, variable: Any, points: Array) -> Array:
    """Return what the NumPy code of a form gives."""
    lines = Lines()
    output = form.lower(lines, variable)
    return run(python_function("f", lines, (output,), NUMPY, ""), "f")(points)


def run(source: str, name: str) -> Callable[..., Any]:
    """Execute source that was made here, from a tree, and return its function."""
    names: dict[str, Any] = {"np": np, "special": special}
    exec(compile(source, f"<{name}>", "exec"), names)
    return names[name]
