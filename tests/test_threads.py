"""BLAS threads during trainings: how many, for how long, and what is left afterwards."""

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Thread

import numpy as np
import pytest
from commands import SECONDS
from sklearn.datasets import load_digits
from threadpoolctl import ThreadpoolController, threadpool_limits

from chainrule.estimators import MLPClassifier
from chainrule.threads import LARGE, blas_threads, multiply_adds

BLAS = ThreadpoolController().select(user_api="blas")
SMALL = LARGE - 1

pytestmark = pytest.mark.skipif(
    not BLAS.lib_controllers, reason="no BLAS here whose threads can be limited"
)


def limits() -> set[int]:
    return {library.num_threads for library in BLAS.lib_controllers}


def set_limits(numbers: list[int]) -> None:
    """Set the process's limits, and let other threads set them, too."""
    for library, number in zip(BLAS.lib_controllers, numbers, strict=True):
        library.set_num_threads(number)
    with BLAS.limit(limits=None):
        pass


@pytest.fixture(autouse=True)
def four_threads() -> Iterator[None]:
    """A process that may use four, whatever the machine has."""
    before = [library.num_threads for library in BLAS.lib_controllers]
    set_limits([4] * len(before))
    yield
    set_limits(before)


def test_the_largest_product_counts() -> None:
    assert multiply_adds(10, (4, 100, 3)) == 4000
    assert multiply_adds(10, (2, 100, 3)) == 3000


@pytest.mark.parametrize(("work", "expected"), [(0, 1), (SMALL, 1), (LARGE, 4)])
def test_small_work_has_one_thread_and_large_work_all(work: int, expected: int) -> None:
    with blas_threads(work):
        assert limits() == {expected}
    assert limits() == {4}


def test_limits_come_back_after_an_error() -> None:
    with pytest.raises(KeyboardInterrupt), blas_threads(SMALL):
        raise KeyboardInterrupt
    assert limits() == {4}
    with blas_threads(LARGE):
        assert limits() == {4}


def test_each_library_gets_its_own_limit_back() -> None:
    before = [2 + number for number, _ in enumerate(BLAS.lib_controllers)]
    set_limits(before)
    with blas_threads(SMALL):
        assert limits() == {1}
    assert [library.num_threads for library in BLAS.lib_controllers] == before


def test_nested_trainings_share() -> None:
    with blas_threads(LARGE):
        with blas_threads(LARGE):
            assert limits() == {2}
            with blas_threads(SMALL):
                assert limits() == {1}
            assert limits() == {2}
        assert limits() == {4}
    assert limits() == {4}


@pytest.mark.parametrize("allowed", [1, 2, 3])
def test_no_limit_is_raised(allowed: int) -> None:
    set_limits([allowed] * len(BLAS.lib_controllers))
    with blas_threads(LARGE):
        assert limits() == {allowed}
        with blas_threads(LARGE), blas_threads(LARGE), blas_threads(LARGE):
            assert limits() == {1}
    assert limits() == {allowed}


def test_a_limit_of_the_user_holds_during_the_training_and_after_it() -> None:
    with threadpool_limits(2, user_api="blas"):
        with blas_threads(LARGE):
            assert limits() == {2}
        with blas_threads(SMALL):
            assert limits() == {1}
        assert limits() == {2}
    assert limits() == {4}


@pytest.mark.parametrize("works", [(SMALL, SMALL), (LARGE, LARGE), (SMALL, LARGE), (LARGE, SMALL)])
@pytest.mark.parametrize("first_leaves_first", [True, False])
def test_two_threads_leave_the_limits_they_found(
    works: tuple[int, int], first_leaves_first: bool
) -> None:
    inside, leave = (Event(), Event()), (Event(), Event())

    def train(number: int) -> None:
        with blas_threads(works[number]):
            inside[number].set()
            leave[number].wait(SECONDS)

    threads = [Thread(target=train, args=(number,)) for number in (0, 1)]
    for number in (0, 1):
        threads[number].start()
        assert inside[number].wait(SECONDS)
    assert limits() == {2 if works == (LARGE, LARGE) else 1}
    first, last = (0, 1) if first_leaves_first else (1, 0)
    leave[first].set()
    threads[first].join(SECONDS)
    assert limits() == {4 if works[last] == LARGE else 1}
    leave[last].set()
    threads[last].join(SECONDS)
    assert limits() == {4}


def test_many_threads_leave_the_limits_they_found() -> None:
    together = Barrier(8)

    def train(seed: int) -> set[int]:
        draw, seen = random.Random(seed), set[int]()
        together.wait(SECONDS)
        for _ in range(50):
            with blas_threads(draw.choice((SMALL, LARGE))):
                seen |= limits()
        return seen

    with ThreadPoolExecutor(8) as pool:
        seen = set[int]().union(*pool.map(train, range(8)))
    assert 1 in seen
    assert max(seen) <= 4
    assert limits() == {4}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_process_has_the_limits_from_before() -> None:
    code = """
import os
import numpy
from threadpoolctl import ThreadpoolController
from chainrule.threads import blas_threads

blas = ThreadpoolController().select(user_api="blas").lib_controllers
before = [library.num_threads for library in blas]
with blas_threads(0):
    child = os.fork()
    if child == 0:
        assert [library.num_threads for library in blas] == before
        with blas_threads(0):
            assert {library.num_threads for library in blas} == {1}
        assert [library.num_threads for library in blas] == before
    else:
        assert {library.num_threads for library in blas} == {1}
        assert os.waitpid(child, 0)[1] == 0
assert [library.num_threads for library in blas] == before
"""
    environment = os.environ | {
        f"{library}_NUM_THREADS": "3" for library in ("OPENBLAS", "MKL", "BLIS", "OMP")
    }
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=SECONDS)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_small_training_comes_to_the_same_numbers_however_many_threads_there_are() -> None:
    X, y = load_digits(return_X_y=True)
    weights = []
    for allowed in (1, 2, 4):
        set_limits([allowed] * len(BLAS.lib_controllers))
        model = MLPClassifier((32,), solver="lbfgs", max_iter=10, random_state=0)
        with blas_threads(multiply_adds(len(X), (64, 32, 10))):
            weights.append(model.fit(X / 16, y).parameters_.flat)
    np.testing.assert_array_equal(weights[0], weights[1])
    np.testing.assert_array_equal(weights[0], weights[2])
