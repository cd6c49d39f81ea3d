from typing import Any

import numpy as np
import pytest

from chainrule.errors import InputError
from chainrule.estimators import MLPClassifier
from chainrule.settings import CONDITIONS, check_settings, hidden_sizes

BAD: list[tuple[str, Any]] = [
    ("alpha", -1.0),
    ("alpha", float("nan")),
    ("alpha", "0.1"),
    ("batch_size", 0),
    ("batch_size", "big"),
    ("batch_size", 2.5),
    ("learning_rate_init", 0.0),
    ("learning_rate_init", float("inf")),
    ("max_iter", 0),
    ("max_iter", True),
    ("shuffle", 1),
    ("tol", -1e-9),
    ("momentum", 1.0),
    ("nesterovs_momentum", None),
    ("beta_1", 1.5),
    ("beta_2", -0.1),
    ("epsilon", 0),
    ("n_iter_no_change", -3),
    ("max_fun", 0),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_value_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(InputError, match=f"`{name}` must be"):
        check_settings({name: value})
    with pytest.raises(InputError, match=f"`{name}` must be"):
        MLPClassifier(**{name: value}).fit([[0.0], [1.0]], [0, 1])


def test_every_row_is_tried_and_the_defaults_pass() -> None:
    assert {name for name, _ in BAD} == set(CONDITIONS)
    check_settings(MLPClassifier().get_params())
    check_settings({"batch_size": np.int64(3), "alpha": np.float32(0.5)})


@pytest.mark.parametrize("sizes", [0, -1, (5, 0), (5, -2), (2.5,), "5", (True,), None])
def test_bad_hidden_sizes(sizes: Any) -> None:
    with pytest.raises(InputError, match="`hidden_layer_sizes` must be whole numbers"):
        hidden_sizes(sizes)


def test_good_hidden_sizes() -> None:
    assert hidden_sizes((3, 4)) == (3, 4)
    assert hidden_sizes([7]) == (7,)
