"""Differences without cancellation: 1 − tanh² u = 4 σ(2u) σ(−2u), and the like."""

from collections.abc import Callable
from typing import Any

import sympy

from .functions import expm1, log1p, maximum, normal_cdf, sigmoid, softplus

ONE, HALF, ROOT_2 = sympy.S.One, sympy.S.Half, sympy.sqrt(2)

Rule = Callable[[Any, Any], Any]
Grows = Callable[[Any], bool]


def _exp(u: Any, c: Any) -> Any:
    return c * expm1(u - sympy.log(c)) if c.is_positive else None


def exp_that_grows(u: Any, c: Any) -> Any:
    """Eᵘ − c as ±eᵐᵃˣ(1 − e⁻ˢⁱᶻᵉ), which may be kept as a mantissa and its exponent."""
    return c * _of_exponentials(u - sympy.log(c), sympy.S.Zero) if c.is_positive else None


def _softplus(u: Any, c: Any) -> Any:
    """log((1 + eᵘ)/eᶜ), whose argument is 1 + (1 − e⁻ᶜ)(eᵘ/(eᶜ − 1) − 1)."""
    if not c.is_positive:
        return None
    root = sympy.log(sympy.exp(c) - 1)  # softplus(root) = c
    near = log1p((1 - sympy.exp(-c)) * expm1(u - root))
    return sympy.Piecewise((near, u < root + 1), (u - c + log1p(sympy.exp(-u)), True))


# fmt: off
AT: dict[tuple[Any, Any], Callable[[Any], Any]] = {
    (sympy.tanh, ONE): lambda u: -2 * sigmoid(-2 * u),
    (sympy.tanh, -ONE): lambda u: 2 * sigmoid(2 * u),
    (sigmoid, ONE): lambda u: -sigmoid(-u),
    (sigmoid, HALF): lambda u: sympy.tanh(u / 2) / 2,
    (sympy.erf, ONE): lambda u: -2 * normal_cdf(-ROOT_2 * u),
    (sympy.erf, -ONE): lambda u: 2 * normal_cdf(ROOT_2 * u),
    (normal_cdf, ONE): lambda u: -normal_cdf(-u),
    (normal_cdf, HALF): lambda u: sympy.erf(u / ROOT_2) / 2,
    (sympy.cos, ONE): lambda u: -2 * sympy.sin(u / 2) ** 2,
    (sympy.cos, -ONE): lambda u: 2 * sympy.cos(u / 2) ** 2,
    (sympy.sin, ONE): lambda u: -2 * sympy.sin(sympy.pi / 4 - u / 2) ** 2,
    (sympy.sin, -ONE): lambda u: 2 * sympy.sin(sympy.pi / 4 + u / 2) ** 2,
    (sympy.cosh, ONE): lambda u: 2 * sympy.sinh(u / 2) ** 2,
}
"""(f, c) → u ↦ f(u) − c."""

FOR_ANY: dict[Any, Rule] = {
    sympy.exp: _exp,
    softplus: _softplus,
    sympy.log: lambda u, c: sympy.log(u * sympy.exp(-c)),
}
# fmt: on


def offset(expression: Any, c: Any, grows: Grows) -> Any:
    """Return `expression − c` in a form without cancellation, None where no rule knows one."""
    coefficient, rest = expression.as_coeff_Mul()
    if coefficient != 1:
        inner = offset(rest, c / coefficient, grows)
        return None if inner is None else coefficient * inner
    if expression.is_Pow:
        return _of_power(expression.base, expression.exp, c, grows)
    if isinstance(expression, sympy.exp) and grows(expression.args[0]):
        return exp_that_grows(expression.args[0], c)
    if (expression.func, c) in AT:
        return AT[expression.func, c](expression.args[0])
    if expression.func in FOR_ANY:
        return FOR_ANY[expression.func](expression.args[0], c)
    return None


def _of_power(base: Any, n: Any, c: Any, grows: Grows) -> Any:
    if n == HALF and c.is_positive:
        return (base - c**2) / (sympy.sqrt(base) + c)
    if n.is_Integer and n < 0 and c:
        inner = offset(base**-n, 1 / c, grows)
        return None if inner is None else -c * inner / base**-n
    if n.is_Integer and n > 0 and n % 2 == 0 and c.is_positive:
        root, half = sympy.sqrt(c), base ** (n // 2)
        factors = [offset(half, r, grows) or half - r for r in (root, -root)]
        return factors[0] * factors[1]
    return None


def joined(e: Any, grows: Grows) -> Any:
    """Return a sum with two of its terms joined by a rule, None where no rule knows better."""
    constant = sympy.Add(*(term for term in e.args if not term.free_symbols))
    terms = [term for term in e.args if term.free_symbols]
    if constant != 0:
        for term in terms:
            better = offset(term, -constant, grows)
            if better is not None:
                return better + sympy.Add(*(other for other in terms if other is not term))
    for place, term in enumerate(terms):
        for other in terms[place + 1 :]:
            better = _difference(term, other)
            if better is not None:
                return better + (e - term - other)
    return None


def _difference(p: Any, q: Any) -> Any:
    """Return c f(u) − c f(v) by the rule for f."""
    (c, f), (d, g) = p.as_coeff_Mul(), q.as_coeff_Mul()
    if c + d != 0 or f.func != g.func or f.func not in DIFFERENCES:
        return None
    if c.is_negative:
        c, f, g = d, g, f
    better = DIFFERENCES[f.func](f.args[0], g.args[0])
    return None if better is None else c * better


def _of_exponentials(u: Any, v: Any) -> Any:
    larger = sympy.exp(maximum(u, v))
    return -sympy.sign(u - v) * larger * expm1(-sympy.Abs(u - v))


def _of_sigmoids(u: Any, v: Any) -> Any:
    if u == -v:
        return sympy.tanh(u / 2)
    apart = sympy.expand(v - u)
    return -sigmoid(u) * sigmoid(-v) * expm1(apart) if apart.is_number else None


def _of_softplus(u: Any, v: Any) -> Any:
    apart = sympy.expand(u - v)
    return log1p(sigmoid(v) * expm1(apart)) if apart.is_number else None


DIFFERENCES: dict[Any, Rule] = {
    sympy.exp: _of_exponentials,
    sigmoid: _of_sigmoids,
    softplus: _of_softplus,
}
"""f → (u, v) ↦ f(u) − f(v), None where the rule does not help."""


def difference_of_squares(e: Any) -> Any:
    """Return p² − q² of a sum p + q with a root in it, if less is left of that than before."""
    roots = (a for a in e.atoms(sympy.Pow) if a.exp.is_Rational and a.exp.q == 2)
    if len(e.args) != 2 or not any(a.free_symbols for a in roots):
        return None
    p, q = e.args
    squares = p**2 - q**2
    left = sympy.cancel(sympy.together(squares))
    return left if left.count_ops() < e.count_ops() else None
