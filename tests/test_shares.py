import numpy as np
import pytest

from chainrule.shares import shares_of


def test_outputs_that_are_no_distribution_become_one() -> None:
    outputs = np.array([[0.2, 0.6], [-1.0, 3.0], [-1.0, -2.0], [-3.0, -3.0]])
    found = shares_of(outputs, one_unit=False)
    np.testing.assert_allclose(found, [[0.25, 0.75], [0.0, 1.0], [1.0, 0.0], [0.5, 0.5]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_unit_is_the_second_class(dtype: type) -> None:
    found = shares_of(np.array([[0.25]], dtype), one_unit=True)
    assert found.dtype == dtype
    assert found.tolist() == [[0.75, 0.25]]
