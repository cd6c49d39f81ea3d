"""Frames and arrays as users give them: scikit-learn checks them; what it refuses is named here."""

import math
from datetime import date
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import validate_data

from .errors import InputError
from .memory import require_copy

ARRAYS: dict[str, Any] = {
    "accept_sparse": ("csr",),  # whose rows can be taken; other formats are converted
    "order": "C",  # rows are taken faster, and a frame's sums are rounded as its array's
}


def checked_inputs(model: Any, X: ArrayLike, dtype: Any, *, reset: bool) -> Any:
    """Return X, (n, n_features), as numbers; the names of a frame's columns are those of `fit`.

    `reset` learns the names and the number of columns, else they are compared.

    Raises:
        InputError: for text, a date or a masked cell in X.
        ValueError: scikit-learn's, for anything else that cannot be used.
    """
    _require_unmasked(X, "X")
    _require_no_times(X)
    _require_real(X)
    require_copy(X, dtype if isinstance(dtype, list) else [dtype], "X")
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # of a sum, or of a narrower type
            return validate_data(model, X, dtype=dtype, reset=reset, **ARRAYS)
    except (TypeError, ValueError) as error:
        _require_numbers(X, error)
        raise


def checked_rows(model: Any, X: ArrayLike, y: Any, dtype: Any, *, reset: bool) -> Any:
    """Return X as `checked_inputs` does, and y, (n,) or (n, columns), which has all its values.

    Raises:
        InputError: for text, a date or a masked cell in X, or a value missing in y.
        ValueError: scikit-learn's, for anything else that cannot be used.
    """
    _require_unmasked(X, "X")
    _require_unmasked(y, "y")
    _require_no_times(X)
    _require_real(X)
    _require_real(y, "y")
    require_copy(X, dtype if isinstance(dtype, list) else [dtype], "X")
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # of a sum, or of a narrower type
            inputs, targets = validate_data(
                model, X, y, dtype=dtype, reset=reset, multi_output=True, y_numeric=False, **ARRAYS
            )
    except (TypeError, ValueError) as error:
        _require_numbers(X, error)
        _require_all(y)
        raise
    _require_all(targets)
    return inputs, targets


def _require_unmasked(values: Any, name: str) -> None:
    """Refuse a masked array, of which scikit-learn would take what the mask hides."""
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):  # pandas masks too
        raise InputError(
            f"`{name}` must have a value everywhere; {np.sum(values.mask)} are masked. "
            "Fill them in, or leave out their rows."
        )


def _require_no_times(X: Any) -> None:
    """Refuse dates and durations, of which scikit-learn would count the days or nanoseconds."""
    if hasattr(X, "columns"):
        for column, dtype in zip(X.columns, getattr(X, "dtypes", ()), strict=False):
            if _is_time(dtype):
                _refuse(column, 0, next(iter(np.ravel(X[column])), "no row"))
    elif _is_time(getattr(X, "dtype", None)):
        _refuse(0, 0, next(iter(X.flat), "no row"))


def _require_real(values: Any, name: str = "X") -> None:
    """Refuse complex numbers, of which scikit-learn would print all."""
    if getattr(getattr(values, "dtype", None), "kind", "") == "c":
        raise InputError(
            f"Complex data not supported: `{name}` must hold real numbers. Take real and imaginary "
            "parts, or sizes and angles, as columns of their own."
        )


def _is_time(dtype: Any) -> bool:
    """Whether a column's type, NumPy's, pandas' or Polars', is one of times."""
    is_temporal = getattr(dtype, "is_temporal", None)
    return is_temporal() if callable(is_temporal) else getattr(dtype, "kind", "O") in "mM"


def _require_numbers(X: Any, error: Exception) -> None:
    """Refuse the first text or date of X, which scikit-learn could not read as a number."""
    try:
        cells = np.asarray(X)
    except (TypeError, ValueError):
        return
    if cells.ndim != 2 or cells.dtype.kind not in "OUS":
        return
    for column, values in enumerate(cells.T):
        for row, value in enumerate(values):
            if isinstance(value, str | bytes | date) and not _reads_as_number(value):
                _refuse(getattr(X, "columns", range(cells.shape[1]))[column], row, value, error)


def _refuse(column: Any, row: int, value: Any, error: Exception | None = None) -> NoReturn:
    raise InputError(
        f"`X` must hold numbers; its column {column!r} has {str(value)!r} in row {row}. Make "
        "numbers of it first: of text with OneHotEncoder, of a date by the days since another."
    ) from error


def _reads_as_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _require_all(y: Any) -> None:
    """Refuse a None or NaN among targets that are objects; scikit-learn finds it among numbers."""
    targets = np.asarray(y)
    if targets.dtype != object or targets.ndim == 0:  # no y at all is scikit-learn's to refuse
        return
    for row, values in enumerate(targets):
        if any(_is_missing(value) for value in np.atleast_1d(np.asarray(values, dtype=object))):
            raise InputError(
                f"`y` must have a value in each row; it has none in row {row}. Leave out the rows "
                "without one."
            )


def _is_missing(value: Any) -> bool:
    nothing = value is None or type(value).__name__ == "NAType"  # pandas', which need not be there
    return nothing or (isinstance(value, float) and math.isnan(value))
