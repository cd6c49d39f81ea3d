"""An expression becomes lines of code that neither overflow nor cancel.

What may be too large for a float is kept as m·eᵏ: 1 + eˣ is (e⁻ᵏ + eˣ⁻ᵏ)·eᵏ with k = max(0, x), and
the k of a quotient are subtracted before anything is computed.  A difference of nearly equal parts
is written as what `offsets` or the conjugate say it is.
"""

from dataclasses import dataclass
from typing import Any

import mpmath
import sympy

from .exact import value_at
from .functions import expm1, log1p, maximum, minimum, normal_cdf, sigmoid, softplus
from .lines import Lines
from .offsets import difference_of_squares, joined

LARGE = 300.0  # eᵏ with k above this may overflow in a product
PROBES = (-1000.0, -100.0, -10.0, -1.0, -0.25, 0.0, 0.25, 1.0, 10.0, 100.0, 1000.0)

NAMES: dict[Any, str] = {
    sympy.log: "log",
    sympy.sin: "sin",
    sympy.cos: "cos",
    sympy.tan: "tan",
    sympy.sinh: "sinh",
    sympy.cosh: "cosh",
    sympy.tanh: "tanh",
    sympy.asin: "asin",
    sympy.acos: "acos",
    sympy.atan: "atan",
    sympy.asinh: "asinh",
    sympy.acosh: "acosh",
    sympy.atanh: "atanh",
    sympy.erf: "erf",
    sympy.Abs: "absolute",
    sympy.sign: "sign",
    maximum: "maximum",
    minimum: "minimum",
    expm1: "expm1",
    log1p: "log1p",
    sigmoid: "sigmoid",
    normal_cdf: "normal_cdf",
    softplus: "softplus",
    sympy.StrictGreaterThan: "greater",
    sympy.GreaterThan: "greater_equal",
    sympy.StrictLessThan: "less",
    sympy.LessThan: "less_equal",
    sympy.Equality: "equal",
    sympy.Unequality: "not_equal",
    sympy.And: "both",
    sympy.Or: "either",
    sympy.Not: "no",
}
"""SymPy's class → the operation."""


@dataclass(frozen=True, slots=True)
class Scaled:
    """The value m·eᵏ: the line that computes m, and k as an expression."""

    mantissa: int
    exponent: Any = sympy.S.Zero


class Lowering:
    """Writes lines for expressions of one variable, which is what line `argument` computes.

    Without `scaling`, an exponential is computed where it stands.
    """

    def __init__(self, lines: Lines, variable: Any, argument: int, *, scaling: bool) -> None:
        self.lines = lines
        self.variable = variable
        self.argument = argument
        self.scaling = scaling
        self._done: dict[Any, Scaled] = {}

    def lower(self, expression: Any) -> int:
        """Return the line that computes an expression."""
        return self._flat(self._scaled(expression))

    def _flat(self, value: Scaled) -> int:
        if value.exponent == 0:
            return value.mantissa
        exponent = _gathered(value.exponent).replace(sympy.exp, self._bounded)
        plain = Lowering(self.lines, self.variable, self.argument, scaling=False)
        if self._grows(value.exponent) and self.lines.all[value.mantissa].name != "number":
            half = self.lines.add("exp", plain.lower(exponent / 2))  # a float where eᵏ is not
            return self.lines.times(self.lines.times(value.mantissa, half), half)
        return self.lines.times(value.mantissa, self.lines.add("exp", plain.lower(exponent)))

    def _bounded(self, u: Any) -> Any:
        """Eᵘ within an exponent, kept finite: the difference of two infinite ones would be nan."""
        return sympy.exp(minimum(u, sympy.Integer(700)) if self._grows(u) else u)

    def _grows(self, exponent: Any) -> bool:
        return self.scaling and any(value_at(exponent, self.variable, x) > LARGE for x in PROBES)

    def _scaled(self, e: Any) -> Scaled:
        if e not in self._done:
            self._done[e] = self._kind_of(e)
        return self._done[e]

    def _kind_of(self, e: Any) -> Scaled:
        if e == self.variable:
            return Scaled(self.argument)
        if not e.has(self.variable):
            number = value_at(e, self.variable, 1)
            line = self.lines.number(number)
            if isinstance(number, bool):
                line = self.lines.add("equal", line, self.lines.number(True))
            return Scaled(line)
        if isinstance(e, sympy.exp):
            if self.scaling:
                return Scaled(self.lines.number(1), e.args[0])
            return Scaled(self.lines.add("exp", self.lower(e.args[0])))
        if e.is_Mul:
            return self._product(e)
        if e.is_Pow:
            return self._power(e.base, e.exp)
        if e.is_Add:
            return self._sum(e)
        if isinstance(e, sympy.sinh | sympy.cosh) and self._grows(sympy.Abs(e.args[0])):
            return self._hyperbolic(e)
        return Scaled(self._function(e))

    def _function(self, e: Any) -> int:
        if isinstance(e, sympy.Piecewise):
            return self._choice(e)
        if isinstance(e, sympy.log):
            return self._log(e.args[0])
        if isinstance(e, sympy.ITE):  # a choice of conditions
            condition, chosen, other = e.args
            return self.lower(condition & chosen | ~condition & other)
        line, *others = [self.lower(arg) for arg in e.args]
        if not others:
            return self.lines.add(NAMES[e.func], line)
        for other in others:
            line = self.lines.add(NAMES[e.func], line, other)
        return line

    def _product(self, e: Any) -> Scaled:
        constant = sympy.Mul(*(factor for factor in e.args if not factor.has(self.variable)))
        above, below = self._scaled(constant).mantissa, self.lines.number(1)
        exponent = sympy.S.Zero
        for factor in e.args:
            if not factor.has(self.variable):
                continue
            base, n = (factor.base, factor.exp) if factor.is_Pow else (factor, sympy.S.One)
            if n.is_number and n.is_negative:
                part = self._power(base, -n)
                below = self.lines.times(below, part.mantissa)
                exponent -= part.exponent
            else:
                part = self._scaled(factor)
                above = self.lines.times(above, part.mantissa)
                exponent += part.exponent
        return Scaled(self._quotient(above, below), exponent)

    def _quotient(self, above: int, below: int) -> int:
        if below == self.lines.number(1):
            return above
        return self.lines.add("divide", above, below)

    def _power(self, base: Any, n: Any) -> Scaled:
        if not n.is_number:
            return self._scaled(sympy.exp(n * sympy.log(base)))
        part = self._scaled(base)
        size = abs(n)
        if (2 * size).is_Integer and size <= 32:
            line = self.lines.power(part.mantissa, int(size))
            if not size.is_Integer:
                line = self.lines.times(line, self.lines.add("sqrt", part.mantissa))
        else:
            exact = self.lines.number(value_at(size, self.variable, 1))
            line = self.lines.add("power", part.mantissa, exact)
        if n.is_negative:
            line = self._quotient(self.lines.number(1), line)
        return Scaled(line, n * part.exponent)

    def _sum(self, e: Any) -> Scaled:
        better = joined(e, self._grows)
        if better is not None:
            return self._scaled(better)
        squares = difference_of_squares(e)
        if squares is not None:
            return Scaled(self._conjugate(e.args[0], e.args[1], squares))
        parts = [self._scaled(term) for term in sorted(e.args, key=_subtracted_last)]
        if not any(self._grows(part.exponent) for part in parts):
            return Scaled(self.lines.total([self._flat(part) for part in parts]))
        exponents = list(dict.fromkeys(part.exponent for part in parts))
        largest = exponents[0]
        for k in exponents[1:]:
            largest = maximum(largest, k)
        lines = []
        for part in parts:
            below: Any = sympy.S.Zero  # part.exponent − largest, whose parts cancel here
            for k in exponents:
                if k != part.exponent:
                    below = minimum(below, part.exponent - k)
            lines.append(self._flat(Scaled(part.mantissa, below)))
        return Scaled(self.lines.total(lines), largest)

    def _conjugate(self, p: Any, q: Any, squares: Any) -> int:
        """p + q = (p² − q²)/(p − q), which adds two sizes where p and q have opposite signs."""
        add, one, other = self.lines.add, self.lower(p), self.lower(q)
        opposite = add("less", self.lines.times(one, other), self.lines.number(0))
        divisor = add("where", opposite, add("subtract", one, other), self.lines.number(1))
        quotient = add("divide", self.lower(squares), divisor)
        return add("where", opposite, quotient, self.lines.total([one, other]))

    def _choice(self, e: Any) -> int:
        (value, holds), *rest = e.args
        if holds == sympy.true or not rest:
            return self.lower(value)
        condition, other = self.lower(holds), e.func(*rest)
        return self.lines.add(
            "where",
            condition,
            self._inside(value, holds, condition),
            self._inside(other, sympy.Not(holds), self.lines.add("no", condition)),
        )

    def _inside(self, value: Any, holds: Any, condition: int) -> int:
        """Lower a branch, at another x where it does not hold and has no value."""
        exact = [(x, value_at(value, self.variable, x)) for x in PROBES]
        defined = [x for x, known in exact if not mpmath.isnan(known)]
        if len(defined) == len(exact):
            return self.lower(value)
        instead = [x for x in defined if value_at(holds, self.variable, x)]
        if not instead:
            return self.lower(value)
        safe = min(instead, key=lambda x: abs(abs(x) - 1))
        argument = self.lines.add("where", condition, self.argument, self.lines.number(safe))
        return Lowering(self.lines, self.variable, argument, scaling=self.scaling).lower(value)

    def _log(self, u: Any) -> int:
        constant, _ = u.as_coeff_Add()
        if u.is_Add and constant >= sympy.S.Half and not self._grows(sympy.log(u)):
            return self.lines.add("log1p", self.lower(u - 1))
        part = self._scaled(u)
        line = self.lines.add("log", part.mantissa)
        if part.exponent == 0:
            return line
        return self.lines.total([self.lower(part.exponent), line])

    def _hyperbolic(self, e: Any) -> Scaled:
        size = sympy.Abs(e.args[0])
        if isinstance(e, sympy.cosh):
            return Scaled(self.lower((1 + sympy.exp(-2 * size)) / 2), size)
        return Scaled(self.lower(-sympy.sign(e.args[0]) * expm1(-2 * size) / 2), size)


def _gathered(exponent: Any) -> Any:
    """u − 2 max(0, u) as min(0, u) − max(0, u): what cancels does so before it is rounded."""
    for larger in exponent.atoms(maximum):
        zero, u = larger.args
        if zero != 0:
            continue
        times = exponent.coeff(larger)
        share = sympy.cancel((exponent - times * larger) / u)
        if share.is_number:
            return (times + share) * larger + share * minimum(sympy.S.Zero, u)
    return exponent


def _subtracted_last(term: Any) -> tuple[bool, str]:
    return term.could_extract_minus_sign(), str(term)
