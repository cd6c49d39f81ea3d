"""A derivative by the function's own value: s(1 − s) for the logistic function, 1 − a² for tanh.

Backpropagation has a = f(x) at hand, so ∂a/∂x as a formula in a costs nothing more.
"""

from itertools import pairwise

import sympy

from . import building as build
from .building import MINUS_ONE, ONE, Expr
from .evaluation import has_immense_power
from .expression import defined, filled, template
from .functions import FUNCTIONS, KnownFunction
from .inverse import function_of, undone
from .shorter import shortest
from .simplify import key, multiplied, tidy

_MAX_OPERATIONS = 40
_MAX_DEGREE = 20  # of a polynomial in e^(m·x)


def by_output(expression: Expr, variable: Expr, output: Expr) -> Expr | None:
    """Return the derivative as a formula in the function's value, None where it does not say it.

    >>> from .expression import read_formula
    >>> formula = read_formula("1/(1 + exp(-x))")
    >>> by_output(formula.expression, formula.variable, sympy.Symbol("a"))
    a*(1 - a)
    """
    if variable not in expression.free_symbols or expression == variable:
        return None
    for way in (_of_the_table, _through_an_exponential, _along_the_links):
        found = way(expression, variable, output)
        if found is not None:
            return shortest(found) if output in found.free_symbols else None
    return None


def _of_the_table(node: Expr, variable: Expr, output: Expr) -> Expr | None:
    """What the table says of f, called by its name or written out."""
    row = function_of(node)
    if row is not None and row.by_output and node.args[0] == variable:
        given = () if row.name == "sqrt" else node.args[1:]
        if all(part.is_Rational and part > 0 for part in given):
            return _filled(row, output, given)
    for row in FUNCTIONS.values():
        defaults = tuple(map(sympy.Rational, row.defaults))
        if row.by_output and row.definition and len(row.parameters) == 1 + len(defaults):
            meaning = defined(row, (variable, *defaults))
            if key(tidy(meaning)) == key(tidy(node)):
                return _filled(row, output, defaults)
    return None


def _filled(row: KnownFunction, output: Expr, parameters: tuple[Expr, ...]) -> Expr:
    values = dict(zip(row.parameters[1:], parameters, strict=True)) if parameters else {}
    return filled(row.by_output, a=output, **values)


def _along_the_links(expression: Expr, variable: Expr, output: Expr) -> Expr | None:
    """The product of the links' derivatives, each by the link's value, undone from a."""
    values = list(undone(expression, variable, output))
    if values[-1][0] != variable:
        return None
    rates = []
    for (node, by_a), (inner, inner_by_a) in pairwise(values):
        rates.append(_rate(node, by_a, inner, inner_by_a))
    return multiplied(tidy(rate) for rate in rates)


def _rate(node: Expr, by_a: Expr, inner: Expr, inner_by_a: Expr) -> Expr:
    """The derivative of a link that can be undone, its value and its argument being known."""
    if node.is_Add:
        return ONE
    if node.is_Mul:
        return build.product(*(part for part in node.args if part is not inner))
    row = function_of(node)
    if row is None:  # the reciprocal
        return build.product(MINUS_ONE, build.power(by_a, sympy.Integer(2)))
    if row.by_output:
        return filled(row.by_output, a=by_a)
    return build.replaced(template(row.derivative), {sympy.Symbol("u", real=True): inner_by_a})


def _through_an_exponential(expression: Expr, variable: Expr, output: Expr) -> Expr | None:
    """For f = (p·t + q)/(r·t + s), t = e^(m·x): m (s·a − q)(p − r·a)/(p·s − q·r)."""
    found = _in_exponential(expression, variable)
    if found is None:
        return None
    speed, above, below = found
    (p, q), (r, s) = above, below
    scale = p * s - q * r
    if scale == 0:
        return None
    return multiplied(
        [
            _number(speed / scale),
            _line(s, -q, output),
            _line(-r, p, output),
        ]
    )


def _number(number: Expr) -> Expr:
    return build.quotient(sympy.Integer(number.p), sympy.Integer(number.q))


def _line(slope: Expr, start: Expr, output: Expr) -> Expr:
    return tidy(build.total(_number(start), build.product(_number(slope), output)))


def _in_exponential(
    expression: Expr, variable: Expr
) -> tuple[Expr, tuple[Expr, Expr], tuple[Expr, Expr]] | None:
    """The speed m and the coefficients, if f is a ratio of linear functions of e^(m·x)."""
    if build.operations(expression) > _MAX_OPERATIONS or has_immense_power(expression):
        return None
    exponentials = {
        node: (tidy(node.args[0]) / variable).doit()
        for node in expression.atoms(sympy.exp)
        if variable in node.free_symbols
    }
    if not exponentials or not all(speed.is_Rational for speed in exponentials.values()):
        return None
    t = sympy.Dummy("t", positive=True)
    unit = sympy.gcd(list(exponentials.values())) or ONE
    if max(abs(speed / unit) for speed in exponentials.values()) > _MAX_DEGREE:
        return None
    ratio = build.replaced(expression, {e: t ** (k / unit) for e, k in exponentials.items()})
    if ratio.free_symbols != {t} or not ratio.doit().is_rational_function(t):
        return None
    above, below = (sympy.Poly(part, t) for part in sympy.fraction(sympy.cancel(ratio.doit())))
    found = _lines_of(above), _lines_of(below)
    if found[0] is None or found[1] is None:
        step = 2
        above, below = (_every(poly, step, t) for poly in (above, below))
        if above is None or below is None:
            return None
        unit, found = unit * step, (_lines_of(above), _lines_of(below))
    if found[0] is None or found[1] is None:
        return None
    return unit, found[0], found[1]


def _every(poly: sympy.Poly, step: int, t: Expr) -> sympy.Poly | None:
    """The polynomial in t^step, None if it has other powers."""
    if any(power % step for (power,) in poly.monoms()):
        return None
    terms = {(power // step,): factor for (power,), factor in poly.terms()}
    return sympy.Poly(terms, t)


def _lines_of(poly: sympy.Poly) -> tuple[Expr, Expr] | None:
    """The coefficients of a polynomial of degree 1 or 0."""
    if poly.degree() > 1 or not all(c.is_Rational for c in poly.all_coeffs()):
        return None
    return poly.coeff_monomial((1,)), poly.coeff_monomial((0,))
