import numpy as np
import pandas as pd
import pytest

from chainrule import MLPRegressor
from chainrule.errors import InputError
from chainrule.subject import case_of

X = pd.DataFrame({"height": [1.0, 2.0, 4.0], "width": [0.0, 1.0, 1.0]})
Y = [1.0, 2.0, 3.0]


def test_a_frame_names_the_inputs() -> None:
    case = case_of(MLPRegressor(hidden_layer_sizes=(2,), random_state=0).build(X, Y), X, Y)
    assert case.input_names == ("height", "width")
    assert case.row_name(2) == "row 2"


@pytest.mark.parametrize("weights", [[1.0], [1.0, -1.0], [0.0, 0.0], [1.0, np.inf]])
def test_weights_of_a_plain_networks_rows_are_looked_at(weights: list[float]) -> None:
    network = [[{"weights": [1.0, 0.0, 0.5]}]]
    with pytest.raises(InputError, match="`sample_weight` must be 2 numbers of at least 0"):
        case_of(network, [[1.0, 2.0], [3.0, 4.0]], [0, 0], weights)


def test_weights_of_a_plain_networks_rows_count() -> None:
    network = [[{"weights": [1.0, 0.0, 0.5]}]]
    case = case_of(network, [[1.0, 2.0], [3.0, 4.0]], [0, 0], [1.0, 3.0])
    assert case.shares.tolist() == [0.25, 0.75]


@pytest.mark.parametrize("model", [3, [], [[]], [[{"bias": 1.0}]], "text", {"weights": []}])
def test_what_is_no_network(model: object) -> None:
    with pytest.raises(InputError, match="`model` must be a fitted"):
        case_of(model, X, Y)
