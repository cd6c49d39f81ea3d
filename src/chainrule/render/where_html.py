"""The answer of `where` as one page."""

from collections.abc import Sequence
from html import escape

from ..locate.record import Report
from . import where_words as words


def page(report: Report, source: Sequence[str]) -> str:
    """Return a self-contained page."""
    del source
    return "".join(f"<p>{escape(x)}</p>" for x in words.answer(report))
