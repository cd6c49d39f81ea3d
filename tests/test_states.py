"""`test_checkpoints` goes on from states; here is what they hold."""

import json

import numpy as np
import pytest
from numpy.random import PCG64, Philox, RandomState

from chainrule.states import State, put_stream, stream_of


@pytest.mark.parametrize("kind", [None, PCG64, Philox])
def test_a_stream_goes_on_from_its_state(kind: type | None) -> None:
    def stream(seed: int) -> RandomState:
        return RandomState(seed) if kind is None else RandomState(kind(seed))

    random = stream(3)
    random.normal(size=3)  # one normal number is kept back
    state = json.loads(json.dumps(stream_of(random)))
    other = stream(9)
    put_stream(other, state)
    assert np.array_equal(other.normal(size=5), random.normal(size=5))


def test_a_state_says_its_epoch_and_whether_it_is_over() -> None:
    going = State({}, {"history": {"n_iter": 4, "stop_reason": ""}})
    over = State({}, {"history": {"n_iter": 4, "stop_reason": "converged"}})
    assert (going.epoch, going.is_over) == (5, False)
    assert (over.epoch, over.is_over) == (4, True)


def test_what_is_needed_of_a_training_that_is_over_is_a_copy() -> None:
    flat = np.zeros(3)
    kept = State({"flat": flat, "mean": np.ones(3)}, {}).essential()
    flat[0] = 5
    assert [*kept.arrays] == ["flat"]
    assert kept.arrays["flat"].tolist() == [0, 0, 0]
