"""One step of training with every number shown: for people who follow it, or port it.

    forward   z = a_prev @ W + b, a = f(z)
    backward  delta = ∂J/∂z, ∂J/∂W = a_prevᵀ @ delta + α W / Σw, ∂J/∂b = Σ_rows delta
    step      what the optimizer makes of the gradient; W + step

Nothing is dropped, as in `gradients`, and the optimizer is a fresh one.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import issparse

from .cases import Case
from .chain import Array
from .construction import new_optimizer
from .errors import InputError
from .opened import OpenedRows
from .optimizers import SGD, Optimizer, clip
from .parameters import Gradients, Parameters
from .reports import LayerPass, Numbers, ParameterStep, StepTrace
from .routes import sums
from .subject import case_of
from .summary import summarize


def trace_step(
    model: Any,
    X: ArrayLike | None = None,
    y: ArrayLike | None = None,
    *,
    row: int | None = None,
    learning_rate: float | None = None,
    sample_weight: ArrayLike | None = None,
) -> StepTrace:
    """Trace one step over these rows, which are as for `explain`; the model stays as it is.

    The step is that of the model's own solver, with its settings, beginning anew; or with
    `learning_rate` plain descent, weight − rate × gradient.

    Raises:
        InputError: if the rows do not fit, or the model has no solver that takes steps.

    >>> from chainrule import scratch
    >>> network = [[{"weights": [0.5, 0.0]}]]
    >>> step = trace_step(network, [[2.0]], [0], learning_rate=0.1).parameters[0]
    >>> step.name, step.before, step.after == ((0.5 + step.step[0][0],),)
    ('W1', ((0.5,),), True)
    """
    case = case_of(model, X, y, sample_weight)
    case = case if row is None else case.one(row)
    return trace(case, _settings(model), learning_rate)


def trace(case: Case, settings: Mapping[str, Any], learning_rate: float | None) -> StepTrace:
    """Trace one step of a case, by a solver of these settings or by plain descent.

    Raises:
        InputError: if there is no step to take.
    """
    optimizer = _optimizer(settings, learning_rate)
    plain = learning_rate is not None
    before, gradients = case.parameters, case.gradients()
    after, step = _moved(before, gradients, optimizer, {} if plain else settings)
    named = [part.named() for part in (before, gradients, step, after)]
    network = case.network
    X: Any = case.X
    return StepTrace(
        network=summarize(network, before.flat.dtype),
        rows=tuple(map(case.row_name, range(len(case)))),
        shares=_numbers(case.shares),
        optimizer="descent" if plain else str(settings["solver"]),
        settings=_described(optimizer),
        inputs=_numbers(X.toarray() if issparse(X) else X),
        targets=_numbers(case.target),
        layers=_layers(case),
        parameters=tuple(
            ParameterStep(name, *(_numbers(part[name]) for part in named)) for name in named[0]
        ),
        objective_before=network.objective(before, case.X, case.target, case.weight),
        objective_after=network.objective(after, case.X, case.target, case.weight),
    )


def _settings(model: Any) -> Mapping[str, Any]:
    estimator = getattr(model, "estimator", model)
    found: Mapping[str, Any] = (
        estimator.get_params(deep=False) if hasattr(estimator, "get_params") else {}
    )
    return found


def _optimizer(settings: Mapping[str, Any], learning_rate: float | None) -> Optimizer:
    if learning_rate is not None:
        if not 0 < learning_rate < math.inf:
            raise InputError(f"`learning_rate` must be greater than 0, got {learning_rate:g}.")
        return SGD(learning_rate)
    optimizer = new_optimizer(settings) if settings else None
    if optimizer is None:
        raise InputError(
            "`learning_rate` must be given: the model has no solver that takes one step a "
            "gradient (sgd and adam do), so plain descent is traced."
        )
    return optimizer


def _moved(
    before: Parameters, gradients: Gradients, optimizer: Optimizer, settings: Mapping[str, Any]
) -> tuple[Parameters, Parameters]:
    """Return the parameters after a step, and the step."""
    gradient = gradients.flat.copy()
    clip(gradient, settings.get("max_grad_norm") or math.inf)
    step = np.zeros_like(before.flat)
    optimizer.step(step, gradient)  # a fresh one's first step does not depend on where it is
    decay = settings.get("weight_decay") or 0.0
    if decay:
        shrinking = Parameters.of(step, before.layer_sizes)
        for dW, W in zip(shrinking.W, before.W, strict=True):
            dW -= decay * optimizer.learning_rate * W
    after = Parameters.of(before.flat + step, before.layer_sizes)
    return after, Parameters.of(step, before.layer_sizes)


def _layers(case: Case) -> tuple[LayerPass, ...]:
    opened = OpenedRows(case)
    values = case.network.layer_values(case.parameters, case.X)
    cotangents = sums(opened.stages, opened.end)
    deltas = [
        cotangents[len(opened.stages) - len(opened.after(layer))] * opened.shares[:, None]
        for layer in range(1, len(case.network.layer_sizes))
    ]
    names = [*(activation.name for activation in case.network.hidden)]
    names.append(case.network.output_activation)
    return tuple(
        LayerPass(name, *map(_numbers, parts))
        for name, *parts in zip(names, *values, deltas, strict=True)
    )


def _described(optimizer: Optimizer) -> dict[str, float | bool]:
    momentum = ("learning_rate", "momentum", "nesterov")
    adam = ("learning_rate", "beta_1", "beta_2", "epsilon")
    names = momentum if isinstance(optimizer, SGD) else adam
    return {name: getattr(optimizer, name) for name in names}


def _numbers(array: Array) -> Numbers:
    return _tuples(np.asarray(array, dtype=np.float64).tolist())


def _tuples(values: Any) -> Any:
    return tuple(map(_tuples, values)) if isinstance(values, list) else values
