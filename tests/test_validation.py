"""The judgement of rows that are not trained on, worked by hand."""

import math

import numpy as np

from chainrule.construction import new_network
from chainrule.losses import LOSSES
from chainrule.parameters import Parameters
from chainrule.rows import Rows
from chainrule.validation import judge

SETTINGS = {"activation": "tanh", "output_activation": "identity", "alpha": 0.5}
NETWORK = new_network(SETTINGS, (1, 1), LOSSES["squared_error"], "identity")
PARAMETERS = Parameters.joined([np.array([[2.0]])], [np.array([1.0])])  # a = 2x + 1
X, Y = np.array([[0.0], [1.0], [2.0]]), np.array([1.0, 1.0, 5.0])


def worst(outputs: np.ndarray, y: np.ndarray, _weight: np.ndarray | None) -> float:
    return -float(abs(outputs[:, 0] - y).max())


def test_the_loss_is_the_weighted_mean_without_the_penalty() -> None:
    weight = np.array([1.0, 3.0, 1.0])
    judged = judge(NETWORK, PARAMETERS, Rows(X, Y, Y[:, None], weight, weight), worst)()
    assert judged.loss == 3 * 0.5 * 2**2 / 5  # only the second row is wrong, by 2
    assert judged.score == -2.0


def test_outputs_that_are_no_numbers_have_no_score() -> None:
    rows = Rows(np.full_like(X, np.inf), Y, Y[:, None])
    judged = judge(NETWORK, PARAMETERS, rows, worst)()
    assert not math.isfinite(judged.loss)
    assert math.isnan(judged.score)
