"""A derivation as LaTeX, with the commands of amsmath."""

from ..derivation.building import Expr
from ..derivation.notation import (
    Call,
    Choice,
    Compared,
    Fraction,
    Joined,
    Name,
    Notation,
    Number,
    Power,
    Slope,
    notation,
)
from ..derivation.record import Line, Record, Step
from ..derivation.writing import Writer

_SIGNS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "==": "=", "!=": r"\ne"}
_OWN = frozenset({"log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min"})
_LETTERS = {"sigmoid": r"\sigma", "Phi": r"\Phi"}
_COMMANDS = {"lam": r"\lambda", "pi": r"\pi", "sigma": r"\sigma", "omega": r"\omega"}
# fmt: off
_COMMANDS |= {name: f"\\{name}" for name in (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "mu",
    "nu", "xi", "rho", "tau", "phi", "chi", "psi",
)}
# fmt: on


class Latex(Writer):
    """Formulas as LaTeX."""

    times = r" \cdot "
    minus = " - "

    def binding(self, node: Notation) -> int:
        """How strongly the parts hold together: a fraction's bar holds like a bracket."""
        if isinstance(node, Choice):
            return -1
        powers = isinstance(node, Fraction) or (isinstance(node, Call) and node.name == "exp")
        return super().binding(Power(Name("x"), Name("x")) if powers else node)

    def bracketed(self, text: str) -> str:
        """Return a text in brackets of its height."""
        return rf"\left({text}\right)"

    def name(self, node: Name) -> str:
        """Return a name: w1 with an index, a Greek one as its letter, others upright."""
        stem = node.text.rstrip("0123456789").rstrip("_")
        index = node.text[len(stem) :].lstrip("_")
        shown = _COMMANDS.get(stem, stem if len(stem) == 1 else rf"\mathrm{{{stem}}}")
        shown = shown.replace("_", r"\_")
        return f"{shown}_{{{index}}}" if index else shown

    def number(self, node: Number) -> str:
        """Return a number, 1e5 as a power of ten."""
        digits, _, exponent = node.text.partition("e")
        return rf"{digits} \cdot 10^{{{exponent}}}" if exponent else digits

    def fraction(self, node: Fraction) -> str:
        """Return one expression over another."""
        return rf"\frac{{{self.write(node.above)}}}{{{self.write(node.below)}}}"

    def power(self, node: Power) -> str:
        """Return a power."""
        base = self.within(node.base, self.binding(Name("x")))
        return f"{base}^{{{self.write(node.exponent)}}}"

    def call(self, node: Call) -> str:
        """Return a function of its arguments."""
        texts = [self.write(argument) for argument in node.arguments]
        if node.name in ("exp", "sqrt", "abs"):
            form = {"exp": "e^{%s}", "sqrt": r"\sqrt{%s}", "abs": r"\left|%s\right|"}[node.name]
            return form % texts[0]
        upright = node.name.replace("_", r"\_")
        name = f"\\{node.name}" if node.name in _OWN else rf"\operatorname{{{upright}}}"
        return _LETTERS.get(node.name, name) + self.bracketed(", ".join(texts))

    def choice(self, node: Choice) -> str:
        """Return two cases."""
        chosen, condition, other = map(self.write, (node.chosen, node.condition, node.other))
        return (
            rf"\begin{{cases}} {chosen} & \text{{if }} {condition} \\ "
            rf"{other} & \text{{else}} \end{{cases}}"
        )

    def compared(self, node: Compared) -> str:
        """Return a comparison."""
        return f"{self.write(node.left)} {_SIGNS[node.sign]} {self.write(node.right)}"

    def joined(self, node: Joined) -> str:
        """Return comparisons joined."""
        return rf" \text{{ {node.word} }} ".join(map(self.write, node.parts))

    def slope(self, node: Slope) -> str:
        """Return a derivative that is still to be found."""
        by = self.name(Name(node.by))
        return rf"\frac{{d}}{{d{by}}}\left[{self.write(node.of)}\right]"


def formula(expression: Expr) -> str:
    r"""Return an expression as LaTeX.

    >>> from ..derivation.expression import read_formula
    >>> print(formula(read_formula("x/(1 + exp(-x))").expression))
    \frac{x}{1 + e^{-x}}
    """
    return Latex().write(notation(expression))


def latex(record: Record) -> str:
    """Return the derivation as an `align*` environment: the formula, each step, its rule."""
    variable = formula(record.variable)
    if record.activation is not None:
        made = rf",\quad {formula(record.output)} = {formula(record.activation)}"
        rows = [rf"\ell &= {formula(record.expression)}{made}"]
        slope = rf"\frac{{\partial \ell}}{{\partial {variable}}}"
    else:
        rows = [f"f({variable}) &= {formula(record.expression)}"]
        slope = f"f'({variable})"
    rows.append(f"{slope} &= {formula(record.lines[0].expression)}")
    rows += map(_row, record.lines[1:])
    if record.by_output is not None and record.activation is None:
        by_output = f"{formula(record.output)} = f({variable})"
        rows.append(rf"&= {formula(record.by_output)} && {by_output}")
    body = " \\\\\n".join(rows)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"


def _row(line: Line) -> str:
    multiplies = line.step is not None and line.step.is_chain_rule
    sign = r"&\overset{\times}{=}" if multiplies else "&="
    return rf"{sign} {formula(line.expression)} && {_reason(line.step, line.reason)}"


def _reason(step: Step | None, reason: str) -> str:
    if step is None or step.inner is None or step.outer is None:
        return rf"\text{{{reason}}}"
    return rf"\text{{chain rule: }} {formula(step.outer)},\ u = {formula(step.inner)}"
