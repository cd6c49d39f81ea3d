"""How an expression is written down: signs, fractions and roots in place of SymPy's nodes.

SymPy has no minus and no division: a − b/c is a sum of a and −1 · b · c⁻¹.  This module turns its
nodes into a tree that reads as people write, which text, LaTeX and MathML are made from.
"""

from dataclasses import dataclass
from decimal import Decimal, Inexact, localcontext

import sympy

from . import building as build
from .building import Expr
from .functions import known
from .sums import ArrayFunction


@dataclass(frozen=True, slots=True)
class Number:
    """A number that is not negative, as its decimals."""

    text: str


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, a parameter or a constant."""

    text: str


@dataclass(frozen=True, slots=True)
class Negative:
    """A term with a minus before it."""

    term: "Notation"


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms one after the other; one that is negative is subtracted."""

    terms: tuple["Notation", ...]


@dataclass(frozen=True, slots=True)
class Product:
    """Factors one after the other."""

    factors: tuple["Notation", ...]


@dataclass(frozen=True, slots=True)
class Fraction:
    """One expression over another."""

    above: "Notation"
    below: "Notation"


@dataclass(frozen=True, slots=True)
class Power:
    """A base and its exponent."""

    base: "Notation"
    exponent: "Notation"


@dataclass(frozen=True, slots=True)
class Call:
    """A function, by its name in formulas, and its arguments."""

    name: str
    arguments: tuple["Notation", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One expression where a condition holds, another elsewhere."""

    condition: "Notation"
    chosen: "Notation"
    other: "Notation"


@dataclass(frozen=True, slots=True)
class Compared:
    """Two expressions and the sign between them."""

    left: "Notation"
    sign: str
    right: "Notation"


@dataclass(frozen=True, slots=True)
class Joined:
    """Comparisons joined by `and` or `or`."""

    word: str
    parts: tuple["Notation", ...]


@dataclass(frozen=True, slots=True)
class Slope:
    """The derivative of an expression that is still to be found."""

    of: "Notation"
    by: str


Notation = (
    Number
    | Name
    | Negative
    | Sum
    | Product
    | Fraction
    | Power
    | Call
    | Choice
    | Compared
    | Joined
    | Slope
)

_DIGITS = 1000  # more than any number of a formula has
_SIGNS = {
    sympy.StrictLessThan: "<",
    sympy.LessThan: "<=",
    sympy.StrictGreaterThan: ">",
    sympy.GreaterThan: ">=",
    sympy.Equality: "==",
    sympy.Unequality: "!=",
}


def notation(node: Expr) -> Notation:
    """Return how an expression is written.

    Raises:
        TypeError: if it holds what no formula has.
    """
    if node.is_Symbol:
        return Name(node.name)
    if node.is_Rational:
        return _number(node)
    if node is sympy.E:
        return Name("e")
    if node is sympy.pi:
        return Name("pi")
    if node.is_Add:
        return _sum(node)
    if node.is_Mul:
        return _product(node)
    if node.is_Pow:
        return _power(node)
    return _applied(node)


def _applied(node: Expr) -> Notation:
    if isinstance(node, sympy.Derivative):
        return Slope(notation(node.expr), str(node.variables[0]))
    parts = tuple(map(notation, build.arguments(node)))
    if build.is_choice(node):
        return Choice(*parts)
    if type(node) in _SIGNS:
        return Compared(parts[0], _SIGNS[type(node)], parts[1])
    if isinstance(node, sympy.And | sympy.Or):
        return Joined("and" if isinstance(node, sympy.And) else "or", parts)
    if isinstance(node, ArrayFunction):
        return Call(type(node).__name__, parts)
    row = known(node)
    if row is None:
        raise TypeError(f"no formula has {node.func}")
    return Call(row.name, parts)


def _number(node: Expr) -> Notation:
    shown: Notation
    text = decimals(abs(node))
    if text is None:
        shown = Fraction(Number(str(abs(node.p))), Number(str(node.q)))
    else:
        shown = Number(text)
    return Negative(shown) if node.p < 0 else shown


def decimals(size: Expr) -> str | None:
    """Return a number as decimals, None if they do not end."""
    with localcontext(prec=_DIGITS) as context:
        exact = (Decimal(size.p) / Decimal(size.q)).normalize()
        if context.flags[Inexact]:
            return None
    plain, short = f"{exact:f}", f"{exact:e}".replace("e+", "e")
    return plain if len(plain) <= max(12, len(short)) else short


def _sum(node: Expr) -> Notation:
    terms: list[Notation] = []
    for argument in node.args:
        term = notation(argument)
        terms += term.terms if isinstance(term, Sum) and not terms else (term,)
    if isinstance(terms[0], Negative):
        positive = next((t for t in terms if not isinstance(t, Negative)), None)
        if positive is not None:  # 1 − x rather than −x + 1
            terms.remove(positive)
            terms.insert(0, positive)
    return Sum(tuple(terms))


def _product(node: Expr) -> Notation:
    above: list[Notation] = []
    below: list[Notation] = []
    negative = False
    for factor in _factors(node):
        reciprocal = _reciprocal(factor)
        shown = notation(factor if reciprocal is None else reciprocal)
        if isinstance(shown, Negative) and (above or below or factor.is_Rational):
            negative, shown = not negative, shown.term
        if shown != Number("1"):
            (above if reciprocal is None else below).append(shown)
    written = _joined(above)
    if below:
        written = Fraction(written, _joined(below))
    return Negative(written) if negative else written


def _factors(node: Expr) -> list[Expr]:
    return [part for arg in node.args for part in (_factors(arg) if arg.is_Mul else [arg])]


def _joined(factors: list[Notation]) -> Notation:
    if not factors:
        return Number("1")
    return factors[0] if len(factors) == 1 else Product(tuple(factors))


def _reciprocal(node: Expr) -> Expr | None:
    """What a factor divides by, None if it multiplies."""
    if not node.is_Pow or not node.exp.is_Rational or node.exp >= 0:
        return None
    return node.base if node.exp == -1 else sympy.Pow(node.base, -node.exp, evaluate=False)


def _power(node: Expr) -> Notation:
    below = _reciprocal(node)
    if below is not None:
        return Fraction(Number("1"), notation(below))
    if node.exp == build.HALF:
        return Call("sqrt", (notation(node.base),))
    return Power(notation(node.base), notation(node.exp))
