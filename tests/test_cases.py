import numpy as np
import pytest

from chainrule.activations import ACTIVATIONS
from chainrule.cases import Case
from chainrule.chain import Array
from chainrule.errors import InputError
from chainrule.losses import LOSSES
from chainrule.network import Network
from chainrule.parameters import Parameters


def case(weight: Array | None = None, names: tuple[str, ...] = ()) -> Case:
    network = Network((2, 3, 1), (ACTIVATIONS["tanh"],), "identity", LOSSES["huber"])
    parameters = Parameters.zeros((2, 3, 1))
    X = np.arange(6.0).reshape(3, 2)
    return Case(network, parameters, X, np.ones((3, 1)), weight, (), names)


def test_the_shares_of_the_rows_add_up_to_one() -> None:
    assert case().shares.tolist() == [1 / 3] * 3
    assert case(np.array([1.0, 0.0, 3.0])).shares.tolist() == [0.25, 0.0, 0.75]


def test_one_row_is_a_case_of_its_own() -> None:
    one = case(np.array([1.0, 0.0, 3.0]), ("line 2", "line 3", "line 5")).one(2)
    assert (len(one), one.X.tolist(), one.total_weight) == (1, [[4.0, 5.0]], 3.0)
    assert one.row_name(0) == "line 5"
    assert case().one(1).row_name(0) == "row 1"


@pytest.mark.parametrize("row", [3, -1])
def test_a_row_that_is_not_there(row: int) -> None:
    with pytest.raises(InputError, match=f"`row` must be 0 to 2, as there are 3 rows; got {row}"):
        case().one(row)


def test_a_row_without_weight_has_no_loss_to_explain() -> None:
    with pytest.raises(InputError, match="`row` 1 weighs 0"):
        case(np.array([1.0, 0.0, 3.0])).one(1)


def test_the_gradient_is_that_of_the_network() -> None:
    given = case()
    expected = given.network.gradients(given.parameters, given.X, given.target)
    assert given.gradients().flat.tolist() == expected.flat.tolist()
