"""A derivation as MathML, which browsers and notebooks set without a library."""

from html import escape
from importlib.resources import files

from ..derivation.building import Expr
from ..derivation.notation import (
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
from ..derivation.record import Line, Record
from ..derivation.writing import Writer
from . import derivation_words as words
from .characters import printable
from .html_page import html_page


class MathMl(Writer):
    """Formulas as MathML elements."""

    times = "<mo>·</mo>"
    plus = "<mo>+</mo>"
    minus = "<mo>−</mo>"
    sign = "<mo>−</mo>"

    def binding(self, node: Notation) -> int:
        """How strongly the parts hold together: a fraction's bar holds like a bracket."""
        if isinstance(node, Choice):
            return -1
        powers = isinstance(node, Fraction) or (isinstance(node, Call) and node.name == "exp")
        return super().binding(Power(Name("x"), Name("x")) if powers else node)

    def bracketed(self, text: str) -> str:
        """Return a text in brackets, as high as it is."""
        return f"<mrow>{_bracket('(', text)}{text}{_bracket(')', text)}</mrow>"

    def number(self, node: Number) -> str:
        """Return a number."""
        return f"<mn>{node.text}</mn>"

    def name(self, node: Name) -> str:
        """Return a name, an index at its foot."""
        stem = node.text.rstrip("0123456789").rstrip("_")
        index = node.text[len(stem) :].lstrip("_")
        shown = f"<mi>{escape(words.GREEK.get(stem, stem))}</mi>"
        return f"<msub>{shown}<mn>{index}</mn></msub>" if index else shown

    def negative(self, node: Negative) -> str:
        """Return a term with a minus before it."""
        return f"<mrow>{super().negative(node)}</mrow>"

    def sum(self, node: Sum) -> str:
        """Return terms added and subtracted."""
        return f"<mrow>{super().sum(node)}</mrow>"

    def product(self, node: Product) -> str:
        """Return factors multiplied."""
        return f"<mrow>{super().product(node)}</mrow>"

    def fraction(self, node: Fraction) -> str:
        """Return one expression over another."""
        return f"<mfrac>{self.write(node.above)}{self.write(node.below)}</mfrac>"

    def power(self, node: Power) -> str:
        """Return a power."""
        base = self.within(node.base, self.binding(Name("x")))
        return f"<msup>{base}{self.write(node.exponent)}</msup>"

    def call(self, node: Call) -> str:
        """Return a function of its arguments."""
        first = self.write(node.arguments[0])
        if node.name == "exp":
            return f"<msup><mi>e</mi>{first}</msup>"
        if node.name == "sqrt":
            return f"<msqrt>{first}</msqrt>"
        if node.name == "abs":
            return f"<mrow><mo>|</mo>{first}<mo>|</mo></mrow>"
        arguments = "<mo>,</mo>".join(map(self.write, node.arguments))
        name = words.CALLS.get(node.name, node.name)
        return f"<mrow><mi>{name}</mi>{self.bracketed(arguments)}</mrow>"

    def choice(self, node: Choice) -> str:
        """Return two cases, one beneath the other."""
        chosen, condition, other = map(self.write, (node.chosen, node.condition, node.other))
        rows = ((chosen, f"<mtext>if\u00a0</mtext>{condition}"), (other, "<mtext>else</mtext>"))
        cells = "".join(f"<mtr><mtd>{a}</mtd><mtd>{b}</mtd></mtr>" for a, b in rows)
        return f"<mrow><mo>{{</mo><mtable>{cells}</mtable></mrow>"

    def compared(self, node: Compared) -> str:
        """Return a comparison."""
        sign = escape(words.SIGNS[node.sign])
        return f"<mrow>{self.write(node.left)}<mo>{sign}</mo>{self.write(node.right)}</mrow>"

    def joined(self, node: Joined) -> str:
        """Return comparisons joined."""
        joint = f"<mtext>\u00a0{node.word}\u00a0</mtext>"
        return f"<mrow>{joint.join(map(self.write, node.parts))}</mrow>"

    def slope(self, node: Slope) -> str:
        """Return a derivative that is still to be found."""
        below = f"<mrow><mi>d</mi>{self.name(Name(node.by))}</mrow>"
        of = self.write(node.of)
        inside = f"{_bracket('[', of)}{of}{_bracket(']', of)}"
        return f"<mrow><mfrac><mi>d</mi>{below}</mfrac><mrow>{inside}</mrow></mrow>"


def _bracket(sign: str, text: str) -> str:
    """Return a bracket, which grows with fractions and cases only: fonts draw others too large."""
    grows = "<mfrac" in text or "<mtable" in text
    return f"<mo>{sign}</mo>" if grows else f'<mo stretchy="false">{sign}</mo>'


def math(*parts: Expr | str) -> str:
    """Return a formula of expressions and what stands between them."""
    inside = "".join(
        _word(part) if isinstance(part, str) else MathMl().write(notation(part)) for part in parts
    )
    return f"<math><mrow>{inside}</mrow></math>"


def _word(text: str) -> str:
    before, equals, after = text.partition("= ")
    if not equals or after:
        return f"<mtext>{escape(text)}</mtext>"
    return f"<mtext>{escape(before.rstrip())}</mtext><mo>=</mo>" if before else "<mo>=</mo>"


def page(record: Record) -> str:
    """Return the derivation as a page of HTML, without a reference to anything outside it."""
    return html_page(f"The derivative of {words.plain(record.expression)}", fragment(record))


def fragment(record: Record) -> str:
    """Return the derivation as a part of a page, with its style."""
    css = (files(__package__) / "derivation.css").read_text(encoding="utf-8")
    shown = record.by_output if record.activation is not None else record.answer
    assert shown is not None
    answer = [math(f"{words.head(record)} = ", record.expression)]
    answer.append(math(f"{words.slope_of(record)} = ", shown))
    if record.activation is not None:
        made = (record.output, "= ", record.activation)
        answer = [*answer[:1], math(*made), answer[1]]
    elif record.by_output is not None:
        told = f",\u2003{words.output_words(record)}"
        answer.append(math(f"{words.slope_of(record)} = ", record.by_output, told))
    paragraphs = "\n".join(f"<p>{formula}</p>" for formula in answer)
    rows = "\n".join(_row(line, place) for place, line in enumerate(record.lines))
    notes = [*words.meanings(record), *words.sentences(record)]
    said = "\n".join(f"<li>{escape(printable(note))}</li>" for note in notes)
    return (
        f'<style>\n{css}</style>\n<div class="chainrule-derivation">\n{paragraphs}\n'
        f"<table>\n<caption>Step by step (× the chain rule)</caption>\n{rows}\n</table>\n"
        + (f"<ul>\n{said}\n</ul>\n" if said else "")
        + "</div>"
    )


def _row(line: Line, place: int) -> str:
    multiplies = line.step is not None and line.step.is_chain_rule
    kind = ' class="multiplies"' if multiplies else ""
    reason = line.reason if line.step is None else words.explained(line.step)
    return (
        f"<tr{kind}><td>{'×' if multiplies else ''}</td><td>{place or ''}</td>"
        f"<td>{math('= ' if place else '', line.expression)}"
        f"<p>{escape(printable(reason))}</p></td></tr>"
    )
