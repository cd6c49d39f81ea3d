"""The chain rule: multiply the incoming cotangent by each link's local derivative, last link first.

A network is a chain of links, y = fₙ(… f₂(f₁(x))), that ends in a loss L.  The cotangent of a value
is ∂L/∂value and has that value's shape.  Each link knows how to send the cotangent of its output
back to its input (its *pullback*); the loop in `backward` does nothing but chain them:

    ∂L/∂x = ∂L/∂y · ∂fₙ · … · ∂f₂ · ∂f₁
"""

from collections.abc import Sequence
from typing import Any, Protocol

from numpy.typing import NDArray

Array = NDArray[Any]


class Link(Protocol):
    """One function of the chain, y = f(x, parameters), together with its pullback."""

    def forward(self, x: Array, /) -> tuple[Any, Any]:
        """Return y and whatever the pullback will need (`saved`)."""

    def pullback(self, saved: Any, cotangent: Any, /) -> tuple[Any, tuple[Array, ...]]:
        """Turn ∂L/∂y into ∂L/∂x and the parameters' cotangents, by this link's local derivative."""


def forward(links: Sequence[Link], x: Array) -> tuple[Any, list[Any]]:
    """Apply the links in order; return the last output and the tape: what each link saved."""
    tape = []
    for link in links:
        x, saved = link.forward(x)
        tape.append(saved)
    return x, tape


def backward(
    links: Sequence[Link], tape: Sequence[Any], cotangent: Any = 1.0
) -> tuple[Any, list[tuple[Array, ...]]]:
    """The chain rule: multiply the cotangent by each link's local derivative, last link first.

    `cotangent` is ∂L/∂(last output), 1 where the last output is L itself.  Returns ∂L/∂x and,
    in the order of the links, the cotangents of each link's parameters: the gradient.
    """
    parameter_cotangents = []
    for link, saved in zip(reversed(links), reversed(tape), strict=True):
        cotangent, of_parameters = link.pullback(saved, cotangent)  # ← the chain rule
        parameter_cotangents.append(of_parameters)
    return cotangent, parameter_cotangents[::-1]
