"""The role of each value of a backward pass, and what it was computed from."""

import pytest
from handwritten import LAYERS, NET, PROGRAMS
from judging import edited, judged, line_of

from chainrule.locate.roles import Labelled, inline_derivative, labelled

SLOPE = edited(
    NET,
    (
        "dz1 = (dz2 @ W2.T) * a1 * (1 - a1)",
        "da1 = dz2 @ W2.T\n    slope = a1 * (1 - a1)\n    dz1 = da1 * slope",
    ),
)


def at(program: str, text: str) -> list[tuple[str, str, list[str]]]:
    """What a line holds: roles, partial derivatives, and those it is computed from."""
    one = judged(program)
    return [
        (
            each.role,
            one.names.label(each.label),
            sorted(one.names.label(label) for _, label in each.sources),
        )
        for each in here(program, text)
    ]


def here(program: str, text: str) -> list[Labelled]:
    reading, line = judged(program).reading, line_of(program, text)
    return [each for each in labelled(reading) if reading.step.place(each.node).line == line]


def test_a_value_is_known_by_what_it_is_computed_from() -> None:
    assert at(SLOPE, "slope =") == [("local_derivative", "∂a1/∂z1", ["a1"])]
    assert at(SLOPE, "da1 =") == [("chain_rule", "∂J/∂a1", ["W2", "∂J/∂z2"])]
    assert at(SLOPE, "dz1 =") == [("chain_rule", "∂J/∂z1", ["∂J/∂a1", "∂a1/∂z1"])]
    assert at(SLOPE, "dW2 =") == [("parameter_gradient", "∂J/∂W2", ["a1", "∂J/∂z2"])]


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_every_value_has_one_role_in_the_order_of_the_program(program: str) -> None:
    numbers = [each.node.number for each in labelled(judged(program).reading)]
    assert numbers == sorted(set(numbers))


def test_what_is_only_passed_on_or_scaled_by_the_rate_has_no_role() -> None:
    assert at(NET, "b1 -= 0.1 * db1") == []
    assert not any(role == "chain_rule" for role, *_ in at(LAYERS, "self.weights -= rate"))


def test_a_derivative_without_a_value_of_its_own_is_the_quotient() -> None:
    one = judged(NET)
    (product,) = [each for each in here(NET, "dz1 =") if inline_derivative(one.reading, each)]
    inner = inline_derivative(one.reading, product)
    assert inner is not None
    assert one.names.label(inner) == "∂a1/∂z1"
    assert inner.scale == pytest.approx(1)
    other = judged(SLOPE)
    assert not any(inline_derivative(other.reading, each) for each in here(SLOPE, "dz1 ="))
