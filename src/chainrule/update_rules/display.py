"""The derivation of update rules that shows itself: as text, as LaTeX, in a notebook."""

from typing import Any

from .record import Record


class NetworkDerivation(Record):
    """A derivation as `derive_network` returns it; a notebook shows it as formulas."""

    @property
    def latex(self) -> str:
        """The derivation as LaTeX, with the commands of amsmath."""
        from ..render.update_rules_latex import latex

        return latex(self)

    def __str__(self) -> str:
        """The derivation as text, at most 80 columns wide."""
        from ..render.update_rules_text import update_rules_text

        return update_rules_text(self)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """What Jupyter asks for: MathML, which needs no library there, and text."""
        from ..render.update_rules_html import fragment

        return {"text/plain": str(self), "text/html": fragment(self)}
