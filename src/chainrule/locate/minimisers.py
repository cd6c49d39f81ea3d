"""SciPy's minimisers: the function and the gradient that a program hands to one are followed.

A minimiser asks for both at points of its own choice.  Such a point is a leaf of the graph, and
what the program answers there is noted as an `Evaluation`.
"""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .graph import Digest, Evaluation, Node, digest
from .noting import compute, escape
from .recorder import recorder
from .storage import Storage
from .values import array, holds_tracked, node_of, plain

Function = Callable[..., Any]

# of each minimiser, what its parameters for the function and for its gradient are called
_TAKERS = {
    "minimize": ("fun", "jac"),
    "fmin_cg": ("f", "fprime"),
    "fmin_bfgs": ("f", "fprime"),
    "fmin_ncg": ("f", "fprime"),
    "fmin_l_bfgs_b": ("func", "fprime"),
    "fmin_tnc": ("func", "fprime"),
    "fmin_slsqp": ("func", "fprime"),
    "check_grad": ("func", "grad"),
}
_TAKES_BOTH = ("fmin_l_bfgs_b", "fmin_tnc")  # from one function, if no other gives the gradient


def takes_gradient(function: Function) -> bool:
    """Whether a function is a minimiser of SciPy that may be handed a gradient."""
    module = getattr(function, "__module__", None) or ""
    return module.startswith("scipy.optimize") and _name(function) in _TAKERS


def noting_evaluations(
    minimiser: Function, arguments: Sequence[Any], keywords: dict[str, Any]
) -> tuple[Sequence[Any], dict[str, Any]]:
    """Return a minimiser's arguments with functions in them that note what they are asked.

    Raises:
        TypeError: if the minimiser takes no such arguments.
    """
    bound = inspect.signature(minimiser).bind(*arguments, **keywords)
    given = bound.arguments
    function, gradient = (given.get(name) for name in _TAKERS[_name(minimiser)])
    if not callable(function):
        return arguments, keywords
    watch = _Evaluations(given.get("args", ()))
    if "args" in given:
        given["args"] = watch.plain_data
    of_function, of_gradient = _TAKERS[_name(minimiser)]
    if callable(gradient):
        given[of_function] = watch.noted(function, value=True)
        given[of_gradient] = watch.noted(gradient, gradient=True)
    elif _gives_both(_name(minimiser), given, gradient):
        given[of_function] = watch.noted(function, value=True, gradient=True)
    else:
        given[of_function] = watch.noted(function, value=True)
    return bound.args, bound.kwargs


def _name(function: Function) -> str:
    return str(getattr(function, "__name__", ""))


def _gives_both(name: str, given: dict[str, Any], gradient: Any) -> bool:
    """Whether the function returns its value and its gradient."""
    if name in _TAKES_BOTH:
        return gradient is None and not given.get("approx_grad")
    return bool(gradient) and not isinstance(gradient, str)


class _Evaluations:
    """What one call of a minimiser asks; equal points are one leaf.

    Attributes:
        plain_data: the further arguments that the minimiser passes on, without tracking.
    """

    def __init__(self, data: Any) -> None:
        self.plain_data = plain(data)
        several, stripped = (x if isinstance(x, tuple) else (x,) for x in (data, self.plain_data))
        self._tracked = dict(zip(map(id, stripped), several, strict=True))
        self._last: tuple[Digest, Node] | None = None

    def noted(self, function: Function, value: bool = False, gradient: bool = False) -> Function:
        """Return a function that calls another with a tracked point and notes its answer."""
        name = _first_parameter(function)

        def ask(point: Any, *data: Any) -> Any:
            leaf, at = self._at(np.array(point))
            answer = function(at, *(self._tracked.get(id(one), one) for one in data))
            both = value and gradient and isinstance(answer, tuple | list) and len(answer) == 2
            told = answer if both else (answer, answer)
            recorder.graph.evaluations.append(
                Evaluation(
                    leaf,
                    name,
                    _node(told[0]) if value else None,
                    _node(told[1]) if gradient else None,
                )
            )
            escape((answer,))
            return plain(answer)

        return ask

    def _at(self, point: Any) -> tuple[Node, Any]:
        """Return a point's leaf and the point, tracked."""
        told = digest(point)
        if self._last is None or self._last[0] != told:
            self._last = told, recorder.leaf(point.copy(), "scipy.optimize")
        leaf = self._last[1]
        return leaf, array(point, leaf, Storage(point, leaf))


def _node(answer: Any) -> Node | None:
    """Return the node of an answer, of a list's numbers as one array; None if it has none."""
    if isinstance(answer, list | tuple) and holds_tracked(answer):
        answer = compute(np.asarray, (answer,), {})
    if not holds_tracked(answer):
        return None
    return node_of(answer) if isinstance(answer, np.ndarray) else answer.node


def _first_parameter(function: Function) -> str:
    try:
        return next(iter(inspect.signature(function).parameters), "x")
    except (TypeError, ValueError):
        return "x"
