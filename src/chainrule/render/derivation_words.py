"""A derivation in words, and its formulas as a terminal can show them."""

import re

from ..derivation.building import Expr
from ..derivation.notation import (
    Call,
    Choice,
    Compared,
    Name,
    Notation,
    Power,
    Slope,
    notation,
)
from ..derivation.record import Kink, Record, Step
from ..derivation.writing import Writer, written

SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=", "!=": "≠"}
# fmt: off
GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "iota": "ι", "kappa": "κ", "lam": "λ", "mu": "μ", "nu": "ν",
    "xi": "ξ", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "psi": "ψ",
    "omega": "ω", "pi": "π",
}
# fmt: on
CALLS = {"sigmoid": "σ", "Phi": "Φ"}
_RAISED = str.maketrans("0123456789-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")
_LOOSE = -1
_MEANINGS = {
    "Phi": "Φ(u) = (1 + erf(u/sqrt(2)))/2",
    "sigmoid": "σ(u) = 1/(1 + exp(−u))",
    "softplus": "softplus(u) = log(1 + exp(u))",
}


class Plain(Writer):
    """Formulas in the letters and signs of mathematics, on one line."""

    times = "·"
    minus = " − "
    sign = "−"

    def name(self, node: Name) -> str:
        """Return a name, a Greek one as its letter."""
        return GREEK.get(node.text, node.text)

    def binding(self, node: Notation) -> int:
        """How strongly the parts hold together; a choice holds least."""
        return _LOOSE if isinstance(node, Choice) else super().binding(node)

    def power(self, node: Power) -> str:
        """Return a power, small whole exponents raised."""
        base = self.within(node.base, self.binding(Name("x")))
        exponent = self.write(node.exponent)
        if re.fullmatch(r"−?\d{1,3}", exponent):
            return base + exponent.translate(_RAISED)
        atomic = self.binding(node.exponent) >= self.binding(Name("x"))
        return f"{base}^{exponent if atomic else self.bracketed(exponent)}"  # written only once

    def call(self, node: Call) -> str:
        """Return a function of its arguments; |u| for abs."""
        if node.name == "abs":
            return f"|{self.write(node.arguments[0])}|"
        arguments = ", ".join(map(self.write, node.arguments))
        return f"{CALLS.get(node.name, node.name)}({arguments})"

    def choice(self, node: Choice) -> str:
        """Return `this if condition else that`."""
        chosen, other = (self.within(part, 0) for part in (node.chosen, node.other))
        return f"{chosen} if {self.write(node.condition)} else {other}"

    def compared(self, node: Compared) -> str:
        """Return a comparison."""
        return f"{self.within(node.left, 0)} {SIGNS[node.sign]} {self.within(node.right, 0)}"

    def slope(self, node: Slope) -> str:
        """Return a derivative that is still to be found."""
        return f"d/d{self.name(Name(node.by))}[{self.write(node.of)}]"


def plain(expression: Expr) -> str:
    """Return an expression in one line, as a terminal can show it.

    >>> from ..derivation.expression import read_formula
    >>> plain(read_formula("2*x^2 - sigmoid(-x)").expression)
    '2·x² − σ(−x)'
    """
    return Plain().write(notation(expression))


def head(record: Record) -> str:
    """What is differentiated, before its equals sign."""
    variable = plain(record.variable)
    return "ℓ" if record.activation is not None else f"f({variable})"


def slope_of(record: Record) -> str:
    """The derivative, before its equals sign."""
    variable = plain(record.variable)
    return f"∂ℓ/∂{variable}" if record.activation is not None else f"f′({variable})"


def explained(step: Step) -> str:
    """Say which rule was applied, and to what."""
    if step.outer is not None and step.outer_slope is not None:
        outer, slope = plain(step.outer), plain(step.outer_slope)
        if step.inner is None:
            bracketed = outer if outer.endswith(")") else f"({outer})"
            return f"{step.rule}: {bracketed}′ = {slope}"
        return f"chain rule: outer {outer}, derivative {slope}; inner u = {plain(step.inner)}"
    parts = ", ".join(f"{GREEK.get(name, name)} = {plain(part)}" for name, part in step.parts)
    says = step.says
    for name in (str(step.by), *(name for name, _ in step.parts)):
        says = re.sub(rf"\b{name}\b", GREEK.get(name, name), says)
    return f"{step.rule}: {says}" + (f" with {parts}" if parts else "")


def sentences(record: Record) -> list[str]:
    """Say what else is to be known: kinks, and what makes a derivative useless."""
    found = [_kink(kink, record) for kink in record.kinks]
    if not record.has_values:
        found.append(
            "The formula has a number at no point that was tried: it divides by zero or leaves "
            "the real numbers."
        )
    if record.is_constant:
        found.append(f"The formula is without {plain(record.variable)}: its derivative is 0.")
    if record.is_flat:
        found.append(
            "The derivative is 0 wherever there is one: no gradient passes through this function."
        )
    return found


def _kink(kink: Kink, record: Record) -> str:
    where = plain(kink.where)
    if kink.at is not None:
        variable = record.variable if record.activation is None else record.output
        where = f"{plain(variable)} = {plain(kink.at)}"
    used = "there is no value there" if kink.used is None else f"used there: {kink.used:.6g}"
    if kink.kind == "possible kink":
        return f"There may be a kink where {where}; used there is what the derivative says."
    if kink.kind == "jump":
        return f"It jumps at {where} and has no derivative there; {used}."
    side = {kink.left: ", the left slope", kink.right: ", the right slope"}.get(kink.used, "")
    return (
        f"It has a kink at {where}: the slope is {_slope(kink.left)} to the left and "
        f"{_slope(kink.right)} to the right; {used}{side if kink.used is not None else ''}."
    )


def _slope(value: float | None) -> str:
    return f"{value:.6g}".replace("inf", "∞")


def meanings(record: Record) -> list[str]:
    """Say what the functions of the answer mean that the formula does not have."""
    shown = [record.answer, *([record.by_output] if record.by_output is not None else [])]
    return [_MEANINGS[name] for name in _explained(shown) if name not in _called(record.expression)]


def all_meanings(record: Record) -> list[str]:
    """Say what the functions of the formula and of the answer mean."""
    by_output = [] if record.by_output is None else [record.by_output]
    return [_MEANINGS[name] for name in _explained([record.expression, record.answer, *by_output])]


def _explained(expressions: list[Expr]) -> list[str]:
    names = {name for expression in expressions for name in _called(expression)}
    return sorted(names & set(_MEANINGS))


def _called(expression: Expr) -> set[str]:
    return set(re.findall(r"(\w+)\(", written(expression)))


def output_words(record: Record) -> str:
    """What the name in the derivative by output stands for, as `a = f(x)`."""
    if record.activation is not None:
        return f"{plain(record.output)} = {plain(record.activation)}"
    return f"{plain(record.output)} = {head(record)}"
