"""The compiled products of matrices, by BLAS and loops, against NumPy's."""

import numpy as np
import pytest

from chainrule._fast import places as at
from chainrule._fast.compiled import run
from chainrule._fast.frame import Frame
from chainrule._fast.products import FEW, use_products
from chainrule._fast.team import partners
from chainrule.chain import Array

TOLERANCE = {"float64": 1e-14, "float32": 5e-6}
SIZES = (1, 2, 7, 8, 9, 16, 17, 31, 32, 33, 64, 65, 192)
random = np.random.default_rng(0)
SHAPES = [tuple(map(int, random.choice(SIZES, 3))) for _ in range(24)]
SHAPES += [
    (1, 300, 1),
    (32, 100, 1),
    (1, 50, 60),
    (100, 1, 30),
    (192, 65, 129),
    (48, 200, 130),
    (9, 512, 300),
    (128, 300, 70),
    (129, 260, 70),
    (300, 100, 20),
]


def close(found: Array, expected: Array, summed: Array) -> None:
    """Each number's rounding is measured by the sum of its summands' sizes; they may cancel."""
    assert np.all(abs(found - expected) <= TOLERANCE[found.dtype.name] * summed)


def products_of(dtype: str, rows: int, units: int, threads: int = 1) -> Frame:
    frame = Frame(np.dtype(dtype), threads)
    use_products(frame, rows, units)
    return frame


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("dtype", sorted(TOLERANCE))
@pytest.mark.parametrize("extra", [0, 100], ids=["whole", "last"])
def test_products_of_all_shapes(dtype: str, threads: int, extra: int) -> None:
    """A block may have fewer rows than there is room for, as the last of an epoch has."""
    for n, k, m in SHAPES:
        frame = products_of(dtype, n + extra, max(k, m), threads)
        a, b = random.normal(size=(n, k)).astype(dtype), random.normal(size=(k, m)).astype(dtype)
        kept = [frame.array(at.PARTIAL).ravel()] if threads > 1 else []
        assert all(len(room) >= min(n, FEW) * m * threads for room in kept)
        da, bias = random.normal(size=(n, m)).astype(dtype), random.normal(size=m).astype(dtype)
        big_a, big_b, big_da = abs(a), abs(b), abs(da)
        for word, factors, shape, expected, summed in (
            (at.TIMES, (a, b, bias), (n, m), a @ b + bias, big_a @ big_b + abs(bias)),
            (at.TRANSPOSED_TIMES, (a, da), (k, m), a.T @ da, big_a.T @ big_da),
            (at.TIMES_TRANSPOSED, (da, b), (n, k), da @ b.T, big_da @ big_b.T),
        ):
            out = np.full((shape[0] + 1, shape[1]), 7, dtype)  # a row more, to be left alone
            sizes = (n, m, k) if word == at.TIMES_TRANSPOSED else (n, k, m)
            places = [array.ctypes.data for array in (*factors, out)]
            with partners(frame):
                run(frame.word(word), frame.of_thread(0), *places, *sizes)
            close(out[:-1], expected, summed)
            assert (out[-1] == 7).all()


@pytest.mark.parametrize("threads", [1, 2])
def test_what_is_no_number_stays_in_its_row(threads: int) -> None:
    a, b, out = np.ones((9, 700)), np.ones((700, 50)), np.empty((9, 50))
    a[8, 69], a[0, 0] = np.nan, np.inf
    frame = products_of("float64", 9, 700, threads)
    places = [array.ctypes.data for array in (a, b, np.zeros(50), out)]
    with partners(frame):
        run(frame.word(at.TIMES), frame.of_thread(0), *places, 9, 700, 50)
    np.testing.assert_array_equal(out, a @ b)
