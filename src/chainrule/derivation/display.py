"""A derivation that shows itself: as text, as LaTeX, as a formula in a notebook."""

from typing import Any

from .record import Record


class Derivation(Record):
    """A derivation as `derive` returns it; a notebook shows it as formulas."""

    @property
    def latex(self) -> str:
        """The steps as LaTeX, an `align*` environment."""
        from ..render.derivation_latex import latex

        return latex(self)

    def __str__(self) -> str:
        """The derivation as text, at most 80 columns wide."""
        from ..render.derivation_text import derivation_text

        return derivation_text(self)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """What Jupyter asks for: MathML, which needs no library there, and text."""
        from ..render.derivation_html import fragment

        return {"text/plain": str(self), "text/html": fragment(self)}
