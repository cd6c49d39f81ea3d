import pytest

from chainrule.errors import InputError
from chainrule.names import lookup


def test_a_known_name_is_found() -> None:
    assert lookup({"tanh": 1}, "tanh", "activation") == 1


@pytest.mark.parametrize(
    ("name", "hint"), [("rleu", "'relu'"), ("RELU", "'relu'"), ("Tan", "'tanh'")]
)
def test_a_wrong_name_is_answered_with_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(InputError, match=f"Did you mean {hint}"):
        lookup({"relu": 1, "tanh": 2}, name, "activation")


@pytest.mark.parametrize("name", ["zzzz", 5, None, ["relu"]])
def test_a_name_like_no_other_lists_the_choices(name: object) -> None:
    with pytest.raises(InputError, match=r"`activation` must be one of relu, tanh; got") as caught:
        lookup({"relu": 1, "tanh": 2}, name, "activation")
    assert "Did you mean" not in str(caught.value) or name == ["relu"]
