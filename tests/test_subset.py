"""Rows that lie in a larger array, read where they are as their copy is."""

import numpy as np
import pytest

from chainrule.subset import Subset

WHOLE = np.random.default_rng(0).normal(size=(9, 2)).astype(np.float32)
PLACES = np.array([7, 2, 2, 0, 5])
COPY = WHOLE[PLACES]
ROWS = Subset(WHOLE, PLACES)


def test_a_subset_looks_like_its_copy() -> None:
    assert ROWS.shape == COPY.shape
    assert ROWS.dtype == COPY.dtype
    assert len(ROWS) == len(COPY)
    np.testing.assert_array_equal(np.asarray(ROWS), COPY)
    doubled = np.asarray(ROWS, dtype=np.float64)
    assert doubled.dtype == np.float64
    np.testing.assert_array_equal(doubled, COPY)


@pytest.mark.parametrize("rows", [slice(1, 4), slice(None), slice(4, 99), np.array([3, 0, 3])])
def test_rows_of_a_subset_are_those_of_its_copy(rows: slice | np.ndarray) -> None:
    np.testing.assert_array_equal(ROWS[rows], COPY[rows])


def test_values_are_spread_to_where_the_rows_are() -> None:
    places = np.array([4, 1, 2])
    spread = Subset(WHOLE, places).spread(np.array([1.0, 2.0, 3.0]))
    assert spread.tolist() == [0, 2, 3, 0, 1, 0, 0, 0, 0]
    assert Subset(WHOLE, places).spread(np.ones((3, 4), np.float32)).shape == (9, 4)
