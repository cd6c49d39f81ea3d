"""The package's own formulas as LaTeX and as MathML, from the same tokens.

Names are those of the records, "∂a1[5]/∂z1[5]" or "W2[3, 1]"; formulas such as "1 − a²".
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

_PARTIAL = re.compile(r"∂([^/]+)/∂(.+)", re.DOTALL)
_TOKEN = re.compile(
    r"(?P<symbol>[A-Za-z]\d*\[\d+(?:, \d+)*\]|[A-Za-z]\d+)"
    r"|(?P<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?)"
    r"|(?P<word>[A-Za-z]{2,})"
    r"|(?P<raised>[²³])"
    r"|(?P<letter>[^\W\d_]|∂)"
    r"|(?P<power>\^−?(?:[^\W\d_]|\d+)[²³]?)"
    r"|(?P<operator>\S)"
)
_SYMBOL = re.compile(r"([A-Za-z])(\d*)(?:\[(.+)\])?")
_RAISED = {"²": "2", "³": "3"}
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))
_FUNCTIONS = {"log", "exp", "tanh", "cosh", "sinh", "max", "min"}
_LATEX = {
    "∂": r"\partial ", "ℓ": r"\ell ", "σ": r"\sigma ", "Φ": r"\Phi ", "φ": r"\varphi ",
    "α": r"\alpha ", "λ": r"\lambda ", "δ": r"\delta ", "Σ": r"\sum ", "−": "-", "·": r"\cdot ",
    "×": r"\times ", "≤": r"\le ", "±": r"\pm ", "½": r"\tfrac12 ", "′": "'", "…": r"\dots ",
    "→": r"\to ", "≠": r"\ne ", "≥": r"\ge ",
    "%": r"\%", "&": r"\&", "#": r"\#", "_": r"\_", "$": r"\$", "{": r"\{", "}": r"\}",
    "\\": r"\backslash ", "~": r"\sim ", "^": r"\hat{}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Form:
    """How a kind of text writes each kind of token."""

    symbol: Callable[[str, str, str], str]
    number: Callable[[str], str]
    word: Callable[[str], str]
    letter: Callable[[str], str]
    raised: Callable[[str, str], str]
    operator: Callable[[str], str]
    fraction: Callable[[str, str], str]


def latex(text: str) -> str:
    r"""Return a name or a formula as LaTeX, for math mode.

    >>> print(latex("∂a1[5]/∂z1[5]"), latex("1 − a²"))
    \frac{\partial a^{(1)}_{5}}{\partial z^{(1)}_{5}} 1-a^{2}
    """
    return _written(text, _LATEX_FORM)


def mathml(text: str) -> str:
    """Return a name or a formula as MathML.

    >>> mathml("a²")
    '<math><msup><mi>a</mi><mrow><mn>2</mn></mrow></msup></math>'
    """
    return f"<math>{_written(text, _MATHML_FORM)}</math>"


def latex_text(text: str) -> str:
    r"""Return words for LaTeX, outside math mode.

    >>> print(latex_text("50 % of W_1"))
    50 \% of W\_1
    """
    special = {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "–": "--",
    }
    kept = {mark: f"\\{mark}" for mark in "%&#_${}"}
    special |= {mark: f"$^{{{_SUPERSCRIPTS[mark]}}}$" for mark in _SUPERSCRIPTS}
    symbols = {mark: f"${form.strip()}$" for mark, form in _LATEX.items() if not mark.isascii()}
    return "".join((special | kept | symbols).get(mark, mark) for mark in text)


def _written(text: str, form: _Form) -> str:
    partial = _PARTIAL.fullmatch(text)
    if partial:
        return form.fraction(*(_flat(f"∂{part}", form) for part in partial.groups()))
    return _flat(text, form)


def _flat(text: str, form: _Form) -> str:
    parts: list[str] = []
    for token in _TOKEN.finditer(text):
        kind, found = str(token.lastgroup), token.group()
        if kind in ("raised", "power"):
            inner = _RAISED.get(found) or found[1:]
            parts.append(form.raised(parts.pop() if parts else "", _flat(inner, form)))
        elif kind == "symbol":
            matched = _SYMBOL.fullmatch(found)
            parts.append(form.symbol(*(matched.groups("") if matched else (found, "", ""))))
        else:
            parts.append(getattr(form, kind)(found))
    return "".join(parts)


def _latex_symbol(letter: str, layer: str, indices: str) -> str:
    above = f"^{{({layer})}}" if layer else ""
    return f"{letter}{above}" + (f"_{{{indices.replace(' ', '')}}}" if indices else "")


def _latex_word(word: str) -> str:
    return f"\\{word} " if word in _FUNCTIONS else rf"\;\text{{{word}}}\;"


def _mathml_symbol(letter: str, layer: str, indices: str) -> str:
    name = f"<mi>{letter}</mi>"
    below = f"<mn>{escape(indices.replace(' ', ''))}</mn>"
    above = f"<mrow><mo>(</mo><mn>{layer}</mn><mo>)</mo></mrow>"
    if layer and indices:
        return f"<msubsup>{name}{below}{above}</msubsup>"
    if indices:
        return f"<msub>{name}{below}</msub>"
    return f"<msup>{name}{above}</msup>" if layer else name


def _mathml_word(word: str) -> str:
    return f"<mi>{word}</mi>" if word in _FUNCTIONS else f"<mtext>&#160;{word}&#160;</mtext>"


_LATEX_FORM = _Form(
    symbol=_latex_symbol,
    number=str,
    word=_latex_word,
    letter=lambda letter: _LATEX.get(letter, letter),
    raised=lambda base, power: f"{base.rstrip()}^{{{power}}}",
    operator=lambda mark: _LATEX.get(mark, mark),
    fraction=lambda above, below: rf"\frac{{{above}}}{{{below}}}",
)
_MATHML_FORM = _Form(
    symbol=_mathml_symbol,
    number=lambda number: f"<mn>{number}</mn>",
    word=_mathml_word,
    letter=lambda letter: f"<mo>{letter}</mo>" if letter in "∂Σ" else f"<mi>{letter}</mi>",
    raised=lambda base, power: f"<msup>{base or '<mrow></mrow>'}<mrow>{power}</mrow></msup>",
    operator=lambda mark: f'<mo stretchy="false">{escape(mark)}</mo>',
    fraction=lambda above, below: f"<mfrac><mrow>{above}</mrow><mrow>{below}</mrow></mfrac>",
)
