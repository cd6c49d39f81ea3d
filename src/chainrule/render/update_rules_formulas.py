"""Formulas of elements and of arrays: sums over an index, matrix products, products by element."""

import re
from dataclasses import dataclass

from ..derivation.building import Expr
from ..derivation.notation import Call, Name, Notation, Number, Power, Product, Sum, notation
from ..derivation.writing import Writer
from .derivation_words import Plain

_MOST_DIGITS = 14
_SCALARS = (Name("n"), Name("η"))
_POWER = Power(Name("x"), Name("x"))
_NAME = re.compile(r"(∂?)(d?)([^\W\d_])(\d*)(?:\[(.+)\])?")


@dataclass(frozen=True)
class Parts:
    """What a name such as ∂W2[j, k] or dz1 is made of; `layer` and `indices` may be ""."""

    partial: bool
    cotangent: bool
    letter: str
    layer: str
    indices: str


def parts_of(name: str) -> Parts | None:
    """Take a name apart; None for what is none, such as a sum's "rows".

    >>> parts_of("∂z2[k]")
    Parts(partial=True, cotangent=False, letter='z', layer='2', indices='k')
    """
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    partial, cotangent, letter, layer, indices = found.groups("")
    return Parts(bool(partial), bool(cotangent), letter, layer, indices.replace(" ", ""))


class OfElements(Writer):
    """What update rules have and formulas have not; stands before a writer among the bases."""

    and_so_on = "…"

    def number(self, node: Number) -> str:
        """Return a number, its first digits where it has many."""
        if len(node.text) <= _MOST_DIGITS or "e" in node.text:
            return super().number(node)
        return super().number(Number(node.text[:_MOST_DIGITS])) + self.and_so_on

    def summed(self, of: str, index: str) -> str:
        """Return a sum over an index, or over all rows or outputs."""
        raise NotImplementedError

    def matrix_product(self, left: str, right: str) -> str:
        """Return two matrices multiplied."""
        raise NotImplementedError

    def transposed(self, of: str) -> str:
        """Return a matrix with rows and columns exchanged."""
        raise NotImplementedError

    def binding(self, node: Notation) -> int:
        """How strongly the parts hold together: a sum over an index like other sums."""
        if _is(node, "summed"):
            return super().binding(Sum(()))
        if _is(node, "matrix_product"):
            return super().binding(Product(()))
        return super().binding(node)

    def sum(self, node: Sum) -> str:
        """Return terms added; a sum over an index that stands last needs no brackets."""
        *others, last = node.terms
        if others and _is(last, "summed"):
            return super().sum(Sum(tuple(others))) + self.plus + self.write(last)
        return super().sum(node)

    def call(self, node: Call) -> str:
        """Return a function of its arguments."""
        least = self.binding(_POWER)
        if node.name == "summed":
            of, index = node.arguments
            return self.summed(self.within(of, self.binding(Product(()))), self.write(index))
        if node.name == "matrix_product":
            left, right = (self.within(part, least) for part in node.arguments)
            return self.matrix_product(left, right)
        if node.name == "transposed":
            return self.transposed(self.within(node.arguments[0], least))
        return super().call(node)


class Raised(OfElements):
    """Names whose layer is raised, (2) in z⁽²⁾; before another power they stand in brackets."""

    def binding(self, node: Notation) -> int:
        """How strongly the parts hold together: such a name like a power."""
        parts = parts_of(node.text) if isinstance(node, Name) else None
        return super().binding(Power(node, node) if parts and parts.layer else node)


class OfArrays(OfElements):
    """Formulas of whole arrays, whose products are taken element by element."""

    elementwise = " ⊙ "

    def product(self, node: Product) -> str:
        """Return factors multiplied, a number before an array as usual."""
        text = self._factor(node.factors[0], first=True)
        for before, factor in zip(node.factors, node.factors[1:], strict=False):
            scalar = isinstance(before, Number) or before in _SCALARS
            text += (self.times if scalar else self.elementwise) + self._factor(factor)
        return text

    def _factor(self, node: Notation, first: bool = False) -> str:
        if _is(node, "matrix_product"):
            return self.bracketed(self.write(node))
        return self.within(node, self.binding(Product(()) if first else _POWER))


def _is(node: Notation, name: str) -> bool:
    return isinstance(node, Call) and node.name == name


class PlainElements(OfElements, Plain):
    """Formulas of elements on one line, as a terminal can show them."""

    times = " · "

    def summed(self, of: str, index: str) -> str:
        """Return Σ with its index; it takes in what follows."""
        return f"Σ_{index} {of}"

    def matrix_product(self, left: str, right: str) -> str:
        """Return two names beside one another."""
        return f"{left} {right}"

    def transposed(self, of: str) -> str:
        """Return the name with a raised T."""
        return f"{of}ᵀ"


class PlainArrays(OfArrays, PlainElements):
    """Formulas of arrays on one line."""


def plain(expression: Expr, of_arrays: bool) -> str:
    """Return an expression of elements, or of whole arrays, on one line."""
    return (PlainArrays() if of_arrays else PlainElements()).write(notation(expression))
