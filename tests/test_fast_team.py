"""Threads that share a training, and the numbers that are taken for 0 meanwhile."""

import threading

import numpy as np
import pytest

from chainrule import MLPClassifier
from chainrule._fast import layout
from chainrule._fast.compiled import Numbers, address, run
from chainrule._fast.denormals import FLUSHED, IS_X86, control
from chainrule._fast.frame import Frame
from chainrule._fast.team import partners


@pytest.fixture(params=[1, 2, 3])
def count(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "threads_to_share", lambda: request.param)


def test_partners_leave() -> None:
    before = threading.active_count()
    with partners(Frame(np.dtype(float), 3)):
        assert threading.active_count() >= before
    assert threading.active_count() == before


def test_partners_leave_when_the_block_fails() -> None:
    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt), partners(Frame(np.dtype(float), 3)):
        raise KeyboardInterrupt
    assert threading.active_count() == before


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_without_a_thread_the_first_does_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(layout, "threads_to_share", lambda: 2)
    expected = fitted("numba", 32).parameters_.flat
    monkeypatch.setattr(threading.Thread, "start", refuse)
    np.testing.assert_array_equal(fitted("numba", 32).parameters_.flat, expected)


def fitted(engine: str, batch: int, solver: str = "adam") -> MLPClassifier:
    rng = np.random.RandomState(0)
    X = rng.randn(500, 300).astype(np.float32)
    y = X[:, :3].argmax(axis=1)
    model = MLPClassifier(
        (100,), solver=solver, batch_size=batch, max_iter=3, random_state=0, engine=engine
    )
    return model.fit(X, y)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.usefixtures("count")
@pytest.mark.parametrize("batch", [32, 200])
def test_a_shared_training_comes_to_the_same_bits_each_time(batch: int) -> None:
    once, again, reference = (fitted(engine, batch) for engine in ("numba", "numba", "numpy"))
    np.testing.assert_array_equal(once.parameters_.flat, again.parameters_.flat)
    scale = np.linalg.norm(reference.parameters_.flat)
    assert np.linalg.norm(once.parameters_.flat - reference.parameters_.flat) < 1e-5 * scale
    assert once.loss_curve_ == pytest.approx(reference.loss_curve_, rel=1e-5)


def flushed_product(numbers: Numbers) -> None:
    before = control(FLUSHED)
    numbers[1] = numbers[0] * numbers[2]
    control(before)


@pytest.mark.skipif(not IS_X86, reason="here numbers too small for full precision cost no time")
def test_numbers_too_small_are_0_for_a_while() -> None:
    numbers = np.array([1e-40, 7, 1], np.float32)
    run(address(flushed_product, numbers.dtype, kept=False), numbers.ctypes.data)
    assert numbers[1] == 0
    assert numbers[0] * numbers[2] > 0


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_numbers_too_small_are_as_ever_after_a_training() -> None:
    tiny = np.float32(1e-40)
    fitted("numba", 32)
    assert tiny * np.float32(1) > 0
