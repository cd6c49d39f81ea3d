"""A fault before it is put into words, and what a search for faults has found so far."""

from dataclasses import dataclass, field

from .descent import Fit
from .files import Place
from .graph import Node
from .reading import Label, Reading, Target
from .record import Kind


@dataclass(frozen=True, slots=True)
class Cause:
    """A fault before it is put into words.

    Attributes:
        node: the value that is wrong, if it is one.
        place: where it is put right.
        parameters: indices of the parameters that are wrong by it.
        expected: the target it should have been.
        scale: the factor that the program's other gradients have.
    """

    kind: Kind
    place: Place
    parameters: tuple[int, ...]
    node: Node | None = None
    found: Label | None = None
    expected: Target | None = None
    scale: float = 1.0
    other: str | None = None


@dataclass(slots=True)
class Blame:
    """A search for causes: what is known, and which parameters are still to be explained."""

    reading: Reading
    fits: list[Fit]
    left: set[int]
    causes: list[Cause] = field(default_factory=list)

    def add(self, cause: Cause) -> None:
        """Note a cause; its parameters are explained."""
        self.causes.append(cause)
        self.left -= set(cause.parameters)

    def update_place(self, k: int) -> Place:
        """Return a line where a parameter is changed; of one never changed, where others are.

        Where only its gradient is handed over, it is the line that made this.
        """
        reading = self.reading
        own = reading.step.learned[k]
        if own.handed:
            return reading.step.place(own.chains[0].changes[-1].term)
        if own.chains:
            return reading.step.place(own.new[0])
        return min(reading.step.place(one.new[0]) for one in reading.step.learned if one.chains)
