"""The grammar of formulas, read from left to right by a parser of our own.

A sum has terms, a term signed factors, a factor a power; a power's base is a number, a name, a
function of its arguments or a sum in brackets; the exponent of a power is signed and binds to the
right.  Comparisons, joined by `and` or `or`, are arguments only.
"""

import keyword
import re
import unicodedata
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

import sympy

from ..errors import FormulaError
from . import building as build
from .building import Expr
from .functions import CONSTANTS, FUNCTIONS, NAMES, KnownFunction
from .tokens import Token, refusal, tokens

MAX_DEPTH = 40
MAX_OPERATIONS = 100
# fmt: off
GREEK = frozenset((
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lam",
    "mu", "nu", "xi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega",
))
# fmt: on
_LETTER = "A-Za-zα-ξπ-ωΓΔΘΛΞΠΣΦΨΩ"  # other letters look like some of these
_FREE_NAME = re.compile(rf"[{_LETTER}](_?[0-9]+)?")
_FOREIGN = re.compile(rf"[^{_LETTER}0-9_√]")
_COMPARISONS: dict[str, Callable[..., Any]] = {
    "<": sympy.StrictLessThan,
    "<=": sympy.LessThan,
    ">": sympy.StrictGreaterThan,
    ">=": sympy.GreaterThan,
    "==": sympy.Equality,
    "!=": sympy.Unequality,
}


def symbol(name: str) -> Any:
    """The variable or parameter of this name; all are real numbers."""
    return sympy.Symbol(name, real=True)


class Parser:
    """Reads one formula; of names, it knows these and those that stand for any number."""

    def __init__(self, text: str, names: set[str]) -> None:
        self.text = text
        self.names = names
        self.tokens = tokens(text)
        self.place = 0
        self.depth = 0
        self.operations = 0

    def formula(self) -> Expr:
        """The whole text, one sum."""
        expression = self.sum()
        if self.here.kind != "end":
            raise self.unexpected(self.here)
        return expression

    @property
    def here(self) -> Token:
        """The token that is read next."""
        return self.tokens[self.place]

    def next(self) -> Token:
        """Go past a token."""
        token = self.here
        self.place += 1
        return token

    def take(self, *texts: str) -> Token | None:
        """Take the next token if it is one of these."""
        return self.next() if self.here.kind == "sign" and self.here.text in texts else None

    def error(self, sentence: str, token: Token) -> FormulaError:
        """What is wrong, and at which token."""
        return refusal(sentence, self.text, token.start)

    def counted(self, token: Token) -> None:
        """Count an operation; a formula may have so many."""
        self.operations += 1
        if self.operations > MAX_OPERATIONS:
            raise self.error(f"it has more than {MAX_OPERATIONS} operations", token)

    def condition(self) -> Expr:
        """A comparison, or several joined by and, or; without one, a number."""
        found, join = self.comparison(), None
        while self.here.kind == "name" and self.here.text in ("and", "or"):
            token = self.next()
            if join not in (None, token.text):
                raise self.error("write either `and` or `or` in one condition, not both", token)
            join = token.text
            self.counted(token)
            other = self.comparison()
            for side in (found, other):
                if not build.is_condition(side):
                    raise self.error(f"`{join}` joins comparisons, as in x > 0 and x < 1", token)
            found = (sympy.And if join == "and" else sympy.Or)(found, other, evaluate=False)
        return found

    def comparison(self) -> Expr:
        """Sums compared: `0 < x < 1` is both comparisons."""
        left, links = self.sum(), []
        while token := self.take(*_COMPARISONS):
            self.counted(token)
            right = self.sum()
            links.append(_COMPARISONS[token.text](left, right, evaluate=False))
            left = right
        if not links:
            return left
        return links[0] if len(links) == 1 else sympy.And(*links, evaluate=False)

    def sum(self) -> Expr:
        """Terms added and subtracted."""
        terms = [self.term()]
        while token := self.take("+", "-"):
            self.counted(token)
            term = self.term()
            terms.append(term if token.text == "+" else build.negative(term))
        return build.total(*terms)

    def term(self) -> Expr:
        """Factors multiplied and divided."""
        factors = [self.signed()]
        while token := self.take("*", "/"):
            self.counted(token)
            factor = self.signed()
            if token.text == "/":
                factor = build.power(factor, build.MINUS_ONE)
            factors.append(factor)
        if len(factors) > 1 and factors[0] is build.ONE and factors[1].is_Pow:
            del factors[0]  # 1/u is u⁻¹
        return build.product(*factors)

    def signed(self) -> Expr:
        """A power with signs before it; what nests formulas passes here, and is counted."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"it is nested deeper than {MAX_DEPTH} levels", self.here)
        token = self.take("-", "+")
        if token is None:
            found = self.power()
        else:
            self.counted(token)
            found = self.signed() if token.text == "+" else build.negative(self.signed())
        self.depth -= 1
        return found

    def power(self) -> Expr:
        """An atom, with an exponent or without."""
        base = self.atom()
        if token := self.take("**", "^"):
            self.counted(token)
            base = build.power(base, self.signed())
        after = self.here
        if after.text in ("if", "else"):
            raise self.error("write where(condition, this, other) for a choice", after)
        if after.kind in ("number", "name") and after.text not in ("and", "or"):
            raise self.error(f"a sign is missing; write `*` before {after.text!r}", after)
        if after.text == "(":
            raise self.error("a sign is missing; write `*` before the bracket", after)
        return base

    def atom(self) -> Expr:
        """A number, a name, a function of its arguments, a sum in brackets."""
        token = self.next()
        if token.kind == "number":
            return sympy.Rational(token.text)
        if token.kind == "name":
            return self.named(token)
        if token.text == "(":
            inner = self.sum()
            self.close(token)
            return inner
        raise self.unexpected(token)

    def close(self, opened: Token) -> None:
        """Go past the bracket that closes this one."""
        if self.take(")"):
            return
        if self.here.kind == "end":
            raise self.error("this bracket is not closed", opened)
        raise self.unexpected(self.here)

    def unexpected(self, token: Token) -> FormulaError:
        """Say why a token cannot stand where it does."""
        if token.kind == "end":
            return self.error("it ends where a number, a name or a bracket is missing", token)
        if token.text == ")":
            return self.error("this bracket closes nothing, or nothing stands before it", token)
        if token.text in _COMPARISONS:
            return self.error("a comparison is used as in where(x > 0, x, 0) only", token)
        if token.text == ",":
            return self.error("a comma stands between a function's arguments only", token)
        return self.error(f"{token.text!r} cannot stand here", token)

    def named(self, token: Token) -> Expr:
        """What a name stands for."""
        name = token.text
        if name in self.names:
            return symbol(name)
        if name in NAMES:
            return self.applied(NAMES[name], token)
        if name in CONSTANTS:
            return CONSTANTS[name]
        if _FREE_NAME.fullmatch(name) or name in GREEK:
            return symbol(name)
        if foreign := _FOREIGN.search(name):
            said = unicodedata.name(foreign.group(), "a sign").lower()
            raise self.error(f"{foreign.group()!r} is no letter of a–z or α–ω, but {said}", token)
        called = self.here.text == "("
        known = sorted(FUNCTIONS if called else {*FUNCTIONS, *CONSTANTS, *self.names, *GREEK})
        near = get_close_matches(name.lower(), sorted({*known, *NAMES}), n=3, cutoff=0.7)
        near.sort(key=lambda other: sorted(other) != sorted(name))  # exchanged letters first
        hint = f"; did you mean {near[0]!r}?" if near else ""
        if called:
            raise self.error(f"there is no function {name!r}{hint or _functions()}", token)
        hint = hint or (
            f"; a parameter takes a number, as in `{name}=0.1` (`--set {name}=0.1`)"
            if name.isidentifier() and not keyword.iskeyword(name)
            else _functions()
        )
        raise self.error(f"the name {name!r} is not known{hint}", token)

    def applied(self, row: KnownFunction, token: Token) -> Expr:
        """The function with its arguments, which follow."""
        self.counted(token)
        opened = self.take("(")
        if opened is None:
            raise self.error(f"{token.text!r} is a function: write {token.text}(…)", token)
        parts = [self.condition()]
        while self.take(","):
            parts.append(self.condition())
        self.close(opened)
        return self.made(row, parts, token)

    def made(self, row: KnownFunction, parts: list[Expr], token: Token) -> Expr:
        """One function of these arguments; max and min take two at a time."""
        for number, part in enumerate(parts):
            wanted = row.name == "where" and number == 0
            if build.is_condition(part) != wanted:
                here = "a comparison, as in where(x > 0, x, 0)" if wanted else "a number"
                raise self.error(f"argument {number + 1} of {row.name!r} must be {here}", token)
        if row.name in ("max", "min") and len(parts) > 2:
            return self.made(row, [self.made(row, parts[:-1], token), parts[-1]], token)
        least, most = len(row.parameters) - len(row.defaults), len(row.parameters)
        if not least <= len(parts) <= most:
            asked = f"{least}" if least == most else f"{least} or {most}"
            raise self.error(f"{row.name!r} takes {asked} arguments, got {len(parts)}", token)
        missing = row.defaults[len(row.defaults) - (most - len(parts)) :]
        parts += [sympy.Rational(default) for default in missing] if len(parts) < most else []
        if row.name == "where":
            return build.choice(*parts)
        if row.name == "sqrt":
            return build.root(*parts)
        return row.symbol(*parts, evaluate=False)


def _functions() -> str:
    return f"; the functions are {', '.join(FUNCTIONS)}"
