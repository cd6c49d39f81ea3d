import dataclasses
import math

import pytest

from chainrule.factors import Explanation, Factor, Folded, Path, RowPart, added


def factor(value: float) -> Factor:
    return Factor("∂a/∂z", "1 − a²", value, "activation derivative")


def test_a_path_is_a_product_and_an_explanation_a_sum_over_paths() -> None:
    paths = (Path((factor(2.0), factor(-3.0))), Path((factor(0.5),)))
    assert [path.value for path in paths] == [-6.0, 0.5]
    assert Explanation("W1[0, 0]", paths, -5.5).value == -5.5


def test_the_records_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        factor(1.0).value = 2.0  # type: ignore[misc]


def test_what_is_folded_counts() -> None:
    listed = (Path((factor(2.0), factor(-3.0))), Path((factor(0.5),)))
    opened = Explanation("W1[0, 0]", listed, -4.5, Folded(7, 1.0, 3.0))
    assert (opened.value, opened.size, opened.n_paths, opened.n_rows) == (-4.5, 9.5, 9, 1)
    rows = (RowPart("row 3", -5.0, 6.0),)
    batch = dataclasses.replace(opened, rows=rows, folded_rows=Folded(4, 0.5, 3.5))
    assert batch.n_rows == 5


@pytest.mark.parametrize(
    ("gradient", "tolerance", "agrees"),
    [(-5.5, 1e-12, True), (-5.5 + 1e-9, 1e-12, False), (-5.5 + 1e-9, 1e-9, True)],
)
def test_a_difference_is_held_against_the_size_of_the_paths(
    gradient: float, tolerance: float, agrees: bool
) -> None:
    paths = (Path((factor(2.0), factor(-3.0))), Path((factor(0.5),)))
    assert Explanation("b1[0]", paths, gradient, tolerance=tolerance).agrees is agrees


def test_sums_that_are_no_numbers_are_said_to_be_none() -> None:
    infinite = [Path((factor(sign * math.inf),)) for sign in (1, -1)]
    opened = Explanation("b1[0]", tuple(infinite), math.nan)
    assert math.isnan(opened.value)
    assert opened.size == math.inf
    assert not opened.agrees
    assert added([1e308, 1e308, -1e308]) in (1e308, math.inf)
