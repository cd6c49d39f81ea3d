"""Partial derivatives as MathML, which browsers set without a library."""

import re
from html import escape

from .characters import printable

_PARTIAL = re.compile(r"∂([^/]+)/∂(.+)", re.DOTALL)
_NUMBERED = re.compile(r"([^\W\d_]+)_?(\d+)")


def math(text: str) -> str:
    """Return a partial derivative, or any other text, as a formula.

    >>> math("x")
    '<math><mi>x</mi></math>'
    """
    return f"<math>{_partial(text)}</math>"


def _partial(text: str) -> str:
    match = _PARTIAL.fullmatch(text)
    if match is None:
        return _name(text)
    above, below = (f"<mrow><mo>∂</mo>{_name(part)}</mrow>" for part in match.groups())
    return f"<mfrac>{above}{below}</mfrac>"


def _name(text: str) -> str:
    """Return a name of the program: one that ends in a number with that as its index."""
    numbered = _NUMBERED.fullmatch(text)
    if numbered:
        return f"<msub><mi>{escape(numbered[1])}</mi><mn>{numbered[2]}</mn></msub>"
    shown = escape(printable(text))
    return f"<mi>{shown}</mi>" if text.isidentifier() else f"<mtext>{shown}</mtext>"
