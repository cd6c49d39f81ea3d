"""A derivation line by line: the whole derivative after each step, every line equal to the next."""

from collections.abc import Iterator

import sympy

from . import building as build
from .building import Expr
from .record import Line, Step
from .rules import standing
from .writing import written


def lines(first: Step, *endings: tuple[Expr, str]) -> tuple[Line, ...]:
    """Return the lines from the derivative that is to be found to its endings, tidier forms.

    >>> from .expression import read_formula
    >>> from .rules import differentiate
    >>> formula = read_formula("exp(2*x)")
    >>> step = differentiate(formula.expression, formula.variable)
    >>> [line.reason for line in lines(step, (step.result, "in short"))]
    ['', 'chain rule', 'linear function', 'in short']
    """
    steps = {_slope(step): step for step in _all(first)}
    found = [Line(_slope(first), None, "")]
    while slopes := standing(found[-1].expression):
        step = steps[slopes[0]]
        opened = build.replaced(found[-1].expression, {slopes[0]: step.opened})
        found.append(Line(opened, step, step.rule))
    for shorter, reason in endings:
        if written(found[-1].expression) != written(shorter):
            found.append(Line(shorter, None, reason))
    return tuple(found)


def _slope(step: Step) -> Expr:
    return sympy.Derivative(step.expression, step.by)


def _all(step: Step) -> Iterator[Step]:
    yield step
    for part in step.steps:
        yield from _all(part)
