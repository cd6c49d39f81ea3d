"""The formulas behind the names of the package's activations and losses, for `derive` to open."""

import sympy

from .expression import defined
from .functions import NAMES
from .grammar import symbol
from .writing import written

_ELSEWHERE = {"identity": "z", "exponential": "exp(z)"}
_TERMS = {
    "half_squared_error": "(a - y)^2/2",
    "sum_squared_error": "(a - y)^2",
    "mean_squared_error": "(a - y)^2/{k}",
    "absolute_error": "abs(a - y)",
    "huber": "where(abs(a - y) <= 1, (a - y)^2/2, abs(a - y) - 1/2)",
    "poisson": "a - y*log(a) + c",
    "binary_cross_entropy": "-(y*log(a) + (1 - y)*log(1 - a))",
    "categorical_cross_entropy": "-y*log(a)",
}


def activation_formula(name: str) -> str:
    """Return an activation of the package as a formula of z, by its definition if it has one.

    >>> activation_formula("logistic"), activation_formula("tanh"), activation_formula("identity")
    ('1/(1 + exp(-z))', 'tanh(z)', 'z')
    """
    if name in _ELSEWHERE:
        return _ELSEWHERE[name]
    row = NAMES[name]
    if not row.definition:
        return f"{name}(z)"
    return written(defined(row, (symbol("z"), *map(sympy.Rational, row.defaults))))


def loss_term(name: str, n_outputs: int) -> str:
    """Return what one of so many outputs a with target y adds to a loss of the package.

    The c of Poisson's is log y!, which is without a.

    >>> loss_term("mean_squared_error", 3)
    '(a - y)^2/3'
    """
    return _TERMS[name].format(k=n_outputs)
