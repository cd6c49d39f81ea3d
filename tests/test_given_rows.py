from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from chainrule.chain import Array
from chainrule.encoding import Feature
from chainrule.errors import InputError
from chainrule.given_rows import encoded_rows

NUMBERS = (Feature("u", None), Feature("v", None))
MIXED = (Feature("u", None), Feature("kind", ("a", "b")))
ROWS = [[1.0, 2.0], [3.0, np.nan]]


@pytest.mark.parametrize("rows", [[[1.0, -999.0]], [["1", "-999"]], [["1", "none here"]]])
def test_words_that_mean_missing_do_so_in_arrays(rows: Any) -> None:
    found = encoded_rows(rows, NUMBERS, missing_words=("-999", "none here"))
    np.testing.assert_array_equal(found, [[1.0, np.nan]])


@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        np.array(ROWS),
        np.array(ROWS, np.float32),
        np.asfortranarray(ROWS),
        [["1", "2"], ["3.0", ""]],
        [[1, "2"], [3, None]],
        np.array([[1, 2], [3, None]], dtype=object),
        pd.DataFrame(ROWS),
        pd.DataFrame(ROWS, columns=["u", "v"]),
        pd.DataFrame(ROWS, columns=["u", "v"])[["v", "u"]].assign(more="text"),
        pl.DataFrame({"v": [2.0, None], "u": [1, 3]}),
        [[1.0, 2.0], [3.0, 1e200]],
    ],
    ids=lambda rows: type(rows).__name__,
)
def test_rows_of_numbers_are_the_same_however_they_come(rows: Any) -> None:
    before = rows.copy() if isinstance(rows, np.ndarray) else None
    found = encoded_rows(rows, NUMBERS)
    np.testing.assert_array_equal(found, ROWS)
    assert found.dtype == np.float64
    if before is not None:
        np.testing.assert_array_equal(rows, before)


@pytest.mark.parametrize(
    "rows",
    [
        [[1, "a"], [2.5, "b"], [3, None]],
        pd.DataFrame({"kind": ["a", "b", None], "u": [1, 2.5, 3]}),
        pl.DataFrame({"u": [1.0, 2.5, 3.0], "kind": ["a", "b", None]}),
    ],
    ids=lambda rows: type(rows).__name__,
)
def test_text_becomes_one_input_a_category(rows: Any) -> None:
    expected: Array = np.array([[1, 1, 0], [2.5, 0, 1], [3, np.nan, np.nan]])
    np.testing.assert_array_equal(encoded_rows(rows, MIXED), expected)


def test_an_unknown_category_is_refused_or_ignored() -> None:
    with pytest.raises(InputError, match="row 0, column 'kind': 'c' is none of the values"):
        encoded_rows([[1, "c"]], MIXED)
    assert encoded_rows([[1, "c"]], MIXED, "ignore").tolist() == [[1, 0, 0]]


def test_other_columns_are_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError, match=r"must have the 2 columns u, v; got the shape \(1, 3\)"):
        encoded_rows([[1, 2, 3]], NUMBERS)
    with pytest.raises(InputError, match=r"lacks the columns 'kind'; .* Did you mean 'kinds'\?"):
        encoded_rows(pd.DataFrame({"u": [1], "kinds": ["a"]}), MIXED)
    made_up = (Feature("column 0", None), Feature("column 1", None))
    frame = pd.DataFrame({"a": [1.0], "b": [2.0]})
    assert encoded_rows(frame, made_up).tolist() == [[1, 2]]
