"""Read a formula: text to an expression.  Nothing is ever executed."""

import keyword
from dataclasses import dataclass
from functools import cache
from typing import Any

import sympy

from ..errors import InputError
from . import building as build
from .building import Expr
from .functions import CONSTANTS, NAMES, KnownFunction
from .grammar import Parser, symbol


@dataclass(frozen=True)
class Formula:
    """A formula that was read.

    Attributes:
        text: the formula as it was given.
        expression: the same as SymPy's nodes, in the order written, not rewritten.
        variable: what it is differentiated by.
        values: the parameters that were given a number; all other names stand for any number.
    """

    text: str
    expression: Expr
    variable: Any
    values: tuple[tuple[Any, Any], ...] = ()

    @property
    def symbols(self) -> list[Any]:
        """The names that stand for numbers, sorted."""
        return sorted(self.expression.free_symbols, key=str)

    @property
    def with_values(self) -> Expr:
        """The expression with the numbers of the parameters in place of their names."""
        return build.replaced(self.expression, dict(self.values))


def read_formula(text: str, by: str | None = None, **values: float | str) -> Formula:
    """Read a formula of the variable `by`, without it of x or of the one name that is in it.

    Names are single letters, with digits (`y`, `w1`), Greek ones (`alpha`), the variable and the
    parameters of `values`.

    Raises:
        InputError: if the formula cannot be read; the place is marked beneath it.

    >>> read_formula("2*x + exp(-x)").expression
    2*x + exp(-x)
    """
    if not isinstance(text, str):
        raise InputError(f"`formula` must be text, as in 'x*tanh(x)'; got {type(text).__name__}.")
    numbers = tuple((symbol(_own_name(n, n)), _number(n, v)) for n, v in values.items())
    allowed = {str(name) for name, _ in numbers}
    if by is not None:
        allowed.add(_own_name(by, "by"))
    expression = Parser(text, allowed).formula()
    if by is None:
        free = {str(s) for s in expression.free_symbols} - {str(name) for name, _ in numbers}
        by = free.pop() if len(free) == 1 else "x"
    if by in values:
        raise InputError(f"`{by}` is what the formula is differentiated by; it takes no number.")
    idle = [name for name, _ in numbers if name not in expression.free_symbols]
    if idle:
        named = ", ".join(map(str, sorted(expression.free_symbols, key=str))) or "none"
        raise InputError(
            f"`{idle[0]}` has a number, but is not in the formula; its names: {named}."
        )
    return Formula(text, expression, symbol(by), numbers)


@cache
def template(text: str, names: tuple[str, ...] = ("u",)) -> Expr:
    """Read a formula of the table of functions, in these names."""
    return Parser(text, {*names, "a", "u"}).formula()


def filled(text: str, **parts: Expr) -> Expr:
    """A formula of the table with expressions in place of its names."""
    return build.replaced(
        template(text, tuple(parts)), {symbol(name): part for name, part in parts.items()}
    )


def defined(row: KnownFunction, parts: tuple[Expr, ...]) -> Expr:
    """What a function means at these arguments, by its definition."""
    return filled(row.definition, **dict(zip(row.parameters, parts, strict=True)))


def _own_name(name: str, parameter: str) -> str:
    if not (isinstance(name, str) and name.isidentifier()) or keyword.iskeyword(name):
        raise InputError(f"`{parameter}` must be a name, such as x or alpha; got {name!r}.")
    if name in NAMES or name in CONSTANTS:
        taken = "function" if name in NAMES else "constant"
        raise InputError(f"`{parameter}` must be a name of its own; {name!r} is a {taken}.")
    return name


def _number(name: str, value: float | str) -> Any:
    """Return a number exactly as its shortest decimals say it."""
    try:
        found = sympy.Rational(repr(float(value)))
    except (TypeError, ValueError, OverflowError):
        found = None
    if found is None:
        raise InputError(f"`{name}` must be a finite number, got {value!r}.")
    return found
