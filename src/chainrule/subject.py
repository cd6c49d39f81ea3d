"""What is explained: an estimator, a loaded model or a plain network, as a case of its rows."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .cases import Case
from .chain import Array
from .errors import InputError
from .plain import is_plain, plain_case


def case_of(
    model: Any, X: ArrayLike | None, y: ArrayLike | None, sample_weight: ArrayLike | None = None
) -> Case:
    """Return the case of a fitted estimator, or of what has one, on rows as its users write them.

    Raises:
        InputError: if there are no rows, or they do not fit.
    """
    if hasattr(model, "kept"):
        return _case_of_model(model, X, y, sample_weight)
    plain = is_plain(model)
    if not (plain or hasattr(model, "_known_rows")):
        raise InputError(
            "`model` must be a fitted MLPClassifier or MLPRegressor, a model that `load` returned, "
            f"or a network of scratch.py; got {type(model).__name__}."
        )
    if X is None or y is None:
        raise InputError("`X` and `y` must both be given: a gradient is one over rows.")
    if plain:
        return replace(plain_case(model, X, y), weight=_weights(sample_weight, len(np.asarray(y))))
    rows = model._known_rows(X, y, sample_weight)
    names = tuple(map(str, getattr(model, "feature_names_in_", ())))
    return Case(model.network_, model.parameters_, rows.X, rows.target, rows.weight, names)


def _case_of_model(model: Any, X: Any, y: Any, sample_weight: ArrayLike | None) -> Case:
    """Return the case of a `Model`, on rows as in its file, or on those that it keeps."""
    if (X is None) != (y is None):
        raise InputError("`X` and `y` must both be given, or neither where the model keeps rows.")
    case = model.kept.case_of_rows() if X is None else None
    if case is None:
        if X is None:
            raise InputError(
                "`X` and `y` must be given: the model keeps no rows. "
                "`chainrule train --keep-rows 20` keeps some."
            )
        case = model.kept.case(model.encode(X), np.asarray(y))
    return replace(case, weight=_weights(sample_weight, len(case)))


def _weights(sample_weight: ArrayLike | None, n_rows: int) -> Array | None:
    """Return the weights of rows, looked at."""
    if sample_weight is None:
        return None
    weight = np.asarray(sample_weight, dtype=np.float64)
    if weight.shape != (n_rows,) or not (weight >= 0).all() or not 0 < weight.sum() < np.inf:
        raise InputError(
            f"`sample_weight` must be {n_rows} numbers of at least 0, one a row and one above 0; "
            f"got the shape {weight.shape}."
        )
    return weight
