"""What a derivation is: steps, each with its rule, and what they come to."""

from dataclasses import dataclass
from typing import Any

from .building import Expr
from .writing import written


@dataclass(frozen=True)
class Step:
    """One rule applied to one expression.

    Attributes:
        rule: the rule's name.
        says: the rule as a formula, in the names of `parts`.
        expression: what is differentiated; `by` is the variable.
        parts: what the names in `says` stand for.
        opened: the derivative by this rule, the derivatives of its parts left standing.
        steps: how those are found, in the order of their appearance.
        result: the derivative.
        outer, outer_slope: a function of u that is looked up, and its derivative by u, if one is.
        inner: of the chain rule, what u is; else None.
    """

    rule: str
    says: str
    expression: Expr
    by: Expr
    parts: tuple[tuple[str, Expr], ...]
    opened: Expr
    steps: tuple["Step", ...]
    result: Expr
    outer: Expr | None = None
    outer_slope: Expr | None = None
    inner: Expr | None = None

    @property
    def is_chain_rule(self) -> bool:
        """Whether it multiplies an outer derivative by an inner one."""
        return self.inner is not None

    def __str__(self) -> str:
        """The rule, what it was applied to and what it gives."""
        return f"{self.rule}: ({written(self.expression)})′ = {written(self.opened)}"


@dataclass(frozen=True)
class Line:
    """The whole derivative after one more step; each line equals the next.

    Attributes:
        expression: the derivative so far, what is still to be found in it left standing.
        step: what led here from the line before; None for a line that is only tidied.
        reason: what was done, in a word or two.
    """

    expression: Expr
    step: Step | None
    reason: str


@dataclass(frozen=True)
class Kink:
    """A place where the function is not smooth.

    Attributes:
        where: the condition for it, an equation of the variable.
        at: its place, None if it was not found.
        kind: "kink" where two slopes meet, "jump" where two values do, "possible kink" unverified.
        left, right: the slopes on either side, None where they were not computed.
        used: the value that the derivative has there, None where there is none.
    """

    where: Expr
    at: Expr | None
    kind: str
    left: float | None = None
    right: float | None = None
    used: float | None = None


@dataclass(frozen=True)
class Record:
    """A derivation, from the formula to its derivative.

    Attributes:
        text: the formula as it was given.
        expression: what was read.
        variable: what it is differentiated by.
        values: numbers that parameters were given.
        first: the first step, which holds the others.
        lines: the derivative line by line, the first one still to be found.
        answer: the derivative.
        output, output_is: a name, and the function whose value it stands for in `by_output`.
        by_output: the derivative as a formula in that name; None where it does not say it.
        kinks: where the function is not smooth.
        activation: the function of the variable that the formula is applied to, None if none is.
        has_values: whether the formula has a number at one of the points at which it was tried.
    """

    text: str
    expression: Expr
    variable: Any
    values: tuple[tuple[Any, Any], ...]
    first: Step
    lines: tuple[Line, ...]
    answer: Expr
    output: Any
    output_is: Expr
    by_output: Expr | None
    kinks: tuple[Kink, ...]
    activation: Expr | None = None
    has_values: bool = True

    @property
    def derivative(self) -> str:
        """The derivative as a formula, which can be derived again."""
        return written(self.answer)

    @property
    def steps(self) -> list[Step]:
        """The steps in the order of the lines."""
        return [line.step for line in self.lines if line.step is not None]

    @property
    def is_constant(self) -> bool:
        """Whether the formula is without its variable."""
        return self.first.rule == "constant"

    @property
    def is_flat(self) -> bool:
        """Whether the derivative is 0 although the formula has the variable."""
        return self.answer == 0 and not self.is_constant
