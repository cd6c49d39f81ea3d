"""The derivation of a network's update rules as HTML with MathML."""

from html import escape
from importlib.resources import files

from ..derivation.building import Expr
from ..derivation.notation import Name, notation
from ..update_rules.record import Record
from .characters import printable
from .derivation_html import MathMl
from .html_page import COLUMN, html_page
from .update_rules_document import sections
from .update_rules_formulas import OfArrays, Parts, Raised, parts_of
from .update_rules_parts import Equations, Line, Part, Prose, Table, marked
from .update_rules_words import introduction, title


class MathMlElements(Raised, MathMl):
    """Formulas of elements."""

    and_so_on = "<mo>…</mo>"

    def name(self, node: Name) -> str:
        """Return an element, a partial derivative, an array or any other name."""
        above, slash, below = node.text.partition("/")
        if slash:
            return f"<mfrac>{self.name(Name(above))}{self.name(Name(below))}</mfrac>"
        parts = parts_of(node.text)
        return super().name(node) if parts is None else _name(parts)

    def summed(self, of: str, index: str) -> str:
        """Return Σ with its index."""
        return f"<mrow><munder><mo>∑</mo>{index}</munder>{of}</mrow>"

    def matrix_product(self, left: str, right: str) -> str:
        """Return two names beside one another."""
        return f'<mrow>{left}<mspace width=".25em"></mspace>{right}</mrow>'

    def transposed(self, of: str) -> str:
        """Return the name with a raised T."""
        return f'<msup><mrow>{of}</mrow><mi mathvariant="normal">T</mi></msup>'


class MathMlArrays(OfArrays, MathMlElements):
    """Formulas of arrays."""

    elementwise = "<mo>⊙</mo>"


def _name(parts: Parts) -> str:
    """Return a name taken apart: its layer raised, its indices at its foot."""
    letter = f"<mi>{parts.letter}</mi>"
    above = f"<mrow><mo>(</mo><mn>{parts.layer}</mn><mo>)</mo></mrow>"
    below = "<mo>,</mo>".join(f"<mi>{index}</mi>" for index in parts.indices.split(","))
    below = f"<mrow>{below}</mrow>"
    if parts.layer and parts.indices:
        letter = f"<msubsup>{letter}{below}{above}</msubsup>"
    elif parts.layer:
        letter = f"<msup>{letter}{above}</msup>"
    elif parts.indices:
        letter = f"<msub>{letter}{below}</msub>"
    sign = "<mo>∂</mo>" if parts.partial else ""
    sign = '<mi mathvariant="normal">d</mi>' if parts.cotangent else sign
    return f"<mrow>{sign}{letter}</mrow>"


def formula(expression: Expr, of_arrays: bool) -> str:
    """Return an expression of elements, or of whole arrays, as MathML."""
    writer = MathMlArrays() if of_arrays else MathMlElements()
    return writer.write(notation(expression))


def page(record: Record) -> str:
    """Return the derivation as a page of HTML, without a reference to anything outside it."""
    return html_page(title(record), fragment(record), COLUMN)


def fragment(record: Record) -> str:
    """Return the derivation as a part of a page, with its style."""
    css = (files(__package__) / "update_rules.css").read_text(encoding="utf-8")
    shown = [f"<h1>{_words(title(record))}</h1>", *map(_part, introduction(record))]
    for number, section in enumerate(sections(record), start=1):
        parts = "\n".join(map(_part, section.parts))
        shown.append(f"<section>\n<h2>{number}. {_words(section.title)}</h2>\n{parts}\n</section>")
    body = "\n".join(shown)
    return f'<style>\n{css}</style>\n<div class="chainrule-update-rules">\n{body}\n</div>'


def _part(part: Part) -> str:
    if isinstance(part, Prose):
        return f"<p>{_words(part.text)}</p>"
    return _table(part) if isinstance(part, Table) else _equations(part)


def _words(text: str) -> str:
    return "".join(_piece(kind, piece) for kind, piece in marked(text))


def _piece(kind: str, text: str) -> str:
    if kind == "name":
        return f"<math>{MathMlElements().name(Name(text))}</math>"
    shown = escape(printable(text))
    return f"<code>{shown}</code>" if kind == "code" else shown


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{_words(text)}</th>' for text in table.headings)
    rows = "\n".join(
        f"<tr>{''.join(f'<td>{_words(text)}</td>' for text in row)}</tr>" for row in table.rows
    )
    head = f"<thead><tr>{head}</tr></thead>"
    return f'<table class="layers">\n{head}\n<tbody>\n{rows}\n</tbody>\n</table>'


def _equations(part: Equations) -> str:
    rows = "\n".join(map(_line, part.lines))
    return f'<div class="equations"><table>\n<tbody>\n{rows}\n</tbody>\n</table></div>'


def _line(line: Line) -> str:
    reason = _words(line.reason)
    if line.right is None:
        return f"<tr><td></td><td>⋮</td><td>{reason}</td><td></td></tr>"
    kind = ' class="multiplies"' if line.is_chain_rule else ""
    left = f"<math>{MathMlElements().name(Name(line.left))}</math>" if line.left else ""
    right = f"<math><mrow><mo>{line.sign}</mo>{formula(line.right, line.of_arrays)}</mrow></math>"
    return (
        f"<tr{kind}><td>{'×' if line.is_chain_rule else ''}</td><td>{left}</td><td>{right}</td>"
        f"<td>{reason}</td></tr>"
    )
