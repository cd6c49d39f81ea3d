"""Expressions as text that can be read again, and what all forms of writing share."""

from collections.abc import Callable

from .building import Expr
from .notation import (
    Call,
    Choice,
    Compared,
    Fraction,
    Joined,
    Name,
    Negative,
    Notation,
    Number,
    Power,
    Product,
    Slope,
    Sum,
    notation,
)

_SUM, _PRODUCT, _SIGNED, _POWER, _ATOM = range(5)


class Writer:
    """Writes a notation as text that the parser reads; other forms override its parts."""

    times = "*"
    over = "/"
    plus = " + "
    minus = " - "
    sign = "-"

    def write(self, node: Notation) -> str:
        """Return the text of a notation."""
        writers: dict[type, Callable[..., str]] = {
            Number: self.number,
            Name: self.name,
            Negative: self.negative,
            Sum: self.sum,
            Product: self.product,
            Fraction: self.fraction,
            Power: self.power,
            Call: self.call,
            Choice: self.choice,
            Compared: self.compared,
            Joined: self.joined,
            Slope: self.slope,
        }
        return writers[type(node)](node)

    def binding(self, node: Notation) -> int:
        """How strongly the parts of a notation hold together."""
        strengths = {Sum: _SUM, Negative: _SIGNED, Product: _PRODUCT, Fraction: _PRODUCT}
        return strengths.get(type(node), _POWER if isinstance(node, Power) else _ATOM)

    def within(self, node: Notation, least: int) -> str:
        """Return the text of a part, in brackets if it holds together less than it must."""
        text = self.write(node)
        return text if self.binding(node) >= least else self.bracketed(text)

    def bracketed(self, text: str) -> str:
        """Return a text in brackets."""
        return f"({text})"

    def number(self, node: Number) -> str:
        """Return a number."""
        return node.text

    def name(self, node: Name) -> str:
        """Return a name."""
        return node.text

    def negative(self, node: Negative) -> str:
        """Return a term with a minus before it."""
        return self.sign + self.within(node.term, _PRODUCT)

    def sum(self, node: Sum) -> str:
        """Return terms added and subtracted."""
        text = self.within(node.terms[0], _PRODUCT)
        for term in node.terms[1:]:
            if isinstance(term, Negative):
                text += self.minus + self.within(term.term, _PRODUCT)
            else:
                text += self.plus + self.within(term, _PRODUCT)
        return text

    def product(self, node: Product) -> str:
        """Return factors multiplied."""
        first, *others = node.factors
        texts = [self.within(first, _SIGNED if isinstance(first, Fraction) else _PRODUCT)]
        texts += [self.within(factor, _POWER) for factor in others]
        return self.times.join(texts)

    def fraction(self, node: Fraction) -> str:
        """Return one expression over another."""
        return self.within(node.above, _PRODUCT) + self.over + self.within(node.below, _POWER)

    def power(self, node: Power) -> str:
        """Return a base with its exponent."""
        return f"{self.within(node.base, _ATOM)}**{self.within(node.exponent, _ATOM)}"

    def call(self, node: Call) -> str:
        """Return a function with its arguments."""
        return f"{node.name}({', '.join(map(self.write, node.arguments))})"

    def choice(self, node: Choice) -> str:
        """Return one expression where a condition holds, another elsewhere."""
        parts = (node.condition, node.chosen, node.other)
        return f"where({', '.join(map(self.write, parts))})"

    def compared(self, node: Compared) -> str:
        """Return a comparison."""
        return f"{self.write(node.left)} {node.sign} {self.write(node.right)}"

    def joined(self, node: Joined) -> str:
        """Return comparisons joined."""
        return f" {node.word} ".join(map(self.write, node.parts))

    def slope(self, node: Slope) -> str:
        """Return a derivative that is still to be found."""
        return f"d/d{node.by}[{self.write(node.of)}]"


def written(expression: Expr) -> str:
    """Return an expression as a formula, which reads back as the same.

    >>> from .expression import read_formula
    >>> written(read_formula("x^2/(1 + exp(-x)) - 1").expression)
    'x**2/(1 + exp(-x)) - 1'
    """
    return Writer().write(notation(expression))
