"""R² and the root mean squared error of numbers of any size."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import r2_score, root_mean_squared_error

from chainrule.scores import r_squared, root_mean_square

TRUTH = np.array([1.0, 2.0, 4.0, -3.0])
PREDICTED = np.array([1.5, 1.0, 4.0, -2.0])


@given(st.integers(-300, 300))
def test_neither_depends_on_the_unit(k: int) -> None:
    unit = 10.0**k
    truth, predicted = TRUTH * unit, PREDICTED * unit
    assert r_squared(truth, predicted) == pytest.approx(r2_score(TRUTH, PREDICTED), rel=1e-12)
    expected = root_mean_squared_error(TRUTH, PREDICTED) * unit
    assert root_mean_square(truth, predicted) == pytest.approx(expected, rel=1e-12)


def test_numbers_of_usual_size_are_scored_as_scikit_learn_does() -> None:
    weight = np.array([1.0, 2.0, 0.5, 3.0])
    assert r_squared(TRUTH, PREDICTED, weight) == r2_score(TRUTH, PREDICTED, sample_weight=weight)
    assert root_mean_square(TRUTH, PREDICTED) == root_mean_squared_error(TRUTH, PREDICTED)


def test_each_column_has_a_unit_of_its_own() -> None:
    units = np.array([1e-250, 1.0, 1e250])
    truth, predicted = TRUTH[:, None] * units, PREDICTED[:, None] * units
    assert r_squared(truth, predicted) == pytest.approx(r2_score(TRUTH, PREDICTED))


@pytest.mark.parametrize("far", [math.inf, -math.inf, 1e300])
def test_what_is_endlessly_wrong_is_so_without_a_warning(far: float) -> None:
    assert r_squared(TRUTH, np.full(4, far)) == -math.inf
    assert r_squared(TRUTH * 1e-300, np.full(4, far)) == -math.inf
    assert root_mean_square(TRUTH, np.full(4, far)) == pytest.approx(abs(far))
