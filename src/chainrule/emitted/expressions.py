"""Formulas as expressions of Python or NumPy, written as a person would."""

import re
from dataclasses import dataclass

from ..derivation.building import Expr
from ..derivation.notation import (
    Call,
    Choice,
    Fraction,
    Joined,
    Name,
    Negative,
    Notation,
    Number,
    Power,
    Product,
    notation,
)
from ..derivation.writing import Writer

_SIMPLE = re.compile(r"[\w.]+")  # what may stand beside ** without spaces
_LOOSEST = -1  # a choice binds less than a sum
_SAME_NAME = ("exp", "expm1", "log", "log1p", "sqrt", "tanh", "sin", "cos")
OWN = {"sigmoid": "logistic", "softplus": "softplus", "Phi": "normal_cdf"}
"""Functions that the program defines itself, by their names in formulas."""


class PythonWriter(Writer):
    """Writes a formula for single numbers; `used` are the functions of the program's own."""

    times = " * "
    over = " / "
    calls = {name: f"math.{name}" for name in _SAME_NAME} | OWN
    calls |= {"abs": "abs", "max": "max", "min": "min", "sign": "math.copysign"}
    module = "math"

    def __init__(self) -> None:
        self.used: list[str] = []

    def binding(self, node: Notation) -> int:
        """A choice is looser than all else."""
        return _LOOSEST if isinstance(node, Choice) else super().binding(node)

    def number(self, node: Number) -> str:
        """A number as a float has it."""
        return node.text if len(node.text) <= 12 else repr(float(node.text))

    def name(self, node: Name) -> str:
        """A name, or a constant of the module."""
        return f"{self.module}.{node.text}" if node.text in ("pi", "e") else node.text

    def power(self, node: Power) -> str:
        """A power, closed up where both sides are single words."""
        base, exponent = self.within(node.base, 4), self.within(node.exponent, 4)
        simple = _SIMPLE.fullmatch(base) and _SIMPLE.fullmatch(exponent)
        return f"{base}**{exponent}" if simple else f"{base} ** {exponent}"

    def negative(self, node: Negative) -> str:
        """A minus, with brackets around a power that it does not belong to."""
        text = super().negative(node)
        first = _first(node.term)
        if isinstance(first, Power):
            power = self.write(first)
            return f"-({power}){text.removeprefix('-' + power)}"
        return text

    def call(self, node: Call) -> str:
        """A function by the name that it has in the program."""
        name = self.calls[node.name]
        if name in OWN.values():
            self.used.append(name)
        arguments = list(map(self.write, node.arguments))
        if name == "math.copysign":
            arguments.insert(0, "1")
        return f"{name}({', '.join(arguments)})"

    def choice(self, node: Choice) -> str:
        """One of two, of which only that one is computed."""
        chosen, other = self.within(node.chosen, 0), self.write(node.other)
        return f"{chosen} if {self.write(node.condition)} else {other}"


class NumpyWriter(PythonWriter):
    """Writes a formula for arrays."""

    calls = {name: f"np.{name}" for name in (*_SAME_NAME, "abs", "sign")} | OWN
    calls |= {"max": "np.maximum", "min": "np.minimum"}
    module = "np"

    def binding(self, node: Notation) -> int:
        """A choice is a call."""
        return Writer.binding(self, node)

    def choice(self, node: Choice) -> str:
        """Both are computed, and one is taken."""
        parts = (node.condition, node.chosen, node.other)
        return f"np.where({', '.join(map(self.write, parts))})"

    def joined(self, node: Joined) -> str:
        """Conditions joined element by element."""
        sign = " & " if node.word == "and" else " | "
        return sign.join(f"({self.write(part)})" for part in node.parts)


def _first(node: Notation) -> Notation:
    """What stands at the very left."""
    while isinstance(node, Product | Fraction):
        node = node.factors[0] if isinstance(node, Product) else node.above
    return node


WRITERS = {"python": PythonWriter, "numpy": NumpyWriter}


@dataclass(frozen=True)
class Written:
    """An expression of the program, and which functions of its own it calls."""

    text: str
    used: tuple[str, ...]


def written_in(language: str, expression: Expr) -> Written:
    """Return a formula as an expression of the language.

    >>> from ..derivation.expression import read_formula
    >>> relu = read_formula("where(z > 0, z, 0)", "z").expression
    >>> written_in("python", relu).text, written_in("numpy", relu).text
    ('z if z > 0 else 0', 'np.where(z > 0, z, 0)')
    """
    writer = WRITERS[language]()
    return Written(writer.write(notation(expression)), tuple(writer.used))
