"""Columns that are far from 1: found, with the cell that says so."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from chainrule.chain import Array
from chainrule.network import BLOCK
from chainrule.scales import column_reaches, column_sizes, reached, unscaled


def rows() -> Array:
    X = np.random.default_rng(0).normal(size=(BLOCK + 50, 3))
    X[BLOCK + 7, 1] = -1e300
    return X


@pytest.mark.parametrize("kind", [np.asarray, csr_matrix])
def test_the_cell_that_reaches_farthest_is_named(kind: type) -> None:
    X = kind(rows())
    assert unscaled("X", X) == f"`X` reaches -1e+300, in row {BLOCK + 7} of column 1"
    assert unscaled("X", X, ["a", "b", "c"]).endswith("of column 'b'")
    assert reached(X) == "1e+300 in column 1"
    assert column_reaches(X)[1] == 1e300
    assert np.isinf(column_sizes(X)[1])


def test_a_column_next_to_nothing_is_named() -> None:
    X = np.ones((5, 3)) * [1, 2e-200, 1]
    assert unscaled("X", X) == "`X` reaches 2e-200 only, in column 1"
    assert unscaled("y", np.array([[1e-12], [0.0]])) == "`y` reaches 1e-12 only"
    assert unscaled("y", np.array([[1e12], [0.0]])) == "`y` reaches 1e+12, in row 0"


def test_zeros_and_usual_sizes_are_no_doubt() -> None:
    assert unscaled("X", np.array([[0.0, 1e7], [0.0, 1e-7]])) == ""
    assert reached(np.array([[3.0], [-4.0]])) == "4"
