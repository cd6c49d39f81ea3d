from typing import Any

import numpy as np
import pytest

from chainrule.errors import InputError
from chainrule.estimators import MLPClassifier
from chainrule.settings import CONDITIONS, check_settings

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
    ("momentum", 1.5),
    ("nesterovs_momentum", None),
    ("beta_1", 1.5),
    ("beta_2", -0.1),
    ("epsilon", 0),
    ("n_iter_no_change", -3),
    ("n_iter_no_change", 2.5),
    ("max_fun", 0),
    ("power_t", -0.5),
    ("verbose", "yes"),
    ("verbose", -1),
    ("warm_start", "no"),
    ("early_stopping", "score"),
    ("early_stopping", None),
    ("validation_fraction", 1.0),
    ("weight_decay", -1e-3),
    ("max_grad_norm", 0.0),
    ("max_time", "1h"),
    ("dtype", "float16"),
    ("dtype", "double precision"),
    ("random_state", "seven"),
    ("random_state", -1),
    ("random_state", 1.5),
    ("loss", np.array(["log_loss", "huber"])),
    ("output_activation", ["softmax", "logistic"]),
    ("initializer", ("he", "glorot")),
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
    check_settings({"batch_size": np.int64(3), "alpha": np.float32(0.5), "momentum": 1})
    check_settings({"n_iter_no_change": np.inf, "verbose": 2, "early_stopping": "loss"})
    check_settings({"dtype": np.float32, "max_time": 0.5, "max_grad_norm": 1})
    for seed in (None, 0, np.int64(7), np.random.RandomState(0), np.random):
        check_settings({"random_state": seed})


@pytest.mark.parametrize(("name", "value"), [("solver", "adm"), ("learning_rate", "adaptve")])
def test_a_choice_is_answered_with_the_nearest(name: str, value: str) -> None:
    nearest = {"adm": "adam", "adaptve": "adaptive"}[value]
    with pytest.raises(InputError, match=f"`{name}` must be one of .*Did you mean '{nearest}'"):
        check_settings({name: value})
    with pytest.raises(InputError, match=f"`{name}` must be one of"):
        check_settings({name: np.array([value, nearest])})


@pytest.mark.parametrize(
    "step",
    [
        {"dropout": 0.5},
        {"dropout": [0.0, 0.5]},
        {"dropout": np.array([0.0, 0.5])},
        {"weight_decay": 0.1},
        {"max_grad_norm": 1},
    ],
)
def test_what_is_part_of_a_step_is_refused_with_lbfgs(step: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=f"`{next(iter(step))}` must be .* with the solver lbfgs"):
        check_settings({"solver": "lbfgs"} | step)
    check_settings({"solver": "adam"} | step)
    for none in ([0.0, 0.0], np.zeros(2), 0):
        check_settings({"solver": "lbfgs", "dropout": none, "weight_decay": 0})
