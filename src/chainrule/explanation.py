"""Open a gradient: one weight's derivative, on one row or many, into factors and paths.

The numbers come from the forward pass and each link's own local derivative (`opened`); the backward
pass is used only for the gradient that the sum over the paths is compared with.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike

from .cases import Case
from .causes import layer_factors
from .chain import Array
from .errors import InputError
from .factors import TOLERANCE, Explanation, Explanations, Factor, Folded, Path, RowPart, added
from .links import Dropout
from .network import Objective
from .opened import OpenedRows
from .routes import largest_routes, sizes, sums
from .subject import case_of
from .threads import blas_threads, multiply_adds
from .weights import Weight, largest_weight, parse_weight, ranked_weights, require_weight

TOP = 10  # paths, and rows, that are listed


def explain_weight(
    case: Case, weight: Weight, top: int = TOP, dropout: Sequence[Dropout] = ()
) -> Explanation:
    """Open ∂J/∂weight over the rows of a case, its `top` largest paths listed, the rest folded.

    The weight's own activation derivative and input are shared by all paths of a row; where there
    is an L2 penalty, its derivative is one more path, always listed.  `dropout` are the links of
    the training step to explain, as they stand before it: the same masks are drawn again.
    The weight must be there (`require_weight`).
    """
    return explain_weights(case, [weight], top, dropout)[0]


def explain_weights(
    case: Case, weights: Sequence[Weight], top: int = TOP, dropout: Sequence[Dropout] = ()
) -> Explanations:
    """Do as `explain_weight` for several weights, by one forward and one backward pass."""
    work = multiply_adds(len(case), case.network.layer_sizes)
    with blas_threads(work), np.errstate(all="ignore"):
        opened = OpenedRows(case, [replace(link) for link in dropout])
        objective = Objective(case.network, case.parameters, [replace(link) for link in dropout])
        gradients = objective.value_and_gradients(case.X, case.target, case.weight)[1].named()
        return Explanations(
            _explained(opened, one, float(gradients[one.array][one.indices]), top)
            for one in weights
        )


def _explained(opened: OpenedRows, weight: Weight, gradient: float, top: int) -> Explanation:
    case, layer, unit = opened.case, weight.layer, weight.indices[-1]
    stages = opened.after(layer)
    incoming = opened.incoming(layer, weight.letter, weight.indices)
    start = opened.shares * incoming
    values = start * sums(stages, opened.end)[0][:, unit]
    extents = abs(start) * sizes(stages, opened.end)[0][:, unit]
    paths = []
    for route in largest_routes(stages, opened.end, unit, start, top):
        at_row = float(incoming[route.row])
        last = opened.of_weight(layer, weight.letter, weight.indices, at_row)
        row = case.row_name(route.row) if len(case) > 1 else ""
        paths.append(Path((*opened.factors(route, layer), last), row))
    count = len(case) * prod(stage.branches for stage in stages)
    value, size = added(values), added(extents)
    rest = _rest(count - len(paths), value, size, [path.value for path in paths])
    rows, folded_rows = _rows(case, values, extents, top)
    remaining = min(abs(value) / size, 1.0) if size else 1.0
    layers = layer_factors(opened, weight, incoming, remaining)
    if case.network.alpha and weight.letter == "W":
        paths.append(_through_penalty(case, weight))
    return Explanation(
        str(weight),
        tuple(sorted(paths, key=lambda path: -abs(path.value))),
        gradient,
        rest,
        rows,
        folded_rows,
        layers,
        case.network.layer_sizes,
        _tolerance(case.parameters.flat.dtype),
    )


def _tolerance(dtype: Any) -> float:
    """Return what part of Σ |paths| rounding may be: the gradient is of the parameters' type."""
    return TOLERANCE * float(np.finfo(dtype).eps / np.finfo(np.float64).eps)


def _rest(count: int, value: float, size: float, listed: Sequence[float]) -> Folded:
    """Return what is folded of a whole, of which some is listed."""
    if not count:
        return Folded()
    left = max(size - added(map(abs, listed)), 0.0)  # rounding may make it negative
    return Folded(count, value - added(listed), left)


def _rows(
    case: Case, values: Array, extents: Array, top: int
) -> tuple[tuple[RowPart, ...], Folded]:
    if len(case) == 1:
        return (), Folded()
    order = np.argsort(-abs(values), kind="stable")
    parts = tuple(
        RowPart(case.row_name(row), float(values[row]), float(extents[row]))
        for row in order[:top].tolist()
    )
    rest = order[top:]
    return parts, Folded(len(rest), added(values[rest]), added(extents[rest]))


def _through_penalty(case: Case, weight: Weight) -> Path:
    value = float(case.parameters.W[weight.layer - 1][weight.indices])
    divisor = case.total_weight
    formula = "α" if len(case) == 1 and divisor == 1 else "α/n" if case.weight is None else "α/Σw"
    strength = case.network.alpha / divisor
    return Path(
        (
            Factor("∂J/∂P", formula, strength, "strength of the L2 penalty P = ½ Σ W²"),
            Factor(f"∂P/∂{weight}", str(weight), value, "the weight itself"),
        )
    )


@overload
def explain(
    model: Any,
    X: ArrayLike | None = ...,
    y: ArrayLike | None = ...,
    *,
    weight: str | None = ...,
    row: int | None = ...,
    top: int = ...,
    sample_weight: ArrayLike | None = ...,
) -> Explanation: ...


@overload
def explain(
    model: Any,
    X: ArrayLike | None = ...,
    y: ArrayLike | None = ...,
    *,
    row: int | None = ...,
    top: int = ...,
    largest: int | None = ...,
    vanished: int | None = ...,
    sample_weight: ArrayLike | None = ...,
) -> Explanations: ...


def explain(
    model: Any,
    X: ArrayLike | None = None,
    y: ArrayLike | None = None,
    *,
    weight: str | None = None,
    row: int | None = None,
    top: int = TOP,
    largest: int | None = None,
    vanished: int | None = None,
    sample_weight: ArrayLike | None = None,
) -> Explanation | Explanations:
    """Open the gradient of one weight into its factors: which of them make it what it is?

    ∂J/∂weight = Σ_rows w/Σw Σ_paths ∂ℓ/∂z · … · ∂a/∂z · input, and the penalty's derivative.

    `model` is a fitted estimator, a model loaded from a file, or a network of `scratch.py`; X
    (rows, features) and y (rows,) are as for its `gradients`, and may be left out for a model that
    keeps rows.  `row` counts from 0 and explains J of that row alone.  `weight` is "W2[3, 1]" (from
    unit 3 to unit 1 of layer 2) or "b1[0]"; without it, the largest gradient of the last hidden
    layer.  `largest=5` or `vanished=5` opens the five weights whose gradients are largest, or of
    whose gradients least comes from the loss.  Nothing is dropped, as in `gradients`.

    Raises:
        InputError: if there is no such weight or row, or the rows do not fit the model.

    >>> from chainrule import MLPRegressor
    >>> X, y = [[1.0], [2.0]], [2.0, 4.0]
    >>> model = MLPRegressor("squared_error", (), solver="lbfgs", alpha=0,
    ...     start_weights=([[[1.0]]], [[0.0]])).build(X, y)
    >>> found = explain(model, X, y, weight="W1[0, 0]", row=1)
    >>> [(factor.name, factor.value) for factor in found.paths[0].factors]
    [('∂J/∂a1[0]', -2.0), ('∂a1[0]/∂z1[0]', 1.0), ('∂z1[0]/∂W1[0, 0]', 2.0)]
    >>> found.value, found.gradient
    (-4.0, -4.0)
    """
    _refuse_both({"weight": weight, "largest": largest, "vanished": vanished})
    for name, number in (("top", top), ("largest", largest), ("vanished", vanished)):
        if number is not None and number < 1:
            raise InputError(f"`{name}` must be at least 1, got {number}.")
    case = case_of(model, X, y, sample_weight)
    case = case if row is None else case.one(row)
    chosen = chosen_weights(case, weight, largest, vanished)
    found = explain_weights(case, chosen, top)
    return found if largest or vanished else found[0]


def chosen_weights(
    case: Case,
    weight: str | None,
    largest: int | None,
    vanished: int | None,
    parameter: str = "weight",
) -> list[Weight]:
    """Return the weight that is named, or those that have such gradients.

    Raises:
        InputError: if there is no weight of that name.
    """
    if weight is not None:
        named = parse_weight(weight, parameter)
        require_weight(case.parameters, named, parameter)
        return [named]
    gradients = case.gradients().named()
    if largest:
        return ranked_weights(gradients, largest, largest=True)
    if vanished:  # a penalty's part does not vanish, and comes from no path
        bare = replace(case, network=replace(case.network, alpha=0.0))
        return ranked_weights(bare.gradients().named(), vanished, largest=False)
    return [largest_weight(gradients)]


def _refuse_both(given: dict[str, Any]) -> None:
    named = [f"`{name}`" for name, value in given.items() if value is not None]
    if len(named) > 1:
        raise InputError(f"{' and '.join(named)} exclude each other: take one of them.")
