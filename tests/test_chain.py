from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import chainrule.chain
from chainrule.chain import Array, backward, forward


@dataclass(frozen=True)
class Times:
    """y = factor · x: the smallest link there is."""

    factor: float

    def forward(self, x: Array) -> tuple[Array, Array]:
        return self.factor * x, x

    def pullback(self, x: Array, cotangent: Array) -> tuple[Array, tuple[Array, ...]]:
        return cotangent * self.factor, (cotangent * x,)


def test_forward_applies_the_links_in_order_and_keeps_the_tape() -> None:
    y, tape = forward([Times(2.0), Times(3.0)], np.array(5.0))
    assert y == 30.0
    assert tape == [5.0, 10.0]


def test_backward_multiplies_local_derivatives_last_link_first() -> None:
    links = [Times(2.0), Times(3.0), Times(7.0)]
    _, tape = forward(links, np.array(5.0))
    dx, parameters = backward(links, tape)
    assert dx == 2.0 * 3.0 * 7.0
    # ∂y/∂factor of y = 2·3·7·5, worked by hand
    assert [float(factor) for (factor,) in parameters] == [105.0, 70.0, 30.0]


def test_backward_starts_from_the_cotangent_it_is_given() -> None:
    links = [Times(2.0), Times(3.0)]
    _, tape = forward(links, np.array(5.0))
    assert backward(links, tape, -10.0)[0] == -60.0


def test_a_tape_of_another_chain_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        backward([Times(2.0)], [])


def test_the_file_opens_with_the_answer() -> None:
    assert chainrule.chain.__doc__ is not None
    sentence = "The chain rule: multiply the "
    assert chainrule.chain.__doc__.startswith(sentence)
    assert backward.__doc__ is not None
    assert backward.__doc__.startswith(sentence)
    lines = Path(chainrule.chain.__file__).read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 60
