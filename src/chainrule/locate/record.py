"""What `where` answers: one record of a program, after which every rendering is made.

The fields are those of the report `chainrule.where/1`; docs/where.md says what each one means.
A line is one of the script, unless `file` names another: a module's, from the script's folder.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from .. import factors

SCHEMA = "chainrule.where/1"
MAX_SECONDS = 60.0  # that a program may run

Verdict = Literal["correct", "wrong", "no-backprop", "unknown"]
Shown = Literal["equal", "scaled", "different", "none"]
Gradient = Literal["correct", "scaled", "wrong", "missing"]
Role = Literal[
    "forward",
    "loss",
    "error_signal",
    "local_derivative",
    "chain_rule",
    "parameter_gradient",
    "update",
    "unknown",
]
Kind = Literal[
    "missing-factor",
    "extra-factor",
    "wrong-derivative",
    "wrong-sign",
    "wrong-scale",
    "wrong-sum",
    "wrong-operand",
    "stale-value",
    "updated-too-early",
    "missing-path",
    "missing-gradient",
    "swapped-parameters",
    "loss-value-as-gradient",
    "overwritten-gradient",
    "forward-mismatch",
]


@dataclass(frozen=True, slots=True)
class Loss:
    """The loss that a program descends.

    Attributes:
        formula: as in "½ Σ (a − y)²"; the descended gradient is `scale` times its gradient.
        stated_at: the line that computes it, None if no line does.
        shown: the loss that the program prints, against the one it descends.
    """

    name: str
    formula: str
    stated_at: int | None = None
    shown: Shown = "none"
    scale: float = 1.0
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that the program changes step by step, and whether by the loss's gradient.

    Attributes:
        scale: where the gradient is "scaled", its factor against those that are right.
    """

    name: str
    shape: tuple[int, ...]
    updated_at: tuple[int, ...]
    gradient: Gradient
    scale: float = 1.0
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Factor:
    """A partial derivative that a line multiplies, and the line where its value was computed."""

    partial: str
    line: int | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What a line computes: the value holds sign · scale · partial.

    Attributes:
        value: the target or expression that holds it.
        sum_over: over what its paths are added, as "next-layer units", "rows"; None: over nothing.
        temporary: False when it is a component of the gradient of a changeable parameter.
        times: how often it was computed in one step.
    """

    line: int
    end_line: int
    function: str | None
    role: Role
    partial: str
    value: str
    factors: tuple[Factor, ...] = ()
    sum_over: str | None = None
    sign: int = 1
    scale: float = 1.0
    temporary: bool = True
    times: int = 1
    verified: bool = True
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A line into which right values go and out of which a wrong one comes."""

    line: int
    function: str | None
    kind: Kind
    parameters: tuple[str, ...]
    found: str | None
    expected: str | None
    repair: str | None
    message: str
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth knowing that makes nothing wrong."""

    line: int | None
    kind: str
    message: str
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """A line of the backward pass that was not named, and why."""

    line: int
    reason: str
    file: str | None = None


@dataclass(frozen=True, slots=True)
class TracedFactor(factors.Factor):
    """A factor, and the line that computed its value; None for what was there before."""

    line: int | None = None


@dataclass(frozen=True, slots=True)
class OpenedWeight:
    """A gradient opened: its sum over paths is what the program holds.

    Attributes:
        explanation: the weight, its paths and the gradient that the program holds.
        line: where that was computed.
        derivative: ∂J/∂weight of the loss, times the scale that the program's gradients share.
    """

    explanation: factors.Explanation
    line: int
    derivative: float


@dataclass(frozen=True, slots=True)
class Report:
    """The whole answer on one script.

    Attributes:
        reason: one sentence, where the verdict is "unknown" or "no-backprop".
        faults: empty unless the verdict is "wrong"; the most upstream cause first.
        cells: of a notebook, the line at which each code cell begins; lines count through all.
        weight: the gradient that was asked to be opened.
    """

    script: str
    verdict: Verdict
    reason: str | None = None
    uses_chain_rule: bool = False
    loss: Loss | None = None
    parameters: tuple[Parameter, ...] = ()
    lines: tuple[Line, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[Note, ...] = ()
    unlabelled: tuple[Unlabelled, ...] = ()
    cells: tuple[int, ...] = ()
    weight: OpenedWeight | None = None
    schema: str = field(default=SCHEMA)


def cell_of(line: int, cells: Sequence[int]) -> tuple[int, int] | None:
    """Return a notebook's code cell, from 1, and the line in it; None if there are no cells.

    >>> cell_of(7, [2, 5, 9])
    (2, 3)
    """
    number = bisect_right(cells, line)
    return (number, line - cells[number - 1] + 1) if number else None
