"""Softmax as output activation: each output depends on every z of its row, so paths add up."""

import sympy

from ..derivation import building as build
from ..derivation.building import MINUS_ONE, ONE, ZERO, Expr
from ..derivation.grammar import symbol
from ..derivation.sums import summed
from .architecture import LossRule
from .elements import OTHER, OUTPUTS, array, at, element, everywhere, partial
from .record import Case, Equal

TOTAL = symbol("S")
"""The sum of e^z over the outputs, which softmax divides by."""


def softmax(layer: int) -> tuple[Expr, Expr]:
    """Return a of one output, and of all."""
    z, of_all = element("z", layer, "j"), array("z", layer)
    below = summed(_exp(element("z", layer, "m")), OTHER)
    return (
        build.quotient(_exp(z), below),
        build.quotient(_exp(of_all), summed(_exp(of_all), OUTPUTS)),
    )


def jacobian(layer: int) -> tuple[Case, ...]:
    """Return ∂a[m]/∂z[j] by the quotient rule, for m = j and for other m."""
    a, other = element("a", layer, "j"), element("a", layer, "m")
    e, e_other = (_exp(element("z", layer, index)) for index in "jm")
    square = build.power(TOTAL, sympy.Integer(2))
    same = _difference(build.product(e, TOTAL), build.product(e, e))
    apart = _difference(build.product(ZERO, TOTAL), build.product(e_other, e))
    one_minus = _difference(ONE, a)
    return (
        Case("m = j", _equal(build.quotient(same, square), build.product(a, one_minus))),
        Case(
            "m ≠ j", _equal(build.quotient(apart, square), build.negative(build.product(other, a)))
        ),
    )


def delta(loss: LossRule, layer: int) -> tuple[tuple[Equal, ...], Expr]:
    """Return the lines from the chain rule to ∂J/∂z[j], and ∂J/∂z of all outputs."""
    a, z = element("a", layer, "j"), element("z", layer, "j")
    a_m, of_all = element("a", layer, "m"), array("a", layer)
    here, there = at(loss.by_a, layer, "j"), at(loss.by_a, layer, "m")
    delta_minus_a = _difference(symbol("δ[m, j]"), a)
    opened = summed(build.product(partial("J", a_m), partial(a_m, z)), OTHER)
    lines = [
        Equal(opened, "one path through each output m", is_chain_rule=True),
        Equal(
            summed(build.product(there, a_m, delta_minus_a), OTHER),
            "both cases in one: `δ[m, j]` is 1 where m = j, else 0",
        ),
    ]
    if loss.name == "categorical_cross_entropy":
        y, y_m = symbol("y[j]"), symbol("y[m]")
        lines += [
            Equal(summed(build.product(MINUS_ONE, y_m, delta_minus_a), OTHER), f"`{a_m}` cancels"),
            Equal(
                _difference(build.product(a, summed(y_m, OTHER)), y),
                "of `δ[m, j]` only m = j is left",
            ),
            Equal(_difference(a, y), "the targets of a row add up to 1"),
        ]
        return tuple(lines), _difference(of_all, symbol("y"))
    sum_of_all = summed(build.product(there, a_m), OTHER)
    short = build.product(a, _difference(here, sum_of_all))
    lines.append(Equal(short, "of `δ[m, j]` only m = j is left"))
    rate = everywhere(loss.by_a, layer)
    return tuple(lines), build.product(
        of_all, _difference(rate, summed(build.product(rate, of_all), OUTPUTS))
    )


def _exp(exponent: Expr) -> Expr:
    return sympy.exp(exponent, evaluate=False)


def _difference(one: Expr, other: Expr) -> Expr:
    return build.total(one, build.product(MINUS_ONE, other))


def _equal(*lines: Expr) -> tuple[Equal, ...]:
    return tuple(Equal(line) for line in lines)
