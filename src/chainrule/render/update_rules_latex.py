r"""The derivation of a network's update rules as LaTeX, with the commands of amsmath."""

from ..derivation.building import Expr
from ..derivation.notation import Name, notation
from ..update_rules.record import Record
from .derivation_latex import Latex
from .notation import latex_text
from .update_rules_document import sections
from .update_rules_formulas import OfArrays, Parts, Raised, parts_of
from .update_rules_parts import Equations, Line, Part, Prose, Table, marked
from .update_rules_words import introduction, title

_LETTERS = {"η": r"\eta", "δ": r"\delta", "ℓ": r"\ell"}
_SIGNS = {"=": "=", "←": r"\leftarrow"}


class LatexElements(Raised, Latex):
    """Formulas of elements."""

    and_so_on = r"\dots "

    def name(self, node: Name) -> str:
        """Return an element, a partial derivative, an array or any other name."""
        above, slash, below = node.text.partition("/")
        if slash:
            return rf"\frac{{{self.name(Name(above))}}}{{{self.name(Name(below))}}}"
        parts = parts_of(node.text)
        return super().name(node) if parts is None else _name(parts)

    def summed(self, of: str, index: str) -> str:
        """Return Σ with its index."""
        return rf"\sum_{{{index}}} {of}"

    def matrix_product(self, left: str, right: str) -> str:
        """Return two names beside one another."""
        return rf"{left}\, {right}"

    def transposed(self, of: str) -> str:
        """Return the name with a raised T."""
        return rf"{{{of}}}^{{\mathsf T}}"


class LatexArrays(OfArrays, LatexElements):
    """Formulas of arrays."""

    elementwise = r" \odot "


def _name(parts: Parts) -> str:
    r"""Return a name taken apart.

    >>> _name(Parts(True, False, "W", "2", "j,k")), _name(Parts(False, True, "z", "1", ""))
    ('\\partial W^{(2)}_{j,k}', '\\mathrm{d}z^{(1)}')
    """
    sign = r"\partial " if parts.partial else r"\mathrm{d}" if parts.cotangent else ""
    layer = f"^{{({parts.layer})}}" if parts.layer else ""
    indices = f"_{{{parts.indices}}}" if parts.indices else ""
    return f"{sign}{_LETTERS.get(parts.letter, parts.letter)}{layer}{indices}"


def formula(expression: Expr, of_arrays: bool) -> str:
    """Return an expression of elements, or of whole arrays, as LaTeX."""
    return (LatexArrays() if of_arrays else LatexElements()).write(notation(expression))


def latex(record: Record) -> str:
    """Return the derivation: a section for each part, an `align*` environment for equations."""
    lines = [r"% needs \usepackage{amsmath, amssymb}", rf"\section*{{{latex_text(title(record))}}}"]
    lines += [_part(part) for part in introduction(record)]
    for number, section in enumerate(sections(record), start=1):
        lines.append(rf"\subsection*{{{number}. {latex_text(section.title)}}}")
        lines += [_part(part) for part in section.parts]
    return "\n\n".join(lines)


def _part(part: Part) -> str:
    if isinstance(part, Prose):
        return _words(part.text)
    return _table(part) if isinstance(part, Table) else _equations(part)


def _words(text: str) -> str:
    return "".join(_piece(kind, piece) for kind, piece in marked(text))


def _piece(kind: str, text: str) -> str:
    if kind == "name":
        return f"${LatexElements().name(Name(text))}$"
    shown = latex_text(text)
    return rf"\texttt{{{shown}}}" if kind == "code" else shown


def _table(table: Table) -> str:
    rows = [" & ".join(map(latex_text, row)) for row in (table.headings, *table.rows)]
    rows[0] += r" \\ \hline"
    body = "\n".join([rows[0], *(rf"{row} \\" for row in rows[1:])])
    return rf"\begin{{tabular}}{{{'l' * len(table.headings)}}}" + f"\n{body}\n" + r"\end{tabular}"


def _equations(part: Equations) -> str:
    body = " \\\\\n".join(map(_line, part.lines))
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"


def _line(line: Line) -> str:
    reason = _words(line.reason)
    if line.right is None:
        return rf"&\;\vdots && \text{{{reason}}}"
    sign = _SIGNS[line.sign]
    if line.is_chain_rule:
        sign = rf"\overset{{\times}}{{{sign}}}"
    left = LatexElements().name(Name(line.left)) if line.left else ""
    right = formula(line.right, line.of_arrays)
    return f"{left} &{sign} {right}" + (rf" && \text{{{reason}}}" if reason else "")
