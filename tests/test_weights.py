import numpy as np
import pytest

from chainrule.errors import InputError
from chainrule.parameters import Gradients, Parameters
from chainrule.weights import (
    Weight,
    largest_weight,
    parse_weight,
    ranked_weights,
    require_weight,
)


@pytest.mark.parametrize("text", ["W2[3, 1]", "W2[3,1]", " W2 [ 3 , 1 ] ", "w2[3, 1]"])
def test_a_weight_is_named_as_it_is_shown(text: str) -> None:
    assert parse_weight(text) == Weight("W", 2, (3, 1))
    assert str(parse_weight(text)) == "W2[3, 1]"


@pytest.mark.parametrize("text", ["", "W2", "W[1]", "2[1]", "W2[]", "W2[1,]", "W2[a]", "W2[1][2]",
                                  "W2[0] + 1", "W2[1e3]", "W2[\uff10]",
                                  "W2[" + "9" * 40 + "]"])  # fmt: skip
def test_what_names_no_weight_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"`--weight` must be written as W2\[3, 1\] or b1\[0\]"):
        parse_weight(text, "--weight")


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (Weight("W", 3, (0, 0)), "must be one of W1, W2, b1, b2; got 'W3'"),
        (Weight("W", 3, (0, 0)), r"There are W1\[0…1, 0…2\], b1\[0…2\], W2\[0…2, 0\], b2\[0\]"),
        (Weight("W", 1, (2, 0)), r"W1\[2, 0\] does not exist: W1 has shape \(2, 3\)"),
        (Weight("W", 2, (0, 1)), r"its indices are W2\[0…2, 0\]"),
        (Weight("W", 1, (0,)), "does not exist"),
        (Weight("b", 1, (-1,)), "does not exist"),
    ],
)
def test_a_weight_that_does_not_exist(weight: Weight, message: str) -> None:
    with pytest.raises(InputError, match=message):
        require_weight(Parameters.zeros((2, 3, 1)), weight)


def test_the_largest_weight_is_taken_from_the_last_hidden_layer() -> None:
    gradients = Gradients.zeros((2, 3, 2, 2))
    gradients.dW[1][2, 0] = -0.5
    gradients.dW[2][1, 1] = 9.0
    assert largest_weight(gradients.named()) == Weight("W", 2, (2, 0))
    flat = Gradients.zeros((2, 2))
    flat.dW[0][1, 0] = 1.0
    assert largest_weight(flat.named()) == Weight("W", 1, (1, 0))


def test_weights_are_ranked_by_size_and_equals_keep_their_order() -> None:
    gradients = Gradients.zeros((2, 2, 1))
    gradients.flat[:] = [0.5, -3.0, 0.0, 2.0, 0.0, 1.0, 0.0, 0.0, -2.0]
    named = gradients.named()
    largest = [str(weight) for weight in ranked_weights(named, 3, largest=True)]
    assert largest == ["W1[0, 1]", "W1[1, 1]", "b2[0]"]
    smallest = [str(weight) for weight in ranked_weights(named, 3, largest=False)]
    assert smallest == ["W1[1, 0]", "b1[0]", "W2[0, 0]"]
    assert len(ranked_weights(named, 99, largest=True)) == 9
    sizes = [abs(named[w.array][w.indices]) for w in ranked_weights(named, 9, largest=True)]
    assert sizes == sorted(np.abs(gradients.flat), reverse=True)
