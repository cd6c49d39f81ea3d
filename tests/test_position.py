import numpy as np
from numpy.random import RandomState

from chainrule.position import Position


def test_each_epoch_permutes_the_order_of_the_one_before() -> None:
    position, random = Position(), RandomState(0)
    first = position.begin_epoch(10, random)
    assert position.under_way
    assert position.begin_epoch(10, random) is first  # the epoch has begun: nothing is drawn
    position.put(5, 5, 1.5)
    position.end_epoch(0.3)
    assert (position.under_way, position.gone, position.total, position.loss) == (False, 0, 0, 0.3)
    second = position.begin_epoch(10, random)
    again = RandomState(0)
    expected = np.arange(10)
    for found in (first, second):
        permutation = np.arange(10)
        again.shuffle(permutation)
        expected = expected[permutation]
        assert np.array_equal(found, expected)


def test_without_shuffling_the_order_stays() -> None:
    assert Position().begin_epoch(3, None).tolist() == [0, 1, 2]


def test_one_of_several_does_not_stop_alone() -> None:
    looked = []

    class Looks:
        def look(self) -> None:
            looked.append(True)

    position = Position(keeper=Looks(), abreast=True)  # type: ignore[arg-type]
    position.pause()
    assert looked == []
    position.abreast = False
    position.pause()
    assert looked == [True]
