import copy
import pickle

import numpy as np
import pytest

from chainrule.errors import InputError
from chainrule.parameters import Gradients, Parameters, count


def test_layers_are_views_of_one_flat_vector() -> None:
    parameters = Parameters.of(np.arange(13.0), (2, 3, 1))
    assert parameters.W[0].tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    assert parameters.b[0].tolist() == [6.0, 7.0, 8.0]
    assert parameters.W[1].tolist() == [[9.0], [10.0], [11.0]]
    assert parameters.b[1].tolist() == [12.0]
    parameters.b[1][0] = -1.0
    assert parameters.flat[-1] == -1.0


def test_joined_and_named_undo_each_other() -> None:
    parameters = Parameters.of(np.arange(13.0), (2, 3, 1))
    assert list(parameters.named()) == ["W1", "b1", "W2", "b2"]
    again = Parameters.from_named(parameters.named())
    assert again.layer_sizes == (2, 3, 1)
    np.testing.assert_array_equal(again.flat, parameters.flat)
    again.flat[0] = 99.0
    assert parameters.flat[0] == 0.0


@pytest.mark.parametrize("way", [copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))])
def test_copies_keep_the_layers_tied_to_their_own_vector(way: object) -> None:
    parameters = Parameters.of(np.arange(13.0), (2, 3, 1))
    again = way(parameters)  # type: ignore[operator]
    again.W[0][0, 0] = 5.0
    assert again.flat[0] == 5.0
    assert parameters.flat[0] == 0.0


def test_gradients_add() -> None:
    left, right = Gradients.zeros((2, 1)), Gradients.zeros((2, 1))
    left.dW[0][:] = [[1.0], [2.0]]
    right.dW[0][:] = [[10.0], [20.0]]
    right.db[0][:] = 5.0
    left += right
    assert left.flat.tolist() == [11.0, 22.0, 5.0]
    assert left.named()["W1"].tolist() == [[11.0], [22.0]]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(InputError, match="13 parameters"):
        Parameters.of(np.zeros(12), (2, 3, 1))
    with pytest.raises(InputError, match=r"W \(n_in, n_out\)"):
        Parameters.joined([np.zeros((2, 3))], [np.zeros(2)])
    with pytest.raises(InputError, match="next layer"):
        Parameters.joined([np.zeros((2, 3)), np.zeros((2, 1))], [np.zeros(3), np.zeros(1)])


def test_count() -> None:
    assert count((784, 128, 10)) == 785 * 128 + 129 * 10
