import dataclasses

import pytest

from chainrule.factors import Explanation, Factor, Path


def factor(value: float) -> Factor:
    return Factor("∂a/∂z", "1 − a²", value, "activation derivative")


def test_a_path_is_a_product_and_an_explanation_a_sum_over_paths() -> None:
    paths = (Path((factor(2.0), factor(-3.0))), Path((factor(0.5),)))
    assert [path.value for path in paths] == [-6.0, 0.5]
    assert Explanation("W1[0, 0]", paths, -5.5).value == -5.5


def test_the_records_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        factor(1.0).value = 2.0  # type: ignore[misc]
