"""What a notebook shows of opened gradients, in each form that it may take."""

from collections.abc import Sequence

from ..factors import Explanation
from .explanation_html import explanations_html
from .explanation_latex import explanations_latex
from .explanation_text import SHOWN_PATHS, explanations_text


def bundle(explanations: Sequence[Explanation]) -> dict[str, str]:
    """Return text, HTML and LaTeX by their media types."""
    return {
        "text/plain": explanations_text(explanations),
        "text/html": explanations_html(explanations, SHOWN_PATHS),
        "text/latex": explanations_latex(explanations, SHOWN_PATHS),
    }
